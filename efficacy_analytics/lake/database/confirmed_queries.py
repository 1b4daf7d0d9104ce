"""A layout's own query is run only when whoever takes the delivery in has said so: a layout may come from anybody.

What was said is kept in the lake, `confirmed_queries.json`, by the hash of the query: a query that is changed
afterwards is asked for again.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import CallError
from efficacy_analytics.system.disk import read_record

PLACE: Final = "confirmed_queries.json"


def newly_confirmed(
    lake: Path, layout: str, origins: Mapping[str, Mapping[str, Any]], *, confirms: bool
) -> dict[str, str]:
    """The queries of a layout that are confirmed now, by hash; one that is not, nor ever was, is refused.

    Args:
        lake: the lake's folder.
        layout: the layout's name.
        origins: per table where its rows stand.
        confirms: the caller has read the queries and wants them run.

    Raises:
        CallError: a query was not confirmed; it is told.
    """
    queries = {table: str(origin["query"]) for table, origin in origins.items() if "query" in origin}
    known = _known(lake)
    new = {table: text for table, text in queries.items() if _sha256(text) not in known}
    for table, text in new.items():
        if not confirms:
            raise CallError(
                f"layout '{layout}' has a query of its own for {table}, which nobody confirmed for this lake: {text}",
                hint="read it; where it is what you want to run in the database, repeat with --confirm-query",
            )
    return {_sha256(text): text for text in new.values()}


def keep_confirmed(lake: Path, queries: Mapping[str, str]) -> None:
    """Keeps the queries that were confirmed, once they have been run."""
    if queries:
        draft = lake / f".{PLACE}.draft"
        draft.write_text(json.dumps(_known(lake) | dict(queries), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        draft.replace(lake / PLACE)


def _known(lake: Path) -> dict[str, Any]:
    file = lake / PLACE
    return read_record(file, hint="remove it, and confirm the queries again") if file.is_file() else {}


def _sha256(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()

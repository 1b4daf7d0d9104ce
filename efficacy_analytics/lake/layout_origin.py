"""Where in a database a table of the contract stands, as a layout says: relation, key, watermark, deletions."""

import re
from collections.abc import Mapping
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layout_values import table_of, text_of

ORIGIN_KEYS = ("table", "query", "watermark", "key", "deleted", "deletions", "overlap")
NEEDS = {"watermark": "key", "deletions": "key", "deleted": "key", "overlap": "watermark"}
BY_KEY = "by_key"
_OVERLAP = re.compile(r"\d+( (second|minute|hour|day)s?)?")


def parted(entry: Any, name: str, section: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The keys of a section that say where in the database it stands, and its other keys.

    Raises:
        LayoutError: they do not go together.
    """
    tree = table_of(entry, name, section)
    origin = {key: text_of(tree[key], name, f"{section}.{key}") for key in ORIGIN_KEYS if key in tree}
    where = f"layout '{name}': [{section}]"
    if ("table" in origin) == ("query" in origin):
        raise LayoutError(
            f"{where} needs a table or a query.", hint='add table = "schema.table", or a query = "select …"'
        )
    for key, needed in NEEDS.items():
        if key in origin and needed not in origin:
            raise LayoutError(f"{where} has {key} without {needed}.", hint=f'add {needed} = "the column"')
    _check(origin, where)
    return origin, {key: value for key, value in tree.items() if key not in ORIGIN_KEYS}


def _check(origin: Mapping[str, str], where: str) -> None:
    if origin.get("deletions", BY_KEY) != BY_KEY or {"deleted", "deletions"} <= origin.keys():
        raise LayoutError(
            f"{where} cannot tell deletions like this.",
            hint=f'either deleted = "a column that says so", or deletions = "{BY_KEY}"',
        )
    if not _OVERLAP.fullmatch(origin.get("overlap", "0")):
        raise LayoutError(
            f"{where}: overlap '{origin['overlap']}' is not a length.", hint='write "10 minutes", or "1000" of a number'
        )

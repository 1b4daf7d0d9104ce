"""Where in a database a table of the contract stands, as a layout says: relation, key, watermark, deletions."""

import re
from collections.abc import Mapping
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layouts.keys import TABLE_COLUMNS
from efficacy_analytics.lake.layouts.values import text_of

ORIGIN_KEYS = ("table", "query", "watermark", "key", "deleted", "deletions", "overlap")
NEEDS = {"watermark": "key", "deletions": "key", "deleted": "key", "overlap": "watermark"}
BY_KEY = "by_key"
_OVERLAP = re.compile(r"\d+( (second|minute|hour|day)s?)?")


def origin_of(entry: Mapping[str, Any], table: str, name: str) -> dict[str, str]:
    """What a section says of where and how a pull reads its rows.

    Raises:
        LayoutError: it does not go together.
    """
    section = f"table.{table}"
    origin = {key: text_of(entry[key], name, f"{section}.{key}") for key in ORIGIN_KEYS if key in entry}
    where = f"layout '{name}': [{section}]"
    if ("table" in origin) == ("query" in origin):
        raise LayoutError(f"{where} names no table.", hint='add table = "schema.table", or query = "select …"')
    for key, needed in NEEDS.items():
        if key in origin and needed not in origin:
            raise LayoutError(f"{where} has {key} without {needed}.", hint=f'add {needed} = "the column"')
    if {"deletions", "deleted"} & origin.keys() and "row_key" not in TABLE_COLUMNS[table]:
        raise LayoutError(f"{where}: rows of {table} are not deleted by key.", hint="leave deletions out")
    _check(origin, where)
    return origin


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

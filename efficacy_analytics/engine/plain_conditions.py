"""Whether a condition is plain: columns held against values, and nothing that computes, calls or asks further."""

import json
from typing import Any, Final

import duckdb

PLAIN: Final = ("OPERATOR", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "TYPE", "BETWEEN", "CONSTANT", "CAST")
PLAIN_FUNCTIONS: Final = ("~~", "!~~", "~~*", "!~~*")
"""What LIKE and its like are called."""
LONGEST: Final = 2_000


def is_plain_condition(condition: str) -> bool:
    """Whether a condition only compares columns with values, by `=`, `<`, IN, BETWEEN, LIKE, IS NULL, AND, OR, NOT.

    Args:
        condition: SQL of whoever wrote a page.
    """
    if len(condition) > LONGEST:
        return False
    asked = f"select 1 from cases where ({condition}\n)"
    with duckdb.connect() as engine:
        told = engine.execute("select json_serialize_sql($1)", [asked]).fetchall()[0][0]
    tree: dict[str, Any] = json.loads(told)
    statements = tree.get("statements", [])
    if tree.get("error") or len(statements) != 1:
        return False
    node = dict(statements[0]["node"])
    where = node.pop("where_clause", None)
    return node == _bare() and all(map(_is_plain, _parts(where)))


def _bare() -> dict[str, Any]:
    with duckdb.connect() as engine:
        told = engine.execute("select json_serialize_sql('select 1 from cases')").fetchall()[0][0]
    node = dict(json.loads(told)["statements"][0]["node"])
    node.pop("where_clause")
    return node


def _parts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value] * ("class" in value) + [part for one in value.values() for part in _parts(one)]
    return [part for one in value for part in _parts(one)] if isinstance(value, list) else []


def _is_plain(part: dict[str, Any]) -> bool:
    return part["class"] in PLAIN or (part["class"] == "FUNCTION" and part.get("function_name") in PLAIN_FUNCTIONS)

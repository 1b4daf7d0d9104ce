"""A figure of ours from what computed it: one number, or one day; whatever else comes of it is told, and is none."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl

from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.workflows.studies.declared_study import DAY, Column

KINDS: Final = ((str, "a text"), (dt.datetime, "a moment"), (dt.date, "a day"), (type(None), "no value"))
HINT: Final = "see its entry in the study's file: one number, or one day of the unit 'day', in the unit that it names"


def figure_of_query(rows: pl.DataFrame, called: str, unit: str) -> float | int | dt.date:
    """The one figure that a query gives.

    Args:
        rows: of the query.
        called: the figure, and of what, as an error names it.
        unit: of the figure.

    Raises:
        CannotAnswerError: it gives more than one value, none, or one that is no figure of that unit.
    """
    if rows.width != 1:
        raise CannotAnswerError(f"{called} has {rows.width} columns.", hint=HINT)
    if rows.height != 1:
        raise CannotAnswerError(f"{called} has {rows.height} rows.", hint=HINT)
    return _checked(rows.item(), called, unit)


def figure_of_column(table: pl.DataFrame, column: Column, key: str, called: str) -> float:
    """The sum of a column of a table, of the rows of a key.

    Args:
        table: the table.
        column: which of its columns, and which make the key.
        key: of the figure; no matter where the column has none.
        called: the figure, and of what, as an error names it.

    Raises:
        CannotAnswerError: the table has no such column or row, or the column no number there.
    """
    _check_columns(table, (column.column, *column.key), f"{called}, table '{column.table}',")
    rows = table.filter(pl.concat_str(column.key, separator=" ") == key) if column.key else table
    values = rows[column.column].drop_nulls()
    if rows.is_empty():
        raise CannotAnswerError(f"{called} has 0 rows in table '{column.table}'.", hint=HINT)
    found = _checked(values.sum() if values.dtype.is_numeric() and values.len() else values.first(), called, "")
    return float(found) / column.divided_by  # type: ignore[arg-type]


def _check_columns(table: pl.DataFrame, names: Sequence[str], called: str) -> None:
    if missing := [name for name in names if name not in table.columns]:
        raise CannotAnswerError(f"{called} has no column '{missing[0]}'.", hint=f"one of: {', '.join(table.columns)}")


def _checked(found: Any, called: str, unit: str) -> float | int | dt.date:
    kind = next((said for kind, said in KINDS if isinstance(found, kind)), "")
    if unit == DAY and kind == "a day":
        day: dt.date = found
        return day
    if kind or unit == DAY or not isinstance(found, int | float | Decimal):
        said = kind or ("a number" if isinstance(found, int | float | Decimal) else "no number")
        raise CannotAnswerError(f"{called} gives {said}{' for a day' if unit == DAY else ''}.", hint=HINT)
    if isinstance(found, int):
        return int(found)
    if not math.isfinite(found):
        raise CannotAnswerError(f"{called} gives no number.", hint=HINT)
    return float(found)

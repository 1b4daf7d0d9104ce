"""The rows in which the checks of the records are counted: one a department and check."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import polars as pl

COUNTS: Final[dict[str, Any]] = {
    "department": pl.String,
    "code": pl.String,
    "count": pl.Float64,
    "of_count": pl.Int64,
    "expected_share": pl.Float64,
    "probability": pl.Float64,
    "constant_days": pl.Int64,
    "stop_kind": pl.String,
    "count_low": pl.Float64,
    "design_effect": pl.Float64,
    "obstacle": pl.String,
}
Row: TypeAlias = dict[str, Any]


def row_of(department: str | None, code: str, count: float, of_count: int, **more: Any) -> Row:
    return {
        **dict.fromkeys(COUNTS),
        "department": department,
        "code": code,
        "count": count,
        "of_count": of_count,
        **more,
    }


def cannot(obstacle: str, *codes: str) -> Iterator[Row]:
    """Checks that no department can be put to."""
    for code in codes:
        yield {**dict.fromkeys(COUNTS), "code": code, "count": 0, "of_count": 0, "obstacle": obstacle}


def each(frame: pl.DataFrame, code: str, count: str, of_count: str, **more: Any) -> Iterator[Row]:
    for row in frame.filter(pl.col(of_count) > 0).iter_rows(named=True):
        yield row_of(row["department"], code, row[count], row[of_count], **more)

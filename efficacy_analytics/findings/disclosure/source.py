"""What the makers of public tables stand on."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import polars as pl

from efficacy_analytics.findings.disclosure.noise import Noise

OF_KINDS: Final = ("activity_count", "made_count", "check_count", "item_count")
"""Counts of activities, checks and items, of no cases: they stay as they are."""


class Source(Protocol):
    """Tables with nothing withheld and as they may be published, and what moves their counts."""

    @property
    def fewest(self) -> int: ...

    @property
    def noise(self) -> Noise: ...

    @property
    def manifest(self) -> dict[str, Any]: ...

    def raw(self, name: str) -> pl.DataFrame: ...

    def table(self, name: str) -> pl.DataFrame: ...


def counts_in(rows: pl.DataFrame) -> list[str]:
    """The columns that count cases or events."""
    return [column for column in rows.columns if column.endswith("_count") and column not in OF_KINDS]


def with_noise(
    rows: pl.DataFrame, keys: Sequence[str], noise: Noise, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows with every count as it may be published.

    Args:
        rows: a table.
        keys: the columns that say whose cases a row counts.
        noise: what moves the counts.
        columns: the counts; by default all.
    """
    counts = counts_in(rows) if columns is None else list(columns)
    names = names_of(rows, keys)
    return rows.with_columns(
        pl.Series(
            column,
            [
                None if count is None else noise.shown(int(count), column, name)
                for count, name in zip(rows[column], names, strict=True)
            ],
            rows.schema[column],
        )
        for column in counts
    )


def is_shown(rows: pl.DataFrame, keys: Sequence[str], noise: Noise, base: str) -> pl.Series:
    """Which rows are of enough cases to be shown at all."""
    enough = [
        noise.is_enough(int(count or 0), base, name)
        for count, name in zip(rows[base], names_of(rows, keys), strict=True)
    ]
    return pl.Series(enough, dtype=pl.Boolean)


def names_of(rows: pl.DataFrame, keys: Sequence[str]) -> list[Mapping[str, Any]]:
    """Whose cases each row counts."""
    return list(rows.select(keys).iter_rows(named=True)) if keys else [{}] * rows.height

"""Rows as they were received: every value as text, and where each row stands in its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.errors import InputRefusedError

BATCH = 50_000
LONGEST_CELL = 2**22
"""Bytes of a value: more than any remark, and less than what fills a memory when a batch repeats it."""
MOST_AT_ONCE = 2**28


@dataclass(frozen=True)
class Received:
    """Some rows in a row of one kind in one file, at most `BATCH` of them.

    Attributes:
        values: one row per row received; the columns asked for, by the export's names, as text (empty is null).
        place: the same rows: `source_file`, `source_line` (physical, from 1), `source_row` (in its file, from 0)
            and `fault` (the rule by which the reader itself refuses the row; null where it does not).
    """

    values: pl.DataFrame
    place: pl.DataFrame

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.place.height


def received(
    values: Mapping[str, pl.Series], *, file: str, first_row: int, lines: pl.Series, faults: pl.Series | None = None
) -> Received:
    """A batch of rows as a reader gathered them.

    Args:
        values: the columns asked for, by the export's names, as text.
        file: the file's name.
        first_row: how many rows of this kind the file has before these.
        lines: the physical line of each row.
        faults: the rule by which the reader refuses a row, null where it does not; None where it refuses none.
    """
    frame = pl.DataFrame({name: column.cast(pl.String) for name, column in values.items()})
    place = pl.DataFrame(
        {
            "source_line": lines.cast(pl.Int64),
            "fault": pl.repeat(None, lines.len(), dtype=pl.String, eager=True) if faults is None else faults,
        }
    ).select(
        pl.lit(file).alias("source_file"),
        "source_line",
        pl.int_range(first_row, first_row + pl.len(), dtype=pl.Int64).alias("source_row"),
        "fault",
    )
    return Received(frame.select(blank_is_null(pl.all())), place)


def rows_at_once(row_bytes: int, file: str) -> int:
    """How many rows are read at once where the longest values of a row are so many bytes together.

    Raises:
        InputRefusedError: they are more than a lake takes.
    """
    if row_bytes > MOST_AT_ONCE // 4:
        raise InputRefusedError(
            f"{file} has values of {row_bytes / 1e6:,.0f} MB in a row: more than a lake takes.",
            hint="no office writes so much into a cell; export it without that column",
        )
    return min(BATCH, max(1, MOST_AT_ONCE // max(row_bytes, 1)))


def nothing_received(columns: Sequence[str], file: str) -> Received:
    """No row of a file: what a reader gives that finds none."""
    empty = pl.Series([], dtype=pl.String)
    return received(dict.fromkeys(columns, empty), file=file, first_row=0, lines=pl.Series([], dtype=pl.Int64))


def blank_is_null(text: pl.Expr) -> pl.Expr:
    """Null for a text of spaces only; every other text as it is."""
    return pl.when(text.str.strip_chars().str.len_bytes() > 0).then(text)


def rows_among(wanted: pl.Series, first_row: int, count: int) -> list[int]:
    """Which of the wanted rows (sorted) stand in a batch that begins at `first_row`."""
    return wanted[wanted.search_sorted(first_row) : wanted.search_sorted(first_row + count)].to_list()


def given(rows: Received, column: str) -> Received:
    """The rows in which a column is not empty."""
    kept = rows.values[column].is_not_null()
    return Received(rows.values.filter(kept), rows.place.filter(kept))

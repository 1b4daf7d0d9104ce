"""Rows as they were received: every value as text, and where each row stands in its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

BATCH = 50_000


@dataclass(frozen=True)
class Received:
    """The rows of one kind in one or several files.

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
    columns: Sequence[str],
    batches: Sequence[Mapping[str, pl.Series]],
    *,
    file: str,
    lines: Sequence[pl.Series],
    faults: Sequence[pl.Series],
) -> Received:
    """Rows gathered by a reader, batch by batch.

    Args:
        columns: the export's names of the columns asked for.
        batches: these columns as text.
        file: the file's name.
        lines: the physical line of each row.
        faults: the rule by which the reader refuses a row; null where it does not.
    """
    frames = [
        pl.DataFrame({name: values.cast(pl.String) for name, values in batch.items()}, height=line.len())
        for batch, line in zip(batches, lines, strict=True)
    ]
    values = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    place = pl.DataFrame(
        {
            "source_line": pl.concat(lines) if lines else pl.Series([], dtype=pl.Int64),
            "fault": pl.concat(faults) if faults else pl.Series([], dtype=pl.String),
        }
    ).select(
        pl.lit(file).alias("source_file"),
        "source_line",
        pl.int_range(pl.len(), dtype=pl.Int64).alias("source_row"),
        "fault",
    )
    return Received(values.select(blank_is_null(pl.all())), place)


def joined(parts: Sequence[Received]) -> Received:
    """The rows of several files as one, in the order of the files."""
    return Received(pl.concat([part.values for part in parts]), pl.concat([part.place for part in parts]))


def blank_is_null(text: pl.Expr) -> pl.Expr:
    """Null for a text of spaces only; every other text as it is."""
    return pl.when(text.str.strip_chars().str.len_bytes() > 0).then(text)

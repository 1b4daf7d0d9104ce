"""Typed columns of a file or a database as the text the contract reads, one form for each type.

Instants: `2024-03-29 02:00:00Z` in UTC. Local times: `2024-03-29 10:00:00`, both with a fraction of a second only where
there is one. Days: `2024-03-29`. Yes and no: `true`, `false`. Whole numbers without a point, also where the column is
of floating point; decimals with all their places. Lists and records: JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.received import Received, received, rows_among

SECONDS = "%Y-%m-%d %H:%M:%S"


def as_text(column: pl.Series, *, file: str) -> pl.Series:
    """A column of any type as text.

    Args:
        column: the column.
        file: the file's name, for messages.

    Raises:
        InputRefusedError: its values are bytes that are no text.
    """
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        return _moments(column, kind)
    if kind.is_float():
        return _numbers(column)
    if kind.is_nested():
        texts = [None if value is None else json.dumps(_plain(value), ensure_ascii=False) for value in column]
        return pl.Series(column.name, texts, dtype=pl.String)
    if kind == pl.Duration:
        return column.dt.total_microseconds().cast(pl.String)
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        raise InputRefusedError(
            f"column '{column.name}' of {file} holds bytes that are no text.", hint="export it as text"
        ) from None


def typed_batch(
    frame: pl.DataFrame, asked: Sequence[Asked], places: Sequence[int | None], *, file: str, first_row: int
) -> Received:
    """A batch of typed rows as received; a row's line is its number, from 1.

    Args:
        frame: the columns of the places, in any order, by their number.
        asked: the columns asked for.
        places: the place of each; None for one that is missing.
        file: how the file is called.
        first_row: how many rows it has before these.
    """
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    values = {
        column.name: nothing if place is None else as_text(frame[str(place)], file=file)
        for column, place in zip(asked, places, strict=True)
    }
    lines = pl.int_range(first_row + 1, first_row + frame.height + 1, dtype=pl.Int64, eager=True)
    return received(values, file=file, first_row=first_row, lines=lines)


def row_objects(
    frame: pl.DataFrame, names: Sequence[str], wanted: pl.Series, *, file: str, first_row: int
) -> Iterator[tuple[int, str]]:
    """The wanted rows of a batch as JSON objects, with their numbers.

    Args:
        frame: all columns, by their number.
        names: the names of the columns.
        wanted: the numbers of the rows, sorted.
        file: how the file is called.
        first_row: how many rows it has before these.
    """
    rows = rows_among(wanted, first_row, frame.height)
    if rows:
        asked = frame[[row - first_row for row in rows]]
        texts = [as_text(column, file=file) for column in asked]
        for row, values in zip(rows, zip(*texts, strict=True), strict=True):
            yield row, json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)


def frame_of(batch: pa.RecordBatch, file: str) -> pl.DataFrame:
    """A batch as a frame, its columns called by their number: names may occur twice.

    Args:
        batch: as a file gives it, which may say that bytes are text and be wrong.
        file: the file's name, for messages.

    Raises:
        InputRefusedError: the batch is not what it says.
    """
    try:
        plain = batch.rename_columns([str(place) for place in range(batch.num_columns)]).replace_schema_metadata(None)
        plain.validate(full=True)
        return pl.DataFrame(pl.from_arrow(plain))
    except BaseException as fault:
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        raise InputRefusedError(
            f"{file} is broken: its columns are not what they say they are.", hint="export or copy it again"
        ) from None


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns called by their number: names may occur twice."""
    return frame.rename({name: str(place) for place, name in enumerate(frame.columns)})


def _moments(column: pl.Series, kind: pl.Datetime) -> pl.Series:
    mark = "Z" if kind.time_zone else ""
    moments = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if kind.time_zone else column
    digits = {"ms": 3, "us": 6, "ns": 9}[kind.time_unit]
    whole = moments.dt.truncate("1s")
    if (whole == moments).all():
        return moments.cast(pl.Datetime("us")).dt.strftime(SECONDS + mark)
    return moments.dt.strftime(f"{SECONDS}%.{digits}f").str.replace(r"\.?0*$", "") + mark


def _numbers(column: pl.Series) -> pl.Series:
    is_whole = (column == column.floor()) & (column.abs() < 2**53)
    frame = pl.DataFrame({"number": column, "is_whole": is_whole})
    whole = pl.when("is_whole").then("number").cast(pl.Int64).cast(pl.String)
    return frame.select(pl.coalesce(whole, pl.col("number").cast(pl.String)).alias(column.name)).to_series()


def _plain(value: Any) -> Any:
    if isinstance(value, pl.Series):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

"""The moments and days of a table's columns: read by the layout's zone and format, with where they cannot be read.

A column `?name` says where its text is no time, `!name` where the local time does not exist, `~name` where it stands
for no date, `#name` where it is a day without a time of day, `>name` where it lies after the delivery. One reader
serves every column: an instant in a column of days is the local day of the delivery's zone.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.cells.stamps import INSTANT, Stamps, read_stamps

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """How the texts of a table are to be read.

    Attributes:
        zone: the zone of stamps without an offset, and of the wall clock; None: stamps say it themselves.
        time_format: a strptime format; None for ISO 8601.
        named: the export's names of our columns, for messages.
        delivered_on: the day of the delivery: what has happened happened by then; None where it is not known.
    """

    zone: str | None = None
    time_format: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    delivered_on: dt.date | None = None


def with_moment(frame: pl.DataFrame, column: str, reading: Reading, *, also: str) -> pl.DataFrame:
    """Reads a column `…_at` as instants.

    Args:
        frame: has the column as text.
        column: its name.
        reading: how it is read.
        also: "local" for the wall clock, "on" for the local date beside the instant, in a column of that ending.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no zone.
    """
    stamps = _stamps(frame, column, reading)
    beside = {"local": stamps.local, "on": stamps.on}[also].alias(column.replace("_at", f"_{also}"))
    faults = _with_faults(frame, column, stamps)
    if reading.delivered_on is not None:  # a day later it may be in another zone
        faults = faults.with_columns((stamps.on > reading.delivered_on + DAY).fill_null(False).alias(f">{column}"))
    return faults.with_columns(stamps.at.alias(column), beside)


def with_due(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Reads `due_on`: a day alone is a date in any zone; with a time of day it is an instant as well."""
    stamps = _stamps(frame, "due_on", reading, is_day=True)
    at = pl.select(pl.when(stamps.has_time).then(stamps.at).otherwise(pl.lit(None, INSTANT))).to_series()
    return _with_faults(frame, "due_on", stamps).with_columns(due_at=at, due_on=stamps.on)


def with_days(frame: pl.DataFrame, columns: Sequence[str], reading: Reading) -> pl.DataFrame:
    """Reads columns of days; of an instant, the local day.

    Raises:
        InputRefusedError: a stamp in UTC says no local day, for the layout names no zone.
    """
    for column in columns:
        stamps = _stamps(frame, column, reading, is_day=True, reads_time=False)
        frame = _with_faults(frame, column, stamps).with_columns(stamps.day.alias(column))
    return frame


def moment_rules(column: str) -> Sequence[tuple[pl.Expr, str]]:
    """The rules of a column of moments."""
    return (
        (pl.col(f"?{column}"), f"{column}_not_a_time"),
        (pl.col(f"!{column}"), f"{column}_skipped_by_the_clock"),
        (pl.col(f">{column}"), f"{column}_after_delivery"),
    )


def _stamps(
    frame: pl.DataFrame, column: str, reading: Reading, *, is_day: bool = False, reads_time: bool = True
) -> Stamps:
    """The stamps of a column; a day as written needs no zone, an instant of which only the day is kept does."""
    stamps = read_stamps(frame[column], zone=reading.zone, time_format=reading.time_format)
    name = reading.named.get(column, column)
    unclear = stamps.needs_zone & (stamps.has_time if is_day else True)
    if reads_time and unclear.any():
        raise InputRefusedError(
            f"column '{name}' ({column}) has {unclear.sum()} stamps without an offset, and the layout names no zone.",
            hint='add time_zone = "Asia/Shanghai" (or where the export comes from) to the layout, or --set time_zone=…',
        )
    if is_day and stamps.is_utc.any():
        raise InputRefusedError(
            f"column '{name}' ({column}) holds days, and {stamps.is_utc.sum()} instants in UTC; no zone is named.",
            hint='add time_zone = "Asia/Shanghai" (or where the export comes from): it says which local day they are',
        )
    return stamps


def _with_faults(frame: pl.DataFrame, column: str, stamps: Stamps) -> pl.DataFrame:
    return frame.with_columns(
        stamps.unreadable.alias(f"?{column}"),
        stamps.impossible.alias(f"!{column}"),
        stamps.placeholder.alias(f"~{column}"),
        (stamps.at.is_not_null() & ~stamps.has_time).alias(f"#{column}"),
        pl.lit(False).alias(f">{column}"),
    )

"""The moments and days of a table's columns: read by the layout's zone and format, with where they cannot be read.

A column `?name` says where its text is no time, `!name` where the local time does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.cells.stamps import INSTANT, Stamps, read_days, read_stamps


@dataclass(frozen=True)
class Reading:
    """How the texts of a table are to be read.

    Attributes:
        zone: the zone of stamps without an offset, and of the wall clock; None: stamps say it themselves.
        time_format: a strptime format; None for ISO 8601.
        named: the export's names of our columns, for messages.
    """

    zone: str | None = None
    time_format: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)


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
    return _with_faults(frame, column, stamps).with_columns(stamps.at.alias(column), beside)


def with_due(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Reads `due_on`: a day alone is a date in any zone; with a time of day it is an instant as well."""
    stamps = _stamps(frame, "due_on", reading)
    written = read_days(frame["due_on"], time_format=reading.time_format)[0]
    faults = _with_faults(frame, "due_on", stamps).with_columns(has_time=stamps.has_time, at=stamps.at, on=stamps.on)
    return faults.with_columns(
        due_at=pl.when("has_time").then("at").otherwise(pl.lit(None, INSTANT)),
        due_on=pl.when("has_time").then("on").otherwise(written),
    ).drop("has_time", "at", "on")


def with_days(frame: pl.DataFrame, columns: Sequence[str], reading: Reading) -> pl.DataFrame:
    """Reads columns of days."""
    for column in columns:
        days, unreadable = read_days(frame[column], time_format=reading.time_format)
        frame = frame.with_columns(days.alias(column), unreadable.alias(f"?{column}"))
    return frame


def moment_rules(column: str) -> Sequence[tuple[pl.Expr, str]]:
    """The rules of a column of moments."""
    return (
        (pl.col(f"?{column}"), f"{column}_not_a_time"),
        (pl.col(f"!{column}"), f"{column}_skipped_by_the_clock"),
    )


def _stamps(frame: pl.DataFrame, column: str, reading: Reading) -> Stamps:
    stamps = read_stamps(frame[column], zone=reading.zone, time_format=reading.time_format)
    unclear = stamps.needs_zone & (stamps.has_time if column == "due_on" else True)
    if unclear.any():
        name = reading.named.get(column, column)
        raise InputRefusedError(
            f"column '{name}' ({column}) has {unclear.sum()} stamps without an offset, and the layout names no zone.",
            hint='add time_zone = "Asia/Shanghai" (or where the export comes from) to the layout, or --set time_zone=…',
        )
    return stamps


def _with_faults(frame: pl.DataFrame, column: str, stamps: Stamps) -> pl.DataFrame:
    return frame.with_columns(stamps.unreadable.alias(f"?{column}"), stamps.impossible.alias(f"!{column}"))

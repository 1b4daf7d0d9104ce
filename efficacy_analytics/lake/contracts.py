"""The contract: each table's text becomes typed columns, and each row keeps its rules or breaks one.

Columns ending in `_at` are instants, `_local` what the wall clock of the delivery's zone showed, `_on` its date.
Whether a row's case is known, and whether the rows of one case agree, is for `intake` to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.amounts import with_limit, with_whole_number, with_yes_or_no
from efficacy_analytics.lake.rules import ruled
from efficacy_analytics.lake.stamps import INSTANT, Stamps, read_days, read_stamps

SOURCE = ("source_file", "source_line")
LIMITS = tuple(f"{name}_{part}" for name in ("statutory", "promised") for part in ("length", "unit"))
EVENTS = (
    *("case_number", "case_id", "activity", "activity_label", "stage", "resource", "department"),
    *("started_at", "started_local", "completed_at", "completed_local", "recorded_at", "source_order"),
    *SOURCE,
)
STEPS_UNDER_WAY = tuple(column for column in EVENTS if not column.startswith("completed"))
CASES = (
    *("case_number", "case_id", "department", "item", "kind", "channel", "status", "is_green_lane"),
    *("applied_at", "applied_on", "accepted_at", "accepted_on", "completed_at", "completed_on", "due_at", "due_on"),
    *LIMITS,
)
ITEMS = ("item", "department", "name_zh", "name_en", "kind", *LIMITS, "valid_from", "valid_until", *SOURCE)
CLOCK_STOPS = (
    *("case_id", "kind", "stopped_from_on", "stopped_until_on", "extension_days"),
    *("reason", "recorded_at", "recorded_on"),
    *SOURCE,
)
DEPARTMENTS = ("department", "name_zh", "name_en", *SOURCE)
ACTIVITIES = ("activity", "stage", "name_zh", "name_en", *SOURCE)


@dataclass(frozen=True)
class Reading:
    """How the texts of a delivery are to be read.

    Attributes:
        zone: the zone of stamps without an offset, and of the wall clock; None: stamps say it themselves.
        time_format: a strptime format; None for ISO 8601.
        named: the export's names of our columns, for messages.
    """

    zone: str | None = None
    time_format: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)


def judged_events(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Activity instances, typed, with `rule`, and `is_under_way` for steps started and not yet completed.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no zone.
    """
    frame = raw
    for column in ("started_at", "completed_at", "recorded_at"):
        stamps = _stamps(frame, column, reading)
        local = stamps.local.alias(column.replace("_at", "_local"))
        frame = _with_stamp_faults(frame, column, stamps).with_columns(stamps.at.alias(column), local)
    judged = ruled(
        frame,
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            (pl.col("activity").is_null(), "activity_missing"),
            *_stamp_breaks("completed_at"),
            *_stamp_breaks("started_at"),
            *_stamp_breaks("recorded_at"),
            (pl.col("completed_at").is_null() & pl.col("started_at").is_null(), "completed_at_missing"),
            (pl.col("completed_at") < pl.col("started_at"), "ends_before_start"),
        ],
    )
    return judged.with_columns(is_under_way=pl.col("rule").is_null() & pl.col("completed_at").is_null())


def judged_cases(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Cases, typed, with `rule`. A completion before the acceptance is kept: the clock flags it.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no zone.
    """
    frame = raw
    for column in ("applied_at", "accepted_at", "completed_at"):
        stamps = _stamps(frame, column, reading)
        on = stamps.on.alias(column.replace("_at", "_on"))
        frame = _with_stamp_faults(frame, column, stamps).with_columns(stamps.at.alias(column), on)
    frame = _with_due(frame, reading)
    frame = with_yes_or_no(with_limit(with_limit(frame, "statutory"), "promised"), "is_green_lane")
    return ruled(
        frame,
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            *(
                fault
                for column in ("applied_at", "accepted_at", "completed_at", "due_on")
                for fault in _stamp_breaks(column)
            ),
            (pl.col("?statutory_limit") | pl.col("?promised_limit"), "limit_not_readable"),
            (pl.col("?is_green_lane"), "is_green_lane_not_readable"),
        ],
    )


def judged_items(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Items with their limits and days of validity, typed, with `rule`."""
    frame = with_limit(with_limit(_with_days(raw, ("valid_from", "valid_until"), reading), "statutory"), "promised")
    return ruled(
        frame,
        [
            (pl.col("item").is_null(), "item_missing"),
            (pl.col("?statutory_limit") | pl.col("?promised_limit"), "limit_not_readable"),
            (pl.col("?valid_from"), "valid_from_not_a_day"),
            (pl.col("?valid_until"), "valid_until_not_a_day"),
            (pl.col("valid_until") < pl.col("valid_from"), "validity_ends_before_it_starts"),
        ],
    )


def judged_clock_stops(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Special procedures, supplements, extensions and suspensions, typed, with `rule`."""
    frame = _with_recorded(_with_days(raw, ("stopped_from_on", "stopped_until_on"), reading), reading)
    return ruled(
        with_whole_number(frame, "extension_days"),
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            (pl.col("kind").is_null(), "kind_missing"),
            (pl.col("?stopped_from_on"), "stopped_from_on_not_a_day"),
            (pl.col("stopped_from_on").is_null(), "stopped_from_on_missing"),
            (pl.col("?stopped_until_on"), "stopped_until_on_not_a_day"),
            (pl.col("stopped_until_on") < pl.col("stopped_from_on"), "stop_ends_before_it_starts"),
            (pl.col("?extension_days"), "extension_days_not_readable"),
            *_stamp_breaks("recorded_at"),
        ],
    )


def judged_names(raw: pl.DataFrame, key: str) -> pl.DataFrame:
    """Names of departments or activities, with `rule`: one row for each `key`."""
    judged = ruled(raw, [(pl.col(key).is_null(), f"{key}_missing")])
    return single(judged, key)


def single(judged: pl.DataFrame, key: str) -> pl.DataFrame:
    """Refuses the rows that keep all other rules and have the key of an earlier one."""
    again = pl.col("rule").is_null() & ~pl.col(key).is_first_distinct().over(pl.col("rule").is_null())
    return ruled(judged, [(again, f"{key}_twice")])


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


def _with_stamp_faults(frame: pl.DataFrame, column: str, stamps: Stamps) -> pl.DataFrame:
    return frame.with_columns(stamps.unreadable.alias(f"?{column}"), stamps.impossible.alias(f"!{column}"))


def _stamp_breaks(column: str) -> Sequence[tuple[pl.Expr, str]]:
    return (
        (pl.col(f"?{column}"), f"{column}_not_a_time"),
        (pl.col(f"!{column}"), f"{column}_skipped_by_the_clock"),
    )


def _with_recorded(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """When a row was keyed in, as an instant and as the local day."""
    stamps = _stamps(frame, "recorded_at", reading)
    return _with_stamp_faults(frame, "recorded_at", stamps).with_columns(
        stamps.at.alias("recorded_at"), stamps.on.alias("recorded_on")
    )


def _with_due(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """A due day alone is a date in any zone; with a time of day it is an instant as well."""
    stamps = _stamps(frame, "due_on", reading)
    written = read_days(frame["due_on"], time_format=reading.time_format)[0]
    faults = _with_stamp_faults(frame, "due_on", stamps).with_columns(
        has_time=stamps.has_time, at=stamps.at, on=stamps.on
    )
    return faults.with_columns(
        due_at=pl.when("has_time").then("at").otherwise(pl.lit(None, INSTANT)),
        due_on=pl.when("has_time").then("on").otherwise(written),
    ).drop("has_time", "at", "on")


def _with_days(frame: pl.DataFrame, columns: Sequence[str], reading: Reading) -> pl.DataFrame:
    for column in columns:
        days, unreadable = read_days(frame[column], time_format=reading.time_format)
        frame = frame.with_columns(days.alias(column), unreadable.alias(f"?{column}"))
    return frame

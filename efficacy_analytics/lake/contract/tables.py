"""The contract: each table's text becomes typed columns, and each row keeps its rules or breaks one.

Columns ending in `_at` are instants, `_local` what the wall clock of the delivery's zone showed, `_on` its date.
`_is_day` says that a moment was given as a day alone.
Whether a row's case is known, and whether the rows of one case agree, is for `case_checks` to say.
"""

from collections.abc import Sequence

import polars as pl

from efficacy_analytics.lake.cells.amounts import with_limit, with_whole_number, with_yes_or_no
from efficacy_analytics.lake.cells.moments import Reading, moment_rules, with_days, with_due, with_moment
from efficacy_analytics.lake.contract import lifecycle
from efficacy_analytics.lake.contract.refusal_rules import ruled
from efficacy_analytics.lake.contract.status_words import with_status
from efficacy_analytics.lake.layouts.keys import LIMITS

SOURCE = ("source_file", "source_line")
LENGTHS_OF_LIMITS = tuple(f"{name}_{part}" for name in LIMITS for part in ("length", "unit"))
EVENTS = (
    *("case_id", "activity", "activity_label", "stage", "resource", "department"),
    *("started_at", "started_local", "completed_at", "completed_local", "recorded_at", "source_order"),
    *("started_is_day", "completed_is_day"),
    *SOURCE,
)
STEPS_UNDER_WAY = tuple(column for column in EVENTS if not column.startswith("completed"))
CASES = (
    *("case_id", "department", "item", "kind", "channel", "status", "is_green_lane"),
    *("applied_at", "applied_on", "accepted_at", "accepted_on", "completed_at", "completed_on", "due_at", "due_on"),
    *LENGTHS_OF_LIMITS,
)
ITEMS = ("item", "department", "name_zh", "name_en", "kind", *LENGTHS_OF_LIMITS, "valid_from", "valid_until", *SOURCE)
CLOCK_STOPS = (
    *("case_id", "kind", "stopped_from_on", "stopped_until_on", "extension_days"),
    *("reason", "recorded_at", "recorded_on"),
    *SOURCE,
)
DEPARTMENTS = ("department", "name_zh", "name_en", *SOURCE)
ACTIVITIES = ("activity", "stage", "name_zh", "name_en", *SOURCE)


def judged_events(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Steps, typed, with `rule`, and `is_under_way` for those started and not yet completed.

    Of a log with transitions the stamp of a start is its `started_at`: `lifecycle.paired` makes instances of them.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no zone.
    """
    frame = _with_start_of_starts(raw) if "transition" in raw.columns else raw
    for column in ("started_at", "completed_at", "recorded_at"):
        frame = with_moment(frame, column, reading, also="local")
    frame = frame.with_columns(started_is_day="#started_at", completed_is_day="#completed_at")
    judged = _ruled(
        frame,
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            (pl.col("activity").is_null(), "activity_missing"),
            *moment_rules("completed_at"),
            *moment_rules("started_at"),
            *moment_rules("recorded_at"),
            (pl.col("completed_at").is_null() & pl.col("started_at").is_null(), "completed_at_missing"),
            (ends_before_start(), "ends_before_start"),
        ],
        deleted_by="row_key",
    )
    return judged.with_columns(is_under_way=pl.col("rule").is_null() & pl.col("completed_at").is_null())


def ends_before_start() -> pl.Expr:
    """Whether a step was completed before it was started; a day alone may lie anywhere in the day."""
    any_day = pl.col("started_is_day") | pl.col("completed_is_day")
    days = pl.col("completed_local").dt.date() < pl.col("started_local").dt.date()
    return pl.when(any_day).then(days).otherwise(pl.col("completed_at") < pl.col("started_at"))


def judged_cases(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Cases, typed, with `rule`. A completion before the acceptance is kept: the clock flags it.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no zone.
    """
    frame = raw
    for column in ("applied_at", "accepted_at", "completed_at"):
        frame = with_moment(frame, column, reading, also="on")
    frame = with_status(with_due(frame, reading))
    frame = with_yes_or_no(with_limit(with_limit(frame, "statutory"), "promised"), "is_green_lane")
    return _ruled(
        frame,
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            *(
                fault
                for column in ("applied_at", "accepted_at", "completed_at", "due_on")
                for fault in moment_rules(column)
            ),
            (pl.col("?statutory_limit") | pl.col("?promised_limit"), "limit_not_readable"),
            (pl.col("?is_green_lane"), "is_green_lane_not_readable"),
        ],
        deleted_by="case_id",
    )


def judged_items(raw: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Items with their limits and days of validity, typed, with `rule`."""
    frame = with_limit(with_limit(with_days(raw, ("valid_from", "valid_until"), reading), "statutory"), "promised")
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
    days = with_days(raw, ("stopped_from_on", "stopped_until_on"), reading)
    frame = with_moment(days, "recorded_at", reading, also="on")
    return _ruled(
        with_whole_number(frame, "extension_days"),
        [
            (pl.col("case_id").is_null(), "case_id_missing"),
            (pl.col("kind").is_null(), "kind_missing"),
            (pl.col("?stopped_from_on"), "stopped_from_on_not_a_day"),
            (pl.col("stopped_from_on").is_null(), "stopped_from_on_missing"),
            (pl.col("?stopped_until_on"), "stopped_until_on_not_a_day"),
            (pl.col("stopped_until_on") < pl.col("stopped_from_on"), "stop_ends_before_it_starts"),
            (pl.col("?extension_days"), "extension_days_not_readable"),
            *moment_rules("recorded_at"),
        ],
        deleted_by="row_key",
    )


def judged_names(raw: pl.DataFrame, key: str) -> pl.DataFrame:
    """Names of departments or activities, with `rule`."""
    return ruled(raw, [(pl.col(key).is_null(), f"{key}_missing")])


def single(judged: pl.DataFrame, key: str) -> pl.DataFrame:
    """Refuses the rows that keep all other rules and have the key of an earlier one."""
    again = pl.col("rule").is_null() & ~pl.col(key).is_first_distinct().over(pl.col("rule").is_null())
    return ruled(judged, [(again, f"{key}_twice")])


def without_faults(judged: pl.DataFrame) -> pl.DataFrame:
    """The frame without the columns that only say what its rules say too."""
    return judged.select(column for column in judged.columns if column[0] not in "?!~#>")


def _ruled(frame: pl.DataFrame, breaks: Sequence[tuple[pl.Expr, str]], *, deleted_by: str) -> pl.DataFrame:
    """The rules of rows that may have a key and may be told to be deleted: of a deleted one only its key counts."""
    own = []
    if "row_key" in frame.columns:
        own.append((pl.col("row_key").is_null(), "row_key_missing"))
    if "is_deleted" in frame.columns:
        frame = with_yes_or_no(frame, "is_deleted")
        own += [
            (pl.col("?is_deleted"), "is_deleted_not_readable"),
            (pl.col("is_deleted") & pl.col(deleted_by).is_null(), f"{deleted_by}_missing"),
        ]
        is_there = ~pl.col("is_deleted").fill_null(False)
        breaks = [(broken & is_there, code) for broken, code in breaks]
    return ruled(frame, [*own, *breaks])


def _with_start_of_starts(raw: pl.DataFrame) -> pl.DataFrame:
    """Transitions in one spelling, none being a complete; the stamp of a start moved to where a start belongs."""
    moved = raw.with_columns(
        transition=pl.col("transition").str.strip_chars().str.to_lowercase().fill_null(lifecycle.COMPLETE)
    )
    is_start = pl.col("transition") == lifecycle.START
    return moved.with_columns(
        started_at=pl.when(is_start).then("completed_at").otherwise("started_at"),
        completed_at=pl.when(~is_start).then("completed_at"),
    )

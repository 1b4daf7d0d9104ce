"""The order of a case's events, and what each event must know of its neighbours: noted once, when a delivery comes in.

Order is total: start (completion where no start is known), completion, position in the delivery; or, where the layout
says so, completion and position, or position alone, as the author of the file has put them. A day alone among
times may lie anywhere in its day: the steps of that day stand as the delivery has them, and no waiting follows from it.
With the neighbours noted, publishing is one pass over the file, without a sort.
"""

import datetime as dt

import polars as pl

EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
NO = pl.lit(False)
NOTED = ("event_number", "previous_activity", "next_activity", "previous_completed_at", "previous_completed_local")


def in_order(events: pl.DataFrame, step_order: str = "start") -> pl.DataFrame:
    """Accepted events in the order of their cases and within them, with the columns `NOTED`.

    Args:
        events: accepted events with `case_number`, `source_order`, and of start and completion the columns `…_at`,
            `…_local` and `…_is_day` (null: no).
        step_order: by what they are ordered: "start", "completion" or "file".

    Returns:
        One row per event: the columns given, `event_number` (1 is the case's first), `previous_activity`,
        `previous_completed_at`, `previous_completed_local` (null for the first, and where either moment is a day
        among times) and `next_activity` (null for the
        last).
    """
    has_days = any(
        column in events.columns and events[column].any() for column in ("started_is_day", "completed_is_day")
    )
    known = (
        _marked(_without_starts_of_a_day(events)) if has_days else events.with_columns(begins_vague=NO, ends_vague=NO)
    )
    order = _by_day(step_order) if has_days else _by_moment(step_order)
    placed = (known if _are_in_order(known.select(order)) else known.sort(order)).with_columns(
        event_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("case_number")
    )
    is_first = pl.col("event_number") == 1
    is_known = ~is_first & ~pl.col("begins_vague") & ~pl.col("ends_vague").shift(1, fill_value=False)
    return placed.with_columns(
        pl.when(~is_first).then(pl.col("activity").shift(1)).alias("previous_activity"),
        *(
            pl.when(is_known).then(pl.col(column).shift(1)).alias(f"previous_{column}")
            for column in ("completed_at", "completed_local")
        ),
        pl.when(~is_first.shift(-1, fill_value=True)).then(pl.col("activity").shift(-1)).alias("next_activity"),
    ).select(*events.columns, *NOTED)


def beginnings(events: pl.DataFrame) -> pl.DataFrame:
    """When each event begins: `begins_at`, `begins_local`; null for a day alone on which its case has times as well.

    Args:
        events: as `in_order` gives them.
    """
    at, local = pl.coalesce("started_at", "completed_at"), pl.coalesce("started_local", "completed_local")
    if not _has_days(events):
        return events.with_columns(begins_at=at, begins_local=local)
    is_day = _begins_at_a_day()
    is_lost = is_day & (~is_day).any().over("case_number", local.dt.date())
    return events.with_columns(begins_at=pl.when(~is_lost).then(at), begins_local=pl.when(~is_lost).then(local))


def _has_days(events: pl.DataFrame) -> bool:
    """Whether any moment was given as a day alone."""
    return any(column in events.columns and events[column].any() for column in ("started_is_day", "completed_is_day"))


def _begins_at_a_day() -> pl.Expr:
    is_day = pl.when(pl.col("started_at").is_not_null()).then("started_is_day").otherwise("completed_is_day")
    return is_day.fill_null(False)


def _by_moment(step_order: str) -> list[pl.Expr]:
    moments = {
        "start": [pl.coalesce("started_at", "completed_at"), pl.col("completed_at")],
        "completion": [pl.col("completed_at")],
        "file": [],
    }
    return [pl.col("case_number"), *moments[step_order], pl.col("source_order")]


def _by_day(step_order: str) -> list[pl.Expr]:
    """By moment; in a case of days and times by the wall clock, and in a day that has both as delivered."""
    if step_order == "file":
        return _by_moment(step_order)
    is_by_start = step_order == "start"
    local = pl.coalesce("started_local", "completed_local") if is_by_start else pl.col("completed_local")
    at = pl.coalesce("started_at", "completed_at") if is_by_start else pl.col("completed_at")
    is_vague = pl.col("begins_vague" if is_by_start else "ends_vague")
    day, at = local.dt.truncate("1d"), at.dt.replace_time_zone(None)
    has_day = is_vague.any().over("case_number", day)
    moment = pl.when("is_loose").then(pl.when(has_day).then(day).otherwise(local)).otherwise(at)
    completed = pl.when(~has_day).then("completed_at").fill_null(EARLIEST)
    return [pl.col("case_number"), moment, completed, pl.col("source_order")]


def _marked(events: pl.DataFrame) -> pl.DataFrame:
    """Which steps begin and end at a day, in a case that has times as well.

    Returns:
        The events with `is_loose` (the case has both), `begins_vague` and `ends_vague`.
    """
    ends = pl.col("completed_is_day").fill_null(False)
    begins = _begins_at_a_day()
    has_both = ((begins | ends).any() & (~begins | ~ends).any()).over("case_number")
    return events.with_columns(is_loose=has_both, begins_vague=begins & has_both, ends_vague=ends & has_both)


def _without_starts_of_a_day(events: pl.DataFrame) -> pl.DataFrame:
    """No start where it is a day and the completion has a time; a completion of the day of its start not before it."""
    starts, ends = (pl.col(f"{which}_is_day").fill_null(False) for which in ("started", "completed"))
    without = starts & ~ends
    early = ends & ~starts & (pl.col("completed_at") < pl.col("started_at"))
    return events.with_columns(
        *(
            pl.when(early).then(f"started_{part}").otherwise(f"completed_{part}").alias(f"completed_{part}")
            for part in ("at", "local")
        ),
        *(pl.when(~without).then(f"started_{part}").alias(f"started_{part}") for part in ("at", "local")),
    )


def _are_in_order(keys: pl.DataFrame) -> bool:
    """Whether each row comes after the one before it, by the first column in which they differ."""
    after = pl.lit(False)
    for column in reversed(keys.columns):
        before = pl.col(column).shift(1)
        after = (pl.col(column) > before) | ((pl.col(column) == before) & after)
    return bool(keys.select(after.slice(1).all()).item())

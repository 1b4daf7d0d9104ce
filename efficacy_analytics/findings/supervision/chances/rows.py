"""What was known of each open case on each of many days, and what of its fate was known by a day.

A row is a case on a day. Nothing recorded later is in it: steps, stops and extensions count from the day they are
dated, the shares of late cases are those of fates known by then, loads and queues are those of that day. A row reads
the same in every cohort that holds its case: all other cases are counted, whether or not they are chosen.
"""

import datetime as dt
from math import ceil
from typing import Final

import polars as pl

from efficacy_analytics.clock.verdicts import verdicts_on
from efficacy_analytics.engine.session import Session
from efficacy_analytics.mining.stages import activity_stages

MOST_OPEN_DAYS: Final = 1_500_000
"""Rows computed at most; with more days of open cases not every day is looked at."""
MOST_ROWS: Final = 150_000
"""Rows taken at most; of more a fixed part of the cases is taken."""


def lay_out_cases(log: Session, as_on: dt.date) -> None:
    """Makes `chance_cases` as of a day, and what its rows rest on, for the question that is being answered."""
    stages = activity_stages(log)
    verdicts_on(log, as_on)
    log.put_temporary("step_stages", stages)
    log.build("chance_cases", as_on=as_on)
    log.build("chance_steps")


def past_rows(log: Session, until: dt.date, *, most_rows: int = MOST_ROWS) -> pl.DataFrame:
    """The rows of all days until a day, at most `most_rows` of a fixed part of the cases.

    Args:
        log: the engine of the question, after `lay_out_cases`.
        until: the last day.
        most_rows: about how many rows at most.
    """
    span = log.run("chance_span", until_on=until).row(0, named=True)
    step_days = max(1, ceil(span["open_days"] / MOST_OPEN_DAYS))
    part = min(1.0, most_rows * step_days / max(1, span["cohort_open_days"]))
    return day_rows(log, span["first_on"], until, step_days=step_days, part=part)


def day_rows(log: Session, first: dt.date, last: dt.date, *, step_days: int = 1, part: float = 1.0) -> pl.DataFrame:
    """The rows of some days, columns as `chance_known` says."""
    log.build("chance_rows", from_on=first, until_on=last, step_days=step_days, part=part)
    return log.run("chance_known")


def as_known(rows: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The rows until a day, with what was known that day of each fate.

    Returns:
        The rows, and `is_known`, `is_late` (of those known), `days_until_known`, `days_until_cut`, `has_ended`, and
        `lasted_share`: the counted days from the row until the end, or until the last day looked at where there is no
        end yet, by the days allowed.
    """
    until = rows.filter(pl.col("day") <= day)
    reached = (
        pl.when(pl.col("has_ended")).then("counted_in_all").otherwise(pl.col("counted_days").max().over("case_key"))
    )
    return until.with_columns(
        is_known=(pl.col("known_on") <= day).fill_null(value=False),
        has_ended=(pl.col("ended_on") <= day).fill_null(value=False),
        days_until_known=(pl.col("known_on") - pl.col("day")).dt.total_days().cast(pl.Float64),
        days_until_cut=(pl.lit(day) - pl.col("day")).dt.total_days().cast(pl.Float64),
    ).with_columns(
        is_late=pl.when("is_known").then(pl.col("is_late")).fill_null(value=False),
        lasted_share=((reached - pl.col("counted_days")) / pl.col("allowed_days")).clip(lower_bound=0),
    )

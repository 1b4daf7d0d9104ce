"""How long each case took, as recorded and as it was known on an earlier day.

Whoever wants the limits with other times (say with suspicious clock stops put back) takes `limit_times`, changes its
`counted_days` and hands it to `findings.limits.limits`.
"""

import datetime as dt
from collections.abc import Iterator
from math import log as log_of
from typing import TypeAlias

import polars as pl

from efficacy_analytics.clock.verdicts import verdicts_on
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.limits.fit import NO_DAY, Times
from efficacy_analytics.settings import settings
from efficacy_analytics.statistics.survival import UNKNOWN_AGE

KEYS = ["department", "item"]
ItemKey: TypeAlias = tuple[str | None, str | None]
FLOORS = {"department": pl.String, "item": pl.String, "unit": pl.String, "floor_days": pl.Int32}


@question
def limit_times(log: Session) -> pl.DataFrame:
    """The counted time of each case, or how long it has taken so far.

    Some exports leave out what is still open. Then the last days of acceptance hold only fast cases, and nothing tells
    of the others. Where an item has no open case though at least -ln(level) were to be expected (cases a day times mean
    days from acceptance to completion; with fewer, none is no wonder), cases accepted within the 99 % quantile of those
    days before the snapshot's day are left out. The level is that of changes.

    Returns:
        One row per case that is neither withdrawn nor on the green lane, by item and day of acceptance: `case_key`,
        `department`, `item`, `accepted_on`, `is_open`, `counted_days` (of an open case until the snapshot's day).
    """
    times = log.run("limit_times")
    if not tells_the_past(log):
        return times.drop("elapsed_days")
    as_on = log.run("snapshot_facts")["as_on"].item()
    elapsed = pl.col("elapsed_days").clip(0)
    span = (pl.lit(as_on) - pl.col("accepted_on").min()).dt.total_days() + 1
    expected = (pl.len() / span * elapsed.mean()).over(KEYS)
    is_cut = ~pl.col("is_open").any().over(KEYS) & (expected >= -log_of(settings().guarantee.change_level))
    known_for = (pl.lit(as_on) - pl.col("accepted_on")).dt.total_days()
    is_recent = known_for < elapsed.quantile(0.99, "higher").over(KEYS)
    return times.filter(~(is_cut & is_recent).fill_null(value=False)).drop("elapsed_days")


@question
def times_known(log: Session, day: dt.date) -> pl.DataFrame:
    """The same for the cases accepted before a day, as they stood at the end of the day before it."""
    verdicts_on(log, day - dt.timedelta(days=1))
    return log.run("limit_times_known", known_on=day)


def tells_the_past(log: Session) -> bool:
    """Whether the engine keeps what is needed to say how cases stood on an earlier day."""
    return "clock_cases" in log.tables()


@question
def stage_floors(log: Session) -> pl.DataFrame:
    """What no limit of an item may fall below: the longest limit of a stage or activity within its clock.

    Returns:
        One row per department, item and unit: `department`, `item`, `unit`, `floor_days`.
    """
    return log.run("limit_stage_floors") if tells_the_past(log) else pl.DataFrame(schema=FLOORS)


def by_item(times: pl.DataFrame) -> Iterator[tuple[ItemKey, Times]]:
    """The times of each item in the order of acceptance; cases without a day of acceptance come first."""
    ordered = times.sort(*KEYS, "accepted_on", "case_key", nulls_last=[True, True, False, False]).with_columns(
        day=pl.col("accepted_on").dt.epoch("d").cast(pl.Int64),
        counted_days=pl.col("counted_days").cast(pl.Int64).fill_null(UNKNOWN_AGE),
    )
    keys = ordered.group_by(KEYS, maintain_order=True).agg(pl.len(), pl.col("day").min().alias("first_day"))
    first_days = keys["first_day"].fill_null(NO_DAY).repeat_by(keys["len"]).explode()
    day = ordered["day"].fill_null(first_days).to_numpy()
    counted, is_open = ordered["counted_days"].to_numpy(), ordered["is_open"].to_numpy()
    until = 0
    for department, item, length, _ in keys.iter_rows():
        rows = slice(until, until + length)
        until = rows.stop
        yield (department, item), Times(day[rows], counted[rows], is_open[rows])

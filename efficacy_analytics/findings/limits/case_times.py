"""How long each case took, as recorded and as it was known on an earlier day.

Whoever wants the limits with other times (say with suspicious clock stops put back) takes `limit_times`, changes its
`needed_days` and hands it to `findings.limits.limits`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import polars as pl
from scipy.special import pdtr

from efficacy_analytics.clock.verdicts import lay_out_verdicts, verdicts_on
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.limits.fit import NO_DAY, Times
from efficacy_analytics.statistics.survival import UNKNOWN_AGE

KEYS = ["department", "item"]
FEW_OPEN_SHARE: Final = 0.1
"""Of the open cases to be expected, those that a delivery may hold and still leave open cases out."""
CAP_KEYS: Final = ("statutory_days", "statutory_unit", "counted_unit")
ItemKey: TypeAlias = tuple[str | None, str | None]
FLOORS = {"department": pl.String, "item": pl.String, "unit": pl.String, "floor_days": pl.Int32}


@question
def limit_times(log: Session) -> pl.DataFrame:
    """The counted time of each case, or how long it has taken so far.

    Some exports leave out what is still open. Then the last days of acceptance hold only fast cases, and nothing tells
    of the others. The open cases accepted within the 99 % quantile of elapsed days before the snapshot's day are
    compared with the number to be expected: cases a day times mean days from acceptance to completion (Little's law).
    Where they are fewer than a tenth of it, and so few by chance (Poisson) at no more than the level of changes, the
    cases accepted within those days are left out. One forgotten case, or old ones, do not make an export whole.

    Returns:
        One row per case that is neither withdrawn nor on the green lane, by item and day of acceptance: `case_key`,
        `department`, `item`, `accepted_on`, `is_open`, `needed_days` (the shortest limit that the case would have
        kept, extensions and rest days as in its verdict; of an open case until the snapshot's day).
    """
    times = log.run("limit_times")
    if not tells_the_past(log):
        return times.drop("elapsed_days")
    as_on = log.run("snapshot_facts")["as_on"].item()
    elapsed = pl.col("elapsed_days").clip(0)
    known_for = (pl.lit(as_on) - pl.col("accepted_on")).dt.total_days()
    dated = times.with_columns(is_recent=known_for < elapsed.quantile(0.99, "higher").over(KEYS))
    level = log.settings.guarantee.change_level
    closed = _closed_exports(dated, as_on, level).with_columns(is_closed=pl.lit(value=True))
    joined = dated.join(closed, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    return joined.filter(~(pl.col("is_closed") & pl.col("is_recent")).fill_null(value=False)).drop(
        "elapsed_days", "is_recent", "is_closed"
    )


@question
def limit_time_counts(log: Session) -> pl.DataFrame:
    """How many completed cases of an item took how long: what a certificate draws.

    Returns:
        One row per `department`, `item` and `needed_days` (as in `limit_times`): `case_count`.
    """
    done = limit_times(log).filter(~pl.col("is_open"))
    return done.group_by(*KEYS, "needed_days").len("case_count").sort(*KEYS, "needed_days", nulls_last=True)


def _closed_exports(dated: pl.DataFrame, as_on: dt.date, level: float) -> pl.DataFrame:
    """The items of whose recent cases hardly any is open, though more were to be expected."""
    span = (pl.lit(as_on) - pl.col("accepted_on").min()).dt.total_days() + 1
    counts = dated.group_by(KEYS, maintain_order=True).agg(
        expected=pl.len() / span * pl.col("elapsed_days").clip(0).mean(),
        open=(pl.col("is_open") & pl.col("is_recent")).sum(),
    )
    chance = pl.Series(pdtr(counts["open"].to_numpy(), counts["expected"].fill_null(0).to_numpy()))
    return counts.filter((chance <= level) & (pl.col("open") < FEW_OPEN_SHARE * pl.col("expected"))).select(KEYS)


@question
def limits_in_force(log: Session) -> pl.DataFrame:
    """Of each item the limit in force last, its units, how many cases are held against it, and their times.

    Returns:
        One row per department and item, columns as the query `finding_limits` has them.
    """
    return log.run("finding_limits")


@question
def times_known(log: Session, day: dt.date) -> pl.DataFrame:
    """The same for the cases accepted before a day, as they stood at the end of the day before it."""
    verdicts_on(log, day - dt.timedelta(days=1), columns=("is_open", "counted_days", "needed_days"))
    return log.run("limit_times_known", known_on=day)


def times_of_days(log: Session, days: Sequence[dt.date]) -> Iterator[pl.DataFrame]:
    """The same for one day after another; what does not depend on the day is laid out once for all of them."""
    if days:
        lay_out_verdicts(log, days[0])
    for day in days:
        yield times_known(log, day)


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


def with_statutory_caps(log: Session, items: pl.DataFrame) -> pl.DataFrame:
    """Adds to each item the longest limit in its own unit that the statute allows on every day: `statutory_cap_days`.

    Args:
        log: the engine of a cohort.
        items: one row per item: `statutory_days`, `statutory_unit`, `counted_unit`.
    """
    caps = log.run("limit_statutory_caps")
    return items.join(caps, on=[*CAP_KEYS], how="left", nulls_equal=True, maintain_order="left")


@question
def times_by_item(log: Session) -> dict[ItemKey, Times]:
    """The `limit_times` of each item: several rules are held against them."""
    return dict(by_item(limit_times(log)))


def by_item(times: pl.DataFrame) -> Iterator[tuple[ItemKey, Times]]:
    """The times of each item in the order of acceptance; cases without a day of acceptance come first."""
    ordered = times.sort(*KEYS, "accepted_on", "case_key", nulls_last=[True, True, False, False]).with_columns(
        day=pl.col("accepted_on").dt.epoch("d").cast(pl.Int64),
        needed_days=pl.col("needed_days").cast(pl.Int64).fill_null(UNKNOWN_AGE),
    )
    keys = ordered.group_by(KEYS, maintain_order=True).agg(pl.len(), pl.col("day").min().alias("first_day"))
    first_days = keys["first_day"].fill_null(NO_DAY).repeat_by(keys["len"]).explode()
    day = ordered["day"].fill_null(first_days).to_numpy()
    counted, is_open = ordered["needed_days"].to_numpy(), ordered["is_open"].to_numpy()
    until = 0
    for department, item, length, _ in keys.iter_rows():
        rows = slice(until, until + length)
        until = rows.stop
        yield (department, item), Times(day[rows], counted[rows], is_open[rows])

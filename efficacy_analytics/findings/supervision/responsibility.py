"""Whose days made a case late: each overrun divided among steps, departments and causes (责任追究).

The counted days of a case are divided among its steps without rest (`responsibility_parts.sql`): waiting for a step,
work on it, the applicant's own steps, and what follows the last one. What a part took beyond what is usual for it in
cases that kept their limit is its excess; the overrun is divided in proportion to it. Stopped time is not counted at
all, the applicant's is not charged to the office. A finding about steps and departments; it names officers, and is for
internal use.
"""

import datetime as dt
from typing import Final

import polars as pl

from efficacy_analytics.clock.verdicts import verdicts_on
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.day import judged_day

CAUSES: Final = ("waiting", "work", "applicant", "after_last_step")


@question
def breach_causes(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """The overrun of each late case, divided among its steps.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day; by default that of the snapshot.

    Returns:
        One row per late case, step and cause with any days, in the order of cases and steps: `case_key`, `case_id`,
        `item`, `event_number` and `activity` (null after the last step), `department` and `resource` of the step,
        `cause` (`waiting`, `work`, `applicant`, `after_last_step`), `days` counted, `usual_days` (median of cases
        that kept their limit), `excess_days`, `overrun_share` (of a case they add up to 1), `overrun_days` (they add
        up to `case_overrun_days` exactly; in the limit's unit, 0 where it was overrun on rest days alone). A case
        withdrawn when it was late already is a late one. Cases with a limit in hours are left out.
    """
    day = judged_day(log, as_on)
    verdicts_on(log, day)
    log.build("responsibility_parts", as_on=day)
    return log.run("responsibility_shares")


@question
def breach_causes_by_step(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """The overruns of all late cases by department, step and cause.

    Returns:
        One row per `department`, `activity` (null: after the last step) and `cause`, most days first: `case_count`
        (late cases in which it has a part), `overrun_days`, `share_of_total` of all overruns.
    """
    causes = breach_causes(log, as_on=as_on).filter(pl.col("overrun_share") > 0)
    total = pl.col("overrun_days").sum().over(pl.lit(1))
    return (
        causes.group_by("department", "activity", "cause")
        .agg(case_count=pl.col("case_key").n_unique(), overrun_days=pl.col("overrun_days").sum())
        .with_columns(share_of_total=pl.when(total > 0).then(pl.col("overrun_days") / total).cast(pl.Float64))
        .sort(
            "overrun_days", "department", "activity", "cause", descending=[True, False, False, False], nulls_last=True
        )
    )

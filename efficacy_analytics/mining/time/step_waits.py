"""How long cases wait for each step, month by month: whether it gets better or worse, and where."""

from typing import Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.steps import Level, put_step_groups

CLOCKS = ("elapsed", "open")


@question
def waiting_by_month(
    log: Session, *, clock: Literal["elapsed", "open"] = "elapsed", by: Level = "activity"
) -> pl.DataFrame:
    """How long cases wait for each activity or stage, by month of acceptance.

    A wait runs from the latest completion before a step to its start; where that is not recorded what is measured
    is the time between completions, in a row of its own. Recent months hold mainly fast cases yet: `month_open_count`.

    Args:
        log: the engine of a cohort.
        clock: `elapsed` or `open` (office hours).
        by: `activity`, or `stage` where the log knows any.

    Returns:
        One row per month, step and kind of time, months in order, longest waiting first: `month` (as 2024-03),
        `step`, `time_kind` (`waiting` or `between_completions`), `case_count`, `waiting_count`,
        `waiting_<clock>_seconds_median`, `_mean`, `_total`, `month_case_count`, `month_open_count` (of the month's
        cases, how many are not completed).

    Raises:
        CallError: `clock` or `by` is none of these.
    """
    if clock not in CLOCKS:
        raise CallError(f"waiting by month knows no clock '{clock}'.", hint=f"one of: {', '.join(CLOCKS)}")
    put_step_groups(log, by)
    named = {f"seconds_{part}": f"waiting_{clock}_seconds_{part}" for part in ("median", "mean", "total")}
    return log.run("step_waits", clock=clock).rename(named)

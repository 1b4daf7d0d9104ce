"""Which wait would have to lose how many days, so that an item could keep a limit it does not keep now.

A replay of past paths, not of queues: a wait cut by r counted days takes r days off the cases that waited at least as
long there, and nothing else changes.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

ASKED = {"department": pl.String, "item": pl.String, "target_days": pl.Int32, "allowed_count": pl.Int64}


@question
def limit_steps(log: Session, asked: pl.DataFrame) -> pl.DataFrame:
    """For each item asked for, the single waits whose shortening alone would be enough, the smallest cut first.

    A case above the target by d days is fixed by a cut of r days at a wait where it waited at least d, if d <= r.
    needed_days = the least r that leaves no more than `allowed_count` cases above the target.

    Args:
        log: the engine of a cohort.
        asked: one row per item: `department`, `item`, `target_days` (the limit to be kept, in counted days) and
            `allowed_count` (how many of its completed cases may stay above).

    Returns:
        One row per item and wait that alone is enough, by department, item and `needed_days`: `department`, `item`,
        `target_days`, `activity`, `next_activity`, `over_case_count` (above the target now), `fixable_case_count`
        (of these, fixed by cutting this wait alone), `needed_days`. An item without a row needs several waits cut,
        or time in its steps themselves.
    """
    log.put_temporary("asked_limits", asked.select(pl.col(name).cast(kind) for name, kind in ASKED.items()))
    return log.run("limit_steps")

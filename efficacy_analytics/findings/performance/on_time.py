"""Who keeps the time limits, and how sure one can be of it.

The verdict of a case is a matter of the clock (`cases.is_late`); here cases are counted. An open case already past
its due date is late now and is judged with the completed ones: leaving it out would reward not finishing.
"""

from typing import Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import with_share

LEVELS = ("department", "item", "month")


@question
def on_time(
    log: Session, *, by: Literal["department", "item", "month"] = "department", confidence: float = 0.95
) -> pl.DataFrame:
    """The share of cases that kept their limit, with its exact (Clopper-Pearson) interval.

    on_time_share = (judged_count - late_count) / judged_count. Judged are the completed cases that have a due
    date, and the open ones already past it on the snapshot's day. Not judged, though counted in `case_count`:
    open cases not yet due, withdrawn and green-lane cases (outside the promise clock), cases without a limit.
    In recent months of acceptance mainly fast cases are judged yet; compare `judged_count` with `case_count`.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: `department`, `item`, or `month` of acceptance (as 2024-03).
        confidence: of the interval, two-sided.

    Returns:
        One row per value of `by`, in its order, null last: the value, `case_count`, `completed_count`,
        `open_count`, `late_count`, `on_time_share`, `on_time_share_low`, `on_time_share_high` (null where nothing
        was judged), `judged_count`, `withdrawn_count`, `green_lane_count`, and `not_judged_count`: completed ones
        that are neither, and have no verdict (no limit, its completion refused or before the acceptance, outside the
        calendar). A case is completed, open or withdrawn.

    Raises:
        CallError: `by` is none of the levels.
    """
    if by not in LEVELS:
        raise CallError(f"on_time knows no level '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    counted = log.run("finding_on_time", by=by).rename({"name": by})
    shared = with_share(counted, "on_time_share", "on_time_count", "judged_count", confidence=confidence)
    return shared.select(
        by,
        "case_count",
        "completed_count",
        "open_count",
        "late_count",
        "on_time_share",
        "on_time_share_low",
        "on_time_share_high",
        "judged_count",
        "withdrawn_count",
        "green_lane_count",
        "not_judged_count",
    )

"""Who keeps the time limits, and how sure one can be of it.

The verdict of a case is a matter of the clock (`cases.verdict_class`); here cases are counted. A share counts the cases
whose due date has come, whatever became of them: who leaves out what is still open rewards not finishing, and who
counts what is completed before it is due finds short limits kept worse than long ones.

The share stands beside three others: as if nothing had been extended, by the statute alone, and as if only those stops
of the clock counted that the licensing law names.
"""

from typing import Final, Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import with_share

LEVELS = ("department", "item", "month")
OF_STATUTE: Final = (
    *("statutory_judged_count", "statutory_late_count", "statutory_on_time_share"),
    *("green_lane_judged_count", "green_lane_late_count", "green_lane_on_time_share"),
)
OF_VARIANTS: Final = (
    *("by_extension_count", "on_time_share_without_extensions"),
    *("ungrounded_stop_count", "late_with_grounded_stops_count", "on_time_share_with_grounded_stops"),
)


@question
def on_time(
    log: Session, *, by: Literal["department", "item", "month"] = "department", confidence: float = 0.95
) -> pl.DataFrame:
    """The share of cases that kept their limit, with its exact (Clopper-Pearson) interval.

    on_time_share = (judged_count - late_count) / judged_count. Judged are the cases whose due date, extensions and
    clock stops in it, lies before the snapshot's day: completed, open, or withdrawn when they were late already. Each
    case is one of judged, `not_yet_due_count`, `green_lane_count` (judged by the statute, apart), withdrawn in time,
    `not_accepted_count` (acceptance refused: it never had a clock) and `not_judged_count` (no limit, no acceptance yet,
    a completion refused or before the acceptance, outside the calendar).

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: `department`, `item`, or `month` of acceptance (as 2024-03).
        confidence: of the interval, two-sided.

    Returns:
        One row per value of `by`, in its order, null last: the value, `case_count`, `completed_count`,
        `open_count`, `late_count`, `on_time_share`, `on_time_share_low`, `on_time_share_high` (null where nothing
        was judged), `judged_count`, `not_yet_due_count`, `withdrawn_count`, `withdrawn_late_count` (judged, as late),
        `green_lane_count`, `not_judged_count`, `not_accepted_count`; then `by_extension_count` (on time by an extension
        only) with `on_time_share_without_extensions` (they count as late), `ungrounded_stop_count` (judged, with days
        stopped without a ground in the licensing law), `late_with_grounded_stops_count` (late where those days count)
        with `on_time_share_with_grounded_stops`;
        `statutory_judged_count` (due by the statute), `statutory_late_count` and `statutory_on_time_share`; the same
        three of the green lane. A case is completed, open,
        withdrawn or not accepted.

    Raises:
        CallError: `by` is none of the levels.
    """
    if by not in LEVELS:
        raise CallError(f"on_time knows no level '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    counted = log.run("finding_on_time", by=by).rename({"name": by})
    shared = with_share(counted, "on_time_share", "on_time_count", "judged_count", confidence=confidence)
    judged = pl.col("judged_count")
    return shared.with_columns(
        on_time_share_without_extensions=_share(pl.col("on_time_count") - pl.col("by_extension_count"), judged),
        on_time_share_with_grounded_stops=_share(judged - pl.col("late_with_grounded_stops_count"), judged),
        statutory_on_time_share=_kept("statutory"),
        green_lane_on_time_share=_kept("green_lane"),
    ).select(
        by,
        *("case_count", "completed_count", "open_count", "late_count"),
        *("on_time_share", "on_time_share_low", "on_time_share_high"),
        *("judged_count", "not_yet_due_count", "withdrawn_count", "withdrawn_late_count", "green_lane_count"),
        *("not_judged_count", "not_accepted_count"),
        *OF_VARIANTS,
        *OF_STATUTE,
    )


def _kept(judged_by: str) -> pl.Expr:
    judged = pl.col(f"{judged_by}_judged_count")
    return _share(judged - pl.col(f"{judged_by}_late_count"), judged)


def _share(kept: pl.Expr, judged: pl.Expr) -> pl.Expr:
    return pl.when(judged > 0).then(kept / judged)

"""How well the remaining time of a case is told by the plainest rule: the median of past cases at as many events.

A rule that models of the literature often fail to beat, and a check of the split in time: its error on public logs is
known (docs/early_warning.md). Past cases here tell their whole length, even those that still ran at the split, as in
the published comparisons; chances of breach are fitted without that.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session

DAY_SECONDS = 86_400


@question
def remaining_time_error(log: Session, *, last_share: float = 0.2) -> pl.DataFrame:
    """The error of the median remaining time at the same number of events, on the last cases by their start.

    Args:
        log: the engine of a cohort.
        last_share: the share of cases, the last by their first event, on which the rule is scored.

    Returns:
        One row: `case_count` and `prefix_count` scored (each case after its second event until the one before its
        last), `remaining_days_mean`, `absolute_error_days_mean`.
    """
    events = log.sql(
        "select case_key, event_number, epoch_us(completed_at) as at from cohort_events order by case_key, event_number"
    )
    return median_error(events, last_share=last_share)


def median_error(events: pl.DataFrame, *, last_share: float) -> pl.DataFrame:
    """The error on events: `case_key`, `event_number` from 1, `at` in microseconds; see `remaining_time_error`."""
    timed = events.with_columns(
        remaining=(pl.col("at").max().over("case_key") - pl.col("at")) / (1e6 * DAY_SECONDS),
        count=pl.len().over("case_key"),
    )
    starts = timed.group_by("case_key").agg(pl.col("at").min()).sort("at", "case_key")
    last = starts.tail(starts.height - int(starts.height * (1 - last_share)))["case_key"]
    prefixes = timed.filter((pl.col("event_number") >= 2) & (pl.col("event_number") < pl.col("count")))
    is_last = pl.col("case_key").is_in(last.implode())
    medians = prefixes.filter(~is_last).group_by("event_number").agg(median=pl.col("remaining").median())
    scored = (
        prefixes.filter(is_last)
        .sort("event_number")
        .join_asof(medians.sort("event_number"), on="event_number", strategy="backward")
    )
    return scored.select(
        case_count=pl.col("case_key").n_unique(),
        prefix_count=pl.len(),
        remaining_days_mean=pl.col("remaining").mean(),
        absolute_error_days_mean=(pl.col("remaining") - pl.col("median")).abs().mean(),
    )

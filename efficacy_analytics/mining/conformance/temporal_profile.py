"""Which steps of a case lie unusually close together or far apart.

The profile of a log holds, for every pair of activities in a case, the mean and the standard deviation of the time from
the completion of the first to the start of the second, however many steps lie between.

Source: F. Stertz, J. Mangler, S. Rinderle-Ma, "Temporal Conformance Checking at Runtime based on Time-infused Process
Models", arXiv 2008.07262, 2020 (temporal profile).
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError

MOST_DEVIATIONS = 6.0
"""As in pm4py: six standard deviations from the mean are still usual."""
MOST_PAIRS = 50_000_000
"""Pairs grow with the square of a case's length: a case of 10,000 events has so many, in 17 seconds and 1.4 GB."""


@question
def temporal_profile(
    log: Session, *, most_deviations: float = MOST_DEVIATIONS, most_steps: int | None = None
) -> pl.DataFrame:
    """Mean and standard deviation of the time between any two activities of a case.

    Args:
        log: the engine of a cohort, with the view `cohort_events`.
        most_deviations: beyond so many standard deviations from the mean a pair is unusual.
        most_steps: leave out pairs further apart than so many events; long cases have many.

    Returns:
        One row per pair, most frequent first: `activity`, `next_activity`, `pair_count`, `case_count`,
        `elapsed_seconds_mean`, `elapsed_seconds_deviation` (of the sample; 0 for a single pair), `unusual_count`.

    Raises:
        CannotAnswerError: the cases are so long that there are more than `MOST_PAIRS` pairs.
    """
    _pair(log, most_steps)
    return log.run("profile_summary", most_deviations=most_deviations)


@question
def unusual_times(
    log: Session, *, most_deviations: float = MOST_DEVIATIONS, most_steps: int | None = None
) -> pl.DataFrame:
    """The pairs of events that lie unusually close together or far apart, with their cases.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.
        most_deviations: beyond so many standard deviations from the mean a pair is unusual.
        most_steps: leave out pairs further apart than so many events.

    Returns:
        One row per pair of events, by case and events: `case_key`, `case_id`, `activity`, `event_number`,
        `next_activity`, `next_event_number`, `elapsed_seconds`, `elapsed_seconds_mean`, `deviations` (from the mean,
        in standard deviations, negative where too close).

    Raises:
        CannotAnswerError: as for `temporal_profile`.
    """
    _pair(log, most_steps)
    return log.run("profile_deviations", most_deviations=most_deviations)


def _pair(log: Session, most_steps: int | None) -> None:
    longest = log.run("profile_longest", most_steps=most_steps).row(0, named=True)
    if (longest["pair_count"] or 0) > MOST_PAIRS:
        raise CannotAnswerError(
            f"the cases have {longest['pair_count']:,} pairs of events; the longest, '{longest['case_id']}', has"
            f" {longest['event_count']:,} events.",
            hint='leave such cases out by --where "event_count <= 1000"',
        )
    log.build("profile_pairs", most_steps=most_steps)

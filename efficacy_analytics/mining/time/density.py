"""Where in time the steps of all cases lie: the dotted chart, counted into cells.

A picture of the cells stays readable with millions of steps.

Source: M. Song, W. M. P. van der Aalst, "Supporting Process Mining by Showing Events at a Glance", WITS 2007.
"""

from typing import Final, Literal, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.steps import Level, put_step_groups

Against: TypeAlias = Literal["calendar", "acceptance"]

AGAINST: Final[tuple[Against, ...]] = ("calendar", "acceptance")
TIME_BINS: Final = 72
CASE_BINS: Final = 36


@question
def event_density(
    log: Session,
    *,
    against: Against = "calendar",
    by: Level = "stage",
    time_bins: int = TIME_BINS,
    case_bins: int = CASE_BINS,
) -> pl.DataFrame:
    """How many steps lie where, and which is the most frequent there.

    Cases stand in the order in which they began, divided into equal parts; a step lies where it was completed.

    Args:
        log: the engine of a cohort.
        against: `calendar`, or `acceptance`: the time since the case began.
        by: `stage`, where the log knows any, or `activity`.
        time_bins: at most this many stretches of time, all of the same number of whole hours.
        case_bins: into how many equal parts the cases are divided.

    Returns:
        One row per cell with any step, cases that began first at first: `time_bin`, `case_bin` (both from 0),
        `at_hours` (where the stretch begins, since 1970 in UTC or since the case began), `width_hours`, `step` (the
        most frequent), `step_share` (its share of the cell), `event_count`.

    Raises:
        CallError: `against` or `by` is none of these.
    """
    if against not in AGAINST:
        raise CallError(f"steps do not lie against '{against}'.", hint=f"one of: {', '.join(AGAINST)}")
    put_step_groups(log, by)
    log.build("density_steps", against=against, time_bins=time_bins, case_bins=case_bins)
    return log.run("density_cells")

"""How work passes between departments and officers, comes straight back, and is done again.

Sources: W. M. P. van der Aalst, H. A. Reijers, M. Song, "Discovering Social Networks from Event Logs", CSCW 14, 2005
(handover of work).
"""

from typing import Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError

UNITS = ("department", "resource")
By = Literal["department", "resource"]


@question
def handovers(log: Session, *, by: By = "department") -> pl.DataFrame:
    """How often a step of one department (or officer) is directly followed by a step of another, and after how long.

    The time runs from the completion of the one to the start of the next (its completion where no start is recorded).
    A step of an unknown unit hands over nothing; by officer, neither does a step of the applicant's own (role
    `applicant` in `reference/activity_roles.csv`), whoever keyed it in.

    Args:
        log: the engine of a cohort, with the view `cohort_events`.
        by: `department` or `resource`.

    Returns:
        One row per pair, most frequent first: `department`, `next_department` (or `resource`, `next_resource`),
        `transition_count`, `case_count`, `elapsed_seconds_total`, `_median`, `open_seconds_total`, `_median`.

    Raises:
        CallError: `by` is neither.
    """
    return _by(log, "handover_counts", by, {"unit": by, "next_unit": f"next_{by}"})


@question
def ping_pong(log: Session, *, by: By = "department") -> pl.DataFrame:
    """How often work goes from one department (or officer) to another and straight back, and how long it is away.

    Steps of one unit in a row count once: A, A, B, A is one return to A. By officer, work that waits for the applicant
    (role `applicant` in `reference/activity_roles.csv`) is with no officer.

    Args:
        log: the engine of a cohort, with the view `cohort_events`.
        by: `department` or `resource`.

    Returns:
        One row per pair, most frequent first: `department`, `via_department` (or `resource`, `via_resource`),
        `return_count`, `case_count`, `elapsed_seconds_total` (from leaving to coming back).

    Raises:
        CallError: `by` is neither.
    """
    return _by(log, "handover_returns", by, {"unit": by, "via_unit": f"via_{by}"})


@question
def repeats(log: Session) -> pl.DataFrame:
    """In how many cases each activity is done again, and how often: `rework` without its cost, from variants alone.

    Returns:
        One row per activity, most repeats first: `activity`, `case_count`, `repeating_case_count`, `repeat_count`.
    """
    return log.run("handover_repeats")


@question
def rework(log: Session) -> pl.DataFrame:
    """Which activities are done again in a case, and what that costs.

    A repeat is every occurrence of an activity in a case but the first. It costs the time since it was enabled and its
    service.

    Returns:
        One row per activity, most repeats first: `activity`, `case_count`, `repeating_case_count`,
        `repeating_case_share`, `repeat_count`, `repeat_elapsed_seconds`, `repeat_service_elapsed_seconds`,
        `repeat_open_seconds`, `repeat_counted_days`.
    """
    return log.run("handover_rework")


def _by(log: Session, name: str, by: str, names: dict[str, str]) -> pl.DataFrame:
    if by not in UNITS:
        raise CallError(f"handovers know no unit '{by}'.", hint=f"one of: {', '.join(UNITS)}")
    if "applicant_activities" not in log.tables():
        log.put_temporary("applicant_activities", pl.DataFrame(schema={"activity": pl.String}))
    return log.run(name, by=by).rename(names)

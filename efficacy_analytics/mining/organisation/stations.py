"""Where the applicant has to appear, who decides what the hall registers, and who stays with a case.

What an activity is for (applicant-facing, registration, decision) is said in the lake's `reference/activity_roles.csv`.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.mining.declared import activity_roles


@question
def applicant_stations(log: Session) -> pl.DataFrame:
    """At how many departments the applicant of a case appears; one is the aim (内转外不转).

    Stations are the departments of a case's applicant-facing steps. Cases without such a step of a known department
    are not judged.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.

    Returns:
        One row per department of the cases, by code, null last: `department`, `case_count`, `judged_count`,
        `one_station_count`, `one_station_share`, `station_count_mean`.
    """
    return _with_roles(log, "organisation_stations")


@question
def registration_only(log: Session) -> pl.DataFrame:
    """Cases that one department registers and another decides (只挂号不看病), and what handing over costs.

    Judged are cases whose first registration and last decision are of known departments. A handover is a step of
    another department than the step just before it, between the two; its time is that since the step before.

    Returns:
        One row per department of the cases, by code, null last: `department`, `case_count`, `judged_count`,
        `registered_only_count`, `registered_only_share`, `handover_count`, `handover_elapsed_seconds`,
        `handover_open_seconds`, `handover_counted_days`.
    """
    return _with_roles(log, "organisation_registration")


@question
def first_contacts(log: Session) -> pl.DataFrame:
    """Whether the first contact of a case is on record and sees it to its end (首问责任).

    The first contact is the officer of the first registration step that names one.

    Returns:
        One row per department of the cases, by code, null last: `department`, `case_count`, `known_count`,
        `known_share`, `finished_count` (the first contact also did the last step), `finished_share` (of those known),
        `own_step_share` (steps done by the first contact, of all steps with a known officer).
    """
    return _with_roles(log, "organisation_first_contacts")


def _with_roles(log: Session, name: str) -> pl.DataFrame:
    log.put_temporary("activity_role", activity_roles(log))
    return log.run(name)

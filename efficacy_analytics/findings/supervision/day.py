"""What is open on a day, laid out once for the questions that ask about it.

All of it follows from the snapshot and the day: the verdicts of that day by the legal clock, the steps completed until
then, the ladder of warnings as it was when the snapshot was published.
"""

import datetime as dt

from efficacy_analytics.clock.verdicts import judge_stages, lay_out_stages, verdicts_on
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CalendarError
from efficacy_analytics.mining.stages import activity_stages

ABSENT: dict[str, str] = {
    "complaints": "complaint_id varchar, source varchar, case_key bigint, department varchar, received_on date, "
    "answered_on date",
    "office_warnings": "place integer, warning varchar, scope varchar, level varchar, measure varchar, "
    "threshold double, length integer, item varchar, department varchar, valid_from date, valid_until date, "
    "name_zh varchar, name_en varchar",
}
"""Tables that a snapshot may lack, with their columns."""

OF_VERDICTS = (
    "limit_days", "limit_unit", "counted_days", "stopped_days", "remaining_days", "due_on", "is_open", "is_late",
)  # fmt: skip
"""What is read of the verdict of an open case."""


def asked_day(log: Session, as_on: dt.date | None) -> dt.date:
    """The day asked about; that on which the snapshot judges its open cases where none is given."""
    kept: dt.date = log.run("snapshot_facts")["as_on"].item()
    return as_on or kept


def judged_day(log: Session, as_on: dt.date | None) -> dt.date:
    """The day asked about, on which the clock can judge.

    Raises:
        CalendarError: it was asked for, and lies outside a calendar of the cohort's cases: no day would be counted.
    """
    for name, first_on, last_on in log.run("supervision_calendars").rows() if as_on else ():
        if not first_on <= as_on <= last_on:
            raise CalendarError(
                f"{as_on} is outside the calendar {name} ({first_on} to {last_on}): what is open cannot be judged.",
                hint="ask for a day within it, or enter the year's notice in the lake's reference/calendar",
            )
    return asked_day(log, as_on)


def lay_out_day(log: Session, day: dt.date) -> None:
    """Makes `supervision_open`, `supervision_subjects` and `supervision_reached` for a question.

    Args:
        log: the engine of a cohort of a snapshot.
        day: the day judged.
    """
    for table in ABSENT.keys() - log.tables():
        log.command(f"create temp table {table} ({ABSENT[table]})")
    stages = activity_stages(log)
    verdicts_on(log, day, columns=OF_VERDICTS)
    log.put_temporary("step_stages", stages)
    log.build("supervision_open", as_on=day)
    lay_out_stages(log, "supervision_open")
    log.build("supervision_stage_spans", as_on=day)
    judge_stages(log)
    log.build("supervision_complaints")
    log.build("supervision_subjects", as_on=day)
    log.build("supervision_reached", as_on=day)

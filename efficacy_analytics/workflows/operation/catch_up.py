"""Which periods should have documents by now and have none that is valid; made in their order, the oldest first.

A month that was missed while the machine was off is among them, and so is one whose export came late. A period that its
data could not answer is tried again when there are other data.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from efficacy_analytics.errors import (
    CalendarError,
    CannotAnswerError,
    CheckFailedError,
    EfficacyError,
    EmptyCohortError,
    LakeBusyError,
)
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.event_log.snapshots import current_snapshot
from efficacy_analytics.settings import reference_directory
from efficacy_analytics.workflows.operation.catalogue import RunRecord, runs
from efficacy_analytics.workflows.operation.content import changed_sets, content_on, words_of
from efficacy_analytics.workflows.operation.execution import Asked, done_in_part, execute
from efficacy_analytics.workflows.operation.inbox import new_entries
from efficacy_analytics.workflows.operation.loading import pipeline_named
from efficacy_analytics.workflows.operation.periods import (
    OfficeCalendar,
    Period,
    between,
    latest_due,
    period_named,
)
from efficacy_analytics.workflows.operation.pipeline import Pipeline
from efficacy_analytics.workflows.operation.register import latest_set
from efficacy_analytics.workflows.operation.schedule_file import Schedule, Timing
from efficacy_analytics.workflows.operation.steps import check_covered, covered_days

OF_THE_DATA: Final = (3, 4, 5)
"""Exit codes of faults that other data may end: refused, cannot be answered, a check failed."""
COVERED: Final = check_covered.__name__.replace("_", " ")


@dataclass(frozen=True)
class Missing:
    """A period without a valid and current set of documents.

    Attributes:
        pipeline: what makes them.
        period: the period.
        why: in one line.
        is_to_be_made: whether it is made by itself; otherwise it waits for data, or for somebody's decision.
        is_revision: whether there is a set that it would revise.
    """

    pipeline: Pipeline
    period: Period
    why: str
    is_to_be_made: bool = True
    is_revision: bool = False


def office_calendar(lake: Path, schedule: Schedule) -> OfficeCalendar:
    """The calendar whose working days count for the schedule, with the lake's own corrections."""
    return OfficeCalendar(schedule.calendar, reference_directory(lake))


def missing(lake: Path, schedule: Schedule, on: dt.date, names: Sequence[str] = ()) -> Iterator[Missing]:
    """What should be there on a day and is not, pipeline by pipeline as the schedule names them.

    Args:
        lake: the lake's folder.
        schedule: when documents are due.
        on: the day.
        names: these pipelines alone.

    Returns:
        What is missing; not the periods of which the calendar does not know when they are due: see `not_known_due`.
    """
    records = runs(lake)
    late = {(one["pipeline"], one["period"]): words_of(one) for one in _late(lake, records)}
    for name, timing in schedule.pipeline.items():
        pipeline = pipeline_named(name)
        if pipeline.makes_documents and (not names or name in names):
            for period in _due(lake, schedule, pipeline, timing, on, records):
                yield from _lacking(lake, schedule, pipeline, period, records, late.get((name, period.name)))


def _late(lake: Path, records: list[RunRecord]) -> Iterator[dict[str, object]]:
    try:
        yield from changed_sets(lake, records)
    except (CannotAnswerError, CheckFailedError):  # nothing is published, or it is damaged: the run tells
        return


def _due(
    lake: Path, schedule: Schedule, pipeline: Pipeline, timing: Timing, on: dt.date, records: list[RunRecord]
) -> Iterator[Period]:
    """The periods that are due, from the first one that was ever asked for."""
    last = _last_known(pipeline, on, timing, office_calendar(lake, schedule))
    asked = [period_named(pipeline.unit, one.period) for one in records if one.pipeline == pipeline.name]
    first = period_named(pipeline.unit, timing.first_period) if timing.first_period else min(asked, default=last)
    return between(first, last)


def _last_known(pipeline: Pipeline, on: dt.date, timing: Timing, calendar: OfficeCalendar) -> Period:
    """The latest period that is due, as far as the calendar knows: it may end before the day."""
    try:
        return latest_due(pipeline.unit, on, timing.working_day, calendar)
    except CalendarError:
        before = calendar.last_known_before(on)
        if before is None:
            raise
        return latest_due(pipeline.unit, before, timing.working_day, calendar)


def not_known_due(lake: Path, schedule: Schedule, on: dt.date, names: Sequence[str] = ()) -> list[CalendarError]:
    """Why it is not known of the latest periods whether they are due: the calendar ends before; arguments as above."""
    faults: dict[str, CalendarError] = {}
    for name, timing in schedule.pipeline.items():
        pipeline = pipeline_named(name)
        if pipeline.makes_documents and (not names or name in names):
            try:
                latest_due(pipeline.unit, on, timing.working_day, office_calendar(lake, schedule))
            except CalendarError as fault:
                faults.setdefault(fault.problem, fault)
    return list(faults.values())


def _lacking(
    lake: Path, schedule: Schedule, pipeline: Pipeline, period: Period, records: list[RunRecord], late: str | None
) -> Iterator[Missing]:
    former = latest_set(records, (pipeline.name, period.name, None))
    if former is None or (former.validity == "valid" and former.damaged(lake)):
        yield _to_be_made(lake, schedule, Missing(pipeline, period, _why(former is None)), records)
    elif former.validity == "withdrawn":
        yield Missing(pipeline, period, f"withdrawn; run {former.run_number} made it", False, True)
    elif former.out_of_date or late:
        changed = words_of(former.out_of_date) if former.out_of_date else late
        yield Missing(pipeline, period, f"out of date: {changed}", False, True)


def _why(was_never_made: bool) -> str:
    return "no document" if was_never_made else "its document is gone or damaged"


def _to_be_made(lake: Path, schedule: Schedule, found: Missing, records: list[RunRecord]) -> Missing:
    """What is missing; it waits where the same data failed already and nothing new lies in the inbox."""
    tried = [one for one in records if (one.pipeline, one.period) == (found.pipeline.name, found.period.name)]
    if not tried or tried[-1].state != "failed" or tried[-1].exit_code not in OF_THE_DATA:
        return found
    if new_entries(lake, schedule.inbox, records) or not _waits(lake, found.period, tried[-1], records):
        return found
    return replace(found, why=f"waits for other data since run {tried[-1].number}", is_to_be_made=False)


def _waits(lake: Path, period: Period, last: RunRecord, records: list[RunRecord]) -> bool:
    """Whether a period would fail as it did: its data are the same, or still do not reach or have no case of it."""
    try:
        snapshot = current_snapshot(lake)
        if last.content_sha256 == snapshot.content_sha256:
            return True
        if last.step == COVERED:
            return max(covered_days(lake, snapshot, records)) < period.until_on
        cohort = Cohort(period.first_on, period.until_on)
        return last.fault == EmptyCohortError.__name__ and not content_on(lake, cohort, period.until_on)["case_count"]
    except EfficacyError:  # nothing is published, or it is damaged: the run tells
        return False


def catch_up(
    lake: Path, schedule: Schedule, asked: Asked, *, names: Sequence[str] = (), revises: bool = False
) -> tuple[list[RunRecord], list[EfficacyError]]:
    """Makes what is missing; what fails stops nothing else.

    Args:
        lake: the lake's folder.
        schedule: when documents are due.
        asked: the day, and how the runs tell.
        names: these pipelines alone.
        revises: whether out-of-date and withdrawn sets are made anew too.

    Returns:
        The runs that went well, and the faults of the others; last that the calendar does not know what is due.

    Raises:
        LakeBusyError: another run is at work.
    """
    made, faults = [], []
    for one in list(missing(lake, schedule, asked.on, names)):
        if one.is_to_be_made or (one.is_revision and revises):
            try:
                call = replace(asked, is_revision=one.is_revision)
                made.append(execute(one.pipeline, lake, one.period, schedule, call))
            except LakeBusyError:
                raise
            except EfficacyError as fault:
                faults.append(fault)
                made += done_in_part(lake)
    return made, [*faults, *not_known_due(lake, schedule, asked.on, names)]

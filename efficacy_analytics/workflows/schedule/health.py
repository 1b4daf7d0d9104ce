"""Whether what runs by itself is well: one sentence for each thing that is looked at, and which of them are wrong.

Asked for by whatever watches over the program: the health command of a container, a monitoring service, a person. It
only reads, and it holds nothing, so it answers beside a run. What an export brought or did not bring is told and is no
illness: nothing that is started anew would mend it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.snapshots import POINTER, current_snapshot, published_folder
from efficacy_analytics.workflows.operation.catalogue import RunRecord, runs
from efficacy_analytics.workflows.operation.catch_up import OF_THE_DATA, missing, not_known_due
from efficacy_analytics.workflows.operation.schedule_file import Schedule
from efficacy_analytics.workflows.schedule.jobs import Job, jobs_of
from efficacy_analytics.workflows.schedule.scheduler import GRACE_SECONDS, next_times

MADE_WITHIN_DAYS: Final = 1
"""How long after they are due documents may be missing: the schedule makes them in the morning of that day."""

CLOCKS_DIFFER_SECONDS: Final = 300
"""By how much the clock of a run may be ahead of the one that is asked."""
NEVER: Final = (
    "no pipeline has run in this lake: `efficacy schedule` runs them when it is their time, `efficacy catch-up` makes "
    "once what is missing; a lake that is asked by hand alone needs neither."
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        sentence: what was found.
        is_well: whether it is as it should be.
    """

    sentence: str
    is_well: bool = True


def health(lake: Path, schedule: Schedule, now: dt.datetime) -> list[Finding]:
    """What is found of a lake that runs unattended, in a fixed order.

    Args:
        lake: the lake's folder.
        schedule: when its pipelines run.
        now: the moment, with its zone.

    Returns:
        The current snapshot, whether anything ever ran, whether a run began ahead of the clock, the last run of each
        pipeline, days on which none ran, messages not yet told, and what is due and not there.

    Raises:
        CallError: there is no such folder, or the schedule cannot be served.
        CheckFailedError: a record of a run is damaged.
    """
    if not lake.is_dir():
        raise CallError(f"there is no lake at {lake}.", hint="--lake names its folder")
    records = runs(lake)
    jobs = jobs_of(lake, schedule)
    untold = [one.number for one in records if one.to_tell and one.state != "running"]
    findings = [
        _snapshot(lake, records),
        *_never(lake, records),
        *_ahead(records, now),
        *_last_runs(records, now),
        *_silence(jobs, schedule, records, now),
    ]
    if untold:
        findings.append(Finding(f"not told yet: {len(untold)} runs, the first is run {untold[0]}.", is_well=False))
    return [*findings, *_due(lake, schedule, records, now)]


def _snapshot(lake: Path, records: Sequence[RunRecord]) -> Finding:
    """The snapshot that readers get; that there is none is wrong where a run took something in."""
    try:
        snapshot = current_snapshot(lake)
    except CannotAnswerError as fault:
        return Finding(fault.problem, is_well=not any(one.taken_in for one in records))
    except CheckFailedError as fault:
        return Finding(fault.problem, is_well=False)
    if not snapshot.path.is_file():
        return Finding(f"the current snapshot {snapshot.name} is not there.", is_well=False)
    return Finding(f"the current snapshot is {snapshot.name}.")


def _never(lake: Path, records: Sequence[RunRecord]) -> Iterator[Finding]:
    """That nothing runs by itself, where there would be something to run on."""
    if not records and (published_folder(lake) / POINTER).is_file():
        yield Finding(NEVER, is_well=False)


def _ahead(records: Sequence[RunRecord], now: dt.datetime) -> Iterator[Finding]:
    """A last run that begins later than it is: the silence after it would not be noticed."""
    last = max(records, key=_began, default=None)
    if last is not None and _began(last) > now + dt.timedelta(seconds=CLOCKS_DIFFER_SECONDS):
        yield Finding(
            f"{_called(last)} began at {last.started_at}, later than the clock shows now "
            f"({now.isoformat(timespec='seconds')}): one of the clocks is wrong, and silence cannot be judged.",
            is_well=False,
        )


def _last_runs(records: Sequence[RunRecord], now: dt.datetime) -> Iterator[Finding]:
    """How each pipeline ended last; one that runs for more than a day hangs."""
    for _, one in sorted({one.pipeline: one for one in records if one.pipeline != "withdraw"}.items()):
        state = one.state_now()
        if state in ("failed", "killed"):
            fault = f" by {one.fault} at step '{one.step}'" if one.step else f" by {one.fault}"
            is_well = state == "failed" and one.exit_code in OF_THE_DATA
            yield Finding(f"{_called(one)} is {state}{fault}.", is_well=is_well)
        elif state == "running" and now > _began(one) + dt.timedelta(seconds=GRACE_SECONDS):
            yield Finding(f"{_called(one)} is running since {one.started_at}, for more than a day.", is_well=False)
        else:
            yield Finding(f"{_called(one)} is {state}.")


def _called(record: RunRecord) -> str:
    return f"run {record.number}, {record.pipeline} {record.period},"


def _began(record: RunRecord) -> dt.datetime:
    return dt.datetime.fromisoformat(record.started_at)


def _silence(
    jobs: Sequence[Job], schedule: Schedule, records: Sequence[RunRecord], now: dt.datetime
) -> Iterator[Finding]:
    """Pipelines of days that did not run when they should have; a pipeline of periods leaves no record of looking.

    One that never ran should have at its first moment after anything ran in the lake.
    """
    for job in jobs:
        own = [one for one in records if one.pipeline == job.name and one.unit == "day"]
        if not records or not (own or job.runs_daily):
            continue
        last = _began(own[-1] if own else records[0])
        expected = next_times(job, schedule.time_zone, last + dt.timedelta(seconds=1))[0]
        if now > expected + dt.timedelta(seconds=GRACE_SECONDS):
            said = f"has not run since {own[-1].started_at}" if own else "has never run"
            yield Finding(f"{job.name} {said}; it should have at {expected.isoformat()}.", is_well=False)


def _due(lake: Path, schedule: Schedule, records: Sequence[RunRecord], now: dt.datetime) -> Iterator[Finding]:
    """What was due the day before and is neither there nor being made; nothing is due where nothing is published."""
    if not (published_folder(lake) / POINTER).is_file():
        return
    on = now.date() - dt.timedelta(days=MADE_WITHIN_DAYS)
    at_work = {(one.pipeline, one.period) for one in records if one.state_now() == "running"}
    for one in missing(lake, schedule, on):
        is_at_work = (one.pipeline.name, one.period.name) in at_work
        said = f"{one.pipeline.name} {one.period.name}: {one.why}{', it is being made' if is_at_work else ''}."
        yield Finding(said, is_well=is_at_work or not one.is_to_be_made)
    for fault in not_known_due(lake, schedule, on):
        yield Finding(fault.problem, is_well=False)

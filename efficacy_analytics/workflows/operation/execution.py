"""A run of a pipeline: one at a time in a lake, step by step, recorded from its first moment to its end.

A step is tried again where the fault may pass by itself (a database that is away, a lake that another command writes
to), with twice the wait each time; never where the input is at fault. Whatever ends the run, the catalogue has it.
"""

import dataclasses
import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import EfficacyError, InputRefusedError, LakeBusyError, SourceUnreachableError
from efficacy_analytics.system.log_lines import Tell, kept_log
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.system.stopping import Stopped
from efficacy_analytics.system.time_limits import time_limit
from efficacy_analytics.workflows.operation.catalogue import (
    CHANNELS,
    RunRecord,
    keep,
    now,
    only_run,
    operation_folder,
    runs,
)
from efficacy_analytics.workflows.operation.periods import Period
from efficacy_analytics.workflows.operation.pipeline import NothingToDoError, Pipeline, Step, Work
from efficacy_analytics.workflows.operation.schedule_file import Faults, Schedule
from efficacy_analytics.workflows.operation.telling import heartbeat, tell_all


@dataclasses.dataclass(frozen=True)
class Asked:
    """How a run was asked for, besides its pipeline and period.

    Attributes:
        on: the day for which it runs.
        department: only cases of this department.
        is_revision: whether what is out of date or withdrawn is made anew.
        wait_seconds: how long to wait for another run to end.
        on_stderr: how its lines are told there: "text", "json" or "" for not at all.
        progress: how far a step has come.
    """

    on: dt.date
    department: str | None = None
    is_revision: bool = False
    wait_seconds: float = 0.0
    on_stderr: str = "text"
    progress: Progress = silent


def execute(pipeline: Pipeline, lake: Path, period: Period, schedule: Schedule, asked: Asked) -> RunRecord:
    """Runs a pipeline for a period.

    Returns:
        The run's record: done, or unchanged where there was nothing to do.

    Raises:
        LakeBusyError: another run is at work.
        InputRefusedError: the run is done, but deliveries were refused.
        EfficacyError: a step failed; of its kind.
    """
    with held(lake, asked.wait_seconds) as records, _log(lake, schedule, asked) as say:
        record = keep(lake, _begun(pipeline, period, asked, records))
        work = Work(
            lake, pipeline.name, period, asked.on, schedule, asked.department, asked.is_revision, record.number,
            progress=asked.progress,
        )  # fmt: skip
        try:
            record = _ended_well(lake, _stepped(pipeline, work, record, schedule.faults, say), say)
        except BaseException as fault:
            record = _failed(lake, record, work, fault, say)
            raise
        finally:
            if record.exit_code is not None and record.exit_code < 128:  # told to stop: there is no time for it
                _tell(lake, [*records, record], schedule, say)
    _refuse_in_part(record)
    return record


@contextmanager
def held(lake: Path, wait_seconds: float) -> Iterator[list[RunRecord]]:
    """Holds the lake for one run, waiting for another one to end where that is asked for; gives the runs so far."""
    until = time.monotonic() + wait_seconds
    while True:
        holding = only_run(lake)
        try:
            records = holding.__enter__()
            break
        except LakeBusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(min(1.0, wait_seconds))
    try:
        yield records
    finally:
        holding.__exit__(None, None, None)


def _log(lake: Path, schedule: Schedule, asked: Asked) -> Any:
    file, kept = operation_folder(lake) / "log" / "pipelines.log", schedule.keep
    return kept_log(file, most_bytes=kept.log_bytes, file_count=kept.log_files, on_stderr=asked.on_stderr)


def _begun(pipeline: Pipeline, period: Period, asked: Asked, records: list[RunRecord]) -> RunRecord:
    return RunRecord(
        number=max((one.number for one in records), default=0) + 1,
        pipeline=pipeline.name,
        period=period.name,
        unit=period.unit,
        department=asked.department,
        on=asked.on.isoformat(),
        started_at=now(),
        process=os.getpid(),
    )


def _stepped(pipeline: Pipeline, work: Work, record: RunRecord, faults: Faults, say: Tell) -> RunRecord:
    """Takes the steps one after another, each recorded when it begins and when it has ended."""
    steps: list[dict[str, Any]] = []
    for step in pipeline.steps:
        name = step.__name__.replace("_", " ")
        steps.append({"step": name})
        keep(work.lake, dataclasses.replace(record, steps=steps, **work.facts))
        begun = time.monotonic()
        try:
            outcome, tries = _tried(step, work, faults, say)
        except NothingToDoError as found:
            steps[-1] |= {"seconds": round(time.monotonic() - begun, 1), "outcome": str(found)}
            _say(say, record, name, str(found), steps[-1]["seconds"])
            return dataclasses.replace(record, **work.facts, steps=steps, state="unchanged", reason=str(found))
        except BaseException:
            work.facts["steps"] = steps
            work.facts["step"] = name
            raise
        steps[-1] |= {"seconds": round(time.monotonic() - begun, 1), "tries": tries, "outcome": outcome}
        _say(say, record, name, outcome, steps[-1]["seconds"])
    return dataclasses.replace(record, state="done", steps=steps, **work.facts)


def _tried(step: Step, work: Work, faults: Faults, say: Tell) -> tuple[str, int]:
    """The outcome of a step and how many tries it took."""
    name, wait_seconds = step.__name__.replace("_", " "), faults.first_wait_seconds
    for number in range(1, faults.most_tries + 1):
        work.is_last_try = number == faults.most_tries
        try:
            with time_limit(faults.step_limit_seconds, f"step '{name}'"):
                return step(work), number
        except EfficacyError as fault:
            if work.is_last_try or not may_pass(fault):
                raise
            say(f"{name}: {type(fault).__name__}, tried again in {wait_seconds:g} s", step=name, tries=number)
            time.sleep(wait_seconds)
            wait_seconds *= 2
    raise AssertionError


def may_pass(fault: EfficacyError) -> bool:
    """Whether a fault may pass by itself: a database or a lake that is held; never what an input brought."""
    return isinstance(fault, LakeBusyError) or (isinstance(fault, SourceUnreachableError) and fault.is_passing)


def _say(say: Tell, record: RunRecord, step: str, outcome: str, seconds: float) -> None:
    say(
        f"run {record.number}  {record.pipeline} {record.period}  {step}: {outcome} ({seconds:.1f} s)",
        run=record.number, pipeline=record.pipeline, period=record.period, step=step, outcome=outcome, seconds=seconds,
    )  # fmt: skip


def _ended_well(lake: Path, record: RunRecord, say: Tell) -> RunRecord:
    code = InputRefusedError.exit_code if record.refused else 0
    ended = keep(lake, dataclasses.replace(record, ended_at=now(), exit_code=code, to_tell=CHANNELS))
    say(f"run {ended.number}  {ended.pipeline} {ended.period}  {ended.state}, exit code {code}", **_end(ended))
    return ended


def _failed(lake: Path, record: RunRecord, work: Work, fault: BaseException, say: Tell) -> RunRecord:
    """Records a fault; its words stay in the lake, and those of an unexpected one, which may quote data, nowhere."""
    known = fault if isinstance(fault, EfficacyError) else None
    code = known.exit_code if known else fault.code if isinstance(fault, Stopped) else 1
    facts = {name: value for name, value in work.facts.items() if name != "documents"}
    ended = dataclasses.replace(
        record, **facts, state="failed", ended_at=now(), exit_code=int(code or 1), fault=type(fault).__name__,
        problem=known.problem if known else None, hint=known.hint if known else None, to_tell=CHANNELS,
    )  # fmt: skip
    ended = keep(lake, ended)
    say(
        f"run {ended.number}  {ended.pipeline} {ended.period}  failed in {ended.step}: {ended.fault}, "
        f"exit code {ended.exit_code}",
        **_end(ended),
    )
    return ended


def _end(record: RunRecord) -> dict[str, Any]:
    names = ("pipeline", "period", "state", "exit_code", "step", "fault")
    return {"run": record.number, **{name: getattr(record, name) for name in names}}


def _tell(lake: Path, records: list[RunRecord], schedule: Schedule, say: Tell) -> None:
    told = tell_all(lake, records, schedule.tell, say)
    heartbeat(told[-1], schedule.tell, say)


def done_in_part(lake: Path) -> list[RunRecord]:
    """The run that has just ended, where all of it is done but for deliveries that could not be taken in."""
    return [one for one in runs(lake)[-1:] if one.refused and one.state in ("done", "unchanged")]


def _refuse_in_part(record: RunRecord) -> None:
    """Ends with the exit code of refused input where all else is done."""
    if record.refused:
        names = ", ".join(f"{one['layout']}/{one['entry']}" for one in record.refused)
        raise InputRefusedError(
            f"run {record.number} is {record.state} without {names}, which could not be taken in.",
            hint=f"`efficacy runs {record.number}` tells why; a corrected one is taken in by the next run",
        )

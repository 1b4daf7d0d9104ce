"""The catalogue of runs: what ran when, with what, and what came out; one small file a run, written whole each time.

`operation/runs/000017.json` of the lake is there from the start of the run and replaced after every step. A process
that is killed leaves a record that says it is running: the next run, which has the lake to itself, notes that it was
killed. Documents and their states follow from these records alone (see `register`): nothing can disagree.
"""

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from efficacy_analytics.errors import CheckFailedError, LakeBusyError
from efficacy_analytics.event_log.snapshots import replaced
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.system.disk import is_running, read_record

State = Literal["running", "done", "unchanged", "failed", "killed"]
CHANNELS: Final = ("mail", "webhook")
"""Who may be told of a run."""
DAMAGED: Final = "restore it from a copy of the lake, or remove it: what that run made is then made again"


@dataclass(frozen=True)
class RunRecord:
    """One run of a pipeline.

    Attributes:
        number: the how-manieth run of the lake, from 1, without gaps.
        pipeline: its name; "withdraw" where documents were taken back.
        period: the period's name.
        unit: day, month or quarter.
        department: whose cases alone; null for all.
        on: the day for which it ran.
        started_at: when it began, in UTC.
        state: running, done, unchanged (there was nothing to do), failed or killed.
        ended_at: when it ended; null while it runs and where it was killed.
        process: the number of its process.
        key: the hash of pipeline, period, department and content of the snapshot; null before there is a snapshot.
        snapshot: the snapshot's name.
        content_sha256: the hash of the snapshot's content.
        exit_code: as the command ended.
        step: at which step it ended where it failed.
        fault: the kind of the fault.
        problem: the fault in words; it stays in the lake.
        hint: what to do about it.
        reason: why there was nothing to do.
        steps: per step `step`, `seconds`, `tries`, `outcome`.
        taken_in: per delivery `layout`, `entry`, `identity`, `delivered_on`, `delivery` (null where a database had
            nothing new).
        refused: per delivery that was refused `layout`, `entry`, `identity`, `fault`, `problem`.
        documents: per document `language`, `edition`, `file`, `sha256`, `revision`, `as_on`, `content`.
        out_of_date: per period that late data touch `pipeline`, `period`, `department`, `cases`, `events`.
        figures: what the snapshot or the findings say in sum, to be compared with the last run.
        to_tell: by which of `CHANNELS` it is still to be told.
    """

    number: int
    pipeline: str
    period: str
    unit: str
    department: str | None
    on: str
    started_at: str
    state: State = "running"
    ended_at: str | None = None
    process: int = 0
    key: str | None = None
    snapshot: str | None = None
    content_sha256: str | None = None
    exit_code: int | None = None
    step: str | None = None
    fault: str | None = None
    problem: str | None = None
    hint: str | None = None
    reason: str | None = None
    steps: Sequence[Mapping[str, Any]] = ()
    taken_in: Sequence[Mapping[str, Any]] = ()
    refused: Sequence[Mapping[str, Any]] = ()
    documents: Sequence[Mapping[str, Any]] = ()
    out_of_date: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    to_tell: Sequence[str] = ()

    def has_result(self) -> bool:
        """Whether something follows from it later, so that it is kept for good."""
        taken_in = [one for one in self.taken_in if one["delivery"]]
        return bool(taken_in or self.refused or self.documents or self.out_of_date or self.pipeline == "withdraw")

    def state_now(self) -> State:
        """Its state, killed where it says running and its process is no more."""
        return "killed" if self.state == "running" and not is_running(self.process) else self.state


def operation_folder(lake: Path) -> Path:
    """Where a lake keeps its runs and their log."""
    return lake / "operation"


def runs(lake: Path) -> list[RunRecord]:
    """The runs of a lake in their order.

    Raises:
        CheckFailedError: a record is damaged.
    """
    return [_read(file) for file in sorted((operation_folder(lake) / "runs").glob("[0-9]*.json"))]


def _read(file: Path) -> RunRecord:
    values = read_record(file, hint=DAMAGED)
    try:
        return RunRecord(**values)
    except TypeError:
        raise CheckFailedError(f"{file} is damaged.", hint=DAMAGED) from None


def keep(lake: Path, record: RunRecord) -> RunRecord:
    """Writes a record, whole or not at all, and gives it back."""
    file = operation_folder(lake) / "runs" / f"{record.number:06d}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    replaced(file, json.dumps(dataclasses.asdict(record), ensure_ascii=False, indent=1) + "\n")
    _synced(file.parent)
    return record


def _synced(folder: Path) -> None:
    """Makes the folder's entries outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def only_run(lake: Path) -> Iterator[list[RunRecord]]:
    """Holds the lake for one run at a time; the runs so far, those that were killed marked as such.

    Raises:
        LakeBusyError: another run is at work.
        CheckFailedError: a record is damaged.
    """
    try:
        with only_writer(operation_folder(lake)):
            yield [_buried(lake, record) for record in runs(lake)]
    except LakeBusyError as fault:
        if str(operation_folder(lake)) not in fault.problem:
            raise
        raise LakeBusyError(
            f"another run is at work in {lake}{_whose(lake)}.", hint="wait for it: --wait SECONDS"
        ) from None


def _whose(lake: Path) -> str:
    at_work = [record for record in runs(lake) if record.state == "running"]
    return f": {at_work[-1].pipeline} {at_work[-1].period}, since {at_work[-1].started_at}" if at_work else ""


def _buried(lake: Path, record: RunRecord) -> RunRecord:
    """The record; one that says running, though nobody else can be, was killed."""
    if record.state != "running":
        return record
    told: dict[str, Any] = {"state": "killed", "exit_code": 137, "fault": "killed", "step": _step_under_way(record)}
    return keep(lake, dataclasses.replace(record, **told, to_tell=CHANNELS))


def _step_under_way(record: RunRecord) -> str | None:
    return str(record.steps[-1]["step"]) if record.steps and "outcome" not in record.steps[-1] else None


def now() -> str:
    """This moment, in UTC: when a run began and ended; no figure follows from it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")

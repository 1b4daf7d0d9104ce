"""The tables of a run computed on a cluster: each room of questions is a task, answered from the one snapshot.

A worker opens the snapshot read-only under the path that the publisher gave it, answers the questions of its room as
one machine does, and writes a Parquet file each; whoever asked checks them by their hashes. A table is the same
whatever was asked before it, so that it does not matter which questions share a session.
"""

import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from efficacy_analytics.engine.session import Cluster, Session
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.cohort import Cohort, asked_cohort, open_log
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.settings import EngineSettings, Settings
from efficacy_analytics.system.code import check_same_code, code_sha256
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.system.tabulate import write_parquet

SECONDS_BETWEEN_LOOKS = 0.5
LONGEST = ("limits", "honesty", "waiting")
"""Rooms that take longest on a city of a million cases (docs/scale.md): they are begun first."""


@dataclass(frozen=True)
class RoomOfQuestions:
    """Questions that share what they compute: those of one folder of the program about one cohort.

    Attributes:
        name: of the folder.
        cohort: whose cases.
        tables: the names of what is asked.
    """

    name: str
    cohort: Cohort
    tables: tuple[str, ...]


@dataclass(frozen=True)
class TableWork:
    """What the tasks of one run have in common.

    Attributes:
        lake: the lake's folder.
        snapshot: its name.
        rooms: all of them, in the order in which they are begun.
        folder: where the tables are written.
        settings: by which the questions are answered.
        code_sha256: of the code of whoever asks.
    """

    lake: Path
    snapshot: str
    rooms: Sequence[RoomOfQuestions]
    folder: Path
    settings: Settings
    code_sha256: str


def rooms_of(tables: Mapping[str, Table], cohort: Cohort) -> list[RoomOfQuestions]:
    """The tables of a run by room; one that is long in the making, and not in every run, has a room of its own.

    Args:
        tables: which, by name.
        cohort: of the run; tables of the history are of its history.
    """
    found: dict[tuple[str, Cohort, str], list[str]] = {}
    for name, entry in tables.items():
        folder = entry.source.partition(":")[0].split(".")[-2]
        asked = cohort.history if entry.is_of_history else cohort
        found.setdefault((folder, asked, "" if entry.is_in_runs else name), []).append(name)
    rooms = [RoomOfQuestions(folder, asked, tuple(names)) for (folder, asked, _), names in found.items()]
    return sorted(rooms, key=lambda room: LONGEST.index(room.name) if room.name in LONGEST else len(LONGEST))


def made_on_cluster(
    cluster: Cluster,
    log: Session,
    lake: Path,
    tables: Mapping[str, Table],
    folder: Path,
    on_progress: Callable[[str], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Makes the tables of a run on a cluster, as files of a folder that the workers reach under the same path.

    Args:
        cluster: computes the tasks.
        log: the engine of the run's cohort, on a snapshot of the lake.
        lake: the lake's folder.
        tables: which, each one of the catalogue.
        folder: where the files are put.
        on_progress: called with the name of each table when a worker writes it, from another thread.

    Returns:
        Rows, columns and hash of each table's file, by its name, in the order of `tables`.

    Raises:
        EfficacyError: the cluster did not do its tasks.
        CheckFailedError: a file is not what the worker wrote.
    """
    rooms = rooms_of(tables, asked_cohort(log))
    name = log.run("snapshot_facts")["snapshot"][0]
    place = folder.with_name(f"{folder.name}.rooms")  # an attempt that comes too late finds it gone
    place.mkdir()
    work = TableWork(lake.resolve(), name, rooms, place.resolve(), log.settings, code_sha256())
    made: dict[str, dict[str, Any]] = {}
    try:
        with _told_as_they_come(place, on_progress or (lambda name: None)):
            answers = cluster.each(partial(answer_room, work), len(rooms))
        for answered in map(json.loads, answers):
            for table_name, entry in answered["tables"].items():
                _taken(place / answered["folder"] / f"{table_name}.parquet", entry["sha256"], folder)
                made[table_name] = entry
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return {name: made[name] for name in tables}


@contextmanager
def _told_as_they_come(place: Path, on_progress: Callable[[str], None]) -> Iterator[None]:
    """Tells of each table once, when a worker has begun to write its file: a cluster says nothing until all is done."""
    ended, told = Event(), set[str]()

    def tell() -> None:
        for name in sorted({file.stem for file in place.glob("room-*/*.parquet")} - told):
            told.add(name)
            on_progress(name)

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            tell()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    tell()


def _taken(file: Path, sha256: str, folder: Path) -> None:
    """Moves a worker's file into a folder, if it is what the worker wrote."""
    if not file.is_file() or file_sha256(file) != sha256:
        raise CheckFailedError(
            f"table '{file.stem}' is not what its worker wrote.",
            hint="workers must reach the lake's folder under the same path",
        )
    file.rename(folder / file.name)


def answer_room(work: TableWork, number: int) -> str:
    """Answers the questions of a room on a worker, in a folder that no other attempt has.

    Returns:
        As JSON: the folder's name; rows, columns and hash of each table's file by its name; the processor time it
        took, in seconds.

    Raises:
        CheckFailedError: the worker runs other code than whoever asks.
    """
    check_same_code(work.code_sha256)
    began = time.process_time()
    room = work.rooms[number]
    attempt = work.folder / f"room-{number:03}-{uuid.uuid4().hex[:12]}"
    attempt.mkdir()
    in_force = replace(work.settings, engine=engine_of_worker(work.settings.engine.memory_limit))
    with open_log(work.lake, room.cohort, snapshot=work.snapshot, in_force=in_force) as log:
        tables = {name: written(log, table(name), attempt) for name in room.tables}
    spent = time.process_time() - began
    return json.dumps({"folder": attempt.name, "tables": tables, "processor_seconds": spent}, ensure_ascii=False)


def engine_of_worker(memory_limit: str) -> EngineSettings:
    """How a worker opens the snapshot: with one thread, and what memory does not hold on its own machine's disk.

    Beside the snapshot, in a folder that machines share, two processes of one number would meet.
    """
    return EngineSettings(memory_limit=memory_limit, threads=1, spill_directory=tempfile.gettempdir())


def written(log: Session, entry: Table, folder: Path) -> dict[str, Any]:
    """Makes a table and writes it into a folder.

    Returns:
        Its rows, its columns, and the hash of its file.
    """
    frame = entry.make(log)
    file = folder / f"{entry.name}.parquet"
    write_parquet(frame, file)
    return {"rows": frame.height, "columns": frame.columns, "sha256": file_sha256(file)}

"""Which snapshot is current, and how one becomes so.

A snapshot is one DuckDB file under `published/`, never rewritten; beside it lies what it was made from (see `inputs`),
which stays when the snapshot is pruned. `published/current.json` names the current one
and is replaced in one step: a reader sees the old snapshot or the new one, never half of either.
"""

import json
import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from efficacy_analytics.engine.duckdb_engine import SPILL, opened
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError
from efficacy_analytics.settings import AS_SHIPPED, Settings
from efficacy_analytics.system.disk import is_running, read_record

POINTER = "current.json"
SCHEMA_VERSION = 5
"""Of the tables a snapshot holds and their columns; raised with any change that a question could notice."""
REPAIRED = "run `efficacy publish` to build a snapshot anew"


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot: its name, its file, and the hash of all it was made from."""

    name: str
    path: Path
    content_sha256: str


def published_folder(lake: Path) -> Path:
    """Where the snapshots of a lake lie."""
    return lake / "published"


def snapshots(lake: Path) -> list[str]:
    """The names of the snapshots there are, oldest first."""
    built = [(_built_at(file), file.stem) for file in published_folder(lake).glob("*.duckdb")]
    return [name for _, name in sorted(built)]


def _built_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:  # pruned since the folder was read
        return 0


def current_snapshot(lake: Path) -> Snapshot:
    """The snapshot that readers get.

    Raises:
        CannotAnswerError: nothing has been published in this lake.
        CheckFailedError: it is damaged, or gone.
    """
    pointer = published_folder(lake) / POINTER
    if not pointer.is_file():
        raise CannotAnswerError(
            f"nothing is published in {lake}.", hint="run `efficacy ingest`, then `efficacy publish`"
        )
    on_progress = read_record(pointer, hint=REPAIRED)
    try:
        snapshot = Snapshot(
            str(on_progress["snapshot"]), pointer.parent / str(on_progress["file"]), str(on_progress["content_sha256"])
        )
    except KeyError:
        raise CheckFailedError(f"{pointer} is damaged.", hint=REPAIRED) from None
    return snapshot


def no_snapshot(lake: Path, name: str) -> CallError:
    """That a lake has no snapshot of that name: it has others, none at all, or is no lake."""
    there = snapshots(lake)
    if there:
        return CallError(f"there is no snapshot '{name}'.", hint=f"there are: {', '.join(there)}")
    problem = f"nothing is published in {lake}" if lake.is_dir() else f"there is no lake at {lake}"
    return CallError(f"there is no snapshot '{name}': {problem}.", hint="name the lake that has it: --lake DIR")


def named_snapshot(lake: Path, name: str, *, in_force: Settings = AS_SHIPPED) -> Snapshot:
    """A snapshot by its name.

    Args:
        lake: the lake's folder.
        name: of the snapshot.
        in_force: the settings by which whoever asks opens it: one process opens a file in one way.

    Raises:
        CallError: there is no snapshot of that name, or no more.
    """
    path = published_folder(lake) / f"{name}.duckdb"
    if Path(name).name != name or not path.is_file():
        raise no_snapshot(lake, name)
    with opened(path, read_only=True, in_force=in_force) as engine:
        return Snapshot(name, path, engine.run("snapshot_facts")["content_sha256"][0])


def open_snapshot(snapshot: Snapshot, *, in_force: Settings = AS_SHIPPED) -> Session:
    """A read-only engine on a snapshot, whose questions are answered by the settings given.

    Raises:
        CannotAnswerError: an earlier version of the program built it, with other tables.
        CheckFailedError: it is damaged, or gone.
    """
    _check_size(snapshot)
    with ExitStack() as undone:
        engine = undone.enter_context(opened(snapshot.path, read_only=True, in_force=in_force))
        if "schema_version" not in engine.columns("snapshot") or _schema_version(engine) != SCHEMA_VERSION:
            raise CannotAnswerError(f"snapshot '{snapshot.name}' was built by another version.", hint=REPAIRED)
        undone.pop_all()
    return engine


def _check_size(snapshot: Snapshot) -> None:
    """Refuses a snapshot whose file was cut: an engine answers from the part that is left where it finds its tables."""
    record = snapshot.path.parent / "inputs" / f"{snapshot.name}.json"
    if not (record.is_file() and snapshot.path.is_file()):
        return
    told = read_record(record, hint=REPAIRED).get("file_bytes")
    if told is not None and told != snapshot.path.stat().st_size:
        raise CheckFailedError(f"the snapshot {snapshot.path} is damaged.", hint=REPAIRED)


def _schema_version(engine: Session) -> int:
    return int(engine.run("snapshot_schema")["schema_version"][0])


def open_current(lake: Path, *, in_force: Settings = AS_SHIPPED) -> Session:
    """A read-only engine on the current snapshot; on the next, where it was pruned before it could be opened.

    Raises:
        CannotAnswerError: nothing has been published in this lake.
        CheckFailedError: it is damaged, or gone.
    """
    snapshot = current_snapshot(lake)
    while True:
        try:
            return open_snapshot(snapshot, in_force=in_force)
        except CheckFailedError:
            gone, snapshot = snapshot, current_snapshot(lake)
            if snapshot == gone:
                raise


def new_name(lake: Path, content_sha256: str) -> str:
    """A file name no build has had: the content's hash and the number of its build."""
    number = 1
    while _was_built(lake, f"{content_sha256[:12]}-{number}"):
        number += 1
    return f"{content_sha256[:12]}-{number}"


def _was_built(lake: Path, name: str) -> bool:
    return (published_folder(lake) / f"{name}.duckdb").exists() or record_file(lake, name).exists()


def record_file(lake: Path, name: str) -> Path:
    """Where it is kept what a snapshot was made from; it stays when the snapshot is pruned."""
    return published_folder(lake) / "inputs" / f"{Path(name).name}.json"


def draft_file(snapshot: Snapshot) -> Path:
    """Where a snapshot is built, before it is put in its place."""
    return snapshot.path.with_name(f".{snapshot.name}.draft")


def make_current(lake: Path, snapshot: Snapshot) -> None:
    """Points readers to a snapshot, in one step."""
    on_progress = {"snapshot": snapshot.name, "file": snapshot.path.name, "content_sha256": snapshot.content_sha256}
    replaced(published_folder(lake) / POINTER, json.dumps(on_progress, indent=2) + "\n")


def replaced(path: Path, text: str) -> None:
    """Writes a small file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def prune(lake: Path, keep_count: int) -> list[str]:
    """Removes all but the newest snapshots and returns the names of those removed; the current one always stays."""
    current = current_snapshot(lake).name
    old = [name for name in snapshots(lake)[:-keep_count] if name != current]
    for name in old:
        (published_folder(lake) / f"{name}.duckdb").unlink()
    return old


def remove_leftovers(lake: Path) -> None:
    """Removes drafts, and what was laid out on disk by processes that are no more; only a publisher may call it."""
    folder = published_folder(lake)
    drafts = list(folder.glob(".*.draft*"))
    owned = [(file, re.search(rf"\.(\d+){re.escape(SPILL)}$", file.name)) for file in folder.glob(f"*{SPILL}")]
    spills = [file for file, owner in owned if owner and not is_running(int(owner[1]))]
    for left in {*drafts, *spills}:
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)

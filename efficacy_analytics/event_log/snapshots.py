"""Which snapshot is current, and how one becomes so.

A snapshot is one DuckDB file under `published/`, never rewritten. `published/current.json` names the current one
and is replaced in one step: a reader sees the old snapshot or the new one, never half of either.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.errors import CallError, CannotAnswerError


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
    files = sorted(published_folder(lake).glob("*.duckdb"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [file.stem for file in files]


def current_snapshot(lake: Path) -> Snapshot:
    """The snapshot that readers get.

    Raises:
        CannotAnswerError: nothing has been published in this lake.
    """
    pointer = published_folder(lake) / "current.json"
    if not pointer.is_file():
        raise CannotAnswerError(
            f"nothing is published in {lake}.", hint="run `efficacy ingest`, then `efficacy publish`"
        )
    told = json.loads(pointer.read_text(encoding="utf-8"))
    return Snapshot(told["snapshot"], pointer.parent / told["file"], told["content_sha256"])


def named_snapshot(lake: Path, name: str) -> Snapshot:
    """A snapshot by its name.

    Raises:
        CallError: there is no snapshot of that name, or no more.
    """
    path = published_folder(lake) / f"{name}.duckdb"
    if Path(name).name != name or not path.is_file():
        raise CallError(f"there is no snapshot '{name}'.", hint=f"there are: {', '.join(snapshots(lake)) or 'none'}")
    with opened(path, read_only=True) as engine:
        return Snapshot(name, path, engine.run("snapshot_facts")["content_sha256"][0])


def open_snapshot(snapshot: Snapshot) -> DuckdbEngine:
    """A read-only engine on a snapshot."""
    return opened(snapshot.path, read_only=True)


def new_name(lake: Path, content_sha256: str) -> str:
    """A file name no build has had: the content's hash and the number of its build."""
    number = 1
    while (published_folder(lake) / f"{content_sha256[:12]}-{number}.duckdb").exists():
        number += 1
    return f"{content_sha256[:12]}-{number}"


def make_current(lake: Path, snapshot: Snapshot) -> None:
    """Points readers to a snapshot, in one step."""
    told = {"snapshot": snapshot.name, "file": snapshot.path.name, "content_sha256": snapshot.content_sha256}
    replaced(published_folder(lake) / "current.json", json.dumps(told, indent=2) + "\n")


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

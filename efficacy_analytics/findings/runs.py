"""One run of the findings: every table of a cohort, kept with what it was made from.

A run is a folder `findings/<run>/` of Parquet tables and a `manifest.json`. Its name is made of what determines the
figures (the snapshot's content, cohort, settings, tables, the code and the packages it computes with), so the same
question makes the same run. It appears whole or not at all.
"""

import datetime as dt
import fcntl
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

import polars as pl

import efficacy_analytics
from efficacy_analytics.engine.session import Cluster, Session
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError, EmptyCohortError
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.findings.catalogue.tables import RUN_TABLES
from efficacy_analytics.findings.on_cluster import made_on_cluster, written
from efficacy_analytics.settings import kept_values
from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256, is_running, read_record, told_of_the_disk
from efficacy_analytics.system.stopping import held_back

PACKAGES = ("duckdb", "numpy", "pm4py", "polars", "pyarrow", "scipy")
DECIDING_SETTINGS = ("bootstrap", "clock", "guarantee", "honesty")


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        path: its folder.
        manifest: what it was made from, and its tables with row counts and SHA-256.
        read: the tables that were read so far: a document asks for some of them hundreds of times.
    """

    path: Path
    manifest: dict[str, Any]
    read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The run's name, which is its folder's."""
        return str(self.manifest["run"])

    def table(self, name: str) -> pl.DataFrame:
        """One table of the run.

        Raises:
            CallError: the run has no such table.
            CheckFailedError: the file is not the one the run wrote.
        """
        tables = self.manifest["tables"]
        if name not in tables:
            raise CallError(f"run {self.name} has no table '{name}'.", hint=f"one of: {', '.join(tables)}")
        file = self.path / f"{name}.parquet"
        if not file.is_file() or file_sha256(file) != tables[name]["sha256"]:
            raise CheckFailedError(
                f"table '{name}' of run {self.name} is missing or was changed.", hint="run `efficacy find` again"
            )
        if name not in self.read:
            self.read[name] = pl.read_parquet(file)
        return self.read[name].clone()


def find(
    log: Session,
    lake: Path,
    cohort: Mapping[str, Any],
    *,
    history: Session | None = None,
    tables: Mapping[str, Table] = RUN_TABLES,
    anew: bool = False,
    cluster: AbstractContextManager[Cluster] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Run:
    """Computes the finding tables of a cohort into `findings/<run>/`; a run that is there already is kept as it is.

    A run is there already where its name, all it was made from and the hash of each of its files are those that the
    question would give: the name is a hash of everything that decides the figures, so they would be the same bytes.

    Args:
        log: the engine of the cohort.
        lake: the lake's folder.
        cohort: what chose the cases, as plain values; kept in the manifest.
        history: the engine of the same cases whenever they were accepted, for the tables that are of them
            (`Table.is_of_history`); without it the cohort's.
        tables: which tables to make.
        anew: compute all tables even where the run is there already.
        cluster: opened to make the tables where there are any to be made; they are the same bytes as without one.
        on_progress: called with the name of each table before it is made, from whichever thread makes it; of one that
            a cluster makes, once it is there.

    Returns:
        The run; one of the same name that is not whole, or that is asked for anew, is replaced.

    Raises:
        EmptyCohortError: the cohort has no case.
        EfficacyError: the disk is full, or does not let the lake be written; the cluster did not do its tasks.
    """
    case_count = log.run("finding_case_count").item()
    if not case_count:
        raise EmptyCohortError("no case belongs to the cohort.", hint="widen the period or the conditions")
    manifest = _deciding(log, cohort, tables) | {"case_count": case_count}
    target = lake / "findings" / manifest["run"]
    kept = None if anew else _kept(target, manifest)
    if kept:
        return kept
    manifest["started_at"] = _now()
    with told_of_the_disk(lake, f"the findings could not be kept in {lake}"), _workshop(target) as making:
        if cluster is None:
            manifest["tables"] = _all_made(log, history, tables, making, on_progress)
        else:
            with cluster as opened:
                manifest["tables"] = made_on_cluster(opened, log, lake, tables, making, on_progress)
        manifest["ended_at"] = _now()
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (making / "manifest.json").write_text(text + "\n", encoding="utf-8")
        with held_back():
            _replace(making, target)
    return open_run(target)


def _kept(target: Path, made_from: Mapping[str, Any]) -> Run | None:
    """The run in a folder, if it was made from just this and every file of it is as it was written."""
    if not made_from["snapshot"].get("content_sha256"):
        return None  # the cohort is not one of a snapshot, and its content has no hash
    try:
        run = open_run(target)
        tables = run.manifest["tables"]
        files = {file.name: file_sha256(file) for file in target.iterdir() if file.name != "manifest.json"}
    except (EfficacyError, OSError, KeyError):
        return None
    is_same = all(run.manifest.get(key) == value for key, value in made_from.items())
    is_whole = files == {f"{name}.parquet": entry["sha256"] for name, entry in tables.items()}
    return run if is_same and is_whole else None


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder beside a run for the making of it; those of processes that died are removed as well."""
    is_new = not target.parent.is_dir()
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):
        if not is_running(int(left.name.split(".")[2])):
            shutil.rmtree(left, ignore_errors=True)
    making = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        making.mkdir()
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)
        if is_new and not any(target.parent.iterdir()):
            target.parent.rmdir()


def open_run(path: Path) -> Run:
    """The run in a folder.

    Raises:
        CallError: there is no finished run.
        CheckFailedError: its manifest is damaged.
    """
    manifest = path / "manifest.json"
    if not manifest.is_file():
        raise CallError(f"there is no finished run in {path}.", hint="`efficacy find` makes one")
    return Run(path, read_record(manifest, hint="remove the folder and run `efficacy find` again"))


def _deciding(log: Session, cohort: Mapping[str, Any], tables: Mapping[str, Table]) -> dict[str, Any]:
    """The manifest's part that determines the figures, headed by the run's name, which is its hash."""
    snapshot = _snapshot(log)
    chosen = {key: _plain(value) for key, value in sorted(cohort.items())}
    values = kept_values(log.settings)
    code = {
        "code_version": efficacy_analytics.__version__,
        "code_sha256": code_sha256(),
        "packages": {package: version(package) for package in PACKAGES},
    }
    deciding = {
        "snapshot": snapshot.get("content_sha256") or snapshot.get("snapshot"),
        "cohort": chosen,
        "settings": {key: values[key] for key in DECIDING_SETTINGS},
        "tables": sorted(tables),
        **code,
    }
    digest = hashlib.sha256(json.dumps(deciding, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        "run": digest[:12],
        "snapshot": {**snapshot, "sha256": _snapshot_sha256(log)},
        "deliveries": _deliveries(log),
        "cohort": chosen,
        "settings": values,
        **code,
        "python": platform.python_version(),
    }


def _snapshot(log: Session) -> dict[str, Any]:
    """What the engine's snapshot says of itself; nothing where the cohort is not one of a snapshot."""
    if "snapshot" not in log.tables():
        return {}
    row = log.run("snapshot_facts").row(0, named=True)
    return {key: _plain(value) for key, value in row.items()}


def _deliveries(log: Session) -> list[dict[str, Any]]:
    """The deliveries of which the snapshot was made: names, days, and their files with hashes."""
    if "deliveries" not in log.tables():
        return []
    rows = log.run("snapshot_deliveries").to_dicts()
    return [{**{key: _plain(value) for key, value in row.items()}, "files": _files(row["files"])} for row in rows]


def _files(text: str) -> list[dict[str, str]]:
    return [{"name": file["name"], "sha256": file["sha256"]} for file in json.loads(text)]


def _snapshot_sha256(log: Session) -> str | None:
    file = Path(log.path)
    return file_sha256(file) if file.is_file() else None


def _all_made(
    log: Session,
    history: Session | None,
    tables: Mapping[str, Table],
    folder: Path,
    on_progress: Callable[[str], None] | None,
) -> dict[str, dict[str, Any]]:
    """Every table; those of the history beside those of the cohort, each session's one after the other.

    Where one cannot be made, or the command is told to stop, the other session makes its table and no further one.
    """
    stopped = Event()

    def make(session: Session, chosen: Mapping[str, Table]) -> dict[str, dict[str, Any]]:
        return {
            name: _made(session, entry, folder, on_progress) for name, entry in chosen.items() if not stopped.is_set()
        }

    if history is None:
        return make(log, tables)
    of_history = {name: entry for name, entry in tables.items() if entry.is_of_history}
    of_cohort = {name: entry for name, entry in tables.items() if not entry.is_of_history}
    with ThreadPoolExecutor(max_workers=1) as beside:
        begun = beside.submit(make, history, of_history)
        begun.add_done_callback(lambda done: stopped.set() if done.exception() else None)
        try:
            made = make(log, of_cohort) | begun.result()
        finally:
            stopped.set()
    return {name: made[name] for name in tables}


def _made(log: Session, entry: Table, folder: Path, on_progress: Callable[[str], None] | None) -> dict[str, Any]:
    if on_progress:
        on_progress(entry.name)
    return written(log, entry, folder)


def _replace(making: Path, target: Path) -> None:
    """Puts a finished folder in place; a former one of that name is moved aside first, then removed.

    One process at a time does so: of two that make the same run, the later one's stays.
    """
    former = making.with_name(f"{making.name}.former")
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if target.exists():
            target.rename(former)
        making.rename(target)
    finally:
        os.close(handle)
    shutil.rmtree(former, ignore_errors=True)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value

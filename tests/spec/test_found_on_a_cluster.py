"""Findings that a cluster computes are those that one machine computes: every table, byte for byte."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from support.clusters import Unruly, are_gone, needs_scale, on_spark
from support.intake import ingest
from support.small_city import small_city
from support.spark_standalone import Standalone

from efficacy_analytics.engine.session import Cluster
from efficacy_analytics.engine.spark_engine import cluster
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.cohort import Cohort, open_beside, open_log
from efficacy_analytics.event_log.judged_day import judged_on
from efficacy_analytics.event_log.snapshots import current_snapshot
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.findings.catalogue.tables import RUN_TABLES, TABLES
from efficacy_analytics.findings.on_cluster import TableWork, answer_room, engine_of_worker, rooms_of
from efficacy_analytics.findings.runs import Run, find
from efficacy_analytics.settings import CHECKOUT, EngineSettings, Settings
from efficacy_analytics.system.tabulate import write_parquet
from efficacy_analytics.workflows import steps

PERIOD = steps.cohort_of("2025Q1")
FEW = {name: TABLES[name] for name in ("cases", "on_time", "limit_bunching", "officer_dispersion", "warnings")}
LONG = steps.CAUSES


def as_a_worker() -> Settings:
    """Settings by which a worker opens a snapshot: one process opens one file in one way."""
    return Settings(engine=engine_of_worker(EngineSettings().memory_limit))


def found(
    lake: Path,
    computed_by: AbstractContextManager[Cluster] | None = None,
    *,
    cohort: Cohort = PERIOD,
    tables: dict[str, Table] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Run:
    """A run made anew, by one machine where no cluster is given."""
    with open_log(lake, cohort, in_force=as_a_worker()) as log, open_beside(log, cohort.history) as history:
        return find(
            log,
            lake,
            cohort.as_dict(),
            history=history,
            tables=tables or FEW,
            anew=True,
            cluster=computed_by,
            on_progress=on_progress,
        )


def lake_copied(place: Path) -> Path:
    """A lake of its own with the snapshot of the small city."""
    shutil.copytree(small_city()[0] / "published", place / "published")
    return place


def first_room(lake: Path, seconds: float = 120) -> bool:
    """Waits until a worker has begun a room; whether one did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if list((lake / "findings").glob(".*.rooms/room-*")):
            return True
        time.sleep(0.02)
    return False


def test_tables_of_rooms_answered_in_any_order_and_twice_are_those_of_one_machine(tmp_path: Path) -> None:
    lake = lake_copied(tmp_path / "lake")
    alone = found(lake)
    told: list[str] = []
    shared = found(lake, nullcontext(Unruly(7)), on_progress=told.append)
    assert sorted(told) == sorted(FEW)
    assert (shared.name, shared.manifest["tables"]) == (alone.name, alone.manifest["tables"])
    assert [shared.table(name).height for name in FEW] == [alone.manifest["tables"][name]["rows"] for name in FEW]
    assert [file.name for file in (lake / "findings").iterdir()] == [shared.name]


def test_a_worker_puts_aside_on_its_own_disk_what_memory_does_not_hold(tmp_path: Path) -> None:
    """In the lake's folder, which machines share, two processes of one number would meet."""
    lake = lake_copied(tmp_path / "lake")
    for in_force, place in ((as_a_worker(), Path(tempfile.gettempdir())), (Settings(), lake / "published")):
        with open_log(lake, in_force=in_force) as log:
            assert Path(log.sql("select current_setting('temp_directory')").item()).parent == place


def test_a_table_is_written_as_the_same_bytes_in_however_many_pieces_it_was_handed_over(tmp_path: Path) -> None:
    """Of 146,270 cases a reader with one thread made other groups of rows than one with two, and another hash."""
    whole = pl.DataFrame({"case_key": pl.int_range(250_000, eager=True), "item": ["许可", "备案"] * 125_000})
    pieces = pl.concat([whole[start : start + 90_001] for start in range(0, 250_000, 90_001)], rechunk=False)

    for name, frame in (("one", whole), ("many", pieces)):
        write_parquet(frame, tmp_path / name)
    assert (whole.n_chunks(), pieces.n_chunks()) == (1, 3)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


def test_a_snapshot_is_opened_by_its_name_beside_one_that_other_settings_hold_open(tmp_path: Path) -> None:
    """One process opens a file in one way: by the settings of whoever asks, not by those that are shipped."""
    lake = lake_copied(tmp_path / "lake")
    three = Settings(engine=EngineSettings(threads=3))
    with open_log(lake, in_force=three) as held:
        name = held.run("snapshot_facts")["snapshot"].item()
        with open_log(lake, snapshot=name, in_force=three) as again:
            assert again.count("cases") == held.count("cases") > 0
        assert judged_on(current_snapshot(lake), in_force=three) == held.run("snapshot_facts")["as_on"].item()


def test_each_table_is_asked_for_once_and_what_is_long_in_the_making_by_itself() -> None:
    rooms = rooms_of({**RUN_TABLES, LONG: TABLES[LONG]}, PERIOD)
    asked = [name for room in rooms for name in room.tables]
    assert sorted(asked) == sorted([*RUN_TABLES, LONG])
    assert [room.tables for room in rooms if LONG in room.tables] == [(LONG,)]
    assert {name for room in rooms if room.cohort == PERIOD.history for name in room.tables} == {
        name for name, entry in RUN_TABLES.items() if entry.is_of_history
    }
    assert {room.cohort for room in rooms} == {PERIOD, PERIOD.history}


def test_a_run_does_not_keep_who_computed_it_and_is_there_whoever_asks(tmp_path: Path) -> None:
    lake, few = lake_copied(tmp_path / "lake"), {"on_time": TABLES["on_time"]}
    here = EngineSettings(memory_limit="2GB")
    with open_log(lake, in_force=Settings(engine=replace(here, kind="spark", remote="sc://h:1/;token=SeKret"))) as log:
        run = find(log, lake, {}, tables=few)
    assert "SeKret" not in (run.path / "manifest.json").read_text()
    began = (run.path / "on_time.parquet").stat().st_mtime_ns
    with open_log(lake, in_force=Settings(engine=here)) as log:
        again = find(log, lake, {}, tables=few)
    assert (again.name, (again.path / "on_time.parquet").stat().st_mtime_ns) == (run.name, began)


def test_a_table_that_is_not_what_its_worker_wrote_is_refused_and_the_run_before_stays(tmp_path: Path) -> None:
    class Spoiling(Unruly):
        def each(self, task: Callable[[int], str], count: int) -> list[str]:
            made = super().each(task, count)
            work: TableWork = task.args[0]  # type: ignore[attr-defined]
            file = next(work.folder.glob(f"{json.loads(made[0])['folder']}/*.parquet"))
            file.write_bytes(file.read_bytes() + b"1")
            return made

    lake = lake_copied(tmp_path / "lake")
    few = {"on_time": TABLES["on_time"]}
    before = found(lake, tables=few)
    with pytest.raises(CheckFailedError, match="table 'on_time' is not what its worker wrote"):
        found(lake, nullcontext(Spoiling(1)), tables=few)
    assert before.table("on_time").height > 1
    assert [file.name for file in (lake / "findings").iterdir()] == [before.name]


def test_a_worker_of_another_version_of_the_program_answers_nothing(tmp_path: Path) -> None:
    work = TableWork(tmp_path, "none", [], tmp_path, on_spark(1), "0" * 64)
    with pytest.raises(CheckFailedError, match="another version of the program than whoever gave it the task"):
        answer_room(work, 0)
    assert list(tmp_path.iterdir()) == []


@needs_scale
@pytest.mark.deep
@pytest.mark.parametrize("period", ["2025Q1", None])
def test_sail_with_two_workers_finds_what_duckdb_does(period: str | None, tmp_path: Path) -> None:
    cohort = steps.cohort_of(period) if period else Cohort()
    tables = {**RUN_TABLES, LONG: TABLES[LONG]}
    lake = lake_copied(tmp_path / "lake")
    alone = found(lake, cohort=cohort, tables=tables)
    shared = found(lake, cluster(replace(on_spark(1).engine, threads=2)), cohort=cohort, tables=tables)
    assert shared.manifest["tables"] == alone.manifest["tables"]


@needs_scale
@pytest.mark.deep
def test_sail_finds_what_duckdb_does_of_an_open_log(open_data: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    ingest(lake, [open_data / "receipt" / "receipt.xes.gz"], "receipt")
    steps.publish(lake)
    alone = found(lake, cohort=Cohort(), tables=RUN_TABLES)
    shared = found(lake, cluster(on_spark(1).engine), cohort=Cohort(), tables=RUN_TABLES)
    assert shared.manifest["tables"] == alone.manifest["tables"]


FINDING = """
import sys
from pathlib import Path
from support.clusters import on_spark
from efficacy_analytics.engine.spark_engine import cluster
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.runs import find
with open_log(Path(sys.argv[1])) as log:
    find(log, Path(sys.argv[1]), {}, cluster=cluster(on_spark(1).engine))
"""


@needs_scale
@pytest.mark.deep
def test_who_finds_killed_leaves_no_run_and_the_next_one_takes_away_what_lies_about(tmp_path: Path) -> None:
    lake = lake_copied(tmp_path / "lake")
    places = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "tests")])
    with subprocess.Popen(
        [sys.executable, "-c", FINDING, str(lake)], start_new_session=True, env=os.environ | {"PYTHONPATH": places}
    ) as finder:
        assert first_room(lake)
        finder.kill()
    assert [file.name for file in (lake / "findings").iterdir() if not file.name.startswith(".")] == []
    assert are_gone(finder.pid)
    with open_log(lake) as log:
        run = find(log, lake, {})
    assert [file.name for file in (lake / "findings").iterdir()] == [run.name]


@needs_scale
@pytest.mark.deep
def test_a_worker_of_spark_killed_while_finding_changes_nothing(spark: Standalone, tmp_path: Path) -> None:
    lake = lake_copied(tmp_path / "lake")
    alone = found(lake, tables=RUN_TABLES)
    killed: list[bool] = []

    def kill() -> None:
        killed.append(first_room(lake))
        spark.kill_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        shared = found(lake, cluster(on_spark(1, spark.remote).engine), tables=RUN_TABLES)
    finally:
        killer.join()
    assert killed == [True]
    assert shared.manifest["tables"] == alone.manifest["tables"]

"""A snapshot computed on a cluster is the one that DuckDB alone computes: every table, row by row."""

import datetime as dt
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import fault_lakes
from support.clusters import Unruly, are_gone, needs_scale, on_spark, unruly
from support.intake import ingest
from support.same_snapshots import differing_tables, tables_of
from support.small_city import small_city
from support.spark_standalone import Standalone

from efficacy_analytics.engine.session import Cluster
from efficacy_analytics.engine.spark_engine import shown
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError
from efficacy_analytics.event_log import build
from efficacy_analytics.event_log.buckets import BucketWork, compute_bucket
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.snapshots import record_file
from efficacy_analytics.settings import EngineSettings, Settings

ONE_MACHINE = Settings(engine=EngineSettings(memory_limit="2GB"))


def copied(lake: Path, place: Path) -> Path:
    """A lake of the same deliveries, with nothing published."""
    for part in ("accepted", "reference"):
        if (lake / part).is_dir():
            shutil.copytree(lake / part, place / part)
    return place


def difference(lake: Path, place: Path, settings: Settings) -> list[str]:
    """The tables in which a snapshot by these settings is another than that of DuckDB alone."""
    alone = publish(copied(lake, place / "alone"), in_force=ONE_MACHINE)
    shared = publish(copied(lake, place / "shared"), in_force=settings)
    assert (alone.name, len(tables_of(alone.path)) > 30) == (shared.name, True)
    return differing_tables(alone.path, shared.path)


def city(place: Path) -> Path:
    return small_city()[0]


def corrected(place: Path) -> Path:
    """A delivery, and one that gives some of its cases anew."""
    first, second, layout = fault_lakes.exports(place)
    for folder, day in ((first, fault_lakes.FIRST_DAY), (second, fault_lakes.SECOND_DAY)):
        ingest(place / "lake", [folder], str(layout), delivered_on=dt.date.fromisoformat(day))
    return place / "lake"


def overlapping(place: Path) -> Path:
    """Steps at the same time, keyed in later, with parts of seconds."""
    rows = ["case_id,step,from,until"]
    for case in range(40):
        begun = f"2025-03-{case % 20 + 3:02}T"
        rows += [f"c{case},receive,{begun}08:30:00.25,{begun}09:00:00"]
        rows += [
            f"c{case},{step},{begun}09:30:00,{begun}{hour}:00:00" for step, hour in (("a", 16), ("b", 11), ("c", 12))
        ]
    (place / "rows.csv").write_text("\n".join(rows))
    (place / "own.toml").write_text(
        'format = "csv"\ntime_zone = "Asia/Shanghai"\ncalendar = "CN"\n[event]\ncase_id = "case_id"\n'
        'activity = "step"\nstarted_at = "from"\ncompleted_at = "until"\nrecorded_at = "until"\n'
    )
    ingest(place / "lake", [place / "rows.csv"], str(place / "own.toml"))
    return place / "lake"


def test_buckets_of_whole_cases_put_together_are_the_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "cluster", unruly)
    lake = corrected(tmp_path)
    assert overlapping(tmp_path) == lake
    assert difference(lake, tmp_path, on_spark(180)) == []


def test_the_record_of_a_snapshot_lists_its_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "cluster", unruly)
    lake = overlapping(tmp_path)
    snapshot = publish(lake, in_force=on_spark(17))
    facts = json.loads(record_file(lake, snapshot.name).read_text())
    assert [one["number"] for one in facts["buckets"]] == [0, 1, 2]
    assert sum(one["rows"]["sequences"] for one in facts["buckets"]) == 40
    assert all(set(one["sha256"]) == {"events", "recordings", "sequences", "overlaps"} for one in facts["buckets"])
    assert list((lake / "published").glob(".*")) == []


def test_a_bucket_that_is_not_what_its_worker_wrote_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spoiling(Unruly):
        def each(self, task: Callable[[int], str], count: int) -> list[str]:
            made = super().each(task, count)
            work = task.args[0]  # type: ignore[attr-defined]
            file = work.folder / json.loads(made[1])["folder"] / "events.parquet"
            file.write_bytes(file.read_bytes()[:-9] + b"123456789")
            return made

    @contextmanager
    def spoiling(_: EngineSettings) -> Iterator[Cluster]:
        yield Spoiling(1)

    lake = overlapping(tmp_path)
    before = publish(lake, in_force=ONE_MACHINE)
    monkeypatch.setattr(build, "cluster", spoiling)
    with pytest.raises(CheckFailedError, match="the events of bucket 1 are not what its worker wrote"):
        publish(lake, as_on=None, as_known_on=None, in_force=changed(on_spark(17)))
    assert json.loads((lake / "published" / "current.json").read_text())["snapshot"] == before.name
    assert list((lake / "published").glob(".*")) == []


def test_a_worker_of_another_version_of_the_program_computes_nothing(tmp_path: Path) -> None:
    work = BucketWork(tmp_path, [], [], "seconds", "1GB", "0" * 64)
    with pytest.raises(CheckFailedError, match="another version of the program than whoever gave it the task"):
        compute_bucket(work, 0)
    assert list(tmp_path.iterdir()) == []


def changed(settings: Settings) -> Settings:
    """Settings of another clock, so that a snapshot is built anew."""
    from dataclasses import replace

    return replace(settings, clock=replace(settings.clock, roll_rest_days=False))


@pytest.mark.parametrize(
    ("kind", "remote"), [("ray", ""), ("spark", "http://127.0.0.1"), ("spark", "sc://127.0.0.1:99999/;token=SeKret")]
)
def test_an_unknown_engine_is_refused_in_one_sentence(kind: str, remote: str, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="is unknown") as told:
        publish(overlapping(tmp_path), in_force=Settings(engine=EngineSettings(kind=kind, remote=remote)))
    assert "SeKret" not in str(told.value)


def test_of_the_address_of_a_cluster_no_token_is_told() -> None:
    assert shown("sc://10.0.0.5:15002/;use_ssl=true;token=SeKret") == "sc://10.0.0.5:15002"


@needs_scale
@pytest.mark.deep
@pytest.mark.parametrize("made", [city, corrected, overlapping], ids=["city", "corrected", "overlapping"])
def test_sail_with_two_workers_publishes_what_duckdb_does(made: Callable[[Path], Path], tmp_path: Path) -> None:
    assert difference(made(tmp_path), tmp_path, on_spark(100)) == []


@needs_scale
@pytest.mark.deep
def test_sail_publishes_what_duckdb_does_of_an_open_log(open_data: Path, tmp_path: Path) -> None:
    ingest(tmp_path / "lake", [open_data / "receipt" / "receipt.xes.gz"], "receipt")
    assert difference(tmp_path / "lake", tmp_path, on_spark(300)) == []


@needs_scale
@pytest.mark.deep
def test_a_cluster_that_is_not_there_is_told_and_the_lake_is_as_before(tmp_path: Path) -> None:
    lake = copied(small_city()[0], tmp_path)
    with pytest.raises(EfficacyError, match=r"the cluster sc://127\.0\.0\.1:9 did not do its tasks: .*[Cc]onnect"):
        publish(lake, in_force=on_spark(100, "sc://127.0.0.1:9"))
    assert list(lake.glob("published/*")) == []


PUBLISHING = """
import sys
from pathlib import Path
from efficacy_analytics.event_log.buckets import BucketWork, compute_bucket
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.settings import EngineSettings, Settings
publish(Path(sys.argv[1]), in_force=Settings(engine=EngineSettings(kind="spark", bucket_cases=20)))
"""


def first_bucket(lake: Path, seconds: float = 120) -> bool:
    """Waits until a worker has begun a bucket; whether one did."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if list((lake / "published").glob(".*.buckets/bucket-*")):
            return True
        time.sleep(0.02)
    return False


@needs_scale
@pytest.mark.deep
def test_the_publisher_killed_leaves_the_lake_as_before_and_no_server(tmp_path: Path) -> None:
    lake = copied(small_city()[0], tmp_path / "lake")
    with subprocess.Popen([sys.executable, "-c", PUBLISHING, str(lake)], start_new_session=True) as publisher:
        assert first_bucket(lake)
        publisher.kill()
    assert not (lake / "published" / "current.json").exists()
    assert are_gone(publisher.pid)
    assert difference(lake, tmp_path, ONE_MACHINE) == []
    publish(lake, in_force=on_spark(100))
    assert list((lake / "published").glob(".*")) == []


@needs_scale
@pytest.mark.deep
def test_spark_with_two_workers_publishes_what_duckdb_does(spark: Standalone, tmp_path: Path) -> None:
    assert difference(small_city()[0], tmp_path, on_spark(100, spark.remote)) == []


@needs_scale
@pytest.mark.deep
def test_a_worker_killed_while_publishing_changes_nothing(spark: Standalone, tmp_path: Path) -> None:
    lake = tmp_path / "shared"
    killed: list[bool] = []

    def kill() -> None:
        killed.append(first_bucket(lake))
        spark.kill_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert difference(small_city()[0], tmp_path, on_spark(20, spark.remote)) == []
    finally:
        killer.join()
    assert killed == [True]

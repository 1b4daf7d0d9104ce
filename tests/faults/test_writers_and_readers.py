"""Several processes at one lake: writers take turns or are told that it is busy, readers see whole snapshots only."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import fault_lakes as lakes

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.event_log.snapshots import current_snapshot, snapshots
from efficacy_analytics.lake.delivery import deliveries

READER = (sys.executable, str(Path(lakes.__file__).with_name("fault_reader.py")))
KEEP_ONE = "[lake]\nkeep_snapshots = 1\n"
ROUNDS = [pytest.param(1, 1, id="1 round"), pytest.param(30, 3, id="30 rounds", marks=pytest.mark.deep)]
"""How often two publish at once, and how many read meanwhile."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of two deliveries, published."""
    return lakes.published_lake(tmp_path_factory.mktemp("original"), with_second=True)


@pytest.fixture
def lake(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture
def keep_one(tmp_path: Path) -> str:
    """Settings that remove the snapshot before at each publishing."""
    (tmp_path / "keep_one.toml").write_text(KEEP_ONE)
    return str(tmp_path / "keep_one.toml")


def both(lake: Path, *commands: Sequence[str], settings: str) -> list[int]:
    """Runs commands at once; their exit codes. One that does not succeed says that the lake is busy."""
    running = [lakes.begun(lake, *words, EFFICACY_SETTINGS=settings) for words in commands]
    codes = []
    for process in running:
        _, said = process.communicate()
        assert "Traceback" not in said
        assert process.returncode == 0 or (process.returncode == 6 and "LakeBusyError: " in said), said
        codes.append(process.returncode)
    return codes


def readers(lake: Path, stop: Path, count: int) -> "list[subprocess.Popen[str]]":
    return [
        subprocess.Popen(
            [*READER, str(lake), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=lakes.environment(),
        )
        for _ in range(count)
    ]


def read_by(reader: "subprocess.Popen[str]") -> list[dict[str, Any]]:
    out, said = reader.communicate()
    assert reader.returncode == 0, said
    return [json.loads(line) for line in out.splitlines()]


def is_whole(told: dict[str, Any]) -> bool:
    """Whether the tables of a snapshot agree with one another, and its file is the one it says it is."""
    return (
        told["event_count"] == told["events_of_cases"]
        and told["case_count"] == told["cases_of_variants"]
        and told["transition_count"] == told["event_count"] - told["cases_of_events"]
        and told["file"] == told["snapshot"]
    )


@pytest.mark.parametrize(("rounds", "reader_count"), ROUNDS)
def test_two_publishers_and_their_readers(
    lake: Path, tmp_path: Path, keep_one: str, rounds: int, reader_count: int
) -> None:
    commands = (("publish", "--as-known-on", lakes.FIRST_DAY), ("publish",))
    stop = tmp_path / "stop"
    reading = readers(lake, stop, reader_count)
    for _ in range(rounds):
        assert 0 in both(lake, *commands, settings=keep_one)
    stop.touch()
    seen = [told for reader in reading for told in read_by(reader)]
    assert len(seen) >= reader_count
    assert all(is_whole(told) for told in seen), [told for told in seen if not is_whole(told)]
    assert {told["delivery_count"] for told in seen} <= {1, 2}
    of_events = {(told["delivery_count"], told["event_count"], told["transition_count"]) for told in seen}
    assert len(of_events) == len({told["delivery_count"] for told in seen})  # one content for each set of deliveries
    assert snapshots(lake) == [current_snapshot(lake).name]
    assert lakes.leftovers(lake) == []


def test_a_publisher_beside_an_intake_publishes_all_of_it_or_nothing(
    original: Path, tmp_path: Path, keep_one: str
) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(original, lake)
    second = deliveries(lake)[-1].delivery
    for part in ("accepted", "exports", "refused"):
        shutil.rmtree(lake / part / second)
    taking = lakes.taking_in(original.parent, second=True)
    assert both(lake, taking, ("publish",), settings=keep_one) == [0, 0]
    assert lakes.taken_in(lake) == lakes.taken_in(original)
    publish(lake)
    assert lakes.differing(lakes.tables(lake), lakes.tables(original)) == []


def test_of_two_intakes_one_is_told_that_the_lake_is_busy(original: Path, tmp_path: Path, keep_one: str) -> None:
    lake = tmp_path / "new"
    taking = lakes.taking_in(original.parent)
    codes = both(lake, taking, taking, settings=keep_one)
    assert 0 in codes
    assert len(list((lake / "accepted").iterdir())) == 1
    assert lakes.leftovers(lake) == []


def test_a_reader_keeps_the_snapshot_it_opened_though_it_is_pruned(lake: Path, keep_one: str) -> None:
    with open_log(lake) as log:
        before = log.connection.sql("select count(*), min(case_id) from cases").fetchall()
        other = ("publish", "--as-known-on", lakes.FIRST_DAY)
        assert lakes.efficacy(lake, *other, EFFICACY_SETTINGS=keep_one).returncode == 0
        assert not Path(log.path).exists()
        assert log.connection.sql("select count(*), min(case_id) from cases").fetchall() == before
        assert log.connection.sql("select count(*) from event_log where completed_at is null").fetchall() == [(0,)]

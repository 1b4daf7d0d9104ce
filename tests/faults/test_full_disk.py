"""A disk that fills up on the way: one clear error, the lake as it was, and with more room the command succeeds."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import fault_lakes as lakes


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the exports and the undisturbed lake lie."""
    folder = tmp_path_factory.mktemp("undisturbed")
    lakes.published_lake(folder)
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave(disk: Path, kilobytes: int) -> None:
    """Makes the disk so large that this much is free."""
    there = os.statvfs(disk)
    used = (there.f_blocks - there.f_bfree) * there.f_frsize // 1024
    subprocess.run(["mount", "-o", f"remount,size={used + kilobytes}k", str(disk)], check=True)


def runs_full(lake: Path, disk: Path, kilobytes: int, *words: str, parts: tuple[str, ...] = ()) -> None:
    """A command fails clearly with that much room and leaves the lake as it was; with more it succeeds."""
    before = lakes.files(lake, *parts)
    leave(disk, kilobytes)
    done = lakes.efficacy(lake, *words)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "No space left on device" in lakes.told(done)
    assert "MB are free" in done.stderr
    assert lakes.files(lake, *parts) == before
    assert lakes.leftovers(lake) == []
    leave(disk, 64_000)
    assert lakes.asked(lake, *words).returncode == 0


def rooms(ordinary: list[int], deep: range) -> list[object]:
    return [*ordinary, *(pytest.param(room, marks=pytest.mark.deep) for room in deep if room not in ordinary)]


@pytest.mark.parametrize("kilobytes", rooms([450], range(4, 700, 30)))
def test_a_delivery_that_does_not_fit_is_not_taken_in(place: Path, disk: Path, kilobytes: int) -> None:
    lake = disk / "lake"
    runs_full(lake, disk, kilobytes, *lakes.taking_in(place))
    assert lakes.taken_in(lake) == lakes.taken_in(place / "lake")


@pytest.mark.parametrize("kilobytes", rooms([2500], range(60, 4700, 150)))
def test_a_snapshot_that_does_not_fit_does_not_become_current(place: Path, disk: Path, kilobytes: int) -> None:
    lake = disk / "lake"
    shutil.copytree(place / "lake", lake)
    shutil.rmtree(lake / "published")  # what is published already would not be built again
    runs_full(lake, disk, kilobytes, "publish")
    assert lakes.differing(lakes.tables(lake), lakes.tables(place / "lake")) == []


@pytest.mark.parametrize("kilobytes", rooms([], range(25, 300, 25)))
def test_findings_that_do_not_fit_leave_no_run(place: Path, disk: Path, kilobytes: int) -> None:
    lake = disk / "lake"
    shutil.copytree(place / "lake", lake)
    runs_full(lake, disk, kilobytes, "find")
    assert len(list((lake / "findings").glob("*/manifest.json"))) == 1


@pytest.mark.deep
def test_a_briefing_that_does_not_fit_is_not_there(place: Path, disk: Path) -> None:
    lake = disk / "lake"
    shutil.copytree(place / "lake", lake)
    runs_full(lake, disk, 700, "brief", "--period", "2024", "--language", "zh", parts=("briefings", "published"))
    assert [file.suffix for file in (lake / "briefings").iterdir()] == [".html"]


def test_output_that_does_not_fit_is_complained_of_once(place: Path, disk: Path) -> None:
    leave(disk, 4)
    done = lakes.efficacy(place / "lake", "show", "cases", "--format", "csv", "--output", str(disk / "cases.csv"))
    assert done.returncode == 1
    assert "No space left on device" in lakes.told(done)

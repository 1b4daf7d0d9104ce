"""Places that may not be written or read: one clear error, the lake as it was; what only reads goes on."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import fault_lakes as lakes

DROP_FROM_BOUNDING_SET, OVERRIDES, READS_ALL = 24, 1, 2  # linux/prctl.h, linux/capability.h


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports, and a published lake."""
    folder = tmp_path_factory.mktemp("original")
    lakes.published_lake(folder)
    return folder


@pytest.fixture
def place(original: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    shutil.copytree(original, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def read_only(place: Path) -> Iterator[Path]:
    """The lake on a disk that is mounted read-only."""
    lake = place / "lake"
    bound = subprocess.run(["mount", "--bind", str(lake), str(lake)], capture_output=True)
    if os.geteuid() or bound.returncode:
        pytest.skip("only root may mount a lake read-only")
    subprocess.run(["mount", "-o", "remount,ro,bind", str(lake)], check=True)
    yield lake
    subprocess.run(["umount", "--lazy", str(lake)], check=True)


def plain_user() -> None:
    """Takes from root what lets it write and read in spite of permissions."""
    if not os.geteuid():
        for right in (OVERRIDES, READS_ALL):
            ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, right, 0, 0, 0)


def as_plain_user(lake: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command without root's rights over permissions."""
    return subprocess.run(
        [*lakes.PRODUCT, *words, "--lake", str(lake)],
        capture_output=True,
        text=True,
        env=lakes.environment(),
        preexec_fn=plain_user,
    )


def test_a_lake_on_a_read_only_disk_is_read_and_not_written(place: Path, read_only: Path) -> None:
    before = lakes.files(read_only)
    for words in (lakes.taking_in(place, second=True), ("publish",), ("find",)):
        done = lakes.asked(read_only, *words)
        assert done.returncode == 1
        assert "Read-only file system" in lakes.told(done)
        assert "mounted read-only" in done.stderr
    for words in (("status",), ("show", "cases"), ("refused",)):
        assert lakes.asked(read_only, *words).returncode == 0
    assert lakes.files(read_only) == before


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        ("accepted", "ingest"),
        ("published", "publish"),
        pytest.param("exports", "ingest", marks=pytest.mark.deep),
        pytest.param(".", "ingest", marks=pytest.mark.deep),
        pytest.param(".", "find", marks=pytest.mark.deep),
    ],
)
def test_a_folder_without_the_right_to_write_is_told_of(place: Path, folder: str, command: str) -> None:
    lake = place / "lake"
    words = lakes.taking_in(place, second=True) if command == "ingest" else (command,)
    before = lakes.files(lake)
    (lake / folder).chmod(0o555)
    done = as_plain_user(lake, *words)
    (lake / folder).chmod(0o755)
    assert done.returncode == 1
    assert "Permission denied" in lakes.told(done)
    assert lakes.files(lake) == before
    assert lakes.leftovers(lake) == []


def test_an_export_without_the_right_to_read_is_told_of(place: Path) -> None:
    lake = place / "lake"
    before = lakes.files(lake)
    (lakes.exports(place)[1] / "steps.csv").chmod(0)
    done = as_plain_user(lake, *lakes.taking_in(place, second=True))
    assert done.returncode == 1
    assert "Permission denied" in lakes.told(done)
    assert f"read or write {lakes.exports(place)[1] / 'steps.csv'};" in done.stderr
    assert lakes.files(lake) == before

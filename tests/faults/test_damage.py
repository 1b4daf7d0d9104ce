"""Files of the lake that were damaged: a clear error that says what repairs them, and what repairs them does."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support import fault_lakes as lakes

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.snapshots import current_snapshot

SUMMARY = ("show", "log_summary", "--format", "csv")
Damage = Callable[[Path], object]
Tables = dict[str, pl.DataFrame]


def flip(file: Path, position: int) -> None:
    """Turns all bits of one byte."""
    content = bytearray(file.read_bytes())
    content[position] ^= 0xFF
    file.write_bytes(content)


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a delivery and its snapshot."""
    return lakes.published_lake(tmp_path_factory.mktemp("undamaged"))


@pytest.fixture
def lake(undamaged: Path, tmp_path: Path) -> Path:
    """A copy of it, to be hurt."""
    shutil.copytree(undamaged, tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture(scope="module")
def whole(undamaged: Path) -> Tables:
    """The tables of its snapshot."""
    return lakes.tables(undamaged)


SNAPSHOT_DAMAGES = [
    pytest.param(half, id="cut in the middle"),
    pytest.param(lambda file: os.truncate(file, 1000), id="cut in its head", marks=pytest.mark.deep),
    pytest.param(empty, id="of zero length", marks=pytest.mark.deep),
    pytest.param(lambda file: flip(file, 9), id="with another magic word", marks=pytest.mark.deep),
    pytest.param(lambda file: flip(file, 4100), id="with a flipped byte in its head", marks=pytest.mark.deep),
    pytest.param(Path.unlink, id="gone"),
]
POINTER_DAMAGES = [
    pytest.param(empty, id="empty", marks=pytest.mark.deep),
    pytest.param(half, id="cut"),
    pytest.param(lambda file: file.write_text("[]"), id="no record", marks=pytest.mark.deep),
    pytest.param(lambda file: file.write_text('{"snapshot": "a-1"}'), id="without its file", marks=pytest.mark.deep),
    pytest.param(
        lambda file: file.write_text(file.read_text().replace(".duckdb", ".gone")), id="of a file that is gone"
    ),
    pytest.param(lambda file: file.write_bytes(b"\xff\xfe"), id="no text", marks=pytest.mark.deep),
]


def is_damaged_and_repaired(lake: Path, whole: Tables) -> None:
    """A reader is told to publish again, and that helps."""
    shown = lakes.asked(lake, *SUMMARY)
    assert shown.returncode == 5
    assert "run `efficacy publish`" in lakes.told(shown)
    publish(lake)
    assert lakes.differing(lakes.tables(lake), whole) == []


@pytest.mark.parametrize("damage", SNAPSHOT_DAMAGES)
def test_a_damaged_snapshot_is_told_of_and_published_again(lake: Path, whole: Tables, damage: Damage) -> None:
    damage(current_snapshot(lake).path)
    is_damaged_and_repaired(lake, whole)


@pytest.mark.parametrize("damage", POINTER_DAMAGES)
def test_a_damaged_pointer_is_told_of_and_published_again(lake: Path, whole: Tables, damage: Damage) -> None:
    damage(lake / "published" / "current.json")
    is_damaged_and_repaired(lake, whole)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 60))])
def test_a_flipped_byte_is_told_of_or_changes_nothing(lake: Path, undamaged: Path, seed: int) -> None:
    file = current_snapshot(lake).path
    flip(file, random.Random(seed).randrange(file.stat().st_size))
    shown, whole = (lakes.asked(one, "show", "cases", "--format", "csv") for one in (lake, undamaged))
    if shown.returncode:
        assert shown.returncode == 5
        assert "run `efficacy publish`" in lakes.told(shown)
    else:
        assert shown.stdout == whole.stdout


ACCEPTED_DAMAGES = [
    pytest.param("events.parquet", half, id="events cut in the middle", marks=pytest.mark.deep),
    pytest.param(
        "events.parquet", lambda file: flip(file, file.stat().st_size // 2), id="a flipped byte in the events"
    ),
    pytest.param("cases.parquet", empty, id="cases of zero length", marks=pytest.mark.deep),
    pytest.param("clock_stops.parquet", Path.unlink, id="clock stops that are gone"),
    pytest.param("delivery.json", empty, id="an empty record"),
    pytest.param("delivery.json", half, id="a record cut in the middle", marks=pytest.mark.deep),
    pytest.param("delivery.json", Path.unlink, id="a record that is gone"),
    pytest.param(
        "delivery.json", lambda file: file.write_text("{}"), id="a record without a word", marks=pytest.mark.deep
    ),
]


@pytest.mark.parametrize(("name", "damage"), ACCEPTED_DAMAGES)
def test_damaged_accepted_rows_are_not_published(lake: Path, name: str, damage: Damage) -> None:
    current = current_snapshot(lake)
    folder = next((lake / "accepted").iterdir())
    damage(folder / name)
    done = lakes.asked(lake, "publish")
    assert done.returncode == 5
    assert f"take {lake / 'exports' / folder.name} in again" in lakes.told(done)
    assert current_snapshot(lake) == current
    assert lakes.leftovers(lake) == []


def test_damaged_accepted_rows_are_had_again_from_the_export(lake: Path, undamaged: Path) -> None:
    folder = next((lake / "accepted").iterdir())
    half(folder / "events.parquet")
    shutil.rmtree(folder)
    layout = undamaged.parent / "keyed.toml"
    words = ("ingest", lake / "exports" / folder.name, "--layout", layout, "--delivered-on", lakes.FIRST_DAY)
    assert lakes.asked(lake, *words).returncode == 0
    assert lakes.taken_in(lake) == lakes.taken_in(undamaged)


def test_damaged_refused_rows_are_told_of(lake: Path) -> None:
    half(next(lake.glob("refused/*/events.parquet")))
    done = lakes.asked(lake, "refused")
    assert done.returncode == 5
    assert "events.parquet is damaged" in lakes.told(done)

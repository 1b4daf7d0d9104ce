"""A lake in one file, and the same lake elsewhere: whole and checked, or not there at all."""

import io
import random
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import fault_lakes as lakes
from support.operated import Office, efficacy
from support.small_city import small_city

from efficacy_analytics.documents.pages.catalogue import picture
from efficacy_analytics.errors import CallError, CheckFailedError, LakeBusyError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.workflows import steps as pipeline
from efficacy_analytics.workflows.backup import backup, restore
from efficacy_analytics.workflows.operation.catalogue import runs
from efficacy_analytics.workflows.steps import draw

JANUARY = {"A": ["2025-01-06", "2025-01-07", "2025-01-09"]}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a delivery, a snapshot, documents and a run that was killed."""
    office = Office(tmp_path_factory.mktemp("kept") / "lake").set_up()
    office.deliver("2025-02-05", JANUARY)
    office.run("quick", "2025-01")
    return office


@pytest.fixture(scope="module")
def archive(office: Office) -> Path:
    """The backup of its lake."""
    file = office.lake.parent / "backup.tar"
    backup(office.lake, file)
    return file


def test_a_restored_lake_is_the_same_file_by_file(office: Office, archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "elsewhere" / "lake")
    assert lakes.files(tmp_path / "elsewhere" / "lake") == lakes.files(office.lake)
    modes = [(path.stat().st_mode, path.stat().st_mtime) for path in sorted(office.lake.rglob("*")) if path.is_file()]
    again = tmp_path / "elsewhere" / "lake"
    assert [(path.stat().st_mode, path.stat().st_mtime) for path in sorted(again.rglob("*")) if path.is_file()] == modes
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_restored_lake_goes_on_where_the_other_was(archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "lake")
    moved = Office(tmp_path / "lake")
    assert moved.valid() == [("2025-01", "en", 0), ("2025-01", "zh", 0)]
    assert moved.run("quick", "2025-01").reason == "valid as run 1 made it"
    assert [one.number for one in runs(moved.lake)] == [1, 2]


def drawn(lake: Path) -> Path:
    return draw(lake, picture("months"), lake / "briefings" / "months.html", language="en", cohort=Cohort())


def briefed(lake: Path) -> Path:
    return pipeline.brief(lake, small_city()[1], languages=["en"])[0]


@pytest.mark.parametrize("made", [drawn, pytest.param(briefed, marks=pytest.mark.deep)])
def test_old_documents_are_verified_where_a_lake_was_restored(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    lake = Path(shutil.copytree(small_city()[0], tmp_path / "lake"))
    document = made(lake)
    backup(lake, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", tmp_path / "moved")
    shutil.rmtree(lake)
    checks = pipeline.verify(tmp_path / "moved", [tmp_path / "moved" / document.relative_to(lake)])
    assert sum(check.value_count for check in checks) > 1_000


@pytest.mark.parametrize("seed", range(8))
def test_a_backup_that_was_cut_or_changed_restores_nothing(archive: Path, tmp_path: Path, seed: int) -> None:
    drawn, content = random.Random(seed), bytearray(archive.read_bytes())
    if seed % 2:
        content = content[: drawn.randrange(len(content) - 20_000)]
    else:
        with tarfile.open(archive) as read:
            entry = drawn.choice([one for one in read if one.size and one.name.endswith((".parquet", ".json"))])
        content[entry.offset_data + drawn.randrange(entry.size)] ^= 1
    (tmp_path / "backup.tar").write_bytes(content)
    with pytest.raises(CheckFailedError):
        restore(tmp_path / "backup.tar", tmp_path / "lake")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/../../evil"])
def test_no_file_of_a_backup_lies_outside_the_lake(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "backup.tar", "w") as made:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        made.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(CheckFailedError, match="would lie outside the lake"):
        restore(tmp_path / "backup.tar", tmp_path / "lake")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "backup.tar", "w") as made:
        entry = tarfile.TarInfo("accepted")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
        made.addfile(entry)
    with pytest.raises(CheckFailedError, match="which is no file"):
        restore(tmp_path / "backup.tar", tmp_path / "lake")


def test_nothing_that_is_there_is_written_over(office: Office, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="is not empty"):
        restore(archive, office.lake)
    with pytest.raises(CallError, match="lies in the lake itself"):
        backup(office.lake, office.lake / "backup.tar")
    with pytest.raises(CallError, match="holds no lake"):
        backup(tmp_path, tmp_path.parent / "backup.tar")
    with pytest.raises(CallError, match="there is no file"):
        restore(tmp_path / "none.tar", tmp_path / "lake")


def test_no_backup_is_made_of_a_damaged_lake_or_while_it_is_written_to(office: Office, tmp_path: Path) -> None:
    with only_writer(office.lake), pytest.raises(LakeBusyError):
        backup(office.lake, tmp_path / "backup.tar")
    shutil.copytree(office.lake, tmp_path / "lake")
    next((tmp_path / "lake" / "accepted").glob("*/events.parquet")).write_bytes(b"x")
    with pytest.raises(CheckFailedError, match="missing or damaged"):
        backup(tmp_path / "lake", tmp_path / "backup.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_what_names_persons_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "lake" / "accepted").mkdir(parents=True)
    folder = tmp_path / "lake" / "exports" / "office-1"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "persons.csv").write_text("x")
    (folder / "persons.csv").chmod(0o400)
    with tarfile.open(tmp_path / "backup.tar", "w") as made:
        made.add(folder / "persons.csv", "exports/office-1/persons.csv")
        text = b'{"format": 1, "version": "", "files": {"exports/office-1/persons.csv": {"bytes": 1, "sha256": "%b"}}}'
        content = text.replace(b"%b", b"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
        entry = tarfile.TarInfo("efficacy-backup.json")
        entry.size = len(content)
        made.addfile(entry, io.BytesIO(content))
    restore(tmp_path / "backup.tar", tmp_path / "again")
    again = tmp_path / "again" / "exports" / "office-1"
    assert (again.stat().st_mode & 0o777, (again / "persons.csv").stat().st_mode & 0o777) == (0o700, 0o400)


def test_the_command_line_says_what_it_wrote(office: Office, tmp_path: Path) -> None:
    file = str(tmp_path / "backup.tar")
    assert efficacy(office.lake, "backup", file, "--quiet").stdout == f"{file}\n"
    done = efficacy(tmp_path / "moved", "restore", file, "--quiet")
    assert done.stdout == f"{tmp_path / 'moved'}: {len(lakes.files(tmp_path / 'moved'))} files, each as its hash says\n"

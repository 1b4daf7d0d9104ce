"""A whole lake in one file, and a lake made from it elsewhere: every file of it with its SHA-256, all or nothing.

The file is a tar archive; its last member is the list of the files with sizes and hashes, so that one that was cut is
known as such. While it is written nobody else writes to the lake. The key of the pseudonyms lies outside the lake and
is not in it: keep it apart.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

import efficacy_analytics
from efficacy_analytics.errors import CallError, CheckFailedError
from efficacy_analytics.event_log.snapshots import published_folder
from efficacy_analytics.lake.delivery import check_whole, deliveries
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.workflows.operation.catalogue import only_run

LIST: Final = "efficacy-backup.json"
FORMAT: Final = 1
LEFT_OUT: Final = (".intake-*", "*.draft*", "*.spill*", "*.wal", "scheduler")
BLOCK_BYTES: Final = 1 << 20
DAMAGED: Final = "use another backup: this one was cut or changed"


def backup(lake: Path, file: Path, *, progress: Progress = silent) -> dict[str, Any]:
    """Writes all of a lake into a file, readable by its owner alone; the accepted files are checked first.

    Args:
        lake: the lake's folder.
        file: the archive; it appears whole or not at all.
        progress: how far it has come.

    Returns:
        The list that the archive ends with: `format`, `version`, `files` (name to `bytes` and `sha256`), and
        `key_fingerprints`.

    Raises:
        CallError: the folder holds no lake, or the file lies in it.
        CheckFailedError: an accepted file of the lake is damaged.
        LakeBusyError: somebody writes to the lake.
        EfficacyError: the disk is full, or does not let the file be written.
    """
    if not any(lake.glob("accepted/*")):
        raise CallError(f"{lake} holds no lake.", hint="name another with --lake")
    if file.resolve().is_relative_to(lake.resolve()):
        raise CallError(f"{file} lies in the lake itself.", hint="write the backup to another disk")
    with (
        _still(lake),
        told_of_the_disk(file.parent, f"no backup could be written to {file}"),
        progress("backup") as told,
        _appearing(file) as stream,
    ):
        taken = deliveries(lake)
        check_whole(taken)
        fingerprints = sorted({one.pseudonyms["key_fingerprint"] for one in taken if one.pseudonyms})
        return _archived(lake, stream, fingerprints, told)


@contextmanager
def _still(lake: Path) -> Iterator[None]:
    """Nobody else writes to the lake meanwhile."""
    with ExitStack() as held:
        for holding in (only_run(lake), only_writer(lake), only_writer(published_folder(lake))):
            held.enter_context(holding)
        yield


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)


def _archived(lake: Path, stream: IO[bytes], fingerprints: list[str], told: Callable[..., None]) -> dict[str, Any]:
    listed: dict[str, Any] = {}
    files = lake_files(lake)
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number, path in enumerate(files):
            name = path.relative_to(lake).as_posix()
            told(name.partition("/")[0], number, len(files))
            listed[name] = _added(archive, path, name)
        facts = {
            "format": FORMAT,
            "version": efficacy_analytics.__version__,
            "files": listed,
            "key_fingerprints": fingerprints,
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(LIST)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    return facts


def lake_files(lake: Path) -> list[Path]:
    """The files of a lake, in order, but for what writers that died have left."""
    found = [path for path in sorted(lake.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [
        path
        for path in found
        if not any(PurePosixPath(part).match(kind) for part in path.relative_to(lake).parts for kind in LEFT_OUT)
    ]


class _Hashed(io.RawIOBase):
    """A stream that is hashed as it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.sha256.update(block)
        return block


def _added(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as stream:
        entry = archive.gettarinfo(arcname=name, fileobj=stream)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        hashed = _Hashed(stream)
        archive.addfile(entry, hashed)
    return {"bytes": entry.size, "sha256": hashed.sha256.hexdigest()}


def restore(file: Path, lake: Path, *, progress: Progress = silent) -> dict[str, Any]:
    """Makes a lake from a backup, wherever it is to lie; nothing is there until every file was checked.

    Args:
        file: the archive.
        lake: the new lake's folder; it must not be there, or be empty.
        progress: how far it has come.

    Returns:
        The list that the archive ends with.

    Raises:
        CallError: there is no such file, or something lies where the lake is to be.
        CheckFailedError: the archive was cut or changed.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    if not file.is_file():
        raise CallError(f"there is no file {file}.", hint="name what `efficacy backup` wrote")
    if lake.exists() and (not lake.is_dir() or any(lake.iterdir())):
        raise CallError(f"{lake} is not empty.", hint="restore into a new folder: --lake DIR")
    with told_of_the_disk(lake, f"the lake could not be restored to {lake}"), progress("restore") as told:
        lake.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{lake.name}.", dir=lake.parent))
        try:
            facts = _extracted(file, making / "lake", told)
            if lake.is_dir():
                lake.rmdir()
            (making / "lake").rename(lake)
        finally:
            _removed(making)
    return facts


def _extracted(file: Path, place: Path, told: Callable[..., None]) -> dict[str, Any]:
    """Lays the files out and compares them with the list."""
    found: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    place.mkdir()
    try:
        with tarfile.open(file, mode="r:") as archive:
            for entry in archive:
                stream = archive.extractfile(entry) if entry.isreg() else None
                if stream is None:
                    raise CheckFailedError(f"{file} holds '{entry.name}', which is no file.", hint=DAMAGED)
                if entry.name == LIST:
                    facts = json.loads(stream.read())
                    continue
                told(entry.name.partition("/")[0])
                found[entry.name] = _laid_out(stream, _inside(place, entry.name, file), entry)
    except (tarfile.TarError, ValueError) as fault:
        raise CheckFailedError(f"{file} is no whole backup ({type(fault).__name__}).", hint=DAMAGED) from None
    _check(file, facts, found)
    return facts


def _inside(place: Path, name: str, file: Path) -> Path:
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or not parts:
        raise CheckFailedError(f"{file} holds '{name}', which would lie outside the lake.", hint=DAMAGED)
    return place.joinpath(*parts)


def _laid_out(stream: IO[bytes], target: Path, entry: tarfile.TarInfo) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed = _Hashed(stream)
    with target.open("xb") as written:
        shutil.copyfileobj(hashed, written, BLOCK_BYTES)
        written.flush()
        os.fsync(written.fileno())
    os.utime(target, (entry.mtime, entry.mtime))
    target.chmod(entry.mode & 0o777)
    if entry.name.startswith("exports/") and not entry.mode & 0o077:
        target.parent.chmod(0o700)  # as intake keeps what names persons
    return {"bytes": entry.size, "sha256": hashed.sha256.hexdigest()}


def _check(file: Path, facts: dict[str, Any], found: dict[str, Any]) -> None:
    if not facts:
        raise CheckFailedError(f"{file} is no whole backup: its list is missing.", hint=DAMAGED)
    if facts["format"] != FORMAT:
        raise CallError(f"{file} was written by version {facts['version']}.", hint="restore it with that version")
    differing = sorted(name for name in {*facts["files"], *found} if facts["files"].get(name) != found.get(name))
    if differing:
        raise CheckFailedError(f"{file}: {len(differing)} files differ, {differing[0]} among them.", hint=DAMAGED)


def _removed(folder: Path) -> None:
    """Removes a folder, whatever modes lie in it."""
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)

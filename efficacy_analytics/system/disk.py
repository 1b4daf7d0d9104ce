"""What a disk did not allow, or gave back damaged, told in one line with its hint.

A full disk reaches us in many shapes: the system's own error, and what DuckDB, Polars and Arrow make of it.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import CheckFailedError, EfficacyError

FULL = (
    "no space left on device",
    "disk full",
    "disk quota exceeded",
    "max_temp_directory_size",
    "invalid thrift: transport error",  # Polars, where the end of a Parquet file finds no room
)
READ_ONLY = ("read-only file system",)
FORBIDDEN = ("permission denied", "operation not permitted")
ENGINES = ("duckdb", "_duckdb", "polars", "pyarrow")


def said_by_the_disk(fault: BaseException) -> str | None:
    """What the disk did not allow, where the fault is one of the disk's, whoever raised it."""
    is_of_an_engine = type(fault).__module__.partition(".")[0] in ENGINES
    if is_of_an_engine or isinstance(fault, OSError):
        text = str(fault).lower()
        known = next((words for words in (*FULL[:1], *READ_ONLY, *FORBIDDEN) if words in text), None)
        if known or any(words in text for words in FULL):
            return (known or FULL[0]).capitalize()
    return fault.strerror or type(fault).__name__ if isinstance(fault, OSError) else None


@contextmanager
def told_of_the_disk(place: Path, problem: str) -> Iterator[None]:
    """Says in one line what the disk did not allow.

    Args:
        place: what is written to; it need not be there yet.
        problem: what could not be done, without a full stop.

    Raises:
        EfficacyError: a file cannot be written or read.
    """
    try:
        yield
    except Exception as fault:
        reason = said_by_the_disk(fault)
        if reason is None:
            raise
        raise EfficacyError(f"{problem}: {reason}.", hint=hint_of_the_disk(place, fault, reason)) from fault


def hint_of_the_disk(place: Path, fault: BaseException, reason: str) -> str:
    """What to do about it: how much is free where it is full, whose right is missing where it is forbidden."""
    free = f"{shutil.disk_usage(_there(place)).free / 1e6:,.1f} MB"
    if reason.lower() in FULL:
        return f"{free} are free where {place} lies; make room and run it again; what was there stays"
    if reason.lower() in READ_ONLY:
        return f"{place} lies on a disk that is mounted read-only; what was there stays"
    if reason.lower() in FORBIDDEN:
        asked = getattr(fault, "filename2", None) or getattr(fault, "filename", None) or place
        return f"the user needs the right to read or write {_there(Path(asked))}; what was there stays"
    return f"check the disk of {place} ({free} free) and the permissions; what was there stays"


def _there(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(folder for folder in (path, *path.absolute().parents) if os.path.exists(folder))


def read_record(path: Path, *, hint: str) -> dict[str, Any]:
    """What stands in a small JSON file that this product wrote.

    Args:
        path: the file.
        hint: what repairs it.

    Raises:
        CheckFailedError: it is not whole.
    """
    try:
        on_progress = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError):
        on_progress = None
    if not isinstance(on_progress, dict):
        raise CheckFailedError(f"{path} is missing or damaged.", hint=hint)
    return on_progress


def is_running(process: int) -> bool:
    """Whether a process of this machine is still there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def file_sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file so that readers see it whole or not at all; its folder is made where it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        making.write_bytes(content)
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)

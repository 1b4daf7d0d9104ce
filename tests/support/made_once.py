"""What is long in the making is made once per run of the tests, and each process has a copy of its own.

Where several processes share the tests, the first one that asks makes it and the others take a copy.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = "EFFICACY_TESTS_SHARED"
"""Where the folder is named that the processes of one run of the tests have in common."""


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder as it is made by a function that is given its place; the copy is this process's own, and goes with it.

    Args:
        name: under which the processes find it.
        make: what lies in the folder names no place of its own.
    """
    own = Path(tempfile.mkdtemp(prefix=f"efficacy-{name}-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    if SHARED not in os.environ:
        make(own)
        return own
    place = Path(os.environ[SHARED]) / name
    with _held(place.with_suffix(".lock")):
        if not place.is_dir():
            draft = place.with_suffix(".draft")
            shutil.rmtree(draft, ignore_errors=True)  # of one who failed
            draft.mkdir()
            make(draft)
            draft.rename(place)
    return Path(shutil.copytree(place, own, dirs_exist_ok=True))


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """The lock of a file, given back even where a process begun meanwhile still has the file open."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

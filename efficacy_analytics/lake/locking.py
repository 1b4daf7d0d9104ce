"""One writer to a lake at a time: one that takes in, and one that publishes.

The lock is held on the folder itself: it leaves no file, and dies with its holder.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from efficacy_analytics.errors import LakeBusyError


@contextmanager
def only_writer(lake: Path) -> Iterator[None]:
    """Holds the lake, or a folder of it, for writing.

    One that is not there yet is made, and taken away again if nothing came into it.

    Raises:
        LakeBusyError: another process holds it.
    """
    made = [folder for folder in (lake, *lake.parents) if not folder.exists()]
    handle = _held(lake)
    try:
        yield
    finally:
        for folder in filter(Path.is_dir, made):
            if any(folder.iterdir()):
                break
            folder.rmdir()
        os.close(handle)


def _held(lake: Path) -> int:
    """The lock on a folder that stays: one that its former holder takes away meanwhile is made and asked for again."""
    while True:
        lake.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(lake, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), os.stat(lake)):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise LakeBusyError(
                f"{lake} is being written to by another process.", hint="try again when it has ended"
            ) from None
        except FileNotFoundError:
            pass
        os.close(handle)

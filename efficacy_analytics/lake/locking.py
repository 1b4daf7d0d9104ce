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
    lake.mkdir(parents=True, exist_ok=True)
    handle = os.open(lake, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusyError(
                f"{lake} is being written to by another process.", hint="try again when it has ended"
            ) from None
        yield
    finally:
        for folder in filter(Path.is_dir, made):
            if any(folder.iterdir()):
                break
            folder.rmdir()
        os.close(handle)

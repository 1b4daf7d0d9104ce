"""The command line with two screws: a small portion, and a system call at which the process kills itself.

`EFFICACY_TEST_HELD_ROWS` sets how many rows are held before they are laid out in (eight) portions.
`EFFICACY_TEST_CALLS=FILE` writes how many calls that change the disk were made; `EFFICACY_TEST_KILL=before:N` or
`after:N` ends the process at the N-th of them, from 1, and `before:accepted` or `after:current.json` at the one that
moves something into the place of that name.
"""

import atexit
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHANGING = ("replace", "rename", "mkdir", "fsync", "unlink", "rmdir", "chmod")
done = 0


def counted(call: Callable[..., Any], side: str, which: str) -> Callable[..., Any]:
    """The call, which counts, and kills the process before or after that which is meant."""

    def called(*args: Any, **options: Any) -> Any:
        global done
        done += 1
        place = Path(args[1]) if call.__name__ in ("replace", "rename") else Path()
        is_meant = which in (str(done), place.name, place.parent.name)
        if is_meant and side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call(*args, **options)
        finally:  # also where it changed nothing, such as making a folder that is there
            if is_meant and side == "after":
                os.kill(os.getpid(), signal.SIGKILL)

    return called


if __name__ == "__main__":
    from efficacy_analytics.cli import main
    from efficacy_analytics.lake.intake import partitions as partitions

    if "EFFICACY_TEST_HELD_ROWS" in os.environ:
        partitions.MOST_HELD_ROWS, partitions.PORTION_COUNT = int(os.environ["EFFICACY_TEST_HELD_ROWS"]), 8
    killed_at, _, which = os.environ.get("EFFICACY_TEST_KILL", "never:0").partition(":")
    for name in CHANGING:
        setattr(os, name, counted(getattr(os, name), killed_at, which))
    if "EFFICACY_TEST_CALLS" in os.environ:
        atexit.register(lambda: Path(os.environ["EFFICACY_TEST_CALLS"]).write_text(str(done)))
    main()

"""A bound on the memory and the time of work on a file that a stranger made: an error first, then an end.

A reader in another language neither hears a signal nor asks for leave. So a thread looks on: over the bound it has the
main thread raise the error, and where that is not heard in some seconds, or memory goes on growing, it says the error
itself and ends the process. What lies half-done is cleared away by the next command, as after a kill.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.system.stopping import is_held

LOOKS_SECONDS: Final = 0.05
GRACE_SECONDS: Final = 3.0
ROOM: Final = 1.25
"""How far memory may go over its bound before the process is ended at once."""
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def bounded(most_bytes: int, most_seconds: float, faults: dict[str, EfficacyError]) -> Iterator[None]:
    """Ends the work inside that takes more memory or time; outside the main thread it does nothing.

    Args:
        most_bytes: by how much the memory of the process may grow.
        most_seconds: how long it may take.
        faults: what is raised, by "memory" and "time".
    """
    if threading.current_thread() is not threading.main_thread() or not os.path.exists("/proc/self/statm"):
        yield
        return
    fired: list[EfficacyError] = []
    done = threading.Event()

    def over(number: int, frame: FrameType | None) -> None:
        raise _Over

    def look() -> None:
        since, before, since_fired = time.monotonic(), resident_bytes(), 0.0
        while not done.wait(LOOKS_SECONDS):
            grown, taken = resident_bytes() - before, time.monotonic() - since
            if fired and (grown > ROOM * most_bytes or taken > since_fired + GRACE_SECONDS) and not is_held():
                _end(fired[0])
            if not (fired or is_held()) and (grown > most_bytes or taken > most_seconds):
                since_fired = taken
                fired.append(faults["memory" if grown > most_bytes else "time"])
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    former = signal.signal(signal.SIGUSR1, over)
    onlooker = threading.Thread(target=look, daemon=True)
    onlooker.start()
    try:
        yield
    except BaseException:
        if fired:  # it may be an engine's error that came of it
            raise fired[0] from None
        raise
    finally:
        done.set()
        onlooker.join()
        signal.signal(signal.SIGUSR1, signal.SIG_DFL if former is None else former)


class _Over(BaseException):
    """The bound is passed: no error, so that nobody on the way answers it as one; outside it becomes the fault."""


def resident_bytes() -> int:
    """The memory that this process holds."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE


def _end(fault: EfficacyError) -> None:
    with suppress(OSError, ValueError):
        print(fault.told(), file=sys.stderr, flush=True)
    os._exit(fault.exit_code)

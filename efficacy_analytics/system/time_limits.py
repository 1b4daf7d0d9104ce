"""A limit on how long a piece of work may take: an error first, and an end to the process if that is not heard.

An engine does not hear of a signal while it computes. So the limit is told twice: as an error in the main thread, and,
when that has not come through some time later, by another thread that ends the process.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from efficacy_analytics.errors import TimeLimitError

GRACE_SECONDS = 60.0


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """Ends the work inside once it has taken so long; outside the main thread, where no signal comes, it does nothing.

    Args:
        seconds: how long it may take; `GRACE_SECONDS` later the process is ended.
        what: what is being done, for the message.

    Raises:
        TimeLimitError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    fault = TimeLimitError(f"{what} took longer than {seconds:g} s.", hint="raise faults.step_limit_seconds")

    fired: list[int] = []

    def over(number: int, frame: FrameType | None) -> None:
        fired.append(number)
        raise fault

    former = signal.signal(signal.SIGALRM, over)
    unheard = threading.Timer(seconds + GRACE_SECONDS, _give_up, [fault])
    unheard.daemon = True
    unheard.start()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except BaseException:
        if fired:  # an engine makes an error of its own of it
            raise fault from None
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        unheard.cancel()
        signal.signal(signal.SIGALRM, former)


def _give_up(fault: TimeLimitError) -> NoReturn:
    """Says the fault and ends the process, whatever its main thread does."""
    with suppress(OSError, ValueError):
        print(fault.told(), file=sys.stderr, flush=True)
    os._exit(fault.exit_code)

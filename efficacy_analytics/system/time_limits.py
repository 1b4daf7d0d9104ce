"""A limit on how long a piece of work may take: an error first, and an end to the process if that is not heard."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from efficacy_analytics.errors import TimeLimitError

GRACE_SECONDS = 60.0


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """Ends the work inside once it has taken so long; outside the main thread, where no signal comes, it does nothing.

    An engine may not hear of it while it computes; `GRACE_SECONDS` later the process is ended by the system.

    Args:
        seconds: how long it may take.
        what: what is being done, for the message.

    Raises:
        TimeLimitError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        raise TimeLimitError(f"{what} took longer than {seconds:g} s.", hint="raise faults.step_limit_seconds")

    former = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)

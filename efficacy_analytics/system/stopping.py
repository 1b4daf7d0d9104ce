"""Being told to stop: Ctrl-C, SIGTERM or a closed terminal end a command in one line, and never half-way into place."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "the closed terminal"}


class Stopped(SystemExit):
    """The command was told to stop; its exit code is the shell's, 128 and the signal's number.

    Args:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number

    def __str__(self) -> str:
        return f"Stopped by {NAMES[signal.Signals(self.number)]}: what was not finished is not in the lake."


class Stops:
    """Turns the first signal into `Stopped`; a second one ends the process at once.

    Attributes:
        stopped: the way it was told to stop, also where an engine swallowed it; null while it was not.
    """

    def __init__(self) -> None:
        self.stopped: Stopped | None = None

    def heed(self) -> None:
        """Heeds the signals from now on, but for those that the caller of this process ignores."""
        for one in SIGNALS:
            if signal.getsignal(one) != signal.SIG_IGN:
                signal.signal(one, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        self.stopped = Stopped(number)
        raise self.stopped


@contextmanager
def held_back() -> Iterator[None]:
    """What belongs together is finished first: a signal that comes meanwhile is heeded afterwards."""
    if threading.current_thread() is not threading.main_thread():  # signals are heeded in the main thread alone
        yield
        return
    came: list[int] = []
    former = {one: signal.getsignal(one) for one in SIGNALS}
    for one in SIGNALS:
        signal.signal(one, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])

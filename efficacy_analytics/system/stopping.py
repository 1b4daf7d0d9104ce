"""Being told to stop: Ctrl-C, SIGTERM or a closed terminal end a command in one line, and never half-way into place.

The threads of an engine do not know of it: they go on with work whose files are being cleared away, panic, and write
so to the terminal by themselves. So from the signal on only this program's own words are heard.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

MOST_SECONDS = 4.0
_held: list[int] = []
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

    Args:
        is_hushed: whether what engines complain of after the signal is kept from the terminal.

    Attributes:
        stopped: the way it was told to stop, also where an engine swallowed it; null while it was not.
    """

    def __init__(self, *, is_hushed: bool = True) -> None:
        self.is_hushed = is_hushed
        self.stopped: Stopped | None = None

    def heed(self) -> None:
        """Heeds the signals from now on, but for those that the caller of this process ignores.

        What has not ended within `MOST_SECONDS` of one, for an engine that computes hears nothing, is ended then; what
        it leaves half-done is cleared away by the next command, as after a kill.
        """
        told, self.tell = os.pipe()
        os.set_blocking(self.tell, False)
        signal.set_wakeup_fd(self.tell, warn_on_full_buffer=False)
        threading.Thread(target=self._listen, args=(told,), daemon=True).start()
        for one in SIGNALS:
            if signal.getsignal(one) != signal.SIG_IGN:
                signal.signal(one, self._stop)

    def rest(self) -> None:
        """Counts no seconds any more: the command is over, and what its process does now is not the command's."""
        signal.set_wakeup_fd(-1)
        os.close(self.tell)

    def _listen(self, told: int) -> None:
        """Waits for a signal's number, which the system itself writes, and then for the process to end by itself."""
        while number := os.read(told, 1):
            if number[0] not in SIGNALS:
                continue
            until = time.monotonic() + MOST_SECONDS
            while time.monotonic() < until or is_held():
                time.sleep(0.1)
            with suppress(OSError, ValueError):
                print(Stopped(number[0]), file=sys.stderr, flush=True)
            os._exit(128 + number[0])
        os.close(told)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        self.stopped = Stopped(number)
        if self.is_hushed:
            _hush()
        raise self.stopped


def leave(code: int) -> NoReturn:
    """Ends the process without waiting for the threads of an engine, which would miss the interpreter."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _hush() -> None:
    """Keeps `sys.stderr` on the terminal, for a bar to be cleared and the last line, and nothing else."""
    with suppress(OSError, RuntimeError):  # there is no stderr, or it was being written to
        sys.stderr.flush()
    with suppress(OSError):
        terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        sys.stderr = open(terminal, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.unraisablehook = lambda _: None
    threading.excepthook = lambda _: None


def is_held() -> bool:
    """Whether something is being done that belongs together."""
    return bool(_held)


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
    _held.append(1)
    try:
        yield
    finally:
        _held.pop()
        for one, handler in former.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])

"""How a desk works: files queue, officers take them one by one, leave, come back, and helpers step in.

Files wait first come first served; those of the green lane and of applicants at the counter overtake; files for a
meeting are held until it opens. All times are open seconds. The agenda is a heap of whole numbers, time and code of
the event in one, so that its order is total.
"""

from collections import deque
from collections.abc import Iterator
from heapq import heappush

CODE_BITS = 32
NEVER = 1 << 40
LAST_MINUTES = 300
NEXT_FILE_SECONDS = 45


class Officer:
    """Somebody who handles one file at a time, between `on` and `off`; `windows` are the later such stretches."""

    __slots__ = ("code", "is_helper", "number", "off", "on", "windows")

    def __init__(self, number: int, code: str, windows: Iterator[tuple[int, int]], *, is_helper: bool = False) -> None:
        self.number = number
        self.code = code
        self.windows = windows
        self.on, self.off = next(windows)
        self.is_helper = is_helper

    def there_from(self, at: int) -> int:
        """The first moment from `at` on at which a file can be begun."""
        while self.off - at < LAST_MINUTES:
            self.on, self.off = next(self.windows, (NEVER, 2 * NEVER))
        return self.on if self.on > at else at


class Log:
    """What happened to each step: begun, ended, by whom."""

    __slots__ = ("begun", "ended", "officer")

    def __init__(self, step_count: int) -> None:
        self.begun = [-1] * step_count
        self.ended = [-1] * step_count
        self.officer = [-1] * step_count


class Desk:
    """A pool of officers with one queue.

    Args:
        agenda: the heap of coming events.
        log: where begun and ended steps are written.
        length: the seconds of work of each step.
        pause: the seconds before the next file is taken up, by step.
        officers: those who start the period at the desk.
        helpers: those who come when `long_queue` is passed and leave below `short_queue`.
        back_code: the code of the event "officer 0 is back"; the others follow.
    """

    def __init__(
        self, agenda: list[int], log: Log, length: list[int], pause: list[int], officers: list[Officer], back_code: int
    ) -> None:
        self.agenda, self.log, self.back_code = agenda, log, back_code
        self.length, self.pause = length, pause
        self.idle = deque(officers)
        self.helpers: list[Officer] = []
        self.short_queue = self.long_queue = 0
        self.ahead: deque[int] = deque()
        self.usual: deque[int] = deque()
        self.held: deque[int] = deque()

    def receive(self, step: int, at: int, *, overtakes: bool) -> None:
        """A file arrives: somebody idle takes it, or it queues, and a long queue calls a helper."""
        while self.idle:
            officer = self.idle.popleft()
            there_from = officer.there_from(at)
            if there_from <= at:
                self._begin(officer, step, at)
                return
            self._come_back(officer, there_from)
        (self.ahead if overtakes else self.usual).append(step)
        if self.helpers and len(self.ahead) + len(self.usual) > self.long_queue:
            self.free(self.helpers.pop(), at)

    def open_meeting(self, at: int) -> None:
        """The meeting opens: what was held for it goes ahead of the queue, in order."""
        self.usual.extendleft(reversed(self.held))
        self.held.clear()
        waiting, self.idle = self.idle, deque()
        for officer in waiting:
            self.free(officer, at)

    def free(self, officer: Officer, at: int) -> None:
        """An officer is free: goes home, leaves as a helper, takes the next file, or waits."""
        there_from = officer.there_from(at)
        if there_from > at:
            self._come_back(officer, there_from)
        elif officer.is_helper and len(self.ahead) + len(self.usual) < self.short_queue:
            self.helpers.append(officer)
        elif self.ahead or self.usual:
            step = (self.ahead or self.usual).popleft()
            self._begin(officer, step, at + self.pause[step])
        else:
            self.idle.append(officer)

    def _begin(self, officer: Officer, step: int, at: int) -> None:
        ended = min(at + self.length[step], officer.off)
        self.log.begun[step], self.log.ended[step], self.log.officer[step] = at, ended, officer.number
        heappush(self.agenda, ended << CODE_BITS | step << 1 | 1)

    def _come_back(self, officer: Officer, at: int) -> None:
        heappush(self.agenda, at << CODE_BITS | self.back_code + officer.number << 1)

"""Desks with planted habits: a decision day, a queue of one clerk; both in the hours of China's calendar."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import numpy as np
from chinese_calendar import is_workday
from numpy.typing import NDArray

FIRST = dt.date(2024, 3, 1)
OPEN = ((9 * 60.0, 12 * 60.0), (13.5 * 60, 17 * 60.0))
Row = dict[str, str]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def open_minutes(day_count: int) -> list[tuple[dt.datetime, float]]:
    """The stretches of office hours of so many working days: when each begins, and its minutes."""
    days = (FIRST + dt.timedelta(days=number) for number in count())
    found: list[tuple[dt.datetime, float]] = []
    for day in days:
        if is_workday(day):
            start = dt.datetime.combine(day, dt.time())
            found += [(start + dt.timedelta(minutes=low), high - low) for low, high in OPEN]
            if len(found) == 2 * day_count:
                return found
    return found


def moment(minute: float, hours: list[tuple[dt.datetime, float]]) -> dt.datetime:
    """The moment after so many open minutes."""
    for start, length in hours:
        if minute < length:
            return start + dt.timedelta(seconds=round(minute * 60))
        minute -= length
    raise ValueError("beyond the hours drawn")


def rows_of(arrived: Floats, begun: Floats, ended: Floats, hours: list[tuple[dt.datetime, float]]) -> Iterator[Row]:
    """Each file is taken in by the window and then decided by ann."""
    for number, (came, start, end) in enumerate(zip(arrived, begun, ended, strict=True)):
        taken = moment(came, hours).isoformat()
        yield {"case": f"c{number}", "activity": "accept", "started": taken, "completed": taken}
        yield {
            "case": f"c{number}", "activity": "decide", "resource": "ann",
            "started": moment(start, hours).isoformat(), "completed": moment(end, hours).isoformat(),
        }  # fmt: skip


def decision_day_rows(seed: int, *, pause_minutes: float, service_minutes: float = 8, weeks: int = 20) -> list[Row]:
    """Files come in all week; ann decides what is there on the first of every five working days, first come first."""
    rng = np.random.default_rng(seed)
    hours = open_minutes(5 * weeks + 10)
    arrived = np.sort(rng.uniform(0, weeks * 5 * 390, weeks * 15))
    served = rng.gamma(2, service_minutes / 2, arrived.size)
    begun, ended, free = np.zeros(arrived.size), np.zeros(arrived.size), 0.0
    for number, came in enumerate(arrived):
        day = (came // (5 * 390) + 1) * 5 * 390
        begun[number] = max(day, free)
        ended[number] = begun[number] + served[number]
        free = ended[number] + pause_minutes
    return list(rows_of(arrived, begun, ended, hours))


@dataclass(frozen=True)
class Queue:
    """How files come to ann, and how she takes them up.

    Attributes:
        pause_minutes: after each file, on average.
        discipline: `fifo`, `lifo`, `random`, or `green` for a third of the files before all others.
        handover_minutes: how long files lie elsewhere before they reach her, on average.
        busy: the share of her time in files and pauses.
        service_minutes: a file, on average.
        activities: how many kinds of step she does, taken in turn by chance.
    """

    pause_minutes: float = 0.0
    discipline: str = "fifo"
    handover_minutes: float = 0.0
    busy: float = 0.85
    service_minutes: float = 20.0
    activities: int = 1


def queue_rows(seed: int, queue: Queue, *, files: int = 400) -> list[Row]:
    """Files come one by one, four in ten of them overnight, and are done by ann one after the other."""
    rng = np.random.default_rng(seed)
    came = np.cumsum(rng.exponential((queue.service_minutes + queue.pause_minutes) / queue.busy, files))
    came = np.sort(np.where(rng.random(files) < 0.4, came // 390 * 390, came))
    lying = rng.gamma(1.5, queue.handover_minutes / 1.5, files) if queue.handover_minutes else 0.0
    kind, is_green = rng.integers(0, queue.activities, files), rng.random(files) < 1 / 3
    begun, ended = _in_turn(came + lying, is_green, queue, rng)
    rows = list(rows_of(came, begun, ended, open_minutes(int(came[-1] / 390) + 90)))
    for number, row in enumerate(rows[1::2]):
        row["activity"] += str(kind[number])
    return rows


def _in_turn(there: Floats, is_green: Bools, queue: Queue, rng: np.random.Generator) -> tuple[Floats, Floats]:
    keys = {
        "fifo": there, "lifo": -there, "random": rng.random(there.size), "green": np.where(is_green, 0, 1e9) + there,
    }[queue.discipline]  # fmt: skip
    coming, here, free = list(np.argsort(there, kind="stable")), list[tuple[float, int]](), 0.0
    begun, ended = np.zeros(there.size), np.zeros(there.size)
    while coming or here:
        free = free if here else max(free, there[coming[0]])
        while coming and there[coming[0]] <= free:
            heappush(here, (float(keys[coming[0]]), int(coming.pop(0))))
        _, file = heappop(here)
        begun[file], ended[file] = free, free + rng.exponential(queue.service_minutes)
        free = ended[file] + rng.exponential(queue.pause_minutes)
    return begun, ended

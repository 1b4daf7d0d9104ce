"""Desks with planted habits: a decision day, a queue of one clerk; both in the hours of China's calendar."""

import datetime as dt
from collections.abc import Iterator
from itertools import count

import numpy as np
from chinese_calendar import is_workday

FIRST = dt.date(2024, 3, 1)
OPEN = ((9 * 60.0, 12 * 60.0), (13.5 * 60, 17 * 60.0))
Row = dict[str, str]


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


def rows_of(
    arrived: np.ndarray, begun: np.ndarray, ended: np.ndarray, hours: list[tuple[dt.datetime, float]]
) -> Iterator[Row]:
    """Each file is taken in by the window and then decided by ann."""
    for number, (came, start, end) in enumerate(zip(arrived, begun, ended, strict=True)):
        taken = moment(came, hours).isoformat()
        yield {"case": f"c{number}", "activity": "accept", "resource": f"window{number}", "started": taken, "completed": taken}
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


def queue_rows(
    seed: int, *, pause_minutes: float, busy: float = 0.85, service_minutes: float = 20, files: int = 400
) -> list[Row]:
    """Files come one by one and are decided by ann in turn, with a pause after each."""
    rng = np.random.default_rng(seed)
    gap = (service_minutes + pause_minutes) / busy
    arrived = np.cumsum(rng.exponential(gap, files))
    hours = open_minutes(int(arrived[-1] / 390) + 30)
    begun, ended, free = np.zeros(files), np.zeros(files), 0.0
    for number, came in enumerate(arrived):
        begun[number] = max(came, free)
        ended[number] = begun[number] + rng.exponential(service_minutes)
        free = ended[number] + pause_minutes * rng.uniform(0.5, 1.5)
    return list(rows_of(arrived, begun, ended, hours))

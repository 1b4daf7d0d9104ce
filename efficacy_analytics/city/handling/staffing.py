"""How many officers sit at each desk, when they are there, and how much work a file is at a short-handed desk.

Officers are hired for the work drawn, so that a desk is about as busy in a small city as in a large one. A small city
cannot have half an officer: at an ordinary desk the one officer is then less busy, at a planted short-handed desk
the work on each file grows until the desk has too much of it, up to `LONGEST_FILE_DAYS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from efficacy_analytics.city.handling.flow import Flow
from efficacy_analytics.city.handling.work import ROLES
from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.city.town.plan import PART_TIME, Bottleneck, bottlenecks
from efficacy_analytics.city.town.working_time import BEFORE_LUNCH, OPEN_DAY, WorkingTime

USUAL_BUSY_SHARE = 0.62
PART_TIME_BUSY_SHARE = 0.6
SHORT_HANDED_BUSY_SHARE = 1.15
HELPERS_PER_OFFICER = 0.5
LONGEST_FILE_DAYS = 3
LONG_QUEUE, SHORT_QUEUE = 1.25, 0.85
FEWEST_FOR_LEAVE = 3
LEAVE_DAYS = 5
LEAVE_EVERY_DAYS = 120
SHORT_HANDED = ("contention", "prioritisation")
NEVER_AWAY = ((0, 1 << 40),)

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Staff:
    """The officers of one desk.

    Args:
        desk: its number.
        officers: when each of those who stay is there.
        helper_count: how many come when the queue is long.
        long_queue: files from which a helper comes.
        short_queue: files below which a helper leaves.
        is_part_time: whether they are there on one morning a week only.
    """

    desk: int
    officers: tuple[Windows, ...]
    helper_count: int = 0
    long_queue: int = 0
    short_queue: int = 0
    is_part_time: bool = False


def staffed(flow: Flow, time: WorkingTime, rng: np.random.Generator) -> tuple[Flow, list[Staff]]:
    """The flow with the work of short-handed desks adjusted, and the staff of every desk."""
    inside = flow.work.desk >= 0
    desk_count = len(departments()) * len(ROLES)
    busy = np.bincount(flow.work.desk[inside], flow.work.length[inside], minlength=desk_count) / time.horizon
    files = np.bincount(flow.work.desk[inside], minlength=desk_count) / (time.horizon / OPEN_DAY)
    length = flow.work.length.astype(np.float64)
    staff = []
    for desk in np.flatnonzero(files):
        planted = _planted_at(int(desk))
        if planted is not None and planted.cause in SHORT_HANDED:
            officer_count, pace = _too_few(busy[desk], files[desk])
            length[flow.work.desk == desk] *= pace
            staff.append(_short_handed(int(desk), officer_count, files[desk] * planted.waiting_days))
        elif planted is not None:
            staff.append(_part_time(int(desk), planted.department, busy[desk], time))
        else:
            staff.append(_usual(int(desk), busy[desk], time, rng))
    return replace(flow, work=replace(flow.work, length=length.astype(np.int64))), staff


def _planted_at(desk: int) -> Bottleneck | None:
    department, role = divmod(desk, len(ROLES))
    return bottlenecks()[departments()[department].department] if ROLES[role] == "slow" else None


def _too_few(busy: float, files: float) -> tuple[int, float]:
    officer_count = max(1, round(busy / SHORT_HANDED_BUSY_SHARE))
    mean_days = busy / files
    return officer_count, min(SHORT_HANDED_BUSY_SHARE * officer_count / busy, LONGEST_FILE_DAYS / mean_days)


def _short_handed(desk: int, officer_count: int, queue: float) -> Staff:
    return Staff(
        desk,
        officers=(NEVER_AWAY,) * officer_count,
        helper_count=ceil(HELPERS_PER_OFFICER * officer_count),
        long_queue=max(1, round(LONG_QUEUE * queue)),
        short_queue=max(1, round(SHORT_QUEUE * queue)),
    )


def _part_time(desk: int, department: str, busy: float, time: WorkingTime) -> Staff:
    days = np.flatnonzero(time.weekdays() == PART_TIME[department])
    windows = tuple((int(day) * OPEN_DAY, int(day) * OPEN_DAY + BEFORE_LUNCH) for day in days)
    there = len(days) * BEFORE_LUNCH / time.horizon
    return Staff(desk, (windows,) * max(1, ceil(busy / there / PART_TIME_BUSY_SHARE)), is_part_time=True)


def _usual(desk: int, busy: float, time: WorkingTime, rng: np.random.Generator) -> Staff:
    officer_count = max(1, ceil(busy / USUAL_BUSY_SHARE))
    if officer_count < FEWEST_FOR_LEAVE:
        return Staff(desk, (NEVER_AWAY,) * officer_count)
    return Staff(desk, tuple(tuple(_between_leaves(time, rng)) for _ in range(officer_count)))


def _between_leaves(time: WorkingTime, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    day = 0
    for start in range(0, len(time.days), LEAVE_EVERY_DAYS):
        leave = start + int(rng.integers(0, LEAVE_EVERY_DAYS - LEAVE_DAYS))
        yield day * OPEN_DAY, leave * OPEN_DAY
        day = leave + LEAVE_DAYS
    yield day * OPEN_DAY, 1 << 40

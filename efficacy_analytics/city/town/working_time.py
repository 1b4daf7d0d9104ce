"""Which open second of the city's offices is which wall second, and back: one table lookup, no loops over days.

The open clock runs only on working days (make-up workdays included) from 09:00 to 12:00 and from 13:30 to 17:00.
The wall clock counts local seconds from midnight of the first day.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.settings import CHECKOUT

FIRST_DAY = dt.date(2024, 1, 1)
DAY_AFTER_LAST = dt.date(2025, 7, 1)
MORNING, NOON, AFTERNOON, EVENING = (round(hour * 3600) for hour in (9, 12, 13.5, 17))
BEFORE_LUNCH = NOON - MORNING
OPEN_DAY = BEFORE_LUNCH + EVENING - AFTERNOON
WALL_DAY = 86_400

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class WorkingTime:
    """The working days of the period.

    Args:
        days: the number of each working day, counted from the first day of the period.
        day_count: days of the period.
    """

    days: Whole
    day_count: int

    @property
    def horizon(self) -> int:
        """The open seconds of the whole period."""
        return len(self.days) * OPEN_DAY

    def weekdays(self) -> Whole:
        """The weekday of each working day, Monday 0."""
        return (self.days + FIRST_DAY.weekday()) % 7

    def wall_of_starts(self, opened: Whole) -> Whole:
        """Wall seconds of open seconds; the end of one stretch and the start of the next are the start."""
        second = opened % OPEN_DAY
        clock = np.where(second < BEFORE_LUNCH, MORNING + second, AFTERNOON + second - BEFORE_LUNCH)
        return self.days[np.minimum(opened // OPEN_DAY, len(self.days) - 1)] * WALL_DAY + clock

    def wall_of_ends(self, opened: Whole) -> Whole:
        """Wall seconds of open seconds; the end of one stretch and the start of the next are the end."""
        return self.wall_of_starts(opened - 1) + 1

    def opened_at(self, wall: Whole) -> Whole:
        """Open seconds of wall seconds; time outside office hours waits for the next opening."""
        day, clock = wall // WALL_DAY, wall % WALL_DAY
        number = np.searchsorted(self.days, day)
        is_working = self.days[np.minimum(number, len(self.days) - 1)] == day
        within = np.clip(clock - MORNING, 0, BEFORE_LUNCH) + np.clip(clock - AFTERNOON, 0, EVENING - AFTERNOON)
        return number * OPEN_DAY + np.where(is_working, within, 0)


@cache
def working_time() -> WorkingTime:
    """The working days from `FIRST_DAY` until `DAY_AFTER_LAST` of the calendar CN."""
    table = calendar_table(
        "CN", FIRST_DAY.year, DAY_AFTER_LAST.year, reference=CHECKOUT / "data_lake" / "reference"
    ).sort("day")
    day_count = (DAY_AFTER_LAST - FIRST_DAY).days
    first = table["day"].index_of(FIRST_DAY)
    is_working = table["is_working_day"].to_numpy()[first : (first or 0) + day_count]
    return WorkingTime(np.flatnonzero(is_working).astype(np.int64), day_count)

"""Who applies for what, when, and by which channel: seeded draws over the period, with seasons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.city.town.catalogue import departments, items, items_in_demand
from efficacy_analytics.city.town.plan import GREEN_LANE_SHARE, USUAL_GREEN_LANE_SHARE
from efficacy_analytics.city.town.working_time import FIRST_DAY, OPEN_DAY, WALL_DAY, Whole, WorkingTime

CHANNELS = ("window", "pc", "mobile", "courier")
CHANNEL_SHARES = (0.35, 0.40, 0.20, 0.05)
COUNTER_SHARES = (0.90, 0.0, 0.10, 0.0)
OUT_OF_HOURS_SHARE = 0.15
MONTH_FACTORS = (0.95, 0.60, 1.15, 1.10, 1.05, 1.05, 0.95, 0.90, 1.05, 0.95, 1.10, 1.15)
WEEKDAY_FACTORS = (1.20, 1.05, 1.00, 0.95, 0.85, 0.0, 0.0)
LAST_APPLICANT_SECONDS = 6000
ONLINE_FROM, ONLINE_UNTIL = 18 * 3600, 23 * 3600


@dataclass(frozen=True)
class Applications:
    """One place a case, in order of application; `wall` and `opened` are seconds of the two clocks."""

    item: Whole
    department: Whole
    wall: Whole
    opened: Whole
    channel: Whole
    is_green: NDArray[np.bool_]
    is_at_counter: NDArray[np.bool_]


def drawn_applications(
    case_count: int, time: WorkingTime, rng: np.random.Generator, *, items_per_department: int | None = None
) -> Applications:
    """All applications of the period, in order of their time.

    Args:
        case_count: how many.
        time: the working days of the period.
        rng: the seeded source of all draws.
        items_per_department: only so many of each department's items are applied for, those most in demand.
    """
    catalogue = items()
    codes = {row.department: number for number, row in enumerate(departments())}
    department_of = np.array([codes[item.department] for item in catalogue])
    item = rng.choice(len(catalogue), size=case_count, p=_demand(items_per_department))
    department = department_of[item]
    is_at_counter = np.array([row.kind == "on_the_spot" for row in catalogue])[item]
    channel = np.where(
        is_at_counter,
        rng.choice(len(CHANNELS), size=case_count, p=COUNTER_SHARES),
        rng.choice(len(CHANNELS), size=case_count, p=CHANNEL_SHARES),
    )
    is_online = np.isin(channel, (1, 2)) & ~is_at_counter
    wall = _moments(is_online & (rng.random(case_count) < OUT_OF_HOURS_SHARE), time, rng)
    green_share = np.array([GREEN_LANE_SHARE.get(row.department, USUAL_GREEN_LANE_SHARE) for row in departments()])
    is_green = (rng.random(case_count) < green_share[department]) & ~is_at_counter
    order = np.argsort(wall, kind="stable")
    return Applications(
        item=item[order],
        department=department[order],
        wall=wall[order],
        opened=time.opened_at(wall[order]),
        channel=channel[order],
        is_green=is_green[order],
        is_at_counter=is_at_counter[order],
    )


def _demand(items_per_department: int | None) -> NDArray[np.float64]:
    """The share of each item in all applications."""
    weight = np.array([row.weight for row in items()])
    if items_per_department is None:
        return weight
    chosen = {row.item for row in items_in_demand(items_per_department)}
    kept = np.where([row.item in chosen for row in items()], weight, 0.0)
    shares: NDArray[np.float64] = kept / kept.sum()
    return shares


def _moments(is_out_of_hours: NDArray[np.bool_], time: WorkingTime, rng: np.random.Generator) -> Whole:
    size = len(is_out_of_hours)
    working = rng.choice(len(time.days), size=size, p=_day_shares(time))
    second = rng.integers(0, OPEN_DAY - LAST_APPLICANT_SECONDS, size=size)
    in_hours = time.wall_of_starts(working * OPEN_DAY + second)
    any_day = rng.integers(0, time.day_count, size=size)
    evening = any_day * WALL_DAY + rng.integers(ONLINE_FROM, ONLINE_UNTIL, size=size)
    return np.where(is_out_of_hours, evening, in_hours)


def _day_shares(time: WorkingTime) -> NDArray[np.float64]:
    dates = np.datetime64(FIRST_DAY) + time.days
    months = dates.astype("datetime64[M]").astype(np.int64) % 12
    weekday = np.array(WEEKDAY_FACTORS)[time.weekdays()]
    weight = np.array(MONTH_FACTORS)[months] * np.where(weekday > 0, weekday, 1.0)
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares

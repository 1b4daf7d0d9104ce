"""Periods by name, 2025, 2025H1, 2025Q3, 2025-03: how long they are, which follow, and which make up a longer one."""

import datetime as dt
from typing import Final

LENGTHS: Final = {"month": 12, "quarter": 4, "half": 2, "year": 1}
"""How many of them a year has."""


def period_name(length: str, year: int, number: int) -> str:
    """The name of a period of a year, the first one having the number 1."""
    return {"month": f"{year}-{number:02}", "quarter": f"{year}Q{number}", "half": f"{year}H{number}"}.get(
        length, str(year)
    )


def period_length(period: str) -> str:
    """How long a period is, by its name."""
    mark = period[4:5]
    return {"": "year", "H": "half", "Q": "quarter", "-": "month"}[mark]


def period_place(period: str) -> tuple[int, int]:
    """Its year, and its number in it."""
    return int(period[:4]), int(period[5:] or 1)


def period_days(period: str) -> tuple[dt.date, dt.date]:
    """Its first day, and the day after its last one."""
    year, number = period_place(period)
    months = 12 // LENGTHS[period_length(period)]
    first, after = ((number - 1) * months, number * months)
    return dt.date(year, first + 1, 1), dt.date(year + after // 12, after % 12 + 1, 1)


def lies_within(period: str, first_on: dt.date | None, until_on: dt.date | None) -> bool:
    """Whether a period lies wholly between two days.

    Args:
        period: its name.
        first_on: inclusive; none for no bound.
        until_on: exclusive; none for no bound.
    """
    own_first_on, own_until_on = period_days(period)
    return (first_on is None or first_on <= own_first_on) and (until_on is None or own_until_on <= until_on)


def period_index(period: str) -> int:
    """The number of a period among all of its length: the next one has the next number."""
    year, number = period_place(period)
    return year * LENGTHS[period_length(period)] + number - 1


def parts_of(period: str, length: str) -> list[str]:
    """The shorter periods that make up a longer one."""
    year, number = period_place(period)
    each = LENGTHS[length] // LENGTHS[period_length(period)]
    return [period_name(length, year, (number - 1) * each + place) for place in range(1, each + 1)]


def period_around(period: str, length: str) -> str:
    """The longer period that a shorter one lies in."""
    year, number = period_place(period)
    each = LENGTHS[period_length(period)] // LENGTHS[length]
    return period_name(length, year, (number - 1) // each + 1)


def part_key(period: str) -> str:
    """What a part of a year is called in the weights of a total: H1, Q3, 03."""
    return period[4:].removeprefix("-")

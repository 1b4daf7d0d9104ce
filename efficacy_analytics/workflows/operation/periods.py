"""The unit of a pipeline: a day, a month or a quarter, and from which working day after it its documents are due.

A run is for a period and never for the moment at which it happens to start: so it can be repeated, or made later.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from efficacy_analytics.clock.holiday_sources import covered_years, day_kinds
from efficacy_analytics.errors import ParameterError

Unit = Literal["day", "month", "quarter"]
MONTHS: Final = {"month": 1, "quarter": 3}
EXAMPLES: Final = {"day": "2025-03-14", "month": "2025-03", "quarter": "2025Q1"}


@dataclass(frozen=True)
class OfficeCalendar:
    """A calendar by its name, with the folder of what the office keeps of it by hand."""

    name: str
    reference: Path

    def working_days_from(self, day: dt.date) -> list[dt.date]:
        """The working days from a day on, to the end of the next month at least where the calendar reaches so far.

        Raises:
            CalendarError: the calendar does not cover the year.
        """
        years = {day.year, (day + dt.timedelta(days=62)).year}
        covered = covered_years(self.name, self.reference)
        last = max(
            (year for year in years if year in covered), default=day.year
        )  # next year's notice comes in November
        kinds = day_kinds(self.name, day.year, last, reference=self.reference)
        return [one for one, kind in sorted(kinds.items()) if kind.is_working_day and one >= day]

    def last_known_before(self, day: dt.date) -> dt.date | None:
        """The last day that the calendar knows before a day beyond its years; none where it knows none before."""
        years = [year for year in covered_years(self.name, self.reference) if year < day.year]
        return dt.date(max(years), 12, 31) if years else None


@dataclass(frozen=True, order=True)
class Period:
    """A day, a month or a quarter.

    Attributes:
        first_on: its first day.
        until_on: the day after its last one.
        unit: which of the three.
    """

    first_on: dt.date
    until_on: dt.date
    unit: Unit

    @property
    def name(self) -> str:
        """As it is written: 2025-03-14, 2025-03 or 2025Q1."""
        if self.unit == "quarter":
            return f"{self.first_on.year}Q{(self.first_on.month + 2) // 3}"
        return self.first_on.isoformat() if self.unit == "day" else f"{self.first_on:%Y-%m}"

    def following(self) -> "Period":
        """The next period."""
        return period_of(self.unit, self.until_on)


def as_day(text: str | None) -> dt.date | None:
    """A day as it is written; none where there is none."""
    return dt.date.fromisoformat(text) if text else None


def period_of(unit: Unit, day: dt.date) -> Period:
    """The period of that unit in which a day lies."""
    if unit == "day":
        return Period(day, day + dt.timedelta(days=1), unit)
    count = MONTHS[unit]
    first = dt.date(day.year, (day.month - 1) // count * count + 1, 1)
    after = first.month + count
    return Period(first, dt.date(first.year + after // 13, (after - 1) % 12 + 1, 1), unit)


def last_ended(unit: Unit, day: dt.date) -> Period:
    """The last period that was over before a day began."""
    return period_of(unit, period_of(unit, day).first_on - dt.timedelta(days=1))


def period_named(unit: Unit, text: str) -> Period:
    """The period that is written so.

    Raises:
        ParameterError: it is no period of that unit.
    """
    year, _, quarter = text.upper().replace("-Q", "Q").partition("Q")
    try:
        if unit == "day":
            return period_of(unit, dt.date.fromisoformat(text))
        month = f"{3 * int(quarter) - 2:02d}" if unit == "quarter" else text.partition("-")[2]
        found = period_of(unit, dt.date.fromisoformat(f"{year.partition('-')[0]}-{month}-01"))
    except ValueError:
        found = None
    if found is None or found.name != text.upper().replace("-Q", "Q"):
        raise ParameterError(f"'{text}' is not a {unit}.", hint=f"write it as {EXAMPLES[unit]}")
    return found


def between(first: Period, last: Period) -> Iterator[Period]:
    """The periods from one to another, both included."""
    while first <= last:
        yield first
        first = first.following()


def due_on(period: Period, working_day: int | None, calendar: OfficeCalendar) -> dt.date:
    """The day from which the documents of a period are due.

    Args:
        period: the period.
        working_day: which working day after it, from 1; none is the first day after it, worked or not.
        calendar: whose working days.

    Raises:
        CalendarError: the calendar does not cover the year.
    """
    return period.until_on if working_day is None else calendar.working_days_from(period.until_on)[working_day - 1]


def latest_due(unit: Unit, day: dt.date, working_day: int | None, calendar: OfficeCalendar) -> Period:
    """The latest period whose documents are due on a day.

    Raises:
        CalendarError: the calendar does not cover the year.
    """
    period = last_ended(unit, day)
    return period if due_on(period, working_day, calendar) <= day else last_ended(unit, period.first_on)

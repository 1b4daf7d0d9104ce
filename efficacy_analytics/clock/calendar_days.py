"""Single days of a calendar, for reading one case: is the day worked, why, and which is the next that is."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.errors import CalendarError

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """The days of one calendar, for looking up single ones."""

    name: str
    first_on: dt.date
    worked: tuple[bool, ...]
    reasons: tuple[str, ...]

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the day is worked.

        Raises:
            CalendarError: the day is outside the calendar.
        """
        return self.worked[self._place(day)]

    def why(self, day: dt.date) -> str:
        """Why the day is worked or not, in the calendar's words."""
        return self.reasons[self._place(day)]

    def next_working_day(self, day: dt.date) -> dt.date:
        """The day itself where it is worked, else the next that is."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def _place(self, day: dt.date) -> int:
        place = (day - self.first_on).days
        if not 0 <= place < len(self.worked):
            last_on = self.first_on + DAY * (len(self.worked) - 1)
            raise CalendarError(
                f"{day} is outside the calendar {self.name} ({self.first_on} to {last_on}).",
                hint=f"enter that year's notice in reference/calendar/{self.name.partition('/')[0]}.csv "
                "and the year in years.csv beside it",
            )
        return place


def working_calendar(table: pl.DataFrame) -> WorkingCalendar:
    """The days of a calendar table (one calendar, every day in order) for looking up single ones."""
    return WorkingCalendar(
        table["calendar"][0], table["day"][0], tuple(table["is_working_day"].to_list()), tuple(table["why"].to_list())
    )

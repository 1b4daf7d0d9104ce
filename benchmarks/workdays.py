"""The Chinese calendar in the form pm4py's business hours ask for: an object with `is_working_day`."""

import datetime as dt

import chinese_calendar


class ChineseCalendar:
    """Working days by the State Council's notices, make-up days included."""

    def is_working_day(self, day: dt.date) -> bool:
        """Whether that day is worked."""
        return bool(chinese_calendar.is_workday(day))

"""Working days, as statutory and promised time limits count them: one row a calendar and day.

A reading is a monotone number, the working days or the open seconds up to a day; every duration is the difference of
two readings. Public holidays do not count; weekends worked in exchange for a holiday do.

Sources: Administrative Licensing Law art. 82 (limits are in working days, without statutory holidays); the State
Council's notice of each year's holidays.
"""

import datetime as dt
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

import polars as pl

from efficacy_analytics.clock.holiday_sources import MAKEUP, DayKind, covered_years, day_kinds, disagreements
from efficacy_analytics.clock.office_hours import MOST_STRETCHES, OfficeHours, kept_office_hours, parsed_office_hours

__all__ = ["OfficeHours", "calendar_table", "covered_years", "disagreements", "parsed_office_hours"]

STRETCH_COLUMNS = tuple(
    f"{edge}_{number}_seconds" for number in range(1, MOST_STRETCHES + 1) for edge in ("opens", "closes")
)


def calendar_table(
    calendar: str,
    first_year: int,
    last_year: int,
    *,
    reference: Path,
    office_hours: OfficeHours | None = None,
    closed_days: Iterable[dt.date] = (),
    makeup_workdays_count: bool = True,
    calendar_number: int = 1,
) -> pl.DataFrame:
    """The days of a calendar with their readings.

    `working_days_to` counts the working days from the first day up to and including the day; `open_seconds_before`
    the open seconds from the first day up to the day's start. Office hours do not change which days count.

    Args:
        calendar: "CN", "weekdays", a code of the package holidays ("NL", "US-MA"), or "CN/department" with the
            closed days and hours kept for that department.
        first_year: the first year, all of it.
        last_year: the last year, all of it.
        reference: the folder of what the office keeps by hand.
        office_hours: instead of those kept for the calendar.
        closed_days: further days that do not count.
        makeup_workdays_count: whether weekend days worked in exchange for a holiday are working days.
        calendar_number: the number of this calendar in the snapshot.

    Returns:
        One row a day, in order, with the columns of the published table `calendar`.

    Raises:
        CalendarError: a year is outside the calendar.
    """
    kinds = day_kinds(calendar, first_year, last_year, reference=reference)
    kinds.update({day: DayKind(False, "closed: by the department") for day in closed_days if day in kinds})
    if not makeup_workdays_count:
        kinds.update({day: DayKind(False, "weekend") for day, kind in kinds.items() if kind.why.startswith(MAKEUP)})
    hours = office_hours or kept_office_hours(calendar, reference=reference)
    return _with_readings(kinds, hours).select(
        pl.lit(calendar).alias("calendar"), pl.lit(calendar_number, dtype=pl.Int32).alias("calendar_number"), pl.all()
    )


def _with_readings(kinds: dict[dt.date, DayKind], hours: OfficeHours) -> pl.DataFrame:
    days = sorted(kinds)
    padded = cache(partial(_padded_stretches, hours))
    stretches = [padded(day.weekday(), kinds[day].is_working_day, kinds[day].why == "weekend") for day in days]
    table = pl.DataFrame(
        {
            "day": days,
            "is_working_day": [kinds[day].is_working_day for day in days],
            "why": [kinds[day].why for day in days],
            **{
                column: pl.Series([row[place] for row in stretches], dtype=pl.Int32)
                for place, column in enumerate(STRETCH_COLUMNS)
            },
        }
    )
    open_seconds = pl.sum_horizontal(pl.col(STRETCH_COLUMNS[1::2])) - pl.sum_horizontal(pl.col(STRETCH_COLUMNS[0::2]))
    return table.select(
        "day",
        "is_working_day",
        "why",
        pl.col("is_working_day").cast(pl.Int32).cum_sum().alias("working_days_to"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("calendar_days_to"),
        (open_seconds.cast(pl.Int64).cum_sum() - open_seconds).alias("open_seconds_before"),
        *STRETCH_COLUMNS,
    )


def _padded_stretches(
    hours: OfficeHours, weekday: int, is_working_day: bool, is_ordinary_weekend: bool
) -> tuple[int, ...]:
    open_stretches = hours.stretches(weekday, is_working_day=is_working_day, is_ordinary_weekend=is_ordinary_weekend)
    flat = [second for stretch in open_stretches for second in stretch]
    return tuple(flat + [0] * (2 * MOST_STRETCHES - len(flat)))

"""Which days are worked, according to published sources: two packages, checked against each other, and notices.

China's holidays are moved every year by a notice of the State Council, so the years are data: chinesecalendar gives
2004 to 2026, `holidays` is the second opinion, and a row of `reference/calendar/CN.csv` decides where they differ.
Any other country or subdivision that `holidays` knows by its code (NL, US, US-MA) comes from there.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from efficacy_analytics.clock.reference import read_day, read_truth, reference_rows
from efficacy_analytics.errors import CalendarError, CallError

WEEKDAYS_ONLY = "weekdays"
WEEKDAY_YEARS = range(1900, 2200)
MAKEUP = "make-up workday"
WORDS = ("workday", "weekend", "holiday", "make-up workday", "closed")
"""With one of these begins why a day is worked or not; a name follows after a colon."""


class DayKind(NamedTuple):
    """Whether a day is worked, and why."""

    is_working_day: bool
    why: str


def covered_years(calendar: str, reference: Path) -> tuple[int, ...]:
    """The years of which a calendar knows every day, in order.

    They are the years of its package and those that `calendar/years.csv` declares to be given in full, by notice,
    in `calendar/<CODE>.csv` (their other days are Monday to Friday).

    Raises:
        CallError: no package and no file knows the calendar.
    """
    base = calendar.partition("/")[0]
    return tuple(sorted({*_package_years(base), *_declared_years(base, reference)} or _unknown(base)))


def checked_years(calendar: str, first_year: int, last_year: int, *, reference: Path) -> None:
    """Refuses years a calendar does not cover.

    Raises:
        CalendarError: a year from first_year to last_year is not covered.
    """
    known = covered_years(calendar, reference)
    missing = [year for year in range(first_year, last_year + 1) if year not in known]
    if missing:
        base = calendar.partition("/")[0]
        raise CalendarError(
            f"{_span(missing)} is outside the calendar {base} ({_span(known)}).",
            hint=f"enter the days of that year's notice in {reference}/calendar/{base}.csv "
            "(day, is_working_day, why, source) and the year in years.csv beside it",
        )


def day_kinds(calendar: str, first_year: int, last_year: int, *, reference: Path) -> dict[dt.date, DayKind]:
    """Each day from the first year to the last, as its package has it and the correction files correct it.

    Raises:
        CalendarError: a year is not covered.
    """
    checked_years(calendar, first_year, last_year, reference=reference)
    base, _, department = calendar.partition("/")
    kinds = {**_ordinary_kinds(base, first_year, last_year)}
    corrections = {**_corrections(base, reference), **_department_closed_days(base, department, reference)}
    kinds.update({day: kind for day, kind in corrections.items() if day in kinds})
    return kinds


def departments_with_closed_days(reference: Path) -> list[tuple[str, str, int]]:
    """The departments that have closed days of their own: calendar, department and how many days, in their order.

    Args:
        reference: the folder of what the office keeps by hand.
    """
    path = reference / "calendar" / "departments" / "closed_days.csv"
    rows = reference_rows(path, "calendar", "department", "day", "why", "source")
    counts = Counter((row["calendar"].strip(), row["department"].strip()) for row in rows)
    return [(calendar, department, count) for (calendar, department), count in sorted(counts.items())]


def disagreements(first_year: int, last_year: int) -> pl.DataFrame:
    """The days on which chinesecalendar and holidays differ about China.

    Returns:
        One row a day, in order: `day`, `chinesecalendar`, `holidays` (true where the day is worked).
    """
    years = [year for year in range(first_year, last_year + 1) if year in _package_years("CN")]
    ours, theirs = _chinese_kinds(years), _country_kinds("CN", years)
    rows = [
        (day, ours[day].is_working_day, theirs[day].is_working_day)
        for day in _days(years)
        if ours[day].is_working_day != theirs[day].is_working_day
    ]
    schema = {"day": pl.Date, "chinesecalendar": pl.Boolean, "holidays": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _package_years(base: str) -> range:
    if base == WEEKDAYS_ONLY:
        return WEEKDAY_YEARS
    if base == "CN":
        from chinese_calendar import constants

        return range(min(constants.holidays).year, max(constants.holidays).year + 1)
    try:
        country = _country(base, [])
    except NotImplementedError:
        return range(0)
    return range(country.start_year, country.end_year + 1)


@cache
def _ordinary_kinds(base: str, first_year: int, last_year: int) -> Mapping[dt.date, DayKind]:
    """Weekdays, and the days of a package where it knows the year: the same for as long as the process lives."""
    years, known = range(first_year, last_year + 1), _package_years(base)
    kinds = {day: _weekday_kind(day) for day in _days(years)}
    told = [year for year in years if year in known]
    if base != WEEKDAYS_ONLY and told:
        kinds.update(_chinese_kinds(told) if base == "CN" else _country_kinds(base, told))
    return kinds


def _chinese_kinds(years: Sequence[int]) -> dict[dt.date, DayKind]:
    from chinese_calendar import constants

    def kind(day: dt.date) -> DayKind:
        if day in constants.workdays:
            return DayKind(True, f"{MAKEUP}: {constants.workdays[day]}")
        if day in constants.holidays:
            return DayKind(False, f"holiday: {constants.holidays[day]}")
        return _weekday_kind(day)

    return {day: kind(day) for day in _days(years)}


def _country_kinds(base: str, years: Sequence[int]) -> dict[dt.date, DayKind]:
    country = _country(base, years)

    def kind(day: dt.date) -> DayKind:
        if country.is_weekend(day):
            return DayKind(True, MAKEUP) if country.is_working_day(day) else DayKind(False, "weekend")
        name = country.get(day)
        return DayKind(False, f"holiday: {name}") if name else DayKind(True, "workday")

    return {day: kind(day) for day in _days(years)}


def _country(base: str, years: Sequence[int]) -> Any:
    import holidays

    code, _, subdivision = base.partition("-")
    country = holidays.country_holidays(code, subdiv=subdivision or None)
    language = "en_US" if "en_US" in country.supported_languages else None
    return holidays.country_holidays(code, subdiv=subdivision or None, years=years, language=language, expand=False)


def _weekday_kind(day: dt.date) -> DayKind:
    return DayKind(True, "workday") if day.weekday() < 5 else DayKind(False, "weekend")


def _corrections(base: str, reference: Path) -> dict[dt.date, DayKind]:
    path = reference / "calendar" / f"{base}.csv"
    rows = reference_rows(path, "day", "is_working_day", "why", "source")
    if any(not row["source"].strip() for row in rows):
        raise CallError(f"{path} has a row without a source.", hint="name the notice that says so")
    kinds = ((read_day(row["day"], path), read_truth(row["is_working_day"], path), row["why"].strip()) for row in rows)
    return {day: DayKind(is_working_day, _worded(why, is_working_day)) for day, is_working_day, why in kinds}


def _worded(why: str, is_working_day: bool) -> str:
    """What a correction says, headed by the calendar's word for it; an office may leave that out."""
    return why if why.partition(":")[0] in WORDS else f"{'make-up workday' if is_working_day else 'holiday'}: {why}"


def _department_closed_days(base: str, department: str, reference: Path) -> dict[dt.date, DayKind]:
    path = reference / "calendar" / "departments" / "closed_days.csv"
    rows = reference_rows(path, "calendar", "department", "day", "why", "source") if department else []
    return {
        read_day(row["day"], path): DayKind(False, f"closed: {row['why'].strip()}")
        for row in rows
        if (row["calendar"].strip(), row["department"].strip()) == (base, department)
    }


def _declared_years(base: str, reference: Path) -> list[int]:
    path = reference / "calendar" / "years.csv"
    rows = [row for row in reference_rows(path, "calendar", "year", "source") if row["calendar"] == base]
    if any(not re.fullmatch(r"\d{4}", row["year"]) or not row["source"].strip() for row in rows):
        raise CallError(f"{path} has a row without a year or a source.", hint="name the year and its notice")
    return [int(row["year"]) for row in rows]


def _unknown(base: str) -> list[int]:
    raise CallError(
        f"there is no calendar '{base}'.",
        hint="give CN, weekdays, or a country code that the package holidays knows (NL, US, US-MA)",
    )


def _days(years: Iterable[int]) -> Iterator[dt.date]:
    for year in years:
        first = dt.date(year, 1, 1)
        for number in range((dt.date(year + 1, 1, 1) - first).days):
            yield first + dt.timedelta(days=number)


def _span(years: Iterable[int]) -> str:
    """Years as runs: 2004–2026, 2028."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)

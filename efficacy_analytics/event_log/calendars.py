"""The calendar table of a snapshot: the days each delivery's dates can fall on, with their readings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.clock.holiday_sources import covered_years, departments_with_closed_days
from efficacy_analytics.clock.office_hours import parsed_office_hours
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.staging import calendar_numbers
from efficacy_analytics.lake.intake.ingest import Delivery
from efficacy_analytics.lake.layouts.office_hours import OF_ONE

YEARS_AHEAD = 3  # due dates of open cases lie ahead of the last event


def build_calendar(
    engine: Session, deliveries: Sequence[Delivery], reference: Path, *, makeup_workdays_count: bool
) -> None:
    """Makes the table `calendar`: one row per calendar and day; deliveries alike in calendar and hours share one.

    Of the years that the dates of its deliveries touch (and three more for due dates), those are taken that a calendar
    covers; the clock flags every case that needs a day outside.

    Args:
        engine: the building engine, with `deliveries` and `case_dates` staged.
        deliveries: in the order of their numbers.
        reference: where corrections and office hours may lie.
        makeup_workdays_count: whether make-up workdays are working days.

    Raises:
        CannotAnswerError: there is no date at all.
    """
    rows = engine.run("build_years").iter_rows(named=True)
    spans = {row["calendar_number"]: row for row in rows if row["last_on"] is not None}
    if not spans:
        raise CannotAnswerError(
            "what was delivered has no completed step and no dated case.", hint="take in an export that has some"
        )
    firsts = dict(reversed(list(zip(calendar_numbers(deliveries), deliveries, strict=True))))
    used = {number: firsts[number] for number in sorted(firsts) if number in spans}
    days = partial(_days, reference=reference, makeup_workdays_count=makeup_workdays_count)
    tables = [days(delivery, number, spans[number]) for number, delivery in used.items()]
    own = _department_calendars(engine, used, reference)
    tables += [
        days(replace(used[number], calendar=f"{used[number].calendar}/{department}"), of_one, spans[number])
        for number, department, of_one in own.rows()
    ]
    engine.put("department_calendars", own)
    names = [(used[number].calendar, department) for number, department, _ in own.rows()]
    engine.put("own_calendars", pl.DataFrame(names, schema=["calendar", "department"], orient="row"))
    engine.put("calendar", pl.concat(tables).sort("calendar_number", "day"))
    _build_own_hours(engine, used, spans, days)


def _department_calendars(engine: Session, used: dict[int, Delivery], reference: Path) -> pl.DataFrame:
    """The departments whose closed days hold for cases of theirs: `calendar_number`, `department`, `own_number`."""
    there = set(engine.sql("select distinct calendar_number, department from accepted_cases").rows())
    kept = departments_with_closed_days(reference)
    found = [
        (number, department)
        for number, delivery in used.items()
        for calendar, department, _ in kept
        if calendar == delivery.calendar and (number, department) in there
    ]
    rows = [(number, department, max(used) + 1 + place) for place, (number, department) in enumerate(found)]
    types = {"calendar_number": pl.Int32, "department": pl.String, "own_number": pl.Int32}
    return pl.DataFrame(rows, schema=types, orient="row")


def _build_own_hours(
    engine: Session,
    used: dict[int, Delivery],
    spans: dict[int, dict[str, Any]],
    days_of: Callable[..., pl.DataFrame],
) -> None:
    """Makes `resource_calendars` (whose hours) and `resource_calendar_days` (as `calendar`, numbered on from it)."""
    given = [
        (number, kind, name, days)
        for number, delivery in used.items()
        for kind in OF_ONE
        for name, days in sorted(delivery.office_hours.get(kind, {}).items())
    ]
    first = 1 + engine.sql("select max(calendar_number) from calendar").item()
    own = [first + place for place in range(len(given))]
    rows = [(number, kind, name, of_one) for (number, kind, name, _), of_one in zip(given, own, strict=True)]
    types = {"calendar_number": pl.Int32, "kind": pl.String, "name": pl.String, "own_number": pl.Int32}
    engine.put("resource_calendars", pl.DataFrame(rows, schema=types, orient="row"))
    made: dict[tuple[int, str], pl.DataFrame] = {}  # many of one office keep the same hours
    tables = []
    for (number, _, _, hours), of_one in zip(given, own, strict=True):
        alike = (number, str(sorted(hours.items())))
        if alike not in made:
            made[alike] = days_of(used[number], of_one, spans[number], hours=hours)
        tables.append(made[alike].with_columns(pl.lit(of_one, dtype=pl.Int32).alias("calendar_number")))
    empty = engine.sql("from calendar limit 0")
    engine.put("resource_calendar_days", pl.concat([empty, *tables]).drop("calendar"))


def _days(
    delivery: Delivery,
    number: int,
    span: dict[str, Any],
    *,
    reference: Path,
    makeup_workdays_count: bool,
    hours: dict[str, Any] | None = None,
) -> pl.DataFrame:
    covered = covered_years(delivery.calendar, reference)
    wanted = [year for year in covered if span["first_year"] - 1 <= year <= span["last_year"] + YEARS_AHEAD]
    known = wanted or [covered[-1]]
    written = hours or {day: texts for day, texts in delivery.office_hours.items() if day not in OF_ONE}
    return calendar_table(
        delivery.calendar,
        known[0],
        known[-1],
        reference=reference,
        office_hours=parsed_office_hours(written) if written else None,
        makeup_workdays_count=makeup_workdays_count,
        calendar_number=number,
    )

"""Why a case is due when it is: the count day by day, with the rule behind each, as an official would show it.

`efficacy due` prints what `due_explained` and `explanation_text` give; `case_explained` in `case_explanation` does the
same for a case of a snapshot.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from efficacy_analytics.clock.calendar_days import DAY, WorkingCalendar, working_calendar
from efficacy_analytics.clock.explanation_text import explanation_text
from efficacy_analytics.clock.holiday_sources import checked_years, covered_years
from efficacy_analytics.clock.legal import DayReading, Spans, counted_hours, due_at, due_on, readings, spans_of_case
from efficacy_analytics.clock.limits import Limit, Stop, parsed_limit
from efficacy_analytics.clock.rule_texts import limit_text, rule_text
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.clock.zones import never_changed, on_the_clock
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT, ClockSettings

__all__ = ["Count", "due_explained", "due_of", "explanation", "explanation_text"]

KindNames: TypeAlias = dict[str, dict[str, Any]]
SCHEMA = {
    "day": pl.Date,
    "is_counted": pl.Boolean,
    "running_number": pl.Int32,
    "is_due": pl.Boolean,
    "reason": pl.String,
    "rule_zh": pl.String,
    "rule_en": pl.String,
}
FEWEST_PER_YEAR = {"working_days": 200, "on_the_spot": 1, "calendar_days": 365, "months": 12, "hours": 8760}


class Count(NamedTuple):
    """A limit that runs: from when, how long, and what stops it.

    Attributes:
        days: the calendar.
        accepted: the day of acceptance; the local moment for a limit in hours.
        limit: the limit.
        stops: what stops it, to name what takes out a day.
        spans: their union.
        extension_days: days added to the limit.
        kinds: for each kind of stop its `name_zh`, `name_en`, `source_zh`, `source_en`.
        rules: the settings of counting.
        zone: the zone of a limit in hours; None for a clock that is never changed.
    """

    days: WorkingCalendar
    accepted: dt.date | dt.datetime
    limit: Limit
    stops: Sequence[Stop] = ()
    spans: Spans = ()
    extension_days: int = 0
    kinds: KindNames | None = None
    rules: ClockSettings = ClockSettings()
    zone: ZoneInfo | None = None

    @property
    def accepted_on(self) -> dt.date:
        """The day of acceptance."""
        return self.accepted.date() if isinstance(self.accepted, dt.datetime) else self.accepted

    @property
    def is_chinese(self) -> bool:
        """Whether Chinese law is cited."""
        return self.days.name.partition("/")[0] == "CN"


def due_explained(
    accepted: dt.date | dt.datetime,
    limit: str,
    *,
    unit: str | None = None,
    calendar: str = "CN",
    stops: Sequence[Stop | tuple[dt.date, dt.date | None]] = (),
    extension_days: int = 0,
    reference: Path | None = None,
    rules: ClockSettings | None = None,
    as_on: dt.date | None = None,
    zone: str | None = None,
) -> tuple[dt.date, pl.DataFrame]:
    """The due date of a limit, and the count that leads to it.

    Args:
        accepted: the day of acceptance; the local moment for a limit in hours.
        limit: as people write it: "5", "56 calendar_days", "5个工作日".
        unit: of a limit that names none; working days where this names none either.
        calendar: CN, weekdays, a country, or "CN/department".
        stops: spans in which the clock stands still, as (from, until) or as Stop.
        extension_days: days added to the limit.
        reference: the folder of what the office keeps by hand; the project's own where none is given.
        rules: the settings of counting; those of the project where none are given.
        as_on: the day until which a stop without an end runs.
        zone: the IANA zone in which a limit in hours runs; None for a clock that is never changed.

    Returns:
        The due date (for a limit in hours the due moment, with its offset where a zone is given), and one row a day
        from acceptance to the due date:
        `day`, `is_counted`, `running_number` (days counted so far, or hours), `is_due`, `reason` (a code), `rule_zh`,
        `rule_en`.

    Raises:
        CalendarError: a day is outside the calendar.
        CallError: the limit cannot be read, a stop has no end or ends before it starts, or a limit in hours has no
            moment to run from.
    """
    asked = parsed_limit(limit, unit=unit or "working_days")
    given = [stop if isinstance(stop, Stop) else Stop(stop[0], stop[1], kind="") for stop in stops]
    _check_stops(given, as_on)
    accepted_on = accepted.date() if isinstance(accepted, dt.datetime) else accepted
    counting = rules or ClockSettings()
    kept = reference or CHECKOUT / "data_lake" / "reference"
    days = _days_around(calendar, accepted_on, given, asked, kept, counting)
    spans = spans_of_case(given, accepted_on, completed_on=None, as_on=as_on or accepted_on, rules=counting)
    count = Count(days, accepted, asked, given, spans, extension_days, zone=ZoneInfo(zone) if zone else None)
    due = due_of(count)
    return due, explanation(count)


def due_of(count: Count) -> dt.date:
    """The due date of a running limit; the due moment for a limit in hours.

    Raises:
        CallError: a limit in hours has no moment to run from.
    """
    if count.limit.unit != "hours":
        return due_on(
            count.days,
            count.accepted_on,
            count.limit,
            spans=count.spans,
            extension_days=count.extension_days,
            rules=count.rules,
        )
    if not isinstance(count.accepted, dt.datetime):
        raise CallError("a limit in hours needs the moment of acceptance.", hint="give it as 2025-01-20T10:00")
    due = due_at(count.accepted, count.limit.length + 24 * count.extension_days, spans=count.spans)
    return on_the_clock(count.accepted, due, count.zone) if count.zone else due


def explanation(count: Count, *, due: dt.date | None = None, until_on: dt.date | None = None) -> pl.DataFrame:
    """The count day by day, from acceptance to the due date or up to a later day.

    Args:
        count: the running limit.
        due: the due date where it was stated and not counted.
        until_on: the last day shown, where it is after the due date.

    Returns:
        One row a day, as `due_explained` has it.
    """
    if due is not None:
        rows = _day_rows(count, "start_stated", due, due, until_on)
    elif count.limit.unit == "hours":
        rows = _hour_rows(count, due_of(count))
    else:
        start = "start_on_the_spot" if count.limit.unit == "on_the_spot" else "start"
        rows = _day_rows(count, start, _nominal_on(count), due_of(count), until_on)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def calendar_reason(why: str) -> str:
    """The code of a calendar's word: `make-up workday: …` is `makeup`."""
    word = why.partition(":")[0]
    return "makeup" if word == "make-up workday" else word


def _nominal_on(count: Count) -> dt.date:
    """The day on which the limit is used up, which a due date carried forward leaves behind."""
    return due_of(count._replace(rules=dataclasses.replace(count.rules, roll_rest_days=False)))


def _day_rows(
    count: Count, start: str, nominal_on: dt.date, ends: dt.date, until_on: dt.date | None
) -> list[tuple[object, ...]]:
    rows = [_start_row(count, start, is_due=ends == count.accepted_on)]
    last_on = max(ends, until_on or ends)
    for reading in readings(
        count.days, count.accepted_on, count.limit.unit, until_on=last_on, stops=count.stops, spans=count.spans
    ):
        rows.append(_row(count, reading, _reason(reading, count, ends, nominal_on), is_due=reading.day == ends))
    return rows


def _reason(reading: DayReading, count: Count, ends: dt.date, nominal_on: dt.date) -> str:
    if reading.stop_kind is not None:
        return "stopped"
    if reading.day > ends:
        return "beyond" if reading.is_counted else calendar_reason(reading.why)
    if reading.day > nominal_on:
        return "rolled" if reading.day == ends else "rolling"
    if count.limit.unit in ("calendar_days", "months"):
        return "calendar_day" if count.days.is_working_day(reading.day) else "rest_day"
    return calendar_reason(reading.why)


def _start_row(count: Count, reason: str, *, is_due: bool) -> tuple[object, ...]:
    texts = [
        rule_text(
            reason,
            language,
            limit=limit_text(count.limit.length, count.limit.unit, language, extension_days=count.extension_days),
            added=("last",) if is_due else (),
            is_chinese=count.is_chinese,
        )
        for language in ("zh", "en")
    ]
    return (count.accepted_on, False, 0, is_due, reason, *texts)


def _row(count: Count, reading: DayReading, reason: str, *, is_due: bool) -> tuple[object, ...]:
    begins = any(reading.day == from_on for from_on, _ in count.spans)
    ends_month = count.limit.unit == "months" and is_due and reason != "rolled" and not count.spans
    added = (
        ("month",) * ends_month
        + ("last",) * is_due
        + ("stops_tomorrow",) * (begins and not is_due and reason != "stopped")
    )
    kind = (count.kinds or {}).get(reading.stop_kind or "", {})
    texts = [
        rule_text(
            reason,
            language,
            name=kind.get(f"name_{language}", "") if reason == "stopped" else reading.why.partition(": ")[2],
            law=kind.get(f"source_{language}", "") if reason == "stopped" else "",
            added=added,
            is_chinese=count.is_chinese,
        )
        for language in ("zh", "en")
    ]
    is_counted = reading.is_counted and reason not in ("rolling", "rolled")
    return (reading.day, is_counted, reading.running_number, is_due, reason, *texts)


def _hour_rows(count: Count, ends: dt.date) -> list[tuple[object, ...]]:
    accepted = count.accepted
    if not isinstance(accepted, dt.datetime) or not isinstance(ends, dt.datetime):
        raise CallError("a limit in hours needs the moment of acceptance.", hint="give it as 2025-01-20T10:00")
    rows = [_start_row(count, "start_hours", is_due=False)]
    day, number = accepted.date(), 0
    while day <= ends.date():
        until_at = min(ends.replace(tzinfo=None), dt.datetime.combine(day + DAY, dt.time()))
        steady_at = never_changed(accepted, until_at, count.zone) if count.zone else until_at
        hours = counted_hours(accepted, steady_at, spans=count.spans) - number
        number += hours
        is_due = day == ends.date()
        reason = "hours" if hours else "stopped"
        texts = [
            rule_text(
                reason,
                language,
                hours=hours,
                added=("last_hours",) if is_due else (),
                time=f"{ends:%H:%M}",
                is_chinese=count.is_chinese,
            )
            for language in ("zh", "en")
        ]
        rows.append((day, hours > 0, number, is_due, reason, *texts))
        day += DAY
    return rows


def _check_stops(stops: Iterable[Stop], as_on: dt.date | None) -> None:
    for stop in stops:
        if stop.until_on is not None and stop.until_on < stop.from_on:
            raise CallError(
                f"a stop from {stop.from_on} ends before it starts, on {stop.until_on}.", hint="give FROM, then UNTIL"
            )
        if stop.until_on is None and as_on is None:
            raise CallError(f"a stop from {stop.from_on} has no end.", hint="say until which day it runs so far")


def _days_around(
    calendar: str, accepted_on: dt.date, stops: Iterable[Stop], limit: Limit, reference: Path, rules: ClockSettings
) -> WorkingCalendar:
    """The years a count can touch, as far as the calendar covers them without a gap; hours need none of it."""
    known = covered_years(calendar, reference)
    if limit.unit == "hours":
        return WorkingCalendar(calendar, accepted_on, (), ())
    checked_years(calendar, accepted_on.year, accepted_on.year, reference=reference)
    latest = max([accepted_on, *(stop.until_on for stop in stops if stop.until_on)]).year
    wanted = latest + limit.length // FEWEST_PER_YEAR[limit.unit] + 2
    following = list(takewhile(lambda year: year in known, range(accepted_on.year, wanted + 1)))
    table = calendar_table(
        calendar,
        accepted_on.year,
        following[-1],
        reference=reference,
        makeup_workdays_count=rules.count_makeup_workdays,
    )
    return working_calendar(table)

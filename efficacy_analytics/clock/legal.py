"""The legal clock of one case, read day by day as the law has it: what counts, when it is due, whether it is late.

A limit runs from the day after acceptance: the first day is not counted, the last one is, to its end. Days taken out
by a stop are not counted, and a day taken out twice is taken out once. This is the reading to hold up against the
tables: slow, plain, and for single cases; `clock/verdicts.py` does the same for all cases by subtraction.

Sources: Civil Code art. 200–204 (how periods are counted); Administrative Licensing Law art. 32, 42, 44, 45, 82.
The choices made where the law leaves one are in docs/assumptions.md.
"""

import calendar as gregorian
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from efficacy_analytics.clock.calendar_days import DAY, WorkingCalendar
from efficacy_analytics.clock.limits import Limit, Stop, stopped_spans
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import ClockSettings

Spans: TypeAlias = Sequence[tuple[dt.date, dt.date]]


class DayReading(NamedTuple):
    """One day after acceptance: whether it counts, the count so far, why, and the kind of stop that takes it out."""

    day: dt.date
    is_counted: bool
    running_number: int
    why: str
    stop_kind: str | None


class Acceptance(NamedTuple):
    """From when the clock runs, and how that came about."""

    accepted_on: dt.date | None
    is_deemed: bool
    is_notice_overdue: bool


@dataclass(frozen=True)
class Verdict:
    """What the clock says of one case; days in the limit's unit (calendar days for months).

    A case completed on a day before its acceptance is not judged: `is_late` is null.
    """

    counted_days: int
    stopped_days: int
    due_on: dt.date
    due_at: dt.datetime | None
    is_open: bool
    is_late: bool | None
    remaining_days: int


def readings(
    days: WorkingCalendar,
    accepted_on: dt.date,
    unit: str,
    *,
    until_on: dt.date = dt.date.max,
    stops: Iterable[Stop] = (),
    spans: Spans = (),
) -> Iterator[DayReading]:
    """Day after day from the day after acceptance, with the count so far.

    Args:
        days: the calendar.
        accepted_on: the day of acceptance, which does not count.
        unit: working_days (and on_the_spot) count working days, every other unit all days.
        until_on: the last day read; the calendar need not reach beyond it.
        stops: the stops themselves, to say which one took out a day.
        spans: their union.

    Raises:
        CalendarError: a day that is read is outside the calendar.
    """
    named = list(stops)
    number, day = 0, accepted_on
    while day < until_on:
        day += DAY
        why = days.why(day)
        is_stopped = any(from_on < day <= until_on for from_on, until_on in spans)
        is_counted = not is_stopped and (days.is_working_day(day) or unit in ("calendar_days", "months"))
        number += is_counted
        yield DayReading(day, is_counted, number, why, _kind_of_stop(day, named) if is_stopped else None)


def counted_days(
    days: WorkingCalendar, accepted_on: dt.date, until_on: dt.date, unit: str, *, spans: Spans = ()
) -> int:
    """How many days count after acceptance, up to and including `until_on`."""
    number = 0
    for reading in readings(days, accepted_on, unit, until_on=until_on, spans=spans):
        number = reading.running_number
    return number


def length_in_days(accepted_on: dt.date, limit: Limit, *, extension_days: int = 0) -> int:
    """The limit in days of its kind; a limit in months ends on the same day number, else on the month's last day.

    Source: Civil Code art. 202.
    """
    if limit.unit != "months":
        return limit.length + extension_days
    months = accepted_on.month - 1 + limit.length
    year, month = accepted_on.year + months // 12, months % 12 + 1
    last_on = dt.date(year, month, min(accepted_on.day, gregorian.monthrange(year, month)[1]))
    return (last_on - accepted_on).days + extension_days


def due_on(
    days: WorkingCalendar,
    accepted_on: dt.date,
    limit: Limit,
    *,
    spans: Spans = (),
    extension_days: int = 0,
    rules: ClockSettings | None = None,
) -> dt.date:
    """The first day at which the count reaches the limit; on it the case is still in time.

    A limit in calendar days or months, or on the spot, that ends on a rest day ends on the next working day instead,
    where the setting says so (Civil Code art. 203).

    Args:
        days: the calendar.
        accepted_on: the day of acceptance.
        limit: in working days, calendar days, months, or on the spot (the day of acceptance).
        spans: the union of the stops.
        extension_days: days added to the limit, of the limit's own kind.
        rules: the settings; the defaults where none are given.

    Raises:
        CalendarError: the due date is outside the calendar.
    """
    length = length_in_days(accepted_on, limit, extension_days=extension_days)
    nominal_on = accepted_on
    if length > 0:
        walk = readings(days, accepted_on, limit.unit, spans=spans)
        nominal_on = next(reading.day for reading in walk if reading.running_number == length)
    rolls = (rules or ClockSettings()).roll_rest_days and (limit.unit in ("calendar_days", "months") or length <= 0)
    return days.next_working_day(nominal_on) if rolls else nominal_on


def due_at(accepted_at: dt.datetime, hours: int, *, spans: Spans = ()) -> dt.datetime:
    """The local moment a limit in hours ends: it runs at all hours from the moment of acceptance, save stopped days."""
    now, left = accepted_at, dt.timedelta(hours=hours)
    for stands_still_at, runs_again_at in _stopped_moments(accepted_at, spans):
        if now + left <= stands_still_at:
            break
        left -= stands_still_at - now
        now = runs_again_at
    return now + left


def counted_hours(accepted_at: dt.datetime, until_at: dt.datetime, *, spans: Spans = ()) -> int:
    """Hours begun between two local moments, without stopped days."""
    stopped = sum(
        (
            max(min(until_at, again) - min(until_at, still), dt.timedelta())
            for still, again in _stopped_moments(accepted_at, spans)
        ),
        dt.timedelta(),
    )
    return max(0, math.ceil((until_at - accepted_at - stopped) / dt.timedelta(hours=1)))


def spans_of_case(
    stops: Iterable[Stop],
    accepted_on: dt.date,
    *,
    completed_on: dt.date | None,
    as_on: dt.date,
    rules: ClockSettings | None = None,
) -> Spans:
    """The union of a case's stops, from its acceptance to its completion; an open one runs to completion or `as_on`."""
    takes_out = (rules or ClockSettings()).stop_takes_out_its_first_day
    spans = stopped_spans(stops, as_on=completed_on or as_on, takes_out_first_day=takes_out)
    clipped = [(max(from_on, accepted_on), min(until_on, completed_on or until_on)) for from_on, until_on in spans]
    return [span for span in clipped if span[0] < span[1]]


def verdict(
    days: WorkingCalendar,
    accepted: dt.date | dt.datetime,
    limit: Limit,
    *,
    completed: dt.date | dt.datetime | None = None,
    as_on: dt.date,
    stops: Iterable[Stop] = (),
    extension_days: int = 0,
    rules: ClockSettings | None = None,
) -> Verdict:
    """The verdict of one case at the date `as_on`: late if and only if completed on a later date than due.

    A case completed on a day before its acceptance is not judged.

    A case completed after `as_on` is still open then. A limit in hours is judged by the moment, an open one as
    at the start of `as_on`.

    Args:
        days: the calendar.
        accepted: the day of acceptance; the local moment for a limit in hours.
        limit: the limit that judges.
        completed: the day of completion (the local moment for a limit in hours), null while open.
        as_on: the date the verdict is for.
        stops: the case's stops, in any order.
        extension_days: days added to the limit, of its own kind (a day of a limit in hours is 24 hours).
        rules: the settings; the defaults where none are given.

    Raises:
        CalendarError: a day that is needed is outside the calendar.
    """
    accepted_on, completed_on = _date(accepted), _date(completed) if completed else None
    completed_on = completed_on if completed_on and completed_on <= as_on else None
    end_on = completed_on or as_on
    spans = spans_of_case(stops, accepted_on, completed_on=completed_on, as_on=as_on, rules=rules)
    if limit.unit == "hours":
        end_at = completed if completed_on else dt.datetime.combine(as_on, dt.time())
        return _verdict_in_hours(accepted, limit.length + 24 * extension_days, spans, end_at, completed_on is None)
    due = due_on(days, accepted_on, limit, spans=spans, extension_days=extension_days, rules=rules)
    counted = counted_days(days, accepted_on, end_on, limit.unit, spans=spans)
    total = counted_days(days, accepted_on, end_on, limit.unit)
    length = length_in_days(accepted_on, limit, extension_days=extension_days)
    rolled_days = 0
    if limit.unit in ("calendar_days", "months"):
        unrolled = due_on(days, accepted_on, limit, spans=spans, extension_days=extension_days, rules=_UNROLLED)
        rolled_days = (due - unrolled).days
    elif length == 0:
        rolled_days = int(due > accepted_on)
    is_late = None if completed_on and completed_on < accepted_on else end_on > due
    return Verdict(counted, total - counted, due, None, completed_on is None, is_late, length + rolled_days - counted)


def acceptance(
    days: WorkingCalendar,
    *,
    applied_on: dt.date,
    accepted_on: dt.date | None,
    noticed_on: Iterable[dt.date] = (),
    as_on: dt.date,
    within_working_days: int = 5,
) -> Acceptance:
    """From when the clock of an application runs: its acceptance, or its receipt where nothing was said in time.

    An application neither accepted nor answered by a notice of what is missing within five working days is deemed
    accepted on the day it was received. A recorded acceptance stands, however late.

    Source: Administrative Licensing Law art. 32.
    """
    noticed = list(noticed_on)
    in_time = [day for day in noticed if counted_days(days, applied_on, day, "working_days") <= within_working_days]
    overdue = len(in_time) < len(noticed)
    if accepted_on is not None:
        return Acceptance(accepted_on, False, overdue)
    is_deemed = not in_time and counted_days(days, applied_on, as_on, "working_days") > within_working_days
    return Acceptance(applied_on if is_deemed else None, is_deemed, overdue)


_UNROLLED = ClockSettings(roll_rest_days=False)


def _verdict_in_hours(accepted: dt.date, hours: int, spans: Spans, end_at: dt.date | None, is_open: bool) -> Verdict:
    if not isinstance(accepted, dt.datetime) or not isinstance(end_at, dt.datetime):
        raise CallError("a limit in hours needs the moment.", hint="give it as 2025-01-20T10:00")
    due = due_at(accepted, hours, spans=spans)
    counted = counted_hours(accepted, end_at, spans=spans)
    end_on = end_at.date()
    stopped = sum((min(until_on, end_on) - min(from_on, end_on)).days for from_on, until_on in spans)
    is_late = None if not is_open and end_on < accepted.date() else end_at > due
    return Verdict(counted, stopped, due.date(), due, is_open, is_late, hours - counted)


def _stopped_moments(accepted_at: dt.datetime, spans: Spans) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for from_on, until_on in spans:
        from_on = max(from_on, accepted_at.date())
        if from_on < until_on:
            yield dt.datetime.combine(from_on + DAY, dt.time()), dt.datetime.combine(until_on + DAY, dt.time())


def _kind_of_stop(day: dt.date, stops: Sequence[Stop]) -> str | None:
    covering = [stop for stop in stops if stop.from_on <= day and (stop.until_on is None or day <= stop.until_on)]
    return min(covering, key=lambda stop: (stop.from_on, stop.kind)).kind if covering else None


def _date(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment

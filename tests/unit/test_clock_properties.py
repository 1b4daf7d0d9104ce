"""What must hold of any count: it adds up, no order matters, nothing is taken out twice, the due date comes first."""

import datetime as dt
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from efficacy_analytics.clock.calendar_days import WorkingCalendar
from efficacy_analytics.clock.legal import counted_days, due_on, spans_of_case, verdict
from efficacy_analytics.clock.limits import UNITS, Limit, Stop, parsed_limit, stopped_spans
from efficacy_analytics.clock.office_hours import parsed_office_hours
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.settings import CHECKOUT, ClockSettings

FIRST_ON = dt.date(2024, 1, 1)
DAY = dt.timedelta(days=1)
LENGTH = 400
DAY_UNITS = st.sampled_from(["working_days", "calendar_days"])
SETTINGS = st.builds(ClockSettings, roll_rest_days=st.booleans(), stop_takes_out_its_first_day=st.booleans())
quick = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """A calendar in which any day may be worked, but no rest is longer than ten days."""
    worked = draw(st.lists(st.booleans(), min_size=60, max_size=60)) * (LENGTH // 60 + 1)
    worked = [is_worked or place % 10 == 0 for place, is_worked in enumerate(worked)]
    return WorkingCalendar("drawn", FIRST_ON, tuple(worked), tuple("workday" if one else "weekend" for one in worked))


def days(first: int, last: int) -> st.SearchStrategy[dt.date]:
    return st.integers(first, last).map(lambda place: FIRST_ON + DAY * place)


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    from_on = draw(days(0, 120))
    return Stop(from_on, from_on + DAY * draw(st.integers(-2, 25)))


@quick
@given(calendars(), days(0, 90), st.integers(0, 40), st.integers(0, 40), DAY_UNITS, st.lists(stops(), max_size=4))
def test_counts_of_adjoining_spans_add_up(
    calendar: WorkingCalendar, start: dt.date, first: int, second: int, unit: str, drawn: list[Stop]
) -> None:
    spans = stopped_spans(drawn, as_on=FIRST_ON)
    middle, end = start + DAY * first, start + DAY * (first + second)
    whole = counted_days(calendar, start, end, unit, spans=spans)
    parts = (
        counted_days(calendar, start, middle, unit, spans=spans),
        counted_days(calendar, middle, end, unit, spans=spans),
    )
    assert whole == sum(parts)


@quick
@given(calendars(), days(0, 60), st.integers(0, 25), DAY_UNITS, st.lists(stops(), max_size=5), st.randoms(), SETTINGS)
def test_the_order_of_stops_does_not_matter_nor_that_one_is_told_twice(
    calendar: WorkingCalendar,
    start: dt.date,
    length: int,
    unit: str,
    drawn: list[Stop],
    chance: object,
    rules: ClockSettings,
) -> None:
    as_on = start + DAY * 90
    again = drawn + drawn[:2]
    chance.shuffle(again)  # type: ignore[attr-defined]
    given_once = verdict(calendar, start, Limit(length, unit), as_on=as_on, stops=drawn, rules=rules)
    assert verdict(calendar, start, Limit(length, unit), as_on=as_on, stops=again, rules=rules) == given_once


@quick
@given(st.lists(stops(), max_size=6), st.booleans())
def test_the_union_of_stops_is_disjoint_in_order_and_takes_out_the_same_days(
    drawn: list[Stop], first_too: bool
) -> None:
    spans = stopped_spans(drawn, as_on=FIRST_ON, takes_out_first_day=first_too)
    assert all(one[0] < one[1] for one in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    taken = {from_on + DAY * (place + 1) for from_on, until_on in spans for place in range((until_on - from_on).days)}
    plainly = set()
    for stop in drawn:
        assert stop.until_on
        first_on = stop.from_on if first_too else stop.from_on + DAY
        if stop.until_on >= stop.from_on:
            plainly |= {first_on + DAY * place for place in range((stop.until_on - first_on).days + 1)}
    assert taken == plainly


@quick
@given(calendars(), days(40, 60), st.integers(0, 20), st.integers(0, 30), DAY_UNITS, SETTINGS)
def test_a_stop_outside_the_case_changes_nothing(
    calendar: WorkingCalendar, start: dt.date, length: int, lasting: int, unit: str, rules: ClockSettings
) -> None:
    completed = start + DAY * lasting
    outside = [Stop(start - DAY * 20, start), Stop(completed + DAY, completed + DAY * 30)]
    given_without = verdict(
        calendar, start, Limit(length, unit), completed=completed, as_on=completed + DAY * 9, rules=rules
    )
    assert given_without == verdict(
        calendar, start, Limit(length, unit), completed=completed, as_on=completed + DAY * 9, stops=outside, rules=rules
    )


@quick
@given(calendars(), days(0, 60), st.integers(1, 25), DAY_UNITS, st.lists(stops(), max_size=4))
def test_the_due_date_is_the_first_day_on_which_the_count_reaches_the_limit(
    calendar: WorkingCalendar, start: dt.date, length: int, unit: str, drawn: list[Stop]
) -> None:
    spans = stopped_spans(drawn, as_on=FIRST_ON)
    due = due_on(calendar, start, Limit(length, unit), spans=spans, rules=ClockSettings(roll_rest_days=False))
    assert counted_days(calendar, start, due, unit, spans=spans) == length
    assert counted_days(calendar, start, due - DAY, unit, spans=spans) == length - 1


@quick
@given(
    calendars(), days(0, 60), st.integers(0, 20), st.integers(0, 60), DAY_UNITS, st.lists(stops(), max_size=4), SETTINGS
)
def test_a_case_is_late_if_and_only_if_completed_on_a_later_date_than_due(
    calendar: WorkingCalendar,
    start: dt.date,
    length: int,
    lasting: int,
    unit: str,
    drawn: list[Stop],
    rules: ClockSettings,
) -> None:
    completed = start + DAY * lasting
    found = verdict(
        calendar, start, Limit(length, unit), completed=completed, as_on=completed, stops=drawn, rules=rules
    )
    assert found.is_late == (completed > found.due_on)
    spans = spans_of_case(drawn, start, completed_on=completed, as_on=completed, rules=rules)
    whole = counted_days(calendar, start, completed, unit)
    assert found.counted_days + found.stopped_days == whole
    assert found.counted_days == counted_days(calendar, start, completed, unit, spans=spans)


@quick
@given(st.integers(0, 9999), st.sampled_from(UNITS))
def test_a_limit_written_out_is_read_back(length: int, unit: str) -> None:
    limit = Limit(0 if unit == "on_the_spot" else length, unit)
    assert parsed_limit(str(limit)) == limit


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.data())
def test_open_seconds_are_what_counting_every_open_minute_gives(data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True)))
    stretches = list(zip(edges[::2], edges[1::2], strict=False))
    written = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in stretches]
    hours = parsed_office_hours({"workdays": written, "friday": written[:1], "sunday": written[-1:]})
    table = calendar_table("CN", 2025, 2025, reference=CHECKOUT / "data_lake" / "reference", office_hours=hours)
    place = data.draw(st.integers(0, 350))
    low = FIRST_ON.replace(year=2025) + DAY * place
    rows = {row["day"]: row for row in table.slice(place, 10).iter_rows(named=True)}

    def is_open(moment: dt.datetime) -> bool:
        row = rows[moment.date()]
        if row["is_working_day"]:
            spans = {4: stretches[:1], 6: stretches[-1:]}.get(moment.weekday(), stretches)
        else:
            spans = stretches[-1:] if moment.weekday() == 6 and row["why"] == "weekend" else []
        return any(opens <= moment.hour * 60 + moment.minute < closes for opens, closes in spans)

    start = dt.datetime.combine(low, dt.time()) + dt.timedelta(minutes=data.draw(st.integers(0, 4000)))
    end = start + dt.timedelta(minutes=data.draw(st.integers(0, 6000)))
    minutes = sum(
        is_open(start + dt.timedelta(minutes=number)) for number in range(int((end - start).total_seconds() // 60))
    )
    assert reading(table, end) - reading(table, start) == 60 * minutes


def reading(table: pl.DataFrame, moment: dt.datetime) -> int:
    """Open seconds up to a moment: those before its day, and the part of each stretch that has passed."""
    row = table.row(by_predicate=pl.col("day") == moment.date(), named=True)
    passed = moment.hour * 3600 + moment.minute * 60
    return int(row["open_seconds_before"]) + sum(
        max(0, min(passed, row[f"closes_{number}_seconds"]) - row[f"opens_{number}_seconds"]) for number in (1, 2, 3)
    )

"""The event log built in SQL against a plain reading of the same rows, on random logs."""

import datetime as dt
import random
from itertools import pairwise
from statistics import mean, median

import pytest
from chinese_calendar import is_workday
from support.drawn import log_of
from support.samples import seeds

from efficacy_analytics.clock.office_hours import parsed_office_hours

Hours = tuple[tuple[int, int], ...]
HOURS: Hours = ((9 * 3600, 12 * 3600), (13 * 3600 + 1800, 17 * 3600))  # the office hours kept for CN


def random_rows(seed: int, *, with_starts: bool) -> list[dict[str, str]]:
    draw = random.Random(seed)
    rows = []
    for case in range(draw.randint(1, 12)):
        moment = dt.datetime(2025, 1, 15) + dt.timedelta(seconds=draw.randrange(20 * 86400))
        for _ in range(draw.randint(1, 9)):
            started = moment + dt.timedelta(seconds=draw.choice((0, 0, 60, 7000, 90000, -3000)))
            moment = started + dt.timedelta(seconds=draw.choice((0, 30, 5000, 200000)))
            row = {"case": f"c{case}", "activity": draw.choice("abcd"), "completed": moment.isoformat()}
            rows.append(row | ({"started": started.isoformat()} if with_starts and draw.random() < 0.9 else {}))
    draw.shuffle(rows)
    return rows


def open_seconds(start: dt.datetime, end: dt.datetime, hours: Hours = HOURS) -> float:
    """Open seconds between two local moments, day by day."""
    total, day = 0.0, start.date()
    while day <= end.date():
        if is_workday(day):
            midnight = dt.datetime.combine(day, dt.time())
            for opens, closes in hours:
                low = max(start, midnight + dt.timedelta(seconds=opens))
                high = min(end, midnight + dt.timedelta(seconds=closes))
                total += max(0.0, (high - low).total_seconds())
        day += dt.timedelta(days=1)
    return total


def working_days(start: dt.date, end: dt.date) -> int:
    return sum(is_workday(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def plain_cases(rows: list[dict[str, str]]) -> dict[str, list[tuple]]:
    """Per case its instances (activity, start, completion) in order of start, completion and source."""
    cases: dict[str, list[tuple]] = {}
    for number, row in enumerate(rows):
        completed = dt.datetime.fromisoformat(row["completed"])
        started = dt.datetime.fromisoformat(row["started"]) if "started" in row else completed
        cases.setdefault(row["case"], []).append((started, completed, number, row["activity"]))
    return {
        case: [(activity, start, end) for start, end, _, activity in sorted(found)] for case, found in cases.items()
    }


def plain_events(rows: list[dict[str, str]]) -> list[tuple]:
    read = []
    for key, instances in enumerate(plain_cases(rows).values()):
        enabled = None
        for number, (activity, start, end) in enumerate(instances, 1):
            waits = enabled is not None and start > enabled
            waited = (
                (None, None, None)
                if enabled is None
                else (
                    (start - enabled).total_seconds(),
                    open_seconds(enabled, start),
                    working_days(enabled.date(), start.date()),
                )
                if waits
                else (0, 0, 0)
            )
            served = ((end - start).total_seconds(), open_seconds(start, end), working_days(start.date(), end.date()))
            following = instances[number][0] if number < len(instances) else None
            read.append((key, number, activity, following, *waited, *served))
            enabled = end if enabled is None else max(enabled, end)
    return read


@pytest.mark.parametrize("with_starts", [True, False])
@pytest.mark.parametrize("seed", seeds(2, of=12))
def test_every_event_has_the_lengths_a_reader_would_count(seed: int, with_starts: bool) -> None:
    rows = random_rows(seed, with_starts=with_starts)
    with log_of(rows) as log:
        built = log.connection.sql(
            "select case_key, event_number, activity, next_activity, waiting_elapsed_seconds, waiting_open_seconds,"
            " waiting_counted_days, service_elapsed_seconds, service_open_seconds, service_counted_days"
            " from event_log order by case_key, event_number"
        ).fetchall()
    assert built == plain_events(rows)


@pytest.mark.parametrize("seed", seeds(3, of=8))
def test_directly_follows_counts_what_a_reader_would_count(seed: int) -> None:
    rows = random_rows(seed, with_starts=True)
    pairs: dict[tuple[str, str], list[float]] = {}
    days: dict[tuple[str, str], list[int]] = {}
    for instances in plain_cases(rows).values():
        for (activity, _, end), (following, start, _) in pairwise(instances):
            pairs.setdefault((activity, following), []).append(max(0.0, (start - end).total_seconds()))
            days.setdefault((activity, following), []).append(working_days(end.date(), start.date()))
    with log_of(rows) as log:
        table = log.run("directly_follows")
    counted = {(row["activity"], row["next_activity"]): row for row in table.iter_rows(named=True)}
    assert counted.keys() == pairs.keys()
    for pair, lengths in pairs.items():
        assert counted[pair]["transition_count"] == len(lengths)
        assert counted[pair]["elapsed_seconds_mean"] == pytest.approx(mean(lengths))
        assert counted[pair]["elapsed_seconds_median"] == pytest.approx(median(lengths))
        assert counted[pair]["counted_days_mean"] == pytest.approx(mean(days[pair]))
        assert counted[pair]["counted_days_median"] == pytest.approx(median(days[pair]))


@pytest.mark.parametrize("seed", seeds(3, of=8))
def test_variants_are_the_sequences_a_reader_would_write_down(seed: int) -> None:
    rows = random_rows(seed, with_starts=False)
    sequences: dict[tuple[str, ...], int] = {}
    for instances in plain_cases(rows).values():
        sequence = tuple(activity for activity, _, _ in instances)
        sequences[sequence] = sequences.get(sequence, 0) + 1
    with log_of(rows) as log:
        table = log.run("variants")
    assert {tuple(row["activities"]): row["case_count"] for row in table.iter_rows(named=True)} == sequences


@pytest.mark.parametrize(
    "written",
    [["00:00-24:00"], ["08:00-12:00", "12:00-18:00"], ["09:07-11:55", "12:05-12:20", "12:21-23:59"], ["10:30-10:31"]],
)
def test_any_office_hours_are_counted_to_the_second(written: list[str]) -> None:
    rows = random_rows(5, with_starts=True) + random_rows(6, with_starts=False)
    office_hours = parsed_office_hours({"workdays": written})
    hours = office_hours.workdays
    with log_of(rows, office_hours=office_hours) as log:
        built = log.connection.sql(
            "select service_open_seconds, previous_to_start_open from event_log inner join event_facts"
            " using (case_key, event_number) order by case_key, event_number"
        ).fetchall()
    assert built == [
        (
            open_seconds(start, end, hours),
            signed_open_seconds(instances[number - 1][2], start, hours) if number else None,
        )
        for instances in plain_cases(rows).values()
        for number, (_, start, end) in enumerate(instances)
    ]


def signed_open_seconds(start: dt.datetime, end: dt.datetime, hours: Hours) -> float:
    return open_seconds(start, end, hours) if start <= end else -open_seconds(end, start, hours)


@pytest.mark.parametrize("seed", seeds(2, of=12))
def test_stopped_days_are_left_out_of_the_counted_days_of_each_event(seed: int) -> None:
    rows, draw = random_rows(seed, with_starts=True), random.Random(seed + 100)
    cases = list(dict.fromkeys(row["case"] for row in rows))
    stops = {case: random_stops(draw) for case in cases}
    in_calendar_days = [case for case in cases if draw.random() < 0.4]
    counted = []
    for case, instances in plain_cases(rows).items():
        for number, (_, start, end) in enumerate(instances):
            kept = (stops[case], case in in_calendar_days)
            enabled = max((before for _, _, before in instances[:number]), default=None)
            waited = counted_days(enabled.date(), max(enabled, start).date(), *kept) if enabled else None
            counted.append((waited, counted_days(start.date(), end.date(), *kept)))
    with log_of(rows, stops=stops, in_calendar_days=in_calendar_days) as log:
        built = log.connection.sql(
            "select waiting_counted_days, service_counted_days from event_log order by case_key, event_number"
        ).fetchall()
    assert built == counted


def random_stops(draw: random.Random) -> list[tuple[dt.date, dt.date]]:
    """Up to three clock stops, one after the other."""
    day, stops = dt.date(2025, 1, 12), []
    for _ in range(draw.randint(0, 3)):
        begins = day + dt.timedelta(days=draw.randint(0, 8))
        day = begins + dt.timedelta(days=draw.randint(0, 9))
        stops.append((begins, day))
    return stops


def counted_days(start: dt.date, end: dt.date, stops: list[tuple[dt.date, dt.date]], in_calendar_days: bool) -> int:
    """Days after the start up to and including the end that count and that no stop takes out."""
    days = [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]
    return sum(
        (in_calendar_days or is_workday(day)) and not any(begins < day <= ends for begins, ends in stops)
        for day in days
    )

"""The event log built in SQL against a plain reading of the same rows, on random logs."""

import datetime as dt
import random
from itertools import pairwise
from statistics import mean, median

import pytest
from chinese_calendar import is_workday
from drawn import log_of

HOURS = ((9 * 3600, 12 * 3600), (13 * 3600 + 1800, 17 * 3600))  # the office hours kept for CN


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


def open_seconds(start: dt.datetime, end: dt.datetime) -> float:
    """Open seconds between two local moments, day by day."""
    total, day = 0.0, start.date()
    while day <= end.date():
        if is_workday(day):
            midnight = dt.datetime.combine(day, dt.time())
            for opens, closes in HOURS:
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
@pytest.mark.parametrize("seed", range(12))
def test_every_event_has_the_lengths_a_reader_would_count(seed: int, with_starts: bool) -> None:
    rows = random_rows(seed, with_starts=with_starts)
    with log_of(rows) as log:
        built = log.connection.sql(
            "select case_key, event_number, activity, next_activity, waiting_elapsed_seconds, waiting_open_seconds,"
            " waiting_counted_days, service_elapsed_seconds, service_open_seconds, service_counted_days"
            " from event_log order by case_key, event_number"
        ).fetchall()
    assert built == plain_events(rows)


@pytest.mark.parametrize("seed", range(8))
def test_directly_follows_counts_what_a_reader_would_count(seed: int) -> None:
    rows = random_rows(seed, with_starts=True)
    pairs: dict[tuple[str, str], list[float]] = {}
    for instances in plain_cases(rows).values():
        for (activity, _, end), (following, start, _) in pairwise(instances):
            pairs.setdefault((activity, following), []).append(max(0.0, (start - end).total_seconds()))
    with log_of(rows) as log:
        table = log.run("directly_follows")
    counted = {(row["activity"], row["next_activity"]): row for row in table.iter_rows(named=True)}
    assert counted.keys() == pairs.keys()
    for pair, lengths in pairs.items():
        assert counted[pair]["transition_count"] == len(lengths)
        assert counted[pair]["elapsed_seconds_mean"] == pytest.approx(mean(lengths))
        assert counted[pair]["elapsed_seconds_median"] == pytest.approx(median(lengths))


@pytest.mark.parametrize("seed", range(8))
def test_variants_are_the_sequences_a_reader_would_write_down(seed: int) -> None:
    rows = random_rows(seed, with_starts=False)
    sequences: dict[tuple[str, ...], int] = {}
    for instances in plain_cases(rows).values():
        sequence = tuple(activity for activity, _, _ in instances)
        sequences[sequence] = sequences.get(sequence, 0) + 1
    with log_of(rows) as log:
        table = log.run("variants")
    assert {tuple(row["activities"]): row["case_count"] for row in table.iter_rows(named=True)} == sequences

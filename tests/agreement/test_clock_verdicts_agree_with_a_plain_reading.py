"""The clock in SQL, and the clock of one case, against a plain reading of the calendar day by day."""

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest
from support.drawn_clock import judged, verdicts

from efficacy_analytics.clock.calendar_days import working_calendar
from efficacy_analytics.clock.legal import verdict
from efficacy_analytics.clock.limits import Limit, Stop
from efficacy_analytics.settings import ClockSettings

FIRST_ON = dt.date(2024, 1, 1)
DAY = dt.timedelta(days=1)
UNITS = ("working_days", "working_days", "calendar_days", "months", "on_the_spot")


def random_calendar(draw: random.Random, number: int) -> pl.DataFrame:
    """Three years in which any day may be worked, and long holidays occur."""
    worked = []
    while len(worked) < 1096:
        worked += [draw.random() < 0.7 for _ in range(draw.randrange(40))] + [False] * draw.choice((0, 2, 9))
    days = [FIRST_ON + DAY * place for place in range(1096)]
    table = pl.DataFrame({"day": days, "is_working_day": worked[:1096]})
    return table.select(
        pl.lit("drawn").alias("calendar"),
        pl.lit(number, dtype=pl.Int32).alias("calendar_number"),
        "day",
        "is_working_day",
        pl.when("is_working_day").then(pl.lit("workday")).otherwise(pl.lit("weekend")).alias("why"),
        pl.col("is_working_day").cast(pl.Int32).cum_sum().alias("working_days_to"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("calendar_days_to"),
    )


def random_case(draw: random.Random) -> dict[str, Any]:
    accepted_on = dt.date(2024, 6, 1) + DAY * draw.randrange(250)
    lasting = draw.choice((0, 1, draw.randrange(10), draw.randrange(60)))
    unit = draw.choice(UNITS)
    length = {"months": draw.randrange(1, 3), "on_the_spot": 0}.get(unit, draw.randrange(0, 25))
    return {
        "calendar_number": draw.choice((1, 2)),
        "applied_on": accepted_on - DAY * draw.randrange(3),
        "accepted_on": accepted_on,
        "completed_on": draw.choice((None, accepted_on + DAY * lasting, accepted_on + DAY * lasting)),
        "promised_length": length,
        "promised_unit": unit,
        "statutory_length": draw.choice((5, 20, 30)),
        "statutory_unit": draw.choice(("working_days", "calendar_days")),
    }


def random_stops(draw: random.Random, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stops = []
    for key, case in enumerate(cases):
        for _ in range(draw.choice((0, 0, 1, 2, 5))):
            from_on = case["accepted_on"] + DAY * draw.randrange(-8, 45)
            until_on = draw.choice((None, *[from_on + DAY * draw.randrange(-1, 14)] * 6))
            kind = draw.choice(("hearing", "expert_review", "supplement", "public_notice", "extension", "invented"))
            days = draw.choice((None, 4)) if kind == "extension" else None
            stops.append(
                {
                    "case_key": key,
                    "kind": kind,
                    "stopped_from_on": from_on,
                    "stopped_until_on": until_on,
                    "extension_days": days,
                }
            )
    draw.shuffle(stops)
    return stops


def plainly(
    case: dict[str, Any], stops: list[dict[str, Any]], worked: dict[dt.date, bool], as_on: dt.date, rules: ClockSettings
) -> dict[str, Any]:
    """The verdict read off the calendar: which days count, how many by the end, on which the limit is reached."""
    accepted_on, unit = case["accepted_on"], case["promised_unit"]
    completed_on = case["completed_on"] if case["completed_on"] and case["completed_on"] <= as_on else None
    end_on = completed_on or as_on
    stopped: set[dt.date] = set()
    for stop in stops:
        if stop["kind"] in ("hearing", "expert_review", "supplement"):
            first_on = stop["stopped_from_on"] + (DAY * 0 if rules.stop_takes_out_its_first_day else DAY)
            last_on = stop["stopped_until_on"] or end_on
            if last_on >= stop["stopped_from_on"]:
                stopped |= {first_on + DAY * place for place in range((last_on - first_on).days + 1)}
    if completed_on:
        stopped = {one for one in stopped if one <= completed_on}
    counts_all = unit in ("calendar_days", "months")
    within = [one for one in worked if one > accepted_on and (counts_all or worked[one])]
    counted = [one for one in within if one not in stopped]
    length = case["promised_length"]
    if unit == "months":
        month = accepted_on.month - 1 + length
        last_on = dt.date(accepted_on.year + month // 12, month % 12 + 1, 1)
        following = dt.date(last_on.year + last_on.month // 12, last_on.month % 12 + 1, 1)
        length = (min(last_on + DAY * (accepted_on.day - 1), following - DAY) - accepted_on).days
    seen = {
        (stop["stopped_from_on"], stop["stopped_until_on"], stop["extension_days"])
        for stop in stops
        if stop["kind"] == "extension"
    }
    for from_on, until_on, days in seen:
        if days is None and until_on:
            days = sum(from_on < one <= until_on and (counts_all or is_worked) for one, is_worked in worked.items())
        length += 10 if days is None else days
    nominal_on = counted[length - 1] if length else accepted_on
    due_on = nominal_on
    if (counts_all or not length) and rules.roll_rest_days:
        due_on = next(one for one in worked if one >= nominal_on and worked[one])
    counted_days = sum(one <= end_on for one in counted)
    return {
        "counted_days": counted_days,
        "stopped_days": sum(one <= end_on and one in stopped for one in within),
        "due_on": due_on,
        "is_open": completed_on is None,
        "is_late": end_on > due_on,
        "remaining_days": length + ((due_on - nominal_on).days if counts_all else due_on > nominal_on) - counted_days,
    }


def check(seed: int) -> None:
    draw = random.Random(seed)
    rules = ClockSettings(roll_rest_days=draw.random() < 0.7, stop_takes_out_its_first_day=draw.random() < 0.3)
    tables = {number: random_calendar(draw, number) for number in (1, 2)}
    cases = [random_case(draw) for _ in range(200)]
    stops = random_stops(draw, cases)
    as_on = dt.date(2025, 1, 1) + DAY * draw.randrange(90)
    engine = judged(cases, stops=stops, calendar=pl.concat(tables.values()), as_on=as_on, rules=rules)
    worked = {number: dict(zip(table["day"], table["is_working_day"], strict=True)) for number, table in tables.items()}
    days = {number: working_calendar(table) for number, table in tables.items()}
    for case, row in zip(cases, verdicts(engine), strict=True):
        own = [stop for stop in stops if stop["case_key"] == row["case_key"]]
        expected = plainly(case, own, worked[case["calendar_number"]], as_on, rules)
        assert {name: row[name] for name in expected} == expected, (seed, case, own)
        one = verdict(
            days[case["calendar_number"]],
            case["accepted_on"],
            Limit(case["promised_length"], case["promised_unit"]),
            completed=case["completed_on"],
            as_on=as_on,
            stops=[
                Stop(stop["stopped_from_on"], stop["stopped_until_on"])
                for stop in own
                if stop["kind"] in ("hearing", "expert_review", "supplement")
            ],
            extension_days=row["extension_days"],
            rules=rules,
        )
        assert {name: getattr(one, name) for name in expected} == expected, (seed, case, own)


def by_statute(case: dict[str, Any]) -> dict[str, Any]:
    return {**case, "promised_length": case["statutory_length"], "promised_unit": case["statutory_unit"]}


def check_others(seed: int) -> None:
    """By the statute, without extensions and without supplements; and the shortest limit that each case would keep."""
    draw = random.Random(f"others {seed}")
    rules = ClockSettings(roll_rest_days=draw.random() < 0.7, stop_takes_out_its_first_day=draw.random() < 0.3)
    tables = {number: random_calendar(draw, number) for number in (1, 2)}
    cases = [random_case(draw) for _ in range(120)]
    stops = random_stops(draw, cases)
    as_on = dt.date(2025, 1, 1) + DAY * draw.randrange(90)
    engine = judged(cases, stops=stops, calendar=pl.concat(tables.values()), as_on=as_on, rules=rules)
    worked = {number: dict(zip(table["day"], table["is_working_day"], strict=True)) for number, table in tables.items()}
    found = {
        (basis, key): told
        for basis in ("statute", "without_extensions", "with_ground")
        for key, *told in engine.sql(f"select case_key, due_on, is_late from clock_verdicts_{basis}").rows()
    }
    assert {basis for basis, _ in found} == {"statute", "without_extensions", "with_ground"}
    for case, row in zip(cases, verdicts(engine), strict=True):
        key, days = row["case_key"], worked[case["calendar_number"]]
        own = [stop for stop in stops if stop["case_key"] == key]
        left = {
            "statute": (by_statute(case), own),
            "without_extensions": (case, [stop for stop in own if stop["kind"] != "extension"]),
            "with_ground": (case, [stop for stop in own if stop["kind"] != "supplement"]),
        }
        for basis, (judged_case, kept) in left.items():
            expected = plainly(judged_case, kept, days, as_on, rules)
            told = found.get((basis, key))
            if told is None and basis != "statute":
                told = [row["due_on"], row["is_late"]]  # nothing was left out
            if told is None:  # judged by the statute as it is
                assert (case["promised_length"], case["promised_unit"]) == (
                    case["statutory_length"], case["statutory_unit"]
                ), (seed, case)  # fmt: skip
            else:
                assert told == [expected["due_on"], expected["is_late"]], (seed, basis, case, own)
        limit, unit = case["promised_length"], case["promised_unit"]
        if unit != "months":
            assert (row["needed_days"] > limit) == row["is_late"], (seed, case, own)
        if unit in ("working_days", "calendar_days"):
            tried = ({**case, "promised_length": length} for length in range(400))
            kept = next(one for one in tried if not plainly(one, own, days, as_on, rules)["is_late"])
            assert row["needed_days"] == kept["promised_length"], (seed, case, own)


@pytest.mark.parametrize("seed", range(2))
def test_other_verdicts_and_needed_days_are_what_the_calendar_says_day_by_day(seed: int) -> None:
    check_others(seed)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 100))
def test_other_verdicts_are_what_the_calendar_says_for_many_seeds(seed: int) -> None:
    check_others(seed)


@pytest.mark.parametrize("seed", range(2))
def test_every_verdict_is_what_the_calendar_says_day_by_day(seed: int) -> None:
    check(seed)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 200))
def test_every_verdict_is_what_the_calendar_says_for_many_seeds(seed: int) -> None:
    check(seed)

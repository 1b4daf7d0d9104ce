"""The board of open cases, its stock, its flow and its warnings on any day, read off the records case by case."""

import datetime as dt
import random
from collections import Counter
from functools import cache
from typing import Any

import polars as pl
import pytest
from support.samples import sample, seeds
from support.small_city import small_city

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.board import open_cases, open_flow, open_stock
from efficacy_analytics.findings.supervision.warnings import warnings

Row = dict[str, Any]
TABLES = {
    "cases": "select case_key, case_id, department, accepted_on, applied_on, completed_on, status, is_green_lane, "
    "limit_days, limit_unit from cases",
    "steps": "select case_key, event_number, cast(activity as varchar) as activity, cast(stage as varchar) as stage, "
    "cast(resource as varchar) as holder, completed_on from event_log order by case_key, event_number",
    "stops": "select case_key, kind, effect, stopped_from_on, stopped_until_on, extension_days, ends_before_start "
    "from clock_stops",
    "days": "select calendar_number, day, is_working_day from calendar where calendar_number = 1",
    "kinds": "select kind from clock_rules where notice_within_working_days is not null",
}


@cache
def records() -> dict[str, list[Row]]:
    with open_log(small_city()[0], Cohort()) as log:
        return {name: log.sql(text).to_dicts() for name, text in TABLES.items()}


@cache
def working_days() -> frozenset[dt.date]:
    return frozenset(row["day"] for row in records()["days"] if row["is_working_day"])


def of_case(table: str, case_key: int) -> list[Row]:
    return [row for row in records()[table] if row["case_key"] == case_key]


def between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days after the first up to and including the last."""
    return [first + dt.timedelta(number) for number in range(1, (last - first).days + 1)]


def is_open(case: Row, day: dt.date) -> bool:
    begun = (
        case["accepted_on"]
        or case["applied_on"]
        or min(row["completed_on"] for row in of_case("steps", case["case_key"]))
    )
    ended = [row["stopped_from_on"] for row in of_case("stops", case["case_key"]) if row["effect"] == "ends"]
    over = case["completed_on"] or (min(ended) if ended else None)
    never_ends = over is None and case["status"] in ("withdrawn", "not_accepted")
    return begun <= day and not never_ends and case["status"] != "not_accepted" and (over is None or over > day)


def counted_days(case: Row, day: dt.date) -> int:
    stops = [row for row in of_case("stops", case["case_key"]) if row["effect"] == "stops"]
    out = {one for row in stops for one in between(row["stopped_from_on"], row["stopped_until_on"] or day)}
    counts = working_days() if case["limit_unit"] in ("working_days", "on_the_spot") else None
    return sum(one not in out and (counts is None or one in counts) for one in between(case["accepted_on"], day))


def turn(case: Row, day: dt.date) -> str:
    notice = {row["kind"] for row in records()["kinds"]}
    running = [
        row["kind"]
        for row in of_case("stops", case["case_key"])
        if row["effect"] == "stops" and row["stopped_from_on"] <= day
        and (row["stopped_until_on"] is None or row["stopped_until_on"] > day)
    ]  # fmt: skip
    return "office" if not running else "applicant" if notice & set(running) else "elsewhere"


def random_days(count: int, seed: int) -> list[dt.date]:
    days = sorted(row["accepted_on"] for row in records()["cases"] if row["accepted_on"])
    return random.Random(seed).sample(sorted(set(days)), count)


@pytest.fixture(scope="module")
def log() -> Session:
    return open_log(small_city()[0], Cohort())


@pytest.mark.parametrize("place", seeds(2, of=5))
def test_the_board_of_any_day_is_what_a_reader_of_the_records_would_list(log: Session, place: int) -> None:
    day = random_days(10, 3)[place]
    board = {row["case_key"]: row for row in open_cases(log, as_on=day).to_dicts()}
    expected = {case["case_key"]: case for case in records()["cases"] if is_open(case, day)}
    assert board.keys() == expected.keys()
    assert len(board) > 5
    for key, case in expected.items():
        row, known = board[key], [one for one in of_case("steps", key) if one["completed_on"] <= day]
        assert row["turn"] == turn(case, day)
        assert (row["last_activity"], row["holder"], row["step_count"]) == (
            known[-1]["activity"], known[-1]["holder"], len(known)
        )  # fmt: skip
        if case["accepted_on"] and case["limit_unit"] in ("working_days", "calendar_days"):
            assert row["counted_days"] == counted_days(case, day)


@pytest.mark.parametrize("place", sample(range(5, 10), [5, 6]))
def test_the_colour_of_a_case_follows_from_its_due_date_and_nothing_else(log: Session, place: int) -> None:
    day = random_days(10, 3)[place]
    board = open_cases(log, as_on=day)
    for row in board.to_dicts():
        due_on, is_stopped = row["due_on"], row["is_stopped"]
        left = None if due_on is None else sum(one in working_days() for one in between(day, due_on))
        expected = (
            ("stopped" if is_stopped else "no_limit") if due_on is None
            else "red" if day > due_on
            else "stopped" if is_stopped
            else "yellow" if left == 0
            else "reminder" if left == 1
            else "green"
        )  # fmt: skip
        assert row["colour"] == expected, row
    cards = warnings(log, as_on=day).filter(pl.col("scope") == "case")
    coloured = board.filter(pl.col("colour").is_in(["red", "yellow", "reminder"]))
    assert Counter(cards["level"]) == Counter(coloured["colour"])
    assert dict(cards.select("case_key", "level").rows()) == dict(coloured.select("case_key", "colour").rows())


def test_arrivals_departures_and_stock_balance_on_every_day_and_end_in_the_board(log: Session) -> None:
    day = random_days(10, 3)[0]
    flow = open_flow(log, as_on=day)
    before = flow["stock_count"].shift(1, fill_value=0)
    assert (before + flow["arrival_count"] - flow["departure_count"]).equals(flow["stock_count"])
    assert flow["day"].to_list() == between(flow["day"][0] - dt.timedelta(1), day)
    assert flow["stock_count"][-1] == open_cases(log, as_on=day).height
    accepted = Counter(case["accepted_on"] or case["applied_on"] for case in records()["cases"])
    assert all(row["arrival_count"] == accepted[row["day"]] for row in flow.to_dicts())


def test_the_stock_counts_the_board_each_case_once(log: Session) -> None:
    day = random_days(10, 3)[1]
    board, stock = open_cases(log, as_on=day), open_stock(log, as_on=day)
    assert stock["case_count"].sum() == board.height
    assert set(stock["open_for"]) <= {"0-5", "6-10", "11-20", "21-60", "61+", "unknown"}
    for columns in (
        ("office", "applicant", "elsewhere"),
        ("green", "reminder", "yellow", "red", "stopped", "no_limit"),
    ):
        assert sum((stock[f"{one}_count"] for one in columns), pl.Series([0] * stock.height)).equals(
            stock["case_count"], check_names=False
        )
    of_department = Counter(board["department"])
    assert dict(stock.group_by("department").agg(pl.col("case_count").sum()).rows()) == dict(of_department)
    young = board.filter(pl.col("open_working_days") <= 5).height
    assert stock.filter(pl.col("open_for") == "0-5")["case_count"].sum() == young


def test_the_board_of_a_department_is_its_part_of_the_board_of_all(log: Session) -> None:
    day = random_days(10, 3)[2]
    board = open_cases(log, as_on=day)
    department = board["department"].drop_nulls().mode().sort()[0]
    with open_log(small_city()[0], Cohort(department=department)) as own:
        assert open_cases(own, as_on=day).equals(board.filter(pl.col("department") == department))

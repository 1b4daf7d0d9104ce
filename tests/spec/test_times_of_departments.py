"""Counted days of departments on the same items: open cases are not left out, other work is held against nobody."""

import datetime as dt
import random

import polars as pl
import pytest
from support.drawn_cases import Row
from support.due_cases import case, judged

from efficacy_analytics.findings.comparison.times import department_times

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 6, 30)
ITEMS = {"deed": 3, "well": 12}


def worked(
    draw: random.Random, department: str, item: str, count: int, speed: float = 1.0, **columns: object
) -> list[Row]:
    """Cases accepted over eighteen months, each so many days long; what was not done on the last day is open."""
    rows = []
    for _ in range(count):
        accepted = FIRST + dt.timedelta(days=draw.randrange((LAST - FIRST).days))
        days = int(draw.expovariate(1 / (ITEMS.get(item, 5) * speed))) + 1
        age = (LAST - accepted).days
        rows.append(
            case(
                department, item, accepted + dt.timedelta(days=30), None, accepted_on=accepted,
                counted_days=min(days, age), is_open=days > age, is_due=False, **columns,
            )
        )  # fmt: skip
    return rows


def compared(rows: list[Row]) -> dict[str, Row]:
    return {row["department"]: row for row in department_times(judged(rows)).iter_rows(named=True)}


def offices(draw: random.Random, speeds: dict[str, float]) -> list[Row]:
    """Offices of which the first have mostly long items and the last mostly short ones."""
    rows = []
    for place, (name, speed) in enumerate(speeds.items()):
        for item, count in (("well", 240 - 50 * place), ("deed", 40 + 50 * place)):
            rows += worked(draw, name, item, count, speed)
    return rows


def test_an_office_with_longer_items_takes_longer_and_is_not_told_apart_for_it():
    found = compared(offices(random.Random(1), dict.fromkeys("ABCDE", 1.0)))
    assert found["A"]["restricted_days_mean"] > 1.5 * found["E"]["restricted_days_mean"]
    assert {row["position"] for row in found.values()} == {"not_told_apart"}


def test_an_office_that_takes_half_as_long_again_is_told_with_its_days():
    found = compared(offices(random.Random(2), {**dict.fromkeys("ABCDE", 1.0), "C": 1.5}))
    slow = found["C"]
    assert slow["position"] == "longer"
    assert slow["days_difference"] == pytest.approx(slow["restricted_days_mean"] - slow["expected_days_mean"])
    assert 0 < slow["days_difference_low"] < slow["days_difference"] < slow["days_difference_high"]
    assert not {found[name]["position"] for name in "ABDE"} & {"longer"}


def test_slow_offices_do_not_make_the_others_quick():
    found = compared(offices(random.Random(8), dict.fromkeys("ABC", 1.0) | dict.fromkeys("DE", 3.0)))
    assert {name: row["position"] for name, row in found.items()} == {
        **dict.fromkeys("ABC", "not_told_apart"), **dict.fromkeys("DE", "longer"),
    }  # fmt: skip


def test_cases_still_open_lengthen_the_time_of_their_department():
    draw = random.Random(3)
    rows = [row for name in "AB" for row in worked(draw, name, "well", 200)]
    for row in [one for one in rows if one["department"] == "A" and one["counted_days"] > 15]:
        row |= {"is_open": True, "counted_days": 16}  # B completed its long ones
    found = compared(rows)
    done = [row["counted_days"] for row in rows if row["department"] == "A" and not row["is_open"]]
    assert found["A"]["restricted_days_mean"] > 1.3 * sum(done) / len(done)
    assert found["A"]["restricted_days_mean"] == pytest.approx(found["A"]["expected_days_mean"], rel=0.2)


def test_withdrawn_cases_lasted_at_least_until_they_were_withdrawn_and_others_are_left_out():
    draw = random.Random(4)
    rows = [row for name in "AB" for row in worked(draw, name, "deed", 150)]
    for row, status in zip(rows, ("withdrawn", "not_accepted"), strict=False):
        row["status"] = status
    rows[2]["is_green_lane"] = True
    rows[3]["counted_days"] = None
    found = compared(rows)["A"]
    assert found["case_count"] == 147
    assert found["completed_count"] < 147


@pytest.mark.parametrize(
    ("item", "count", "because"),
    [("own", 200, "no_shared_item"), ("deed", 40, "few_completed"), (None, 200, "no_shared_item")],
)
def test_too_little_to_compare_is_shown_with_its_reason(item, count, because):
    draw = random.Random(5)
    rows = [row for name in "AB" for row in worked(draw, name, "deed", 150)] + worked(draw, "C", item, count)
    found = compared(rows)["C"]
    assert (found["not_compared_because"], found["position"], found["days_difference"]) == (because, None, None)
    if because == "no_shared_item":
        assert found["own_item_count"] == count


def test_few_months_are_a_reason_and_days_of_two_units_stand_in_two_rows():
    draw = random.Random(6)
    rows = [row for name in "AB" for row in worked(draw, name, "deed", 150)]
    short = [
        {**row, "accepted_on": dt.date(2026, 1 + at % 6, 5)} for at, row in enumerate(worked(draw, "C", "deed", 100))
    ]
    found = department_times(judged([*rows, *short, *worked(draw, "A", "deed", 70, limit_unit="calendar_days")]))
    of = {(row["department"], row["counted_unit"]): row["not_compared_because"] for row in found.iter_rows(named=True)}
    assert of == {
        ("A", "calendar_days"): "no_shared_item", ("A", "working_days"): None, ("B", "working_days"): None,
        ("C", "working_days"): "few_months",
    }  # fmt: skip


def test_no_case_and_days_that_never_differ_are_answers():
    assert department_times(judged([])).is_empty()
    rows = [
        {**row, "counted_days": 4, "is_open": False}
        for name in "AB"
        for row in worked(random.Random(7), name, "deed", 90)
    ]
    found = department_times(judged(rows))
    assert found["days_difference"].to_list() == [0.0, 0.0]
    assert found["position"].to_list() == ["not_told_apart"] * 2
    assert not any(column.is_nan().any() for column in found.select(pl.col(pl.Float64)))

"""Departments on like work: what their work explains is not held against them, and what cannot be told is not told."""

import datetime as dt
import random

import polars as pl
import pytest
from support.drawn_cases import Row
from support.due_cases import case, drawn_cases, judged
from support.samples import sample

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.findings.comparison import groups
from efficacy_analytics.findings.comparison.changes import late_share_changes
from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.comparison.groups import comparable_groups, comparison_calibration
from efficacy_analytics.findings.comparison.reversals import comparison_reversals
from efficacy_analytics.findings.comparison.watch import breach_watch


def compared(rows: list[Row]) -> dict[str | None, Row]:
    table = department_comparison(judged(rows))
    return {row["department"]: row for row in table.iter_rows(named=True)}


def test_a_department_with_harder_work_is_late_more_often_and_no_worse():
    draw = random.Random(1)
    hard_and_easy = {"hard": 0.4, "easy": 0.05}
    rows = []
    for department, hard_count in (("A", 400), ("B", 50), ("C", 200)):
        rows += drawn_cases(draw, {(department, "hard"): hard_and_easy["hard"]}, hard_count)
        rows += drawn_cases(draw, {(department, "easy"): hard_and_easy["easy"]}, 450 - hard_count)
    found = compared(rows)
    assert found["A"]["late_share"] > 0.3 > 0.15 > found["B"]["late_share"]
    assert [found[name]["exact_band"] for name in "ABC"] == ["within"] * 3
    assert (found["A"]["best_rank"], found["A"]["worst_rank"]) == (1, 3)


def test_a_department_that_is_truly_slow_is_above_both_funnels():
    draw = random.Random(2)
    chances = {(f"D{number:02}", item): 0.1 for number in range(12) for item in ("deed", "well")}
    chances |= {("D03", item): 0.5 for item in ("deed", "well")}
    found = compared(drawn_cases(draw, chances, 200))
    assert found["D03"]["exact_band"] == "far_above"
    assert found["D03"]["overdispersed_band"] in ("above", "far_above")
    assert (found["D03"]["best_rank"], found["D03"]["worst_rank"]) == (12, 12)


@pytest.mark.parametrize(("count", "most"), sample([(20, 3), (7, 2)], [(7, 2)]))
def test_departments_of_equal_speed_are_not_told_apart(count: int, most: int):
    told_apart = 0
    for seed in range(count):
        draw = random.Random(f"equal {seed}")
        chances = {(f"D{number:02}", item): chance for number in range(10) for item, chance in (("x", 0.3), ("y", 0.1))}
        rows = [
            row for key, chance in chances.items() for row in drawn_cases(draw, {key: chance}, draw.choice([40, 160]))
        ]
        found = compared(rows).values()
        told_apart += any((row["best_rank"], row["worst_rank"]) != (1, 10) for row in found)
        assert not any(row["is_last_three"] for row in found)
    assert told_apart <= most  # one in twenty is expected at 95 %; more than that many has a chance below 2 %


@pytest.mark.parametrize(("late_counts", "ranks"), [((115, 85), (1, 2)), ((122, 78), (2, 2))])
def test_two_departments_are_told_apart_by_what_chance_does_in_less_than_one_of_a_hundred(late_counts, ranks):
    """Of 1,000 cases each: 115 and 85 late lie 2.2 standard errors apart (p = 0.02), 122 and 78 lie 3.3 (p = 0.001)."""
    rows = [
        case(name, "deed", "2026-03-02", is_late=number < late_count)
        for name, late_count in zip("AB", late_counts, strict=True)
        for number in range(1000)
    ]
    more_often_late = compared(rows)["A"]
    assert (more_often_late["best_rank"], more_often_late["worst_rank"]) == ranks


def test_a_department_of_an_empty_name_is_another_than_none():
    late_shares = {"": 0.2, "A": 0.1, None: 0.3}
    rows = [
        case(name, "deed", "2026-03-02", is_late=number < share * 200)
        for name, share in late_shares.items()
        for number in range(200)
    ]
    found = compared(rows)
    assert {name: row["late_count"] for name, row in found.items()} == {"": 40, "A": 20, None: 60}
    assert None not in (found[""]["best_rank"], found["A"]["best_rank"])
    assert found[None]["not_ranked_because"] == "no_department"


def test_the_last_three_are_named_only_if_they_are_exactly_three():
    draw = random.Random(3)
    chances = {(f"D{number}", "deed"): 0.6 if number < 3 else 0.05 for number in range(8)}
    found = compared(drawn_cases(draw, chances, 300))
    assert [name for name, row in found.items() if row["is_last_three"]] == ["D0", "D1", "D2"]
    found = compared(drawn_cases(draw, {**chances, ("D3", "deed"): 0.6}, 300))
    assert [name for name, row in found.items() if row["may_be_last_three"]] == ["D0", "D1", "D2", "D3"]
    assert not any(row["is_last_three"] for row in found.values())


def test_a_case_counts_when_its_last_day_has_passed_whether_it_is_completed_or_not():
    rows = [
        case("A", "deed", "2026-12-30", is_late=True, is_open=True, completed_on=None),
        case("A", "deed", "2026-12-30", is_late=False),
        case("A", "deed", "2026-12-31", is_late=False),  # completed early, though its day has not passed
        case("A", "deed", "2027-01-04", is_late=False, is_open=True, completed_on=None),
        {**case("A", "deed", "2026-12-30", is_late=None), "due_on": None},
    ]
    found = compared(rows)["A"]
    assert (found["due_count"], found["late_count"]) == (2, 1)
    assert (found["not_yet_due_count"], found["without_limit_count"]) == (2, 1)


def test_withdrawn_after_the_due_date_is_late_and_before_it_stands_apart():
    rows = [
        case("A", "deed", "2026-03-02", is_late=True, status="withdrawn", completed_on=dt.date(2026, 3, 3)),
        case("A", "deed", "2026-03-02", is_late=False, status="withdrawn", completed_on=dt.date(2026, 3, 2)),
        case("A", "deed", "2026-03-02", is_late=False, status="not_accepted"),
        case("A", "deed", "2026-03-02", is_late=True, is_green_lane=True),
    ]
    found = compared(rows)["A"]
    assert (found["due_count"], found["late_count"], found["apart_count"]) == (1, 1, 3)


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ([case("A", "deed", "2026-03-02", is_late=False)], "few_cases"),
        ([case("A", "deed", "2026-03-02", is_late=False)] * 40, "few_expected"),
        ([case("A", "deed", "2026-03-02", is_late=True)] * 40, "alone"),
        ([case("A", "deed", "2027-03-02", is_late=None)], "nothing_due"),
    ],
)
def test_one_department_alone_is_shown_and_not_ranked(rows, because):
    found = compared(rows)["A"]
    assert found["not_ranked_because"] == because
    assert found["best_rank"] is None


def test_all_late_and_none_late_are_answers():
    both = [case(name, "deed", "2026-03-02", is_late=True) for name in "AB" for _ in range(40)]
    found = compared(both)
    assert found["A"]["late_ratio"] == pytest.approx(1.0, abs=0.01)  # 40 of 40 against 40.5 / 41
    assert compared([{**row, "is_late": False} for row in both])["A"]["late_ratio"] == 0.0


def test_an_item_of_one_department_alone_is_counted_and_cannot_hide_its_department():
    draw = random.Random(4)
    chances = {("A", "own"): 0.5} | {(name, "shared"): 0.1 for name in "ABCDEFGHIJK"}
    found = compared(drawn_cases(draw, chances, 200))
    assert (found["A"]["own_item_count"], found["B"]["own_item_count"]) == (200, 0)
    assert found["A"]["exact_band"] == "far_above"


def test_the_own_item_of_a_department_is_expected_of_like_the_mean_of_items_and_not_like_the_first_one():
    draw = random.Random(5)
    shared = {(name, item): share for name in "ABC" for item, share in (("easy", 0.02), ("hard", 0.4))}
    found = comparable_groups(judged(drawn_cases(draw, {**shared, ("A", "own"): 0.2}, 200)))
    found = found.filter(department="A").group_by("item").agg(pl.col("expected_late_share").mean())
    expected = dict(found.cast({"item": pl.String}).rows())
    assert 2 * expected["easy"] < expected["own"] < expected["hard"] / 1.5


def test_more_words_than_a_number_tells_apart_change_nothing(monkeypatch):
    rows = drawn_cases(random.Random(3), {(one, item): 0.2 for one in "ABC" for item in ("deed", "permit")}, 60)
    tables = (department_comparison, comparison_reversals, comparison_calibration, breach_watch)
    few = [table(judged(rows)) for table in tables]
    monkeypatch.setattr(groups, "MOST_NUMBERS", 10)
    for table, found in zip(tables, few, strict=True):
        assert table(judged(rows)).equals(found)


def test_the_model_of_the_case_mix_is_calibrated():
    draw = random.Random(5)
    chances = {(name, item): chance for name in "ABC" for item, chance in (("x", 0.5), ("y", 0.2), ("z", 0.02))}
    bins = comparison_calibration(judged(drawn_cases(draw, chances, 400)))
    assert bins["due_count"].sum() == 3600
    apart = (bins["expected_late_share"] - bins["late_share"]).abs()
    assert apart.max() < 0.06  # 360 cases a bin: two standard errors of a half are 0.053


def test_a_planted_reversal_names_the_item_that_makes_it():
    draw = random.Random(6)
    rows = drawn_cases(draw, {("A", "hard"): 0.50}, 400) + drawn_cases(draw, {("A", "easy"): 0.04}, 100)
    rows += drawn_cases(draw, {("B", "hard"): 0.70}, 100) + drawn_cases(draw, {("B", "easy"): 0.10}, 400)
    turned = comparison_reversals(judged(rows)).row(0, named=True)
    assert (turned["department"], turned["other_department"]) == ("A", "B")
    assert turned["late_ratio"] < 1 < turned["other_late_ratio"]
    assert (turned["turned_by"], turned["turned_by_value"]) == ("item", "hard")


SHAPES = {
    "a rare item": [("A", "deed", 40, 4), ("B", "deed", 40, 6), ("B", "rare", 1, 1), ("C", "rare", 1, 0)],
    "a department with one item only": [("A", "deed", 40, 4), ("A", "well", 40, 8), ("B", "deed", 40, 6)],
    "a department with an item of its own": [("A", "deed", 40, 4), ("B", "own", 40, 20), ("C", "deed", 40, 0)],
    "a department without a late case": [("A", "deed", 120, 30), ("B", "deed", 120, 0)],
    "one department": [("A", "deed", 40, 10), ("A", "well", 3, 1)],
    "one department with a name": [("A", "deed", 40, 10), (None, "deed", 40, 10)],
    "all late": [("A", "deed", 40, 40), ("B", "well", 5, 5)],
    "none late": [("A", "deed", 40, 0), ("B", "deed", 1, 0)],
    "one case": [("A", "deed", 1, 1)],
    "no case": [],
}
TABLES = (
    department_comparison, comparison_calibration, comparison_reversals, late_share_changes, breach_watch,
)  # fmt: skip


def shaped(name: str) -> DuckdbEngine:
    """So many cases of departments and items, the first ones of them late, over two quarters."""
    return judged(
        [
            case(department, item, f"2026-{1 + number % 6:02}-10", is_late=number < late_count)
            for department, item, count, late_count in SHAPES[name]
            for number in range(count)
        ]
    )


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_work_has_an_answer_in_every_table_and_no_number_that_is_none(name):
    log = shaped(name)
    for table in TABLES:
        found = table(log)
        numbers = found.select(pl.col(pl.Float64))
        assert not any(column.is_nan().any() or column.is_infinite().any() for column in numbers), table.__name__
    compared_rows = department_comparison(log)
    because = compared_rows["not_ranked_because"].is_null()
    assert (compared_rows["best_rank"].is_not_null() == because).all()  # ranked, or a reason


@pytest.mark.parametrize(
    ("name", "ranked"),
    [
        ("a department with one item only", {"A", "B"}),
        ("a department with an item of its own", {"A", "B", "C"}),
        ("a department without a late case", {"A", "B"}),
        ("one department", set()),
        ("none late", set()),
    ],
)
def test_who_is_ranked_of_each_shape(name, ranked):
    found = department_comparison(shaped(name)).filter(pl.col("not_ranked_because").is_null())
    assert set(found["department"]) == ranked


def test_nothing_due_gives_empty_tables():
    log = judged([case("A", "deed", "2027-03-02", is_late=None)])
    assert [table(log).height for table in (comparison_calibration, comparison_reversals, late_share_changes)] == [
        0
    ] * 3


def test_a_department_whose_breaches_rise_is_told_with_the_day_and_steady_ones_are_not():
    draw = random.Random(11)
    steady = drawn_cases(draw, {("A", "deed"): 0.08, ("B", "deed"): 0.08}, 500)
    first = dt.date(2024, 1, 10)
    days = sorted(first + dt.timedelta(days=draw.randrange(700)) for _ in range(500))
    risen_on = days[350]
    rising = [case("C", "deed", day, draw.random() < (0.35 if day >= risen_on else 0.08)) for day in days]
    few = drawn_cases(draw, {("D", "deed"): 0.5}, 40)
    found = {row["department"]: row for row in breach_watch(judged(steady + rising + few)).iter_rows(named=True)}
    assert risen_on <= found["C"]["signalled_on"] <= risen_on + dt.timedelta(days=90)
    assert found["C"]["began_on"] <= found["C"]["signalled_on"]
    assert found["A"]["signalled_on"] is None
    assert found["B"]["signalled_on"] is None
    assert (found["A"]["watched_count"], found["D"]["watched_count"]) == (250, None)

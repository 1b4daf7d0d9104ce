"""Departments of equal speed, drawn some hundred times: somebody is told apart in no more than one draw of twenty.

Where departments share few items, what is expected of one follows from few cases of another: it is then known badly,
and the ranks and limits must say so.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom
from support.intake import ingest
from support.like_groups import comparison_of, equal_departments, is_somebody_told_apart, mostly_late, shared_out
from support.like_offices import LikeOffices, drawn_city, hard_items, make_offices
from support.samples import sample

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.workflows.steps import publish

WORK = {
    "each item at two departments": {"of_item": 2, "cases": 60},
    "each item at three departments": {"of_item": 3, "cases": 60},
    "each item at two departments, few cases": {"of_item": 2, "cases": 20},
    "each item at all departments": {"of_item": 12, "cases": 20},
}
CITIES, SHARINGS = 20, 25
LEAST_CHANCE = 0.01
"""How likely a test that fails is to have drawn so badly from what it asks for."""


def most(count: int, share: float = 0.05) -> int:
    return int(binom.ppf(1 - LEAST_CHANCE, count, share))


@pytest.mark.parametrize(
    ("work", "count"),
    sample([(work, count) for work in WORK for count in (200, 12)], [("each item at two departments", 12)]),
)
def test_equal_departments_that_share_few_items_are_not_told_apart(work: str, count: int) -> None:
    found = [comparison_of(equal_departments(np.random.default_rng((seed, 22)), **WORK[work])) for seed in range(count)]
    assert sum(map(is_somebody_told_apart, found)) <= most(count)
    departments = pl.concat(found)
    outside = departments["exact_band"].str.starts_with("far").sum()
    assert outside <= max(most(departments.height, 0.002), 0.01 * departments.height)


def test_a_slow_department_is_told_however_few_items_it_shares() -> None:
    groups = equal_departments(np.random.default_rng((1, 22)), of_item=3, cases=60)
    slower = pl.when(pl.col("department") == "D05").then((pl.col("late_count") * 3).clip(4, pl.col("due_count")))
    found = comparison_of(groups.with_columns(late_count=slower.otherwise("late_count").clip(0, pl.col("due_count"))))
    slow = found.row(by_predicate=pl.col("department") == "D05", named=True)
    assert slow["exact_band"] == "far_above"
    assert slow["best_rank"] > 3


@pytest.mark.parametrize(
    ("share", "count"),
    sample([(share, count) for share in (1.0, 0.999, 0.95, 0.9) for count in (30, 12)], [(1.0, 12), (0.95, 12)]),
)
def test_equal_departments_are_not_told_apart_where_next_to_all_cases_are_late(share: float, count: int) -> None:
    found = [comparison_of(mostly_late(np.random.default_rng((seed, 25)), share)) for seed in range(count)]
    assert sum(map(is_somebody_told_apart, found)) <= most(len(found))


def test_a_department_that_is_late_less_often_is_told_where_next_to_all_cases_are_late() -> None:
    groups = mostly_late(np.random.default_rng((1, 25)), 0.95)
    fewer = pl.when(pl.col("department") == "D11").then(pl.col("late_count") // 2).otherwise("late_count")
    found = comparison_of(groups.with_columns(late_count=fewer))
    best = found.row(by_predicate=pl.col("department") == "D11", named=True)
    assert (best["best_rank"], best["worst_rank"]) == (1, 1)


@pytest.mark.deep
def test_the_cities_cases_shared_out_at_random_tell_no_office_apart(tmp_path: Path) -> None:
    told_apart = 0
    for seed in range(CITIES):
        city = drawn_city(tmp_path / f"city{seed}", cases=8000, seed=seed)
        folder = tmp_path / f"offices{seed}"
        ingest(folder / "lake", [make_offices(folder / "exports", city, seed, LikeOffices())], "city")
        publish(folder / "lake")
        with open_log(folder / "lake") as log:
            log.build("comparison_cases")
            cases = log.sql("select * from comparison_case where is_due and not is_apart order by case_key")
        told_apart += sum(
            is_somebody_told_apart(comparison_of(shared_out(cases, hard_items(city), np.random.default_rng((seed, n)))))
            for n in range(SHARINGS)
        )
    assert told_apart <= CITIES * SHARINGS * 0.05

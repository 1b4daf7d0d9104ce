"""Files that are ready and wait for the limit make a second peak; tight limits and longer paths do not."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from chinese_calendar import is_workday
from scipy.special import gammaincc
from support.honest_records import published

from efficacy_analytics.findings.honesty.audit import honesty_checks
from efficacy_analytics.statistics.outliers import borne_out
from efficacy_analytics.statistics.second_peaks import second_peak

LIMIT = 15
FIRST = dt.date(2024, 1, 8)
WORKING = [day for n in range(420) if is_workday(day := FIRST + dt.timedelta(days=n))]


def by_day(times: Any) -> Any:
    return np.bincount(np.clip(times, 0, 2 * LIMIT), minlength=2 * LIMIT + 1).astype(np.float64)


def times(rng: np.random.Generator, size: int, mean: float) -> Any:
    return rng.gamma(6, mean / 6, size).round().astype(int)


def test_what_waits_for_the_limit_rises_above_a_valley() -> None:
    rng = np.random.default_rng(4)
    worked = np.minimum(times(rng, 200, 6), 11)
    waits = rng.random(200) < 0.3
    found = second_peak(by_day(np.where(waits, LIMIT - rng.integers(0, 2, 200), worked)), LIMIT)
    assert found.count > 0.8 * waits.sum()
    assert found.count > found.usual_count + 8 * found.variance**0.5
    assert found.contrast > found.usual_contrast + 8 * found.contrast_variance**0.5


@pytest.mark.parametrize("mean", [4, 8, 12, 14, 18])
def test_one_peak_wherever_it_lies_has_no_valley(mean: float) -> None:
    found = [second_peak(by_day(times(np.random.default_rng(seed), 150, mean)), LIMIT) for seed in range(30)]
    excess = np.array([one.contrast - one.usual_contrast for one in found])
    assert excess.mean() <= 3 * excess.std() / len(found) ** 0.5


def test_a_peak_at_the_limit_alone_is_a_tight_limit() -> None:
    found = second_peak(by_day(np.repeat([12, 13, 14, 15, 16], [3, 20, 90, 60, 4])), LIMIT)
    assert found.count == 0


def test_cases_that_come_by_fours_are_counted_by_fours_and_tell_no_more_than_one_each() -> None:
    by_one = by_day(np.repeat([3, 4, 5, 6, 14, 15], [4, 9, 12, 5, 6, 8]))
    one, four = second_peak(by_one, LIMIT), second_peak(4 * by_one, LIMIT, design_effect=4)
    assert one.count > 0
    assert (four.count, four.usual_count, four.variance) == pytest.approx(
        (4 * one.count, 4 * one.usual_count, 16 * one.variance)
    )
    assert (four.contrast, four.usual_contrast, four.contrast_variance) == pytest.approx(
        (one.contrast, one.usual_contrast, one.contrast_variance)
    )


def test_departments_of_one_peak_an_item_seldom_have_a_small_chance() -> None:
    """Twelve items, each with its own pace and its own number of cases: the chance is below 1 % in at most 1 %."""
    rng = np.random.default_rng(8)
    chances = []
    for _ in range(60):
        items = [
            second_peak(by_day(times(rng, int(rng.integers(8, 60)), rng.uniform(3, 20))), LIMIT) for _ in range(12)
        ]
        found, usual, variance = (
            sum(getattr(item, name) for item in items) for name in ("contrast", "usual_contrast", "contrast_variance")
        )
        chances.append(gammaincc(usual**2 / variance, found * usual / variance))
    assert np.mean(np.array(chances) < 0.01) <= 0.01 + 1 / 60
    assert np.mean(np.array(chances) < 0.2) <= 0.2 + 3 * (0.2 * 0.8 / 60) ** 0.5


def city_of_two(folder: Path, *, by_notice: tuple[bool, bool]) -> dict[str, str]:
    """Two departments of four items, with times of 3 to 7 and of 14 and 15 days; a notice tells why, or none."""
    rng = np.random.default_rng(11)
    cases, steps, items = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for department in ("d0", "d1"):
        for item in (f"{department}i{n}" for n in range(4)):
            items.append({
                "item": item, "department": department, "valid_from": "2023-01-01", "promised_length": LIMIT,
                "promised_unit": "working_days", "statutory_length": 30, "statutory_unit": "working_days",
            })  # fmt: skip
            for number in range(60):
                at, is_long = int(rng.integers(0, 220)), rng.random() < 0.4
                took = LIMIT - int(rng.integers(0, 2)) if is_long else int(rng.integers(3, 8))
                accepted, completed = (
                    dt.datetime.combine(WORKING[place], dt.time(10, 7, 31)) for place in (at, at + took)
                )
                case = {"case_id": f"{item}-{number}", "item": item, "department": department}
                cases.append({**case, "accepted_at": accepted, "completed_at": completed})
                is_explained = by_notice[int(department[1])]
                told = is_long if is_explained else rng.random() < 0.4
                steps += [
                    {"case_id": case["case_id"], "activity": name, "department": department, "completed_at": when}
                    for name, when in (("acceptance", accepted), ("decision", completed))
                ]
                if told:
                    steps.append(
                        {"case_id": case["case_id"], "activity": "review", "department": department,
                         "completed_at": completed}
                    )  # fmt: skip
    with published(folder, items=items, cases=cases, steps=steps) as log:
        rows = honesty_checks(log).filter(pl.col("code") == "H17")
    return dict(rows.select("department", "verdict").rows())


def test_a_path_that_ends_near_the_limit_is_no_waiting_and_the_same_times_without_one_are(tmp_path: Path) -> None:
    assert city_of_two(tmp_path, by_notice=(True, False)) == {"d0": "not_unusual", "d1": "stands_out"}


def test_what_a_single_item_makes_is_not_the_departments() -> None:
    assert borne_out(1e-9, [1e-7, 1e-8]) == 1e-9
    assert borne_out(1e-9, [1e-7, 0.2]) == 0.2
    assert borne_out(1e-9, []) == 1.0

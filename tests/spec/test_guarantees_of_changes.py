"""Since when times have been what they are: the last change is found, and where nothing changed, none."""

import numpy as np
import pytest

from efficacy_analytics.statistics.changes import change_p_value, last_spell
from efficacy_analytics.statistics.log_rank import log_rank_scores

LEVEL = 0.05
SPAN = 500


def drawn(
    seed: int, cases: int, *, factor: float = 1.0, from_day: int = 300, cut: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days of acceptance, counted days and whether open: times geometric, longer by a factor from a day on."""
    draw = np.random.default_rng(seed)
    day = np.sort(draw.integers(0, SPAN, cases))
    times = np.ceil(draw.geometric(0.15, cases) * np.where(day >= from_day, factor, 1.0)).astype(np.int64)
    age = SPAN - day if cut else np.full(cases, 10_000)
    return day, np.minimum(times, age), times > age


def last_change(day: np.ndarray, times: np.ndarray, is_open: np.ndarray, *, level: float) -> int | None:
    """The first day of the last spell, none where times have been alike throughout."""
    place = last_spell(day, times, is_open, level=level).place
    return int(day[place]) if place else None


def false_alarms(seed: int, rounds: int, cases: int) -> float:
    found = (last_change(*drawn(seed * 100_000 + one, cases), level=LEVEL) for one in range(rounds))
    return sum(change is not None for change in found) / rounds


def test_scores_add_up_to_nothing():
    _, times, is_open = drawn(1, 300)
    assert is_open.any()
    assert log_rank_scores(times, is_open).sum() == pytest.approx(0, abs=1e-9)


def test_scores_of_distinct_times_are_those_of_savage():
    # 1 - (1/3), 1 - (1/3 + 1/2), 1 - (1/3 + 1/2 + 1): Savage 1956.
    found = log_rank_scores(np.array([10, 20, 30]), np.zeros(3, dtype=bool))
    assert found == pytest.approx([2 / 3, 1 / 6, -5 / 6])


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_data_before_a_drift_are_not_used(factor):
    found = [last_change(*drawn(seed, 600, factor=factor), level=0.01) for seed in range(10)]
    assert all(first is not None and first >= 280 for first in found)
    assert sum(first <= 345 for first in found if first) >= 9


def test_of_two_changes_the_last_one_counts():
    day, times, is_open = drawn(5, 1500, factor=2.0, from_day=200, cut=False)
    found = last_change(day, np.where(day >= 400, times * 2, times), is_open, level=0.01)
    assert found is not None
    assert 390 <= found <= 420


def test_recent_cases_still_open_are_no_improvement():
    # Of the last ten days only fast cases are completed: without the open ones that looks like a change.
    day, times, is_open = drawn(2, 9000)
    recent = day >= 470
    kept = recent & ~is_open
    assert change_p_value(day[recent], times[recent], is_open[recent])[0] > LEVEL
    assert change_p_value(day[kept], times[kept], is_open[kept])[0] < 0.001


def test_cases_of_one_day_stay_together():
    day, times, is_open = drawn(3, 600, factor=3.0)
    first = last_change(day, times, is_open, level=LEVEL)
    assert first in day


def test_a_single_day_or_a_single_time_has_no_change():
    times = np.arange(100)
    assert last_change(np.zeros(100, dtype=np.int64), times, np.zeros(100, dtype=bool), level=LEVEL) is None
    assert last_change(times, np.full(100, 3), np.zeros(100, dtype=bool), level=LEVEL) is None


def test_without_a_change_none_is_found_more_often_than_stated():
    # Binomial noise over 400 rounds: 0.05 + 3 * 0.0109.
    assert false_alarms(1, rounds=400, cases=200) <= 0.083


@pytest.mark.deep
@pytest.mark.parametrize("cases", [20, 50, 200, 1000, 4000])
def test_without_a_change_false_alarms_stay_near_the_level_in_long_simulations(cases):
    # Over 4,000 rounds: 0.05 + 3 * 0.0034; conservative below 200 cases.
    rate = false_alarms(7, rounds=4000, cases=cases)
    assert rate <= 0.061
    assert cases < 200 or rate >= 0.025

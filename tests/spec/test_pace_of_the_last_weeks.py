"""How much slower the last weeks and the next quarter may be."""

import numpy as np
import pytest

from efficacy_analytics.statistics.log_rank import cumulated_hazard
from efficacy_analytics.statistics.pace import (
    Growth,
    pace_bound,
    pace_of_next_quarter,
    recent_pace_bound,
    recent_place,
)

SPAN = 728
Sample = tuple[np.ndarray, np.ndarray, np.ndarray]


def drawn(seed: int, cases: int, *, factor: float = 1.0, weeks: int = 5, mean: float = 8.0) -> Sample:
    """Days of acceptance, counted days and whether open: times longer by a factor for the last weeks."""
    draw = np.random.default_rng(seed)
    day = np.sort(draw.integers(0, SPAN, cases))
    times = draw.gamma(2, mean / 2, cases) * np.where(day >= SPAN - 7 * weeks, factor, 1.0)
    age = SPAN - day
    return day, np.minimum(np.ceil(times).astype(np.int64), age), np.ceil(times) > age


def slower_share(factor: float, *, confidence: float, cases: int = 600, rounds: int = 100) -> float:
    """How often the pace of the last weeks is bounded below by more than 1."""
    bounds = [
        recent_pace_bound(*drawn(seed, cases, factor=factor), confidence=confidence, dispersion=1.0)
        for seed in range(rounds)
    ]
    return float(np.mean([bound > 1 for bound in bounds]))


def test_a_doubling_five_weeks_ago_is_seen_and_a_steady_item_left_alone():
    # The power of a log-rank test of the last weeks at 1 %; binomial noise over 100 samples.
    assert slower_share(2.0, confidence=0.01) >= 0.8
    assert slower_share(1.0, confidence=0.01) <= 0.04


@pytest.mark.parametrize("factor", [1.0, 1.5, 3.0])
def test_the_bound_lies_above_the_true_pace_as_often_as_stated(factor):
    # Binomial noise over 200 samples: 0.05 + 3 * 0.0154.
    below = [
        recent_pace_bound(*drawn(seed, 1500, factor=factor, weeks=4), confidence=0.95, dispersion=1.0) < factor
        for seed in range(200)
    ]
    assert np.mean(below) <= 0.096


def test_dependent_weeks_leave_more_room():
    sample = drawn(1, 600)
    bounds = [recent_pace_bound(*sample, confidence=0.95, dispersion=dispersion) for dispersion in (1.0, 2.0, 5.0)]
    assert bounds == sorted(bounds)


def test_the_last_weeks_are_four_and_more_where_few_could_be_completed():
    day, times, is_open = drawn(2, 3000)
    assert day[recent_place(day, times, is_open, dispersion=1.0)] == day[-1] + 1 - 28
    day, times, is_open = drawn(2, 200)  # two cases a week
    assert day[recent_place(day, times, is_open, dispersion=1.0)] < day[-1] + 1 - 28
    day, times, is_open = drawn(2, 600, mean=60.0)
    assert day[recent_place(day, times, is_open, dispersion=1.0)] < day[-1] + 1 - 28


def test_where_cases_depend_on_each_other_more_are_taken_up_to_fifteen_that_were_to_be_completed():
    day, times, is_open = drawn(2, 200)

    _, hazard, place = cumulated_hazard(times, is_open)
    for dispersion, expected in ((1.0, 7), (1.5, 10.5), (3.0, 15), (9.0, 15)):
        first = recent_place(day, times, is_open, dispersion=dispersion)
        later = day > day[first]
        assert hazard[place][first:].sum() >= expected > hazard[place][later].sum()


def test_a_slow_item_s_last_four_weeks_are_not_filled_up_with_cases_from_before_a_change():
    # Of six hundred in two years some 23 are of the last four weeks; three times as long, hardly one is completed.
    samples = [drawn(seed, 600, factor=3.0, weeks=4, mean=16.0) for seed in range(60)]
    reaching_back = [
        sample for sample in samples if sample[0][recent_place(*sample, dispersion=1.0)] < sample[0][-1] + 1 - 28
    ]
    assert len(reaching_back) <= 2


def test_cases_of_one_day_have_no_last_weeks():
    same_day, times = np.zeros(60, dtype=np.int64), np.arange(60)
    assert recent_pace_bound(same_day, times, np.zeros(60, dtype=bool), confidence=0.95, dispersion=1.0) == 1


def test_where_none_of_the_last_cases_is_completed_nothing_bounds_their_pace():
    day, times = np.arange(100), np.full(100, 3)
    is_open = day >= 60
    assert recent_pace_bound(day, times, is_open, confidence=0.95, dispersion=1.0) == np.inf


def test_of_times_that_are_all_alike_the_pace_is_known_to_the_day():
    # 3 days counted are 2 to 3 days: 30 cases leave a factor below 3 / 2.
    alike = np.full(30, 3), np.zeros(30, dtype=bool)
    assert 1 <= pace_bound(alike, alike, confidence=0.95, dispersion=1.0) < 1.5


def test_growth_is_bounded_from_above_as_often_as_stated():
    # Twice as long after two years: a growth of log 2 over the span.
    day, growth = np.arange(SPAN), np.log(2)
    below = 0
    for seed in range(100):
        times = np.random.default_rng(seed).gamma(2, 10, SPAN) * np.exp(growth * day / SPAN)
        cases = Growth(day, np.ceil(times).astype(np.int64), np.zeros(SPAN, dtype=bool))
        bound = cases.bound(confidence=0.9, dispersion=1.0)
        below += bound < growth
    # Binomial noise over 100 samples: 0.1 + 3 * 0.03.
    assert below / 100 <= 0.19


def test_the_next_quarter_is_as_much_longer_as_its_middle_is_away():
    # 45 days after the last of 100: the first case is moved by 1.45 spans, the last by 0.45.
    assert pace_of_next_quarter(np.array([0, 100]), 1.0) == pytest.approx(np.exp([1.45, 0.45]))

"""How many independent cases those are worth that share queues."""

import numpy as np
import pytest

from efficacy_analytics.findings.limits.fit import Rule, Times
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.statistics.dependence import (
    Exceedance,
    dispersion,
    group_sums,
    level_ratio,
    long_run_variance,
    pace_dispersion_implied,
)

WEEKS, CASES_A_WEEK = 100, 10
DAY = np.repeat(7 * np.arange(WEEKS), CASES_A_WEEK)
NONE_OPEN = np.zeros(DAY.size, dtype=bool)


def test_sums_are_those_of_weeks_and_of_shorter_stretches_in_a_short_time():
    assert group_sums(DAY, np.ones(DAY.size)) == pytest.approx(np.full(WEEKS, CASES_A_WEEK))
    # 60 days hold eight weeks: thirty stretches of two days instead.
    assert group_sums(np.arange(60), np.ones(60)) == pytest.approx(np.full(30, 2))


def test_the_long_run_variance_weighs_neighbours_less_the_farther_they_are():
    # Of 1, 1, -1, -1: squares 4; with one lag of weight 1/2, products 1 - 1 + 1 = 1 twice; over 1 - 2/4.
    assert long_run_variance(np.array([1.0, 1.0, -1.0, -1.0]), lags=1) == pytest.approx((4 + 2 * 0.5 * 1) / 0.5)
    # Without lags the squares, over what taking the mean out has left.
    assert long_run_variance(np.array([1.0, 1.0, -1.0, -1.0]), lags=0) == pytest.approx(4 / 0.75)


def test_cases_of_a_week_that_are_all_over_the_limit_or_none_count_as_one():
    draw = np.random.default_rng(4)
    is_slow_week = draw.random(WEEKS) < 0.3
    days = np.where(np.repeat(is_slow_week, CASES_A_WEEK), 20, 5)
    low, high = Exceedance(DAY, days, NONE_OPEN).dispersion(10)
    # Ten cases a week that do the same: ten times the variance, give or take what thirteen lags of noise add.
    assert low <= 1.3 * CASES_A_WEEK
    assert high >= CASES_A_WEEK


def test_independent_cases_count_in_full():
    draw = np.random.default_rng(3)
    found = [Exceedance(DAY, draw.geometric(0.1, DAY.size), NONE_OPEN).dispersion(30) for _ in range(40)]
    assert np.mean([low == 1 for low, _ in found]) > 0.7
    assert np.mean([low for low, _ in found]) < 1.15


def test_open_cases_count_by_their_age():
    draw = np.random.default_rng(2)
    days = draw.geometric(0.1, DAY.size)
    age = DAY.max() + 7 - DAY
    with_open = Exceedance(DAY, np.minimum(days, age), days > age).dispersion(20)
    assert with_open == pytest.approx(Exceedance(DAY, days, NONE_OPEN).dispersion(20), rel=0.2)


def test_a_limit_that_is_safe_at_the_quantile_counts_cases_as_they_depend_there_and_not_farther_out():
    # Every tenth week a case takes nine days; ten of one week take twelve. Few enough that five days are safe.
    days = np.full(DAY.size, 5)
    days[::100], days[500:510] = 9, 12
    used, rule = Times(DAY, days, NONE_OPEN), Rule(0.95, 0.95, 0.01)
    fit = fitted(used, rule)
    at_five, at_nine = (Exceedance(DAY, days, NONE_OPEN).dispersion(limit)[0] for limit in (5, 9))
    assert fit.dispersion == at_five
    assert at_five < at_nine


def test_of_a_few_days_nothing_is_known_of_dependence():
    day = np.repeat(np.arange(10), 20)
    assert dispersion(day, day, np.zeros(200, dtype=bool), []).ratio == 1
    assert Exceedance(day, day, np.zeros(200, dtype=bool)).dispersion(5)[0] == 1


def test_swings_are_told_from_independent_weeks():
    draw = np.random.default_rng(1)
    level = np.exp(0.5 * np.sin(np.arange(WEEKS) / 5))
    times = draw.geometric(0.1, DAY.size)
    assert dispersion(DAY, np.ceil(times * np.repeat(level, CASES_A_WEEK)).astype(np.int64), NONE_OPEN, []).is_swing
    assert not dispersion(DAY, times, NONE_OPEN, []).is_swing


def test_a_pace_disperses_more_than_the_few_cases_over_a_limit():
    # p = 0.05: (1 - 0.05) / (0.05 log(0.05)^2) = 2.117.
    assert pace_dispersion_implied(2.0, 0.05) == pytest.approx(1 + 2.117, abs=1e-3)
    assert pace_dispersion_implied(1.0, 0.05) == 1


def test_the_level_of_slow_swings_varies_as_their_correlation_says():
    """Each week keeps r of the week before: the level of a long stretch varies (1 + r) / (1 - r) times as much."""
    draw, kept = np.random.default_rng(7), 0.9
    found = []
    for _ in range(200):
        level = draw.normal(size=600)
        for week in range(1, 600):
            level[week] = kept * level[week - 1] + np.sqrt(1 - kept**2) * level[week]
        sums = level + draw.normal(size=600)
        found.append(level_ratio(sums - sums.mean(), 600.0))
    assert np.median(found) == pytest.approx(1 + (1 + kept) / (1 - kept), rel=0.15)
    independent = [level_ratio(sums - sums.mean(), 104.0) for sums in draw.normal(size=(200, 104))]
    assert np.median(independent) < 1.3

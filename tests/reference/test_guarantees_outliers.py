"""Groups that stand out: by exact tails, seldom by chance, never for what comes in batches."""

import numpy as np
import pytest
from scipy.stats import binom

from efficacy_analytics.statistics.outliers import (
    compared,
    constant_probability,
    mode_probability,
    repeated_probability,
    share_low,
)

LEVEL = 0.01


def false_alarms(draws: int, spread: float, seed: int) -> float:
    """How often any of 24 honest groups of very different size is named, where groups differ by `spread`."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(30, 5000, size=24)
    named = 0
    for _ in range(draws):
        shares = np.clip(rng.normal(0.1, spread, size=24), 0, 1)
        named += (compared(rng.binomial(sizes, shares), sizes).probability < LEVEL / 24).any()
    return named / draws


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.03])
def test_honest_groups_are_seldom_named_however_much_they_differ(spread):
    assert false_alarms(1000, spread, seed=1) <= 0.02  # the level is 0.01


@pytest.mark.parametrize("share", [0.0, 0.0005])
def test_rare_things_are_no_reason_to_name_a_small_group(share):
    rng = np.random.default_rng(2)
    sizes = np.array([40] * 5 + [4000] * 19)
    named = [(compared(rng.binomial(sizes, share), sizes).probability < LEVEL / 24).any() for _ in range(500)]
    assert np.mean(named) <= 0.02


def test_a_group_with_a_much_larger_share_is_named_and_the_others_are_not():
    count, of_count = np.array([60, *[40] * 23]), np.array([200, *[1000] * 23])
    probability = compared(count, of_count).probability
    assert probability[0] < LEVEL / 24
    assert (probability[1:] > LEVEL).all()


def test_what_is_to_be_expected_is_no_excess():
    of_count, expected = np.full(24, 500), np.linspace(0.1, 0.5, 24)
    assert (compared(of_count * expected, of_count, expected).probability > LEVEL).all()


def test_the_lower_bound_of_a_share_is_clopper_and_pearson_one_sided():
    # 5 of 20 at 95 %, one-sided: P(X >= 5) = 0.05 at this share
    (low,) = share_low([5], [20])
    assert binom.sf(4, 20, low) == pytest.approx(0.05)
    assert share_low([0], [20])[0] == 0.0
    assert np.isnan(share_low([0], [0])[0])


def test_the_most_frequent_of_few_values_is_no_surprise():
    rng = np.random.default_rng(3)
    modes = [np.bincount(rng.integers(0, 4, size=30)).max() for _ in range(2000)]
    assert np.mean([mode_probability(int(mode), 30, 0.25) < 0.05 for mode in modes]) <= 0.05


def test_a_constant_is_found_and_chance_is_not():
    expected = np.full(10, 0.08)
    assert constant_probability(np.array([2, 3, 20, 1, 2, 2, 3, 1, 2, 2.0]), 40, expected) < 1e-6
    assert constant_probability(np.array([3, 3, 4, 3, 3, 3, 4, 3, 3, 3.0]), 40, expected) == 1.0


def test_work_done_at_a_meeting_now_and_then_at_the_months_end_is_no_crowding():
    expected = np.full(18, 5.0)
    at_meetings = np.array([95.0, *[-5] * 8, 95, *[-5] * 8])  # a meeting of a hundred cases fell on two month's ends
    assert repeated_probability(at_meetings, expected) > 0.01
    assert repeated_probability(np.full(18, 6.0), expected) < 1e-6
    assert repeated_probability(np.zeros(18), expected) == pytest.approx(0.5)

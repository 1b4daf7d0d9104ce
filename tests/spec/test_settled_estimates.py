"""An estimate has ten digits, whatever the last bits of the sums it came from."""

import math

import numpy as np
import pytest

from efficacy_analytics.statistics.settled import settled, settled_figure


def test_estimates_that_differ_in_their_last_bits_are_one() -> None:
    draw = np.random.default_rng(1)
    values = draw.normal(size=1000) * 10.0 ** draw.integers(-200, 200, size=1000)
    nearby = values * (1 + draw.integers(-4, 5, size=1000) * 2.0**-52)
    assert (values != nearby).sum() > 500
    assert (settled(values) == settled(nearby)).all()


def test_ten_digits_stay_and_no_more() -> None:
    assert settled(np.array([1.23456789012345, -98765432109.8, 5e-321])).tolist()[:2] == [1.23456789, -98765432110.0]
    assert settled(np.array([0.1, 1 / 3, 0.0])).tolist() == [0.1, 0.3333333333, 0.0]


def test_many_estimates_settle_where_each_does_by_itself() -> None:
    draw = np.random.default_rng(2)
    lengths = 10.0 ** draw.integers(-15, 13, size=2000)
    near_powers = [
        reached for power in lengths for reached in (power, np.nextafter(power, 0), np.nextafter(power, 9e99))
    ]
    between_two = (draw.integers(10**9, 10**10, size=2000) * 10 + 5) * 1e-11  # the eleventh digit is a five
    values = np.concatenate([draw.normal(size=2000) * lengths, draw.random(2000), near_powers, between_two])
    assert settled(values).tolist() == [settled_figure(value) for value in values.tolist()]


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.0])
def test_what_is_no_figure_stays(value: float) -> None:
    assert settled(np.array([value])).tolist() == [value]
    assert np.isnan(settled(np.array([math.nan]))).all()

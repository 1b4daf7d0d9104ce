"""Bounds and intervals against published values."""

from fractions import Fraction
from math import comb

import polars as pl
import pytest

from efficacy_analytics.statistics.proportions import clopper_pearson, wilson
from efficacy_analytics.statistics.tolerance import fewest_cases, safe_rank

# S. S. Wilks 1941 and the tables made from it (first-order 59, 93, 124 … are the one-sided 95/95 sample sizes
# of nuclear safety analysis; 299 is the one for 99/95).
WILKS = [
    (0.95, 0.95, [59, 93, 124, 153, 181]),
    (0.90, 0.95, [29, 46, 61]),
    (0.80, 0.95, [14]),
    (0.99, 0.95, [299]),
]

# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
# table I: methods 3 (score) and 5 (Clopper-Pearson), at 95%.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("share", "confidence", "numbers"), WILKS)
def test_the_fewest_cases_are_those_of_wilks(share, confidence, numbers):
    found = [fewest_cases(share, confidence, longer_count=longer) for longer in range(len(numbers))]
    assert found == numbers


@pytest.mark.parametrize("count", [1, 13, 58, 59, 60, 92, 93, 150, 333])
@pytest.mark.parametrize("share", [Fraction(4, 5), Fraction(19, 20), Fraction(99, 100)])
def test_the_safe_rank_is_that_of_exact_fractions(count, share):
    confidence = Fraction(19, 20)
    below, rank = Fraction(0), 0  # P(Binomial(count, share) < rank)
    while below < confidence and rank <= count:
        below += comb(count, rank) * share**rank * (1 - share) ** (count - rank)
        rank += 1
    expected = rank if below >= confidence and rank <= count else count + 1
    assert safe_rank(count, share=float(share), confidence=float(confidence)) == expected


@pytest.mark.parametrize(("late", "judged", "score", "exact"), NEWCOMBE)
def test_intervals_of_a_share_are_those_of_newcombe(late, judged, score, exact):
    for interval, expected in ((wilson, score), (clopper_pearson, exact)):
        assert [float(end) for end in interval(late, judged)] == pytest.approx(expected, abs=6e-5)


def test_all_of_ten_in_time_proves_69_per_cent():
    # Clopper and Pearson 1934: 10 of 10 at 95% gives 0.025 ** (1 / 10) = 0.6915.
    low, high = clopper_pearson(10, 10)
    assert (float(low), float(high)) == pytest.approx((0.025**0.1, 1.0))


def test_intervals_are_read_for_whole_columns_at_once():
    counts = pl.DataFrame({"late": [81, 0, 0], "judged": [263, 20, 0]})
    low, high = clopper_pearson(counts["late"].to_numpy(), counts["judged"].to_numpy())
    assert low[:2].round(4).tolist() == [0.2527, 0.0]
    assert high[:2].round(4).tolist() == [0.3676, 0.1684]
    assert str(low[2]) == str(high[2]) == "nan"


@pytest.mark.parametrize("judged", [5, 20, 59])
def test_the_exact_interval_covers_every_true_share(judged):
    late = range(judged + 1)
    low, high = clopper_pearson(list(late), [judged] * (judged + 1))
    for percent in range(1, 100):
        true = percent / 100
        chance = [comb(judged, x) * true**x * (1 - true) ** (judged - x) for x in late]
        assert sum(chance[x] for x in late if low[x] <= true <= high[x]) >= 0.95

"""What a safe limit promises, and what it refuses."""

import numpy as np
import polars as pl
import pytest

from efficacy_analytics.errors import CallError, TooFewCasesError
from efficacy_analytics.statistics.survival import safe_limit


def days(*values: int) -> pl.Series:
    return pl.Series(values, dtype=pl.Int32)


def limit(counted_days: pl.Series, open_count: int = 0, share: float = 0.95, confidence: float = 0.95) -> int:
    ages = pl.Series([None] * open_count, dtype=pl.Int32)  # of unknown age: they count as the longest
    return safe_limit(counted_days, ages, share=share, confidence=confidence).days


def test_of_59_cases_the_longest_is_the_safe_limit():
    assert limit(days(*range(1, 60))) == 59


def test_of_93_cases_the_second_longest_is_the_safe_limit():
    assert limit(days(*range(1, 94))) == 92


@pytest.mark.parametrize(("completed", "still_open", "missing"), [(0, 0, 59), (58, 0, 1), (58, 1, 34), (59, 1, 33)])
def test_too_few_cases_say_how_many_are_missing(completed, still_open, missing):
    # 59 cases with none open, 93 with one (Wilks at 95/95).
    with pytest.raises(TooFewCasesError) as fault:
        limit(days(*range(completed)), open_count=still_open)
    assert fault.value.missing_count == missing
    assert f"{missing} are missing" in fault.value.problem


def test_an_open_case_of_unknown_age_counts_as_longer_than_every_completed_one():
    # 93 cases allow one to be longer than the limit: with one open, that is it.
    assert limit(days(*range(1, 93)), open_count=1) == 92


def test_an_open_case_never_shortens_the_limit():
    completed = days(*range(1, 201))
    limits = [limit(completed, open_count=still_open) for still_open in range(5)]
    assert limits == sorted(limits)


def test_the_order_of_the_cases_does_not_matter():
    assert limit(days(*range(60))) == limit(days(*reversed(range(60))))


def test_a_missing_duration_is_refused_and_not_dropped():
    with pytest.raises(CallError, match="duration is missing"):
        limit(pl.Series([1, None, 3]))


@pytest.mark.parametrize("wrong", [0.0, 1.0, 95.0])
def test_shares_are_shares_and_not_percentages(wrong):
    with pytest.raises(CallError, match="between 0 and 1"):
        limit(days(1, 2), share=wrong)
    with pytest.raises(CallError, match="between 0 and 1"):
        limit(days(1, 2), confidence=wrong)


def kept_share(seed: int, rounds: int, cases: int, open_share: float) -> float:
    """How often the limit found in a sample really is kept by 95% of durations (geometric, whole days)."""
    draw = np.random.default_rng(seed)
    enough = np.log(0.05) / np.log(0.8)  # P(T <= t) = 1 - 0.8 ** t for the geometric with p = 0.2
    kept = 0
    for _ in range(rounds):
        sample = draw.geometric(0.2, cases)
        is_open = draw.random(cases) < open_share
        found = limit(pl.Series(sample[~is_open]), open_count=int(is_open.sum()))
        kept += found >= enough
    return kept / rounds


def test_a_safe_limit_is_safe_as_often_as_it_says():
    # Binomial noise over 200 rounds: 0.95 - 3 * 0.0154.
    assert kept_share(seed=1, rounds=200, cases=250, open_share=0.0) >= 0.90


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("open_share", [0.0, 0.01])
def test_a_safe_limit_is_safe_in_long_simulations(seed, open_share):
    # Over 4,000 rounds: 0.95 - 3 * 0.0035.
    assert kept_share(seed, rounds=4000, cases=600, open_share=open_share) >= 0.939

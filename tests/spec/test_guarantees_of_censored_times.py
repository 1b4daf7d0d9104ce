"""What open cases do to a safe limit: censored at their age, neither dropped nor taken for the longest."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv

from efficacy_analytics.errors import CallError, TooFewCasesError
from efficacy_analytics.statistics.survival import SafeLimit, breach_share_high, safe_limit

LEVELS = {"share": 0.95, "confidence": 0.95}


def days(*values: int | None) -> pl.Series:
    return pl.Series(values, dtype=pl.Int32)


def found(done: list[int], still_open: list[int | None]) -> SafeLimit:
    return safe_limit(days(*done), days(*still_open), **LEVELS)


def test_an_open_case_younger_than_the_limit_is_not_taken_for_the_longest():
    # 60 cases with one counted as longest would be refused: 93 are needed (Wilks at 95/95).
    assert found([3] * 60, [1]) == SafeLimit(3, "censored_band", 1)


def test_an_open_case_as_old_as_the_limit_is_longer():
    assert found(list(range(1, 93)), [91]) == SafeLimit(92, "censored_band", 1)
    assert found(list(range(1, 93)), [92]) == SafeLimit(92, "order_statistic", 0)


def test_an_open_case_of_unknown_age_counts_as_the_longest():
    with pytest.raises(TooFewCasesError) as fault:
        found([3] * 60, [None])
    assert fault.value.missing_count == 93 - 61


@pytest.mark.parametrize(
    ("done", "still_open", "missing"), [(58, [], 1), (57, [1], 2), (60, [9], 32), (0, [1, 1, 1], 150)]
)
def test_too_few_cases_say_how_many_more_must_be_completed(done, still_open, missing):
    # A case censored before the limit brings nothing to it: 59 must be completed. One beyond it: 93 in all.
    with pytest.raises(TooFewCasesError) as fault:
        found([3] * done, still_open)
    assert fault.value.missing_count == missing
    enough = found([3] * (done + missing), still_open)
    assert enough.days == 3


def test_a_missing_duration_is_refused_and_not_dropped():
    with pytest.raises(CallError, match="duration is missing"):
        safe_limit(days(1, None), days(), **LEVELS)


@given(
    done=st.lists(st.integers(0, 30), min_size=14, max_size=150),
    still_open=st.lists(st.integers(0, 40), max_size=40),
    share=st.sampled_from([0.8, 0.9, 0.95]),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_open_cases_never_make_the_limit_shorter_than_without_them(done, still_open, share):
    def limit(ages: list[int]) -> float:
        try:
            return safe_limit(days(*done), days(*ages), share=share, confidence=0.95).days
        except TooFewCasesError:
            return float("inf")

    assert limit(still_open) >= limit([]) or limit([]) == float("inf")


@given(
    done=st.lists(st.integers(0, 20), min_size=60, max_size=150),
    still_open=st.lists(st.integers(0, 30), max_size=20),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_at_the_safe_limit_the_bound_of_breaches_is_what_was_promised(done, still_open):
    try:
        limit = found(done, still_open).days
    except TooFewCasesError:
        return
    assert breach_share_high(days(*done), days(*still_open), limit, confidence=0.95) <= 0.05 + 1e-9


def test_the_bound_of_breaches_without_young_open_cases_is_that_of_clopper_and_pearson():
    # Two of 40 over the limit and one open one as old as it: Beta^-1(0.95; 4, 38).
    found = breach_share_high(days(*[3] * 38, 9, 9), days(5), 5, confidence=0.95)
    assert found == pytest.approx(betaincinv(4, 38, 0.95))
    assert breach_share_high(days(9, 9), days(), 5, confidence=0.95) == 1.0


def kept(seed: int, rounds: int) -> float:
    """How often a limit from half-open samples (geometric days, ages of any length) is kept by 95% of durations."""
    draw = np.random.default_rng(seed)
    enough = np.ceil(np.log(0.05) / np.log(0.8))  # P(T <= t) = 1 - 0.8 ** t
    safe = 0
    for _ in range(rounds):
        times, ages = draw.geometric(0.2, 250), draw.integers(0, 60, 250)
        is_open = times > ages
        limit = safe_limit(pl.Series(times[~is_open]), pl.Series(ages[is_open]), **LEVELS).days
        safe += limit >= enough
    return safe / rounds


def test_a_limit_from_censored_data_is_safe_as_often_as_it_says():
    # Binomial noise over 200 rounds: 0.95 - 3 * 0.0154.
    assert kept(seed=3, rounds=200) >= 0.90

"""Chances and their scores: curves of what remains, weights for what is not known yet, a ridge, how good it all was."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from efficacy_analytics.statistics.prediction.logistic import logistic
from efficacy_analytics.statistics.prediction.remaining import censoring_weights, remaining
from efficacy_analytics.statistics.prediction.scores import auc, brier, calibration, calibration_error, precision_at


def test_the_curve_is_that_of_kaplan_and_meier() -> None:
    # The classical example of 6-mercaptopurine (Freireich 1963): S(6) = 0.857, S(10) = 0.753, S(23) = 0.448.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = remaining(
        np.array([*ended, *going_on], dtype=float), np.array([True] * len(ended) + [False] * len(going_on))
    )
    assert np.round(curve.longer_than(np.array([5.9, 6, 10, 23, 99])), 3).tolist() == [1, 0.857, 0.753, 0.448, 0.448]


def test_known_fates_stand_for_those_that_the_cut_hides() -> None:
    rng = np.random.default_rng(4)
    takes, until_cut = rng.exponential(10, 40_000), rng.uniform(0, 60, 40_000)
    known = takes <= until_cut
    is_long = takes > 10
    weights = censoring_weights(takes[known], until_cut)
    assert is_long[known].mean() < is_long.mean() - 0.05
    assert np.average(is_long[known], weights=weights) == pytest.approx(is_long.mean(), abs=0.015)


def test_the_ridge_finds_the_largest_penalised_likelihood() -> None:
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(300, 3)) * [1, 5, 0.1] + [0, 40, 1]
    happened = rng.random(300) < 1 / (1 + np.exp(-(rows[:, 0] - 1)))
    counts = rng.uniform(0.5, 3, 300)
    found = logistic(rows, happened, counts, ridge=2.0)
    scaled = (rows - found.centre) / found.scale

    def loss(weights: np.ndarray) -> float:
        log_odds = scaled @ weights[1:] + weights[0]
        return float(counts @ (np.logaddexp(0, log_odds) - happened * log_odds) + (weights[1:] ** 2).sum())

    best = minimize(loss, np.zeros(4)).x
    assert np.allclose([found.intercept, *found.weights], best, atol=1e-4)


def test_a_column_that_never_varies_and_rows_told_apart_wholly_are_no_trouble() -> None:
    rows = np.column_stack([np.ones(200), np.linspace(-1, 1, 200)])
    found = logistic(rows, rows[:, 1] > 0, np.ones(200), ridge=0.01)
    chance = found.chance(rows)
    assert np.isfinite(chance).all()
    assert chance[0] < 0.01 < 0.99 < chance[-1]


def test_the_area_under_the_curve_counts_pairs() -> None:
    rng = np.random.default_rng(6)
    chance, happened = rng.integers(0, 6, 60) / 5, rng.random(60) < 0.4
    pairs = itertools.product(chance[happened], chance[~happened])
    wins = [1.0 if yes > no else 0.5 if yes == no else 0.0 for yes, no in pairs]
    assert auc(chance, happened) == pytest.approx(sum(wins) / len(wins))
    assert np.isnan(auc(chance, np.ones(60, dtype=bool)))


def test_of_each_day_the_k_likeliest_are_looked_at() -> None:
    chance = np.array([0.9, 0.8, 0.1, 0.2, 0.3, 0.7])
    happened = np.array([True, False, True, False, True, False])
    day = np.array([1.0, 1, 1, 2, 2, 3])
    # Of day 1 the first two, of day 2 both, of day 3 its only row: 2 of 5.
    assert precision_at(chance, happened, day, 2) == 2 / 5
    assert precision_at(chance, happened, day, 1) == 2 / 3


def test_chances_that_are_right_are_calibrated_and_those_that_are_not_are_found_out() -> None:
    rng = np.random.default_rng(7)
    chance = rng.random(20_000)
    happened = rng.random(20_000) < chance
    assert calibration_error(chance, happened) < 0.02
    assert calibration_error(chance**3, happened) > 0.1
    assert brier(chance, happened) < brier(chance**3, happened)
    assert sum(size for _, _, size in calibration(chance, happened)) == 20_000

"""What was to be expected of each group of cases by its properties: a logistic model with shrinkage.

logit p = intercept + one effect for the value of each factor; an effect has a normal prior around 0, so that a value
with few cases stays near the whole. The intercept is free: as many are expected in all as were observed.

Source: S.-L. T. Normand, M. E. Glickman and C. A. Gatsonis, "Statistical methods for profiling providers of medical
care", JASA 92(439), 1997; S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied
Statistics 41(1), 1992.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from efficacy_analytics.statistics.proportions import Floats

PRIOR_SD: Final = 1.0
"""Two values of a factor differ by odds of more than 1 : 7 (two such steps) in one of twenty, before any data."""
BIN_COUNT: Final = 10


def expected_shares(
    groups: pl.DataFrame, factors: Sequence[str], success: str, trials: str, *, prior_sd: float = PRIOR_SD
) -> Floats:
    """The expected share of each group of like cases.

    Args:
        groups: one row per group, with its factors (text; null has no effect) and its two counts.
        factors: the columns that explain.
        success: the column of the counts that are explained.
        trials: the column of all cases.
        prior_sd: the standard deviation of an effect's prior, in log odds.

    Returns:
        One share per row of `groups`, strictly between 0 and 1. Where none or all of the cases succeeded the share is
        half a case from the edge.
    """
    successes = groups[success].to_numpy().astype(np.float64)
    counts = groups[trials].to_numpy().astype(np.float64)
    total, reached = counts.sum(), successes.sum()
    if not 0 < reached < total:
        return np.full(groups.height, (reached + 0.5) / (total + 1))
    levels, is_known, means = _design(groups, factors, counts)
    start = np.zeros(levels.shape[1] + 1)
    start[0] = np.log(reached / (total - reached))

    def unlikely(point: Floats) -> tuple[float, Floats]:
        effects = point[1:]
        score = point[0] + levels @ effects - is_known @ (means @ effects)
        value = -(successes @ log_expit(score) + (counts - successes) @ log_expit(-score))
        slope = counts * expit(score) - successes
        penalty = effects / prior_sd**2
        by_effect = levels.T @ slope - means.T @ (is_known.T @ slope)
        return float(value + effects @ penalty / 2), np.concatenate([[slope.sum()], by_effect + penalty])

    options = {"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-9 * total}
    fitted = minimize(unlikely, start, jac=True, method="L-BFGS-B", options=options).x
    score = fitted[0] + levels @ fitted[1:] - is_known @ (means @ fitted[1:])
    return _centred(score, counts, reached)


def calibration(
    groups: pl.DataFrame, expected: str, success: str, trials: str, *, bin_count: int = BIN_COUNT
) -> pl.DataFrame:
    """Whether as many succeed as were expected, from the cases of least to those of most expectation.

    Args:
        groups: one row per group, with its expected share and its counts.
        expected: the column of expected shares.
        success: the column of observed counts.
        trials: the column of all cases.
        bin_count: bins of about equally many cases.

    Returns:
        One row per bin, in the order of expectation: `bin`, `case_count`, `expected_share`, `observed_share`.
    """
    ordered = groups.sort(expected, maintain_order=True)
    middle = pl.col(trials).cum_sum() - pl.col(trials) / 2
    return (
        ordered.with_columns(
            bin=(middle * bin_count / pl.col(trials).sum()).floor().cast(pl.Int64).clip(0, bin_count - 1)
        )
        .group_by("bin", maintain_order=True)
        .agg(
            case_count=pl.col(trials).sum(),
            expected_share=(pl.col(expected) * pl.col(trials)).sum() / pl.col(trials).sum(),
            observed_share=pl.col(success).sum() / pl.col(trials).sum(),
        )
        .sort("bin")
    )


def _design(
    groups: pl.DataFrame, factors: Sequence[str], counts: Floats
) -> tuple[sparse.csr_matrix, sparse.csr_matrix, sparse.csr_matrix]:
    """Which value of which factor a group has, of which factors it has one, and how often each value is among them.

    An effect counts from the mean of its factor's effects, so that a group without a value stands where the mean of
    those with one stands, and a factor of one value says nothing.
    """
    levels, is_known, means = [], [], []
    for factor in factors:
        known = groups.select(factor).with_row_index("row").drop_nulls()
        rows = known["row"].to_numpy().astype(np.int64)
        codes = known[factor].rank("dense").to_numpy().astype(np.int64) - 1
        of_level = np.bincount(codes, weights=counts[rows], minlength=int(codes.max(initial=-1)) + 1)
        ones = np.ones(rows.size)
        levels.append(sparse.csr_matrix((ones, (rows, codes)), shape=(groups.height, of_level.size)))
        is_known.append(sparse.csr_matrix((ones, (rows, np.zeros_like(rows))), shape=(groups.height, 1)))
        means.append(sparse.csr_matrix(of_level[None, :] / max(of_level.sum(), 1.0)))
    return (
        sparse.hstack(levels, format="csr"),
        sparse.hstack(is_known, format="csr"),
        sparse.block_diag(means, format="csr"),
    )


def _centred(score: Floats, counts: Floats, reached: float) -> Floats:
    """The shares of the scores, moved together until as many are expected as were observed."""
    shift = 0.0
    for _ in range(50):
        share = expit(score + shift)
        step = (reached - counts @ share) / (counts @ (share * (1 - share)))
        shift += step
        if abs(step) < 1e-14:
            break
    return np.asarray(expit(score + shift))

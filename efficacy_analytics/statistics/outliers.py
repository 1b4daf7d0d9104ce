"""Which groups have a larger share than the others, beyond chance and beyond how much honest groups differ.

A share is named only where two tests agree, each at the level divided by the number of groups: it lies above what
the others have together (exact binomial), and above what groups scatter, on the variance-stabilised scale around
their median, with the scatter between groups measured robustly (a funnel with random effects). So a group is not
named because it is large, and not because it differs as groups do.

Sources: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24, 2005
(additive random effects); F. J. Anscombe, Biometrika 35, 1948 (the transform); F. E. Satterthwaite, Biometrics Bulletin
2, 1946 (degrees of freedom of a sum of variances).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv
from scipy.stats import binom as binomial
from scipy.stats import t as student

from efficacy_analytics.statistics.proportions import Floats

NORMAL_MAD: Final = 1.4826
"""The standard deviation of a normal over its median absolute deviation."""
MAD_EFFICIENCY: Final = 0.37
SMALLEST: Final = 1e-3
WITHOUT_ONE_LEVEL: Final = 0.01


@dataclass(frozen=True)
class Compared:
    """One place a group.

    Attributes:
        probability: the larger of the two tests' chances of such a share where nothing sets the group apart.
        usual_share: what the group would have if it were like the others.
    """

    probability: Floats
    usual_share: Floats


@dataclass(frozen=True)
class Clusters:
    """One place a group: how many clusters, and sums over them of x (with the property), n (rows), and products."""

    cluster_count: Floats
    marked_sum: Floats
    row_sum: Floats
    marked_square_sum: Floats
    marked_by_row_sum: Floats
    row_square_sum: Floats


def compared(
    count: npt.ArrayLike,
    of_count: npt.ArrayLike,
    expected_share: npt.ArrayLike | None = None,
    design_effect: npt.ArrayLike = 1.0,
) -> Compared:
    """How likely each group's share is, or a larger one, if the group were like the others.

    Args:
        count: rows of each group that have the property.
        of_count: all rows of each group, above 0.
        expected_share: of each group, where groups differ for a known reason; what is compared is then the excess.
        design_effect: of each group, how many rows are worth one independent row, at least 1 (`design_effects`).
    """
    every_k, every_n = np.asarray(count, dtype=np.float64), np.asarray(of_count, dtype=np.float64)
    effect = np.broadcast_to(np.asarray(design_effect, dtype=np.float64), every_n.shape)
    k, n = every_k / effect, every_n / effect
    expected = np.zeros(n.size) if expected_share is None else np.asarray(expected_share, dtype=np.float64)
    usual = np.clip(expected + _excess_of_others(every_k, every_n, expected), 0.0, 1.0)
    stable = np.arcsin(np.sqrt((k + 3 / 8) / (n + 3 / 4))) - np.arcsin(np.sqrt(expected))
    variance = 1 / (4 * n + 2)
    middle = np.median(stable)
    scatter = (NORMAL_MAD * np.median(np.abs(stable - middle))) ** 2
    between = max(0.0, float(scatter - np.median(variance)))
    funnel = _tail((stable - middle) / np.sqrt(variance + between), between / (variance + between), n.size)
    return Compared(np.maximum(funnel, at_least(k, n, usual)), usual)


def design_effects(clusters: Clusters) -> Floats:
    """How many rows of each group are worth one independent row, where rows come in clusters; at least 1.

    The variance of a share as clusters scatter, over that of so many independent rows:
    m / (m - 1) * sum over clusters of (x - p n)^2 / (N p (1 - p)).

    Args:
        clusters: sums over the m clusters of each group, of its rows n and those that have the property x.

    Source: L. Kish, "Survey Sampling", Wiley 1965, ch. 6 (the ratio of two sums over clusters).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = clusters.marked_sum / clusters.row_sum
        scatter = (
            clusters.marked_square_sum - 2 * share * clusters.marked_by_row_sum + share**2 * clusters.row_square_sum
        )
        # A single cluster tells no scatter: all its rows are worth one.
        count = clusters.cluster_count
        spread = count / (count - 1) * scatter / (clusters.row_sum * share * (1 - share))
        spread = np.where(count > 1, spread, clusters.row_sum)
    return np.maximum(1.0, np.where(np.isfinite(spread), spread, 1.0))


def share_low(count: npt.ArrayLike, of_count: npt.ArrayLike, *, confidence: float = 0.95) -> Floats:
    """The exact lower bound of a share, one-sided: at least so much, whatever chance did; NaN without any row."""
    k, n = np.asarray(count, dtype=np.float64), np.asarray(of_count, dtype=np.float64)
    low = np.where(k > 0, betaincinv(np.maximum(k, SMALLEST), n - k + 1, 1 - confidence), 0.0)
    return np.where(n > 0, low, np.nan)


def count_low(of_count: npt.ArrayLike, share: npt.ArrayLike, *, confidence: float) -> Floats:
    """The binomial count that is reached with the chance `confidence`: its lower quantile, of whole rows."""
    n = np.floor(np.asarray(of_count, dtype=np.float64))
    return np.asarray(binomial.ppf(1 - confidence, n, share), dtype=np.float64)


def at_least(count: npt.ArrayLike, of_count: npt.ArrayLike, usual_share: npt.ArrayLike) -> Floats:
    """The binomial chance of so many or more at the usual share; between whole numbers the beta distribution's."""
    k, n = np.asarray(count, dtype=np.float64), np.asarray(of_count, dtype=np.float64)
    tail = betainc(np.maximum(k, SMALLEST), np.maximum(n - k + 1, SMALLEST), np.asarray(usual_share, dtype=np.float64))
    return np.asarray(np.where(k > 0, tail, 1.0), dtype=np.float64)


def mode_probability(count: float, of_count: float, usual_share: float) -> float:
    """The chance that any value at all is so frequent, where no value has more than the usual share.

    The most frequent value of few is frequent by chance; the union over the values is at most one tail over the share.

    Args:
        count: how often the most frequent value occurs.
        of_count: all values.
        usual_share: what the most frequent value has elsewhere, above 0.
    """
    return min(1.0, float(at_least(count, of_count, usual_share)) / usual_share)


def constant_probability(counts: Floats, of_count: float, expected_share: Floats) -> float:
    """The chance that some value is so frequent, where each has its expected share: the least tail times their number.

    Args:
        counts: how often each value occurs.
        of_count: all values, those not asked about included.
        expected_share: of each value, on average over the trials (the binomial has the larger tail).
    """
    return min(1.0, float(at_least(counts, of_count, expected_share).min()) * counts.size)


def borne_out(whole: float, without_one: Sequence[float]) -> float:
    """The chance of a whole, if its parts bear it out: with any of them left out it is still below 1 %.

    Args:
        whole: the chance of what all parts show.
        without_one: the chances with one part left out each.

    Returns:
        The chance of the whole, or the largest of all where a single part makes it.
    """
    largest = max(without_one, default=1.0)
    return whole if largest < WITHOUT_ONE_LEVEL else max(whole, largest)


def repeated_probability(excess: npt.NDArray[np.float64], expected: npt.NDArray[np.float64]) -> float:
    """The chance of so large a sum of excesses over independent periods, if each had none.

    Student's t over the periods, so that work which comes in batches (all of a meeting on one day) is no evidence;
    where periods scatter less than counts do, Poisson's scatter is used.

    Args:
        excess: what each period has above the expected.
        expected: what it was expected to have.
    """
    periods = excess.size
    if periods < 3 or expected.sum() <= 0:
        return 1.0
    spread = max(float(excess.var(ddof=1)) * periods, float(expected.sum()))
    return float(student.sf(excess.sum() / np.sqrt(spread), periods - 1))


def _tail(distance: Floats, share_between: Floats, group_count: int) -> Floats:
    """The upper tail of a standardised distance: normal, or Student's as far as its scale was itself estimated.

    A median absolute deviation of so many groups is as exact as a standard deviation of 37 % of them; Satterthwaite's
    rule weighs that against the part of the variance that is known.
    """
    freedom = MAD_EFFICIENCY * (group_count - 1) / np.maximum(share_between, SMALLEST) ** 2
    return np.asarray(student.sf(distance, freedom), dtype=np.float64)


def _excess_of_others(k: Floats, n: Floats, expected: Floats) -> Floats:
    """The excess share of all other groups together, not below 0."""
    others = n.sum() - n
    excess = (k.sum() - k) - ((n * expected).sum() - n * expected)
    share: Floats = np.maximum(0.0, np.divide(excess, others, out=np.zeros(n.size), where=others > 0))
    return share

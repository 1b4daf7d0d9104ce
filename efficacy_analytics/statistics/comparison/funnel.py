"""Funnels: how far a unit lies from what was expected of it, beside the swing that its size alone explains.

Two bandings go together. The exact one takes cases for independent and the expectation for true; the overdispersed one
widens by tau², the spread between units beyond chance, and can hide what is truly bad. Neither replaces the other.

Source: D. J. Spiegelhalter, "Handling over-dispersion of performance indicators", Quality and Safety in Health Care
14(5), 2005; "Funnel plots for comparing institutional performance", Statistics in Medicine 24(8), 2005.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, chi2, norm

from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import Floats

FEWEST_UNITS: Final = 10
"""Below it phi is noise: exact limits alone."""
OUTER_SHARE: Final = 0.10
"""The share of units at each end that is left out or winsorised before the spread is measured."""
WARNING, ALARM = 0.95, 0.998
"""The two bands of a funnel."""


@dataclass(frozen=True)
class Spread:
    """How far units lie apart beyond chance.

    Attributes:
        z: standardised distance of each unit from what was expected, on the scale of the transform.
        standard_error: of each unit on that scale, by chance alone.
        phi: mean square of `z` of the units that count; 1 by chance.
        tau_squared: variance between units beyond chance, on that scale; 0 if `phi` is no more than chance.
    """

    z: Floats
    standard_error: Floats
    phi: float
    tau_squared: float

    def z_overdispersed(self) -> Floats:
        """Each unit's distance with the spread between units taken for natural: z s / sqrt(s² + tau²)."""
        return np.asarray(self.z * self.standard_error / np.sqrt(self.standard_error**2 + self.tau_squared))


def spread_of_square_roots(
    observed_count: npt.ArrayLike, expected_count: npt.ArrayLike, *, outer_share: float = OUTER_SHARE
) -> Spread:
    """The spread of observed against expected counts by their square roots; zeros are allowed.

    z = 2 (sqrt(O) - sqrt(E)), s = 1 / (2 sqrt(E)); z is winsorised at `outer_share` and its complement.

    Args:
        observed_count: of each unit, not negative.
        expected_count: of each unit, above 0.
        outer_share: at each end, from 0 up to but not including 0.5.

    Raises:
        CallError: an expectation is not above 0, or counts are of different lengths.
    """
    observed, expected = _counts(observed_count, expected_count)
    z = 2 * (np.sqrt(observed) - np.sqrt(expected))
    return _spread(z, 1 / (2 * np.sqrt(expected)), _winsorised(z, outer_share), 4 * expected)


def spread_of_logarithms(
    observed_count: npt.ArrayLike, expected_count: npt.ArrayLike, *, outer_share: float = OUTER_SHARE
) -> Spread:
    """The spread of observed against expected counts by logarithms; the outer units are left out by rank.

    z = sqrt(E) ln(O / E), s = 1 / sqrt(E).

    Args:
        observed_count: of each unit, above 0.
        expected_count: of each unit, above 0.
        outer_share: the share of units left out at each end, rounded down to whole units.

    Raises:
        CallError: a count is not above 0, or counts are of different lengths.
    """
    observed, expected = _counts(observed_count, expected_count)
    if (observed <= 0).any():
        raise CallError("a unit has no case observed.", hint="compare by square roots, which allow zeros")
    z = np.sqrt(expected) * np.log(observed / expected)
    left_out = int(outer_share * z.size)
    counts = np.argsort(z, kind="stable")[left_out : z.size - left_out]
    return _spread(z, 1 / np.sqrt(expected), z[counts], expected[counts])


def spread_of_shares(
    success_count: npt.ArrayLike, trial_count: npt.ArrayLike, target_share: float, *, outer_share: float = OUTER_SHARE
) -> Spread:
    """The spread of shares around one target by their arcsines.

    z = 2 sqrt(n) (asin sqrt(p) - asin sqrt(p0)), s = 1 / (2 sqrt(n)); z is winsorised.

    Args:
        success_count: of each unit.
        trial_count: of each unit, above 0.
        target_share: p0, between 0 and 1.
        outer_share: at each end.

    Raises:
        CallError: a unit has no trial, or counts are of different lengths.
    """
    successes, trials = _counts(success_count, trial_count)
    z = 2 * np.sqrt(trials) * (np.arcsin(np.sqrt(successes / trials)) - np.arcsin(np.sqrt(target_share)))
    return _spread(z, 1 / (2 * np.sqrt(trials)), _winsorised(z, outer_share), 4 * trials)


def exact_ratio_limits(expected_count: npt.ArrayLike, *, confidence: float) -> tuple[Floats, Floats]:
    """Between which ratios O / E a unit lies by chance alone, counts being Poisson.

    low = chi²(a/2; 2E) / 2E, high = chi²(1 - a/2; 2(E + 1)) / 2E, a = 1 - confidence; low = 0 where not even a unit
    without a single case would be so rare: exp(-E) > a/2.

    Args:
        expected_count: of each unit, above 0.
        confidence: two-sided.
    """
    expected = np.asarray(expected_count, dtype=np.float64)
    tail = (1 - confidence) / 2
    low = np.where(np.exp(-expected) > tail, 0.0, chi2.ppf(tail, 2 * expected) / (2 * expected))
    high = chi2.ppf(1 - tail, 2 * (expected + 1)) / (2 * expected)
    return np.asarray(low), np.asarray(high)


def exact_share_limits(trial_count: npt.ArrayLike, target_share: float, *, confidence: float) -> tuple[Floats, Floats]:
    """Between which shares a unit of so many cases lies by chance alone: quantiles of the binomial.

    Args:
        trial_count: of each unit, above 0.
        target_share: the share that holds for all.
        confidence: two-sided.
    """
    trials = np.asarray(trial_count, dtype=np.float64)
    tail = (1 - confidence) / 2
    low = binom.ppf(tail, trials, target_share) / trials
    return np.asarray(low), np.asarray(binom.ppf(1 - tail, trials, target_share) / trials)


def overdispersed_limits(standard_error: npt.ArrayLike, tau_squared: float, *, confidence: float) -> Floats:
    """How far from what was expected a unit lies when units differ by tau² naturally: z sqrt(s² + tau²).

    Args:
        standard_error: of each unit on the scale of its transform.
        tau_squared: as a `Spread` gives it.
        confidence: two-sided.
    """
    error = np.asarray(standard_error, dtype=np.float64)
    return np.asarray(norm.ppf(1 - (1 - confidence) / 2) * np.sqrt(error**2 + tau_squared))


def _counts(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    one, other = (np.atleast_1d(np.asarray(counts, dtype=np.float64)) for counts in (first, second))
    if one.shape != other.shape:
        raise CallError(f"{one.size} counts stand beside {other.size}.", hint="give one of each for every unit")
    if (other <= 0).any():
        raise CallError("a unit has nothing expected or no case.", hint="leave it out of the funnel and say so")
    return one, other


def _winsorised(z: Floats, outer_share: float) -> Floats:
    low, high = np.quantile(z, [outer_share, 1 - outer_share])
    return np.clip(z, low, high)


def _spread(z: Floats, standard_error: Floats, counted: Floats, weight: Floats) -> Spread:
    """Phi and tau² by moments: tau² = max(0, (n phi - (n - 1)) / (sum w - sum w² / sum w)), w = 1 / s²."""
    n = counted.size
    phi = float(np.mean(counted**2))
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau_squared = max(0.0, (n * phi - (n - 1)) / room) if room > 0 else 0.0
    return Spread(z, standard_error, phi, tau_squared)

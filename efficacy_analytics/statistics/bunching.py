"""Whether more cases are completed just below a limit than the days around it lead one to expect.

A smooth curve (a log-linear cubic through the counts of whole days, by Poisson likelihood) is fitted to the days
outside a window just below the limit and an equally long one just above. What the window holds beyond the curve is the
excess. What is missing above the limit was hurried to keep it; the rest of the excess was held back.

Source: R. Chetty, J. N. Friedman, T. Olsen and L. Pistaferri, "Adjustment costs, firm responses, and micro vs. macro
labor supply elasticities", QJE 126(2), 2011 (excess mass against a polynomial that leaves the window out); F. Garwood,
"Fiducial limits for the Poisson distribution", Biometrika 28, 1936.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre
from scipy.special import gammaincinv, ndtri

from efficacy_analytics.statistics.proportions import Floats

DEGREE: Final = 3
FEWEST_CASES, FEWEST_DAYS = 100, 4
FEWEST_EXPECTED: Final = 5.0
"""Where the curve expects fewer cases in the window, the limit lies where it is a guess."""
FIT_WIDENING: Final = 1.75
"""So much larger than its own error the error of the curve is taken, as simulated coverage asks for: no smooth
distribution is quite a cubic."""
WINDOW_SHARE: Final = 0.1
ROUNDS: Final = 50


@dataclass(frozen=True)
class Bunching:
    """Cases just below a limit, against what the other days lead one to expect.

    Attributes:
        window_from_days: first day of the window; the limit is its last.
        window_count: cases in it.
        expected_count: what the curve says.
        excess_count: the difference, with its interval `excess_low` and `excess_high`.
        hurried_count: cases missing in the window above, no more than the excess.
        held_back_count: the rest of the excess, not below 0.
        held_back_days: the least that holding back costs, in case-days: from the day before the window on.
    """

    window_from_days: int
    window_count: int
    expected_count: float
    excess_count: float
    excess_low: float
    excess_high: float
    hurried_count: float
    held_back_count: float
    held_back_days: float


def bunching(counts: npt.ArrayLike, limit_days: int, *, confidence: float = 0.95) -> Bunching | None:
    """The excess just below a limit, or none where there are too few cases or days to say, or few are expected there.

    Args:
        counts: the completed cases of each whole day, from day 0 on.
        limit_days: the limit.
        confidence: of the two-sided interval; counts that scatter more than Poisson's widen it.
    """
    width = max(1, round(WINDOW_SHARE * limit_days))
    days = np.arange(2 * limit_days + 1)
    seen = np.zeros(days.size)
    given = np.asarray(counts, dtype=np.float64)[: days.size]
    seen[: given.size] = given
    below, above = (
        (days > limit_days - width) & (days <= limit_days),
        (days > limit_days) & (days <= limit_days + width),
    )
    fitted = ~(below | above)
    if seen.sum() < FEWEST_CASES or (seen[fitted] > 0).sum() < DEGREE + 1 + FEWEST_DAYS:
        return None
    basis: Floats = np.asarray(legendre.legvander(days / limit_days - 1, DEGREE), dtype=np.float64)
    expected, covariance = _curve(basis, seen, fitted)
    if expected[below].sum() < FEWEST_EXPECTED:
        return None
    slope = expected[below] @ basis[below]
    scatter = _scatter(seen, expected, fitted)
    of_curve = FIT_WIDENING * float(ndtri((1 + confidence) / 2) * np.sqrt(scatter * (slope @ covariance @ slope)))
    excess = float((seen - expected)[below].sum())
    less, more = _poisson_errors(float(seen[below].sum()), scatter, confidence)
    hurried = float(np.clip((expected - seen)[above].sum(), 0, max(excess, 0)))
    held = max(excess, 0.0) - hurried
    moved = float(seen[below] @ (days[below] - (limit_days - width)) / max(seen[below].sum(), 1))
    return Bunching(
        int(limit_days - width + 1), int(seen[below].sum()), float(expected[below].sum()),
        excess, excess - float(np.hypot(less, of_curve)), excess + float(np.hypot(more, of_curve)),
        hurried, held, held * moved,
    )  # fmt: skip


def _poisson_errors(count: float, scatter: float, confidence: float) -> tuple[float, float]:
    """How far the mean of a count may lie below and above it (Garwood 1936), of counts that scatter so much more."""
    tail, own = (1 - confidence) / 2, count / scatter
    low = float(gammaincinv(own, tail)) if own else 0.0
    return (own - low) * scatter, (float(gammaincinv(own + 1, 1 - tail)) - own) * scatter


def _curve(basis: Floats, seen: Floats, fitted: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The Poisson fit by Newton's method: expected counts of all days, and the covariance of the coefficients."""
    x, y = basis[fitted], seen[fitted]
    weights = np.linalg.lstsq(x, np.log(y + 0.5), rcond=None)[0]
    for _ in range(ROUNDS):
        mean = np.exp(np.clip(x @ weights, -30, 30))
        step = np.linalg.lstsq((x * mean[:, None]).T @ x, x.T @ (y - mean), rcond=None)[0]
        weights = weights + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    mean = np.exp(np.clip(x @ weights, -30, 30))
    return np.exp(np.clip(basis @ weights, -30, 30)), np.linalg.pinv((x * mean[:, None]).T @ x)


def _scatter(seen: Floats, expected: Floats, fitted: npt.NDArray[np.bool_]) -> float:
    """Pearson's measure of how much more than Poisson's the fitted days scatter, at least 1."""
    freedom = int(fitted.sum()) - DEGREE - 1
    gaps = (seen[fitted] - expected[fitted]) ** 2 / np.maximum(expected[fitted], 0.5)
    return max(1.0, float(gaps.sum()) / freedom)

"""Whether times that should have one peak have a second one just below a limit, with a valley between.

Work of one kind on one path takes more or less as long: its times have one peak, whatever their shape. Where files are
ready and wait for the limit, there are two. How deep the valley is by chance where there is one peak, is drawn from the
likeliest distribution with one peak.

Sources: B. W. Silverman, "Using kernel density estimates to investigate multimodality", JRSS B 43, 1981 (a test drawn
from the nearest distribution with fewer peaks); J. A. Hartigan and P. M. Hartigan, "The dip test of unimodality",
Annals of Statistics 13, 1985; R. E. Barlow et al., "Statistical inference under order restrictions", Wiley 1972 (the
likeliest rising or falling distribution); F. J. Anscombe, Biometrika 35, 1948 (roots of counts).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import isotonic_regression

from efficacy_analytics.statistics.proportions import Floats

DRAWS: Final = 200
SEED: Final = 1981
SMALLEST: Final = 1e-9
ROOT_SHIFT: Final = 3 / 8


@dataclass(frozen=True)
class SecondPeak:
    """The cases of a second peak just below a limit, beside those that one peak shows by chance.

    Attributes:
        count: the cases that rise above the valley.
        usual_count: how many do by chance where there is one peak.
        variance: of that number.
        contrast: how clearly peak and valley differ, as the square of a standardised distance.
        usual_contrast: the same by chance where there is one peak.
        contrast_variance: of that.
    """

    count: float
    usual_count: float
    variance: float
    contrast: float
    usual_contrast: float
    contrast_variance: float


def second_peak(counts: Floats, limit_days: int, *, design_effect: float = 1.0) -> SecondPeak:
    """What rises above a valley just below a limit: on its last day and the day before.

    The smaller of two peaks is counted, that at the limit and the highest before it (both of two days), over the lowest
    two days between: max over valleys of min(at the limit, highest before) - valley, at least 0. The contrast is the
    square of twice the distance of their roots, where counts scatter alike (Anscombe).

    Args:
        counts: the cases by the whole days that they took, from day 0 on.
        limit_days: the limit's place among them, above 4.
        design_effect: how many cases are worth one, as they are completed several a day.
    """
    worth = counts / design_effect
    fitted = _with_one_peak(worth, limit_days)
    drawn = np.random.default_rng(SEED).poisson(fitted, size=(DRAWS, counts.size))
    count, contrast = (float(value) for value in _above_the_valley(worth, limit_days))
    by_chance, contrasts = _above_the_valley(drawn, limit_days)
    return SecondPeak(
        count * design_effect, float(by_chance.mean()) * design_effect, float(by_chance.var()) * design_effect**2,
        contrast, float(contrasts.mean()), float(contrasts.var()),
    )  # fmt: skip


def _above_the_valley(counts: Any, limit_days: int) -> tuple[Any, Any]:
    """The cases above the deepest valley, and the greatest contrast, of each row of counts."""
    pairs = counts[..., :-1] + counts[..., 1:]
    at_the_limit, highest = pairs[..., limit_days - 1 : limit_days], np.maximum.accumulate(pairs, axis=-1)
    peak, valley = np.minimum(at_the_limit, highest[..., : limit_days - 4]), pairs[..., 2 : limit_days - 2]
    distance = 2 * (np.sqrt(peak + ROOT_SHIFT) - np.sqrt(valley + ROOT_SHIFT))
    return np.maximum(0, (peak - valley).max(axis=-1)), np.maximum(0, distance.max(axis=-1)) ** 2


def _with_one_peak(counts: Floats, limit_days: int) -> Floats:
    """The likeliest expected counts that rise up to one day and fall from it on: that of the four most likely days."""
    early = int(np.argmax(counts[: limit_days - 1]))
    best, kept = -np.inf, counts
    for peak in sorted({limit_days - 1, limit_days, early, int(np.argmax(counts))}):
        rising = isotonic_regression(counts[: peak + 1]).x
        falling = isotonic_regression(counts[peak + 1 :], increasing=False).x if peak + 1 < counts.size else []
        fitted = np.concatenate([rising, falling])
        likelihood = float((counts * np.log(np.maximum(fitted, SMALLEST))).sum() - fitted.sum())
        if likelihood > best:
            best, kept = likelihood, fitted
    return kept

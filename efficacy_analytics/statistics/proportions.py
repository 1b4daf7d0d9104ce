"""How exact a share is that was found in so many cases.

Sources: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26(4), 1934; E. B. Wilson, "Probable inference, the law of succession, and statistical
inference", JASA 22(158), 1927.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import betaincinv, ndtri

Floats: TypeAlias = npt.NDArray[np.float64]


def clopper_pearson(
    success_count: npt.ArrayLike, trial_count: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """The exact interval of a binomial share: it covers with at least `confidence`, whatever the true share.

    low = Beta^-1(a/2; x, n - x + 1), high = Beta^-1(1 - a/2; x + 1, n - x), with a = 1 - confidence.

    Args:
        success_count: cases that have the property, one number or an array.
        trial_count: all cases judged, of the same shape.
        confidence: two-sided, between 0 and 1.

    Returns:
        The lower and the upper ends; NaN where there is no trial.
    """
    x, n = _counts(success_count, trial_count)
    tail = (1 - confidence) / 2
    low = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0.0)
    high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def wilson(
    success_count: npt.ArrayLike, trial_count: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """The score interval of a binomial share: shorter than the exact one, right on average.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = x/n.

    Args:
        success_count: cases that have the property, one number or an array.
        trial_count: all cases judged, of the same shape.
        confidence: two-sided, between 0 and 1.

    Returns:
        The lower and the upper ends; NaN where there is no trial.
    """
    x, n = _counts(success_count, trial_count)
    z = ndtri(1 - (1 - confidence) / 2)
    trials = np.where(n > 0, n, np.nan)
    p = x / trials
    middle = p + z**2 / (2 * trials)
    half = z * np.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return np.maximum((middle - half) / scale, 0.0), np.minimum((middle + half) / scale, 1.0)


def with_share(frame: pl.DataFrame, name: str, success: str, trial: str, *, confidence: float = 0.95) -> pl.DataFrame:
    """Adds `name`, `name_low` and `name_high`: a share with its exact interval, null where nothing was judged.

    Args:
        frame: one row per group, with the columns `success` and `trial`.
        name: the share's column, by its unit ending in `_share`.
        success: the column of cases that have the property.
        trial: the column of cases judged.
        confidence: of the Clopper-Pearson interval.
    """
    low, high = clopper_pearson(frame[success].to_numpy(), frame[trial].to_numpy(), confidence=confidence)
    judged = pl.when(pl.col(trial) > 0)
    return frame.with_columns(
        judged.then(pl.col(success) / pl.col(trial)).alias(name),
        pl.Series(f"{name}_low", low, dtype=pl.Float64).fill_nan(None),
        pl.Series(f"{name}_high", high, dtype=pl.Float64).fill_nan(None),
    )


def _counts(success_count: npt.ArrayLike, trial_count: npt.ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(success_count, dtype=np.float64), np.asarray(trial_count, dtype=np.float64)

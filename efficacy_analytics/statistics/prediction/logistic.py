"""Logistic regression with a ridge, fitted by Newton's method: small, exact, and the same on every machine.

Source: S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41(1),
1992.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from efficacy_analytics.statistics.prediction.remaining import Booleans, Floats

MOST_STEPS = 50
PRECISION = 1e-8


@dataclass(frozen=True)
class Logistic:
    """A fitted model: columns are centred and scaled, then weighted.

    Attributes:
        centre: of each column.
        scale: of each column, 1 where it does not vary.
        weights: of each scaled column.
        intercept: the log-odds at the centre.
    """

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def log_odds(self, rows: Floats) -> Floats:
        """The log-odds of each row."""
        return np.asarray(((rows - self.centre) / self.scale) @ self.weights + self.intercept)

    def chance(self, rows: Floats) -> Floats:
        """The chance of each row, to ten decimals: the last bits depend on the processor."""
        return np.asarray(np.round(expit(self.log_odds(rows)), 10))


def logistic(rows: Floats, happened: Booleans, counts_for: Floats, *, ridge: float = 10.0) -> Logistic:
    """The model that maximises the weighted likelihood less half the ridge times the sum of squared weights.

    Args:
        rows: one row each, one column a feature.
        happened: whether it happened.
        counts_for: how much each row counts.
        ridge: on the scaled columns; the intercept is free.
    """
    centre = np.average(rows, axis=0, weights=counts_for)
    spread = np.sqrt(np.average((rows - centre) ** 2, axis=0, weights=counts_for))
    scale = np.where(spread > PRECISION, spread, 1.0)
    design = np.column_stack([np.ones(rows.shape[0]), (rows - centre) / scale])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = PRECISION
    found, target = np.zeros(design.shape[1]), happened.astype(np.float64)
    for _ in range(MOST_STEPS):
        chance = expit(design @ found)
        slope = design.T @ (counts_for * (target - chance)) - penalty * found
        curve = design.T @ (design * (counts_for * chance * (1 - chance))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        step /= max(1.0, float(np.abs(step).max()) / 4)  # where nearly all or none happened a full step overshoots
        found = found + step
        if float(np.abs(step).max()) < PRECISION:
            break
    return Logistic(centre, scale, found[1:], float(found[0]))

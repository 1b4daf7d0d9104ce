"""Estimates to the digits that they have: the last bits of a sum depend on the processor that adds it up.

A matrix product adds in an order that the processor, the number of its cores and the place in memory decide. The
difference is a few units in the sixteenth digit, which means nothing, but makes another document. An estimate that went
through such sums is kept to ten significant digits: the same on every machine, unless it lies within the sixteenth
digit of a boundary, once in some hundred thousand times.
"""

from typing import Final

import numpy as np

from efficacy_analytics.statistics.proportions import Floats

DIGITS: Final = 10


def settled(values: Floats) -> Floats:
    """The values to ten significant digits; zero, nan and the infinities stay.

    Args:
        values: of any shape.
    """
    values = np.asarray(values, dtype=np.float64)
    return np.array([settled_figure(value) for value in values.ravel().tolist()]).reshape(values.shape)


def settled_figure(value: float) -> float:
    """One value to ten significant digits."""
    return float(f"{value:.{DIGITS - 1}e}")

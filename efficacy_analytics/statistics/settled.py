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
    is_figure = np.isfinite(values) & (values != 0)
    magnitude = np.floor(np.log10(np.abs(np.where(is_figure, values, 1.0))))
    places = np.clip(DIGITS - 1 - magnitude, -300, 300)
    scale = 10.0 ** np.abs(places)
    rounded = np.where(places >= 0, np.round(values * scale) / scale, np.round(values / scale) * scale)
    return np.where(is_figure, rounded, values)

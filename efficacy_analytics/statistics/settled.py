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
POWERS: Final = np.array([float(10**place) for place in range(23)])
"""The powers of ten that a figure holds to the last bit."""
LEAST_EXACT, MOST_EXACT = 1e-12, 1e9
"""Between them a figure of ten digits is a whole number over a power of ten, both known to the last bit: their quotient
is the nearest figure there is to the ten digits, as if they were read from text."""
ADDED_BY_ONE: Final = 10_000
"""A matrix product of series up to this length is made by one processor."""
ROUNDED_BY: Final = 1e-5
"""What bringing a figure to ten digits before the point rounds is less than this."""


def scalar_product(one: Floats, other: Floats) -> float:
    """The sum of the products of two series, by one processor: the order does not depend on how many there are.

    A matrix product of two longer series is dealt out to all processors, which takes longer than to add them up.

    Args:
        one: of one dimension.
        other: as long.
    """
    starts = range(0, one.size, ADDED_BY_ONE)
    return float(sum(one[start : start + ADDED_BY_ONE] @ other[start : start + ADDED_BY_ONE] for start in starts))


def settled(values: Floats) -> Floats:
    """The values to ten significant digits; zero, nan and the infinities stay.

    Args:
        values: of any shape.
    """
    given = np.asarray(values, dtype=np.float64)
    figures = given.ravel()
    size = np.abs(figures)
    is_plain = (size >= LEAST_EXACT) & (size < MOST_EXACT)
    plain = figures[is_plain]
    shift = POWERS[DIGITS - 1 - np.floor(np.log10(size[is_plain])).astype(np.int64)]
    whole = plain * shift
    digits = np.rint(whole)
    has_ten = (np.abs(digits) >= POWERS[DIGITS - 1]) & (np.abs(digits) < POWERS[DIGITS])
    is_sure = has_ten & (np.abs(np.abs(whole - digits) - 0.5) > ROUNDED_BY)
    found = np.empty_like(figures)
    found[is_plain] = digits / shift
    is_plain[is_plain] = is_sure
    found[~is_plain] = [settled_figure(figure) for figure in figures[~is_plain].tolist()]
    return found.reshape(given.shape)


def settled_figure(value: float) -> float:
    """One value to ten significant digits."""
    return float(f"{value:.{DIGITS - 1}e}")

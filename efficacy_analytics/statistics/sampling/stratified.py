"""A random sample by strata, and the share in the whole that it lets one tell.

Sources: W. G. Cochran, "Sampling Techniques", 3rd ed. 1977, chapter 5; E. L. Korn and B. I. Graubard, "Confidence
intervals for proportions with small expected number of positive counts estimated from survey data", Survey Methodology
24(2), 1998.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv


def allocation(sizes: Sequence[int], weights: Sequence[float], sample_size: int) -> list[int]:
    """How many to draw of each stratum: in proportion to size times weight, two of each at least, never more than all.

    Args:
        sizes: of the strata.
        weights: how much more than in proportion to its size each is drawn from.
        sample_size: how many to draw in all; two of each stratum are drawn in any case.
    """
    drawn = [min(2, size) for size in sizes]
    while sum(drawn) < min(sample_size, sum(sizes)):
        wanted = [
            size * weight / (have + 0.5) if have < size else -1.0
            for size, weight, have in zip(sizes, weights, drawn, strict=True)
        ]
        drawn[int(np.argmax(wanted))] += 1
    return drawn


def drawn_places(sizes: Sequence[int], counts: Sequence[int], *, seed: int) -> list[npt.NDArray[np.int64]]:
    """The places drawn of each stratum, ascending; every set of that many is equally likely, the same for one seed."""
    rng = np.random.default_rng(seed)
    return [np.sort(rng.choice(size, count, replace=False)) for size, count in zip(sizes, counts, strict=True)]


def share_of_whole(
    sizes: Sequence[int], counts: Sequence[int], found: Sequence[int], *, confidence: float = 0.95
) -> tuple[float, float, float]:
    """The share in the whole of what was found in a sample, and its interval.

    The estimate weighs the shares of the strata by their sizes. The interval is that of Clopper and Pearson of as many
    independent cases as the sample is worth: 1 / Σ W² (1 - f) / n over strata of weight W, the part f of each drawn.

    Args:
        sizes: of the strata.
        counts: how many were drawn of each, at least one of each that is not empty.
        found: of those drawn, in how many it was found.
        confidence: of the interval, two-sided.

    Returns:
        The estimate and both ends of the interval, within 0 and 1.
    """
    whole = sum(sizes)
    strata = [(size / whole, size, count, hits) for size, count, hits in zip(sizes, counts, found, strict=True) if size]
    estimate = sum(weight * hits / count for weight, _, count, hits in strata)
    lost = sum(weight**2 * (1 - count / size) / count for weight, size, count, _ in strata)
    if not lost:
        return estimate, estimate, estimate
    worth, tail = 1 / lost, (1 - confidence) / 2
    hits = worth * estimate
    low = float(betaincinv(hits, worth - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, worth - hits, 1 - tail)) if hits < worth else 1.0
    return estimate, low, high

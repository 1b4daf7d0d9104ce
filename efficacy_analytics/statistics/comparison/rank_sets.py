"""Which ranks a unit may have, all units at once: what a league table may print.

Ranks of estimates are noisier than the estimates. A unit is told to be better than another only where their
difference passes a critical value that holds for all pairs together; what is left open is the set of its ranks.

Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for ranks with applications to mobility
across neighbourhoods and academic achievement across countries", Review of Economic Studies 91(1), 2024.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import Floats

DRAW_COUNT: Final = 20_000
SEED: Final = 1
BLOCK_ELEMENTS: Final = 4_000_000
"""Differences held at once, so that memory stays bounded with a thousand units."""


@dataclass(frozen=True)
class RankSets:
    """The ranks each unit may have; rank 1 is the highest estimate.

    Attributes:
        rank: by the estimates alone; equal estimates share the better rank.
        lowest_rank: the best rank that cannot be ruled out.
        highest_rank: the worst rank that cannot be ruled out.
        confidence: with which all sets hold their true ranks together.
    """

    rank: npt.NDArray[np.int64]
    lowest_rank: npt.NDArray[np.int64]
    highest_rank: npt.NDArray[np.int64]
    confidence: float

    def may_be_among_the_worst(self, count: int) -> npt.NDArray[np.bool_]:
        """Which units may have one of the last `count` ranks; they are named only if exactly `count` may."""
        return np.asarray(self.highest_rank > self.rank.size - count)

    def may_be_among_the_best(self, count: int) -> npt.NDArray[np.bool_]:
        """Which units may have one of the first `count` ranks."""
        return np.asarray(self.lowest_rank <= count)


def simultaneous_rank_sets(
    estimate: npt.ArrayLike,
    standard_error: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    draw_count: int = DRAW_COUNT,
    seed: int = SEED,
) -> RankSets:
    """The rank set of every unit, all true together with `confidence`.

    [1 + units significantly above, p - units significantly below]; significant by the quantile of the largest
    studentised difference over all ordered pairs still open, taken again until no further pair falls (step-down).

    Args:
        estimate: of each unit, independent of each other; more is better.
        standard_error: of each estimate, above 0.
        confidence: of all sets together.
        draw_count: draws of the parametric bootstrap; end points move by one with it.
        seed: of the draws.

    Raises:
        CallError: fewer than two units, or a standard error is not above 0 or not known.
    """
    values, errors = (np.asarray(numbers, dtype=np.float64) for numbers in (estimate, standard_error))
    if values.size < 2 or values.shape != errors.shape:
        raise CallError("ranks need at least two units with an estimate and a standard error each.")
    if not (errors > 0).all() or not np.isfinite(values).all():
        raise CallError(
            "a unit has no standard error above 0.", hint="leave out units without enough cases, and say so"
        )
    above = _significantly_above(values, errors, confidence, draw_count, seed)
    rank = 1 + (values[None, :] > values[:, None]).sum(axis=1)
    return RankSets(rank, 1 + above.sum(axis=0), values.size - above.sum(axis=1), confidence)


def _significantly_above(
    values: Floats, errors: Floats, confidence: float, draw_count: int, seed: int
) -> npt.NDArray[np.bool_]:
    """Whether the unit of a row is above that of a column.

    "Not above" is a claim about an ordered pair: where one of a pair is told to be above, the claim the other way round
    stays among those that the critical value must hold for.
    """
    first, second = np.triu_indices(values.size, k=1)
    scale = np.sqrt(errors[first] ** 2 + errors[second] ** 2)
    statistic = (values[first] - values[second]) / scale
    noise = np.random.default_rng(seed).standard_normal((draw_count, values.size)) * errors
    is_first_above, is_second_above = (np.zeros(statistic.size, dtype=bool) for _ in range(2))
    while True:
        critical = np.quantile(_largest(noise, (first, second), scale, is_first_above, is_second_above), confidence)
        rises, falls = (statistic > critical) & ~is_first_above, (statistic < -critical) & ~is_second_above
        if not (rises.any() or falls.any()):
            break
        is_first_above |= rises
        is_second_above |= falls
    above = np.zeros((values.size, values.size), dtype=bool)
    above[first, second] = is_first_above
    above[second, first] = is_second_above
    return above


def _largest(
    noise: Floats,
    pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    scale: Floats,
    is_first_above: npt.NDArray[np.bool_],
    is_second_above: npt.NDArray[np.bool_],
) -> Floats:
    """The largest studentised difference of each draw over the ordered pairs that are still open."""
    step = max(1, BLOCK_ELEMENTS // noise.shape[0])
    largest = np.full(noise.shape[0], -np.inf)
    for start in range(0, scale.size, step):
        part = slice(start, start + step)
        differences = (noise[:, pairs[0][part]] - noise[:, pairs[1][part]]) / scale[part]
        upwards = np.where(is_first_above[part], -np.inf, differences).max(axis=1)
        downwards = np.where(is_second_above[part], -np.inf, -differences).max(axis=1)
        np.maximum(largest, np.maximum(upwards, downwards), out=largest)
    return largest

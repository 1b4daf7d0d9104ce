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
BLOCK_ELEMENTS: Final = 2_000_000
"""Differences held at once, so that memory stays bounded with a thousand units."""
FIRST_WIDTH: Final = 24
"""How many of the most extreme units on either side are looked at first."""
LEAST_SHARE: Final = 1e-9
"""Of the sum of two variances, below which that of the difference is the rounding of sums."""


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
    correlation: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    draw_count: int = DRAW_COUNT,
    seed: int = SEED,
) -> RankSets:
    """The rank set of every unit, all true together with `confidence`.

    [1 + units significantly above, p - units significantly below]; significant by the quantile of the largest
    studentised difference over all ordered pairs still open, taken again until no further pair falls (step-down).

    Args:
        estimate: of each unit; more is better.
        standard_error: of each estimate, above 0.
        correlation: of the estimates' errors, one row and column per unit; none: they are independent.
        confidence: of all sets together.
        draw_count: draws of the parametric bootstrap; end points move by one with it.
        seed: of the draws.

    Raises:
        CallError: fewer than two units, or a standard error is not above 0 or not known,
            or correlations are not those of the units.
    """
    values, errors = (np.asarray(numbers, dtype=np.float64) for numbers in (estimate, standard_error))
    if values.size < 2 or values.shape != errors.shape:
        raise CallError("ranks need at least two units with an estimate and a standard error each.")
    if not (errors > 0).all() or not np.isfinite(values).all():
        raise CallError(
            "a unit has no standard error above 0.", hint="leave out units without enough cases, and say so"
        )
    shared = np.eye(values.size) if correlation is None else np.asarray(correlation, dtype=np.float64)
    if shared.shape != (values.size, values.size):
        raise CallError(f"correlations of {shared.shape} stand beside {values.size} estimates.")
    draws = np.random.default_rng(seed).standard_normal((draw_count, values.size))
    noise = draws * errors if correlation is None else draws @ _root(shared).T * errors
    covariance = shared * np.outer(errors, errors)
    above = _significantly_above(values, noise, _scale(covariance), confidence)
    rank = 1 + (values[None, :] > values[:, None]).sum(axis=1)
    return RankSets(rank, 1 + above.sum(axis=0), values.size - above.sum(axis=1), confidence)


def _root(correlation: Floats) -> Floats:
    """A matrix that makes independent draws correlated; units whose errors are one and the same are allowed.

    It is the symmetric one: there is no other, while the signs of the vectors, and which of equal values they belong
    to, are those of the processor, and other draws make other ranks.
    """
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def _scale(covariance: Floats) -> Floats:
    """The standard error of each pair's difference; of two units that err alike it is a rounding above 0."""
    variance = np.diag(covariance)
    total = variance[:, None] + variance[None, :]
    return np.asarray(np.sqrt(np.maximum(total - 2 * covariance, LEAST_SHARE * total)))


def _significantly_above(values: Floats, noise: Floats, scale: Floats, confidence: float) -> npt.NDArray[np.bool_]:
    """Whether the unit of a row is above that of a column.

    "Not above" is a claim about an ordered pair: where one of a pair is told to be above, the claim the other way round
    stays among those that the critical value must hold for.
    """
    statistic = (values[:, None] - values[None, :]) / scale
    is_open = ~np.eye(values.size, dtype=bool)
    while True:
        critical = np.quantile(largest_differences(noise, scale, is_open), confidence)
        rises = (statistic > critical) & is_open
        if not rises.any():
            break
        is_open &= ~rises
    return ~is_open & ~np.eye(values.size, dtype=bool)


def largest_differences(noise: Floats, scale: Floats, is_open: npt.NDArray[np.bool_]) -> Floats:
    """The largest studentised difference of each draw over the ordered pairs that are still open.

    With `floor`² of two units at most the square of their pair's `scale` in sum, a pair's difference is at most
    sqrt(x_i² + x_j²), x being noise / floor about any middle of a draw, x_i that of the first as far as it is above 0
    and x_j that of the second as far as it is below. So only units far out can have the largest one: it is sought among
    the most extreme on either side, and again among twice as many where a unit left out might still pass it.

    Args:
        noise: the drawn errors of the estimates, a row a draw, a column a unit.
        scale: the standard error of the difference of each pair.
        is_open: whether the unit of a row may yet be told to be above that of a column.
    """
    largest = np.full(noise.shape[0], -np.inf)
    floor = _floor(scale)
    rows, width = np.arange(noise.shape[0]), FIRST_WIDTH
    while rows.size:
        width = width if 2 * width < noise.shape[1] else noise.shape[1]
        step = max(1, BLOCK_ELEMENTS // width**2)
        is_sure = np.empty(rows.size, dtype=bool)
        for start in range(0, rows.size, step):
            part = slice(start, start + step)
            largest[rows[part]], is_sure[part] = _largest_of(noise[rows[part]], scale, floor, is_open, width)
        rows, width = rows[~is_sure], 2 * width
    return largest


def _floor(scale: Floats) -> Floats:
    """A standard error of each unit such that two of them make no more than that of their difference.

    Half the least square of a unit's pairs always will do; each is then raised as far as the others let it.
    """
    square = scale**2
    np.fill_diagonal(square, np.inf)
    floor = square.min(axis=1) / 2
    for unit in np.argsort(floor, kind="stable"):
        floor[unit] = np.maximum(floor[unit], (square[unit] - floor).min())
    return np.asarray(np.sqrt(floor))


def _largest_of(
    noise: Floats, scale: Floats, floor: Floats, is_open: npt.NDArray[np.bool_], width: int
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The largest difference among the most extreme units of each draw, and whether no other can pass it."""
    count = noise.shape[1]
    if width == count:
        low = high = np.broadcast_to(np.arange(count), noise.shape)
    else:
        middle = noise @ floor**-2 / (floor**-2).sum()
        distance = (noise - middle[:, None]) / floor
        order = np.argpartition(distance, (width, count - width - 1), axis=1)
        low, high = order[:, :width], order[:, count - width :]
    row = np.arange(noise.shape[0])[:, None]
    pair = (high[:, :, None], low[:, None, :])
    differences = (noise[row, high][:, :, None] - noise[row, low][:, None, :]) / scale[pair]
    found = np.where(is_open[pair], differences, -np.inf).max(axis=(1, 2))
    if width == count:
        return found, np.ones(noise.shape[0], dtype=bool)
    first, last = np.maximum(distance.max(axis=1), 0), np.maximum(-distance.min(axis=1), 0)
    next_first = np.maximum(distance[row[:, 0], order[:, count - width - 1]], 0)
    next_last = np.maximum(-distance[row[:, 0], order[:, width]], 0)
    bound = np.maximum(np.hypot(next_first, last), np.hypot(first, next_last))
    return found, found >= bound

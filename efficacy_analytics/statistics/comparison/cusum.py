"""Since when something rises: sums of what lies beyond what was expected, which fall back to nothing.

Source: E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954; S. H. Steiner, R. J. Cook, V. T. Farewell and
T. Treasure, "Monitoring surgical performance using risk-adjusted cumulative sum charts", Biostatistics 1(4), 2000.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import geom

from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import Floats

DRAW_COUNT: Final = 2_000
SEED: Final = 1
BLOCK_ELEMENTS: Final = 100_000
"""Numbers drawn in one go, few enough to stay near the processor; the draws are the same whatever the block."""
RARE: Final = 5
"""Where less than one case in so many is breached, drawing the breaches alone is faster."""
CELLS_OF_AN_END: Final = 4
"""More cells of a line leave fewer ends to pass, and take longer to lay out."""
ROUNDED_BY: Final = 1e-9
"""A point near the border of two cells may be put into the wrong one: by less than this part of the way to it."""
POINTS_SIGMAS: Final = 8
FEWEST_POINTS: Final = 30
"""More points than so many standard deviations above the mean, and so many besides, are never drawn."""


@dataclass(frozen=True)
class Rise:
    """What a watch over a sequence of cases found.

    Attributes:
        score: the sum after each case, in the order of the cases.
        threshold: what a score passes by chance with probability `false_alarm_share` in as many cases.
        signalled_at: place of the first case after which the score passes the threshold, from 0; None if it never does.
        began_at: place of the first case of the climb that signals: the one after the last score of 0.
    """

    score: Floats
    threshold: float
    signalled_at: int | None
    began_at: int | None


def tabular_cusum(value: npt.ArrayLike, *, target: float, allowance: float) -> tuple[Floats, Floats]:
    """The upper and lower sums of values around a target.

    S+ = max(0, S+ + x - (target + K)), S- = max(0, S- + (target - K) - x), from 0.

    Args:
        value: the values in their order.
        target: what is expected.
        allowance: K, what is not counted, in the unit of the values.
    """
    values = np.asarray(value, dtype=np.float64)
    return _sums(values - target - allowance), _sums(target - allowance - values)


def risen_breaches(
    is_breach: npt.ArrayLike,
    expected_share: npt.ArrayLike,
    *,
    odds_ratio: float = 2.0,
    false_alarm_share: float = 0.01,
    draw_count: int = DRAW_COUNT,
    seed: int = SEED,
) -> Rise:
    """Whether breaches rise above what is expected of each case, and since when.

    The score of a case is the log-likelihood ratio of odds raised by `odds_ratio` against those expected:
    y ln R - ln(1 - p + R p). The threshold is the quantile of the greatest score of drawn sequences with the expected
    shares, so that it is passed by chance with probability `false_alarm_share` in the whole sequence.

    Args:
        is_breach: of each case, in the order of their days.
        expected_share: the expected probability of a breach of each case, strictly between 0 and 1.
        odds_ratio: the rise that is watched for, above 1.
        false_alarm_share: between 0 and 1.
        draw_count: sequences drawn.
        seed: of the draws.

    Raises:
        CallError: an expectation is not between 0 and 1, there is no case, or the ratio is not above 1.
    """
    breach, expected = np.asarray(is_breach, dtype=bool), np.asarray(expected_share, dtype=np.float64)
    if breach.size == 0 or breach.shape != expected.shape:
        raise CallError("watching needs the cases and what is expected of each.")
    if not ((expected > 0) & (expected < 1)).all():
        raise CallError("an expected share of breaches is not between 0 and 1.", hint="shrink it towards the whole")
    if odds_ratio <= 1:
        raise CallError(f"an odds ratio of {odds_ratio:g} is no rise.", hint="2 watches for odds that double")
    if_not = -np.log1p((odds_ratio - 1) * expected)
    gain = np.log(odds_ratio)
    score = _sums(if_not + gain * breach)
    threshold = _threshold(if_not, gain, expected, false_alarm_share, draw_count, seed)
    over = np.flatnonzero(score > threshold)
    if not over.size:
        return Rise(score, threshold, None, None)
    signalled = int(over[0])
    resets = np.flatnonzero(score[:signalled] == 0)
    return Rise(score, threshold, signalled, int(resets[-1]) + 1 if resets.size else 0)


@dataclass(frozen=True)
class GapLimits:
    """How many cases in a row go well between two breaches, by chance alone.

    Attributes:
        share: of breaches, 1 / (mean gap + 1).
        low: the quantile `tail`; 0 unless breaches are rare beyond use, so that short gaps tell no worsening.
        median: half of the gaps are no longer.
        high: the quantile 1 - `tail`; a longer gap tells an improvement.
    """

    share: float
    low: int
    median: int
    high: int


def gap_limits(mean_gap_count: float, *, tail: float) -> GapLimits:
    """Limits of the gaps between breaches as quantiles of the geometric distribution, never as sigmas.

    Source: J. C. Benneyan, "Number-between g-type statistical quality control charts", Health Care Management Science
    4, 2001.

    Args:
        mean_gap_count: cases between two breaches on average, not below 0.
        tail: the probability beyond each limit, between 0 and 0.5.

    Raises:
        CallError: the mean is below 0 or not known.
    """
    if not mean_gap_count >= 0:
        raise CallError(f"gaps of {mean_gap_count:g} cases on average cannot be.", hint="give their mean, 0 or more")
    share = 1 / (mean_gap_count + 1)
    low, median, high = (int(geom.ppf(at, share)) - 1 for at in (tail, 0.5, 1 - tail))
    return GapLimits(share, low, median, high)


def _sums(steps: Floats) -> Floats:
    """Partial sums that never fall below 0: the walk less its least value so far."""
    walk = np.cumsum(steps)
    sums = walk - np.minimum(np.minimum.accumulate(walk), 0.0)
    sums[walk <= np.minimum(np.minimum.accumulate(walk), 0.0)] = 0.0
    return np.asarray(sums)


def _threshold(
    if_not: Floats, gain: float, expected: Floats, false_alarm_share: float, draw_count: int, seed: int
) -> float:
    """The quantile of the greatest score of drawn sequences; where breaches are rare only they are drawn."""
    hazard = -np.log1p(-expected)
    is_rare = hazard.sum() * RARE < expected.size
    greatest_of = _greatest_by_breach if is_rare else _greatest_by_case
    greatest = greatest_of(if_not, gain, hazard, draw_count, np.random.default_rng(seed))
    return float(np.quantile(greatest, 1 - false_alarm_share, method="higher"))


def _greatest_by_case(
    if_not: Floats, gain: float, hazard: Floats, draw_count: int, draws: np.random.Generator
) -> Floats:
    greatest, share = np.empty(draw_count), -np.expm1(-hazard)
    step = max(1, BLOCK_ELEMENTS // hazard.size)
    for start in range(0, draw_count, step):
        size = min(step, draw_count - start)
        walk = np.cumsum(if_not + gain * (draws.random((size, hazard.size)) < share), axis=1)
        lowest = np.minimum(np.minimum.accumulate(walk, axis=1), 0.0)
        greatest[start : start + size] = (walk - lowest).max(axis=1)
    return greatest


def _greatest_by_breach(
    if_not: Floats, gain: float, hazard: Floats, draw_count: int, draws: np.random.Generator
) -> Floats:
    """The same, of the places of breaches alone: a score is greatest just after one.

    Cases lie on a line, each as long as its hazard -ln(1 - p); one is breached if a point of a Poisson process of rate
    1 lies on its piece, which has the probability p, independently of the others. Nothing is approximated.
    """
    ends, walk = np.cumsum(hazard), np.concatenate([[0.0], np.cumsum(if_not), [0.0]])
    most_points = int(ends[-1] + POINTS_SIGMAS * np.sqrt(ends[-1])) + FEWEST_POINTS
    step = max(1, BLOCK_ELEMENTS // most_points)
    greatest, cells = np.empty(draw_count), cells_of(ends)
    for start in range(0, draw_count, step):
        points = np.cumsum(draws.standard_exponential((min(step, draw_count - start), most_points)), axis=1)
        points = points[:, : np.searchsorted(points.min(axis=0), ends[-1])]  # beyond it no row has a point on the line
        case = first_not_below(ends, points, cells)
        is_breach = case < hazard.size
        is_breach[:, 1:] &= case[:, 1:] != case[:, :-1]
        gained = gain * (np.cumsum(is_breach, axis=1) - is_breach)
        before = np.where(is_breach, walk[case] + gained, 0.0)
        lowest = np.minimum(np.minimum.accumulate(before, axis=1), 0.0)
        after = walk[case + 1] + gained + gain
        greatest[start : start + step] = (after - lowest).max(axis=1, where=is_breach, initial=0.0)
    return greatest


def cells_of(ends: Floats) -> npt.NDArray[np.int64]:
    """The line up to the last end in cells of one length: of each, and of all beyond, an end that none before reaches.

    Args:
        ends: rising, above 0.
    """
    count = CELLS_OF_AN_END * ends.size
    return np.asarray(np.searchsorted(ends, np.arange(count + 1) * (ends[-1] / count) * (1 - ROUNDED_BY)))


def first_not_below(ends: Floats, points: Floats, cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place of the first end that is not below each point, as a search finds it, in a fifth of the time.

    Args:
        ends: rising, above 0.
        points: not below 0, of any shape; one beyond the last end is given the place after it.
        cells: `cells_of` the ends.
    """
    last = cells.size - 1
    places = cells[np.minimum(points * (last / ends[-1]), last).astype(np.int64)]
    at, sought, reached = places.ravel(), points.ravel(), np.append(ends, np.inf)
    short = np.flatnonzero(reached[at] < sought)
    while short.size:
        at[short] += 1
        short = short[reached[at[short]] < sought[short]]
    return np.asarray(at.reshape(points.shape))

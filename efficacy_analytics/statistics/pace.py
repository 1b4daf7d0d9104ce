"""How much slower the last weeks and the next quarter may be than the cases a limit rests on.

A limit is for cases to come. Two things make them slower than those of the past, and no test at a low rate of false
alarms sees them in time: a change of a few weeks ago, and a trend. So they are not tested but bounded: how slow may the
last weeks be, and how slow the next quarter, that the data still allow? Where they allow much, the limit is long; of
what a test would let through after a change, nearly all would be too short.

The pace of the last weeks: the hazard that their cases, open ones by their age, have outlived on the curve of the cases
before is compared with how many of them are completed (a one-sample log-rank test). The bound is the largest factor
of growth that the test does not reject. The trend: the bound is the steepest exponential
growth that the scores of the straightened times allow; all cases are then moved to the middle of the next quarter. Both
suppose that a change makes all times longer by the same factor.

Sources: N. Breslow, "Analysis of survival data under the proportional hazards model", International Statistical
Review 43(1), 1975 (one-sample log-rank); A. A. Tsiatis, "Estimating regression parameters using linear rank tests for
censored data", Annals of Statistics 18(1), 1990 (factors by inverting the rank test).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.special import gammaincinv, ndtri

from efficacy_analytics.statistics.log_rank import (
    Booleans,
    Floats,
    Integers,
    cumulated_hazard,
    days_and_places,
    log_rank_scores,
)
from efficacy_analytics.statistics.settled import scalar_product

RECENT_DAYS: Final = 28
FEWEST_EXPECTED: Final = 7
"""The last weeks are so many more that so many of their cases were to be completed, at the pace of all cases."""
MOST_EXPECTED: Final = 15
"""Where cases depend on each other it takes more of them, but no more than this: earlier cases hide a change."""
MOST_PACE: Final = 20.0
MIDDLE_OF_NEXT_QUARTER_DAYS: Final = 45
STEPS: Final = 20
GROWTH_STEPS: Final = 12
"""Growth is found to 0.3 % of the times over the span, and rounded up."""
SAME_DAY: Final = 0.5
"""The time, in days, of what is done on the day of acceptance."""
PARTS_OF_A_DAY: Final = 8


def recent_place(day: Integers, counted_days: Integers, is_open: Booleans, *, dispersion: float) -> int:
    """The first case of the last weeks: four weeks, and more where fewer than seven were to be completed in them.

    Seven independent ones: as many times more as the dispersion says, up to fifteen. At most the later half of the
    cases; the place after the last where all were accepted on one day.
    """
    _, hazard, place = cumulated_hazard(counted_days, is_open)
    expected = np.cumsum(hazard[place][::-1])
    fewest = min(FEWEST_EXPECTED * dispersion, MOST_EXPECTED)
    by_number = day.size - 1 - int(np.searchsorted(expected, fewest))
    by_weeks = int(np.searchsorted(day, day[-1] + 1 - RECENT_DAYS))
    first = max(min(by_weeks, by_number), day.size // 2)
    whole_day = int(np.searchsorted(day, day[first]))
    return whole_day or int(np.searchsorted(day, day[0], side="right"))


def recent_pace_bound(
    day: Integers, counted_days: Integers, is_open: Booleans, *, confidence: float, dispersion: float
) -> float:
    """By how much times may have grown in the last weeks: a factor that the true one exceeds in 1 - `confidence`.

    Args:
        day: of acceptance, as a day number, ascending.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        confidence: one-sided; a low one gives a factor that times have grown by at least.
        dispersion: of the sums of weeks (`statistics.dependence`).

    Returns:
        The factor of `pace_bound`; 1 where there are no earlier cases.
    """
    first = recent_place(day, counted_days, is_open, dispersion=dispersion) if day.size else 0
    if not first or first == day.size:
        return 1.0
    earlier, later = ((counted_days[rows], is_open[rows]) for rows in (slice(first), slice(first, None)))
    return pace_bound(earlier, later, confidence=confidence, dispersion=dispersion)


def pace_bound(
    earlier: tuple[Integers, Booleans], later: tuple[Integers, Booleans], *, confidence: float, dispersion: float
) -> float:
    """By how much the times of later cases may be longer than those of earlier ones.

    Of the later cases, O are completed. Their hazard on the curve of the earlier ones, times divided by a factor f, is
    E(f). The bound solves E(f) = the 1 - `confidence` quantile of a gamma distribution of mean O + 1/2, whose shape is
    the effective number of completed cases on both sides, 1 / (dispersion / (O + 1/2) + dispersion / N).

    Args:
        earlier: how long each case took, or has taken so far, and whether it is open.
        later: the same of the later cases.
        confidence: one-sided.
        dispersion: of the sums of weeks.

    Returns:
        The factor; infinite above twenty, or where on one side no case is completed.
    """
    times, hazard = _hazard_curve(*earlier)
    before, completed = (int((~is_open).sum()) for _, is_open in (earlier, later))
    if not before or not completed:
        return np.inf
    shape = 1 / (dispersion / (completed + 0.5) + dispersion / before)
    allowed = float(gammaincinv(shape, 1 - confidence)) * (completed + 0.5) / shape

    days, place = days_and_places(later[0])
    took, case_counts = _times(days), np.bincount(place)

    def is_slower(log_factor: float) -> bool:
        return bool((np.interp(took * np.exp(-log_factor), times, hazard) * case_counts).sum() > allowed)

    most = float(np.log(MOST_PACE))
    return np.inf if is_slower(most) else float(np.exp(_first(is_slower, -most, most)))


@dataclass(frozen=True)
class Growth:
    """What some cases say of the growth of times; each growth is tried once, however many bounds are asked for.

    Attributes:
        day: of acceptance, as a day number, ascending; not all the same.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        tried: of each growth that was tried, the sum of the weighted scores and that of their squares.
    """

    day: Integers
    counted_days: Integers
    is_open: Booleans
    tried: dict[float, tuple[float, float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def bound(self, *, confidence: float, dispersion: float) -> float:
        """The steepest growth of times that the data allow: of their logarithm, over the days the cases span.

        The largest b for which the scores of the times divided by exp(b t) do not fall with the day of acceptance:
        Σ (t - mean) score, over the root of dispersion Σ (t - mean)² score², reaches the normal quantile of
        `confidence`.

        Args:
            confidence: one-sided.
            dispersion: of the sums of weeks.
        """
        wanted = float(ndtri(confidence))

        def is_less_steep(growth: float) -> bool:
            if growth not in self.tried:
                self.tried[growth] = self._sums(growth)
            summed, squares = self.tried[growth]
            return bool(summed <= wanted * np.sqrt(dispersion * squares))

        most = 2 * float(np.log(MOST_PACE))
        return _first(is_less_steep, -most, most, steps=GROWTH_STEPS)

    def _sums(self, growth: float) -> tuple[float, float]:
        """The sum of (t - mean) score of the times less a growth, and that of the squares."""
        when = (self.day - self.day[-1]) / (self.day[-1] - self.day[0])
        parts = np.round(_times(self.counted_days) * np.exp(-growth * when) * PARTS_OF_A_DAY).astype(np.int64)
        weighted = (when - when.mean()) * log_rank_scores(parts, self.is_open)
        return float(weighted.sum()), scalar_product(weighted, weighted)


def pace_of_next_quarter(day: Integers, growth: float) -> Floats:
    """By how much each case would take longer in the middle of the next quarter, at such a growth."""
    ahead = day[-1] + MIDDLE_OF_NEXT_QUARTER_DAYS - day
    return np.asarray(np.exp(growth * ahead / (day[-1] - day[0])))


def _times(counted_days: Integers) -> Floats:
    """The times that whole days stand for, none of them 0."""
    return np.maximum(counted_days, SAME_DAY)


def _hazard_curve(counted_days: Integers, is_open: Booleans) -> tuple[Floats, Floats]:
    """Where the cumulated hazard bends: it rises in the day before each completion, and not in between."""
    days, hazard, _ = cumulated_hazard(counted_days, is_open)
    ends, before = _times(days), np.append(0.0, hazard[:-1])
    starts = np.maximum(days - 1, np.append(0.0, ends[:-1]))
    return np.column_stack([starts, ends]).ravel(), np.column_stack([before, hazard]).ravel()


def _first(holds: Callable[[float], bool], low: float, high: float, *, steps: int = STEPS) -> float:
    """Where it ceases to hold, by halving, rounded up."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high

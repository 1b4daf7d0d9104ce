"""Since when an item's times have been what they are now.

A guarantee from past cases holds where past and future are alike, so only cases since the last change are used. The
test adds up log-rank scores in the order of acceptance: a case scores 1 if completed, less the cumulated hazard it has
outlived. Scores sum to 0; where nothing changes, their running sum stays near it, where times grow longer or shorter it
wanders off. Open cases score by their age, so recent cases, of which only the fast ones are completed, do not look like
improvement. The largest deviation, divided by its own spread, is that of a Brownian bridge (Kolmogorov's distribution),
whatever the distribution of the times. Cases share queues, so the spread is the long-run one of the sums of weeks
around the paces before and after. A change is looked for in all cases, then in those after it, until none is found.

Two things are no change. Where a straight line through the scores explains more than a step, times drift: no past spell
is like the next, and `pace` bounds it. Where slow and fast weeks still follow each other around the steps found, a
queue swells and shrinks: its last spell is no better guide than the others, and all cases are used.

The test sees times that grow longer or shorter, most of all the long ones. It does not see that they spread without
moving, nor a change in the last few weeks, for which `pace` has a bound of its own; the back-test is the last guard.

Sources: F. Lombard, "Rank tests for changepoint problems", Biometrika 74(3), 1987; L. Yu. Vostrikova, "Detecting
disorder in multidimensional random processes", 1981 (binary segmentation); P. Perron, "Dealing with structural breaks",
2006 (the variance around the step keeps the power).
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from scipy.special import kolmogorov

from efficacy_analytics.statistics.dependence import (
    MOST_LAGS,
    Dispersion,
    dispersion,
    group_sums,
    long_run_variance,
)
from efficacy_analytics.statistics.log_rank import Booleans, Floats, Integers, log_rank_scores
from efficacy_analytics.statistics.settled import scalar_product

MEANS_TAKEN_OUT: Final = 2
FEWEST_CASES: Final = 20
"""Below so many cases no change is looked for."""


@dataclass(frozen=True)
class Spell:
    """The cases since the last change.

    Attributes:
        place: of its first case; 0 where times have been alike throughout.
        dispersion: how much the weeks of all spells vary around their paces.
    """

    place: int
    dispersion: Dispersion


def last_spell(day: Integers, counted_days: Integers, is_open: Booleans, *, level: float) -> Spell:
    """The cases since the last change, all of them where there was none or where times swing.

    Args:
        day: of acceptance, as a day number, ascending.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        level: the chance of finding a change where there is none, at each look.
    """
    places: list[int] = []
    while True:
        rest = slice(places[-1] if places else 0, None)
        p_value, place = change_p_value(day[rest], counted_days[rest], is_open[rest])
        if p_value >= level:
            break
        places.append((rest.start or 0) + place)
    around = dispersion(day, counted_days, is_open, places)
    if places and around.is_swing:
        return Spell(0, dispersion(day, counted_days, is_open, []))
    return Spell(places[-1] if places else 0, around)


def change_p_value(day: Integers, counted_days: Integers, is_open: Booleans) -> tuple[float, int]:
    """How likely so large a deviation is where nothing changes, and the place of the first case after it.

    1 for fewer than twenty cases, for cases of a single day, and where a straight line explains more than a step.
    """
    ends = np.flatnonzero(np.diff(day)) + 1
    if day.size < FEWEST_CASES or not ends.size:
        return 1.0, 0
    scores = log_rank_scores(counted_days, is_open)
    deviation = np.abs(np.cumsum(scores))[ends - 1]
    place = int(ends[np.argmax(deviation)])
    spread = _spread(day, scores, place)
    if not spread or _is_drift(day, scores, ends, deviation):
        return 1.0, place
    return float(kolmogorov(deviation.max() / spread)), place


def _is_drift(day: Integers, scores: Floats, ends: Integers, deviation: Floats) -> bool:
    """Whether the scores follow a straight line at least as well as the best step."""
    centred = day - day.mean()
    line = abs(scalar_product(centred, scores)) / np.sqrt(scalar_product(centred, centred))
    steps = deviation / np.sqrt(ends * (day.size - ends) / day.size)
    return bool(line >= steps.max())


def _spread(day: Integers, scores: Floats, place: int) -> float:
    """The root of the long-run variance of the sums of weeks around the step, at least that of independent cases."""
    around = scores.copy()
    around[:place] -= scores[:place].mean()
    around[place:] -= scores[place:].mean()
    sums = group_sums(day, around)
    long_run = long_run_variance(sums, lags=min(MOST_LAGS, sums.size // 8))
    largest = max(scalar_product(around, around), float(sums @ sums), long_run)
    return sqrt(largest * day.size / (day.size - MEANS_TAKEN_OUT))

"""Since when an item's times have been what they are now.

A guarantee from past cases holds where past and future are alike, so only cases since the last change are used. The
test adds up log-rank scores in the order of acceptance: a case scores 1 if completed, less the cumulated hazard it has
outlived. Scores sum to 0; where nothing changes, their running sum stays near it, where times grow longer or shorter it
wanders off. Open cases score by their age, so recent cases, of which only the fast ones are completed, do not look like
improvement. The largest deviation, divided by its own spread, is that of a Brownian bridge (Kolmogorov's distribution),
whatever the distribution of the times. Cases of one week share queues and officers, so the spread is taken from the
sums of weeks. A change is looked for in all cases, then in those after it, until none is found.

The test sees times that grow longer or shorter, most of all the long ones. It does not see that they spread without
moving, nor a change in the last few cases; the back-test is the second guard.

Sources: F. Lombard, "Rank tests for changepoint problems", Biometrika 74(3), 1987; R. Peto and J. Peto,
"Asymptotically efficient rank invariant test procedures", JRSS A 135(2), 1972 (log-rank scores of censored times);
L. Yu. Vostrikova, "Detecting disorder in multidimensional random processes", 1981 (binary segmentation).
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import kolmogorov

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]

FEWEST_CASES: Final = 20
"""Below so many cases no change is looked for."""
DAYS_A_GROUP: Final = 7
FEWEST_GROUPS: Final = 30


def last_change(day: Integers, counted_days: Integers, is_open: Booleans, *, level: float) -> int | None:
    """The first day of acceptance after the last change, or none where times have been alike throughout.

    Args:
        day: of acceptance, as a day number, ascending.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        level: the chance of finding a change where there is none, at each look.
    """
    first = 0
    while (cut := _change(day[first:], counted_days[first:], is_open[first:], level)) is not None:
        first += cut
    return int(day[first]) if first else None


def change_p_value(day: Integers, counted_days: Integers, is_open: Booleans) -> tuple[float, int]:
    """How likely so large a deviation is where nothing changes, and the place of the first case after it."""
    ends = np.flatnonzero(np.diff(day)) + 1
    if not ends.size:
        return 1.0, 0
    scores = log_rank_scores(counted_days, is_open)
    deviation = np.abs(np.cumsum(scores))[ends - 1]
    spread = _spread(day, scores)
    return float(kolmogorov(deviation.max() / spread)) if spread else 1.0, int(ends[np.argmax(deviation)])


def log_rank_scores(counted_days: Integers, is_open: Booleans) -> Floats:
    """1 for a completed case, 0 for an open one, less the cumulated hazard (Nelson and Aalen) until its time."""
    days, group = np.unique(counted_days, return_inverse=True)
    completed = np.bincount(group, weights=~is_open, minlength=days.size)
    at_risk = np.cumsum(np.bincount(group, minlength=days.size)[::-1])[::-1]
    return np.asarray(~is_open - np.cumsum(completed / at_risk)[group])


def _spread(day: Integers, scores: Floats) -> float:
    """The root of the squared sums of weeks, or of shorter stretches where there are fewer than thirty weeks."""
    span = int(day[-1] - day[0]) + 1
    length = min(DAYS_A_GROUP, max(1, span // FEWEST_GROUPS))
    return float(np.sqrt((np.bincount((day - day[0]) // length, weights=scores) ** 2).sum()))


def _change(day: Integers, counted_days: Integers, is_open: Booleans, level: float) -> int | None:
    if day.size < FEWEST_CASES:
        return None
    p_value, place = change_p_value(day, counted_days, is_open)
    return place if p_value < level else None

"""What each case says about the pace of a sample, whatever the distribution of its times: log-rank scores.

Source: R. Peto and J. Peto, "Asymptotically efficient rank invariant test procedures", JRSS A 135(2), 1972 (log-rank
scores of censored times).
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
SPARSE: Final = 8
"""Of so many days for each case sorting is quicker than counting."""


def cumulated_hazard(counted_days: Integers, is_open: Booleans) -> tuple[Integers, Floats, Integers]:
    """The hazard cumulated until each day on which a case was completed or censored (Nelson and Aalen).

    Args:
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.

    Returns:
        The days, ascending; the sum until each of completed over at risk; of each case, the place of its day.
    """
    days, place = days_and_places(counted_days)
    completed = np.bincount(place, weights=~is_open, minlength=days.size)
    at_risk = np.cumsum(np.bincount(place, minlength=days.size)[::-1])[::-1]
    return days, np.cumsum(completed / at_risk), place


def days_and_places(counted_days: Integers) -> tuple[Integers, Integers]:
    """The days that occur, ascending, and of each case the place of its day: by counting where few days lie between."""
    least = int(counted_days.min()) if counted_days.size else 0
    above = counted_days - least
    if not counted_days.size or int(above.max()) > SPARSE * counted_days.size:
        days, place = np.unique(counted_days, return_inverse=True)
        return days, place
    occurs = np.bincount(above) > 0
    return np.flatnonzero(occurs) + least, (np.cumsum(occurs) - 1)[above]


def log_rank_scores(counted_days: Integers, is_open: Booleans) -> Floats:
    """1 for a completed case, 0 for an open one, less the hazard cumulated until its time. They sum to 0."""
    _, hazard, place = cumulated_hazard(counted_days, is_open)
    return np.asarray(~is_open - hazard[place])

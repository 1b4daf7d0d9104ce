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
    return days, _hazard(place, is_open), place


def days_and_places(counted_days: Integers) -> tuple[Integers, Integers]:
    """The days that occur, ascending, and of each case the place of its day: by counting where few days lie between."""
    above = _days_above(counted_days)
    if above is None:
        days, place = np.unique(counted_days, return_inverse=True)
        return days, place
    occurs = np.bincount(above) > 0
    return np.flatnonzero(occurs) + int(counted_days.min()), (np.cumsum(occurs) - 1)[above]


def log_rank_scores(counted_days: Integers, is_open: Booleans) -> Floats:
    """1 for a completed case, 0 for an open one, less the hazard cumulated until its time. They sum to 0."""
    above = _days_above(counted_days)
    place = np.unique(counted_days, return_inverse=True)[1] if above is None else above
    return np.asarray(~is_open - _hazard(place, is_open)[place])


def _days_above(counted_days: Integers) -> Integers | None:
    """By how many days each time is above the least; none where so few days occur that sorting is quicker."""
    if not counted_days.size:
        return None
    above = counted_days - int(counted_days.min())
    return above if int(above.max()) <= SPARSE * counted_days.size else None


def _hazard(place: Integers, is_open: Booleans) -> Floats:
    """The hazard cumulated until each place, the last of which occurs; those that do not occur add nothing."""
    every = np.bincount(place)
    completed = every - np.bincount(place[is_open], minlength=every.size)
    return np.asarray(np.cumsum(completed / np.cumsum(every[::-1])[::-1]))

"""How long something still lasts, given what it is like now: Kaplan and Meier's curve of what remains.

Source: E. L. Kaplan and P. Meier, JASA 53(282), 1958.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Remaining:
    """The share that lasts longer than each of some times.

    Attributes:
        times: ascending, at which something ended.
        longer_share: the estimated share that lasts longer, of each.
    """

    times: Floats
    longer_share: Floats

    def longer_than(self, asked: Floats) -> Floats:
        """The share that lasts longer than each time asked; beyond the last, that of the last."""
        place = np.searchsorted(self.times, asked, side="right")
        return np.concatenate([[1.0], self.longer_share])[place]


def remaining(lasted: Floats, has_ended: Booleans) -> Remaining:
    """The curve of what lasted so long: until its end, or, where it has not ended, at least so long.

    Args:
        lasted: one time each.
        has_ended: whether it ended then; at one time ends come before what goes on.
    """
    times, ended = np.unique(lasted[has_ended], return_counts=True)
    at_risk = lasted.size - np.searchsorted(np.sort(lasted), times, side="left")
    return Remaining(times, np.asarray(np.cumprod(1 - ended / at_risk), dtype=np.float64))


def censoring_weights(until_known: Floats, until_cut: Floats, *, most: float = 20.0) -> Floats:
    """What each known fate counts for, so that the known ones stand for all: 1 / P(the cut comes no earlier).

    Inverse probability of censoring: the longer a fate takes to be known, the rarer it is known by the cut. When a row
    is cut off is known of every row, so the probability is the share of rows whose cut is at least as far off.

    Args:
        until_known: of the rows whose fate is known, how long it took.
        until_cut: of all rows, how long until the cut.
        most: no row counts for more.

    Source: J. M. Robins and D. M. Rotnitzky, "Recovery of information and adjustment for dependent censoring", 1992.
    """
    ordered = np.sort(until_cut)
    share = 1 - np.searchsorted(ordered, until_known, side="left") / ordered.size
    return np.minimum(most, 1 / np.maximum(share, 1 / most))

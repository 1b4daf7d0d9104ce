"""How good chances were, once it is known what happened.

Sources: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78(1), 1950;
J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a ROC curve", Radiology 143, 1982.
"""

import numpy as np
from scipy.stats import rankdata

from efficacy_analytics.statistics.prediction.remaining import Booleans, Floats
from efficacy_analytics.statistics.settled import settled_figure


def auc(chance: Floats, happened: Booleans) -> float:
    """How often something that happened had the higher chance than something that did not; ties count half.

    Not a number where all or none happened.
    """
    yes, no = int(happened.sum()), int((~happened).sum())
    if not yes or not no:
        return float("nan")
    ranks = rankdata(chance)
    return float((ranks[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def brier(chance: Floats, happened: Booleans) -> float:
    """The mean squared difference of the chance and what happened; smaller is better."""
    return settled_figure(float(np.mean((chance - happened) ** 2)))


def precision_at(chance: Floats, happened: Booleans, day: Floats, k: int) -> float:
    """Of the k highest chances of each day, the share that happened; ties in the order given.

    Args:
        chance: of each row.
        happened: whether it did.
        day: of each row, as a number.
        k: how many a day; on a day with fewer rows all of them.
    """
    order = np.lexsort((np.arange(chance.size), -chance, day))
    days = day[order]
    first = np.concatenate([[True], days[1:] != days[:-1]]) if days.size else np.empty(0, dtype=bool)
    place = np.arange(days.size) - np.maximum.accumulate(np.where(first, np.arange(days.size), 0))
    chosen = order[place < k]
    return float(happened[chosen].mean()) if chosen.size else float("nan")


def calibration(chance: Floats, happened: Booleans, *, groups: int = 10) -> list[tuple[float, float, int]]:
    """The mean chance and the share that happened in groups of like chance of about equal size, and their sizes."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, groups) if part.size]
    return [(float(chance[part].mean()), float(happened[part].mean()), int(part.size)) for part in parts]


def calibration_error(chance: Floats, happened: Booleans, *, groups: int = 10) -> float:
    """The mean difference, over groups of like chance, of the mean chance and the share that happened."""
    found = calibration(chance, happened, groups=groups)
    return settled_figure(sum(abs(mean - share) * size for mean, share, size in found) / max(1, chance.size))

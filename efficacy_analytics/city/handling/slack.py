"""What could be promised in the city, by its parameters: planted slack, and what no limit can go below.

Both are worked out before anything is simulated. The least days leave out every wait in a queue and for a meeting, and
everything during which the clock stands still, so that no case of the city is quicker because of luck with an officer.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.city.handling.work import FASTEST_PACE, HANDOVER_SHAPE, POST_SHAPE, WORK_SPREAD
from efficacy_analytics.city.town.catalogue import Item
from efficacy_analytics.city.town.limits import ItemLimit, counted_slots, promise
from efficacy_analytics.city.town.plan import BRISK_DEPARTMENTS, BRISK_PACE, planted_at
from efficacy_analytics.city.town.procedures import Slot, chances_of
from efficacy_analytics.city.town.working_time import OPEN_DAY

LEAST_SHARE = 0.95
"""The least days are those that this share of cases needs."""
DRAWS, DRAW_SEED = 4_000, 20_080_501

Floats = NDArray[np.float64]


def slack_days(limit: ItemLimit) -> int:
    """How many days the promise of an item with planted slack is longer than the usual one for the same work."""
    if limit.tightness != "slack" or limit.promised_length is None:
        return 0
    return limit.promised_length - promise(limit.item, "usual", limit.unit)


@cache
def least_days(item: Item) -> int:
    """The working days that 95 in 100 cases need even if nobody waits for an officer or a meeting, at the best pace."""
    rng = np.random.default_rng(DRAW_SEED)
    chances = chances_of(item)
    names = sorted({slot.choice for slot in counted_slots()})
    taken = {name: rng.random(DRAWS) < chances.get(name, 0.0) for name in names}
    taken["second_supplement"] &= taken["supplement"]
    taken["extension"] = np.zeros(DRAWS, dtype=bool)
    alone, beside = np.zeros(DRAWS), dict[str, Floats]()
    for slot in counted_slots():
        days = taken[slot.choice] * _days(item, slot, rng)
        if slot.parallel and item.kind == "joint":
            beside[slot.parallel] = np.maximum(beside.get(slot.parallel, 0.0), days)
        else:
            alone += days
    return int(np.quantile(alone + sum(beside.values(), np.zeros(DRAWS)), LEAST_SHARE))


def _days(item: Item, slot: Slot, rng: np.random.Generator) -> Floats:
    """The open days a slot takes by itself: handing the file over, the work, and waiting outside at a public notice.

    At the counter nothing is left of a day, and what a planted slow step adds is the queue's doing, but for the post.
    """
    if item.kind == "on_the_spot":
        return np.zeros(DRAWS)
    planted = planted_at(item, slot.activity)
    if planted is not None:
        posted = planted.waiting_days * rng.standard_gamma(POST_SHAPE, DRAWS) / POST_SHAPE
        return posted if planted.cause == "extraneous" else np.zeros(DRAWS)
    pace = FASTEST_PACE * (BRISK_PACE if item.department in BRISK_DEPARTMENTS else 1.0)
    handover = slot.handover_days * pace * rng.standard_gamma(HANDOVER_SHAPE, DRAWS) / HANDOVER_SHAPE
    work = slot.minutes * 60 / OPEN_DAY * np.exp(WORK_SPREAD * rng.standard_normal(DRAWS) - WORK_SPREAD**2 / 2)
    return handover + work + (slot.outside_days if slot.role == "notice" else 0.0)

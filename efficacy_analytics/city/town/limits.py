"""The statutory and promised limits of the items: what most cases need, times a planted factor.

What a case needs is worked out from the parameters of its procedure, before anything is simulated.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil, floor, sqrt

import numpy as np

from efficacy_analytics.city.town.catalogue import Item, items
from efficacy_analytics.city.town.plan import (
    BACK_DATING_DEPARTMENT,
    GREEN_LANE_SHARE,
    HIDDEN_FACTOR,
    LATE_DEPARTMENTS,
    LATE_FACTOR,
    MEETINGS,
    SLACK_FACTOR,
    TIGHT_FACTOR,
    USUAL_FACTOR,
    planted_at,
)
from efficacy_analytics.city.town.procedures import Slot, chances_of, slots
from efficacy_analytics.city.town.working_time import OPEN_DAY

STATUTORY = (10, 15, 20, 30, 45, 60, 90, 120, 180, 365)
CALENDAR_DAYS_PER_WORKING_DAY = 1.5
SLACK_SHARE, TIGHT_SHARE, CALENDAR_SHARE, CHANGED_SHARE, UNPROMISED_SHARE = 0.25, 0.25, 0.12, 0.15, 0.03
CHANGED_FACTOR = 0.8
RARE = 0.1
HANDOVER_SPREAD = 0.82
QUEUE_DAYS = 0.06
STOPPED = ("resubmission", "expert_review", "hearing")


@dataclass(frozen=True)
class ItemLimit:
    """The limits of an item: `later_length` is the promise from the change of the rules on, where there was one."""

    item: Item
    tightness: str
    unit: str
    statutory_length: int
    promised_length: int | None
    later_length: int | None

    @property
    def promised_open_days(self) -> float:
        """The promise in working days, roughly, for judging which cases are at risk."""
        length = self.promised_length or self.statutory_length
        return length if self.unit == "working_days" else length / CALENDAR_DAYS_PER_WORKING_DAY


@cache
def needed_days(item: Item) -> float:
    """The working days that about 95 in 100 cases of an item need from acceptance to decision, by the parameters."""
    mean = variance = 0.0
    chances = chances_of(item)
    for slot in counted_slots():
        chance = chances.get(slot.choice, 0.0)
        if chance < RARE or slot.choice == "extension" or planted_at(item, slot.activity):
            continue
        days = slot.handover_days + slot.minutes * 60 / OPEN_DAY + QUEUE_DAYS
        fixed = slot.outside_days if slot.activity == "public_notice" else 0.0
        mean += chance * (days + fixed)
        variance += chance * (HANDOVER_SPREAD * days) ** 2 + chance * (1 - chance) * (days + fixed) ** 2
    return mean + 1.75 * sqrt(variance) + _slow_days(item) + 0.5


def promise(item: Item, tightness: str, unit: str) -> int:
    """The promised length of an item in that unit: the days it needs times the factor of a tightness."""
    scale = CALENDAR_DAYS_PER_WORKING_DAY if unit == "calendar_days" else 1.0
    rounded = floor if tightness in ("tight", "hidden", "late") else ceil
    return max(2, rounded(_factor(tightness) * needed_days(item) * scale))


def counted_slots() -> tuple[Slot, ...]:
    """The slots between acceptance and decision during which the clock runs."""
    names = [slot.activity for slot in slots()]
    between = slots()[names.index("acceptance") + 1 : names.index("decision") + 1]
    return tuple(slot for slot in between if slot.activity not in STOPPED)


def drawn_limits(rng: np.random.Generator) -> list[ItemLimit]:
    """The limits of every item, in the catalogue's order; at the counter everything is promised on the spot."""
    draws = rng.random((len(items()), 4))
    return [_limit(item, *row) for item, row in zip(items(), draws.tolist(), strict=True)]


def _limit(item: Item, kind: float, unit: float, change: float, promised_draw: float) -> ItemLimit:
    if item.kind == "on_the_spot":
        return ItemLimit(item, "on_the_spot", "working_days", 5 if kind < 0.5 else 10, 0, None)
    name = "calendar_days" if unit < CALENDAR_SHARE else "working_days"
    tightness = _tightness(item, kind)
    promised = promise(item, tightness, name)
    statutory = next(length for length in STATUTORY if length >= promised)
    if tightness == "usual" and promised_draw < UNPROMISED_SHARE:
        return ItemLimit(item, tightness, name, statutory, None, None)
    later = ceil(CHANGED_FACTOR * promised) if tightness == "usual" and change < CHANGED_SHARE else None
    return ItemLimit(item, tightness, name, statutory, promised, later)


def _tightness(item: Item, draw: float) -> str:
    if item.department in LATE_DEPARTMENTS:
        return "late"
    if item.department == BACK_DATING_DEPARTMENT:
        return "hidden"
    if draw < SLACK_SHARE:
        return "slack"
    return "tight" if draw < SLACK_SHARE + TIGHT_SHARE else "usual"


def _factor(tightness: str) -> float:
    return {
        "late": LATE_FACTOR,
        "hidden": HIDDEN_FACTOR,
        "tight": TIGHT_FACTOR,
        "usual": USUAL_FACTOR,
        "slack": SLACK_FACTOR,
    }[tightness]


def _slow_days(item: Item) -> float:
    met = (planted_at(item, slot.activity) for slot in counted_slots())
    planted = next((step for step in met if step is not None), None)
    if planted is None:
        return 0.0
    if planted.cause == "batching":
        return 5.0 * MEETINGS[item.department][1]
    if planted.cause == "prioritisation":
        return 1.1 * planted.waiting_days / (1 - GREEN_LANE_SHARE[item.department])
    return {"contention": 1.5, "extraneous": 2.1, "unavailability": 2.4}[planted.cause] * planted.waiting_days

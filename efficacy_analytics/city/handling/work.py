"""What each step costs: the desk that handles it, the work or the time outside, the handover before it.

All lengths are seconds of the open clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.town.catalogue import Item, departments, items
from efficacy_analytics.city.town.plan import BRISK_DEPARTMENTS, BRISK_PACE, bottlenecks, planted_at
from efficacy_analytics.city.town.procedures import Slot, first_slot, role_at, slots
from efficacy_analytics.city.town.working_time import OPEN_DAY, Whole

ROLES = (
    "applicant",
    "experts",
    "notice",
    "window",
    "reviewers",
    "seniors",
    "inspectors",
    "legal",
    "leaders",
    "joint",
    "slow",
)
OUTSIDE_ROLES = 3
NOBODY = -1
OWN_DESK_CAUSES = ("contention", "prioritisation", "unavailability")
PARTNER_STEP = 5

COUNTER_PACE, COUNTER_HANDOVER_SECONDS = 0.6, 480
MINUTES_OF_CAUSE = {"batching": 4.0, "unavailability": 12.0}
WORK_SPREAD, OUTSIDE_SPREAD, LONGEST_OUTSIDE_DAYS, SHORTEST_WORK = 0.45, 0.6, 25, 60
HANDOVER_SHAPE, POST_SHAPE, SLOWEST_PACE, FASTEST_PACE = 1.5, 3.0, 1.15, 0.85
RESUMED_SHARE, SHORTEST_SUSPENSION_DAYS, LONGEST_SUSPENSION_DAYS = 0.003, 5, 25

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Work:
    """One place a step.

    Args:
        desk: number of the department times the number of roles plus the role; `NOBODY` outside the offices.
        length: seconds of work, or of waiting outside.
        handover: seconds before the file lies on the desk.
        suspended: seconds of a suspension that was lifted, part of `handover`.
        is_gated: whether it is handled at the meeting only.
    """

    desk: Whole
    length: Whole
    handover: Whole
    suspended: Whole
    is_gated: Mask


def drawn_work(applications: Applications, case: Whole, slot: Whole, rng: np.random.Generator) -> Work:
    """The work of the steps at these slots of these cases."""
    item = applications.item[case]
    is_at_counter = applications.is_at_counter[case]
    suspended = _suspensions(slot, rng)
    return Work(
        desk=_desks(item, applications.department[case], slot),
        length=_lengths(item, slot, is_at_counter, rng),
        handover=_handovers(item, applications.department[case], slot, is_at_counter, rng) + suspended,
        suspended=suspended,
        is_gated=_planted("batching")[item, slot],
    )


def _desks(item: Whole, department: Whole, slot: Whole) -> Whole:
    role = _by_item_and_slot(lambda row, place: ROLES.index(role_at(place, row)))
    role = np.where(_planted(*OWN_DESK_CAUSES), ROLES.index("slow"), role)[item, slot]
    partner = department + 1 + item + PARTNER_STEP * (slot - first_slot("joint_review"))
    responsible = np.where(role == ROLES.index("joint"), partner % len(departments()), department)
    return np.where(role < OUTSIDE_ROLES, NOBODY, responsible * len(ROLES) + role).astype(np.int64)


def _lengths(item: Whole, slot: Whole, is_at_counter: Mask, rng: np.random.Generator) -> Whole:
    minutes = _by_item_and_slot(lambda row, place: place.minutes)
    for cause, planted_minutes in MINUTES_OF_CAUSE.items():
        minutes = np.where(_planted(cause), planted_minutes, minutes)
    work = minutes[item, slot] * 60 * np.where(is_at_counter, COUNTER_PACE, 1.0)
    noise = rng.standard_normal(len(slot))
    work = np.where(work > 0, np.maximum(work * np.exp(WORK_SPREAD * noise - WORK_SPREAD**2 / 2), SHORTEST_WORK), 0)
    outside = np.array([place.outside_days for place in slots()])[slot]
    spread = np.array([0.0 if place.role == "notice" else OUTSIDE_SPREAD for place in slots()])[slot]
    away = np.minimum(outside * np.exp(spread * noise), LONGEST_OUTSIDE_DAYS) * OPEN_DAY
    return np.where(outside > 0, away, work).astype(np.int64)


def _handovers(item: Whole, department: Whole, slot: Whole, is_at_counter: Mask, rng: np.random.Generator) -> Whole:
    pace = rng.uniform(FASTEST_PACE, SLOWEST_PACE, size=(len(departments()), len(slots())))
    pace *= np.array([[BRISK_PACE if row.department in BRISK_DEPARTMENTS else 1.0] for row in departments()])
    mean = np.array([place.handover_days for place in slots()])[slot] * OPEN_DAY * pace[department, slot]
    mean = np.where(is_at_counter & (mean > 0), COUNTER_HANDOVER_SECONDS, mean)
    usual = mean * rng.standard_gamma(HANDOVER_SHAPE, size=len(slot)) / HANDOVER_SHAPE
    days = {row.department: row.waiting_days for row in bottlenecks().values()}
    post = np.array([days.get(row.department, 0.0) for row in departments()])[department] * OPEN_DAY
    posted = post * rng.standard_gamma(POST_SHAPE, size=len(slot)) / POST_SHAPE
    return np.where(_planted("extraneous")[item, slot], posted, usual).astype(np.int64)


def _suspensions(slot: Whole, rng: np.random.Generator) -> Whole:
    """Now and then the decision waits for a suspension to be lifted."""
    is_held = (slot == first_slot("decision")) & (rng.random(len(slot)) < RESUMED_SHARE)
    held_days = rng.integers(SHORTEST_SUSPENSION_DAYS, LONGEST_SUSPENSION_DAYS, size=len(slot))
    return np.where(is_held, held_days * OPEN_DAY, 0).astype(np.int64)


@cache
def _planted(*causes: str) -> Mask:
    """One row an item, one column a slot: whether it is a slow step of one of these causes."""
    return _by_item_and_slot(
        lambda item, slot: (found := planted_at(item, slot.activity)) is not None and found.cause in causes
    )


def _by_item_and_slot(value: Callable[[Item, Slot], float]) -> NDArray[Any]:
    return np.array([[value(item, slot) for slot in slots()] for item in items()])

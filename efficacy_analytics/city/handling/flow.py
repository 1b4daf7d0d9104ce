"""The steps every case is going to take, drawn before anybody waits: one flat array place a step.

What depends on the queues (when, by whom, whether a case gets an extension) is left to `queues`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.work import Work, drawn_work
from efficacy_analytics.city.town.catalogue import items
from efficacy_analytics.city.town.procedures import activity_numbers, chances_of, choice_names, first_slot, slots
from efficacy_analytics.city.town.working_time import Whole

GRANTED, WITHDRAWN, REFUSED, SUSPENDED = range(4)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Flow:
    """The steps, in order of case and slot.

    Args:
        case: the case of each step.
        slot: its slot.
        activity: its activity.
        work: who handles it, how long, after what handover.
        status: one a case: granted, withdrawn, refused or suspended for good.
    """

    case: Whole
    slot: Whole
    activity: Whole
    work: Work
    status: Whole


def drawn_flow(applications: Applications, rng: np.random.Generator) -> Flow:
    """The steps of all cases, with their work."""
    taken = _choices(applications, rng)
    mask = _passed_slots(taken, rng)
    case, slot = (column.astype(np.int64) for column in np.nonzero(mask))
    activity = np.array([activity_numbers()[row.activity] for row in slots()])[slot]
    return Flow(case, slot, activity, drawn_work(applications, case, slot, rng), _statuses(taken))


def steps_of(flow: Flow, activity: str) -> Whole:
    """The steps of one activity."""
    return np.flatnonzero(flow.activity == activity_numbers()[activity])


def _choices(applications: Applications, rng: np.random.Generator) -> dict[str, Mask]:
    """For each choice, which cases take it."""
    names = choice_names()
    chances = np.array([[chances_of(item).get(name, 0.0) for name in names] for item in items()])
    draws = rng.random((len(applications.item), len(names))) < chances[applications.item]
    taken = {name: draws[:, number] for number, name in enumerate(names)}
    taken["second_supplement"] &= taken["supplement"]
    taken["third_department"] &= taken["joint"]
    taken["withdrawn"] &= ~taken["not_accepted"]
    taken["suspended"] &= ~taken["not_accepted"] & ~taken["withdrawn"]
    return taken


def _passed_slots(taken: dict[str, Mask], rng: np.random.Generator) -> Mask:
    """One row a case, one column a slot; a case not accepted, withdrawn or suspended passes none after that."""
    place = np.arange(len(slots()))
    mask = np.column_stack([taken[slot.choice] for slot in slots()])
    mask &= ~(taken["not_accepted"][:, None] & (place > first_slot("not_accepted")))
    last = rng.integers(first_slot("acceptance"), first_slot("decision"), size=len(mask))
    is_cut = taken["withdrawn"] | taken["suspended"]
    mask &= ~(is_cut[:, None] & (place > last[:, None]) & (place < first_slot("withdrawal")))
    return mask


def _statuses(taken: dict[str, Mask]) -> Whole:
    refused = taken["not_accepted"] | ~taken["granted"]
    chosen = [taken["withdrawn"], taken["suspended"], refused]
    return np.select(chosen, [WITHDRAWN, SUSPENDED, REFUSED], GRANTED).astype(np.int64)

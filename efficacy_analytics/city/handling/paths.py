"""Which step comes after which: successors, steps that run side by side, extensions that only cases at risk take."""

from dataclasses import dataclass

import numpy as np

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.flow import Flow, steps_of
from efficacy_analytics.city.town.catalogue import items
from efficacy_analytics.city.town.procedures import slots

END = -1


@dataclass(frozen=True)
class Paths:
    """One place a step.

    Args:
        successor: the step taken when this one and those beside it are done; `END` after the last.
        beside: how many steps are taken side by side, at the first of them; 1 for a step of its own.
        first: the first of the steps taken side by side.
        extensions: the steps taken only by a case at risk, with the step of its acceptance.
    """

    successor: list[int]
    beside: list[int]
    first: list[int]
    extensions: dict[int, int]


def drawn_paths(flow: Flow, applications: Applications) -> Paths:
    """The order of the steps of all cases."""
    names = sorted({slot.parallel for slot in slots()})
    group = np.array([names.index(slot.parallel) for slot in slots()])[flow.slot]
    is_joint = np.array([item.kind == "joint" for item in items()])[applications.item]
    group = np.where(is_joint[flow.case], group, 0)
    is_first = np.ones(len(flow.case), dtype=bool)
    is_first[1:] = (flow.case[1:] != flow.case[:-1]) | (group[1:] == 0) | (group[1:] != group[:-1])
    block = np.cumsum(is_first) - 1
    firsts = np.flatnonzero(is_first)
    later = np.append(firsts[1:], len(flow.case))[block]
    is_last = (later == len(flow.case)) | (flow.case[np.minimum(later, len(flow.case) - 1)] != flow.case)
    beside = np.ones(len(flow.case), dtype=np.int64)
    beside[firsts] = np.diff(np.append(firsts, len(flow.case)))
    return Paths(np.where(is_last, END, later).tolist(), beside.tolist(), firsts[block].tolist(), _extensions(flow))


def _extensions(flow: Flow) -> dict[int, int]:
    accepted = steps_of(flow, "acceptance")
    asked = steps_of(flow, "extension")
    acceptance_of_case = np.full(int(flow.case.max()) + 1, END)
    acceptance_of_case[flow.case[accepted]] = accepted
    return dict(zip(asked.tolist(), acceptance_of_case[flow.case[asked]].tolist(), strict=True))

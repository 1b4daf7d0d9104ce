"""A change planted in the work of a department: until a day its files lay longer, or shorter, between its steps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.flow import Flow
from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.city.town.working_time import DAY_AFTER_LAST, FIRST_DAY, WALL_DAY
from efficacy_analytics.errors import CallError


@dataclass(frozen=True)
class Drift:
    """How a department handed its files over before a day.

    Attributes:
        department: its code; all steps of its cases are meant.
        changed_on: cases applied for before this day are handed over at the former pace.
        pace_before: the former time over the present one; 3 is three times as long.
    """

    department: str
    changed_on: dt.date
    pace_before: float


def drifted(flow: Flow, applications: Applications, drifts: Sequence[Drift]) -> Flow:
    """The flow with the handovers of earlier cases at their former pace."""
    pace = np.ones(len(applications.item))
    for drift in drifts:
        is_before = applications.wall < (drift.changed_on - FIRST_DAY).days * WALL_DAY
        pace[is_before & (applications.department == _codes().index(drift.department))] = drift.pace_before
    work = flow.work
    carried = ((work.handover - work.suspended) * pace[flow.case]).astype(np.int64)
    return replace(flow, work=replace(work, handover=carried + work.suspended))


def check_drifts(drifts: Sequence[Drift]) -> None:
    """Refuse what cannot be planted.

    Raises:
        CallError: a department is unknown or named twice, a day lies outside the period, a pace is not positive.
    """
    for place, drift in enumerate(drifts):
        if drift.department not in _codes():
            raise CallError(f"the city has no department {drift.department!r}.", hint="D01 to D24")
        if drift.department in {other.department for other in drifts[:place]}:
            raise CallError(f"department {drift.department} changes twice.", hint="plant one change a department")
        if not FIRST_DAY < drift.changed_on < DAY_AFTER_LAST:
            raise CallError(f"{drift.changed_on} lies outside the city's period.", hint=f"after {FIRST_DAY}")
        if drift.pace_before <= 0:
            raise CallError(f"a pace of {drift.pace_before} is not positive.", hint="2 is twice as long")


def _codes() -> list[str]:
    return [row.department for row in departments()]

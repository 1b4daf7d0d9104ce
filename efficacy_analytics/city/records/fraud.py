"""Data made to look good: what two departments of the city do to their records, with known truth.

One sets clock stops afterwards, only for cases that are overdue: dated back to the acceptance, always for the same
reason, three days longer than the overrun, keyed in when the case is decided. One begins the decision when the file
comes and signs it on the last days of the limit. (A third keys its steps in days later: `steps` does that.)
Source of the first: a data exchange of approval cases that is public code writes such stops for overdue cases.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.flow import SUSPENDED, WITHDRAWN, Flow, steps_of
from efficacy_analytics.city.records.cases import ended_by_case
from efficacy_analytics.city.records.steps import Moments, days, stamps
from efficacy_analytics.city.records.tables import LIMITS_CHANGE
from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.city.town.limits import ItemLimit
from efficacy_analytics.city.town.plan import BACK_DATING_DEPARTMENT, HOLDING_DEPARTMENT, LATE_KEYING_DEPARTMENT
from efficacy_analytics.city.town.working_time import FIRST_DAY, WALL_DAY, Whole, WorkingTime

STOP_KIND, STOP_REASON, STOP_SPARE_DAYS = "suspension", "因特殊情况需要延长办理", 3
SOONEST_SECONDS, LATEST_SECONDS = 600, 7200
HELD_SHARE, HELD_FROM_SHARE, HELD_TO_THE_DAY_SHARE, SHORTEST_LIMIT = 0.85, 0.2, 0.75, 4
STOPPING: Final = ("supplement_notice", "expert_review", "hearing", "extension")
STREAM: Final = 6070


@dataclass(frozen=True)
class Clocked:
    """One place a case: what its clock says, as far as the fraud needs it.

    Args:
        accepted: wall second of the acceptance.
        decided: wall second of the decision, -1 where it was not reached.
        limit: promised days, else statutory.
        in_working_days: whether they are working days.
        is_plain: the case is judged by its limit, and nothing has stopped or lengthened it.
    """

    accepted: Whole
    decided: Whole
    limit: Whole
    in_working_days: np.ndarray
    is_plain: np.ndarray


def fraud_source(seed: int) -> np.random.Generator:
    """A source of draws of its own, so that the rest of the city is the same with and without fraud."""
    return np.random.default_rng(np.random.SeedSequence([seed, STREAM]))


def held_back(
    flow: Flow,
    moments: Moments,
    applications: Applications,
    limits: list[ItemLimit],
    time: WorkingTime,
    rng: np.random.Generator,
) -> tuple[Moments, Whole]:
    """The moments with decisions of one department signed at the limit, or a day before it, and which cases those are.

    The decision keeps its begin; what follows it moves by the same working days. Items with slack are left alone.
    """
    clock = _clocked(flow, moments, applications, limits)
    accepted, decided = _working_days_to(time, clock.accepted), _working_days_to(time, clock.decided)
    last = np.where(
        clock.in_working_days, accepted + clock.limit, _working_days_to(time, clock.accepted + clock.limit * WALL_DAY)
    )
    target = last - (rng.random(len(last)) >= HELD_TO_THE_DAY_SHARE)
    is_slack = np.array([limit.tightness == "slack" for limit in limits])[applications.item]
    may = clock.is_plain & ~is_slack & _of(HOLDING_DEPARTMENT, applications) & (clock.limit >= SHORTEST_LIMIT)
    may &= (decided - accepted >= HELD_FROM_SHARE * (last - accepted)) & (decided < target) & (target <= len(time.days))
    chosen = may & (rng.random(len(may)) < HELD_SHARE)
    moved = target - decided
    return _moved(flow, moments, np.where(chosen, moved, 0), time), np.flatnonzero(chosen)


def with_back_dated_stops(
    stops: pl.DataFrame,
    flow: Flow,
    moments: Moments,
    applications: Applications,
    limits: list[ItemLimit],
    case_ids: pl.Series,
    time: WorkingTime,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, Whole]:
    """The clock stops with one more for each overdue case of one department, and which cases those are."""
    clock = _clocked(flow, moments, applications, limits)
    accepted, decided = clock.accepted // WALL_DAY, clock.decided // WALL_DAY
    working = _working_days_to(time, clock.accepted)
    counted = np.where(
        clock.in_working_days, _working_days_to(time, clock.decided) - working, np.maximum(decided, 0) - accepted
    )
    length = counted - clock.limit + STOP_SPARE_DAYS
    due = time.days[np.minimum(np.searchsorted(time.days, accepted + clock.limit), len(time.days) - 1)]
    is_late = np.where(clock.in_working_days, counted > clock.limit, decided > due)
    keyed = clock.decided + rng.integers(SOONEST_SECONDS, LATEST_SECONDS, size=len(decided))
    chosen = clock.is_plain & is_late & _of(BACK_DATING_DEPARTMENT, applications)
    chosen &= keyed < time.day_count * WALL_DAY
    case = np.flatnonzero(chosen)
    until = np.where(
        clock.in_working_days, time.days[np.clip(working + length - 1, 0, len(time.days) - 1)], accepted + length
    )
    known = np.ones(len(case), dtype=np.bool_)
    added = pl.DataFrame(
        {
            "case_id": case_ids.gather(case),
            "kind": pl.Series([STOP_KIND] * len(case), dtype=pl.String),
            "stopped_from_on": days(clock.accepted[case], known),
            "stopped_until_on": days(until[case] * WALL_DAY, known),
            "extension_days": pl.Series([None] * len(case), dtype=pl.Int64),
            "reason": pl.Series([STOP_REASON] * len(case), dtype=pl.String),
            "recorded_at": stamps(keyed[case]),
        }
    )
    return pl.concat([stops, added]).sort("case_id", maintain_order=True), case


def planted_fraud(case_ids: pl.Series, back_dated: Whole, held: Whole) -> list[dict[str, Any]]:
    """What the truth tells of it: who, what, and the cases it was done to."""
    return [
        {"department": BACK_DATING_DEPARTMENT, "what": "back_dated_stops", "cases": _sorted(case_ids, back_dated)},
        {"department": HOLDING_DEPARTMENT, "what": "held_back_to_the_limit", "cases": _sorted(case_ids, held)},
        {"department": LATE_KEYING_DEPARTMENT, "what": "back_entry", "cases": []},
    ]


def _clocked(flow: Flow, moments: Moments, applications: Applications, limits: list[ItemLimit]) -> Clocked:
    accepted = ended_by_case(flow, moments, "acceptance")
    changed = accepted >= (LIMITS_CHANGE - FIRST_DAY).days * WALL_DAY
    first, later = (
        np.array([_length(limit, is_later=is_later) for limit in limits])[applications.item]
        for is_later in (False, True)
    )
    decided = ended_by_case(flow, moments, "decision")
    is_plain = (accepted >= 0) & (decided >= 0) & ~applications.is_green
    is_plain &= ~np.isin(flow.status, (WITHDRAWN, SUSPENDED))
    is_plain &= np.array([limit.tightness != "on_the_spot" for limit in limits])[applications.item]
    for steps in (*(steps_of(flow, activity) for activity in STOPPING), np.flatnonzero(flow.work.suspended)):
        is_plain[flow.case[steps]] = False
    in_working_days = np.array([limit.unit == "working_days" for limit in limits])[applications.item]
    return Clocked(accepted, decided, np.where(changed, later, first), in_working_days, is_plain)


def _length(limit: ItemLimit, *, is_later: bool) -> int:
    promised = limit.later_length if is_later and limit.later_length is not None else limit.promised_length
    return limit.statutory_length if promised is None else promised


def _working_days_to(time: WorkingTime, wall: Whole) -> Whole:
    return np.searchsorted(time.days, np.maximum(wall, 0) // WALL_DAY, side="right")


def _of(department: str, applications: Applications) -> np.ndarray:
    return np.array([row.department == department for row in departments()])[applications.department]


def _moved(flow: Flow, moments: Moments, by: Whole, time: WorkingTime) -> Moments:
    """The end of each decision, and the steps after it, moved by working days; what lies beyond is not reached."""
    decisions = steps_of(flow, "decision")
    first = np.full(len(flow.status), len(flow.case))
    first[flow.case[decisions]] = decisions
    place = np.arange(len(flow.case))
    shift = by[flow.case]
    return Moments(
        _shifted(moments.begun, np.where(place > first[flow.case], shift, 0), time),
        _shifted(moments.ended, np.where(place >= first[flow.case], shift, 0), time),
    )


def _shifted(wall: Whole, by: Whole, time: WorkingTime) -> Whole:
    target = _working_days_to(time, wall) - 1 + by
    moved = time.days[np.minimum(target, len(time.days) - 1)] * WALL_DAY + wall % WALL_DAY
    return np.where((by > 0) & (wall >= 0), np.where(target < len(time.days), moved, -1), wall)


def _sorted(case_ids: pl.Series, cases: Whole) -> list[str]:
    return sorted(case_ids.gather(cases).to_list())

"""What was planted in a city, as `planted_truth.json` tells it: parameters, never measurements."""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from efficacy_analytics.city.handling.drift import Drift
from efficacy_analytics.city.handling.paces import planted_paces, unsteady_departments
from efficacy_analytics.city.handling.slack import least_days, slack_days
from efficacy_analytics.city.town.catalogue import departments, items
from efficacy_analytics.city.town.limits import ItemLimit
from efficacy_analytics.city.town.plan import (
    FOUND_FROM_SHARE,
    LATE_DEPARTMENTS,
    LATE_KEYING_DEPARTMENT,
    OTHERS_AT_MOST,
    PLANTED_AT_LEAST,
    Bottleneck,
    bottlenecks,
    planted_at,
)
from efficacy_analytics.city.town.procedures import chances_of, procedure_of, slots
from efficacy_analytics.city.town.working_time import DAY_AFTER_LAST, FIRST_DAY


@dataclass(frozen=True)
class CityTruth:
    """The planted truth of one city.

    Args:
        cases: how many cases it has.
        seed: what it was drawn with.
        first_day: the first day of the period.
        last_day: the last day, at whose end the export was made.
        bottlenecks: the planted slow steps in the order of the waiting intended in the whole city, largest first.
        bottleneck_of_department: for every department the planted segment, previous activity and activity, or none.
        found_from_share: a segment with at least this share of its department's waiting is a bottleneck.
        planted_at_least: the share a planted segment is meant to have.
        others_at_most: the share any other segment is meant to stay below.
        slack_items: items whose promise could be at least 30 % shorter.
        tight_items: items whose promise leaves next to nothing to spare.
        slack_days: of each item with slack, by how many days its promise exceeds the usual one for the same work.
        least_days: of each item, the working days that 95 in 100 cases need though nobody waits in a queue.
        late_departments: departments whose promises are too short for what they need.
        late_keying_department: the department that enters most of its steps on the following Friday.
        part_time_officers: officers who are there on one morning a week, with that morning.
        procedures: the procedure of each item.
        drifts: departments whose work changed, from which day on, and how long handing over took before.
        dirty: rows that an intake must refuse: file, line, rule.
        fraud: departments whose records are made to look good: department, what, and the cases it was done to (none
            named for what is done to steps).
        legal: departments whose records show what the law has a word for: department, what, and the cases or items.
        shapes: honest habits that look odd row by row: which, whose, how many rows and sessions.
        irregularities: what supervision looks for: what, and the cases or items.
        paces: departments that swing, grow slower, break or pause: which, whose, how much.
    """

    cases: int
    seed: int
    first_day: str
    last_day: str
    bottlenecks: list[dict[str, Any]]
    bottleneck_of_department: dict[str, list[str] | None]
    found_from_share: float
    planted_at_least: float
    others_at_most: float
    slack_items: list[str]
    tight_items: list[str]
    slack_days: dict[str, int]
    least_days: dict[str, int]
    late_departments: list[str]
    late_keying_department: str
    part_time_officers: dict[str, str]
    procedures: dict[str, str]
    drifts: list[dict[str, Any]]
    dirty: list[dict[str, Any]]
    fraud: list[dict[str, Any]]
    legal: list[dict[str, Any]]
    shapes: list[dict[str, Any]]
    irregularities: list[dict[str, Any]]
    paces: list[dict[str, Any]]

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def planted_truth(
    case_count: int,
    seed: int,
    *,
    drifts: Sequence[Drift] = (),
    limits: list[ItemLimit],
    part_time_officers: dict[str, str],
    dirty: list[dict[str, Any]],
    fraud: list[dict[str, Any]],
    legal: list[dict[str, Any]],
    shapes: list[dict[str, Any]],
    irregularities: list[dict[str, Any]],
    paces: Collection[str],
) -> CityTruth:
    """The truth of the city drawn with these limits, officers and dirty rows."""
    planted = bottlenecks()
    ranked = sorted(planted.values(), key=lambda row: (-_intended_waiting(row), row.department))
    unsteady = unsteady_departments(paces)
    steady = [limit for limit in limits if limit.item.department not in unsteady]
    return CityTruth(
        cases=case_count,
        seed=seed,
        first_day=FIRST_DAY.isoformat(),
        last_day=(DAY_AFTER_LAST - dt.timedelta(days=1)).isoformat(),
        bottlenecks=[asdict(row) | {"rank": rank} for rank, row in enumerate(ranked, start=1)],
        bottleneck_of_department={row.department: _segment(planted.get(row.department)) for row in departments()},
        found_from_share=FOUND_FROM_SHARE,
        planted_at_least=PLANTED_AT_LEAST,
        others_at_most=OTHERS_AT_MOST,
        slack_items=[limit.item.item for limit in steady if limit.tightness == "slack"],
        tight_items=[limit.item.item for limit in limits if limit.tightness in ("tight", "hidden", "late")],
        late_departments=list(LATE_DEPARTMENTS),
        late_keying_department=LATE_KEYING_DEPARTMENT,
        part_time_officers=part_time_officers,
        procedures={item.item: procedure_of(item) for item in items()},
        slack_days={limit.item.item: days for limit in steady if (days := slack_days(limit))},
        least_days={item.item: least_days(item) for item in items()},
        drifts=[asdict(drift) | {"changed_on": drift.changed_on.isoformat()} for drift in drifts],
        dirty=dirty,
        fraud=fraud,
        legal=legal,
        shapes=shapes,
        irregularities=irregularities,
        paces=planted_paces(paces),
    )


def _segment(planted: Bottleneck | None) -> list[str] | None:
    return [planted.previous_activity, planted.activity] if planted else None


def _intended_waiting(planted: Bottleneck) -> float:
    """Open working days of waiting at the planted step, per application of the whole city."""
    choice = next(slot.choice for slot in slots() if slot.activity == planted.activity)
    passing = (
        item.weight * chances_of(item).get(choice, 0.0)
        for item in items()
        if planted_at(item, planted.activity) == planted
    )
    return planted.waiting_days * sum(passing)

"""What is planted in the demonstration city: slow steps with their causes, late departments, limits with slack.

This is the truth an analysis has to find again. It holds parameters only, never anything measured.
"""

from dataclasses import dataclass
from functools import cache

from efficacy_analytics.city.town.catalogue import Item, drawn

CAUSES = ("contention", "prioritisation", "batching", "unavailability", "extraneous")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

BOTTLENECKS = """
D01 | preliminary_review | review             | contention     | 6.8
D02 | assignment         | preliminary_review | contention     | 5.7
D04 | preliminary_review | site_inspection    | contention     | 4.8
D05 | legal_check        | decision           | batching       | 5.0
D07 | preliminary_review | review             | prioritisation | 5.2
D06 | review             | decision           | extraneous     | 3.9
D08 | preliminary_review | review             | batching       | 2.5
D09 | review             | legal_check        | unavailability | 2.2
D10 | decision           | certificate        | batching       | 2.5
D11 | preliminary_review | review             | unavailability | 2.2
"""
FOUND_FROM_SHARE = 0.30
PLANTED_AT_LEAST = 0.35
OTHERS_AT_MOST = 0.25

MEETINGS = {"D05": (3, 2), "D08": (2, 1), "D10": (1, 1)}
"""Department to the weekday (Monday 0) and the interval in weeks at which its slow step is handled."""

PART_TIME = {"D09": 3, "D11": 1}
"""Department to the one weekday whose morning the officers of its slow step are there."""

GREEN_LANE_SHARE = {"D07": 0.7}
USUAL_GREEN_LANE_SHARE = 0.02

BRISK_DEPARTMENTS = ("D01", "D02", "D04", "D06", "D08", "D09", "D10", "D11")
BRISK_PACE = 0.8
"""Departments that hand their files over faster elsewhere, so that a slow step of two or three days stands out."""

PROCEDURE_OF_DEPARTMENT = {
    "D01": "standard",
    "D04": "inspected",
    "D05": "standard",
    "D06": "standard",
    "D07": "standard",
    "D08": "standard",
    "D09": "standard",
    "D11": "standard",
}
"""Departments whose promised items all take one procedure; the others mix four."""

CHOICES_OF_DEPARTMENT: dict[str, dict[str, float]] = {
    "D04": {"site_inspection": 1.0},
    "D05": {"legal_check": 1.0, "public_notice": 0.0},
    "D06": {"legal_check": 0.0, "public_notice": 0.0},
    "D09": {"legal_check": 1.0},
}
ROLE_OF_DEPARTMENT = {
    "D05": {"assignment": "leaders"},
    "D08": {"review": "reviewers"},
}
"""Roles of other departments' officers done by these: who decides at the meeting works on other files every day."""

LATE_DEPARTMENTS = ("D02", "D06", "D13", "D17", "D22")
LATE_KEYING_DEPARTMENT = "D14"
BACK_DATING_DEPARTMENT, HOLDING_DEPARTMENT = "D12", "D03"
"""The first promises too little time as well, and hides it; the second waits for the limit. See `fraud`."""

LATE_FACTOR, HIDDEN_FACTOR, TIGHT_FACTOR, USUAL_FACTOR, SLACK_FACTOR = 0.5, 0.72, 0.8, 1.4, 2.4
"""Promised limit over the days that 95 in 100 cases need."""


@dataclass(frozen=True)
class Bottleneck:
    """A planted slow step: the mean wait is in open working days, before `activity` and after `previous_activity`."""

    department: str
    previous_activity: str
    activity: str
    cause: str
    waiting_days: float
    mechanism: str


@cache
def bottlenecks() -> dict[str, Bottleneck]:
    """The planted slow step of each department that has one."""
    return {
        department: Bottleneck(department, previous, activity, cause, float(days), _mechanism(department, cause))
        for department, previous, activity, cause, days in drawn(BOTTLENECKS)
    }


def planted_at(item: Item, activity: str) -> Bottleneck | None:
    """The planted slow step that cases of this item meet at this activity.

    Cases at the counter meet none. Joint cases come to the review from the joint review, and are not sent through the
    slow desk there: a slow step is reached from the one activity before it that is planted.
    """
    planted = bottlenecks().get(item.department)
    is_spared = item.kind == "on_the_spot" or (item.kind == "joint" and activity == "review")
    return planted if planted is not None and planted.activity == activity and not is_spared else None


def morning_of(department: str) -> str:
    """When the officers of a part-time desk are there, as a layout writes office hours."""
    return f"{WEEKDAYS[PART_TIME[department]].lower()} 09:00-12:00"


def _mechanism(department: str, cause: str) -> str:
    if cause == "batching":
        weekday, weeks = MEETINGS[department]
        return f"handled only on {WEEKDAYS[weekday]}, every {'week' if weeks == 1 else 'second week'}"
    if cause == "unavailability":
        return f"its officers are there on {WEEKDAYS[PART_TIME[department]]} mornings only"
    return {
        "contention": "too few officers for the work; helpers come when the queue is long and leave when it is short",
        "prioritisation": "green-lane cases, seven in ten, overtake the others at a desk with too few officers",
        "extraneous": "files are carried to the decision on paper and lie in the post",
    }[cause]

"""How the pace of single departments swings, grows or breaks over the period: what no steady city shows.

One has a backlog that swells and shrinks: the files of a week lie longer or shorter together. One grows slower all the
time. One is twice as slow in the last weeks of the export. In two the officers pause between files, one of them at its
weekly printing. Backlogs are drawn from a source of their own.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.desks import NEXT_FILE_SECONDS
from efficacy_analytics.city.handling.flow import Flow
from efficacy_analytics.city.handling.work import ROLES
from efficacy_analytics.city.town.catalogue import departments
from efficacy_analytics.city.town.working_time import WALL_DAY, Whole, WorkingTime
from efficacy_analytics.errors import CallError

PACES: Final = ("backlog", "trend", "late_slow_down", "pauses")
BACKLOG_DEPARTMENT, TREND_DEPARTMENT, SLOWED_DEPARTMENT, PAUSING_DEPARTMENTS = "D16", "D15", "D23", ("D18", "D10")
BACKLOG_SPREAD, BACKLOG_MEMORY = 0.6, 0.8
"""Standard deviation of the logarithm of a week's pace, and its correlation with that of the week before."""
GROWTH, SLOWED_FACTOR, SLOWED_WEEKS = 2.0, 4.0, 8
"""The pace at the end over that at the beginning; that of the last weeks over that before."""
PAUSE_SECONDS: Final = 300
STREAM: Final = 8116


def check_paces(paces: Collection[str]) -> None:
    """Refuse what no department does.

    Raises:
        CallError: a name is unknown.
    """
    for name in paces:
        if name not in PACES:
            raise CallError(f"no department of the city has the pace {name!r}.", hint=f"one of: {', '.join(PACES)}")


def paced(flow: Flow, applications: Applications, time: WorkingTime, seed: int, paces: Collection[str]) -> Flow:
    """The flow with the handovers of the departments that swing, grow or break; a case keeps the pace of its week."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, STREAM]))
    gone = applications.wall / (time.day_count * WALL_DAY)
    weeks_left = (time.day_count * WALL_DAY - applications.wall) / (7 * WALL_DAY)
    levels = _weekly_levels(1 + time.day_count // 7, rng)
    of_cases = {
        "backlog": (BACKLOG_DEPARTMENT, levels[applications.wall // (7 * WALL_DAY)]),
        "trend": (TREND_DEPARTMENT, GROWTH ** (gone - 0.5)),
        "late_slow_down": (SLOWED_DEPARTMENT, np.where(weeks_left <= SLOWED_WEEKS, SLOWED_FACTOR, 1.0)),
    }
    pace = np.ones(len(applications.item))
    for name, (department, factor) in of_cases.items():
        if name in paces:
            pace *= np.where(applications.department == _number(department), factor, 1.0)
    work = flow.work
    carried = ((work.handover - work.suspended) * pace[flow.case]).astype(np.int64)
    return replace(flow, work=replace(work, handover=carried + work.suspended))


def pauses(flow: Flow, paces: Collection[str]) -> Whole:
    """The seconds before the next file is taken up, by step: none in a meeting, but in departments that pause."""
    usual = np.where(flow.work.is_gated, 0, NEXT_FILE_SECONDS)
    if "pauses" not in paces:
        return usual
    is_pausing = np.isin(flow.work.desk // len(ROLES), [_number(code) for code in PAUSING_DEPARTMENTS])
    return np.where(is_pausing & (flow.work.desk >= 0), PAUSE_SECONDS, usual)


def planted_paces(paces: Collection[str]) -> list[dict[str, Any]]:
    """What the truth tells of them: who, what, and how much."""
    told: dict[str, list[dict[str, Any]]] = {
        "backlog": [{"department": BACKLOG_DEPARTMENT, "spread": BACKLOG_SPREAD, "memory": BACKLOG_MEMORY}],
        "trend": [{"department": TREND_DEPARTMENT, "growth": GROWTH}],
        "late_slow_down": [
            {"department": SLOWED_DEPARTMENT, "factor": SLOWED_FACTOR, "last_weeks": SLOWED_WEEKS},
        ],
        "pauses": [{"department": code, "pause_seconds": PAUSE_SECONDS} for code in PAUSING_DEPARTMENTS],
    }
    return [{"what": name, **row} for name in PACES if name in paces for row in told[name]]


def unsteady_departments(paces: Collection[str]) -> set[str]:
    """Those whose handovers are not at one pace: what their parameters promise is not so all the time."""
    return {row["department"] for row in planted_paces(paces) if row["what"] != "pauses"}


def _weekly_levels(week_count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The pace of each week: a stationary walk of its logarithm, on average 1."""
    shocks = BACKLOG_SPREAD * rng.standard_normal(week_count)
    level, levels = shocks[0], np.empty(week_count)
    for week, shock in enumerate(shocks):
        level = level if week == 0 else BACKLOG_MEMORY * level + (1 - BACKLOG_MEMORY**2) ** 0.5 * shock
        levels[week] = level
    return np.exp(levels - BACKLOG_SPREAD**2 / 2)


def _number(department: str) -> int:
    return [row.department for row in departments()].index(department)

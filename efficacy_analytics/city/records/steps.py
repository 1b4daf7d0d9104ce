"""The steps of the cases as the approval system exports them: begun, completed, keyed in, by whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from efficacy_analytics.city.handling.applications import Applications
from efficacy_analytics.city.handling.flow import Flow, steps_of
from efficacy_analytics.city.handling.queues import Happened
from efficacy_analytics.city.handling.work import ROLES
from efficacy_analytics.city.town.catalogue import activities, departments
from efficacy_analytics.city.town.plan import LATE_KEYING_DEPARTMENT
from efficacy_analytics.city.town.procedures import slots
from efficacy_analytics.city.town.working_time import FIRST_DAY, OPEN_DAY, WALL_DAY, Whole, WorkingTime

EVENING_SHARE = 0.2
EVENING_FROM, EVENING_UNTIL = 18 * 3600, 23 * 3600
NO_START_SHARE, ZERO_LENGTH_SHARE = 0.025, 0.02
LATE_KEYED_SHARE, SOON_KEYED_SHARE, SOON_SECONDS = 0.7, 0.03, 1800
KEYING_WEEKDAY, KEYING_SECOND = 4, 16 * 3600


@dataclass(frozen=True)
class Moments:
    """Wall seconds of every step; -1 where it was not reached before the end of the period."""

    begun: Whole
    ended: Whole


def wall_moments(
    flow: Flow, happened: Happened, applications: Applications, time: WorkingTime, rng: np.random.Generator
) -> Moments:
    """When each step was begun and ended by the clock on the wall; applicants act at a moment, often in the evening."""
    is_done = happened.ended >= 0
    ended = np.where(is_done, time.wall_of_ends(np.maximum(happened.ended, 1)), -1)
    is_begun = (happened.begun >= 0) & (happened.begun < time.horizon)
    begun = np.where(is_begun, time.wall_of_starts(np.maximum(happened.begun, 0)), -1)
    ended[steps_of(flow, "application")] = applications.wall
    steps = steps_of(flow, "resubmission")
    is_moved = is_done[steps] & (flow.work.length[steps] > 1.5 * OPEN_DAY) & (rng.random(len(steps)) < EVENING_SHARE)
    evening = ended[steps] // WALL_DAY * WALL_DAY - WALL_DAY + rng.integers(EVENING_FROM, EVENING_UNTIL, len(steps))
    ended[steps] = np.where(is_moved, evening, ended[steps])
    is_applicants = np.array([slot.role == "applicant" for slot in slots()])[flow.slot]
    return Moments(np.where(is_applicants, ended, begun), ended)


def step_table(
    flow: Flow,
    happened: Happened,
    moments: Moments,
    applications: Applications,
    case_ids: pl.Series,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row a completed step, in order of case and begin, with stamps as text."""
    done = np.flatnonzero(moments.ended >= 0)
    done = done[np.lexsort((moments.ended[done], moments.begun[done], flow.case[done]))]
    case, desk = flow.case[done], flow.work.desk[done]
    department = np.where(desk >= 0, desk // len(ROLES), applications.department[case])
    is_blemishable = np.array([slot.minutes > 0 for slot in slots()])[flow.slot[done]] & ~flow.work.is_gated[done]
    begun, is_start_known = _blemished_starts(is_blemishable, moments.begun[done], moments.ended[done], rng)
    return pl.DataFrame(
        {
            "case_id": case_ids.gather(case),
            "activity": pl.Series([row.activity for row in activities()]).gather(flow.activity[done]),
            "department": pl.Series([row.department for row in departments()]).gather(department),
            "resource": _resources(flow.slot[done], happened.officer[done], happened.codes),
            "started_at": stamps(begun, is_start_known),
            "completed_at": stamps(moments.ended[done]),
            "recorded_at": stamps(_keyed_in(department, moments.ended[done], rng)),
        }
    )


def stamps(wall: Whole, is_known: NDArray[np.bool_] | None = None) -> pl.Series:
    """Wall seconds as local stamps in text; null where not known."""
    epoch = int(np.datetime64(FIRST_DAY, "s").astype(np.int64))
    moments = pl.Series((wall + epoch) * 1000).cast(pl.Datetime("ms"))
    text = moments.dt.to_string("%Y-%m-%d %H:%M:%S")
    return text if is_known is None else pl.select(pl.when(pl.Series(is_known)).then(text)).to_series()


def days(wall: Whole, is_known: NDArray[np.bool_]) -> pl.Series:
    """The local dates of wall seconds; null where not known."""
    dates = pl.Series(np.datetime64(FIRST_DAY, "D") + (wall // WALL_DAY).astype("timedelta64[D]")).cast(pl.Date)
    return pl.select(pl.when(pl.Series(is_known)).then(dates)).to_series()


def _resources(slot: Whole, officer: Whole, codes: list[str]) -> pl.Series:
    outside = {"applicant": len(codes), "experts": len(codes) + 1}
    place = np.array([outside.get(row.role, len(codes) + 2) for row in slots()])[slot]
    return pl.Series([*codes, *outside, None]).gather(np.where(officer >= 0, officer, place))


def _blemished_starts(
    is_blemishable: NDArray[np.bool_], begun: Whole, ended: Whole, rng: np.random.Generator
) -> tuple[Whole, NDArray[np.bool_]]:
    """Some starts were not kept, others were filled with the completion; what a meeting's minutes tell is complete."""
    draw = rng.random(len(begun))
    is_missing = is_blemishable & (draw < NO_START_SHARE)
    is_zero = is_blemishable & (draw >= NO_START_SHARE) & (draw < NO_START_SHARE + ZERO_LENGTH_SHARE)
    return np.where(is_zero, ended, begun), ~is_missing


def _keyed_in(department: Whole, ended: Whole, rng: np.random.Generator) -> Whole:
    """Entered at once, or soon after; in the late department mostly on Friday afternoon, one after the other."""
    draw = rng.random(len(ended))
    soon = np.where(draw < SOON_KEYED_SHARE, rng.integers(60, SOON_SECONDS, size=len(ended)), 0)
    day, second = ended // WALL_DAY, ended % WALL_DAY
    weekday = (day + FIRST_DAY.weekday()) % 7
    wait = (KEYING_WEEKDAY - weekday) % 7
    wait = np.where((wait == 0) & (second >= KEYING_SECOND), 7, wait)
    friday = (day + wait) * WALL_DAY + KEYING_SECOND + np.arange(len(ended)) % 3600
    is_late_department = np.array([row.department == LATE_KEYING_DEPARTMENT for row in departments()])[department]
    is_late = is_late_department & (rng.random(len(ended)) < LATE_KEYED_SHARE)
    return np.where(is_late, friday, ended + soon)

"""Twenty-four honest departments, whose rows come in sessions of keying in, in outages, in cases, and from machines."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, choose
from support.honest_cases import Habits, Row, honest_case, honest_items
from support.honest_records import published

DEPARTMENTS = tuple(f"d{number:02d}" for number in range(24))
POOLED_EVERY = 4
"""One department in so many does all its steps under the account of the counter."""
HABIT_SHARE = 1 / 12
Change: TypeAlias = Callable[[list[Row], np.random.Generator], None]


def honest_cities(folder: Path, seeds: Iterable[int], *, session: int, cases_each: int = 150) -> Session:
    """The log of one lake of some cities in which chance alone sets departments apart; `choose_city` chooses one.

    Departments have accounts of machines, which remind many at once by night, and some the account of a whole counter.

    Args:
        folder: where the lake is made.
        seeds: of the draws, one a city.
        session: how many steps of a department share one habit at a time: keyed in late together, done after hours,
            without a start of their own, stamped on the half hour, or handed in ahead; how many clock stops are
            registered late together, and how many cases of a backlog are accepted on one day.
        cases_each: of a department, on average; departments differ by a factor of nine.
    """
    tables: dict[str, list[Row]] = {
        "items": [item for department in DEPARTMENTS for item in honest_items(department)],
        "cases": [], "steps": [], "clock_stops": [],
    }  # fmt: skip
    for seed in seeds:
        rng = np.random.default_rng([seed, session])
        for number, department in enumerate(DEPARTMENTS):
            count = int(cases_each * 3 ** rng.uniform(-1, 1))
            cases, stops = _cases(f"{seed}-{department}", department, count, session, rng)
            steps = _all_steps(cases, session, rng, is_pooled=number % POOLED_EVERY == 0)
            tables["cases"] += cases
            tables["steps"] += [*steps, *_reminders(cases, rng)]
            tables["clock_stops"] += stops
    return published(folder, **tables)


def choose_city(log: Session, seed: int) -> None:
    """Makes the city of a seed the cohort of the log."""
    choose(log, Cohort(where=f"case_id like '{seed}-%'"))


def _cases(
    name: str, department: str, count: int, session: int, rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    habits = Habits.drawn(rng)
    drawn = [honest_case(name, department, number, habits, rng) for number in range(count)]
    cases, stops = [case for case, _ in drawn], [stop for _, stop in drawn if stop]
    _in_sessions(cases, "accepted_at", session, _accept_at_once, rng)
    _in_sessions(stops, "recorded_at", session, _register_late, rng)
    return cases, stops


def _all_steps(cases: list[Row], session: int, rng: np.random.Generator, *, is_pooled: bool) -> list[Row]:
    """What officers did, each one step at a time, under accounts of their own or that of the counter."""
    steps = [step for case in cases for step in _steps(case, rng)]
    _by_one_at_a_time(steps)
    if is_pooled:
        for step in steps:
            step["resource"] = f"{_account(step)}-counter"
    _in_sessions(steps, "completed_at", session, _change_steps, rng)
    return steps


def _account(row: Row) -> str:
    """The part of the name of an account that is its department's: everything before the number of a case."""
    return str(row["case_id"]).rpartition("-")[0]


def _steps(case: Row, rng: np.random.Generator) -> Iterator[Row]:
    over = case["completed_at"] or case["accepted_at"] + dt.timedelta(days=int(rng.integers(1, 15)))
    middle = case["accepted_at"] + (over - case["accepted_at"]) * rng.uniform(0.2, 0.8)
    middle = middle.replace(hour=int(rng.integers(9, 12)), microsecond=0)
    for activity, at in (("acceptance", case["accepted_at"]), ("review", middle), ("decision", case["completed_at"])):
        if at is not None:
            yield {
                "case_id": case["case_id"], "activity": activity, "department": case["department"],
                "resource": f"{_account(case)}-{int(rng.integers(1, 5))}",
                "started_at": at - dt.timedelta(minutes=int(rng.integers(1, 40))), "completed_at": at,
                "recorded_at": at + dt.timedelta(seconds=int(rng.integers(5, 900))),
            }  # fmt: skip


def _by_one_at_a_time(steps: list[Row]) -> None:
    """An officer begins a step when the one before is done."""
    busy_until: dict[str, dt.datetime] = {}
    for step in sorted(steps, key=lambda step: (step["completed_at"], step["case_id"], step["activity"])):
        before = busy_until.get(step["resource"], step["started_at"])
        step["started_at"] = min(max(step["started_at"], before), step["completed_at"] - dt.timedelta(seconds=1))
        busy_until[step["resource"]] = step["completed_at"]


def _in_sessions(rows: list[Row], by: str, session: int, change: Change, rng: np.random.Generator) -> None:
    """One stretch of rows in twelve has a habit of its own, every department's alike."""
    in_order = sorted(rows, key=lambda row: str(row[by]))
    for start in range(0, len(rows), session):
        if rng.random() < HABIT_SHARE:
            change(in_order[start : start + session], rng)


def _change_steps(part: list[Row], rng: np.random.Generator) -> None:
    habit, last = int(rng.choice(5, p=(0.3, 0.22, 0.22, 0.22, 0.04))), max(step["completed_at"] for step in part)
    for number, step in enumerate(part):
        seconds = dt.timedelta(seconds=20 * number)
        if habit == 4:
            step["recorded_at"] = part[0]["completed_at"] - dt.timedelta(days=1) - seconds
            continue
        step["recorded_at"] = last + dt.timedelta(days=4 if habit == 0 else 0, hours=12) + seconds
        if habit == 1:
            step["completed_at"] = step["completed_at"].replace(hour=20)
        elif habit == 2:
            step["started_at"] = step["completed_at"]
        elif habit == 3:
            step["completed_at"] = step["completed_at"].replace(minute=30, second=0)
            step["started_at"] = step["completed_at"] - dt.timedelta(minutes=10)


def _register_late(part: list[Row], rng: np.random.Generator) -> None:
    """Clock stops on paper are registered in one go, some working days after the last of them."""
    day = part[-1]["recorded_at"] + dt.timedelta(days=int(rng.integers(10, 20)))
    for number, stop in enumerate(part):
        stop["recorded_at"] = day + dt.timedelta(seconds=20 * number)


def _accept_at_once(part: list[Row], rng: np.random.Generator) -> None:
    """A backlog at the counter: what came in some weeks before is accepted on one day."""
    day = part[0]["accepted_at"].date()
    for case in part:
        case["accepted_at"] = dt.datetime.combine(day, case["accepted_at"].time())
        case["applied_at"] = case["accepted_at"] - dt.timedelta(days=int(rng.integers(9, 14)))


def _reminders(cases: list[Row], rng: np.random.Generator) -> Iterator[Row]:
    """A machine reminds of some cases, all of a night in one second; how often depends on how it was set up."""
    share = rng.uniform(0.0, 1.0)
    for case in cases:
        if rng.random() < share:
            night = dt.datetime.combine(case["accepted_at"].date() + dt.timedelta(days=1), dt.time(2))
            yield {
                "case_id": case["case_id"], "activity": "reminder", "department": case["department"],
                "resource": f"{_account(case)}-sms",
                "started_at": night, "completed_at": night, "recorded_at": night,
            }  # fmt: skip

"""Twenty-four honest departments, whose rows come in sessions of keying in, in outages, in cases, and from machines."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from support.honest_records import published

DEPARTMENTS = tuple(f"d{number:02d}" for number in range(24))
FIRST = dt.date(2024, 1, 8)
DAYS = [day for n in range(200) if (day := FIRST + dt.timedelta(days=n)).weekday() < 5][:120]
Row = dict[str, Any]


def honest_city(folder: Path, seed: int, *, session: int, machine: bool = False, cases_each: int = 150) -> DuckdbEngine:
    """A published city in which chance alone sets departments apart.

    Args:
        folder: where its lake is made.
        seed: of the draw.
        session: how many steps of a department share one habit at a time: keyed in late together, done after hours,
            without a start of their own, stamped on the half hour, or handed in ahead.
        machine: whether departments have accounts of machines, which stamp many steps at once by night.
        cases_each: of a department, on average; departments differ by a factor of nine.
    """
    rng = np.random.default_rng(seed)
    cases, steps = list[Row](), list[Row]()
    for department in DEPARTMENTS:
        own = [_case(department, number, rng) for number in range(int(cases_each * 3 ** rng.uniform(-1, 1)))]
        cases += own
        drawn = sorted((step for case in own for step in _steps(case, rng)), key=lambda step: str(step["completed_at"]))
        _in_sessions(drawn, session, rng)
        steps += drawn + (list(_reminders(own, rng)) if machine else [])
    return published(folder, cases=cases, steps=steps)


def _case(department: str, number: int, rng: np.random.Generator) -> Row:
    place = int(rng.integers(0, len(DAYS) - 20))
    accepted, completed = _moment(place, rng), _moment(place + 1 + int(rng.integers(0, 15)), rng)
    return {
        "case_id": f"{department}-{number}", "department": department, "item": f"{department}i{number % 4}",
        "applied_at": accepted, "accepted_at": accepted, "completed_at": completed,
    }  # fmt: skip


def _moment(place: int, rng: np.random.Generator) -> dt.datetime:
    return dt.datetime.combine(DAYS[place], dt.time(9)) + dt.timedelta(seconds=int(rng.integers(0, 3 * 3600)))


def _steps(case: Row, rng: np.random.Generator) -> Iterator[Row]:
    middle = case["accepted_at"] + (case["completed_at"] - case["accepted_at"]) * rng.uniform(0.2, 0.8)
    middle = middle.replace(hour=int(rng.integers(9, 12)), microsecond=0)
    for activity, moment in (
        ("acceptance", case["accepted_at"]), ("review", middle), ("decision", case["completed_at"])
    ):  # fmt: skip
        yield {
            "case_id": case["case_id"], "activity": activity, "department": case["department"],
            "resource": f"{case['department']}-{int(rng.integers(1, 5))}",
            "started_at": moment - dt.timedelta(minutes=int(rng.integers(1, 40))), "completed_at": moment,
            "recorded_at": moment + dt.timedelta(seconds=int(rng.integers(5, 900))),
        }  # fmt: skip


def _in_sessions(steps: list[Row], session: int, rng: np.random.Generator) -> None:
    """One stretch of steps in twelve has a habit of its own, every department's alike."""
    for start in range(0, len(steps), session):
        if rng.random() >= 1 / 12:
            continue
        habit, part = int(rng.choice(5, p=(0.3, 0.22, 0.22, 0.22, 0.04))), steps[start : start + session]
        last = max(step["completed_at"] for step in part)
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


def _reminders(cases: list[Row], rng: np.random.Generator) -> Iterator[Row]:
    """A machine reminds of some cases, all of a night in one second; how often depends on how it was set up."""
    share = rng.uniform(0.0, 1.0)
    for case in cases:
        if rng.random() < share:
            night = dt.datetime.combine(case["accepted_at"].date() + dt.timedelta(days=1), dt.time(2))
            yield {
                "case_id": case["case_id"], "activity": "reminder", "department": case["department"],
                "resource": f"{case['department']}-sms",
                "started_at": night, "completed_at": night, "recorded_at": night,
            }  # fmt: skip

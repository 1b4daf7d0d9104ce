"""Cases of honest departments: with limits, clock stops, withdrawals and what is left open, as chance has it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

FIRST: Final = dt.date(2024, 1, 8)
DAYS: Final = [day for n in range(200) if (day := FIRST + dt.timedelta(days=n)).weekday() < 5][:120]
LIMITS: Final = (5, 8, 10, 15)
"""Of the four items of a department, in working days."""
REASONS: Final = {
    "suspension": ("a", "b", "c", "d"),
    "supplement": ("e", "f", "g"),
    "expert_review": ("h", "i", "j", "k", "l"),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Habits:
    """What chance has made of a department, of cases.

    Attributes:
        stopped_share: whose clock is stopped once.
        withdrawn_share: which applicants take back.
        endless_share: which never get an ending.
    """

    stopped_share: float
    withdrawn_share: float
    endless_share: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Habits":
        """Departments differ by a factor of three or so."""
        stopped, withdrawn, endless = np.array([0.15, 0.04, 0.01]) * np.exp(rng.normal(0, 0.5, 3))
        return cls(float(stopped), float(withdrawn), float(endless))


def honest_items(department: str) -> list[Row]:
    """Four items of a department."""
    return [
        {
            "item": f"{department}i{number}", "department": department, "promised_length": length,
            "promised_unit": "working_days", "statutory_length": 2 * length, "statutory_unit": "working_days",
            "valid_from": "2023-01-01",
        }
        for number, length in enumerate(LIMITS)
    ]  # fmt: skip


def honest_case(
    name: str, department: str, number: int, habits: Habits, rng: np.random.Generator
) -> tuple[Row, Row | None]:
    """A case and its clock stop, if it has one; work takes half of the limit, more or less."""
    limit = LIMITS[number % len(LIMITS)]
    place, work = int(rng.integers(10, len(DAYS))), max(1, int(np.ceil(limit * rng.gamma(6, 0.55 / 6))))
    case: Row = {
        "case_id": f"{name}-{number}", "department": department, "item": f"{department}i{number % len(LIMITS)}",
        "accepted_at": moment(place, rng),
    }  # fmt: skip
    case["applied_at"] = case["accepted_at"]
    begun, length, stop = int(rng.integers(0, work + 1)), int(rng.integers(1, 7)), None
    if rng.random() < habits.stopped_share and place + begun < len(DAYS):
        stop = _stop(case["case_id"], place + begun, length, rng)
        work += length
    leaves = int(rng.integers(1, 2 * limit)) if rng.random() < habits.withdrawn_share else work
    if leaves < work:
        case["status"], work = "withdrawn", leaves
    is_over = place + work < len(DAYS) and rng.random() >= habits.endless_share
    case["completed_at"] = moment(place + work, rng) if is_over else None
    if stop and is_over and stop["stopped_until_on"] and stop["stopped_until_on"] > DAYS[place + work]:
        stop["stopped_until_on"] = DAYS[place + work]  # who takes an application back ends what stopped it
    return case, stop if not (stop and is_over and stop["stopped_from_on"] > DAYS[place + work]) else None


def moment(place: int, rng: np.random.Generator) -> dt.datetime:
    """A time of the morning of a working day."""
    return dt.datetime.combine(DAYS[place], dt.time(9)) + dt.timedelta(seconds=int(rng.integers(0, 3 * 3600)))


def _stop(case: str, place: int, length: int, rng: np.random.Generator) -> Row:
    kind = str(rng.choice(list(REASONS), p=(0.4, 0.3, 0.3)))
    reasons = REASONS[kind]
    weights = np.arange(len(reasons), 0, -1) / np.arange(1, len(reasons) + 1).sum()
    return {
        "case_id": case, "kind": kind, "stopped_from_on": DAYS[place],
        "stopped_until_on": DAYS[place + length] if place + length < len(DAYS) else None,
        "reason": str(rng.choice(reasons, p=weights)),
        "recorded_at": dt.datetime.combine(DAYS[place], dt.time(14)) + dt.timedelta(seconds=int(rng.integers(0, 7200))),
    }  # fmt: skip

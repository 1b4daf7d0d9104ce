"""Cases that came due in departments, late or not, as one log."""

import datetime as dt
import random

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from support.drawn_cases import Row, logged

JUDGED_ON = dt.date(2026, 12, 31)
WORKING = {"limit_days": 5, "limit_unit": "working_days", "stopped_days": 0, "channel": "window", "kind": "promise"}


def case(department: str | None, item: str, due_on: dt.date | str, is_late: bool | None, **columns: object) -> Row:
    """A case of ten days, due and completed on a day."""
    due = dt.date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
    accepted = due - dt.timedelta(days=10)
    return {
        **WORKING, "department": department, "item": item, "due_on": due, "accepted_on": accepted,
        "completed_on": due, "is_late": is_late, "is_due": due < JUDGED_ON, **columns,
    }  # fmt: skip


def numbered(rows: list[Row]) -> list[Row]:
    """The cases with their numbers."""
    return [{**row, "case_key": number, "case_id": str(number)} for number, row in enumerate(rows)]


def drawn_cases(draw: random.Random, chances: dict[tuple[str, str], float], count: int) -> list[Row]:
    """So many cases of each department and item, late with its chance, over two years."""
    first = dt.date(2024, 1, 10)
    return [
        case(department, item, first + dt.timedelta(days=draw.randrange(700)), draw.random() < chance)
        for (department, item), chance in chances.items()
        for _ in range(count)
    ]


def judged(rows: list[Row]) -> DuckdbEngine:
    """A log of the rows, judged on the last day of 2026."""
    return logged(numbered(rows), [])

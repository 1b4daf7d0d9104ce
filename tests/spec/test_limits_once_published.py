"""A limit that is offered as kept is kept when it is the one in force, also where cases were stopped."""

import datetime as dt
from pathlib import Path
from typing import Any

from support.honest_records import published

from efficacy_analytics.findings.limits.safe_limits import limits

MONDAY = dt.datetime(2024, 3, 4, 10)
DAY = dt.timedelta(days=1)


def heard(promised: int) -> dict[str, list[dict[str, Any]]]:
    """Five cases on each of forty Mondays; a hearing lasts from the next Monday until that of the decision."""
    item = {
        "item": "i", "department": "d", "promised_length": promised, "promised_unit": "working_days",
        "statutory_length": 60, "statutory_unit": "working_days", "valid_from": "2023-01-01",
    }  # fmt: skip
    begun = {f"c{number}": MONDAY + 7 * DAY * (number % 40) for number in range(200)}
    return {
        "items": [item],
        "cases": [
            {"case_id": case, "item": "i", "department": "d", "accepted_at": at, "completed_at": at + 14 * DAY}
            for case, at in begun.items()
        ],
        "steps": [{"case_id": case, "activity": "acceptance", "completed_at": at} for case, at in begun.items()],
        "clock_stops": [
            {
                "case_id": case, "kind": "hearing",
                "stopped_from_on": (at + 7 * DAY).date(), "stopped_until_on": (at + 14 * DAY).date(),
            }
            for case, at in begun.items()
        ],
    }  # fmt: skip


def test_the_limit_that_is_offered_is_kept_once_it_is_in_force(tmp_path: Path) -> None:
    as_on = dt.date(2025, 3, 1)
    with published(tmp_path / "before", as_on=as_on, **heard(20)) as log:
        safe = limits(log, share=0.5, confidence=0.5)["safe_days"].item()
    late: dict[int, int] = {}
    for days in (safe, safe - 1):
        with published(tmp_path / str(days), as_on=as_on, **heard(days)) as log:
            late[days] = log.sql("select count(*) filter (where is_late) from cases").item()
    assert late[safe] <= 100 < late[safe - 1]

"""A limit that is offered as kept is kept when it is the one in force, also where cases were stopped."""

import datetime as dt
from pathlib import Path
from typing import Any

from support.honest_records import published

from efficacy_analytics.findings.limits.safe_limits import limits

MONDAY = dt.datetime(2024, 3, 4, 10)
DAY = dt.timedelta(days=1)


def heard(*promised: int) -> dict[str, list[dict[str, Any]]]:
    """Of an item with each of these limits, five cases on each of forty Mondays.

    A hearing lasts from the next Monday until that of the decision.
    """
    begun = {
        (f"c{days}-{number}", f"i{days}"): MONDAY + 7 * DAY * (number % 40)
        for days in promised
        for number in range(200)
    }
    return {
        "items": [
            {
                "item": f"i{days}", "department": "d", "promised_length": days, "promised_unit": "working_days",
                "statutory_length": 60, "statutory_unit": "working_days", "valid_from": "2023-01-01",
            }
            for days in promised
        ],
        "cases": [
            {"case_id": case, "item": item, "department": "d", "accepted_at": at, "completed_at": at + 14 * DAY}
            for (case, item), at in begun.items()
        ],
        "steps": [{"case_id": case, "activity": "acceptance", "completed_at": at} for (case, _), at in begun.items()],
        "clock_stops": [
            {
                "case_id": case, "kind": "hearing",
                "stopped_from_on": (at + 7 * DAY).date(), "stopped_until_on": (at + 14 * DAY).date(),
            }
            for (case, _), at in begun.items()
        ],
    }  # fmt: skip


def test_the_limit_that_is_offered_is_kept_once_it_is_in_force(tmp_path: Path) -> None:
    as_on = dt.date(2025, 3, 1)
    with published(tmp_path / "before", as_on=as_on, **heard(20)) as log:
        safe = limits(log, share=0.5, confidence=0.5)["safe_days"].item()
    with published(tmp_path / "after", as_on=as_on, **heard(safe, safe - 1)) as log:
        late = dict(log.sql("select item, count(*) filter (where is_late) from cases group by item").rows())
    assert late[f"i{safe}"] <= 100 < late[f"i{safe - 1}"]

"""Which limit judges, and limits in hours, in SQL against a plain reading, on random limits, cases and stops."""

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.drawn_clock import REFERENCE, judged, verdicts

from efficacy_analytics.clock.legal import spans_of_case, verdict
from efficacy_analytics.clock.limits import Limit, Stop
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.settings import ClockSettings

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
ITEMS, DEPARTMENTS = ("a", "b", "c"), (None, "D1", "D2")
UNITS = (None, "working_days", "calendar_days", "months", "fortnights")
ZONE = ZoneInfo("Asia/Shanghai")


def random_limit(draw: random.Random) -> dict[str, Any]:
    first = dt.date(2024, 1, 1) + DAY * 30 * draw.randrange(12)
    return {
        "item": draw.choice(ITEMS),
        "department": draw.choice(DEPARTMENTS),
        "statutory_length": draw.choice((None, draw.randrange(40))),
        "statutory_unit": draw.choice(UNITS),
        "promised_length": draw.choice((None, draw.randrange(-2, 20))),
        "promised_unit": draw.choice(UNITS),
        "valid_from": draw.choice((None, first)),
        "valid_until": draw.choice((None, first + DAY * 30 * draw.randrange(1, 8))),
    }


def random_case(draw: random.Random) -> dict[str, Any]:
    return {
        "item": draw.choice((*ITEMS, "unknown", None)),
        "department": draw.choice((*DEPARTMENTS, "D9")),
        "is_green_lane": draw.choice((None, False, True)),
        "accepted_on": dt.date(2024, 1, 1) + DAY * draw.randrange(420),
        "promised_length": draw.choice((None, None, 7)),
        "promised_unit": draw.choice((None, "calendar_days")),
    }


def in_force(limits: list[dict[str, Any]], case: dict[str, Any], department: str | None) -> list[dict[str, Any]]:
    """The different limits of the item and department on the day of acceptance, that in force latest first."""
    low, high = dt.date.min, dt.date.max
    found = [
        (one["valid_from"] or low, one["valid_until"] or high, one)
        for one in limits
        if one["item"] == case["item"]
        and one["department"] == department
        and (one["valid_from"] or low) <= case["accepted_on"] < (one["valid_until"] or high)
    ]
    return [one for _, _, one in sorted(found, key=lambda row: (-row[0].toordinal(), row[1]))]


def plainly(limits: list[dict[str, Any]], case: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """The statutory and promised limit of a case: stated, else the department's, else the general one."""
    own = in_force(limits, case, case["department"]) if case["department"] else []
    found = {}
    for name in ("statutory", "promised"):
        for one in (case, *own[:1], *in_force(limits, case, None)[:1]):
            if one.get(f"{name}_length") is not None:
                found[name] = (one[f"{name}_length"], one[f"{name}_unit"] or "working_days")
                break
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_limit_that_judges_is_the_one_a_reader_would_find(seed: int) -> None:
    draw = random.Random(seed)
    limits = [random_limit(draw) for _ in range(14)]
    limits = [
        one
        for one in limits
        if not one["valid_from"] or not one["valid_until"] or one["valid_from"] < one["valid_until"]
    ]
    # Two limits that came into force on the same day and end on the same day have no reading: draw each span once.
    limits = list(
        {(one["item"], one["department"], one["valid_from"], one["valid_until"]): one for one in limits}.values()
    )
    cases = [random_case(draw) for _ in range(300)]
    for case, row in zip(cases, verdicts(judged(cases, limits=limits)), strict=True):
        found = plainly(limits, case)
        for name in ("statutory", "promised"):
            length, unit = found.get(name, (None, None))
            known = "unknown" if unit == "fortnights" else unit
            assert (row[f"{name}_length"], row[f"{name}_unit"]) == (length, known), (seed, case)
        usable = [
            found[name]
            for name in ("promised", "statutory")
            if name in found and found[name][0] >= 0 and found[name][1] != "fortnights"
            if name == "statutory" or not case["is_green_lane"]
        ]
        expected = usable[0] if usable else (None, "working_days")
        assert (row["limit_days"], row["limit_unit"]) == expected, (seed, case)
        is_unknown = any(unit == "fortnights" for _, unit in found.values())
        assert ("unknown_unit" in row["clock_flags"]) == is_unknown
        assert ("no_limit" in row["clock_flags"]) == (not usable)


def test_limits_that_overlap_are_marked_exactly_where_they_do() -> None:
    draw = random.Random(7)
    limits = []
    for number in range(5):
        first = dt.date(2024, 1, 1) + DAY * draw.randrange(300)
        span = {"valid_from": first, "valid_until": first + DAY * draw.randrange(30, 120)}
        limits.append(random_limit(draw) | {"item": "a", "department": None, "promised_length": number + 1} | span)
    cases = [{"item": "a", "accepted_on": dt.date(2024, 1, 1) + DAY * number} for number in range(0, 420, 3)]
    rows = verdicts(judged(cases, limits=limits))
    marked = ["overlapping_limits" in row["clock_flags"] for row in rows]
    assert marked == [len(in_force(limits, case, None)) > 1 for case in cases]
    assert any(marked)
    assert not all(marked)


def hours_plainly(
    accepted: dt.datetime, hours: int, spans: list[tuple[dt.date, dt.date]], end: dt.datetime
) -> tuple[dt.datetime, int]:
    """The due moment and the hours begun by the end, minute by minute of a quarter of an hour."""
    quarter, now, left, counted, due = dt.timedelta(minutes=15), accepted, hours * 4, 0, None
    while due is None or now < end:
        if left == 0 and due is None:
            due = now
        is_stopped = any(first < now.date() <= last for first, last in spans)
        if not is_stopped:
            left -= 1
            counted += now < end
        now += quarter
    return due, -(-counted // 4)


@pytest.mark.parametrize("seed", range(3))
def test_limits_in_hours_are_what_counting_quarters_of_an_hour_gives(seed: int) -> None:
    draw = random.Random(seed)
    cases, stops, as_on = [], [], dt.date(2025, 3, 20)
    for key in range(60):
        accepted = dt.datetime(2025, 3, 3, tzinfo=ZONE) + HOUR * draw.randrange(240)
        completed = draw.choice((None, accepted + HOUR * draw.randrange(150), accepted + HOUR * draw.randrange(150)))
        cases.append(
            {
                "accepted_on": accepted.date(),
                "accepted_at": accepted.astimezone(dt.UTC),
                "completed_on": completed.date() if completed else None,
                "completed_at": completed.astimezone(dt.UTC) if completed else None,
                "promised_length": draw.randrange(1, 100),
                "promised_unit": "hours",
            }
        )
        for _ in range(draw.choice((0, 1, 3))):
            from_on = accepted.date() + DAY * draw.randrange(-2, 6)
            until_on = draw.choice((None, from_on + DAY * draw.randrange(5), from_on + DAY * draw.randrange(5)))
            stops.append({"case_key": key, "kind": "testing", "stopped_from_on": from_on, "stopped_until_on": until_on})
    days = calendar_table("CN", 2025, 2026, reference=REFERENCE)
    rows = verdicts(judged(cases, stops=stops, calendar=days, as_on=as_on))
    for key, (case, row) in enumerate(zip(cases, rows, strict=True)):
        own = [Stop(one["stopped_from_on"], one["stopped_until_on"]) for one in stops if one["case_key"] == key]
        accepted = case["accepted_at"].astimezone(ZONE).replace(tzinfo=None)
        closed = case["completed_on"] is not None and case["completed_on"] <= as_on
        completed = case["completed_at"].astimezone(ZONE).replace(tzinfo=None) if closed else None
        end = completed or dt.datetime.combine(as_on, dt.time())
        spans = spans_of_case(
            own, case["accepted_on"], completed_on=case["completed_on"] if closed else None, as_on=as_on
        )
        due, counted = hours_plainly(accepted, case["promised_length"], list(spans), end)
        found = (row["due_at"].astimezone(ZONE).replace(tzinfo=None), row["counted_days"], row["is_open"])
        assert found == (due, counted, not closed), (seed, key, case, own)
        assert row["due_on"] == due.date()
        assert row["is_late"] == (end > due if closed else as_on > due.date())
        one = verdict(
            None,  # type: ignore[arg-type]
            accepted,
            Limit(case["promised_length"], "hours"),
            completed=case["completed_at"].astimezone(ZONE).replace(tzinfo=None) if case["completed_at"] else None,
            as_on=as_on,
            stops=own,
            rules=ClockSettings(),
        )
        assert (one.due_at, one.counted_days, one.stopped_days) == (due, counted, row["stopped_days"])

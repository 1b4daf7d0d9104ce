"""An extension lasts as its record says, not as long as the law allows.

After okfde/froide #469 and #312, openaustralia/righttoknow #102.
"""

import datetime as dt
from typing import Any

from support.drawn_clock import day, judged, verdicts

# From Monday 2024-03-04; March 2024 has no holiday, Qingming is 4 to 6 April, Sunday 7 April is worked in exchange.
CASE = {"item": "permit", "accepted_on": day("2024-03-04"), "completed_on": day("2024-03-28"), "promised_length": 10}
SINCE = {"case_key": 0, "kind": "extension", "stopped_from_on": day("2024-03-11")}


def due(stops: list[dict[str, Any]], **case: Any) -> tuple[str, list[str]]:
    """The due date and the flags of the case with these extensions."""
    row = verdicts(judged([CASE | case], stops=stops))[0]
    return str(row["due_on"]), row["clock_flags"]


RECORDED: dict[str, tuple[str | None, int | None, str]] = {
    "four working days after the 11th": ("2024-03-15", None, "2024-03-22"),
    "a weekend at its end adds nothing": ("2024-03-17", None, "2024-03-22"),
    "a day alone adds nothing": ("2024-03-11", None, "2024-03-18"),
    "neither end nor number: the law's ten days": (None, None, "2024-04-01"),
    "by its number": (None, 5, "2024-03-25"),
    "both, in agreement": ("2024-03-15", 4, "2024-03-22"),
}
"""What is recorded of an extension: its end, its number of days, and the due date that follows."""


def test_working_days_are_lengthened_by_what_is_recorded() -> None:
    stops = [
        SINCE | {"case_key": key, "stopped_until_on": day(until) if until else None, "extension_days": days}
        for key, (until, days, _) in enumerate(RECORDED.values())
    ]
    rows = verdicts(judged([CASE] * len(RECORDED), stops=stops))
    found = {name: (str(row["due_on"]), row["clock_flags"]) for name, row in zip(RECORDED, rows, strict=True)}
    assert found == {name: (due_on, []) for name, (*_, due_on) in RECORDED.items()}


def test_a_limit_in_calendar_days_is_lengthened_by_calendar_days() -> None:
    # 10 days from 4 March are 14 March; the days after the 11th up to the 18th are 7: Thursday 21 March.
    stop = SINCE | {"stopped_until_on": day("2024-03-18")}
    assert due([stop], promised_unit="calendar_days") == ("2024-03-21", [])


def test_a_limit_in_months_is_lengthened_by_calendar_days() -> None:
    # One month from 4 March is 4 April, 7 days more Thursday 11 April.
    stop = SINCE | {"stopped_until_on": day("2024-03-18")}
    assert due([stop], promised_length=1, promised_unit="months") == ("2024-04-11", [])


def test_two_extensions_one_after_the_other_add_up_and_one_told_twice_counts_once() -> None:
    first = SINCE | {"stopped_until_on": day("2024-03-13")}
    second = SINCE | {"stopped_from_on": day("2024-03-13"), "stopped_until_on": day("2024-03-15")}
    assert due([first, second, second]) == ("2024-03-22", [])


def test_an_extension_longer_than_the_law_allows_lasts_as_recorded_and_is_marked() -> None:
    stop = SINCE | {"stopped_until_on": day("2024-03-29")}  # 14 working days after the 11th: 18 March and 14 more
    assert due([stop]) == ("2024-04-08", ["extension_longer_than_law"])


def test_a_number_that_its_dates_contradict_counts_and_is_marked() -> None:
    stop = SINCE | {"stopped_until_on": day("2024-03-15"), "extension_days": 9}
    assert due([stop]) == ("2024-03-29", ["extension_disagrees"])


def test_joint_handling_is_marked_from_the_sixteenth_day() -> None:
    kind = {"kind": "joint_extension", "stopped_until_on": None}
    assert due([SINCE | kind | {"extension_days": 15}])[1] == []
    assert due([SINCE | kind | {"extension_days": 16}])[1] == ["extension_longer_than_law"]


def test_the_extension_of_a_case_completed_in_time_stands_in_its_verdict() -> None:
    row = verdicts(judged([CASE | {"completed_on": dt.date(2024, 3, 22)}], stops=[SINCE | {
        "stopped_until_on": day("2024-03-15")
    }]))[0]  # fmt: skip
    assert (row["extension_days"], row["is_late"], row["remaining_days"]) == (4, False, 0)

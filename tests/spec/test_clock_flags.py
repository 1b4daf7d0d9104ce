"""What is wrong or special about a case is marked with its own code; no case is dropped."""

import datetime as dt
from functools import cache
from typing import Any

import polars as pl
import pytest
from support.drawn_clock import AS_ON, REFERENCE, judged, verdicts
from support.drawn_clock import day as on

from efficacy_analytics.clock.flags import CODES, FLAGS
from efficacy_analytics.clock.working_days import calendar_table

PLAIN = {"item": "permit", "accepted_on": on("2025-03-03"), "completed_on": on("2025-03-07"), "promised_length": 5}
HEARING = {"case_key": 0, "kind": "hearing", "stopped_from_on": on("2025-03-04"), "stopped_until_on": on("2025-03-05")}
SINCE = {"item": "permit", "valid_until": None}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no_limit": ({"promised_length": None}, {}),
    "overlapping_limits": (
        {"promised_length": None},
        {
            "limits": [
                SINCE | {"promised_length": 5, "valid_from": on("2020-01-01")},
                SINCE | {"promised_length": 6, "valid_from": on("2021-01-01")},
            ]
        },
    ),
    "limit_longer_than_statutory": ({"statutory_length": 4}, {}),
    "unknown_unit": ({"promised_unit": "weeks", "statutory_length": 20}, {}),
    "negative_limit": ({"promised_length": -1, "statutory_length": 20}, {}),
    "accepted_before_applied": ({"applied_on": on("2025-03-04")}, {}),
    "completed_before_accepted": ({"completed_on": on("2025-02-28")}, {}),
    "accepted_after_as_on": ({"completed_on": None}, {"as_on": on("2025-02-28")}),
    "completed_after_as_on": ({}, {"as_on": on("2025-03-05")}),
    "not_accepted": ({"accepted_on": None, "completed_on": None}, {}),
    "deemed_accepted": ({"accepted_on": None, "applied_on": on("2025-03-03")}, {}),
    "supplement_overdue": (
        {"applied_on": on("2025-02-17")},
        {"stops": [HEARING | {"kind": "supplement", "stopped_from_on": on("2025-03-04")}]},
    ),
    "withdrawn": ({"status": "withdrawn"}, {}),
    "green_lane": ({"is_green_lane": True, "statutory_length": 20}, {}),
    "outside_calendar": ({"accepted_on": on("1999-03-03")}, {}),
    "hours_without_moment": ({"promised_unit": "hours"}, {}),
    "unknown_stop_kind": ({}, {"stops": [HEARING | {"kind": "coffee"}]}),
    "stop_ends_before_start": ({}, {"stops": [HEARING | {"stopped_until_on": on("2025-03-03")}]}),
    "stop_open": ({}, {"stops": [HEARING | {"stopped_until_on": None}]}),
    "stop_outside_case": (
        {},
        {"stops": [HEARING | {"stopped_from_on": on("2025-02-03"), "stopped_until_on": on("2025-02-20")}]},
    ),
    "extension_longer_than_law": (
        {},
        {"stops": [HEARING | {"kind": "extension", "stopped_until_on": None, "extension_days": 11}]},
    ),
    "extension_disagrees": ({}, {"stops": [HEARING | {"kind": "extension", "extension_days": 9}]}),
    "accepted_by_application": ({"accepted_by": "application"}, {}),
    "accepted_by_first_step": ({"accepted_by": "first_step"}, {}),
    "acceptance_refused": ({"status": "not_accepted"}, {}),
    "completion_refused": ({"completed_on": None, "has_refused_completion": True}, {}),
}


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert set(CASES) == set(CODES)
    assert len(CODES) == len(set(CODES))


def test_every_code_says_what_it_means_in_both_languages() -> None:
    assert all(flag.zh and flag.en for flag in FLAGS)


@cache
def drawn(as_on: dt.date) -> dict[str, list[dict[str, Any]]]:
    """The verdicts of a day on the case drawn for each code and on a plain one of its own, judged all at once."""
    codes = [code for code, (_, given) in CASES.items() if given.get("as_on", AS_ON) == as_on]
    cases, limits, stops = [], [], []
    for place, code in enumerate(codes):
        changed, given = CASES[code]
        cases += [PLAIN | changed | {"item": code}, PLAIN | {"item": code}]
        limits += [limit | {"item": code} for limit in given.get("limits", [])]
        stops += [stop | {"case_key": 2 * place} for stop in given.get("stops", [])]
    rows = verdicts(judged(cases, limits=limits, stops=stops, as_on=as_on))
    assert len(rows) == 2 * len(codes)
    return {code: rows[2 * place : 2 * place + 2] for place, code in enumerate(codes)}


def rows_with(code: str) -> list[dict[str, Any]]:
    """The verdicts of the case drawn for a code, and of a plain one."""
    return drawn(CASES[code][1].get("as_on", AS_ON))[code]


@pytest.mark.parametrize("code", CODES)
def test_a_case_is_marked_with_its_own_code_and_kept(code: str) -> None:
    rows = rows_with(code)
    assert len(rows) == 2
    assert rows[0]["clock_flags"] == [code]


def test_a_plain_case_has_no_mark() -> None:
    assert verdicts(judged([PLAIN]))[0]["clock_flags"] == []


def test_a_case_may_have_marks_of_every_group_and_they_stand_in_their_order() -> None:
    case = PLAIN | {"statutory_length": 4, "completed_on": on("2025-02-28"), "is_green_lane": True}
    stops = [HEARING | {"kind": "coffee"}, HEARING | {"stopped_until_on": None}]
    found = verdicts(judged([case], stops=stops))[0]["clock_flags"]
    assert found == [code for code in CODES if code in found]
    assert set(found) == {
        "limit_longer_than_statutory",
        "completed_before_accepted",
        "green_lane",
        "unknown_stop_kind",
        "stop_open",
        "stop_outside_case",
    }


def test_a_case_that_begins_after_the_day_of_the_verdict_has_counted_nothing() -> None:
    row = rows_with("accepted_after_as_on")[0]
    assert (row["counted_days"], row["is_late"], row["due_on"]) == (0, False, on("2025-03-10"))


def test_a_case_completed_before_its_acceptance_has_no_count_and_no_verdict() -> None:
    row = rows_with("completed_before_accepted")[0]
    assert (row["counted_days"], row["is_late"], row["due_on"]) == (None, None, on("2025-03-10"))


def test_the_later_of_two_overlapping_limits_judges() -> None:
    assert rows_with("overlapping_limits")[0]["limit_days"] == 6


def test_a_limit_that_cannot_be_used_leaves_the_judgement_to_the_statutory_one() -> None:
    for code in ("unknown_unit", "negative_limit"):
        assert rows_with(code)[0]["limit_days"] == 20


def test_a_stop_that_ends_before_it_starts_is_not_taken_out() -> None:
    row = rows_with("stop_ends_before_start")[0]
    assert (row["stopped_days"], row["counted_days"]) == (0, 4)


@pytest.mark.parametrize(
    ("changed", "as_on"),
    [
        ({"accepted_on": on("1999-03-03"), "completed_on": on("2025-03-03")}, "2025-12-31"),
        ({"accepted_on": on("2025-03-03"), "completed_on": on("2027-03-03")}, "2027-12-31"),
        ({"accepted_on": on("2025-03-03"), "completed_on": None}, "2027-12-31"),
    ],
)
def test_what_hangs_on_a_day_outside_the_calendar_is_not_computed(changed: dict[str, Any], as_on: str) -> None:
    row = verdicts(judged([PLAIN | changed], as_on=on(as_on)))[0]
    assert row["counted_days"] is None
    assert row["remaining_days"] is None
    assert "outside_calendar" in row["clock_flags"]


def test_a_due_date_after_the_last_known_year_is_not_guessed_but_the_case_is_not_late_yet() -> None:
    case = PLAIN | {"accepted_on": on("2026-12-28"), "completed_on": None, "promised_length": 20}
    row = verdicts(judged([case], as_on=on("2026-12-30")))[0]
    assert (row["due_on"], row["is_late"], row["counted_days"]) == (None, False, 2)
    assert row["clock_flags"] == ["outside_calendar"]


def test_no_case_is_dropped_however_broken() -> None:
    broken: list[dict[str, Any]] = [
        {},
        {"accepted_on": on("2025-03-03"), "calendar_number": 99},
        {"completed_on": on("2025-03-03")},
        {"due_at": dt.datetime(2025, 3, 3, tzinfo=dt.UTC)},
        {"accepted_on": on("2025-03-03"), "promised_length": 0, "promised_unit": "fortnights"},
    ]
    rows = verdicts(judged(broken))
    assert [row["case_key"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[1]["clock_flags"] == ["no_limit", "outside_calendar"]
    assert rows[3]["due_on"] == on("2025-03-03")


def test_a_due_date_beyond_one_calendar_is_not_read_off_the_next() -> None:
    tables = [
        calendar_table(name, 2025, 2025, reference=REFERENCE, calendar_number=number)
        for number, name in enumerate(("CN", "NL", "weekdays"), start=1)
    ]
    cases = [
        PLAIN | {"calendar_number": number, "accepted_on": on(day), "completed_on": None, "promised_unit": unit}
        for number in (1, 2, 3)
        for day in ("2025-12-29", "2024-12-30")
        for unit in ("working_days", "calendar_days")
    ]
    rows = verdicts(judged(cases, calendar=pl.concat(tables), as_on=on("2025-12-30")))
    outside = [row["clock_flags"] == ["outside_calendar"] and row["due_on"] is None for row in rows]
    # Five calendar days from 2024-12-30 need no look-up before 2025, where they end: on Saturday 4 January.
    assert outside == [True, True, True, False] * 3


@pytest.mark.parametrize(
    ("from_on", "until_on", "marked"),
    [
        ("2025-02-24", "2025-03-03", True),
        ("2025-02-24", "2025-03-04", False),
        ("2025-03-06", "2025-03-10", False),
        ("2025-03-07", "2025-03-10", True),
    ],
)
def test_a_stop_is_outside_the_case_where_it_takes_out_none_of_its_days(
    from_on: str, until_on: str, marked: bool
) -> None:
    stop = HEARING | {"stopped_from_on": on(from_on), "stopped_until_on": on(until_on)}
    row = verdicts(judged([PLAIN], stops=[stop]))[0]
    assert ("stop_outside_case" in row["clock_flags"]) == marked
    assert (row["stopped_days"] == 0) == marked

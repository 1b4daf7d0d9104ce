"""Which limit judges a case, what stops or moves its clock, and when it is late."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from support.drawn_clock import AS_ON, chinese_days, judged, verdicts
from support.drawn_clock import day as on

from efficacy_analytics.clock.legal import acceptance
from efficacy_analytics.settings import ClockSettings

PERMIT = {"item": "permit", "accepted_on": on("2025-03-03")}  # a Monday; no holiday until 4 April
LONG_AGO = {"valid_from": on("2020-01-01"), "valid_until": None}


def one(case: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The verdict of a single case."""
    return verdicts(judged([case], **given))[0]


def stop(kind: str, from_on: str, until_on: str | None, *, extension_days: int | None = None) -> dict[str, Any]:
    return {
        "case_key": 0,
        "kind": kind,
        "stopped_from_on": on(from_on),
        "stopped_until_on": on(until_on) if until_on else None,
        "extension_days": extension_days,
    }


# Limits


def test_the_limit_in_force_when_the_case_was_accepted_judges() -> None:
    limits = [
        {"item": "permit", "promised_length": 10, "valid_from": on("2020-01-01"), "valid_until": on("2025-03-04")},
        {"item": "permit", "promised_length": 5, "valid_from": on("2025-03-04"), "valid_until": None},
    ]
    cases = [PERMIT, PERMIT | {"accepted_on": on("2025-03-04")}]
    rows = verdicts(judged(cases, limits=limits))
    assert [row["limit_days"] for row in rows] == [10, 5]
    assert [row["due_on"] for row in rows] == [on("2025-03-17"), on("2025-03-11")]


def test_a_limit_stated_by_the_export_wins_over_the_item_s() -> None:
    limits = [{"item": "permit", "statutory_length": 20, "promised_length": 10, **LONG_AGO}]
    row = one(PERMIT | {"promised_length": 3}, limits=limits)
    assert (row["limit_days"], row["promised_length"], row["statutory_length"]) == (3, 3, 20)


def test_a_due_date_stated_by_the_export_wins_over_every_limit() -> None:
    limits = [{"item": "permit", "promised_length": 2, **LONG_AGO}]
    case = PERMIT | {"due_on": on("2025-03-10"), "completed_on": on("2025-03-07")}
    row = one(case, limits=limits)
    assert (row["due_on"], row["is_late"], row["remaining_days"]) == (on("2025-03-10"), False, 1)


def test_the_department_s_own_limit_goes_before_the_item_s_general_one() -> None:
    limits = [
        {"item": "permit", "department": None, "statutory_length": 20, "promised_length": 10, **LONG_AGO},
        {"item": "permit", "department": "D1", "promised_length": 7, **LONG_AGO},
    ]
    rows = verdicts(judged([PERMIT | {"department": name} for name in ("D1", "D2", None)], limits=limits))
    assert [row["limit_days"] for row in rows] == [7, 10, 10]
    assert rows[0]["statutory_length"] == 20


def test_without_a_promise_the_statutory_limit_judges() -> None:
    row = one(PERMIT, limits=[{"item": "permit", "statutory_length": 20, **LONG_AGO}])
    assert (row["limit_days"], row["limit_unit"]) == (20, "working_days")


def test_calendar_days_that_end_on_a_rest_day_end_on_the_next_working_day() -> None:
    case = PERMIT | {"promised_length": 5, "promised_unit": "calendar_days", "completed_on": on("2025-03-10")}
    rolled = one(case)
    assert (rolled["due_on"], rolled["is_late"]) == (on("2025-03-10"), False)  # 8 March is a Saturday
    strict = one(case, rules=ClockSettings(roll_rest_days=False))
    assert (strict["due_on"], strict["is_late"]) == (on("2025-03-08"), True)


@pytest.mark.parametrize(("completed", "late"), [("2025-03-03", False), ("2025-03-04", True)])
def test_a_case_on_the_spot_is_due_on_the_day_it_is_accepted(completed: str, late: bool) -> None:
    row = one(PERMIT | {"promised_unit": "on_the_spot", "completed_on": on(completed)})
    assert (row["due_on"], row["is_late"], row["limit_days"]) == (on("2025-03-03"), late, 0)


@pytest.mark.parametrize(("hour", "late"), [(10, False), (11, True)])
def test_a_limit_in_hours_is_judged_by_the_hour(hour: int, late: bool) -> None:
    case = PERMIT | {
        "promised_length": 24,
        "promised_unit": "hours",
        "accepted_at": dt.datetime(2025, 3, 3, 2, tzinfo=dt.UTC),  # 10:00 in Shanghai
        "completed_on": on("2025-03-04"),
        "completed_at": dt.datetime(2025, 3, 4, hour - 8, tzinfo=dt.UTC),
    }
    row = one(case)
    assert row["due_at"] == dt.datetime(2025, 3, 4, 2, tzinfo=dt.UTC)
    assert (row["due_on"], row["is_late"], row["counted_days"]) == (on("2025-03-04"), late, 14 + hour)


def test_a_stop_moves_a_limit_in_hours_by_whole_days() -> None:
    case = PERMIT | {
        "promised_length": 24,
        "promised_unit": "hours",
        "accepted_at": dt.datetime(2025, 3, 3, 2, tzinfo=dt.UTC),
        "completed_on": on("2025-03-06"),
        "completed_at": dt.datetime(2025, 3, 6, 2, tzinfo=dt.UTC),
    }
    row = one(case, stops=[stop("testing", "2025-03-03", "2025-03-05")])
    assert row["due_at"] == dt.datetime(2025, 3, 6, 2, tzinfo=dt.UTC)
    assert (row["counted_days"], row["is_late"]) == (24, False)
    # A stop that begins only when the hours are used up moves nothing.
    late = one(case, stops=[stop("testing", "2025-03-04", "2025-03-05")])
    assert late["due_at"] == dt.datetime(2025, 3, 4, 2, tzinfo=dt.UTC)


def test_by_date_a_case_is_in_time_all_day_and_by_instant_to_the_second() -> None:
    case = PERMIT | {
        "due_on": on("2025-03-05"),
        "due_at": dt.datetime(2025, 3, 5, 2, tzinfo=dt.UTC),
        "completed_on": on("2025-03-05"),
        "completed_at": dt.datetime(2025, 3, 5, 2, 0, 1, tzinfo=dt.UTC),
    }
    rows = verdicts(judged([case, case | {"verdict_by": "instant"}]))
    assert [row["is_late"] for row in rows] == [False, True]


# Stops


def test_a_stop_takes_out_the_days_after_its_first_up_to_its_last() -> None:
    # 4 to 6 March: 5 and 6 March are taken out.
    row = one(PERMIT | {"promised_length": 5}, stops=[stop("expert_review", "2025-03-04", "2025-03-06")])
    assert (row["due_on"], row["stopped_days"]) == (on("2025-03-12"), 2)


def test_by_setting_a_stop_takes_out_its_first_day_too() -> None:
    rules = ClockSettings(stop_takes_out_its_first_day=True)
    row = one(PERMIT | {"promised_length": 5}, stops=[stop("hearing", "2025-03-04", "2025-03-06")], rules=rules)
    assert (row["due_on"], row["stopped_days"]) == (on("2025-03-13"), 3)


def test_overlapping_stops_are_taken_out_once() -> None:
    stops = [
        stop("hearing", "2025-03-04", "2025-03-06"),
        stop("testing", "2025-03-05", "2025-03-07"),
        stop("hearing", "2025-03-04", "2025-03-06"),
    ]
    row = one(PERMIT | {"promised_length": 5}, stops=stops)
    assert (row["due_on"], row["stopped_days"]) == (on("2025-03-13"), 3)


def test_a_stop_that_begins_after_the_limit_is_used_up_does_not_move_the_due_date() -> None:
    case = PERMIT | {"promised_length": 3, "completed_on": on("2025-03-20")}
    row = one(case, stops=[stop("hearing", "2025-03-06", "2025-03-14")])  # due on 6 March
    assert (row["due_on"], row["is_late"], row["stopped_days"]) == (on("2025-03-06"), True, 6)


def test_public_notice_stops_nothing_until_the_office_says_so() -> None:
    assert one(PERMIT | {"promised_length": 5}, stops=[stop("public_notice", "2025-03-04", "2025-03-14")])[
        "due_on"
    ] == on("2025-03-10")


def test_which_kind_stops_the_clock_is_read_from_the_table_of_rules(tmp_path: Any) -> None:
    (tmp_path / "clock_rules.csv").write_text(
        "kind,effect,default_extension_days,notice_within_working_days,name_zh,name_en,source_zh,source_en\n"
        "public_notice,stops,,,公示,public notice,本省规定,a rule of the province\n",
        encoding="utf-8",
    )
    stops = [stop("public_notice", "2025-03-04", "2025-03-14")]
    assert one(PERMIT | {"promised_length": 5}, stops=stops, reference=tmp_path)["due_on"] == on("2025-03-20")


def test_an_extension_lengthens_the_limit_by_ten_days_or_by_those_decided() -> None:
    case = PERMIT | {"statutory_length": 20}  # due on 31 March
    stops = [stop("extension", "2025-03-20", None, extension_days=days) | {"case_key": days or 1} for days in (None, 3)]
    cases = [case | {"case_key": key} for key in (0, 1, 3)]
    plain, extended, by_three = verdicts(judged(cases, stops=stops))
    assert plain["due_on"] == on("2025-03-31")
    assert (extended["due_on"], extended["extension_days"]) == (on("2025-04-15"), 10)  # 4 April is Qingming
    assert by_three["due_on"] == on("2025-04-03")


def test_a_limit_is_held_against_a_case_as_its_verdict_is() -> None:
    """Ten working days from 3 March end on the 17th; a later day stated lengthens the limit, an earlier one never."""
    case = PERMIT | {"accepted_on": on("2025-03-03"), "promised_length": 10}
    later, earlier = case | {"due_on": on("2025-03-20")}, case | {"due_on": on("2025-03-10")}
    held = ((case, "14"), (case, "15"), (later, "19"), (later, "07"), (earlier, "07"), (earlier, "12"))
    rows = verdicts(judged([drawn | {"completed_on": on(f"2025-03-{day}")} for drawn, day in held]))
    needed = [row["needed_days"] for row in rows]
    # the 15th is a Saturday: after the ninth working day; the 20th lengthens by three days: 12 and 4 counted, less 3
    assert needed == [9, 10, 9, 1, 4, 11]


def test_what_ends_in_a_stop_needs_a_longer_limit_than_the_days_it_has_counted() -> None:
    """Five days from Monday 3 March, then a hearing to Monday the 17th: a limit of five was used up before it began."""
    lengths = (0, 4, 5, 6, 20)
    hearing = stop("hearing", "2025-03-10", "2025-03-17")
    case = PERMIT | {"accepted_on": on("2025-03-03"), "completed_on": on("2025-03-17")}
    hearings = [hearing | {"case_key": key} for key in range(len(lengths))]
    found = verdicts(judged([case | {"promised_length": days} for days in lengths], stops=hearings))
    rows = dict(zip(lengths, found, strict=True))
    assert {row["counted_days"] for row in rows.values()} == {5}
    assert {days: row["is_late"] for days, row in rows.items()} == {0: True, 4: True, 5: True, 6: False, 20: False}
    assert {row["needed_days"] for row in rows.values()} == {6}


def test_joint_handling_has_forty_five_days_and_fifteen_more() -> None:
    case = PERMIT | {"statutory_length": 45}
    assert one(case, stops=[stop("joint_extension", "2025-03-20", None)])["extension_days"] == 15


def test_a_supplement_stops_the_clock_from_the_notice_to_the_resubmission() -> None:
    case = PERMIT | {"promised_length": 5, "completed_on": on("2025-03-14")}
    row = one(case, stops=[stop("supplement", "2025-03-05", "2025-03-11")])
    assert (row["counted_days"], row["stopped_days"], row["due_on"], row["is_late"]) == (5, 4, on("2025-03-14"), False)


def test_a_stop_without_an_end_runs_until_the_day_of_the_verdict() -> None:
    row = one(PERMIT | {"promised_length": 5}, stops=[stop("suspension", "2025-03-05", None)])
    assert (row["counted_days"], row["is_late"], row["remaining_days"]) == (2, False, 3)
    assert row["due_on"] > AS_ON
    assert row["clock_flags"] == ["stop_open"]


def test_a_stop_without_an_end_runs_no_further_than_the_completion() -> None:
    case = PERMIT | {"promised_length": 5, "completed_on": on("2025-03-14")}
    row = one(case, stops=[stop("suspension", "2025-03-05", None)])
    assert (row["counted_days"], row["stopped_days"], row["is_late"]) == (2, 7, False)


# Kinds of case


def test_a_green_lane_case_is_judged_by_the_statutory_limit_only() -> None:
    case = PERMIT | {"statutory_length": 20, "promised_length": 5, "completed_on": on("2025-03-14")}
    rows = verdicts(
        judged([case, case | {"is_green_lane": True}, case | {"is_green_lane": True, "statutory_length": None}])
    )
    assert [row["is_late"] for row in rows] == [True, False, None]
    assert [row["limit_days"] for row in rows] == [5, 20, None]


def test_a_withdrawn_case_ends_on_the_day_of_its_withdrawal() -> None:
    row = one(PERMIT | {"promised_length": 5}, stops=[stop("withdrawal", "2025-03-06", None)])
    assert (row["is_open"], row["counted_days"], row["is_late"]) == (False, 3, False)
    assert row["clock_flags"] == ["withdrawn"]


def test_a_case_withdrawn_on_an_unknown_day_is_neither_open_nor_judged() -> None:
    row = one(PERMIT | {"promised_length": 5, "status": "withdrawn"})
    assert (row["is_open"], row["is_late"], row["counted_days"]) == (False, None, None)


def test_an_application_not_answered_within_five_working_days_is_deemed_accepted_on_receipt() -> None:
    received = {"item": "permit", "accepted_on": None, "applied_on": on("2025-03-03"), "promised_length": 5}
    deemed = one(received, as_on=on("2025-03-11"))  # 10 March is the fifth working day
    assert (deemed["began_on"], deemed["due_on"], deemed["is_late"]) == (on("2025-03-03"), on("2025-03-10"), True)
    waiting = one(received, as_on=on("2025-03-10"))
    assert (waiting["began_on"], waiting["due_on"], waiting["is_late"]) == (None, None, None)


def test_a_notice_in_time_keeps_an_application_from_being_deemed_accepted() -> None:
    received = {"item": "permit", "accepted_on": None, "applied_on": on("2025-03-03"), "promised_length": 5}
    stops = [
        stop("supplement", f"2025-03-{day}", "2025-03-20") | {"case_key": key} for key, day in enumerate(("10", "11"))
    ]
    in_time, too_late = verdicts(judged([received] * 2, stops=stops))
    assert in_time["began_on"] is None
    assert too_late["began_on"] == on("2025-03-03")
    assert {"deemed_accepted", "supplement_overdue"} <= set(too_late["clock_flags"])


@pytest.mark.parametrize("as_on", ["2025-03-10", "2025-03-11", "2025-04-30"])
def test_the_acceptance_of_one_case_is_read_as_that_of_all(as_on: str) -> None:
    notices = [None, on("2025-03-03"), on("2025-03-10"), on("2025-03-11")]
    drawn = list(product([None, on("2025-03-12")], notices))
    cases = [{"applied_on": on("2025-03-03"), "accepted_on": accepted, "promised_length": 5} for accepted, _ in drawn]
    stops = [
        stop("supplement", str(notice), "2025-03-20") | {"case_key": key}
        for key, (_, notice) in enumerate(drawn)
        if notice
    ]
    rows = verdicts(judged(cases, stops=stops, as_on=on(as_on)))
    for (accepted, notice), row in zip(drawn, rows, strict=True):
        single = acceptance(
            chinese_days(),
            applied_on=on("2025-03-03"),
            accepted_on=accepted,
            noticed_on=(one for one in [notice] if one),
            as_on=on(as_on),
        )
        assert row["began_on"] == single.accepted_on
        assert ("deemed_accepted" in row["clock_flags"]) == single.is_deemed
        assert ("supplement_overdue" in row["clock_flags"]) == single.is_notice_overdue

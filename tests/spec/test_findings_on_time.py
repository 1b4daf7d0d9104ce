"""Which cases are judged, and how the share on time is counted."""

import pytest
from support.drawn_cases import drawn_log

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.performance.on_time import on_time

CASES = """
    case | department | item | accepted_on | is_open | is_late | status    | is_green_lane
    A    | housing    | deed | 2024-03-29  | no      | no      |           |
    B    | housing    | deed | 2024-03-30  | no      | yes     |           |
    C    | housing    | deed | 2024-04-01  | yes     | yes     |           |
    D    | housing    | sale | 2024-04-02  | yes     | no      |           |
    E    | housing    | sale | 2024-04-02  | no      |         |           |
    F    | housing    | sale | 2024-04-02  | no      | no      | withdrawn |
    G    | housing    | sale | 2024-04-02  | no      | yes     |           | yes
    H    | water      | well | 2024-04-30  | yes     | no      |           |
    I    |            | well | 2024-04-30  | no      | no      | refused   |
"""


def row(by: str, value: str | None) -> dict[str, object]:
    found = on_time(drawn_log(CASES), by=by)
    return next(row for row in found.iter_rows(named=True) if row[by] == value)


def test_completed_cases_and_those_already_overdue_are_judged():
    housing = row("department", "housing")
    assert housing["judged_count"] == 3  # A, B and C: D is not due yet, E has no limit, F withdrawn, G green lane
    assert housing["late_count"] == 2
    assert housing["on_time_share"] == pytest.approx(1 / 3)


def test_every_case_is_completed_open_withdrawn_or_not_accepted():
    housing = row("department", "housing")
    assert [housing[f"{kind}_count"] for kind in ("case", "completed", "open", "withdrawn", "green_lane")] == [
        *(7, 4, 2, 1),
        1,
    ]
    mixed = on_time(drawn_log(MIXED)).row(0, named=True)
    kinds = ("case", "completed", "open", "withdrawn", "not_accepted")
    assert [mixed[f"{kind}_count"] for kind in kinds] == [9, 4, 2, 2, 1]  # A B E H; F I; C D; G


def test_a_share_comes_with_its_exact_interval():
    housing = row("department", "housing")
    # Clopper-Pearson for 1 of 3 at 95%: 0.0084 to 0.9057 (tables of the binomial).
    assert housing["on_time_share_low"] == pytest.approx(0.0084, abs=5e-5)
    assert housing["on_time_share_high"] == pytest.approx(0.9057, abs=5e-5)


def test_where_nothing_can_be_judged_there_is_no_share():
    water = row("department", "water")
    assert (water["case_count"], water["judged_count"], water["late_count"]) == (1, 0, 0)
    assert [water[name] for name in ("on_time_share", "on_time_share_low", "on_time_share_high")] == [None] * 3


def test_a_refused_application_was_decided_and_is_judged():
    assert row("department", None)["on_time_share"] == 1.0


def test_months_are_those_of_acceptance():
    found = on_time(drawn_log(CASES), by="month")
    assert found["month"].to_list() == ["2024-03", "2024-04"]
    assert found["judged_count"].to_list() == [2, 2]


def test_departments_stand_in_the_order_of_their_codes_and_the_unknown_last():
    assert on_time(drawn_log(CASES))["department"].to_list() == ["housing", "water", None]


def test_items_can_be_asked_for():
    assert on_time(drawn_log(CASES), by="item")["item"].to_list() == ["deed", "sale", "well"]


def test_an_unknown_level_is_a_wrong_call():
    with pytest.raises(CallError, match="no level 'officer'"):
        on_time(drawn_log(CASES), by="officer")  # type: ignore[arg-type]


MIXED = """
    case | accepted_on | completed_on | is_open | is_late | is_due | status       | is_green_lane | is_late_unextended
    A    | 2024-03-01  | 2024-03-08   | no      | no      | yes    |              |               |
    B    | 2024-03-01  | 2024-03-20   | no      | no      | yes    |              |               | yes
    C    | 2024-03-01  | 2024-03-25   | no      | yes     | yes    | withdrawn    |               |
    D    | 2024-03-01  | 2024-03-04   | no      | no      | yes    | withdrawn    |               |
    E    | 2024-03-01  | 2024-03-04   | no      | no      | no     |              |               |
    F    | 2024-03-01  |              | yes     | no      | no     |              |               |
    G    | 2024-03-01  |              | no      |         |        | not_accepted |               |
    H    | 2024-03-01  | 2024-03-08   | no      | no      | yes    |              | yes           |
    I    | 2024-03-01  |              | yes     | yes     | yes    |              | yes           |
"""


def test_each_kind_of_case_counts_as_the_law_has_it():
    found = on_time(drawn_log(MIXED)).row(0, named=True)
    # judged: A on time, B by its extension, C withdrawn when it was late; D was withdrawn in time, E and F are not yet
    # due, G never had a clock, H and I are judged by the statute, apart
    assert (found["judged_count"], found["late_count"], found["withdrawn_late_count"]) == (3, 1, 1)
    assert found["on_time_share"] == pytest.approx(2 / 3)
    assert (found["by_extension_count"], found["on_time_share_without_extensions"]) == (1, pytest.approx(1 / 3))
    assert (found["not_yet_due_count"], found["not_accepted_count"], found["not_judged_count"]) == (2, 1, 0)
    assert (found["green_lane_count"], found["green_lane_judged_count"], found["green_lane_late_count"]) == (2, 2, 1)
    assert found["green_lane_on_time_share"] == 0.5


def test_every_case_is_judged_or_stands_beside_the_share():
    found = on_time(drawn_log(MIXED)).row(0, named=True)
    beside = ("judged", "not_yet_due", "green_lane", "not_judged", "not_accepted")
    withdrawn_in_time = found["withdrawn_count"] - found["withdrawn_late_count"]
    assert sum(found[f"{kind}_count"] for kind in beside) + withdrawn_in_time == found["case_count"] == 9

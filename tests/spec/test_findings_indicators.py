"""Every indicator on one small table, and how each kind of case counts."""

from dataclasses import replace

import pytest
from support.drawn_cases import drawn, logged

from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.performance.indicators import INDICATORS, Indicator, indicators

CASES = """
    case | status    | is_green_lane | accepted_on | completed_on | due_on     | counted | is_open | is_late | promised
    A    |           |               | 2024-03-04  | 2024-03-04   | 2024-03-11 | 0       | no      | no      | 5
    B    |           |               | 2024-03-04  | 2024-03-08   | 2024-03-11 | 4       | no      | no      | 5
    C    |           |               | 2024-03-04  | 2024-03-11   | 2024-03-11 | 5       | no      | no      | 5
    D    |           |               | 2024-03-04  | 2024-03-13   | 2024-03-11 | 7       | no      | yes     | 5
    E    |           |               | 2024-03-04  |              | 2024-03-11 | 9       | yes     | yes     | 5
    F    |           |               | 2024-03-28  |              | 2024-04-11 | 1       | yes     | no      | 10
    G    | withdrawn |               | 2024-03-04  | 2024-03-04   | 2024-03-05 | 0       | no      | no      | 1
    H    |           | yes           | 2024-03-04  | 2024-03-04   | 2024-03-05 | 0       | no      | no      | 1
    I    | withdrawn |               | 2024-03-04  |              | 2024-03-05 | 40      | yes     |         | 1
    J    | withdrawn |               | 2024-03-04  | 2024-03-13   | 2024-03-11 | 7       | no      | yes     | 5
    K    |           |               | 2024-03-28  | 2024-03-28   | 2024-04-11 | 0       | no      | no      | 10
    L    |           |               | 2024-03-04  | 2024-03-13   | 2024-03-14 | 7       | no      | no      | 5
"""
# Judged on 1 April. L was extended until 14 March, J was withdrawn when it was late; K is done and not due yet.

EXPECTED = {
    "completed_count": 7,  # A B C D H K L
    "open_count": 2,  # E F
    "overdue_open_count": 1,  # E
    "on_time_share": 4 / 7,  # A B C L of A B C D E J L
    "on_time_without_extensions_share": 3 / 7,  # A B C
    "on_time_with_grounded_stops_share": 3 / 7,  # A B L: two days of C's were stopped without a ground
    "statutory_on_time_share": 5 / 6,  # A B C D L of A B C D E L; J was withdrawn within the twenty days of the law
    "not_yet_due_count": 2,  # F K
    "withdrawn_late_count": 1,  # J
    "early_completion_share": 3 / 7,  # A B L of A B C D E J L
    "on_the_spot_share": 3 / 7,  # A H K of A B C D H K L
    "counted_days_mean": 23 / 6,  # A B C D K L
    "promise_speed_up_share": 1 - 50 / 160,  # promised 6 * 5 + 2 * 10 of statutory 8 * 20: A B C D E F K L
    "actual_speed_up_share": 1 - 23 / 120,  # counted 23 of statutory 6 * 20: A B C D K L
}


def rows(text: str = CASES) -> list[dict[str, object]]:
    shared = {"department": "housing", "statutory_length": 20, "statutory_unit": "working_days"}
    units = {"promised_unit": "working_days", "limit_unit": "working_days"}
    return [
        {**shared, **units, **row, **judged(row), **lengths(row)} | {"case_key": n} for n, row in enumerate(drawn(text))
    ]


def judged(row: dict[str, object]) -> dict[str, object]:
    case = row["case"]
    return {
        "is_due": str(row["due_on"]) < "2024-04-01",
        "is_late_unextended": True if case == "L" else None,
        "is_late_with_ground": True if case == "C" else None,
        "is_late_by_statute": case == "E" if case in "ABCDEJKL" else None if case in "GI" else row["is_late"] == "yes",
    }


def lengths(row: dict[str, object]) -> dict[str, object]:
    promised = row["promised"]
    return {"promised_length": promised, "limit_days": promised, "counted_days": row["counted"]}


def figures(cases: list[dict[str, object]]) -> dict[str, object]:
    return indicators(logged(cases, []), by="all").row(0, named=True)


def test_every_indicator_has_an_expected_value():
    found = figures(rows())
    assert {indicator.name: found[indicator.name] for indicator in INDICATORS} == pytest.approx(EXPECTED)


def test_no_expected_value_is_left_over():
    assert list(EXPECTED) == [indicator.name for indicator in INDICATORS]


KINDS = {
    "open": ["Z | | | 2024-03-28 | | 2024-04-11 | 1 | yes | no | 10"],
    "overdue_open": ["Z | | | 2024-03-04 | | 2024-03-18 | 30 | yes | yes | 10"],
    "withdrawn": [
        "Z | withdrawn | | 2024-03-04 | 2024-03-04 | 2024-03-18 | 0 | no | no | 10",
        "Z | withdrawn | | 2024-03-04 | | 2024-03-18 | 30 | yes | | 10",
    ],
    "withdrawn_late": ["Z | withdrawn | | 2024-03-04 | 2024-03-25 | 2024-03-18 | 15 | no | yes | 10"],
    "green_lane": [
        "Z | | yes | 2024-03-04 | 2024-03-04 | 2024-03-18 | 0 | no | no | 10",
        "Z | | yes | 2024-03-04 | | 2024-03-18 | 30 | yes | yes | 10",
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_case_counts_as_the_indicators_say(kind):
    before = figures(rows())
    after = [figures(rows(f"{CASES.rstrip()}\n    {line}\n")) for line in KINDS[kind]]
    for indicator in INDICATORS:
        moves = [found[indicator.name] - before[indicator.name] for found in after]
        counts = getattr(indicator, kind)
        assert any(moves) == (counts != "left_out"), indicator.name
        if counts == "against":
            assert all((move > 0) == (indicator.better == "lower") for move in moves), indicator.name


def test_every_indicator_has_both_names_and_a_direction():
    for indicator in INDICATORS:
        assert indicator.zh
        assert indicator.en
        assert indicator.better in ("higher", "lower", "neither")
        assert indicator.name.endswith({"cases": "_count", "share": "_share", "days": "_mean"}[indicator.unit])


def test_shares_of_nothing_are_null():
    found = figures([row for row in rows() if row["case"] == "F"])
    shares = ("on_time_share", "early_completion_share", "statutory_on_time_share", "actual_speed_up_share")
    assert [found[name] for name in shares] == [None] * 4


def test_a_mean_over_days_of_two_units_is_not_taken():
    mixed = rows()
    mixed[1]["limit_unit"] = "calendar_days"
    assert figures(mixed)["counted_days_mean"] is None


def test_one_unit_of_time_is_never_divided_by_another():
    found = figures([{**row, "statutory_unit": "months", "statutory_length": 1} for row in rows()])
    assert (found["promise_speed_up_share"], found["actual_speed_up_share"]) == (None, None)


def test_a_promise_on_the_spot_speeds_up_by_the_whole_limit():
    on_the_spot = {"promised_unit": "on_the_spot", "limit_unit": "on_the_spot", "promised_length": 0, "limit_days": 0}
    found = figures([{**row, **on_the_spot} for row in rows()])
    assert found["promise_speed_up_share"] == 1.0


def test_levels_are_only_another_group():
    cases = [*rows(), {**rows()[0], "case_key": 99, "department": None}]
    found = indicators(logged(cases, []))
    assert found["department"].to_list() == ["housing", None]
    assert found["completed_count"].to_list() == [7, 1]
    assert indicators(logged(cases, []), by="month")["month"].to_list() == ["2024-03"]


def test_an_unknown_level_is_a_wrong_call():
    with pytest.raises(CallError, match="no level 'officer'"):
        indicators(logged([], []), by="officer")  # type: ignore[arg-type]


def test_an_indicator_is_a_value():
    first = INDICATORS[0]
    assert replace(first) == first
    assert isinstance(first, Indicator)

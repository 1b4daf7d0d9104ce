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
    I    | withdrawn |               | 2024-03-04  |              | 2024-03-05 | 40      | yes     | yes     | 1
"""

EXPECTED = {
    "completed_count": 5,  # A B C D H
    "open_count": 2,  # E F
    "overdue_open_count": 1,  # E
    "on_time_share": 3 / 5,  # A B C of A B C D E
    "early_completion_share": 2 / 4,  # A B of A B C D
    "on_the_spot_share": 2 / 5,  # A H of A B C D H
    "counted_days_mean": 16 / 4,  # A B C D
    "promise_speed_up_share": 1 - 35 / 120,  # promised 5 * 5 + 10 of statutory 6 * 20: A B C D E F
    "actual_speed_up_share": 1 - 16 / 80,  # counted 16 of statutory 4 * 20: A B C D
}


def rows(text: str = CASES) -> list[dict[str, object]]:
    shared = {"department": "housing", "statutory_length": 20, "statutory_unit": "working_days"}
    units = {"promised_unit": "working_days", "limit_unit": "working_days"}
    return [{**shared, **units, **row, **lengths(row), "case_key": key} for key, row in enumerate(drawn(text))]


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
        "Z | withdrawn | | 2024-03-04 | | 2024-03-18 | 30 | yes | yes | 10",
    ],
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
    assert [found[name] for name in ("on_time_share", "early_completion_share", "actual_speed_up_share")] == [None] * 3


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
    assert found["completed_count"].to_list() == [5, 1]
    assert indicators(logged(cases, []), by="month")["month"].to_list() == ["2024-03"]


def test_an_unknown_level_is_a_wrong_call():
    with pytest.raises(CallError, match="no level 'officer'"):
        indicators(logged([], []), by="officer")  # type: ignore[arg-type]


def test_an_indicator_is_a_value():
    first = INDICATORS[0]
    assert replace(first) == first
    assert isinstance(first, Indicator)

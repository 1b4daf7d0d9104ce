"""What a first comparison of departments says, and what it does not."""

import datetime as dt

import pytest
from support.drawn_cases import logged

from efficacy_analytics.findings.performance.departments import departments


def cases(department: str | None, late: int, in_time: int, days: int = 4) -> list[dict[str, object]]:
    shared = {"department": department, "limit_unit": "working_days", "counted_days": days, "limit_days": 10}
    return [
        {**shared, "is_late": number < late, "throughput_elapsed_seconds": 86_400 * days}
        for number in range(late + in_time)
    ]


def found(
    rows: list[dict[str, object]], events: list[dict[str, object]] | None = None
) -> dict[object, dict[str, object]]:
    numbered = [{"case_key": key, **row} for key, row in enumerate(rows)]
    table = departments(logged(numbered, events or []))
    return {row["department"]: row for row in table.iter_rows(named=True)}


def test_a_department_is_separable_only_if_its_interval_leaves_out_the_overall_share():
    rows = found(cases("housing", 1, 99) + cases("water", 40, 60) + cases("parks", 1, 3))
    # 162 of 204 in time: 0.794. Clopper-Pearson: 99 of 100 0.946-1.000, 60 of 100 0.497-0.697, 3 of 4 0.194-0.994.
    assert {name: row["is_separable"] for name, row in rows.items()} == {"housing": True, "parks": False, "water": True}
    assert rows["parks"]["overall_on_time_share"] == pytest.approx(162 / 204)


def test_departments_are_not_ranked():
    rows = found(cases("water", 0, 9) + cases(None, 0, 1) + cases("housing", 9, 0))
    assert list(rows) == ["housing", "water", None]
    assert not any("rank" in name for name in rows["housing"])


def test_where_nothing_was_judged_nothing_is_separable():
    unlimited = [{**row, "is_late": None} for row in cases("housing", 0, 3)]
    (row,) = found(unlimited).values()
    assert (row["on_time_share"], row["overall_on_time_share"], row["is_separable"]) == (None, None, None)


def test_medians_are_of_completed_cases():
    still_open = [{**row, "is_open": True} for row in cases("housing", 0, 5, days=90)]
    row = found(cases("housing", 0, 1, days=4) + cases("housing", 0, 1, days=6) + still_open)["housing"]
    assert (row["counted_days_median"], row["counted_unit"]) == (5.0, "working_days")
    assert row["throughput_elapsed_seconds_median"] == 5 * 86_400


def test_a_median_over_days_of_two_units_is_not_taken():
    rows = cases("housing", 0, 3) + [{**row, "limit_unit": "calendar_days"} for row in cases("housing", 0, 3)]
    row = found(rows)["housing"]
    assert (row["counted_days_median"], row["counted_unit"]) == (None, None)


def test_the_largest_wait_of_a_department_is_named_with_its_share():
    steps = [("apply", None, None), ("review", "housing", 100), ("decide", "housing", 300), ("deliver", "water", 50)]
    events = [
        {"case_key": key, "event_number": number, "activity": activity, "department": department}
        | {"waiting_elapsed_seconds": wait, "waiting_open_seconds": wait, "is_start_recorded": True}
        for key in range(2)
        for number, (activity, department, wait) in enumerate(steps, 1)
    ]
    rows = found(cases("housing", 0, 2) + cases("parks", 0, 1), events)
    housing = rows["housing"]
    assert (housing["bottleneck_activity"], housing["bottleneck_next_activity"]) == ("review", "decide")
    assert (housing["bottleneck_share"], housing["bottleneck_share_low"]) == (0.75, None)  # of two cases
    assert rows["parks"]["bottleneck_activity"] is None


def test_where_nobody_waited_no_step_holds_most_of_the_waiting():
    noon = dt.datetime(2025, 1, 6, 12, tzinfo=dt.UTC)
    events = [
        {"case_key": key, "event_number": number, "activity": activity, "department": "housing",
         "started_at": noon, "completed_at": noon, "is_start_recorded": True,
         "waiting_elapsed_seconds": 0, "waiting_open_seconds": 0}
        for key in range(2) for number, activity in enumerate(("review", "decide"), 1)
    ]  # fmt: skip
    row = found(cases("housing", 0, 2), events)["housing"]
    assert (row["bottleneck_activity"], row["bottleneck_share"]) == (None, None)

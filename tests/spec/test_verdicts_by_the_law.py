"""Each situation that the law has a word for, taken in, published and judged: the verdicts are worked out by hand.

March 2025 has no holiday; 4 April is Qingming. Ten working days from Monday 3 March end on Monday the 17th, twenty on
Monday the 31st. The day of the verdict is 30 June.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.drawn_cases import drawn
from support.intake import ingest
from support.small_city import small_city

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.findings.limits.promises import promises_beyond_statute
from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.findings.supervision.chances.rows import lay_out_cases
from efficacy_analytics.findings.supervision.responsibility import breach_causes
from efficacy_analytics.findings.supervision.sampling import audit_sample
from efficacy_analytics.workflows import steps as pipeline

ITEMS = """
    item   | statutory_length | statutory_unit | promised_length | promised_unit
    ten    | 20               | working_days   | 10              | working_days
    days   | 10               | calendar_days  | 10              | working_days
    month  | 1                | months         | 10              | working_days
    rest   | 20               | calendar_days  | 14              | calendar_days
"""
# Days of 2025. Due and class by hand; in the last column the shortest limit that the case would have kept.
CASES = """
    case | item  | applied | accepted | ended | status    | green | stop                | due   | class          | needs
    A1   | ten   | 03-03   |          | 03-18 |           |       | supply 03-11 03-11  | 03-17 | late           | 11
    A2   | ten   | 03-03   |          |       |           |       | supply 03-10        |       | not_judged     |
    A3   | ten   | 03-03   |          | 03-14 |           |       |                     | 03-17 | on_time        | 9
    A4   | ten   | 03-03   | 03-12    | 03-26 |           |       | supply 03-11 03-11  | 03-26 | on_time        | 10
    A5   | ten   | 03-03   |          | 03-14 |           |       | supply 03-10        |       | not_judged     |
    E1   | ten   | 03-03   | 03-03    | 03-28 |           |       | extension 03-14     | 03-31 | by_extension   | 9
    E2   | ten   | 03-03   | 03-03    | 03-14 |           |       | extension 03-13     | 03-31 | on_time        | 0
    E3   | ten   | 03-03   | 03-03    | 04-01 |           |       | extension 03-14     | 03-31 | late           | 11
    M1   | days  | 03-03   | 03-03    | 03-14 |           |       |                     | 03-17 | on_time        | 9
    M2   | month | 03-03   | 03-03    | 03-28 |           |       |                     | 03-17 | late           | 19
    M3   | rest  | 03-01   | 03-01    | 03-17 |           |       |                     | 03-17 | on_time        | 14
    M4   | rest  | 03-01   | 03-01    | 03-18 |           |       |                     | 03-17 | late           | 17
    W1   | ten   | 03-03   | 03-03    | 03-17 | withdrawn |       |                     | 03-17 | withdrawn      | 10
    W2   | ten   | 03-03   | 03-03    | 03-18 | withdrawn |       |                     | 03-17 | withdrawn_late | 11
    W3   | ten   | 03-03   | 03-03    |       |           |       | withdrawal 03-20    | 03-17 | withdrawn_late | 13
    N1   | ten   | 03-03   |          |       | 不予受理  |       |                     |       | not_accepted   |
    G1   | ten   | 03-03   | 03-03    | 03-28 |           | true  |                     | 03-31 | green_lane     | 19
    G2   | ten   | 03-03   | 03-03    | 04-02 |           | true  |                     | 03-31 | green_lane     | 22
    G3   | ten   | 03-03   | 03-03    | 04-02 |           |       | green_lane 03-10    | 03-31 | green_lane     | 22
    Y1   | ten   | 06-23   | 06-23    | 06-24 |           |       |                     | 07-07 | not_yet_due    | 1
    Y2   | ten   | 06-16   | 06-16    | 06-20 |           |       |                     | 06-30 | not_yet_due    | 4
    O1   | ten   | 06-13   | 06-13    |       |           |       |                     | 06-27 | overdue        | 11
    S1   | ten   | 03-03   | 03-03    | 03-20 |           |       | pause 03-05 03-12   | 03-24 | on_time        | 8
    S2   | ten   | 03-03   | 03-03    | 03-20 |           |       | hearing 03-05 03-12 | 03-24 | on_time        | 8
"""
KINDS = {"supply": "supplement", "pause": "suspension"}
ROWS = {row["case"]: row for row in drawn(CASES)}
CASE_COLUMNS = [
    *("case_id", "item", "department", "kind", "channel", "status", "is_green_lane"),
    *("applied_at", "accepted_at", "completed_at"),
]
STEP_COLUMNS = ["case_id", "activity", "department", "resource", "started_at", "completed_at", "recorded_at"]
STOP_COLUMNS = [
    *("case_id", "kind", "stopped_from_on", "stopped_until_on", "extension_days", "reason", "recorded_at"),
]


def on(day: str | None) -> str:
    return f"2025-{day}" if day else ""


def at(day: str | None) -> str:
    return f"{on(day)} 10:00:00" if day else ""


def written(folder: Path, name: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def exported(folder: Path) -> Path:
    """The drawn cases as the city's layout reads them."""
    folder.mkdir()
    cases, steps, stops = [], [], []
    for case, row in ROWS.items():
        moments = {name: at(row[name]) for name in ("applied", "accepted", "ended")}
        cases.append(
            {"case_id": case, "item": row["item"], "department": "D1", "kind": "promised", "channel": "window",
             "status": row["status"] or "", "is_green_lane": row["green"] or "false",
             "applied_at": moments["applied"], "accepted_at": moments["accepted"], "completed_at": moments["ended"]}
        )  # fmt: skip
        for activity, name in (("application", "applied"), ("acceptance", "accepted"), ("decision", "ended")):
            if moments[name]:
                stamps = dict.fromkeys(("started_at", "completed_at", "recorded_at"), moments[name])
                steps.append({"case_id": case, "activity": activity, "department": "D1", **stamps})
        if row["stop"]:
            kind, begun, *ended = str(row["stop"]).split()
            span = {"stopped_from_on": on(begun), "stopped_until_on": on("".join(ended))}
            stops.append({"case_id": case, "kind": KINDS.get(kind, kind), **span})
    item = {"department": "D1", "name_zh": "事项", "name_en": "item", "kind": "promised", "valid_from": "2024-01-01"}
    items = [{**item, **row, "valid_until": ""} for row in drawn(ITEMS)]
    names = {"name_zh": "某", "name_en": "some"}
    written(folder, "cases", CASE_COLUMNS, cases)
    written(folder, "steps", STEP_COLUMNS, steps)
    written(folder, "clock_stops", STOP_COLUMNS, stops)
    written(folder, "items", list(items[0]), items)
    written(folder, "departments", ["department", *names], [{"department": "D1", **names}])
    activities = [{"activity": name, "stage": name, **names} for name in ("application", "acceptance", "decision")]
    written(folder, "activities", ["activity", "stage", *names], activities)
    return folder


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("law")
    ingest(folder / "lake", [exported(folder / "export")], "city")
    pipeline.publish(folder / "lake", as_on=dt.date(2025, 6, 30))
    with open_log(folder / "lake") as opened:
        yield opened


@pytest.fixture(scope="module")
def found(log: Session) -> dict[str, dict[str, Any]]:
    return {row["case_id"]: row for row in log.sql("select * from cases order by case_id").iter_rows(named=True)}


@pytest.mark.parametrize("case", ROWS)
def test_each_situation_has_the_verdict_of_the_law(found: dict[str, dict[str, Any]], case: str) -> None:
    row, drawn_row = found[case], ROWS[case]
    due_on = dt.date.fromisoformat(on(drawn_row["due"])) if drawn_row["due"] else None
    needed = int(drawn_row["needs"]) if drawn_row["needs"] else None
    assert (row["due_on"], row["verdict_class"], row["needed_days"]) == (due_on, drawn_row["class"], needed)


def test_an_application_that_was_answered_in_time_and_never_accepted_is_not_one_without_a_time(log: Session) -> None:
    facts = log.sql("select is_open, counted_days, clock_flags from cases where case_id = 'A5'").row(0)
    assert facts[:2] == (False, None)
    assert "not_accepted" in facts[2]
    assert limits(log)["untimed_count"].sum() == 0


def test_who_was_never_answered_in_time_is_deemed_accepted_on_receipt(found: dict[str, dict[str, Any]]) -> None:
    # The sixth working day after receipt is too late (A1), the fifth is not (A2); no answer at all is too late (A3);
    # what is recorded as accepted stands (A4).
    deemed = [case for case, row in found.items() if "deemed_accepted" in row["clock_flags"]]
    assert deemed == ["A1", "A3"]


def test_the_statute_judges_beside_the_promise_whatever_the_units(
    found: dict[str, dict[str, Any]], log: Session
) -> None:
    # Ten calendar days from 3 March end on the 13th, a month on 3 April, twenty from 1 March on the 21st.
    by_statute = {
        case: (str(found[case]["statutory_due_on"]), found[case]["is_late_by_statute"]) for case in ("M1", "M2", "M4")
    }
    assert by_statute == {"M1": ("2025-03-13", True), "M2": ("2025-04-03", False), "M4": ("2025-03-21", False)}
    (promise,) = promises_beyond_statute(log).to_dicts()
    assert (promise["item"], promise["promised_days"], promise["statutory_unit"]) == ("days", 10, "calendar_days")
    assert (promise["longer_count"], promise["longer_days_most"], promise["late_by_statute_only_count"]) == (1, 4, 1)


def test_a_stop_without_a_ground_in_the_law_is_told_apart(found: dict[str, dict[str, Any]]) -> None:
    # S1 and S2 stopped for five working days; without them 13 of ten days were counted.
    stopped = {case: (found[case]["ungrounded_days"], found[case]["is_late_with_ground"]) for case in ("S1", "S2")}
    assert stopped == {"S1": (5, True), "S2": (0, False)}


def test_the_shares_are_those_of_the_table(log: Session) -> None:
    row = on_time(log).row(0, named=True)
    judged = ["A1", "A3", "A4", "E1", "E2", "E3", "M1", "M2", "M3", "M4", "W2", "W3", "O1", "S1", "S2"]
    late = ["A1", "E3", "M2", "M4", "W2", "W3", "O1"]
    assert (row["judged_count"], row["late_count"]) == (len(judged), len(late))
    assert row["on_time_share_without_extensions"] == pytest.approx((len(judged) - len(late) - 1) / len(judged))
    assert row["on_time_share_with_grounded_stops"] == pytest.approx((len(judged) - len(late) - 1) / len(judged))
    assert (row["withdrawn_late_count"], row["not_yet_due_count"], row["not_accepted_count"]) == (2, 2, 1)
    assert (row["green_lane_judged_count"], row["green_lane_late_count"]) == (3, 2)


def test_the_overruns_divided_are_those_that_the_share_on_time_counts(log: Session) -> None:
    causes = breach_causes(log)
    assert causes["case_id"].unique().sort().to_list() == ["A1", "E3", "M2", "M4", "O1", "W2", "W3"]
    assert causes["case_id"].n_unique() == on_time(log)["late_count"][0]
    # Withdrawn on the first working day after the due date, and on the third.
    overrun = dict(causes.group_by("case_id").agg(pl.col("overrun_days").sum()).rows())
    assert (overrun["W2"], overrun["W3"]) == (1, 3)


def test_what_was_withdrawn_or_refused_is_not_looked_into_as_a_completed_case(log: Session) -> None:
    drawn = set(audit_sample(log)["case_id"])
    completed = {case for case, row in ROWS.items() if row["ended"] and row["status"] is None}
    assert drawn == completed
    assert {"W1", "W2", "N1"} & ROWS.keys() == {"W1", "W2", "N1"}


def test_no_chance_is_told_of_the_green_lane_by_mark_or_by_stop(log: Session) -> None:
    with log.scope():
        lay_out_cases(log, dt.date(2025, 6, 30))
        told = log.sql("select case_id from chance_cases inner join cases using (case_key)")["case_id"]
    assert "E1" in told
    assert not {"G1", "G2", "G3"} & set(told)


def test_limits_see_the_times_that_the_verdicts_judge(log: Session) -> None:
    times = dict(limit_times(log).join(log.sql("select case_key, case_id from cases"), on="case_key").select(
        "case_id", "needed_days").rows())  # fmt: skip
    assert {case: times[case] for case in ("E1", "E3", "M3", "M4", "O1")} == {
        case: int(ROWS[case]["needs"]) for case in ("E1", "E3", "M3", "M4", "O1")
    }


def test_limits_tell_extensions_and_withdrawn_cases_beside_and_use_no_time_of_these(
    found: dict[str, dict[str, Any]], log: Session
) -> None:
    table = limits(log)
    for row in table.iter_rows(named=True):
        own = [
            case for case in found.values() if (case["department"], case["item"]) == (row["department"], row["item"])
        ]
        classes = [case["verdict_class"] for case in own]
        late = sum(case["is_judged"] and case["is_late"] for case in own)
        assert row["by_extension_count"] == classes.count("by_extension")
        assert row["withdrawn_count"] == sum(case["is_withdrawn"] for case in own)
        assert row["withdrawn_late_count"] == classes.count("withdrawn_late")
        if row["judged_count"]:
            kept = row["judged_count"] - late - row["by_extension_count"]
            assert row["on_time_share_without_extensions"] == pytest.approx(kept / row["judged_count"])
    assert table["by_extension_count"].sum() == 1
    assert table["withdrawn_count"].sum() > table["withdrawn_late_count"].sum() == 2
    withdrawn = {case["case_key"] for case in found.values() if case["is_withdrawn"]}
    assert not withdrawn & set(limit_times(log)["case_key"])


def test_the_planted_situations_of_the_city_have_the_verdicts_of_the_law(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    planted = {row["what"]: row for row in make_city(tmp_path / "city", cases=2_500, seed=7).legal}
    ingest(lake, [tmp_path / "city"], "city")
    pipeline.publish(lake)
    with open_log(lake) as log:
        rows = {row["case_id"]: row for row in log.sql("select * from cases order by case_id").iter_rows(named=True)}
        beyond = set(promises_beyond_statute(log)["item"])
    assert planted["withdrawn_late"]["cases"]
    assert {rows[case]["verdict_class"] for case in planted["withdrawn_late"]["cases"]} == {"withdrawn_late"}
    assert planted["answered_late"]["cases"]
    for case in planted["answered_late"]["cases"]:
        assert "deemed_accepted" in rows[case]["clock_flags"]
        assert "supplement_overdue" in rows[case]["clock_flags"]
        assert rows[case]["is_judged"]
    assert beyond == set(planted["beyond_statute"]["items"]) & {row["item"] for row in rows.values()}
    closed = planted["closed_export"]["department"]
    assert not any(row["is_open"] for row in rows.values() if row["department"] == closed)


def test_notices_that_come_late_give_the_usual_reasons_so_that_nothing_else_looks_odd(tmp_path: Path) -> None:
    planted = {row["what"]: row for row in make_city(tmp_path, cases=6_000, seed=7).legal}
    stops = pl.read_csv(tmp_path / "clock_stops.csv").filter(pl.col("kind") == "supplement")
    is_planted = pl.col("case_id").is_in(planted["answered_late"]["cases"])
    late, usual = (stops.filter(chosen)["reason"].value_counts().sort("reason") for chosen in (is_planted, ~is_planted))
    assert set(late["reason"]) <= set(usual["reason"])
    assert late.height > 2
    assert late["count"].max() < 0.6 * late["count"].sum()


def test_a_case_whose_limit_is_that_of_the_law_is_judged_by_the_law() -> None:
    with open_log(small_city()[0]) as log:
        found = log.sql(
            "select is_judged_by_statute, statutory_due_on = due_on, is_late_by_statute = is_late, count(*)"
            " from cases where is_judged and limit_days = statutory_length and limit_unit = statutory_unit group by all"
        )
    assert [row[:3] for row in found.rows()] == [(True, True, True)]

"""Why files wait: one worked example for each cause, and for the order in which causes are taken out.

The calendar is China's: office hours 09:00-12:00 and 13:30-17:00; 25 March 2024 is a Monday.
"""

import datetime as dt

import polars as pl
import pytest
from support.drawn import drawn_log

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.findings.waiting.causes import Assumptions, waiting_causes, waiting_effects, waiting_transitions
from efficacy_analytics.findings.waiting.contributions import contributions

CAUSES = ("clock_stop", "applicant", "batching", "contention", "prioritisation", "unavailability", "extraneous")
HOUR = 3600


def log_of(drawing: str, *, stop: tuple[str, str] | None = None, applicants: tuple[str, ...] = ()) -> DuckdbEngine:
    """The engine of a drawn log in Shanghai; a stop is of the case drawn first."""
    log = drawn_log(drawing)
    zone = {"first_case_key": [0], "calendar_number": [1], "time_zone": ["Asia/Shanghai"]}
    log.put("deliveries", pl.DataFrame(zone))
    log.put("applicant_activities", pl.DataFrame({"activity": applicants}, schema={"activity": pl.String}))
    log.put("clock_settings", pl.DataFrame({"as_on": [dt.date(2024, 4, 30)], "stop_takes_out_its_first_day": [False]}))
    days = [dt.date.fromisoformat(day) for day in stop] if stop else []
    log.connection.execute(
        "create table clock_stops (case_key int, effect varchar, stopped_from_on date, stopped_until_on date)"
    )
    if stop:
        log.connection.execute("insert into clock_stops values (0, 'stops', $1, $2)", days)
    return log


def hours_of(log: DuckdbEngine, case: str, activity: str) -> dict[str, float]:
    """The causes of one wait in hours, those that are 0 left out."""
    (row,) = waiting_transitions(log).filter(case_id=case, next_activity=activity).to_dicts()
    assert sum(row[f"{cause}_seconds"] for cause in CAUSES) == row["waiting_seconds"]
    return {cause: row[f"{cause}_seconds"] / HOUR for cause in CAUSES if row[f"{cause}_seconds"]}


def test_a_file_that_lies_while_its_officer_is_free_waits_for_nothing_known():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:30
        A    | review   | ann      | 2024-03-25T11:30 | 2024-03-25T12:00
    """)
    assert hours_of(log, "A", "review") == {"extraneous": 2}


def test_the_lunch_hour_the_night_and_a_holiday_are_not_worked():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T11:00 | 2024-03-25T11:00
        A    | review   | ann      | 2024-03-26T09:30 | 2024-03-26T10:00
        B    | apply    | window   | 2024-04-03T17:00 | 2024-04-03T17:00
        B    | review   | ann      | 2024-04-07T09:00 | 2024-04-07T10:00
    """)
    # 11-12, 13:30-17 and 9-9:30 are worked; 1.5 h of lunch and 16 h of night are not.
    assert hours_of(log, "A", "review") == {"unavailability": 17.5, "extraneous": 5}
    assert hours_of(log, "B", "review") == {"unavailability": 88}  # Qingming, and the nights around it


def test_an_officer_at_work_on_a_file_that_was_there_earlier_is_contention():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T09:10 | 2024-03-25T09:30
        A    | review   | ann      | 2024-03-25T09:15 | 2024-03-25T11:00
        B    | decide   | ann      | 2024-03-25T11:30 | 2024-03-25T12:00
    """)
    assert hours_of(log, "B", "decide") == {"contention": 1.5, "extraneous": 0.5}


def test_a_file_that_came_later_and_is_taken_first_is_prioritisation():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T09:10 | 2024-03-25T09:30
        B    | decide   | ann      | 2024-03-25T09:30 | 2024-03-25T11:00
        A    | review   | ann      | 2024-03-25T11:00 | 2024-03-25T12:00
    """)
    assert hours_of(log, "A", "review") == {"prioritisation": 1.5, "extraneous": 0.5}


def test_files_collected_and_done_in_a_row_wait_for_the_last_of_them():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T10:00 | 2024-03-25T10:00
        C    | apply    | window   | 2024-03-25T10:30 | 2024-03-25T10:30
        A    | sign     | ann      | 2024-03-25T11:00 | 2024-03-25T11:10
        B    | sign     | ann      | 2024-03-25T11:10 | 2024-03-25T11:20
        C    | sign     | ann      | 2024-03-25T11:20 | 2024-03-25T11:30
    """)
    ten_minutes = pytest.approx(1 / 6)
    assert hours_of(log, "A", "sign") == {"batching": 1.5, "extraneous": 0.5}
    # Within the batch those that came before go first: contention.
    assert hours_of(log, "B", "sign") == {"batching": 0.5, "contention": ten_minutes, "extraneous": 0.5}
    assert hours_of(log, "C", "sign") == {"contention": pytest.approx(1 / 3), "extraneous": 0.5}


def test_within_a_batch_one_that_came_later_and_goes_first_is_prioritised():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T10:00 | 2024-03-25T10:00
        B    | sign     | ann      | 2024-03-25T11:00 | 2024-03-25T11:30
        A    | sign     | ann      | 2024-03-25T11:30 | 2024-03-25T11:45
    """)
    assert hours_of(log, "A", "sign") == {"batching": 1, "prioritisation": 0.5, "extraneous": 1}


def test_one_that_was_not_there_when_the_first_began_is_not_of_the_batch():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T11:10 | 2024-03-25T11:15
        A    | sign     | ann      | 2024-03-25T11:00 | 2024-03-25T11:30
        B    | sign     | ann      | 2024-03-25T11:30 | 2024-03-25T11:45
    """)
    assert hours_of(log, "A", "sign") == {"extraneous": 2}
    assert hours_of(log, "B", "sign") == {"contention": 0.25}


def test_other_work_done_beside_a_batch_counts_as_contention_if_it_was_there_when_the_batch_was_complete():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        C    | apply    | window   | 2024-03-25T09:30 | 2024-03-25T09:30
        B    | apply    | window   | 2024-03-25T10:00 | 2024-03-25T10:00
        C    | check    | ann      | 2024-03-25T11:00 | 2024-03-25T11:15
        B    | sign     | ann      | 2024-03-25T11:00 | 2024-03-25T11:30
        A    | sign     | ann      | 2024-03-25T11:30 | 2024-03-25T11:45
    """)
    assert hours_of(log, "A", "sign") == {"batching": 1, "contention": 0.25, "prioritisation": 0.25, "extraneous": 1}


def test_a_batch_ends_where_its_own_work_does_whatever_an_earlier_batch_still_holds():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T08:50 | 2024-03-25T08:50
        B    | apply    | window   | 2024-03-25T08:55 | 2024-03-25T08:55
        C    | apply    | window   | 2024-03-25T09:03 | 2024-03-25T09:03
        D    | apply    | window   | 2024-03-25T09:10 | 2024-03-25T09:10
        A    | sign     | ann      | 2024-03-25T09:00 | 2024-03-25T12:00
        B    | sign     | ann      | 2024-03-25T09:05 | 2024-03-25T09:10
        C    | sign     | ann      | 2024-03-25T09:20 | 2024-03-25T09:30
        D    | sign     | ann      | 2024-03-25T10:00 | 2024-03-25T10:30
    """)
    # A and B are a batch. C came after it began and is done half an hour before D: those two are none.
    assert hours_of(log, "C", "sign") == {"contention": pytest.approx(17 / 60)}
    assert hours_of(log, "D", "sign") == {"contention": pytest.approx(50 / 60)}


def test_days_on_which_the_clock_stands_still_come_first():
    log = log_of(
        """
        case | activity | resource | started          | completed
        A    | notice   | ann      | 2024-03-25T09:00 | 2024-03-25T17:00
        A    | review   | ann      | 2024-03-28T09:00 | 2024-03-28T10:00
        """,
        stop=("2024-03-25", "2024-03-27"),  # the 26th and the 27th are taken out
    )
    # 17:00-24:00 and 00:00-09:00 are left, and nobody is there.
    assert hours_of(log, "A", "review") == {"clock_stop": 48, "unavailability": 16}


def test_what_the_applicant_does_waits_for_the_applicant():
    log = log_of(
        """
        case | activity     | resource | started          | completed
        A    | notice       | ann      | 2024-03-25T09:00 | 2024-03-25T17:00
        A    | resubmission | mrs li   | 2024-03-28T09:00 | 2024-03-28T09:00
        A    | review       | ann      | 2024-03-28T10:00 | 2024-03-28T11:00
        """,
        stop=("2024-03-25", "2024-03-26"),
        applicants=("resubmission",),
    )
    assert hours_of(log, "A", "resubmission") == {"clock_stop": 24, "applicant": 40}
    assert hours_of(log, "A", "review") == {"extraneous": 1}


def test_a_start_that_was_not_recorded_is_when_the_officer_was_free_at_last_and_says_so():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-25T09:05 | 2024-03-25T09:10
        A    | review   | ann      | 2024-03-25T09:00 | 2024-03-25T11:00
        B    | decide   | ann      |                  | 2024-03-25T12:00
    """)
    (row,) = waiting_transitions(log).filter(case_id="B").to_dicts()
    assert row["is_start_estimated"]
    assert row["waiting_seconds"] == row["contention_seconds"] == 110 * 60
    assert waiting_causes(log)["estimated_start_count"].to_list() == [1, 0]


def test_without_start_and_officer_there_is_no_telling_when_waiting_ended():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        A    | decide   |          |                  | 2024-03-25T12:00
    """)
    assert waiting_transitions(log).is_empty()


PARALLEL = """
    case | activity | resource | started          | completed
    A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
    A    | fire     | ann      | 2024-03-25T09:10 | 2024-03-25T09:30
    A    | roads    | bob      | 2024-03-25T10:00 | 2024-03-25T10:30
    B    | apply    | window   | 2024-03-26T09:00 | 2024-03-26T09:00
    B    | roads    | bob      | 2024-03-26T09:10 | 2024-03-26T09:30
    B    | fire     | ann      | 2024-03-26T10:00 | 2024-03-26T10:30
"""


def test_steps_that_come_in_either_order_do_not_wait_for_each_other():
    rows = waiting_transitions(log_of(PARALLEL)).select("case_id", "activity", "next_activity", "waiting_seconds")
    assert ("A", "apply", "roads", HOUR) in rows.rows()
    assert ("B", "apply", "fire", HOUR) in rows.rows()


def together(overlapping: int) -> DuckdbEngine:
    """Ten cases whose roads are always opened after fire; in so many of them before fire is done."""
    lines = ["case | activity | resource | started | completed"]
    for case in range(10):
        day, done = f"2024-03-{11 + case:02}", "09:30" if case < overlapping else "09:15"
        lines += [
            f"{case} | apply | window | {day}T09:00 | {day}T09:00",
            f"{case} | fire | ann{case} | {day}T09:10 | {day}T{done}",
            f"{case} | roads | bob{case} | {day}T09:20 | {day}T09:50",
        ]
    return log_of("\n".join(lines))


def test_steps_that_are_opened_in_turn_and_done_together_wait_for_what_came_before_both():
    rows = waiting_transitions(together(5)).filter(next_activity="roads")
    assert set(rows["activity"]) == {"apply"}
    assert set(rows["waiting_seconds"]) == {20 * 60}


def test_steps_that_are_together_now_and_then_wait_for_each_other():
    rows = waiting_transitions(together(4)).filter(next_activity="roads")
    assert sorted(rows["activity"]) == ["apply"] * 4 + ["fire"] * 6


def test_a_step_taken_up_a_little_before_the_last_is_done_waits_for_nothing():
    """Ten cases of five days of review and five of decision, which begin on its last day: no queue, and no waiting."""
    lines = ["case | activity | resource | started | completed"]
    for case in range(10):
        lines += [
            f"{case} | apply  | window    | 2024-03-0{1 + case % 3}T09:00 | 2024-03-0{1 + case % 3}T09:00",
            f"{case} | review | ann{case} | 2024-03-1{case % 3}T09:00     | 2024-03-1{5 + case % 3}T09:00",
            f"{case} | decide | bob{case} | 2024-03-1{4 + case % 3}T09:00 | 2024-03-2{case % 3}T09:00",
        ]
    log = log_of("\n".join(lines))
    rows = waiting_transitions(log).filter(next_activity="decide")
    assert set(rows["activity"]) == {"review"}
    assert set(rows["waiting_seconds"]) == {0}
    parts = contributions(log, replicates=20).filter(kind="waiting", next_activity="decide")
    assert parts["elapsed_seconds_total"].to_list() == [0]


def test_with_a_threshold_of_nothing_every_step_waits_for_the_one_before():
    rows = waiting_transitions(log_of(PARALLEL), assumed=Assumptions(dependency_threshold=0.0))
    assert ("A", "fire", "roads", HOUR / 2) in rows.select(
        "case_id", "activity", "next_activity", "waiting_seconds"
    ).rows()


def test_officers_are_kept_busy_by_cases_outside_the_cohort_too():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T09:00
        B    | apply    | window   | 2024-03-26T09:10 | 2024-03-26T09:30
        A    | review   | ann      | 2024-03-26T09:15 | 2024-03-26T11:00
        B    | decide   | ann      | 2024-03-26T11:00 | 2024-03-26T12:00
    """)
    choose(log, Cohort(where="case_id = 'B'"))
    assert waiting_causes(log)["contention_seconds"].to_list() == [1.5 * HOUR]


def test_efficiency_is_the_share_of_work_in_work_and_waiting():
    log = log_of("""
        case | activity | resource | started          | completed
        A    | apply    | window   | 2024-03-25T09:00 | 2024-03-25T10:00
        B    | apply    | window   | 2024-03-25T10:00 | 2024-03-25T11:00
        B    | decide   | ann      | 2024-03-25T11:00 | 2024-03-25T11:30
        A    | review   | ann      | 2024-03-25T11:30 | 2024-03-25T12:00
    """)
    # 3 h of work, and 1.5 h of waiting: 1 h with ann free, then half an hour while she does what came later.
    effects = {row["cause"]: row for row in waiting_effects(log).iter_rows(named=True)}
    assert list(effects)[:2] == ["extraneous", "prioritisation"]
    assert [row["efficiency_share"] for row in effects.values()] == [pytest.approx(3 / 4.5)] * 7
    assert effects["extraneous"]["efficiency_without_share"] == pytest.approx(3 / 3.5)
    assert effects["prioritisation"]["efficiency_without_share"] == pytest.approx(3 / 4)
    assert effects["clock_stop"]["efficiency_without_share"] == pytest.approx(3 / 4.5)


def weekly_log() -> DuckdbEngine:
    """Ann is at work on Tuesdays between 10 and 12 for twenty weeks; one file more is enabled on a Monday at 9."""
    tuesdays = [dt.datetime(2024, 1, 2, 10) + dt.timedelta(weeks=week) for week in range(20)]
    ends = [day + dt.timedelta(hours=1, minutes=30) for day in tuesdays]
    lines = [f"{day:%F} | review | ann | {day:%FT%R} | {end:%FT%R}" for day, end in zip(tuesdays, ends, strict=True)]
    return log_of(
        "\n".join(
            [
                "case | activity | resource | started | completed",
                *lines,
                "A | apply | window | 2024-05-13T09:00 | 2024-05-13T09:00",
                "A | check | ann | 2024-05-14T11:30 | 2024-05-14T11:45",
            ]
        )
    )


def test_hours_can_be_read_off_what_an_officer_does():
    # Given, the office is open for 6.5 h on Monday, and for 1 h on Tuesday before ann begins her weekly review.
    assert hours_of(weekly_log(), "A", "check") == {"unavailability": 17.5, "extraneous": 7.5, "prioritisation": 1.5}
    (row,) = waiting_transitions(weekly_log(), assumed=Assumptions(hours="discovered")).to_dicts()
    # Discovered, ann is there on Tuesdays from 10 to 12 only: all of Monday and the night are unavailability.
    assert (row["unavailability_seconds"], row["prioritisation_seconds"]) == (25 * HOUR, 1.5 * HOUR)


def test_hours_nobody_knows_are_a_wrong_call():
    with pytest.raises(CallError, match="no hours 'guessed'"):
        waiting_causes(weekly_log(), assumed=Assumptions(hours="guessed"))

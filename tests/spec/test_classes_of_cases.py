"""What kind of case it is for the clock: said once, when a snapshot is built, and read by every question."""

import re
from importlib import resources

import pytest
from support.drawn_cases import drawn_log
from support.small_city import small_city

from efficacy_analytics.event_log.cohort import open_log

CASES = """
    case | status       | is_green_lane | is_open | is_late | is_due | is_late_unextended | limit_unit
    A    | completed    | no            | no      | no      | yes    | no                 | working_days
    B    | completed    |               | no      | yes     | yes    | yes                | calendar_days
    C    |              | no            | yes     | no      | no     | no                 | on_the_spot
    D    |              | no            | yes     | yes     | yes    | yes                | months
    E    | completed    | no            | no      |         |        |                    |
    F    | withdrawn    | no            | no      | yes     | yes    | yes                | hours
    G    | completed    | yes           | no      | no      | yes    | no                 | working_days
    H    | withdrawn    | yes           | yes     | yes     | yes    | yes                | working_days
    I    |              |               | yes     |         |        |                    |
    J    | completed    |               | no      | no      | no     | no                 | working_days
    K    | completed    |               | no      | no      | yes    | yes                | working_days
    L    | withdrawn    |               | no      | no      | yes    | no                 | working_days
    M    | not_accepted |               | no      |         |        |                    | working_days
"""
# Under the clock is what is neither withdrawn nor on the green lane; judged, what is due and has a verdict, on the
# green lane apart: J was completed and is not due yet, K needed its extension, F was late when it was withdrawn, L was
# not, M was never accepted. Days on the spot are working days; months are counted in calendar days.
CLASSES = [
    ("A", False, True, True, "on_time", "working_days"),
    ("B", False, True, True, "late", "calendar_days"),
    ("C", False, True, False, "not_yet_due", "working_days"),
    ("D", False, True, True, "overdue", "calendar_days"),
    ("E", False, True, False, "not_judged", None),
    ("F", True, False, True, "withdrawn_late", "hours"),
    ("G", False, False, False, "green_lane", "working_days"),
    ("H", True, False, False, "withdrawn", "working_days"),
    ("I", False, True, False, "not_judged", None),
    ("J", False, True, False, "not_yet_due", "working_days"),
    ("K", False, True, True, "by_extension", "working_days"),
    ("L", True, False, False, "withdrawn", "working_days"),
    ("M", False, False, False, "not_accepted", "working_days"),
]


def test_each_case_has_one_class() -> None:
    # a drawn case takes its place as key; the letters are its order
    with drawn_log(cases=CASES) as log:
        found = log.connection.sql(
            "select case_key, is_withdrawn, is_under_clock, is_judged, verdict_class, counted_unit"
            " from cases order by case_key"
        ).fetchall()
    assert [("ABCDEFGHIJKLM"[key], *rest) for key, *rest in found] == CLASSES


def test_the_classes_of_a_published_city_add_up_to_its_cases_and_agree_with_its_verdicts() -> None:
    with open_log(small_city()[0]) as log:
        wrong = log.connection.sql(
            """select count(*) from cases where
            not is_withdrawn and verdict_class in ('withdrawn', 'withdrawn_late')
            or is_under_clock is distinct from
                (verdict_class not in ('withdrawn', 'withdrawn_late', 'green_lane'))
            or is_judged is distinct from
                (verdict_class in ('on_time', 'by_extension', 'late', 'overdue', 'withdrawn_late'))
            or is_judged and is_late is distinct from (verdict_class in ('late', 'overdue', 'withdrawn_late'))
            or is_judged and due_on >= (select as_on from snapshot)
            or verdict_class = 'not_yet_due' and due_on < (select as_on from snapshot)
            or is_late_unextended < is_late
            or is_late and needed_days <= limit_days
            or not is_late and needed_days > limit_days
            or is_judged and is_open is distinct from (verdict_class = 'overdue')"""
        ).fetchall()
        classes = {row[0] for row in log.connection.sql("select distinct verdict_class from cases").fetchall()}
    assert wrong == [(0,)]
    assert {"on_time", "by_extension", "late", "not_yet_due", "withdrawn", "green_lane"} <= classes


@pytest.mark.parametrize("made_again", [r"'withdrawn'", r"coalesce\((\w+\.)?is_green_lane", r"is_late or not"])
def test_no_question_makes_a_class_again(made_again: str) -> None:
    folder = resources.files("efficacy_analytics.engine").joinpath("queries")
    questions = [path for path in folder.rglob("*.sql") if path.parent.name not in ("cases", "explanation", "clock")]  # type: ignore[attr-defined]
    assert len(questions) > 100
    assert [path.name for path in questions if re.search(made_again, path.read_text(encoding="utf-8"))] == []

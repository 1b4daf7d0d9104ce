"""What kind of case it is for the clock: said once, when a snapshot is built, and read by every question."""

import re
from importlib import resources

import pytest
from support.drawn_cases import drawn_log
from support.small_city import small_city

from efficacy_analytics.event_log.cohort import open_log

CASES = """
    case | status    | is_green_lane | is_open | is_late | limit_unit
    A    | completed | no            | no      | no      | working_days
    B    | completed |               | no      | yes     | calendar_days
    C    |           | no            | yes     | no      | on_the_spot
    D    |           | no            | yes     | yes     | months
    E    | completed | no            | no      |         |
    F    | withdrawn | no            | no      | yes     | hours
    G    | completed | yes           | no      | no      | working_days
    H    | withdrawn | yes           | yes     | yes     | working_days
    I    |           |               | yes     |         |
"""
# Under the clock is what is neither withdrawn nor on the green lane; judged, what of it has a verdict and is completed,
# or open past its date. Days on the spot are working days; months are counted in calendar days.
CLASSES = [
    ("A", False, True, True, "on_time", "working_days"),
    ("B", False, True, True, "late", "calendar_days"),
    ("C", False, True, False, "open", "working_days"),
    ("D", False, True, True, "overdue", "calendar_days"),
    ("E", False, True, False, "not_judged", None),
    ("F", True, False, False, "withdrawn", "hours"),
    ("G", False, False, False, "green_lane", "working_days"),
    ("H", True, False, False, "withdrawn", "working_days"),
    ("I", False, True, False, "open", None),
]


def test_each_case_has_one_class() -> None:
    # a drawn case takes its place as key; the letters are its order
    with drawn_log(cases=CASES) as log:
        found = log.connection.sql(
            "select case_key, is_withdrawn, is_under_clock, is_judged, verdict_class, counted_unit"
            " from cases order by case_key"
        ).fetchall()
    assert [("ABCDEFGHI"[key], *rest) for key, *rest in found] == CLASSES


def test_the_classes_of_a_published_city_add_up_to_its_cases_and_agree_with_its_verdicts() -> None:
    with open_log(small_city()[0]) as log:
        wrong = log.connection.sql(
            """select count(*) from cases where
            is_withdrawn is distinct from (verdict_class = 'withdrawn')
            or is_under_clock is distinct from (verdict_class not in ('withdrawn', 'green_lane'))
            or is_judged is distinct from (verdict_class in ('on_time', 'late', 'overdue'))
            or is_judged and is_late is distinct from (verdict_class in ('late', 'overdue'))
            or is_judged and is_open is distinct from (verdict_class = 'overdue')"""
        ).fetchall()
        classes = {row[0] for row in log.connection.sql("select distinct verdict_class from cases").fetchall()}
    assert wrong == [(0,)]
    assert {"on_time", "late", "withdrawn", "green_lane"} <= classes


@pytest.mark.parametrize("made_again", [r"'withdrawn'", r"coalesce\((\w+\.)?is_green_lane", r"is_late or not"])
def test_no_question_makes_a_class_again(made_again: str) -> None:
    folder = resources.files("efficacy_analytics.engine").joinpath("queries")
    questions = [path for path in folder.rglob("*.sql") if path.parent.name not in ("cases", "explanation", "clock")]  # type: ignore[attr-defined]
    assert len(questions) > 100
    assert [path.name for path in questions if re.search(made_again, path.read_text(encoding="utf-8"))] == []

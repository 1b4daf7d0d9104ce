"""A period loses no case: open ones belong to that of their acceptance, undated ones are told beside every cohort."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.door import taken_in

from efficacy_analytics.cli.app import app
from efficacy_analytics.documents.briefing.colophon import LINES
from efficacy_analytics.documents.pages.page import picture_page
from efficacy_analytics.errors import EmptyCohortError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.mining.measures import log_summary

LAYOUT = """format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"
[table.events]
file = "events.csv"
case_id = "case"
activity = "step"
completed_at = "done"
[table.cases]
file = "cases.csv"
case_id = "case"
department = "office"
item = "item"
accepted_at = "accepted"
applied_at = "applied"
completed_at = "finished"
[constants]
promised_limit = "5 working_days"
"""
EVENTS = "case,step,done\nA,check,2024-03-05 09:00:00\nB,check,2024-03-06 09:00:00\n"
# A: done. B, C: open, by acceptance and by application. D, E: no day at all, nor any step.
CASES = """case,office,item,accepted,applied,finished
A,甲局,P,2024-03-04,,2024-03-08
B,甲局,P,2024-03-05,,
C,乙局,P,,2024-03-06,
D,甲局,P,,,
E,乙局,Q,,,
"""
MARCH = {"accepted_from": dt.date(2024, 3, 1), "accepted_until": dt.date(2024, 4, 1)}
APRIL = {"accepted_from": dt.date(2024, 4, 1), "accepted_until": dt.date(2024, 5, 1)}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall")
    (folder / "in").mkdir()
    (folder / "in" / "events.csv").write_text(EVENTS, encoding="utf-8")
    (folder / "in" / "cases.csv").write_text(CASES, encoding="utf-8")
    taken_in(folder, folder / "in", LAYOUT)
    publish(folder / "lake", as_on=dt.date(2024, 3, 29))
    return folder / "lake"


@pytest.mark.parametrize(
    ("asked", "cases", "undated"),
    [
        ({}, 5, 2),
        (MARCH, 3, 2),
        ({**MARCH, "department": "甲局"}, 2, 1),
        ({"item": "Q"}, 1, 1),
        ({**MARCH, "where": "department = '乙局'"}, 1, 1),
        ({**MARCH, "where": "is_open"}, 2, 2),
    ],
)
def test_cases_without_any_day_are_counted_beside_every_cohort(
    lake: Path, asked: dict[str, object], cases: int, undated: int
) -> None:
    with open_log(lake, Cohort(**asked)) as log:  # type: ignore[arg-type]
        assert log_summary(log).select("case_count", "undated_case_count").row(0) == (cases, undated)


def test_a_cohort_of_no_cases_tells_of_them_too(lake: Path) -> None:
    with pytest.raises(EmptyCohortError) as refused:
        open_log(lake, Cohort(**APRIL))
    assert refused.value.hint.endswith("; 2 without any day belong to no period")


def shown(lake: Path, *words: str) -> tuple[str, str]:
    ran = CliRunner().invoke(app, ["show", *words, "--lake", str(lake), "--quiet", "--format", "csv"])
    assert ran.exit_code == 0, ran.output
    return ran.stdout, ran.stderr


def test_the_command_says_so_beside_the_table_and_not_in_it(lake: Path) -> None:
    told = "note: 2 cases without any day belong to no period\n"
    assert shown(lake, "on_time", "--accepted-from", "2024-03-01")[1] == told
    assert "note" not in shown(lake, "on_time", "--accepted-from", "2024-03-01")[0]
    assert shown(lake, "on_time")[1] == ""
    one = shown(lake, "on_time", "--accepted-from", "2024-03-01", "--department", "甲局")[1]
    assert one == "note: 1 case without any day belongs to no period\n"


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "2 件没有任何日期，不属于任何时期。"), ("en", "2 cases without any day belong to no period.")],
)
def test_a_page_says_so_beside_what_was_chosen(lake: Path, language: str, said: str) -> None:
    cohort = Cohort(**MARCH)
    with open_log(lake, cohort) as log:
        assert said in picture_page(log, "Cases", [], language, cohort.as_dict())  # type: ignore[arg-type]


def test_open_cases_are_not_dropped_as_the_colophon_says(lake: Path) -> None:
    assert "open cases are not dropped" in LINES["cohort"]["en"]
    assert "未办结的办件不剔除" in LINES["cohort"]["zh"]
    counts = ("case_count", "open_count", "completed_count", "withdrawn_count")
    with open_log(lake, Cohort(**MARCH)) as log:
        assert on_time(log).select(*counts).sum().row(0) == (3, 2, 1, 0)
        undated = log_summary(log)["undated_case_count"].item()
    with open_log(lake) as log:
        whole = on_time(log).select(*counts).sum().row(0)
    assert whole == (3 + undated, 2 + undated, 1, 0)  # every case is in a period, or told

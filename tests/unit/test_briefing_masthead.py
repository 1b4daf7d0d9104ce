"""The head of a briefing says which period, which issue and which day, from the run alone."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables

from efficacy_analytics.documents.briefing.masthead import Masthead, issue_number, masthead, period_alone, period_words
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.vocabulary import Language


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "until", "zh", "en", "issue"),
    [
        ("2025-01-01", "2026-01-01", "2025年", "in 2025", "2025年第1期"),
        ("2025-07-01", "2026-01-01", "2025年下半年", "in the second half of 2025", "2025年第2期"),
        ("2025-10-01", "2026-01-01", "2025年第四季度", "in the fourth quarter of 2025", "2025年第4期"),
        ("2025-03-01", "2025-04-01", "2025年3月", "in March 2025", "2025年第3期"),
        (
            "2025-02-01",
            "2025-05-01",
            "2025年2月1日至2025年4月30日",
            "from 1 February 2025 to 30 April 2025",
            "专题分析",
        ),
        (
            "2025-01-20",
            "2025-01-21",
            "2025年1月20日至2025年1月20日",
            "from 20 January 2025 to 20 January 2025",
            "专题分析",
        ),
    ],
)
def test_a_period_is_called_as_one_says_it(first: str, until: str, zh: str, en: str, issue: str) -> None:
    assert period_words(day(first), day(until), "zh") == zh
    assert period_words(day(first), day(until), "en") == en
    assert issue_number(day(first), day(until), "zh") == issue


def head_of(run: Run, language: Language = "zh", **given: str) -> Masthead:
    document = document_of(run, language=language, **given)
    return masthead(document.findings, document.parameters)


def test_the_date_is_that_of_the_data_and_never_todays(tmp_path: Path) -> None:
    head = head_of(invented_run(tmp_path))
    assert (head.issue, head.issued_on) == ("2025年第3期", "2025年10月15日")  # the day on which it is judged
    assert head.title == "2025年第三季度行政审批效能分析"


def test_data_that_end_within_the_period_are_told_and_the_date_is_theirs(tmp_path: Path) -> None:
    changes = invented_tables()["period_changes"].with_columns(is_whole=pl.lit(value=False))
    run = invented_run(tmp_path, invented_tables() | {"period_changes": changes})
    run.manifest["snapshot"]["as_on"] = "2025-09-12"
    head = head_of(run)
    assert head.issued_on == "2025年9月12日"
    assert list(head.remarks) == [
        "数据截至2025年9月12日，未办结的办件按该日判定。",
        "本期尚不完整：数据只到2025年9月12日，此后受理的办件不在其内。",
    ]


def test_days_without_a_case_within_the_period_are_told(tmp_path: Path) -> None:
    changes = invented_tables()["period_changes"].with_columns(
        is_whole=pl.lit(value=False), gap_from=pl.lit(day("2025-05-20")), gap_until=pl.lit(day("2025-08-01"))
    )
    run = invented_run(tmp_path, invented_tables() | {"period_changes": changes})
    assert head_of(run, "en").remarks[1] == (
        "The period is not complete: no case was accepted from 1 July 2025 to 31 July 2025, though by the other days "
        "many were to be expected; the data may lack these days."
    )
    assert len(head_of(run).remarks) == 2


def test_a_snapshot_of_open_cases_alone_says_that_its_shares_are_of_these(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    run.manifest["snapshot"]["notices"] = '[{"code": "open_cases_alone", "count": 3}]'
    assert head_of(run).remarks[1].startswith("所附数据只有在办件，没有一件办结")


@pytest.mark.parametrize(
    ("first", "until", "alone"),
    [
        ("2024-01-01", "2025-01-01", "2024"),
        ("2024-07-01", "2024-08-01", "July 2024"),
        ("2024-07-01", "2024-10-01", "Third quarter of 2024"),
        ("2024-07-01", "2024-07-09", "From 1 July 2024 to 8 July 2024"),
    ],
)
def test_an_english_period_that_stands_alone_has_no_preposition(first: str, until: str, alone: str) -> None:
    assert period_alone(period_words(day(first), day(until), "en")) == alone


def test_issue_and_date_can_be_given(tmp_path: Path) -> None:
    head = head_of(invented_run(tmp_path), "en", issue="No. 26", issued_on="2025-10-17", edition="public")
    assert (head.issue, head.issued_on, head.edition) == ("No. 26", "17 October 2025", "Public edition")


def test_without_a_period_the_head_tells_the_months_there_are(tmp_path: Path) -> None:
    head = head_of(invented_run(tmp_path, accepted_from=None, accepted_until=None))
    assert (head.period, head.issue) == ("2025年7月至2025年9月", "专题分析")
    assert head.issued_on == "2025年10月15日"  # the snapshot's day


def test_a_single_month_is_not_told_twice(tmp_path: Path) -> None:
    tables = invented_tables() | {"on_time_by_month": pl.DataFrame({"month": ["2025-07"]})}
    run = invented_run(tmp_path, tables, accepted_from=None, accepted_until=None)
    assert head_of(run, "en").title == "Approvals in July 2025"


def test_a_briefing_of_one_department_names_it(tmp_path: Path) -> None:
    head = head_of(invented_run(tmp_path, department="D06"))
    assert head.title == "水务局：2025年第三季度行政审批效能分析"

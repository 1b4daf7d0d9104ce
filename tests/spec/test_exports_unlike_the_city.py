"""Exports that look nothing like the demonstration city's: their briefings say what is so, and nothing of nothing."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from support.invented_page import document_of
from support.invented_run import invented_run, invented_tables

from efficacy_analytics import __version__
from efficacy_analytics.documents.blocks import KeyFigures, Paragraph, Section, Table
from efficacy_analytics.documents.briefing.colophon import colophon
from efficacy_analytics.documents.briefing.sections import departments, limits, plan, summary

DAYS = pl.col("proposed_days").is_not_null() & (pl.col("limit_unit") == "working_days")


def told(section: Section, tables: dict[str, pl.DataFrame], folder: Path) -> list[object]:
    return list(section.blocks(invented_run(folder, invented_tables() | tables), "en"))


def text(blocks: list[object]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_limits_in_calendar_days_are_added_up_in_calendar_days(tmp_path: Path) -> None:
    found = invented_tables()["limit_plan"].with_columns(
        limit_unit=pl.when(DAYS).then(pl.lit("calendar_days")).otherwise("limit_unit")
    )
    blocks = told(plan.SECTION, {"limit_plan": found}, tmp_path)
    (figures,) = [block.figures for block in blocks if isinstance(block, KeyFigures)]
    in_force = invented_tables()["limit_plan"].filter(DAYS)["limit_days"].sum()
    assert dict(figures)["Limits in force (calendar days)"] == str(in_force)


def test_limits_of_two_units_are_not_added_together(tmp_path: Path) -> None:
    found = invented_tables()["limit_plan"].with_columns(
        limit_unit=pl.when(DAYS & (pl.col("kind") == "free")).then(pl.lit("hours")).otherwise("limit_unit")
    )
    blocks = told(plan.SECTION, {"limit_plan": found}, tmp_path)
    totals = [dict(block.figures) for block in blocks if isinstance(block, KeyFigures)]
    assert [next(iter(one)) for one in totals] == ["Limits in force (working days)", "Limits in force (hours)"]


@pytest.mark.parametrize(
    ("department", "said"),
    [
        ("D02", "cases are of one department, "),
        (None, "The data names no department: there is nothing to compare."),
    ],
)
def test_one_department_alone_has_not_most_cases(department: str | None, said: str, tmp_path: Path) -> None:
    alone = invented_tables()["departments"].head(1).with_columns(department=pl.lit(department, pl.String))
    sentences = text(told(departments.SECTION, {"departments": alone}, tmp_path))
    assert said in sentences
    assert "had most cases" not in sentences


def test_departments_whose_medians_read_alike_are_not_told_as_the_longest_and_the_shortest(tmp_path: Path) -> None:
    table = invented_tables()["departments"]
    seconds = 86_400 * 5 + pl.arange(0, table.height)
    alike = table.with_columns(throughput_elapsed_seconds_median=seconds.cast(pl.Float64))
    assert "median time was longest" in text(told(departments.SECTION, {}, tmp_path / "apart"))
    assert "median time was longest" not in text(told(departments.SECTION, {"departments": alike}, tmp_path / "alike"))


def test_a_department_that_is_not_stated_is_not_counted_as_one(tmp_path: Path) -> None:
    shares = invented_tables()["on_time"]
    unstated = shares.head(1).with_columns(department=pl.lit(None, pl.String))
    alone = text(told(summary.SECTION, {"on_time": unstated}, tmp_path / "alone"))
    assert "; the data names no department." in alone
    beside = text(told(summary.SECTION, {"on_time": pl.concat([shares, unstated])}, tmp_path / "beside"))
    assert f"in {shares.height} departments." in beside


def test_no_weeks_are_told_of_a_limit_that_there_is_not(tmp_path: Path) -> None:
    table = invented_tables()["limits"].with_columns(unseen_weeks=pl.lit(6), left_out_count=pl.lit(0))
    undecided = table.with_columns(
        kind=pl.when(pl.col("kind") == "free").then(pl.lit("needs_change")).otherwise("kind")
    )
    (shown,) = [block for block in told(limits.SECTION, {"limits": undecided}, tmp_path) if isinstance(block, Table)]
    headings = [column.heading for column in shown.columns]
    findings, weeks = headings.index("Finding"), headings.index("Last weeks not in this")
    assert {(row[findings], row[weeks]) for row in [*shown.rows, *shown.left_out]} == {
        ("cannot be said yet", "–"),
        ("needs a change first", "6"),
    }


def test_the_calendar_of_weekdays_alone_has_words_in_both_languages(tmp_path: Path) -> None:
    run = invented_run(tmp_path)
    run.manifest["snapshot"]["calendars"] = json.dumps(
        [{"calendar": "weekdays", "first_on": "2024-01-01", "last_on": "2024-12-31", "working_day_count": 262}]
    )
    said = {}
    for language in ("zh", "en"):
        document = document_of(run, language=language)
        said[language] = dict(colophon(document.shown, document.parameters).facts)
    assert said["zh"]["日历版本"].startswith("周一至周五（不含节假日安排）")
    assert said["en"]["Calendars"].startswith("weekdays, without public holidays (2024-01-01 to 2024-12-31, 262")


def test_the_command_answers_as_a_module_too() -> None:
    asked = [sys.executable, "-m", "efficacy_analytics", "--version"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() == __version__

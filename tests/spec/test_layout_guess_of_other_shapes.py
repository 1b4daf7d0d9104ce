"""Exports whose headers are no words of ours: placed by what their values are, and confirmed by who knows them."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from efficacy_analytics.errors import CallError
from efficacy_analytics.lake.guessing.guess import guessed_layout

STEPS = ("Submitted", "Validated", "Decision issued")
FIRST = dt.datetime(2024, 3, 4, 9)


def guessed(file: Path, header: str, rows: list[str]) -> tuple[dict[str, Any], str]:
    file.write_text("\n".join([header, *rows]))
    text = guessed_layout(file)
    return tomllib.loads(text), text


def steps(line: str, *, cases: int = 20) -> list[str]:
    """Three steps of each case, a day apart: `{no}`, `{step}`, `{begun}`, `{done}`."""
    return [
        line.format(
            no=number,
            step=step,
            begun=FIRST + dt.timedelta(days=number + at),
            done=FIRST + dt.timedelta(days=number + at, hours=2),
        )
        for number in range(100, 100 + cases)
        for at, step in enumerate(STEPS)
    ]


def test_the_one_time_and_the_one_text_that_change_within_a_case_are_its_steps(tmp_path: Path) -> None:
    layout, _ = guessed(tmp_path / "a.csv", "Application No,Milestone,Milestone Reached", steps("{no},{step},{done}"))
    assert layout["event"] == {
        "case_id": "Application No",
        "activity": "Milestone",
        "completed_at": "Milestone Reached",
    }


@pytest.mark.parametrize("number", ["CaseKey", "No", "案号", "案號", "Case Ref"])
def test_a_case_number_is_found_by_any_of_its_short_names(number: str, tmp_path: Path) -> None:
    layout, _ = guessed(tmp_path / "a.csv", f"{number},Task,Opened,Closed", steps("{no},{step},{begun},{done}"))
    assert layout["event"] == {
        "case_id": number,
        "activity": "Task",
        "started_at": "Opened",
        "completed_at": "Closed",
    }


@pytest.mark.parametrize(
    ("name", "limit", "column"),
    [
        ("辦理期限", "14個工作天", "promised_limit"),
        ("承诺日数", "10个工作日", "promised_limit"),
        ("法定天数", "2個月", "statutory_limit"),
    ],
)
def test_a_column_whose_values_read_as_limits_is_one_whatever_it_is_called(
    name: str, limit: str, column: str, tmp_path: Path
) -> None:
    header, line = f"办件编号,环节,完成时间,{name}", "{no},{step},{done}," + limit
    layout, text = guessed(tmp_path / "a.csv", header, steps(line))
    assert layout["case"][column] == name
    assert "to confirm: its values read as limits" in text


def test_days_without_a_unit_are_no_limit_and_it_is_said_why(tmp_path: Path) -> None:
    layout, text = guessed(tmp_path / "a.csv", "case_id,step,done,target_days", steps("{no},{step},{done},56"))
    assert "case" not in layout
    assert "'target_days': numbers; a limit is a length with its unit" in text


@pytest.mark.parametrize(
    ("name", "column", "unit"),
    [
        ("承诺时限（工作日）", "promised", "working_days"),
        ("法定期限(自然日)", "statutory", "calendar_days"),
        ("承諾時限（工作天）", "promised", "working_days"),
        ("PromisedWorkingDays", "promised", "working_days"),
        ("sla_hours", "promised", "hours"),
    ],
)
def test_numbers_whose_name_says_a_limit_and_its_unit_are_lengths_of_that_unit(
    name: str, column: str, unit: str, tmp_path: Path
) -> None:
    layout, text = guessed(tmp_path / "a.csv", f"case_id,step,done,{name}", steps("{no},{step},{done},56"))
    assert layout["case"] == {f"{column}_length": name}
    assert layout["constants"] == {f"{column}_unit": unit}
    assert f"to confirm: all in {unit}, as its name says" in text
    assert "would be refused" not in text


@pytest.mark.parametrize(
    "name",
    [
        "办结工作日",
        "实际办理时限（工作日）",
        "法定工作日用时",
        "承诺时限内办结（工作日）",
        "承诺工作日提前天数",
        "剩余时限（工作日）",
        "limit_days",
        "working_days",
        "承诺时限（工作日或自然日）",
    ],
)
def test_days_that_were_used_or_whose_unit_is_open_are_no_lengths_of_a_limit(name: str, tmp_path: Path) -> None:
    layout, _ = guessed(tmp_path / "a.csv", f"case_id,step,done,{name}", steps("{no},{step},{done},56"))
    assert "constants" not in layout
    assert not any("length" in column for column in layout.get("case", {}))


def test_in_a_table_of_cases_or_items_the_unit_stands_under_the_table(tmp_path: Path) -> None:
    (tmp_path / "steps.csv").write_text("办件编号,环节,完成时间\n" + "\n".join(steps("{no},{step},{done}")))
    rows = [f"{case},D{case % 2},2024-03-01 09:00:00,2024-03-08 09:00:00,{3 + case % 3}" for case in range(100, 120)]
    (tmp_path / "cases.csv").write_text("办件编号,部门,受理时间,办结时间,承诺时限（工作日）\n" + "\n".join(rows))
    layout = tomllib.loads(guessed_layout(tmp_path))
    assert layout["table"]["cases"]["promised_length"] == "承诺时限（工作日）"
    assert layout["table"]["cases"]["constants"] == {"promised_unit": "working_days"}
    assert "constants" not in layout


def test_times_that_a_workbook_keeps_as_numbers_are_times_and_prices_are_not(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("明细")
        sheet.merge_range("A1:E1", "2024年办件明细表")
        sheet.write_row(1, 0, ["编号", "环节名称", "开始", "结束", "收费"])
        for at, line in enumerate(steps("{no},{step},{begun},{done}"), 2):
            number, step, begun, done = line.split(",")
            days = [
                (dt.datetime.fromisoformat(one) - dt.datetime(1899, 12, 30)) / dt.timedelta(1) for one in (begun, done)
            ]
            sheet.write_row(at, 0, [number, step, *days, 30_000.5])
    text = guessed_layout(file)
    assert tomllib.loads(text)["event"] == {
        "case_id": "编号",
        "activity": "环节名称",
        "started_at": "开始",
        "completed_at": "结束",
    }
    assert "# '收费': numbers" in text


def test_a_list_of_open_cases_is_told_how_to_be_read(tmp_path: Path) -> None:
    rows = [f"A{number},甲局,2024-03-{number:02} 09:00,2024-04-{number:02}" for number in range(1, 29)]
    layout, text = guessed(tmp_path / "a.csv", "案号,部门,受理时间,到期日", rows)
    assert layout["case"]["due_on"] == "到期日"
    assert "an export of open cases alone has none: completed_at = { any =" in text


def test_a_folder_without_an_export_is_no_missing_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('format = "csv"')
    with pytest.raises(CallError, match="holds no export"):
        guessed_layout(tmp_path)

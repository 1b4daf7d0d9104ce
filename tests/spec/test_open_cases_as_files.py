"""The board as a page, the list of what to attend to as a workbook and a calendar, internal and in two languages."""

import datetime as dt
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from click.testing import CliRunner
from support.samples import sample
from support.small_city import small_city

from efficacy_analytics.charts.open_cases import PALETTE, flow_lines, stock_bars
from efficacy_analytics.cli.app import app
from efficacy_analytics.documents.pages.supervision.calendar_file import calendar_file, escaped, folded
from efficacy_analytics.documents.pages.supervision.to_do import COLUMNS, to_do_list
from efficacy_analytics.documents.pages.supervision.workbook import TO_FILL, workbook
from efficacy_analytics.errors import CalendarError, CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.board import open_cases, open_flow, open_stock
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.vocabulary import LANGUAGES, Language, heading
from efficacy_analytics.workflows.steps import chosen_parts, file_name
from efficacy_analytics.workflows.supervision import write_supervision

DAY = dt.date(2025, 3, 14)


def run(*words: str) -> str:
    told = CliRunner().invoke(app, [*words, "--quiet", "--lake", str(small_city()[0])])
    assert told.exit_code == 0, told.output
    return told.stdout


@cache
def listed(language: Language) -> pl.DataFrame:
    with open_log(small_city()[0], Cohort()) as log:
        return to_do_list(log, warnings(log, as_on=DAY), language)


@cache
def board_and_cards() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The open cases of the small city on the day, and the warnings of them."""
    with open_log(small_city()[0], Cohort()) as log:
        return open_cases(log, as_on=DAY), warnings(log, as_on=DAY)


@pytest.mark.parametrize("language", sample(LANGUAGES, ["zh"]))
def test_the_page_shows_every_open_case_once_by_colour_and_says_it_is_internal(
    language: Language, tmp_path: Path
) -> None:
    file = tmp_path / "open.html"
    assert run("open", "--as-on", str(DAY), "--language", language, "--output", str(file)).strip() == str(file)
    page = file.read_text(encoding="utf-8")
    board, cards = board_and_cards()
    figures = [int(one) for one in re.findall(r"<dd>([\d,]+)</dd>", page)]
    assert figures[0] == board.height == sum(figures[1:])
    assert cards.height
    assert all(case in page for case in cards["case_id"].drop_nulls())
    assert {"zh": "内部资料", "en": "For internal use"}[language] in page
    assert "undefined" not in page.split("</script>")[-1]


@pytest.mark.parametrize("language", sample(LANGUAGES, ["en"]))
def test_the_workbook_has_the_list_and_room_for_what_came_of_it(language: Language, tmp_path: Path) -> None:
    file = tmp_path / "to_do.xlsx"
    run("warn", "--as-on", str(DAY), "--format", "xlsx", "--output", str(file), "--language", language)
    rows = fastexcel.read_excel(file).load_sheet(0).to_polars()
    expected = listed(language)
    assert rows.columns[: len(COLUMNS)] == [heading(name, language) for name in COLUMNS]
    assert rows.columns[len(COLUMNS) :] == [words[language] for words in TO_FILL]
    assert rows.height == expected.height > 0
    assert rows[heading("case_id", language)].to_list() == expected["case_id"].to_list()
    assert rows[heading("due_on", language)].cast(pl.Date).to_list() == expected["due_on"].to_list()


def test_the_same_list_makes_the_same_bytes_and_a_name_is_never_a_formula(tmp_path: Path) -> None:
    to_do = listed("en").with_columns(pl.lit("=1+1").alias("item"))
    assert workbook(to_do, "en", as_on=DAY) == workbook(to_do, "en", as_on=DAY)
    (tmp_path / "one.xlsx").write_bytes(workbook(to_do, "en", as_on=DAY))
    cells = fastexcel.read_excel(tmp_path / "one.xlsx").load_sheet(0).to_polars()["Item"]
    assert cells.to_list() == ["=1+1"] * to_do.height


def test_the_calendar_has_one_entry_on_each_due_day(tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    run("warn", "--as-on", str(DAY), "--format", "ics", "--output", str(file), "--language", "zh")
    text = file.read_bytes().decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "").split("\r\n")
    days = [line.removeprefix("DTSTART;VALUE=DATE:") for line in whole if line.startswith("DTSTART")]
    assert days == [f"{day:%Y%m%d}" for day in listed("zh")["due_on"]]
    names = [line for line in whole if line.startswith("UID:")]
    assert len(set(names)) == len(names) == len(days)
    assert [whole[0], whole[-2]] == ["BEGIN:VCALENDAR", "END:VCALENDAR"]


def test_no_name_can_break_out_of_a_calendar_entry() -> None:
    evil = "a\r\nEND:VEVENT;x,y\\z\x07" + "证" * 60
    row: dict[str, Any] = {**dict.fromkeys(COLUMNS, "x"), "item": evil, "due_on": DAY, "working_days_left": 1}
    text = calendar_file(pl.DataFrame([row]), "zh", as_on=DAY)
    assert text.count("\nEND:VEVENT") == 1
    assert "".join(folded("字" * 100)).replace(" ", "") == "字" * 100
    assert escaped("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"


@pytest.mark.parametrize("language", sample(LANGUAGES, ["zh"]))
def test_the_charts_draw_and_an_empty_board_draws_nothing(language: Language) -> None:
    with open_log(small_city()[0], Cohort()) as log:
        stock, flow = open_stock(log, as_on=DAY), open_flow(log, as_on=DAY)
    bars = stock_bars(stock, language).to_dict()
    drawn = max(bars["datasets"].values(), key=len)
    assert sum(row["count"] for row in drawn) == stock["case_count"].sum()
    assert all(not rows for rows in stock_bars(stock.head(0), language).to_dict()["datasets"].values())
    lines = max(flow_lines(flow, language).to_dict()["datasets"].values(), key=len)
    assert [row["count"] for row in lines if row["kind"] == "stock_count"][-1] == flow["stock_count"][-1]


def test_departments_alike_in_their_first_letters_have_a_bar_each() -> None:
    names = [f"市行政审批服务局驻政务服务中心窗口办事处业务受理科第{number}组" for number in range(2)]
    counts = {f"{colour}_count": [1, 1] for colour in PALETTE}
    stock = pl.DataFrame({"department": names, "case_count": [len(PALETTE)] * 2, **counts})
    drawn = max(stock_bars(stock, "zh").to_dict()["datasets"].values(), key=len)
    assert len({row["label"] for row in drawn}) == 2


def test_a_list_of_some_cases_is_not_put_on_record() -> None:
    told = CliRunner().invoke(app, ["warn", "--record", "--department", "D01", "--lake", str(small_city()[0])])
    assert told.exit_code != 0
    assert "all cases" in str(told.exception)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--record", "--counts"), "three answers"),
        (("--counts", "--why"), "three answers"),
        (("--why", "--format", "ics"), "not written as ics"),
        (("--format", "xlsx", "--output", "a.ics"), "not written as '.ics'"),
        (("--format", "ics", "--output", "a"), "not written as 'a'"),
    ],
)
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["warn", *words, "--quiet", "--lake", str(small_city()[0])])
    assert isinstance(refused.exception, CallError)
    assert told in refused.exception.problem
    assert not list(tmp_path.iterdir())


def test_cohorts_that_differ_are_written_to_files_that_differ(tmp_path: Path) -> None:
    first, last = dt.date(2024, 6, 1), dt.date(2025, 6, 1)
    cohorts = (
        Cohort(), Cohort(where="channel = 'window'"), Cohort(where="channel = 'online'"), Cohort(accepted_from=first),
        Cohort(accepted_until=first), Cohort(accepted_from=first, accepted_until=last), Cohort(department="D01"),
        Cohort(item="D01"),
    )  # fmt: skip
    names = {file_name("open", *chosen_parts(cohort)) for cohort in cohorts}
    assert len(names) == len(cohorts)
    lake = tmp_path / "lake"
    shutil.copytree(small_city()[0], lake, ignore=shutil.ignore_patterns("city", "supervision"))
    files = {write_supervision(lake, cohort, "ics", None, language="en", as_on=DAY) for cohort in cohorts[:2]}
    assert len(files) == 2
    assert all(file.exists() for file in files)


def test_entries_of_two_cases_with_one_number_are_two_entries() -> None:
    row: dict[str, Any] = {**dict.fromkeys(COLUMNS, "x"), "case_id": "0001", "due_on": DAY, "working_days_left": 1}
    others = [{**row, name: "y"} for name in ("source", "item", "department")]
    text = calendar_file(pl.DataFrame([row, *others, row]), "en", as_on=DAY)
    assert len(set(re.findall("UID:(.*)", text))) == 5
    assert calendar_file(pl.DataFrame([row]), "en", as_on=DAY).split("UID:")[1][:24] in text


def test_a_day_that_no_calendar_knows_is_refused_and_not_a_day_on_which_nothing_is_open() -> None:
    with open_log(small_city()[0], Cohort()) as log:
        last = log.run("supervision_calendars")["last_on"].min()
        assert open_cases(log, as_on=last).height
        for table in (open_cases, open_stock, open_flow, warnings):
            with pytest.raises(CalendarError, match="outside the calendar CN"):
                table(log, as_on=last + dt.timedelta(days=1))

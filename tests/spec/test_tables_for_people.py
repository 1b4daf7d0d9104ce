"""A table of a log is a polars frame in every use, and reads in a notebook as people write it."""

import datetime as dt
import re
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from support.small_city import small_city

import efficacy_analytics as ea
from efficacy_analytics.documents.tables.cells import Reading, shown_columns
from efficacy_analytics.documents.tables.headings import written_heading
from efficacy_analytics.documents.tables.log_table import LogTable, log_table
from efficacy_analytics.documents.tables.table_html import MOST_CELLS, library, table_html
from efficacy_analytics.vocabulary import Language

LONG = {"conformance", "conformance_summary", "conformance_cases", "limits_without_suspicious_stops"}
"""Tables that take long and that no run keeps."""
OF_ALL = {"project_chains"}
"""Tables that need all departments; all others are asked of the cases of one: their columns are the same."""
NAMES = {"activity": {"review": "审核"}, "department": {"D05": "住建局"}, "item": {}}


@pytest.fixture(scope="module")
def logs() -> dict[str, ea.Log]:
    lake = ea.Lake(small_city()[0])
    return {language: lake.log(language=language) for language in ("zh", "en")}


def reading(language: Language, zone: str = "Asia/Shanghai") -> Reading:
    return Reading(language, zone, lambda kind: NAMES[kind])


def texts(frame: pl.DataFrame, language: Language = "zh") -> list[list[str]]:
    """The cells as a reader sees them, column by column."""
    return [
        [f"{cell.text} {cell.code}".strip() for cell in one.cells] for one in shown_columns(frame, reading(language))
    ]


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        ("waiting_elapsed_seconds_median", 1_250_000.0, "14.5 天", "14.5 days"),
        ("waiting_open_seconds_median", 36_000.0, "10 办公小时", "10 office h"),
        ("waiting_elapsed_seconds_total", 12_500_000_000.0, "144,676", "144,676"),
        ("share_of_total", 0.1917, "19.2%", "19.2%"),
        ("on_time_share", 1.0, "100%", "100%"),
        ("case_count", 12345, "12,345", "12,345"),
        ("case_key", 12345, "12345", "12345"),
        ("mix_effect", -0.0125, "-1.2", "-1.2"),
        ("is_late", True, "是", "yes"),
        ("limit_unit", "working_days", "个工作日", "working days"),
        ("department", "D05", "住建局 D05", "住建局 D05"),
        ("department", "D99", "D99", "D99"),
        ("verdict_class", "overdue", "在办已逾期", "open and overdue"),
        ("activities", ["review", "decision"], "审核 → decision", "审核 → decision"),
        ("accepted_at", dt.datetime(2025, 1, 1, 16, 30, tzinfo=dt.UTC), "2025-01-02 00:30", "2025-01-02 00:30"),
        ("completed_local", dt.datetime(2025, 1, 1, 16, 30), "2025-01-01 16:30", "2025-01-01 16:30"),
        ("due_on", dt.date(2025, 1, 2), "2025-01-02", "2025-01-02"),
        ("limit_days", None, "—", "–"),
    ],
)
def test_a_value_is_written_as_people_write_it(column: str, value: object, zh: str, en: str) -> None:
    frame = pl.DataFrame({column: [value]}, schema_overrides={"limit_days": pl.Int64})
    assert [texts(frame, language)[0][0] for language in ("zh", "en")] == [zh, en]


@pytest.mark.parametrize(
    ("kinds", "zh", "en"),
    [
        (["waiting"], "等待时间（自然时间，中位数）", "Waiting (elapsed time, median)"),
        (["between_completions"], "两次完成之间（自然时间，中位数）", "Between completions (elapsed time, median)"),
        (["waiting", "between_completions"], "等待或两次完成之间（自然时间，中位数）",
         "Waiting or between completions (elapsed time, median)"),
    ],
)  # fmt: skip
def test_nothing_is_called_waiting_that_is_time_between_completions(kinds: list[str], zh: str, en: str) -> None:
    frame = pl.DataFrame({"time_kind": kinds, "waiting_elapsed_seconds_median": [60.0] * len(kinds)})
    assert [shown_columns(frame, reading(language))[1].heading for language in ("zh", "en")] == [zh, en]


def test_every_column_of_every_table_has_a_heading_and_a_meaning_that_is_not_its_name(logs: dict[str, ea.Log]) -> None:
    log, narrow = logs["zh"], logs["zh"].where(department="D02")
    run = small_city()[1]
    kept = set(run.manifest["tables"])
    frames = [run.table(name) for name in kept] + [
        (log if name in OF_ALL else narrow).table(name) for name in set(log.tables()) - kept - LONG
    ]
    names = {column for frame in frames for column in frame.columns}
    bare = {(name, language) for name in names for language in ("zh", "en") if written_heading(name, language) == name}
    assert bare == set()
    assert {name for name in names if re.search("[一-鿿]", written_heading(name, "en"))} == set()


def test_a_table_is_a_polars_frame_wherever_one_is_asked_for(logs: dict[str, ea.Log], tmp_path: Path) -> None:
    table = logs["zh"].bottlenecks()
    assert isinstance(table, pl.DataFrame)
    assert type(table.frame) is pl.DataFrame
    assert table.equals(table.frame)
    assert pl.concat([table, table.frame]).height == 2 * table.height
    assert table.join(table.frame, on="rank").height == table.height
    assert table.lazy().select(pl.len()).collect().item() == table.height
    table.write_parquet(tmp_path / "t.parquet")
    assert pl.read_parquet(tmp_path / "t.parquet").equals(table)


def test_what_is_filtered_sorted_or_cut_reads_as_the_table_did(logs: dict[str, ea.Log]) -> None:
    table = logs["en"].bottlenecks()
    for made in (table.head(3), table.filter(pl.col("rank") <= 3), table.sort("case_count").select("activity", "rank")):
        assert isinstance(made, LogTable)
        assert made.language == "en"
        assert "Segments by" in made._repr_html_() or "Segments ranked" in made._repr_html_()


def test_all_departments_stand_in_the_page_without_any_script(logs: dict[str, ea.Log]) -> None:
    log = logs["zh"]
    page = html.fromstring(log.on_time()._repr_html_())
    rows = page.xpath("//table[contains(@class, 'ea-rows')]/tbody/tr")
    assert len(rows) == log.on_time().height == 24
    codes = {cell.text for cell in page.xpath("//tbody/tr/td[1]/span")}
    assert codes == set(log.on_time()["department"])
    assert "按时办结率" in page.text_content()
    assert "on_time_share" in page.xpath("string(//details)")
    assert "Returns" in page.xpath("string(//details//pre)")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_long_table_says_above_itself_how_many_rows_it_leaves_out_and_how_to_see_them(language: Language) -> None:
    listed = MOST_CELLS // 2
    table = log_table(pl.DataFrame({"case_key": range(listed + 5), "case_count": range(listed + 5)}), reading(language))
    text = table._repr_html_()
    assert text.count("<tr>") == listed + 1
    note = text.index("ea-note")
    assert note < text.index("<table")
    said = html.fromstring(text).find_class("ea-note")[0].text_content()
    assert f"{listed:,}" in said
    assert f"{listed + 5:,}" in said
    assert all(way in said for way in (f".slice({listed})", ".filter(…)", ".frame", ".to_excel("))
    rest = table.slice(listed)._repr_html_()
    assert [cell.text for cell in html.fromstring(rest).xpath("//tbody//td[1]")] == [
        str(listed + number) for number in range(5)
    ]
    assert "ea-note" not in rest.split("</style>")[1]


def test_a_table_that_was_changed_after_it_was_shown_is_written_anew(logs: dict[str, ea.Log]) -> None:
    log = logs["en"]
    first = log.on_time()
    text = first._repr_html_()
    assert text.split("<tbody>")[1].split("</tbody>")[0] in log.on_time()._repr_html_()
    first[0, "case_count"] = 987_654
    assert "987,654" in first._repr_html_()
    assert "987,654" not in log.on_time()._repr_html_()


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text())
def test_what_an_export_holds_is_text_in_the_page_and_never_markup(value: str, name: str) -> None:
    frame = pl.DataFrame({name or "a": ["<script>alert(1)</script>" + value]})
    text = table_html(frame, reading("zh"), title=value)
    assert "<script>alert" not in text
    assert text.count("<td") == 1


def test_the_library_asks_nobody_and_is_one_script() -> None:
    assert library().count("</script") == 1
    assert "//cdn" not in library()
    assert "unpkg" not in library()


def test_columns_are_explained_on_demand(logs: dict[str, ea.Log]) -> None:
    told = logs["en"].on_time().explain()
    assert told["Column"].to_list() == logs["en"].on_time().columns
    row = told.filter(pl.col("Column") == "on_time_share").row(0, named=True)
    assert "judged" in row["Meaning"]
    assert "Returns" in logs["en"].on_time().definition


def test_a_figure_in_a_workbook_is_of_the_unit_that_its_heading_says(tmp_path: Path) -> None:
    columns = {
        "waiting_elapsed_seconds_total": [172_800.0],
        "mix_effect": [-0.01],
        "waiting_elapsed_seconds_mean": [5400.0],
    }
    file = log_table(pl.DataFrame(columns), reading("en")).to_excel(tmp_path / "t.xlsx")
    sheet = fastexcel.read_excel(file).load_sheet(0).to_polars()
    told = dict(zip(sheet.columns, sheet.row(0), strict=True))
    assert told == {"Total (case-days)": 2.0, "Mix (points)": -1.0, "Waiting (elapsed time, mean) (hours)": 1.5}


def test_a_workbook_holds_figures_to_calculate_with_and_texts_that_stay_texts(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "department": ["D05", "=1+1"],
            "waiting_open_seconds_median": [5400.0, None],
            "on_time_share": [0.25, 1.0],
            "accepted_at": [dt.datetime(2025, 1, 1, 16, 30, tzinfo=dt.UTC), None],
            "due_on": [dt.date(2025, 1, 2), None],
        }
    )
    file = log_table(frame, reading("zh")).to_excel(tmp_path / "t.xlsx")
    sheet = fastexcel.read_excel(file).load_sheet(0).to_polars()
    assert sheet.columns[:3] == ["部门", "部门（代码）", "等待时间（办公时间，中位数）（小时）"]
    assert sheet.row(0)[:4] == ("住建局", "D05", 1.5, 0.25)
    assert sheet.row(0)[4:] == (dt.datetime(2025, 1, 2, 0, 30), dt.datetime(2025, 1, 2))
    assert sheet.row(1)[0] == "=1+1"
    words = fastexcel.read_excel(file).load_sheet(1).to_polars()
    assert words["列"].to_list() == frame.columns
    with pytest.raises(ea.errors.CallError, match=r"no workbook"):
        log_table(frame, reading("zh")).to_excel(tmp_path / "t.doc")


def test_a_csv_is_that_of_the_command_line(tmp_path: Path) -> None:
    frame = pl.DataFrame({"department": ["D05", "=1+1"], "accepted_at": [dt.datetime(2025, 1, 1, tzinfo=dt.UTC), None]})
    text = log_table(frame, reading("zh")).to_csv(tmp_path / "t.csv").read_text(encoding="utf-8")
    assert text == "department,accepted_at\nD05,2025-01-01T00:00:00+00:00\n'=1+1,\n"


def test_a_file_is_written_into_a_folder_that_is_there(tmp_path: Path) -> None:
    table = log_table(pl.DataFrame({"case_count": [1]}), reading("en"))
    for write, name in ((table.to_excel, "t.xlsx"), (table.to_csv, "t.csv")):
        with pytest.raises(ea.errors.CallError, match="there is no folder"):
            write(tmp_path / "nowhere" / name)

"""Word and workbook as an office sees and edits them: nothing cut, nothing alone, figures to calculate with."""

import dataclasses
import io
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import docx
import polars as pl
import pytest
from docx.oxml.ns import qn
from docx.shared import Length, Mm
from lxml import etree
from support.invented_page import document_of
from support.invented_run import invented_run

from efficacy_analytics.documents.blocks import Block, Chart, Column, KeyFigures, Paragraph, Table, table_of
from efficacy_analytics.documents.blocks import column as column_of
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render import reading
from efficacy_analytics.documents.render.docx_widths import PADDING
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.documents.render.xlsx_cells import printed_day, printed_number
from efficacy_analytics.documents.tables.cells import Reading
from efficacy_analytics.documents.tables.spreadsheet import write_workbook
from efficacy_analytics.vocabulary import Language

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE_ORDER = (
    *("tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription"),
)
"""What a table of a Word file says of itself, in the order of ISO/IEC 29500-1, 17.4.60."""


@cache
def content(language: Language = "zh") -> Content:
    """The head and the foot of a briefing."""
    with tempfile.TemporaryDirectory() as folder:
        return document_of(invented_run(Path(folder)), language=language).content()


def plain(*blocks: Block, language: Language = "zh", title: str = "") -> Content:
    """A short document of these blocks."""
    made = dataclasses.replace(content(language), pieces=[Piece("one", "一个部分", blocks)])
    return dataclasses.replace(made, head=dataclasses.replace(made.head, title=title)) if title else made


def word(made: Content) -> Any:
    return docx.Document(io.BytesIO(rendered(made, "docx")))


def names(*heads: str) -> list[Column]:
    return [Column(head, str, is_figure=False) for head in heads]


def figures(*heads: str) -> list[Column]:
    return [Column(head, str) for head in heads]


def sheet(made: bytes, number: int) -> Any:
    """A sheet of a workbook, from 1."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        return etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))


def format_of(made: bytes, cell: Any) -> str:
    """The form in which a cell shows its number."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        styles = etree.fromstring(book.read("xl/styles.xml"))
    forms = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{SHEET}numFmt")}
    return forms.get(list(styles.find(f"{SHEET}cellXfs"))[int(cell.get("s"))].get("numFmtId"), "built in")


def texts(made: bytes, name: str) -> dict[str, str]:
    """The cells of a sheet by their places."""
    places = ((place.removeprefix(f"sheet {name}, cell "), text) for place, text in reading.texts("xlsx", made))
    return {place: text for place, text in places if " " not in place}


def keeps(row: Any) -> bool:
    """Whether a row of a Word table stands on the page of what follows."""
    return all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells)


def test_the_key_figures_of_a_word_file_are_never_cut_by_a_page() -> None:
    (made,) = word(plain(KeyFigures([("办件量", "2,213"), ("逾期", "190")]))).tables
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in made.rows)
    assert keeps(made.rows[0])


@pytest.mark.parametrize(
    ("figures_of_a_row", "size"), [(["2,213", "190"], 16), (["30 calendar days", "28", "–", "–"], 12)]
)
def test_a_key_figure_of_several_words_has_letters_so_small_that_it_is_not_broken(
    figures_of_a_row: list[str], size: float
) -> None:
    (made,) = word(plain(KeyFigures([("name", one) for one in figures_of_a_row]))).tables
    assert {cell.paragraphs[0].runs[0].font.size.pt for cell in made.rows[1].cells} == {size}


def test_the_note_of_a_table_and_the_line_on_more_rows_stand_on_the_page_of_its_last_row() -> None:
    rows = [[str(number)] for number in range(8)]
    noted, cut, bare = word(
        plain(
            Table("甲", figures("号"), rows), Paragraph("如何读表。", "note"), Table("乙", figures("号"), rows, rows),
            Paragraph("一句话。"), Table("丙", figures("号"), rows), Paragraph("一句话。"),
        )
    ).tables  # fmt: skip
    assert keeps(noted.rows[-1])
    assert keeps(cut.rows[-1])
    assert not keeps(bare.rows[-1])


def test_no_page_of_a_word_file_holds_one_row_of_a_long_table() -> None:
    (made,) = word(plain(Table("红牌", figures("号"), [[str(one)] for one in range(60)]), Paragraph("完。"))).tables
    kept = [keeps(row) for row in made.rows]
    assert kept[:4] == [True] * 4  # the heading and three rows
    assert not any(kept[4:-3])
    assert kept[-3:] == [True, True, False]


def test_a_word_file_that_ends_with_a_sentence_has_it_on_the_page_of_the_foot() -> None:
    document = word(plain(Paragraph("数据中没有事项时限。")))
    (last,) = [one for one in document.paragraphs if one.text == "数据中没有事项时限。"]
    assert last.paragraph_format.keep_with_next


def test_a_list_of_cases_in_word_has_letters_that_are_read_with_ease() -> None:
    """Short words once had the room of long ones: eight columns were printed at seven points, each row in two lines."""
    columns = [*names("牌号", "办件编号", "事项", "事由"), *figures("受理日", "时限", "应办结日", "剩余工作日")]
    rows = [["5d334cfc3bd7e543", "101001685806", "Pick up Dead Animal", "办件", "—", "—", "2016-04-30", "-1599"]] * 40
    (made,) = word(plain(Table("红牌", columns, rows))).tables
    size = made.cell(1, 0).paragraphs[0].runs[0].font.size
    assert size.pt >= 9
    for place, text in enumerate(rows[0]):
        room = made.columns[place].width - Mm(PADDING)
        assert room >= len(text) * size / 2 * (0.85 if place == 2 else 1)  # of words, letters are narrower than figures
    assert sum(column.width for column in made.columns) <= Mm(156.1)


def test_no_table_in_word_has_tiny_letters_only_to_save_lines() -> None:
    columns = [*names("Segment"), *figures("Cases", "Median", "90% within", "Total (case-days)", "Share of total")]
    rows = [["word " * 36, "106", "24.5 days", "49 days", "2,806", "4.2%"]]  # four lines at 8 points, three at 7
    (made,) = word(plain(Table("Segments", columns, rows))).tables
    assert made.cell(1, 0).paragraphs[0].runs[0].font.size.pt == 8


def test_a_crowded_table_in_word_has_its_long_figures_broken_and_no_heading() -> None:
    """“Completed” was broken before its last letter, in a table of three names and six figures of many words."""
    columns = [
        *names("Item", "Department"), *figures("Limit", "Completed"), *names("Finding", "Reason"),
        *figures("Cases missing", "Last weeks not in this", "Can be promised for fewer"),
    ]  # fmt: skip
    row = ["Approval of environmental impact assessments (new)", "Ecology and Environment Bureau", "20 working days"]
    row += ["64", "cannot be said yet", "too few cases", "235", "–", "95%: 17 working days"]
    (made,) = word(plain(Table("Findings", columns, [row]))).tables
    size = made.cell(1, 0).paragraphs[0].runs[0].font.size
    for place, column in enumerate(columns):
        longest = max(map(len, [*column.heading.split(), *row[place].split()]))
        assert made.columns[place].width - Mm(PADDING) >= longest * size / 2


def test_a_table_in_word_has_its_long_figures_broken_before_its_letters_are_tiny() -> None:
    columns = [
        *names("Item", "Department"), *figures("Limit", "Completed"), *names("Reason"),
        *figures("Cases missing", "Can be promised for fewer"),
    ]  # fmt: skip
    row = ["Approval of environmental impact assessments (new)", "Ecology and Environment Bureau", "20 working days"]
    row += ["64", "too few cases", "235", "95%: 17 working days"]
    (made,) = word(plain(Table("Findings", columns, [row]))).tables
    assert made.cell(1, 0).paragraphs[0].runs[0].font.size.pt == 8


def test_a_long_list_in_word_has_no_larger_letters_than_need_be() -> None:
    columns = [*names("事项"), *figures("件数")]
    short, long = ([["建设工程规划许可（新办）", "1"]] * count for count in (10, 60))
    tables = word(plain(Table("甲", columns, short), Paragraph("一句话。"), Table("乙", columns, long))).tables
    assert [one.cell(1, 0).paragraphs[0].runs[0].font.size.pt for one in tables] == [10.5, 9]


def test_a_chinese_heading_of_two_lines_is_broken_in_its_middle() -> None:
    """A program breaks where the line ends: one letter stood alone."""
    columns = [*names("部门"), *figures("到期", "逾期", "预期逾期", "实际/预期", "逾期率", "调整后逾期率", "可能名次")]
    rows = [["Public Works Department", "988", "80", "168.4", "0.48", "8.1%", "8.2%", "1"]]
    (made,) = word(plain(Table("表", columns, rows))).tables
    assert made.cell(0, 3).text in ("预期逾期", "预期\n逾期")
    assert made.cell(0, 6).text == "调整后\n逾期率"
    assert "调整后逾期率" in "\n".join(
        text for _, text in reading.texts("docx", rendered(plain(Table("表", columns, rows)), "docx"))
    )


def test_a_unit_in_brackets_behind_a_chinese_heading_is_not_broken() -> None:
    columns = [*names("区段"), *figures("办件量", "中位数", "九成不超过", "合计（件·天）", "占比", "95% 区间")]
    rows = [
        ["register submission date request → OLO messaging active", "560", "3 天", "6.6 天", "2,800", "7.5%", "—"]
    ] * 20
    (made,) = word(plain(Table("表", columns, rows))).tables
    assert made.cell(0, 4).text in ("合计（件·天）", "合计\n（件·天）")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Municipality 1：在办件逾期与到期通知", ["Municipality 1：在办件逾期与到期通知"]),
        ("Inspectional Services：在办件逾期与到期通知", ["Inspectional Services：", "在办件逾期与到期通知"]),
        ("Public Works: approvals in the second quarter", ["Public Works: ", "approvals in the second quarter"]),
    ],
)  # fmt: skip
def test_a_long_title_is_broken_behind_its_colon(title: str, lines: list[str]) -> None:
    (made,) = [one for one in word(plain(Paragraph("一句话。"), title=title)).paragraphs if one.style.name == "Title"]
    assert made.text.split("\n") == lines


def test_a_long_title_without_a_colon_has_lines_of_about_one_length() -> None:
    title = "关于市自然资源和规划局城乡建设分局本年第二季度行政审批效能的函"
    (made,) = [one for one in word(plain(Paragraph("一句话。"), title=title)).paragraphs if one.style.name == "Title"]
    line = Length(Mm(156) - made.paragraph_format.left_indent - made.paragraph_format.right_indent)
    assert line.pt < 430  # not the whole width, which leaves a few letters for the second line
    assert line.pt * 2 > len(title) * 22


def test_a_title_that_has_room_only_without_the_space_between_figures_and_chinese_letters_is_parted() -> None:
    """“关于2025年第一季度司法局行政审批效能的函” once had its last character alone in a line."""
    title = "关于2025年第一季度司法局行政审批效能的函"
    (made,) = [one for one in word(plain(Paragraph("一句话。"), title=title)).paragraphs if one.style.name == "Title"]
    assert made.paragraph_format.left_indent.mm > 20


@pytest.mark.parametrize("line_count", range(1, 8))
def test_a_short_sentence_stands_on_the_page_of_the_picture_after_it(line_count: int) -> None:
    """A bulletin once had a page of two lines alone: the sentence before a picture as high as a page."""
    drawn = alt.Chart(pl.DataFrame({"x": [1]})).mark_point().encode(x="x:Q").properties(width=600, height=900)
    picture = Chart(drawn.properties(description="Points"), "Below.")  # type: ignore[arg-type]
    sentence = Paragraph("办" * (28 * line_count - 4))
    document = word(plain(Paragraph("一句话。"), sentence, picture))
    (made,) = [one for one in document.paragraphs if one.text == sentence.text]
    (extent,) = document.element.iter(qn("wp:extent"))
    height = Length(int(extent.get("cy"))).mm
    if line_count > 4:
        assert height == pytest.approx(195, abs=0.5)
    else:
        assert made.paragraph_format.keep_with_next
        assert height + line_count * 28.99 * 25.4 / 72 + 15 < 225  # the note below it takes two lines


def test_all_short_sentences_before_a_picture_stand_on_its_page_as_far_as_they_are_few() -> None:
    """A page held the last but one of them alone."""
    drawn = alt.Chart(pl.DataFrame({"x": [1]})).mark_point().encode(x="x:Q").properties(width=600, height=900)
    picture = Chart(drawn.properties(description="Points"), "Below.")  # type: ignore[arg-type]
    names = ["甲" * 300, "乙" * 40, "丙" * 40]
    document = word(plain(*map(Paragraph, names), picture))
    kept = {one.text[0] for one in document.paragraphs if one.text in names and one.paragraph_format.keep_with_next}
    assert kept == {"乙", "丙"}


def test_the_name_of_a_key_figure_has_no_character_alone_in_a_line() -> None:
    figures = KeyFigures([(name, "1") for name in ("办件量", "办结", "在办", "逾期", "按时办结率", "全程时间中位数")])
    (made,) = word(plain(figures)).tables
    assert made.cell(0, 5).text in ("全程时间\n中位数", "全程时间中位数")


def test_a_picture_stands_within_the_margins_of_a_word_file() -> None:
    """Where a picture does not say that nothing is left beside it, some programs leave three millimetres."""
    drawn = alt.Chart(pl.DataFrame({"x": [1]})).mark_point().encode(x="x:Q").properties(width=900, height=300)
    document = word(plain(Chart(drawn.properties(description="Points"), "Below.")))  # type: ignore[arg-type]
    (made,) = document.element.iter(qn("wp:inline"))
    assert {made.get(side) for side in ("distT", "distB", "distL", "distR")} == {"0"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_takes_a_document_for_one_of_its_present_form_and_of_china(language: Language) -> None:
    document = word(plain(Table("表", figures("号"), [["1"]]), language=language))
    compatibility = [
        one.get(qn("w:val"))
        for one in document.settings.element.iter(qn("w:compatSetting"))
        if one.get(qn("w:name")) == "compatibilityMode"
    ]
    assert compatibility == ["15"]  # of an older one, the title bar says “compatibility mode”
    assert document.settings.element.find(qn("w:themeFontLang")).get(qn("w:eastAsia")) == "zh-CN"
    said = [one.tag.rpartition("}")[2] for one in document.tables[0]._tbl.tblPr]
    assert said == [name for name in TABLE_ORDER if name in said]


@pytest.mark.parametrize(
    ("printed", "number", "form"),
    [
        ("2,213", 2213, "#,##0"), ("0", 0, "#,##0"), ("80.4", 80.4, "#,##0.0"), ("66.8%", 0.668, "#,##0.0%"),
        ("100%", 1, "#,##0%"), ("+57.5%", 0.575, '+#,##0.0%;"−"#,##0.0%;#,##0.0%'),
        ("−22.9%", -0.229, '#,##0.0%;"−"#,##0.0%'),
        ("-1599", -1599, '0;"-"0'), ("2017", 2017, "0"),
    ],
)  # fmt: skip
def test_a_printed_figure_is_a_number_in_a_workbook_and_looks_as_printed(
    printed: str, number: float, form: str
) -> None:
    assert printed_number(printed) == (pytest.approx(number), form)


@pytest.mark.parametrize(
    "printed", ["—", "–", "", "9 / 20", "61.4–71.8%", "<1 分钟", "2.6 h", "007", "1" * 16, "1.5.2"]
)
def test_words_intervals_and_codes_are_no_numbers(printed: str) -> None:
    assert printed_number(printed) is None


@pytest.mark.parametrize("printed", ["2016-13-45", "1899-12-30", "2016-04", "2016-04-30 09:00"])
def test_what_a_workbook_knows_no_day_of_stays_in_words(printed: str) -> None:
    assert printed_day(printed) is None


def test_columns_of_several_kinds_hold_numbers_and_days_in_a_workbook() -> None:
    """Texts that look like numbers cannot be added up or sorted, and each has a warning in its corner."""
    columns = [*names("编号"), *figures("得分", "应办结日", "区间")]
    made = rendered(plain(Table("表", columns, [["101001685806", "80.4", "2016-04-30", "61.4–71.8%"]])), "xlsx")
    cells = {one.get("r"): one for one in sheet(made, 2).iter(f"{SHEET}c")}
    assert float(cells["B4"].findtext(f"{SHEET}v")) == pytest.approx(80.4)
    assert format_of(made, cells["B4"]) == "#,##0.0"
    assert cells["C4"].findtext(f"{SHEET}v") == "42490"  # days since 1899-12-30
    assert format_of(made, cells["C4"]) == "yyyy-mm-dd"
    assert cells["A4"].get("t") == cells["D4"].get("t") == "s"  # a code keeps its digits, an interval its words
    (ignored,) = sheet(made, 2).iter(f"{SHEET}ignoredError")
    assert ignored.get("sqref") == "A4:D4"
    assert ignored.get("numberStoredAsText") == "1"


def test_words_beside_a_figure_stand_off_it_in_a_workbook() -> None:
    """An indent without a side is none: “61.4–71.8%below the overall share”."""
    made = rendered(plain(Table("表", [*figures("区间"), *names("结论")], [["61.4–71.8%", "低于总体"]])), "xlsx")
    (cell,) = [one for one in sheet(made, 2).iter(f"{SHEET}c") if one.get("r") == "B4"]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        forms = list(etree.fromstring(book.read("xl/styles.xml")).find(f"{SHEET}cellXfs"))
    alignment = forms[int(cell.get("s"))].find(f"{SHEET}alignment")
    assert (alignment.get("horizontal"), alignment.get("indent")) == ("left", "1")


@pytest.mark.parametrize(
    ("heading", "line_count"),
    [("Cases", 1), ("Period before", 1), ("Median throughput time of all completed cases", 4)],
)
def test_no_heading_of_a_workbook_is_cut(heading: str, line_count: int) -> None:
    made = rendered(plain(Table("表", [*names("Department"), *figures(heading)], [["A", "1"]]), language="en"), "xlsx")
    (row,) = [one for one in sheet(made, 2).iter(f"{SHEET}row") if one.get("r") == "3"]
    width = float(list(sheet(made, 2).iter(f"{SHEET}col"))[1].get("width"))
    assert max(map(len, heading.split())) < width
    assert float(row.get("ht") or 15) == 15 * line_count


def test_a_row_of_a_workbook_is_as_high_as_its_lines_and_no_higher() -> None:
    texts_in_a_column = ["x" * 20, "Planning permit for construction works (new)", "a name of many words " * 5]
    made = rendered(plain(Table("表", names("Item"), [[one] for one in texts_in_a_column])), "xlsx")
    heights = {one.get("r"): float(one.get("ht") or 15) for one in sheet(made, 2).iter(f"{SHEET}row")}
    assert [heights[place] for place in ("4", "5", "6")] == [15, 15, 45]


def test_a_column_of_days_says_so_once_and_a_few_minutes_are_not_zero() -> None:
    columns = [
        Column("全程时间中位数", str, name="throughput_elapsed_seconds_median"),
        Column("合计（件·天）", str, name="waiting_elapsed_seconds_total"),
    ]
    table = Table("表", columns, [["72 分钟", "12"]], values=[[4320.0, 1_036_800.0]])
    made = rendered(plain(table), "xlsx")
    cells = {one.get("r"): one for one in sheet(made, 2).iter(f"{SHEET}c")}
    assert [texts(made, "表1")[place] for place in ("A3", "B3")] == ["全程时间中位数（天）", "合计（件·天）"]
    assert float(cells["A4"].findtext(f"{SHEET}v")) == pytest.approx(0.05)
    assert "[<0.1]0.0000" in format_of(made, cells["A4"])


def test_the_first_sheet_of_a_workbook_has_no_heading_without_a_line() -> None:
    bare = rendered(plain(Paragraph("数据中没有事项时限。")), "xlsx")
    said = set(texts(bare, "目录").values())
    assert "本文没有表格。" in said
    assert not said & {"主要数字", "工作表", "行数"}
    assert "列" not in texts(bare, "定义").values()
    both = rendered(plain(Table("表", figures("号"), [["1"]]), KeyFigures([("办件量", "2,213")])), "xlsx")
    assert {"主要数字", "工作表", "2213"} <= set(texts(both, "目录").values())


def test_a_workbook_without_tables_says_what_the_document_says() -> None:
    made = rendered(plain(Paragraph("数据中没有事项时限，无从压缩。"), Paragraph("注", kind="note")), "xlsx")
    lines = [text for text in texts(made, "目录").values() if text]
    place = lines.index("本文没有表格。")
    assert lines[place + 1] == "数据中没有事项时限，无从压缩。"
    assert "注" not in lines  # stands among the definitions


def test_a_value_that_the_page_leaves_untold_is_no_number_in_the_workbook() -> None:
    days = column_of("throughput_elapsed_seconds_median", "zh", lambda value: f"{value} 秒" if value else "—")
    table = table_of(pl.DataFrame({days.name: [0.0, 86_400.0]}), [days], "zh", caption="表")
    assert [row[0] for row in table.rows] == ["—", "86400.0 秒"]
    cells = texts(rendered(plain(table), "xlsx"), "表1")
    assert (cells["A4"], cells["A5"]) == ("—", "1")


def test_every_printed_page_of_a_long_sheet_has_the_name_of_its_table_and_its_headings() -> None:
    made = rendered(plain(Table("长表", figures("号"), [[str(one)] for one in range(200)])), "xlsx")
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        names = etree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}definedName")
    assert [one.text for one in names if one.get("name") == "_xlnm.Print_Titles"] == ["表1!$1:$3"]


def test_every_long_line_of_the_first_sheet_has_the_height_of_its_lines() -> None:
    caption = "实际逾期与同类办件预期逾期（按比值从高到低，不排名的列后），并列出各部门的名次范围与须说明的事项"
    made = rendered(plain(Table(caption, figures("号"), [["1"]])), "xlsx")
    (place,) = [place for place, text in texts(made, "目录").items() if text == caption]
    (row,) = [one for one in sheet(made, 1).iter(f"{SHEET}row") if one.get("r") == place[1:]]
    assert float(row.get("ht")) >= 30


def test_the_definitions_say_what_a_column_means() -> None:
    columns = [Column("按时办结率", str, name="on_time_share"), Column("预期逾期", str, name="expected_late_count")]
    made = rendered(plain(Table("表", columns, [["50%", "1.5"]], values=[[0.5, 1.5]])), "xlsx")
    cells = texts(made, "定义")
    assert [cells[place] for place in ("A2", "B2", "C2", "D2")] == [
        "表1", "按时办结率", "（可判定 − 逾期）/ 可判定", "on_time_share",
    ]  # fmt: skip
    assert cells["C3"] == "居中的部门办同样的件会有的逾期"
    assert "表中数值" not in "".join(cells.values())  # of the frame of a notebook, not of a sheet


def test_a_table_for_people_is_printed_on_pages_with_its_headings_and_no_number_too_wide(tmp_path: Path) -> None:
    rows = [*([1.0] * 300), 123_456_789.5]
    frame = pl.DataFrame({"case_id": [str(one) for one in range(301)], "late_ratio": rows})
    made = write_workbook(frame, Reading("zh"), tmp_path / "a.xlsx").read_bytes()
    for number in (1, 2):
        assert sheet(made, number).find(f"{SHEET}pageSetup").get("orientation") == "landscape"
        assert sheet(made, number).find(f".//{SHEET}pageSetUpPr").get("fitToPage") == "1"
        assert sheet(made, number).find(f".//{SHEET}pane").get("ySplit") == "1"
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert re.findall(r"Print_Titles", book.read("xl/workbook.xml").decode()) == ["Print_Titles"] * 2
    assert float(list(sheet(made, 1).iter(f"{SHEET}col"))[1].get("width")) > len("123,456,789.5")

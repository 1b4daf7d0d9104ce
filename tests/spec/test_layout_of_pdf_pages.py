"""What stays together on the pages of a PDF, and how far it stands from what is above it."""

import dataclasses
import io
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from support.invented_page import document_of
from support.invented_run import invented_run
from support.samples import sample
from support.widest_table import CELLS, NAMES, widest

from efficacy_analytics.documents.blocks import Block, Chart, Column, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.documents.render.pdf_tables import CELL_PADDING, LINE_WIDTH, fitted
from efficacy_analytics.vocabulary import Language

Line = tuple[str, float]
"""Words, and their distance from the foot of the page in points."""
LINE: dict[Language, str] = {"zh": "办件按期办结情况良好。", "en": "Cases are completed in time."}


@cache
def content(language: Language) -> Content:
    """A briefing with one section."""
    with tempfile.TemporaryDirectory() as folder:
        whole = document_of(invented_run(Path(folder)), language=language).content()
    return dataclasses.replace(whole, pieces=[one for one in whole.pieces if one.name == "on_time"])


def of_sections(*sections: list[Block], language: Language = "zh", title: str = "") -> Content:
    """A document of sections, each with its blocks."""
    pieces = [Piece(f"s{number}", f"Part {number}", blocks) for number, blocks in enumerate(sections)]
    whole = dataclasses.replace(content(language), pieces=pieces)
    return dataclasses.replace(whole, head=dataclasses.replace(whole.head, title=title)) if title else whole


def lines_of(made: Content) -> list[list[Line]]:
    """The lines of each page from its top, as they are seen."""
    return [_lines(page) for page in pypdf.PdfReader(io.BytesIO(rendered(made, "pdf"))).pages]


def _lines(page: pypdf.PageObject) -> list[Line]:
    heights: dict[float, list[str]] = {}

    def keep(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            heights.setdefault(round(tm[5] * cm[3] + cm[5], 1), []).append(text)

    page.extract_text(visitor_text=keep)
    return [("".join("".join(texts).split()), height) for height, texts in sorted(heights.items(), reverse=True)]


def height_of(words: str, lines: list[Line]) -> float:
    """Where on a page a line with these words stands."""
    return next(height for text, height in lines if words in text)


def page_with(words: str, pages: list[list[Line]]) -> int:
    """The place of the first page that holds these words."""
    return next(place for place, lines in enumerate(pages) if any(words in text for text, _ in lines))


@pytest.mark.parametrize("line_count", range(8, 17))
def test_the_names_of_key_figures_stand_on_the_page_of_their_numbers_in_one_line(line_count: int) -> None:
    """A page once ended with the names, and the next began with the numbers."""
    figures = KeyFigures([("办件量", "4711"), ("按时办结率及其他一切须列出的指标", "66.8%"), ("全程时间", "10天")])
    pages = lines_of(of_sections([*[Paragraph(LINE["zh"])] * line_count, figures]))
    (names,) = [place for place, lines in enumerate(pages) if any("办件量" in text for text, _ in lines)]
    assert height_of("4711", pages[names]) == height_of("66.8%", pages[names]) == height_of("10天", pages[names])


def test_the_names_of_key_figures_stand_in_one_line_where_a_figure_takes_two() -> None:
    """“Safe limit” once stood lower than “Statutory limit”, whose “10 working days” took two lines."""
    figures = KeyFigures(
        [("Statutory", "10 working days and more"), ("Safe", "none"), ("Saved", "0"), ("Promised", "1")]
    )
    first = lines_of(of_sections([Paragraph(LINE["en"]), figures], language="en"))[0]
    assert any("StatutorySafeSavedPromised" in text for text, _ in first)
    assert height_of("10working", first) == height_of("none", first)


@pytest.mark.parametrize("row_count", range(6, 17))
def test_a_note_stands_on_the_page_of_its_table(row_count: int) -> None:
    table = Table("表中各数", [Column("号", str)], [[str(number)] for number in range(row_count)])
    note = Paragraph("环比与上期相比。", "note")
    words = [Paragraph(LINE["zh"])] * 6
    pages = lines_of(of_sections([*words, table, note, *words, *words]))
    assert page_with("表中各数", pages) == page_with("环比与上期相比", pages)


@pytest.mark.parametrize(
    ("language", "title", "lines"),
    [
        ("zh", "自然资源和规划局：2025年第一季度行政审批效能", ["自然资源和规划局：", "2025年第一季度行政审批效能"]),
        ("en", "Inspectional Services: approvals in the second quarter of 2017",
         ["InspectionalServices:", "approvalsinthesecondquarterof2017"]),
        ("zh", "自然资源和规划局在办件逾期与到期情况通知书", ["自然资源和规划局在办件", "逾期与到期情况通知书"]),
        ("zh", "2025年：效能分析", ["2025年：效能分析"]),
    ],
)  # fmt: skip
def test_no_line_of_a_title_holds_its_last_word_alone(language: Language, title: str, lines: list[str]) -> None:
    """What it is about stands in the first line, what it tells in the second; else both are of one length."""
    first = lines_of(of_sections([Paragraph(LINE[language])], language=language, title=title))[0]
    of_title = [text for text, _ in first if text in "".join(title.split()) and len(text) > 4]
    assert of_title == lines


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_heading_stands_as_far_below_the_words_above_it_whether_a_picture_follows_or_not(language: Language) -> None:
    """A section that opens with few words and a picture is one block, whose room above was lost."""
    chart = next(block for piece in content(language).pieces for block in piece.blocks if isinstance(block, Chart))
    words = Paragraph(LINE[language])
    first = lines_of(of_sections([words], [words], [words, chart], language=language))[0]
    heights = [height_of(name, first) for name in ("Part1", "Part2")]
    said = [height for text, height in first if "".join(LINE[language].split()) in text]
    assert said[0] - heights[0] == pytest.approx(said[1] - heights[1], abs=0.2)


def test_a_long_table_stands_as_far_below_the_words_above_it_as_a_short_one() -> None:
    def room_above(row_count: int) -> float:
        table = Table("表中各数", [Column("号", str)], [[str(number)] for number in range(row_count)])
        pages = lines_of(of_sections([Paragraph(LINE["zh"]), table, *[Paragraph(LINE["zh"])] * 12]))
        return height_of("办件按期", pages[0]) - height_of("表中各数", pages[0])

    assert room_above(60) == pytest.approx(room_above(4), abs=0.2)


def half_widths(table: Table) -> list[float]:
    """How many half-width letters have room in each column."""
    size, widths = fitted(table)
    scale = min(1.0, LINE_WIDTH / sum(widths))  # as a table of more than a line is set
    return [(width * scale - CELL_PADDING) / (size / 2) for width in widths]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_in_the_widest_table_no_heading_or_figure_lies_over_its_neighbour(language: Language) -> None:
    """“Limit” and “Completed” once stood one over the other, in a table of more than a line has room for."""
    for name, cell, room in zip(NAMES[language], CELLS[language], half_widths(widest(language)), strict=True):
        assert room >= max((1.1 * len(word) for word in name.split() if word.isascii()), default=0.0)
        assert room >= max((len(word) for word in cell.split() if word.isascii()), default=0.0)


def test_in_the_widest_chinese_table_no_figure_is_broken_and_a_short_finding_stands_in_one_line() -> None:
    room = half_widths(widest("zh"))
    assert room[2] >= len("20 ") + 2 * len("个工作日")
    assert room[8] >= len("95%17 ") + 2 * len("：个工作日")
    assert room[4] >= 2 * len("暂不下结论")


def test_a_chinese_heading_that_is_broken_is_in_lines_of_one_length() -> None:
    """Before: a last character alone, as 调整后逾期 and 率."""
    names = ["到期", "逾期", "预期逾期", "实际/预期", "逾期率", "调整后逾期率", "可能名次"]
    columns = [Column(name, str, is_figure=name not in ("部门", "结论")) for name in ("部门", *names, "结论")]
    row = ["人力资源和社会保障局", "1,037", "109", "130.1", "2.93", "24.3%", "19.4%", "1–4", "办件太少，不列评"]
    room = half_widths(Table("各部门", columns, [row]))[6]
    assert room >= 1.12 * 12 or 1.12 * 6 <= room < 1.12 * 8


@pytest.mark.parametrize("note_count", range(4))
def test_no_row_of_a_table_is_continued_on_the_next_page(note_count: int) -> None:
    """A row of a long name once had its last two lines above the first row of the next page."""
    name = "始" + "建设项目环境影响评价审批" * 6 + "终"
    table = Table(
        "表中各数", [Column(one, str, is_figure=False) for one in ("事项", "部门", "情况")], [[name] * 3] * 20
    )
    pages = lines_of(of_sections([*[Paragraph(LINE["zh"], "note")] * note_count, table]))
    begun, ended = ([sum(text.count(part) for text, _ in lines) for lines in pages] for part in ("始", "终"))
    assert len(pages) > 1
    assert begun == ended


@pytest.mark.parametrize("line_count", range(1, 17, 2))
def test_words_do_not_leave_half_their_page_to_a_table_on_the_next_one_and_no_two_rows_stand_alone(
    line_count: int,
) -> None:
    """A table of ten rows of three lines was moved to the next page, and half of the page with its words was empty."""
    name = "建设项目环境影响评价审批" * 4
    columns = [Column("事项", str, is_figure=False), Column("办件量", str), Column("部门", str, is_figure=False)]
    table = Table("表中各数", columns, [[name, f"4{number:03}", name] for number in range(10)])
    words = [Paragraph(LINE["zh"])]
    pages = lines_of(of_sections([*words * line_count, table, *words * 9]))
    rows = [sum(text.count("40") for text, _ in lines) for lines in pages]
    assert sum(rows) == 10
    assert all(count == 0 or count >= 3 for count in rows)
    before = page_with("表中各数", pages) - 1
    if before >= 0:
        assert min(height for text, height in pages[before] if LINE["zh"] in text) < 99 + 0.5 * 638


def test_a_picture_does_not_leave_half_its_page_to_a_table_on_the_next_one() -> None:
    chart = next(block for piece in content("zh").pieces for block in piece.blocks if isinstance(block, Chart))
    name = "建设项目环境影响评价审批" * 6
    columns = [Column("事项", str, is_figure=False), Column("办件量", str), Column("部门", str, is_figure=False)]
    table = Table("表中各数", columns, [[name, f"4{number:03}", name] for number in range(10)])
    words = [Paragraph(LINE["zh"])] * 14
    pages = lines_of(of_sections(words, [Paragraph(LINE["zh"]), chart, table, *words]))
    rows = [sum(text.count("40") for text, _ in lines) for lines in pages]
    assert sum(rows) == 10
    assert sum(count >= 3 for count in rows) == 2
    assert page_with("表中各数", pages) == page_with("图1", pages)


def test_a_long_last_table_begins_on_the_page_of_the_words_above_it() -> None:
    table = Table("表中各数", [Column("号", str)], [[str(number)] for number in range(120)])
    pages = lines_of(of_sections([Paragraph(LINE["zh"]), table]))
    assert page_with("表中各数", pages) == page_with(LINE["zh"], pages)


@pytest.mark.parametrize("row_count", [14, 16])
@pytest.mark.parametrize("line_count", range(4, 9))
def test_no_two_rows_of_a_table_stand_alone_on_the_page_after_a_picture(row_count: int, line_count: int) -> None:
    """The room below a picture is known by the last line of its note, which is lower than that of a sentence."""
    chart = next(block for piece in content("en").pieces for block in piece.blocks if isinstance(block, Chart))
    columns = [Column("Item", str, is_figure=False), Column("Cases", str)]
    table = Table("Numbers", columns, [["Permit", f"4{number:03}"] for number in range(row_count)])
    words = [Paragraph(LINE["en"])]
    pages = lines_of(of_sections(words * 20, [*words * line_count, chart, table, *words * 20], language="en"))
    rows = [sum(text.count("Permit") for text, _ in lines) for lines in pages]
    assert sum(rows) == row_count
    assert all(count == 0 or count >= 3 for count in rows)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("row_count", sample(range(17, 61), range(17, 61, 4)))
def test_each_page_of_a_table_that_is_broken_holds_three_rows_of_it_at_least(
    row_count: int, language: Language
) -> None:
    """A table of more than sixteen rows once ended with one row on a page of its own, or began with one."""
    draw = random.Random(row_count)
    word = {"zh": "建设项目环境影响评价审批", "en": "environmental assessment of a project "}[language]
    columns = [Column("Item", str, is_figure=False), Column("Cases", str), Column("Department", str, is_figure=False)]
    rows = [[word * draw.randint(1, 4), f"4{number:03}", word * draw.randint(1, 5)] for number in range(row_count)]
    above = [Paragraph(LINE[language])] * draw.randint(0, 20)
    pages = lines_of(of_sections([*above, Table("Numbers", columns, rows), *above], language=language))
    found = [sum(f"4{number:03}" in text for text, _ in lines for number in range(row_count)) for lines in pages]
    assert sum(found) == row_count
    assert all(count == 0 or count >= 3 for count in found)


def test_a_table_that_is_broken_is_one_table_of_all_its_rows_to_who_hears_it() -> None:
    """Its last rows are kept together as a group of their own: no row, cell or heading is added or lost by that."""
    columns = [Column("Item", str, is_figure=False), Column("Cases", str)]
    table = Table("Numbers", columns, [["Permit", f"4{number:03}"] for number in range(50)])
    made = of_sections([Paragraph(LINE["en"]), table], language="en")
    parts = parts_of(pypdf.PdfReader(io.BytesIO(rendered(made, "pdf"))).root_object["/StructTreeRoot"])
    counts = {part: parts.count(part) for part in ("/Table", "/THead", "/TR", "/TH", "/TD")}
    assert counts == {"/Table": 1, "/THead": 1, "/TR": 51, "/TH": 2, "/TD": 100}


def parts_of(element: Any) -> list[str]:
    """The kinds of the parts of a tagged document in reading order."""
    one = element.get_object()
    if isinstance(one, list):
        return [part for each in one for part in parts_of(each)]
    if not isinstance(one, dict):
        return []
    return [str(one.get("/S"))] + (parts_of(one["/K"]) if "/K" in one else [])

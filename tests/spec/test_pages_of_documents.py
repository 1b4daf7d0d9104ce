"""How a document lies on its pages, in PDF and in Word: what stays together, what may be broken, what is a heading."""

import dataclasses
import io
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.shared import Mm
from support.invented_page import document_of
from support.invented_run import invented_run

from efficacy_analytics.documents.blocks import Block, Column, Paragraph, Table
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render.docx_widths import PADDING
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.vocabulary import Language


@pytest.mark.parametrize(
    ("title", "period", "parts"),
    [
        ("司法局：2016年行政审批效能", "2016年", ["司法局：", "2016年", "行政审批效能"]),
        (
            "关于2025年第一季度司法局行政审批效能的函",
            "2025年第一季度",
            ["关于2025年第一季度", "司法局行政审批效能的函"],
        ),
        ("司法局“开业（新办）”的时限", "2025年第一季度", ["司法局“开业（新办）”的时限"]),
        ("Justice: approvals in 2016", "in 2016", ["Justice: ", "approvals in 2016"]),
    ],
)
def test_a_line_of_a_title_ends_behind_its_colon_or_period(title: str, period: str, parts: list[str]) -> None:
    head = dataclasses.replace(content().head, title=title, period=period)
    assert head.title_parts == parts
    page = rendered(dataclasses.replace(content(), head=head), "html").decode()
    (heading,) = re.findall("<h1>(.*?)</h1>", page)
    assert re.sub("<.*?>", "", heading) == title


@cache
def content(language: Language = "zh") -> Content:
    """Two sections of a briefing, with its foot."""
    with tempfile.TemporaryDirectory() as folder:
        whole = document_of(invented_run(Path(folder)), language=language).content()
    return dataclasses.replace(whole, pieces=[one for one in whole.pieces if one.name in ("summary", "departments")])


def plain(*blocks: Block) -> Content:
    """A short document of these blocks."""
    return dataclasses.replace(content(), pieces=[Piece("one", "一个部分", blocks)])


def pages_of(made: Content) -> list[str]:
    """The text of each page of a PDF, as a reader copies it."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(rendered(made, "pdf"))).pages]


def word(made: Content) -> Any:
    """The Word document."""
    return docx.Document(io.BytesIO(rendered(made, "docx")))


def is_heading(style: Any) -> bool:
    """Whether a style is that of a section's heading, or made from it."""
    return style.name == "Heading 1" or (style.base_style is not None and is_heading(style.base_style))


def test_a_long_code_is_broken_in_print_and_copied_as_it_is() -> None:
    """A reader who copies the code, or searches the file for it, finds nothing put in between its letters."""
    code = "0123456789abcdef" * 4
    one, other = (Column(name, str, is_figure=False) for name in ("号", "另一号"))
    tables = [Table("一", [one], [[code]]), Table("二", [one, other], [[code, code]])]
    pages = pages_of(plain(Paragraph(f"“{code}”"), *tables))
    assert not any("\u200b" in text for text in pages)
    lines = [line for text in pages for line in text.splitlines()]
    assert code in lines  # one column has room for it
    broken = [line for line in lines if code[:16] in line and line != code]
    assert len(broken) >= 6  # a line of text and the narrow columns have not
    assert {line.strip("“”").replace(code[:16], "") for line in broken} == {""}  # whole pieces, without a space
    assert "".join("".join(pages).split()).count(code) == 4


@pytest.mark.parametrize("line_count", [1, 2, 4, 6, 12, 18, 22, 23, 25])
def test_the_last_page_holds_the_last_table_with_the_foot(line_count: int) -> None:
    """However much stands before: no page of a few lines of the foot."""
    lines = [Paragraph("办件按期办结情况良好。")] * line_count
    table = Table("末表", [Column("号", str)], [[str(number)] for number in range(8)])
    last = "".join(pages_of(plain(*lines, table))[-1].split())
    foot = content().colophon
    assert "末表" in last
    for text in (foot.title, foot.lines[0][:12], foot.lines[-1][:12], foot.printed_on):
        assert "".join(text.split()) in last


@pytest.mark.parametrize("line_count", range(4, 12))
def test_the_last_page_holds_the_last_words_with_the_foot_where_no_table_follows_them(line_count: int) -> None:
    """A quarterly report whose last section was a sentence once had its foot alone on a page."""
    lines = [Paragraph("办件按期办结情况良好。")] * line_count
    made = dataclasses.replace(
        plain(*lines), pieces=[Piece("one", "前", lines), Piece("two", "末", [Paragraph("无。")])]
    )
    last = "".join(pages_of(made)[-1].split())
    assert last.index("二、末无。") < last.index("".join(content().colophon.title.split()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_heading_of_a_word_file_is_one_of_the_same_level_and_no_other_style_has_the_indent_of_the_body(
    language: Language,
) -> None:
    document = word(content(language))
    own = [piece.title for piece in content(language).pieces] + [content(language).colophon.title]
    of_headings = [
        one
        for one in document.paragraphs
        if "Heading 1" in (one.style.name, one.style.base_style and one.style.base_style.name)
    ]
    assert [one.text.rpartition("、" if language == "zh" else ". ")[2] for one in of_headings] == own
    assert [one.text for one in document.paragraphs if one.style.name == "Title"] == [content(language).head.title]
    for name in ("Title", "Caption", "Efficacy Name", "Efficacy Note"):
        assert document.styles[name].paragraph_format.first_line_indent == 0
    for one in of_headings[:-1]:
        assert one.style.paragraph_format.space_after.pt >= 4  # a rule may follow


@pytest.mark.parametrize(
    ("heading", "letters"),
    [("可保证时限", 10), ("全程时间中位数", 8), ("占比", 4), ("Completed", 10.5), ("Share of total", 5.6)],
)
def test_a_heading_of_a_word_table_is_not_broken_within_a_word(heading: str, letters: float) -> None:
    """Ten half-width letters stand in a line, longer Chinese ones in lines of one length; bold letters are wider."""
    columns = [Column("事项", str, is_figure=False), Column(heading, str)]
    table = Table("表", columns, [["一" * 40, "1"]])
    (made_table,) = word(plain(table)).tables
    size = made_table.cell(1, 1).paragraphs[0].runs[0].font.size
    assert made_table.columns[1].width - Mm(PADDING) >= letters * size / 2


def test_a_column_of_short_words_keeps_them_whole_beside_one_of_long_sentences() -> None:
    """Columns of words once shared by the length of their cells: “Municipality 3” was broken into five lines."""
    heads = [
        Column("Department", str, is_figure=False),
        *(Column(name, str) for name in ("Cases", "Completed", "Time")),
    ]
    heads.append(Column("Main bottleneck", str, is_figure=False))
    rows = [["Municipality 3", "295", "273", "40.4 days", "enter senddate acknowledgement (01_HOOFD_030_2) → " * 3]]
    (made_table,) = word(plain(Table("a table", heads, rows))).tables
    size = made_table.cell(1, 0).paragraphs[0].runs[0].font.size
    assert made_table.columns[0].width - Mm(PADDING) >= len("Municipality") * size / 2


def test_the_foot_of_a_word_file_stays_with_the_last_table() -> None:
    table = Table("末表", [Column("号", str)], [[str(number)] for number in range(3)])
    document = word(plain(Paragraph("一句话。"), table))
    rows = [cell.paragraphs[0] for row in document.tables[-1].rows for cell in row.cells]
    foot = content().colophon
    after = [one for one in document.paragraphs if one.text == foot.title or one.text.startswith("• ")]
    assert len(after) == 1 + len(foot.lines)
    assert all(one.paragraph_format.keep_with_next or one.style.paragraph_format.keep_with_next for one in rows + after)


@pytest.mark.parametrize(("row_count", "line_count"), [(10, 2), (10, 3), (10, 4), (14, 1), (14, 2), (14, 3)])
def test_the_end_of_the_foot_is_not_alone_on_a_page_after_a_table_that_fills_one(
    row_count: int, line_count: int
) -> None:
    """A table that was held on the page of the foot, and was too high for it, left the end of the foot alone."""
    name = "建设项目环境影响评价审批" * line_count
    columns = [Column(one, str, is_figure=False) for one in ("事项", "部门", "情况")]
    table = Table("末表", columns, [[name] * 3] * row_count)
    foot = content().colophon
    last = "".join(pages_of(plain(Paragraph("一句话。"), table))[-1].split())
    assert "".join(foot.title.split()) in last
    assert "".join(foot.printed_on.split()) in last

"""The tables of a document as a workbook: every one whole, with numbers as numbers, and a sheet on what they mean."""

import datetime as dt
import io
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.blocks import Chart, Column, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Content
from efficacy_analytics.documents.render.words import sheet_name
from efficacy_analytics.vocabulary import Language, Words

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

DAY_SECONDS: Final = 86_400.0
SHEETS: Final[dict[str, Words]] = {
    "contents": {"zh": "目录", "en": "Contents"},
    "definitions": {"zh": "定义", "en": "Definitions"},
}
ORIGIN: Final = "origin"
"""The sheet that nobody sees, with what the document was made from."""
CELL_LETTERS: Final = 30_000
HEADS: Final[dict[str, Words]] = {
    "sheet": {"zh": "工作表", "en": "Sheet"},
    "section": {"zh": "所在部分", "en": "Section"},
    "caption": {"zh": "表名", "en": "Table"},
    "rows": {"zh": "行数", "en": "Rows"},
    "heading": {"zh": "列", "en": "Column"},
    "name": {"zh": "字段", "en": "Field"},
    "unit": {"zh": "单位与格式", "en": "Unit and form"},
    "notes": {"zh": "说明", "en": "Notes"},
    "figures": {"zh": "主要数字", "en": "Key figures"},
}
FORMATS: Final[dict[str, str]] = {"count": "#,##0", "share": "0.0%", "seconds": "#,##0.00", "number": "#,##0.00"}
UNITS: Final[dict[str, Words]] = {
    "count": {"zh": "整数", "en": "whole number"},
    "share": {"zh": "占比（%）", "en": "share (%)"},
    "seconds": {"zh": "天（24 小时）", "en": "days of 24 hours"},
    "number": {"zh": "数值", "en": "number"},
    "words": {"zh": "文字，与正文相同", "en": "as printed"},
}
IN_DAYS: Final[Words] = {"zh": "{heading}（天）", "en": "{heading} (days)"}
WIDEST: Final = 46
FULL_LINE: Final = 40
"""Half-width letters that a line of a cell holds at least, however its words break."""
NOTE_WIDTHS: Final = (20, 92)
"""Half-width letters of a line of a note's title and of the note."""
LINE_HEIGHT, TITLE_HEIGHT = 15.0, 22.0
"""Points of a row: of one line, of a title."""


def xlsx(content: Content) -> bytes:
    """The workbook of a document; the same bytes for the same document."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": content.full_title, "subject": content.head.title, "author": content.head.issuer, "comments": "",
            "created": dt.datetime(*content.day),
        }
    )  # fmt: skip
    forms = _Forms(book)
    contents = book.add_worksheet(SHEETS["contents"][content.language])
    for number, _, table in content.tables():
        _table_sheet(book.add_worksheet(sheet_name(number, content.language)), table, content, forms)
    _definitions(book.add_worksheet(SHEETS["definitions"][content.language]), content, forms)
    _origin(book.add_worksheet(ORIGIN), content)
    _contents(contents, content, forms)
    book.close()
    return made.getvalue()


class _Forms:
    """How cells look, each made once."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        look = {"font_name": "宋体", "font_size": 11, "valign": "top"}
        self.title = book.add_format({**look, "bold": True, "font_size": 14})
        self.head = book.add_format(
            {**look, "indent": 1, "bold": True, "text_wrap": True, "top": 2, "bottom": 1, "valign": "bottom"}
        )
        self.right_head = book.add_format(
            {**look, "bold": True, "text_wrap": True, "top": 2, "bottom": 1, "valign": "bottom", "align": "right"}
        )
        self.words = book.add_format({**look, "text_wrap": True, "indent": 1})
        self.right = book.add_format({**look, "align": "right"})
        self.link = book.add_format({**look, "font_color": "#2b6a99", "underline": 1})
        self.numbers = {kind: book.add_format({**look, "num_format": form}) for kind, form in FORMATS.items()}


def kind_of(column: Column, values: Sequence[Any]) -> str:
    """What a column's values are, by the unit in its name; words where it shows more than one value, or no number."""
    known = [value for value in values if value is not None]
    if (
        not column.name
        or not known
        or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in known)
    ):
        return "words"
    if all(float(one).is_integer() for one in known) and "_seconds" not in column.name and "share" not in column.name:
        return "count"
    if "share" in column.name and all(0 <= one <= 1 for one in known):
        return "share"
    if "_seconds" in column.name:
        return "seconds"
    return "number"


def _table_sheet(sheet: "Worksheet", table: Table, content: Content, forms: _Forms) -> None:
    rows = [*table.rows, *table.left_out]
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.write_string(0, 0, table.caption, forms.title)
    for number, row in enumerate(rows, start=3):
        lines = max(_lines(text, FULL_LINE) for text in row)
        if lines > 1:
            sheet.set_row(number, LINE_HEIGHT * lines)
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.values] or [None] * len(rows)
        kind = kind_of(column, values)
        sheet.write_string(
            2, place, _heading(column, kind, content.language), forms.right_head if column.is_figure else forms.head
        )
        for number, (row, value) in enumerate(zip(rows, values, strict=True), start=3):
            if kind == "words" or value is None:
                sheet.write_string(number, place, row[place], forms.right if column.is_figure else forms.words)
            else:
                sheet.write_number(
                    number, place, value / DAY_SECONDS if kind == "seconds" else value, forms.numbers[kind]
                )
        longest = max([display_width(row[place]) for row in rows] + [min(display_width(column.heading), 12)])
        sheet.set_column(place, place, min(longest, WIDEST) + 3)
    sheet.freeze_panes(3, 1)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(table.columns) - 1)
    _for_print(sheet)
    sheet.repeat_rows(2)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of so many half-width letters."""
    return max(1, math.ceil(display_width(text) / width))


def _heading(column: Column, kind: str, language: Language) -> str:
    return IN_DAYS[language].format(heading=column.heading) if kind == "seconds" else column.heading


def _for_print(sheet: "Worksheet") -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _contents(sheet: "Worksheet", content: Content, forms: _Forms) -> None:
    head, language = content.head, content.language
    lines = [content.full_title, f"{head.edition}  {head.issuer}  {head.issued_on}", *head.remarks]
    sheet.set_row(0, TITLE_HEIGHT)
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, forms.title if number == 0 else None)
    row = len(lines) + 1
    for place, name in enumerate(("sheet", "section", "caption", "rows")):
        sheet.write_string(row, place, HEADS[name][language], forms.head)
    for number, piece, table in content.tables():
        row += 1
        name = sheet_name(number, language)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", forms.link, name)
        sheet.write_string(row, 1, piece.title, forms.words)
        sheet.write_string(row, 2, table.caption, forms.words)
        sheet.write_number(row, 3, len(table.rows) + len(table.left_out), forms.numbers["count"])
    row += 2
    sheet.write_string(row, 0, HEADS["figures"][language], forms.head)
    figures = [
        pair
        for piece in content.pieces
        for block in piece.blocks
        if isinstance(block, KeyFigures)
        for pair in block.figures
    ]
    for name, value in figures:
        row += 1
        sheet.write_string(row, 0, name, forms.words)
        sheet.write_string(row, 1, value, forms.right)
    for place, width in enumerate((22, 26, 60, 10)):
        sheet.set_column(place, place, width)
    _for_print(sheet)


def _definitions(sheet: "Worksheet", content: Content, forms: _Forms) -> None:
    """What each column is, then every note and line on method of the document."""
    language = content.language
    for place, name in enumerate(("sheet", "heading", "name", "unit")):
        sheet.write_string(0, place, HEADS[name][language], forms.head)
    row = 0
    for number, _, table in content.tables():
        for place, column in enumerate(table.columns):
            row += 1
            kind = kind_of(column, [one[place] for one in table.values])
            texts = (sheet_name(number, language), _heading(column, kind, language), column.name, UNITS[kind][language])
            for at, text in enumerate(texts):
                sheet.write_string(row, at, text, forms.words)
    row += 2
    sheet.write_string(row, 0, HEADS["notes"][language], forms.head)
    for title, line in _notes(content):
        row += 1
        sheet.write_string(row, 0, title, forms.words)
        sheet.merge_range(row, 1, row, 3, line, forms.words)
        sheet.set_row(row, LINE_HEIGHT * max(_lines(title, NOTE_WIDTHS[0]), _lines(line, NOTE_WIDTHS[1])))
    for place, width in enumerate((22, 34, 38, 26)):
        sheet.set_column(place, place, width)
    _for_print(sheet)


def _notes(content: Content) -> list[tuple[str, str]]:
    notes = []
    for piece in content.pieces:
        for block in piece.blocks:
            if isinstance(block, Paragraph) and block.kind == "note":
                notes.append((piece.title, block.text))
            elif isinstance(block, Chart) and block.note:
                notes.append((piece.title, block.note))
    foot = content.colophon
    return [*notes, *((foot.title, line) for line in foot.lines), *foot.facts]


def _origin(sheet: "Worksheet", content: Content) -> None:
    text = json.dumps(content.origin, ensure_ascii=False, sort_keys=True, default=str)
    for number, start in enumerate(range(0, len(text), CELL_LETTERS)):
        sheet.write_string(number, 0, text[start : start + CELL_LETTERS])
    sheet.very_hidden()

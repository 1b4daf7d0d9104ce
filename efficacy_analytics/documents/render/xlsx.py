"""The tables of a document as a workbook: every one whole, with numbers as numbers, and a sheet on what they mean."""

import datetime as dt
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from efficacy_analytics.documents.blocks import Chart, KeyFigures, Paragraph, Table, sentences
from efficacy_analytics.documents.content import Content
from efficacy_analytics.documents.render.words import sheet_name
from efficacy_analytics.documents.render.xlsx_cells import (
    DAY_SECONDS,
    LINE_HEIGHT,
    MARGIN,
    TITLE_HEIGHT,
    UNITS,
    Forms,
    column_width,
    heading_line_count,
    kind_of,
    lines_of,
    worded_heading,
    write_figure,
)
from efficacy_analytics.documents.tables.headings import meaning
from efficacy_analytics.vocabulary import Words

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

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
    "meaning": {"zh": "含义", "en": "Meaning"},
    "name": {"zh": "字段", "en": "Field"},
    "unit": {"zh": "单位与格式", "en": "Unit and form"},
    "notes": {"zh": "说明", "en": "Notes"},
    "figures": {"zh": "主要数字", "en": "Key figures"},
    "no_tables": {"zh": "本文没有表格。", "en": "This document has no tables."},
}
CONTENTS_WIDTHS: Final = (36, 34, 62, 10)
DEFINITION_WIDTHS: Final = (26, 34, 46, 36, 22)
"""Half-width letters of the columns."""


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
    forms = Forms(book, content.language)
    contents = book.add_worksheet(SHEETS["contents"][content.language])
    for number, _, table in content.tables():
        _table_sheet(book.add_worksheet(sheet_name(number, content.language)), table, content, forms)
    _definitions(book.add_worksheet(SHEETS["definitions"][content.language]), content, forms)
    _origin(book.add_worksheet(ORIGIN), content)
    _contents(contents, content, forms)
    book.close()
    return made.getvalue()


def _table_sheet(sheet: "Worksheet", table: Table, content: Content, forms: Forms) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    rows = [*table.rows, *table.left_out]
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.write_string(0, 0, table.caption, forms.title)
    line_count, lines = 1, [1] * len(rows)
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.values] or [None] * len(rows)
        kind = kind_of(column, values)
        heading = worded_heading(column, kind, content.language)
        sheet.write_string(2, place, heading, forms.right_head if column.is_figure else forms.head)
        for number, (row, value) in enumerate(zip(rows, values, strict=True), start=3):
            if kind != "words" and value is not None:
                sheet.write_number(
                    number, place, value / DAY_SECONDS if kind == "seconds" else value, forms.numbers[kind]
                )
            elif column.is_figure:
                write_figure(sheet, number, place, row[place], forms)
            else:
                sheet.write_string(number, place, row[place], forms.words)
        width = column_width(heading, [row[place] for row in rows], kind, values)
        line_count = max(line_count, heading_line_count(heading, width))
        if not column.is_figure:
            lines = [max(had, lines_of(row[place], width)) for had, row in zip(lines, rows, strict=True)]
        sheet.set_column(place, place, width + MARGIN)
    sheet.set_row(2, LINE_HEIGHT * line_count)
    for number, many in enumerate(lines, start=3):
        if many > 1:
            sheet.set_row(number, LINE_HEIGHT * many)
    sheet.freeze_panes(3, 1)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(table.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A4:{xl_rowcol_to_cell(2 + len(rows), len(table.columns) - 1)}"})
    _for_print(sheet)
    sheet.repeat_rows(0, 2)


def _for_print(sheet: "Worksheet") -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _contents(sheet: "Worksheet", content: Content, forms: Forms) -> None:
    head, language = content.head, content.language
    widths = CONTENTS_WIDTHS
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.write_string(0, 0, content.full_title, forms.title)
    row = _lines(sheet, 1, [f"{head.edition}  {head.issuer}  {head.issued_on}", *head.remarks], forms)
    row = _tables(sheet, content, row + 1, forms)
    figures = [
        pair
        for piece in content.pieces
        for block in piece.blocks
        if isinstance(block, KeyFigures)
        for pair in block.figures
    ]
    if figures:
        sheet.merge_range(row + 2, 0, row + 2, 1, HEADS["figures"][language], forms.head)
    for at, (name, value) in enumerate(figures, start=row + 3):
        sheet.write_string(at, 0, name, forms.words)
        sheet.set_row(at, LINE_HEIGHT * lines_of(name, widths[0] - MARGIN))
        write_figure(sheet, at, 1, value, forms)
    _for_print(sheet)


def _lines(sheet: "Worksheet", row: int, lines: Sequence[str], forms: Forms) -> int:
    """Lines of text over the whole width from that row on; returns the row after them."""
    for at, line in enumerate(lines, start=row):
        sheet.merge_range(at, 0, at, len(CONTENTS_WIDTHS) - 1, line, forms.remark)
        sheet.set_row(at, LINE_HEIGHT * lines_of(line, sum(CONTENTS_WIDTHS) - MARGIN))
    return row + len(lines)


def _tables(sheet: "Worksheet", content: Content, row: int, forms: Forms) -> int:
    """The list of the tables from that row on, or what is said where there are none; returns its last row."""
    language, widths = content.language, CONTENTS_WIDTHS
    if not any(content.tables()):
        said = [text for piece in content.pieces for text in sentences(piece.blocks)]
        return _lines(sheet, row, [HEADS["no_tables"][language], *said], forms) - 1
    for place, name in enumerate(("sheet", "section", "caption", "rows")):
        sheet.write_string(row, place, HEADS[name][language], forms.right_head if name == "rows" else forms.head)
    for number, piece, table in content.tables():
        row += 1
        name = sheet_name(number, language)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", forms.link, name)
        sheet.write_string(row, 1, piece.title, forms.words)
        sheet.write_string(row, 2, table.caption, forms.words)
        sheet.write_number(row, 3, len(table.rows) + len(table.left_out), forms.numbers["count"])
        texts = (piece.title, table.caption)
        lines = [lines_of(text, width - MARGIN) for text, width in zip(texts, widths[1:3], strict=True)]
        sheet.set_row(row, LINE_HEIGHT * max(lines))
    return row


def _definitions(sheet: "Worksheet", content: Content, forms: Forms) -> None:
    """What each column is, then every note and line on method of the document."""
    language, widths = content.language, DEFINITION_WIDTHS
    row = _columns(sheet, content, forms) + 2 if any(content.tables()) else 0
    sheet.merge_range(row, 0, row, len(widths) - 1, HEADS["notes"][language], forms.head)
    for title, line in _notes(content):
        row += 1
        sheet.write_string(row, 0, title, forms.words)
        sheet.merge_range(row, 1, row, len(widths) - 1, line, forms.words)
        lines = max(lines_of(title, widths[0] - MARGIN), lines_of(line, sum(widths[1:]) - MARGIN))
        sheet.set_row(row, LINE_HEIGHT * lines)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    _for_print(sheet)


def _columns(sheet: "Worksheet", content: Content, forms: Forms) -> int:
    """A row for each column of each table; returns the last one."""
    language, widths = content.language, DEFINITION_WIDTHS
    for place, name in enumerate(("sheet", "heading", "meaning", "name", "unit")):
        sheet.write_string(0, place, HEADS[name][language], forms.head)
    row = 0
    for number, _, table in content.tables():
        for place, column in enumerate(table.columns):
            row += 1
            kind = kind_of(column, [one[place] for one in table.values])
            texts = (
                sheet_name(number, language), worded_heading(column, kind, language),
                meaning(column.meant or column.name, language), column.name, UNITS[kind][language],
            )  # fmt: skip
            for at, text in enumerate(texts):
                sheet.write_string(row, at, text, forms.words)
            lines = [lines_of(text, width - MARGIN) for text, width in zip(texts, widths, strict=True)]
            sheet.set_row(row, LINE_HEIGHT * max(lines))
    return row


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

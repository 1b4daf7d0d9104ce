"""Tables of a Word document: three rules, a header row that every page repeats, rows that stay whole."""

from typing import Any, Final

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.blocks import KeyFigures, Table
from efficacy_analytics.documents.render.docx_styles import CELL, TEXT_WIDTH

WIDEST: Final = 26
NARROWEST: Final = 6


def add_table(document: Any, table: Table, label: str) -> None:
    """A table block, with what a reader is told who does not see it."""
    from docx.shared import Mm

    made = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    made.autofit = False
    _describe(made, label, table.caption)
    widths = _widths(table)
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        made.columns[place].width = Mm(width)
        texts = [column.heading, *(row[place] for row in table.rows)]
        for number, (cell, text) in enumerate(zip(made.columns[place].cells, texts, strict=True)):
            cell.width = Mm(width)
            _fill(cell, text, is_right=column.is_figure, is_bold=number == 0)
    _repeat(made.rows[0])
    for row in made.rows:
        _keep_whole(row)
    _rule(made)


def add_figures(document: Any, block: KeyFigures) -> None:
    """Key figures side by side, each under its name."""
    made = document.add_table(rows=2, cols=len(block.figures))
    _describe(made, "", ", ".join(name for name, _ in block.figures))
    for place, pair in enumerate(block.figures):
        for row, text in enumerate(pair):
            _fill(made.cell(row, place), text, is_right=False, is_bold=row == 1)
    _repeat(made.rows[0])
    _rule(made, within=False)


def _widths(table: Table) -> list[float]:
    asked = []
    for place, column in enumerate(table.columns):
        cells = [display_width(row[place]) for row in table.rows]
        words = max(map(display_width, column.heading.split()), default=0) if column.heading.isascii() else 6
        longest = max(cells, default=0)
        asked.append(max(longest if column.is_figure else min(longest, WIDEST), min(words, WIDEST), NARROWEST) + 2)
    return [TEXT_WIDTH * one / sum(asked) for one in asked]


def _fill(cell: Any, text: str, *, is_right: bool, is_bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = cell.paragraphs[0]
    line.style = CELL
    line.add_run(text).bold = is_bold
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_right else WD_ALIGN_PARAGRAPH.LEFT


def _describe(made: Any, label: str, description: str) -> None:
    """Title and description of a table, for readers who do not see it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for name, text in (("w:tblCaption", label), ("w:tblDescription", description)):
        element = OxmlElement(name)
        element.set(qn("w:val"), text)
        made._tbl.tblPr.append(element)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_whole(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _rule(made: Any, *, within: bool = True) -> None:
    """Rules above, below, and under the header."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_border(f"w:{side}", 10))
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    made._tbl.tblPr.insert(list(made._tbl.tblPr).index(look) if look is not None else len(made._tbl.tblPr), borders)
    for cell in made.rows[0].cells if within else ():
        of_cell = OxmlElement("w:tcBorders")
        of_cell.append(_border("w:bottom", 4))
        cell._tc.get_or_add_tcPr().append(of_cell)


def _border(name: str, eighths: int) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    border = OxmlElement(name)
    for key, value in {"val": "single", "sz": str(eighths), "space": "0", "color": "000000"}.items():
        border.set(qn(f"w:{key}"), value)
    return border

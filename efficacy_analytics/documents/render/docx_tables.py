"""Tables of a Word document: three rules, a header row that every page repeats, rows that stay whole."""

from typing import Any, Final

from efficacy_analytics.documents.blocks import KeyFigures, Table
from efficacy_analytics.documents.render.docx_styles import CELL, TEXT_WIDTH, set_style
from efficacy_analytics.documents.render.docx_widths import CELL_MARGIN, MILLIMETRES, figure_size, fitted, heading_lines

AFTER_MARGINS: Final = ("w:tblLook", "w:tblCaption", "w:tblDescription")
AFTER_BORDERS: Final = ("w:shd", "w:tblLayout", "w:tblCellMar", *AFTER_MARGINS)
"""What stands after the margins and the borders of a table, as the schema orders them."""
FIGURE_SPACE: Final = 3.0
"""Points above and below a key figure and its name."""
MOST_TOGETHER: Final = 16
"""A table of no more rows stands on one page."""
FEWEST_TOGETHER: Final = 3
"""Rows of a longer table that stand at least on its first page and on its last."""


def add_table(document: Any, table: Table, label: str, *, stays: bool = False) -> None:
    """A table block, with what a reader is told who does not see it; the end of one that stays is on the page of what
    follows.
    """
    from docx.shared import Mm

    made = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    made.autofit = False
    _describe(made, label, table.caption)
    size, widths = fitted(table)
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        made.columns[place].width = Mm(width)
        texts = [column.heading, *(row[place] for row in table.rows)]
        for number, (cell, text) in enumerate(zip(made.columns[place].cells, texts, strict=True)):
            cell.width = Mm(width)
            lines = heading_lines(text, size, width) if number == 0 else [text]
            _fill(cell, lines, is_right=column.is_figure, is_bold=number == 0, size=size)
    _repeat(made.rows[0])
    for row in made.rows:
        _keep_whole(row)
    _keep_together(made, with_last=stays)
    _rule(made)


def add_figures(document: Any, block: KeyFigures) -> None:
    """Key figures side by side, each under its name."""
    from docx.shared import Pt

    made = document.add_table(rows=2, cols=len(block.figures))
    largest = figure_size([text for _, text in block.figures])
    name_size = document.styles[CELL].font.size.pt
    _describe(made, "", ", ".join(name for name, _ in block.figures))
    for place, pair in enumerate(block.figures):
        for row, text in enumerate(pair):
            size = largest if row == 1 else None
            lines = [text] if row == 1 else heading_lines(text, name_size, TEXT_WIDTH / len(block.figures))
            _fill(made.cell(row, place), lines, is_right=False, is_bold=row == 1, size=size)
            form = made.cell(row, place).paragraphs[0].paragraph_format
            form.space_before, form.space_after = Pt(FIGURE_SPACE), Pt(FIGURE_SPACE)
            form.keep_with_next = row == 0
    _repeat(made.rows[0])
    for row in made.rows:
        _keep_whole(row)
    _rule(made, within=False)


def _fill(cell: Any, lines: list[str], *, is_right: bool, is_bold: bool, size: float | None = None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = cell.paragraphs[0]
    set_style(line, CELL)
    run = line.add_run(lines[0])
    for more in lines[1:]:
        run.add_break()
        run.add_text(more)
    run.bold = is_bold
    if size is not None:
        run.font.size = Pt(size)
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


def _keep_together(made: Any, *, with_last: bool) -> None:
    """Each row of a short table stands on the page of the next, of a longer one the first rows and the last ones.

    The last row stands on the page of what follows where it is asked for.
    """
    rows = list(made.rows)
    if len(rows) > MOST_TOGETHER + 1:
        del rows[1 + FEWEST_TOGETHER : -FEWEST_TOGETHER]
    for row in rows[: None if with_last else -1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _rule(made: Any, *, within: bool = True) -> None:
    """Rules above, below, and under the header; narrow margins within the cells."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_border(f"w:{side}", 10))
    made._tbl.tblPr.insert_element_before(borders, *AFTER_BORDERS)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(CELL_MARGIN / MILLIMETRES * 20)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.insert_element_before(margins, *AFTER_MARGINS)
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

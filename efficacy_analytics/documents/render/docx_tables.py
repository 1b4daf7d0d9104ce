"""Tables of a Word document: three rules, a header row that every page repeats, rows that stay whole."""

import math
from typing import Any, Final

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.blocks import KeyFigures, Table
from efficacy_analytics.documents.render.docx_styles import CELL, TEXT_WIDTH, set_style

SIZES: Final = (10.5, 9.0, 8.0, 7.0)
"""Points of the letters in a table, the largest at which no figure is broken."""
MILLIMETRES: Final = 25.4 / 72
PADDING: Final = 4.2
"""Millimetres at both sides of a cell together."""
NARROWEST_WORDS: Final = 16
"""Half-width letters that a column of words keeps at least."""
HEADING_LETTERS: Final = 10
"""Half-width letters of a line of a Chinese heading; a longer one has lines of about the same length."""
BOLD_SPREAD: Final = 1.12
"""How much wider the bold letters of a heading are than those of the body."""
FIGURE_SPACE: Final = 3.0
"""Points above and below a key figure and its name."""
MOST_TOGETHER: Final = 16
"""A table of no more rows stands on one page."""


def add_table(document: Any, table: Table, label: str, *, stays: bool = False) -> None:
    """A table block, with what a reader is told who does not see it; one that stays is on the page of what follows."""
    from docx.shared import Mm

    made = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    made.autofit = False
    _describe(made, label, table.caption)
    size, widths = _fitted(table)
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        made.columns[place].width = Mm(width)
        texts = [column.heading, *(row[place] for row in table.rows)]
        for number, (cell, text) in enumerate(zip(made.columns[place].cells, texts, strict=True)):
            cell.width = Mm(width)
            _fill(cell, text, is_right=column.is_figure, is_bold=number == 0, size=size)
    _repeat(made.rows[0])
    for row in made.rows:
        _keep_whole(row)
    if len(table.rows) <= MOST_TOGETHER:
        _keep_together(made, with_last=stays)
    _rule(made)


def add_figures(document: Any, block: KeyFigures) -> None:
    """Key figures side by side, each under its name."""
    from docx.shared import Pt

    made = document.add_table(rows=2, cols=len(block.figures))
    _describe(made, "", ", ".join(name for name, _ in block.figures))
    for place, pair in enumerate(block.figures):
        for row, text in enumerate(pair):
            _fill(made.cell(row, place), text, is_right=False, is_bold=row == 1)
            form = made.cell(row, place).paragraphs[0].paragraph_format
            form.space_before, form.space_after = Pt(FIGURE_SPACE), Pt(FIGURE_SPACE)
    _repeat(made.rows[0])
    _rule(made, within=False)


def _fitted(table: Table) -> tuple[float, list[float]]:
    """The size of the letters and the width of each column in millimetres: figures whole, words share what is left."""
    for size in SIZES:
        half = size / 2 * MILLIMETRES
        figures = {
            place: _letters(table, place) * half + PADDING
            for place, column in enumerate(table.columns)
            if column.is_figure
        }
        words = [place for place in range(len(table.columns)) if place not in figures]
        left = TEXT_WIDTH - sum(figures.values())
        if left >= len(words) * (NARROWEST_WORDS * half + PADDING):
            break
    shared = _shared(table, words, max(left, 1.0), half)
    widths = [figures.get(place) or shared[place] for place in range(len(table.columns))]
    return size, [TEXT_WIDTH * width / sum(widths) for width in widths]


def _shared(table: Table, words: list[int], left: float, half: float) -> dict[int, float]:
    """The millimetres of each column of words: its longest word whole, then by how much longer its cells are.

    Args:
        table: the table.
        words: the places of its columns of words.
        left: the millimetres for all of them.
        half: the millimetres of a half-width letter.
    """
    letters = {place: max(NARROWEST_WORDS, _letters(table, place)) for place in words}
    needed = {place: min(_longest_word(table, place), letters[place]) for place in words}
    fewest = {place: needed[place] * half + PADDING for place in words}
    spare = left - sum(fewest.values())
    if spare <= 0:
        return {place: left * fewest[place] / sum(fewest.values()) for place in words}
    longer = {place: letters[place] - needed[place] + 1.0 for place in words}
    return {place: fewest[place] + spare * longer[place] / sum(longer.values()) for place in words}


def _longest_word(table: Table, place: int) -> float:
    """Half-width letters of the longest word of a column of words; Chinese breaks anywhere."""
    parts = [word for row in table.rows for word in row[place].split()]
    widths = [display_width(word) if word.isascii() else min(display_width(word), NARROWEST_WORDS) for word in parts]
    return max([*widths, heading_letters(table.columns[place].heading)]) + 1.0


def _letters(table: Table, place: int) -> float:
    """Half-width letters of the longest cell, and of the longest word of the heading."""
    longest = heading_letters(table.columns[place].heading)
    return max([display_width(row[place]) for row in table.rows] + [longest]) + 1.0


def heading_letters(heading: str) -> float:
    """Half-width letters of the longest line of a heading: words of letters stay whole, Chinese breaks anywhere."""
    if heading.isascii():
        return BOLD_SPREAD * max((display_width(word) for word in heading.split()), default=0)
    width = display_width(heading)
    line_count = math.ceil(width / HEADING_LETTERS)
    return 2.0 * math.ceil(width / line_count / 2)


def _fill(cell: Any, text: str, *, is_right: bool, is_bold: bool, size: float | None = None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = cell.paragraphs[0]
    set_style(line, CELL)
    run = line.add_run(text)
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
    """Each row stands on the page of the next, the last one on that of what follows where it is asked for."""
    for row in list(made.rows)[: None if with_last else -1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


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

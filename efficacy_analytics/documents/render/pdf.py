"""A document as a PDF that can be archived (PDF/A-3a) and read aloud (PDF/UA-1), with its typefaces inside.

The typesetter refuses a document that lacks an alternative text, a title or a level of headings.
"""

import datetime as dt
import json
import re
from typing import Any, Final

from efficacy_analytics.charts.style.fonts import picture_folder
from efficacy_analytics.documents.blocks import Block, Chart, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Content, Masthead
from efficacy_analytics.documents.render.characters import characters_of, displayable, without_controls
from efficacy_analytics.documents.render.pdf_tables import LINE_WIDTH, WIDEST_WORDS, fitted
from efficacy_analytics.documents.render.pictures import still
from efficacy_analytics.documents.render.templates import source
from efficacy_analytics.documents.render.typefaces import family_names, of_folders, typefaces
from efficacy_analytics.documents.render.words import elsewhere, more_rows, spoken
from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.vocabulary import Language

STANDARDS: Final = ("ua-1", "a-3a")
LATIN_RUN: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]{14,}")
"""Western words among Chinese: a line that cannot break in them would be spread wide."""
LONG_CODE: Final = re.compile(rf"[0-9A-Za-z]{{{WIDEST_WORDS},}}")
PIECE_LENGTH: Final = 16
BETWEEN: Final = "\x00"
"""Between pieces of a text on their way; a control character, which no text of a document holds."""
HIGHEST_CHART: Final = 585.0
HIGHEST_WIDE_CHART: Final = 400.0
LARGEST_SCALE: Final = 0.75
"""Points of a pixel of a chart: a small one is not blown up."""


def pdf(content: Content) -> bytes:
    """The PDF of a document; the same bytes for the same document and typefaces.

    Raises:
        CannotAnswerError: there is no Chinese typeface.
        EfficacyError: the document cannot be set, or not be read aloud; the reason is named.
    """
    import typst

    faces = typefaces()
    numbers = _Numbers()
    told = displayable(_told(content, faces.families, numbers), characters_of(faces.files))
    carried = {**content.origin, "families": family_names(faces.families)}
    origin = json.dumps(carried, ensure_ascii=False, sort_keys=True, default=str)
    fonts = of_folders((*faces.folders, *dict.fromkeys(numbers.folders)))
    compiler = typst.Compiler(input=source("document.typ").encode(), font_paths=fonts)
    day = dt.datetime(*content.day, tzinfo=dt.UTC)
    try:
        made = compiler.compile(
            format="pdf", pdf_standards=list(STANDARDS), timestamp=int(day.timestamp()),
            sys_inputs={"content": json.dumps(told, ensure_ascii=False), "origin": origin},
        )  # fmt: skip
    except typst.TypstError as fault:
        raise EfficacyError(f"the PDF cannot be set: {fault.message}.", hint="; ".join(fault.hints)) from None
    assert isinstance(made, bytes)
    return made


def _told(content: Content, families: dict[str, list[str]], numbers: "_Numbers") -> dict[str, Any]:
    """All that the template shows, as plain values."""
    return {
        "language": content.language,
        "title": content.full_title,
        "description": content.head.title,
        "issuer": content.head.issuer,
        "day": list(content.day),
        "families": families,
        "words": spoken(content.language),
        "head": _head(content.head),
        "pieces": [
            {"title": piece.title, "blocks": [_block(block, content, numbers) for block in piece.blocks]}
            for piece in content.pieces
        ],
        "colophon": {
            "title": content.colophon.title,
            "lines": list(content.colophon.lines),
            "is_short": content.colophon.is_short,
            "facts": [[name, _pieces(value)] for name, value in content.colophon.facts],
            "sent": [list(pair) for pair in content.colophon.sent],
            "copies": content.colophon.copies,
            "printed_on": content.colophon.printed_on,
        },
    }


class _Numbers:
    """How many tables and figures there were so far, and where the typefaces of the figures lie."""

    def __init__(self) -> None:
        self.table = self.figure = 0
        self.folders: list[str] = []


def _head(head: Masthead) -> dict[str, Any]:
    names = ("name", "edition", "issue", "issuer", "issued_on", "title", "editor_note", "copy_number")
    return {name: getattr(head, name) for name in names} | {"remarks": list(head.remarks)}


def _block(block: Block, content: Content, numbers: _Numbers) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": block.kind, "text": _pieces(block.text), "ragged": bool(LATIN_RUN.search(block.text))}
    if isinstance(block, KeyFigures):
        return {"kind": "figures", "figures": [list(pair) for pair in block.figures]}
    if isinstance(block, Table):
        numbers.table += 1
        return _table(block, numbers.table, content)
    numbers.figure += 1
    return _chart(block, numbers, content.language)


def _table(table: Table, number: int, content: Content) -> dict[str, Any]:
    size, widths = fitted(table)
    return {
        "kind": "table",
        "number": str(number),
        "caption": table.caption,
        "size": size,
        "columns": [
            {"heading": one.heading, "figure": one.is_figure, "width": width}
            for one, width in zip(table.columns, widths, strict=True)
        ],
        "rows": [[_pieces(cell) for cell in row] for row in table.rows],
        "more": more_rows(len(table.left_out), number, content.language),
    }


def _chart(block: Chart, numbers: _Numbers, language: Language) -> dict[str, Any]:
    drawn, number = still(block), numbers.figure
    numbers.folders.append(str(picture_folder(drawn.family)))
    wide = 725.0 if block.is_wide else min(LINE_WIDTH, drawn.width * LARGEST_SCALE)
    highest = HIGHEST_WIDE_CHART if block.is_wide else HIGHEST_CHART
    height = drawn.height * wide / drawn.width
    return {
        "kind": "chart",
        "number": str(number),
        "svg": drawn.svg,
        "description": drawn.description,
        "note": block.note,
        "wide": block.is_wide,
        "width": wide,
        "elsewhere": elsewhere(number, language),
        "height": min(height, highest),
    }


def _pieces(text: str) -> list[str]:
    """A text in the pieces between which a line may be broken: a long code, as a hash, after each sixteen letters.

    No letter is put in between: what is copied, searched or read aloud is the text itself.
    """
    return LONG_CODE.sub(lambda code: BETWEEN.join(_sixteens(code[0])), without_controls(text)).split(BETWEEN)


def _sixteens(code: str) -> list[str]:
    return [code[at : at + PIECE_LENGTH] for at in range(0, len(code), PIECE_LENGTH)]

"""Documents changed by hand: a digit, a row, a table; in every form, at a place drawn at random."""

import dataclasses
import io
import random
import re
import zipfile
from collections.abc import Callable

from efficacy_analytics.documents.blocks import Block, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Content, Piece

DIGIT = re.compile(rb"\d")
OF_TEXT = {
    "docx": ("word/document.xml", re.compile(rb"<w:t(?: [^>]*)?>[^<]*\d[^<]*</w:t>")),
    "xlsx": ("xl/", re.compile(rb"<v>[^<]*\d[^<]*</v>|<t>[^<]*\d[^<]*</t>|<t [^>]*>[^<]*\d[^<]*</t>")),
}
"""Where the texts of a form stand, and what one with a digit looks like."""
OF_PAGE = re.compile(rb"<(?:p|dd|td|li|dt|h1|figcaption|caption)(?: [^>]*)?>([^<]*\d[^<]*)</")


ORIGIN = b"code_sha256"
"""What a document was made from is no text of it: changed, it is another document."""


def other_digit(text: bytes, draw: random.Random) -> bytes:
    """The text with one of its digits changed."""
    at = draw.choice([found.start() for found in DIGIT.finditer(text)])
    new = draw.choice([digit for digit in b"0123456789" if digit != text[at]])
    return text[:at] + bytes([new]) + text[at + 1 :]


def with_another_digit(form: str, file: bytes, draw: random.Random) -> bytes:
    """A page, a Word document or a workbook with one digit of one of its texts changed."""
    if form == "html":
        start, end = draw.choice([found.span(1) for found in OF_PAGE.finditer(file)])
        return file[:start] + other_digit(file[start:end], draw) + file[end:]
    prefix, pattern = OF_TEXT[form]
    parts = unpacked(file)
    names = [
        name for name in parts
        if name.startswith(prefix) and not name.endswith(".rels") and pattern.search(parts[name])
    ]  # fmt: skip
    found = [(name, one) for name in names for one in pattern.finditer(parts[name])]
    places = [(name, one.span()) for name, one in found if ORIGIN not in one[0]]
    name, (start, end) = draw.choice(places)
    text = parts[name]
    inside = slice(text.index(b">", start) + 1, text.rindex(b"<", start, end))
    parts[name] = text[: inside.start] + other_digit(text[inside], draw) + text[inside.stop :]
    return packed(parts)


def unpacked(file: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A package of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return made.getvalue()


def forged(content: Content, draw: random.Random) -> Content:
    """A document one of whose texts has another digit, set again by whoever forged it."""
    blocks = [
        (number, place)
        for number, piece in enumerate(content.pieces)
        for place, block in enumerate(piece.blocks)
        if re.search(r"\d", _digits_of(block))
    ]
    return changed(content, *draw.choice(blocks), lambda block: _with_another_digit(block, draw))


def changed(content: Content, number: int, place: int, change: Callable[[Block], Block]) -> Content:
    """A document with one block changed."""
    piece = content.pieces[number]
    blocks = [change(block) if at == place else block for at, block in enumerate(piece.blocks)]
    pieces = [Piece(piece.name, piece.title, blocks) if at == number else one for at, one in enumerate(content.pieces)]
    return dataclasses.replace(content, pieces=pieces)


def first_table(content: Content) -> tuple[int, int]:
    """Where the first table with several rows stands."""
    return next(
        (number, place)
        for number, piece in enumerate(content.pieces)
        for place, block in enumerate(piece.blocks)
        if isinstance(block, Table) and len(block.rows) > 3
    )


def _digits_of(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    if isinstance(block, KeyFigures):
        return "".join(value for _, value in block.figures)
    return "".join(cell for row in block.rows for cell in row) if isinstance(block, Table) else ""


def _with_another_digit(block: Block, draw: random.Random) -> Block:
    def other(text: str) -> str:
        return other_digit(text.encode(), draw).decode()

    if isinstance(block, Paragraph):
        return dataclasses.replace(block, text=other(block.text))
    if isinstance(block, KeyFigures):
        figures = [list(pair) for pair in block.figures]
        pair = draw.choice([one for one in figures if re.search(r"\d", one[1])])
        pair[1] = other(pair[1])
        return KeyFigures([(name, value) for name, value in figures])
    assert isinstance(block, Table)
    rows = [list(row) for row in block.rows]
    row, at = draw.choice([(row, at) for row in rows for at, cell in enumerate(row) if re.search(r"\d", cell)])
    row[at] = other(row[at])
    return dataclasses.replace(block, rows=rows)

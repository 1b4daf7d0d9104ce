"""What a reader reads in a finished file, place by place: of two files that should be alike, where they differ."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from efficacy_analytics.documents.render.docx import ORIGIN_PART
from efficacy_analytics.documents.render.xlsx import ORIGIN

Text = tuple[str, str]
"""A place in words, and what stands there."""
WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
SHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PAGE_NUMBER: Final = re.compile(r"—\s*\d+\s*—")
BROKEN: Final = (
    OSError,
    ValueError,
    KeyError,
    zipfile.BadZipFile,
    etree.LxmlError,
    NotImplementedError,
    RecursionError,
)
"""What reading a file that is none of ours raises."""


def origin(form: str, file: bytes) -> Any:
    """The origin that a file carries.

    Raises:
        ValueError: it carries none that can be read.
    """
    from pypdf.errors import PyPdfError

    try:
        if form == "pdf":
            import pypdf

            return json.loads(pypdf.PdfReader(io.BytesIO(file)).attachments["origin.json"][0])
        if form == "html":
            return json.loads(_page(file).xpath("//script[@id='origin']")[0].text)
        if form == "docx":
            with zipfile.ZipFile(io.BytesIO(file)) as package:
                return json.loads(_parsed(package.read(ORIGIN_PART[1:])).text or "")
        cells = [text for place, text in texts(form, file) if place.startswith(f"sheet {ORIGIN},")]
        return json.loads("".join(cells))
    except (*BROKEN, PyPdfError, IndexError) as fault:
        raise ValueError(str(fault)) from None


def has_origin(form: str, file: bytes) -> bool:
    """Whether a file has the place where a document of ours says what it was made from, whatever stands there."""
    from pypdf.errors import PyPdfError

    try:
        if form == "pdf":
            import pypdf

            return "origin.json" in pypdf.PdfReader(io.BytesIO(file)).attachments
        if form == "html":
            return bool(_page(file).xpath("//script[@id='origin']"))
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            if form == "docx":
                return ORIGIN_PART[1:] in package.namelist()
            return any(name == ORIGIN for name, _ in _sheets(package))
    except (*BROKEN, PyPdfError):
        return False


def texts(form: str, file: bytes) -> Iterator[Text]:
    """Every text of a file with its place, in reading order.

    Raises:
        ValueError: the file cannot be read.
    """
    from pypdf.errors import PyPdfError

    readers = {"html": _html_texts, "pdf": _pdf_texts, "docx": _docx_texts, "xlsx": _xlsx_texts}
    try:
        yield from readers[form](file)
    except (*BROKEN, PyPdfError) as fault:
        raise ValueError(str(fault)) from None


def letters(file: bytes) -> str:
    """The letters of a PDF without spaces, breaks and page numbers: the same wherever its lines break."""
    lines = " ".join(text for _, text in _pdf_texts(file))
    return "".join(PAGE_NUMBER.sub("", lines).replace("\u200b", "").split())


def _pdf_texts(file: bytes) -> Iterator[Text]:
    import pypdf

    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(file)).pages, start=1):
        for line, text in enumerate(page.extract_text().splitlines(), start=1):
            yield f"page {number}, line {line}", text


def _page(file: bytes) -> Any:
    import lxml.html

    return lxml.html.document_fromstring(file.decode("utf-8"), parser=lxml.html.HTMLParser(huge_tree=True))


def _html_texts(file: bytes) -> Iterator[Text]:
    """The texts of a page in reading order, then what its charts are drawn from."""
    page = _page(file)
    yield from words_of(page)
    for number, element in enumerate(page.xpath("//section//script[@type='application/json']"), start=1):
        yield f"chart {number}", element.text or ""


def words_of(page: Any) -> Iterator[Text]:
    """Everything that a page says, whatever element it stands in, and what is read out of it to who does not see it."""
    spoken = " | ".join(f"//body//@{name}" for name in ("title", "alt", "aria-label"))
    silent = " or ".join(f"ancestor::{name}" for name in ("script", "style", "template"))
    for number, found in enumerate(page.xpath(f"//body//text()[not({silent})] | {spoken}"), start=1):
        text = " ".join(found.split())
        if text:
            part = next(iter(found.getparent().xpath("(ancestor-or-self::*/@data-section)[last()]")), "the page")
            yield f"part {part}, text {number}", text


def _docx_texts(file: bytes) -> Iterator[Text]:
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        yield from _body_texts(_parsed(package.read("word/document.xml")))
        for name in sorted(package.namelist()):
            if name.startswith(("word/footer", "word/header")):
                yield name, _joined(_parsed(package.read(name)))
        yield from (("properties", one.text or "") for one in _parsed(package.read("docProps/core.xml")))


def _body_texts(document: Any) -> Iterator[Text]:
    paragraphs = tables = figures = 0
    for one in document.iter(f"{WORD}p", f"{WORD}tbl", f"{DRAWING}docPr"):
        if one.tag == f"{DRAWING}docPr":
            figures += 1
            yield f"figure {figures}, alternative text", one.get("descr") or ""
        elif one.tag == f"{WORD}tbl":
            tables += 1
            yield from _table_texts(one, tables)
        elif next(one.iterancestors(f"{WORD}tbl"), None) is None:
            paragraphs += 1
            yield f"paragraph {paragraphs}", _joined(one)


def _table_texts(table: Any, number: int) -> Iterator[Text]:
    for row, line in enumerate(table.iter(f"{WORD}tr"), start=1):
        for column, cell in enumerate(line.iter(f"{WORD}tc"), start=1):
            yield f"table {number}, row {row}, column {column}", _joined(cell)


def _joined(element: Any) -> str:
    return "".join(
        "\t" if one.tag == f"{WORD}tab" else one.text or "" for one in element.iter(f"{WORD}t", f"{WORD}tab")
    )


def _xlsx_texts(file: bytes) -> Iterator[Text]:
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        shared = [_shared(one) for one in _parsed(package.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")]
        for name, sheet in _sheets(package):
            for cell in sheet.iter(f"{SHEET}c"):
                yield f"sheet {name}, cell {cell.get('r')}", _value(cell, shared)
        yield from (("properties", one.text or "") for one in _parsed(package.read("docProps/core.xml")))


def _sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, Any]]:
    """Name and content of each sheet, in the order of the book."""
    links = _parsed(package.read("xl/_rels/workbook.xml.rels"))
    files = {one.get("Id"): one.get("Target") for one in links}
    for sheet in _parsed(package.read("xl/workbook.xml")).iter(f"{SHEET}sheet"):
        yield str(sheet.get("name")), _parsed(package.read("xl/" + files[sheet.get(RELATION)].removeprefix("/xl/")))


def _shared(entry: Any) -> str:
    return "".join(one.text or "" for one in entry.iter(f"{SHEET}t"))


def _value(cell: Any, shared: list[str]) -> str:
    value = cell.findtext(f"{SHEET}v") or "".join(one.text or "" for one in cell.iter(f"{SHEET}t"))
    if cell.get("t") == "s":
        return shared[int(value)]
    formula = cell.findtext(f"{SHEET}f")
    return value if formula is None else f"={formula} {value}"


def _parsed(text: bytes) -> Any:
    """An XML part; whatever it asks for from outside stays outside."""
    return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def parts(file: bytes) -> dict[str, bytes]:
    """The files of a Word document or a workbook by their names."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            return {name: package.read(name) for name in package.namelist()}
    except BROKEN as fault:
        raise ValueError(str(fault)) from None

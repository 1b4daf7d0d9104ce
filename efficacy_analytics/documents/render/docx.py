"""A document for an office that edits it and sends it on: Word with real styles, headings, tables and languages."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from efficacy_analytics.documents.blocks import Block, Chart, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Content
from efficacy_analytics.documents.render import docx_styles as styles
from efficacy_analytics.documents.render.docx_tables import add_figures, add_table
from efficacy_analytics.documents.render.pictures import still
from efficacy_analytics.documents.render.words import WORDS, elsewhere, more_rows

ORIGIN_PART: Final = "/customXml/item2.xml"
ORIGIN_TYPE: Final = "application/xml"
ORIGIN_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
ORIGIN_SPACE: Final = "urn:efficacy-analytics:origin"
ORDINALS: Final = "一二三四五六七八九十"
MOST_LINES_ABOVE: Final = 4
"""Of the sentences that stay with the picture after them; longer ones fill enough of a page to end it."""
HEADING_LINES: Final = 2
SAME_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The day of every file in the package: two runs give the same bytes."""


def docx(content: Content) -> bytes:
    """The Word document; the same bytes for the same document."""
    import docx as word

    document = word.Document()
    styles.prepare(document, content)
    _masthead(document, content)
    counts = {"table": 0, "figure": 0}
    wide: list[tuple[Chart, str]] = []
    for number, piece in enumerate(content.pieces, start=1):
        styles.add(document, f"{_numbered(number, content)}{piece.title}", "Heading 1")
        led, lines = _led(document, piece.blocks)
        for at, block in enumerate(piece.blocks, start=1):
            is_last = number == len(content.pieces) and at == len(piece.blocks) and not wide
            is_noted = at < len(piece.blocks) and _is_note(piece.blocks[at])
            stays = is_last or is_noted or at in led
            _add(document, block, content, counts, wide, stays=stays, is_noted=is_noted, lines=lines.get(at, 0))
    _add_wide(document, wide)
    _colophon(document, content)
    _attach(document, content)
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def _numbered(number: int, content: Content) -> str:
    if content.language == "en":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    return ("十" * (tens > 0) if tens < 2 else ORDINALS[tens - 1] + "十") + (ORDINALS[ones - 1] if ones else "") + "、"


def _masthead(document: Any, content: Content) -> None:
    head = content.head
    styles.add(document, "\t".join(filter(None, [head.edition, head.copy_number])), styles.EDITION)
    styles.add(document, head.name, styles.NAME)
    styles.add(document, head.issue, styles.ISSUE)
    styles.add(document, f"{head.issuer}\t{head.issued_on}", styles.ISSUER)
    styles.add_title(document, head.title)
    for remark in head.remarks:
        styles.add(document, remark, styles.NOTE)
    if head.editor_note:
        note = styles.add(document, "", styles.EDITOR_NOTE)
        note.add_run(WORDS["editor_note"][content.language]).bold = True
        note.add_run(head.editor_note)


def _led(document: Any, blocks: Sequence[Block]) -> tuple[set[int], dict[int, int]]:
    """The places of words that stay on the page of the picture after them, and the lines above each picture."""
    pictures = [at for at, one in enumerate(blocks, start=1) if isinstance(one, Chart) and not one.is_wide]
    above = {at: _words_above(document, blocks, at) for at in pictures}
    led = {place for at, (first, _) in above.items() for place in range(first, at)}
    return led, {at: lines for at, (_, lines) in above.items()}


def _words_above(document: Any, blocks: Sequence[Block], place: int) -> tuple[int, int]:
    """Of a picture: from which block on words stand on its page, and how many lines they take with their heading."""
    first, lines = place, 0
    while first > 1 and isinstance(above := blocks[first - 2], Paragraph) and not _is_note(above):
        more = styles.line_count(document, above.text)
        if lines + more > MOST_LINES_ABOVE:
            break
        first, lines = first - 1, lines + more
    return first, lines + HEADING_LINES * (first == 1 and lines > 0)


def _is_note(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.kind == "note"


def _add(
    document: Any, block: Block, content: Content, counts: dict[str, int], wide: list[tuple[Chart, str]], *,
    stays: bool, is_noted: bool, lines: int,
) -> None:  # fmt: skip
    """A block; one that stays is on the page of what follows: of its note, or of the foot, which is never alone."""
    if isinstance(block, Paragraph):
        made = styles.add(document, block.text, "Normal" if block.kind == "sentence" else styles.NOTE)
        made.paragraph_format.keep_with_next = stays or None
    elif isinstance(block, KeyFigures):
        add_figures(document, block)
    elif isinstance(block, Table):
        counts["table"] += 1
        label = f"{WORDS['table'][content.language]}{counts['table']}"
        styles.add(document, f"{label}  {block.caption}", "Caption").paragraph_format.keep_with_next = True
        note = more_rows(len(block.left_out), counts["table"], content.language)
        add_table(document, block, label, stays=stays or bool(note))
        if note or not is_noted:
            styles.add(document, note, styles.NOTE).paragraph_format.keep_with_next = stays
    else:
        counts["figure"] += 1
        label = f"{WORDS['figure'][content.language]}{counts['figure']}"
        if not block.is_wide:
            _add_chart(document, block, label, lines)
            return
        wide.append((block, label))
        styles.add(document, elsewhere(counts["figure"], content.language), styles.NOTE)


def _add_wide(document: Any, wide: list[tuple[Chart, str]]) -> None:
    """The wide figures on lying pages, before the foot."""
    if not wide:
        return
    styles.turned(document, to_landscape=True)
    for block, label in wide:
        _add_chart(document, block, label)
    styles.turned(document, to_landscape=False)


def _add_chart(document: Any, block: Chart, label: str, lines: int = 0) -> None:
    drawn = still(block, with_png=True)
    width = styles.chart_width(document, drawn.width, drawn.height, is_wide=block.is_wide, lines=lines)
    place = styles.add(document, "", styles.PICTURE)
    shape = place.add_run().add_picture(io.BytesIO(drawn.png), width=width)
    shape._inline.docPr.set("descr", drawn.description)
    shape._inline.docPr.set("title", label)
    for side in ("distT", "distB", "distL", "distR"):  # without them some programs push the picture over the margin
        shape._inline.set(side, "0")
    styles.add(document, f"{label}  {block.note}", styles.NOTE)


def _colophon(document: Any, content: Content) -> None:
    foot, colon = content.colophon, WORDS["colon"][content.language]
    styles.add(document, foot.title, styles.SMALL_HEADING)
    for line in foot.lines:
        styles.add(document, f"• {line}", styles.NOTE).paragraph_format.keep_with_next = foot.is_short
    facts = [f"{name}{colon}{value}" for name, value in foot.facts]
    told = styles.add(document, "　".join(facts) if content.language == "zh" else "; ".join(facts), styles.NOTE)
    told.paragraph_format.keep_together = told.paragraph_format.keep_with_next = True  # the foot is never alone
    for word, whom in foot.sent:
        styles.add(document, f"{word}{colon}{whom}", styles.SENT).paragraph_format.keep_with_next = True
    styles.add(document, f"{content.head.issuer}\t{foot.printed_on}", styles.SENT)
    if foot.copies:
        styles.add(document, f"\t{foot.copies}", styles.COPIES)


def _attach(document: Any, content: Content) -> None:
    """The origin as a custom part, which Word keeps."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    element = etree.Element(f"{{{ORIGIN_SPACE}}}origin", nsmap={None: ORIGIN_SPACE})
    element.text = json.dumps(content.origin, ensure_ascii=False, sort_keys=True, default=str)
    blob = etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    for name in [one for one, relation in package.rels.items() if relation.reltype.endswith("/thumbnail")]:
        del package.rels[name]  # a picture of the library's own empty page
    part = Part(PackURI(ORIGIN_PART), ORIGIN_TYPE, blob, package)
    document.part.relate_to(part, ORIGIN_RELATION)


def _repacked(package: bytes) -> bytes:
    """The package with its files in the same order, none of them dated."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as had, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as has:
        for one in had.infolist():
            has.writestr(zipfile.ZipInfo(one.filename, SAME_DAY), had.read(one), zipfile.ZIP_DEFLATED)
    return made.getvalue()

"""The styles of a Word document: fonts by the names that offices have, sizes and measures of GB/T 9704-2012."""

import datetime as dt
import itertools
import math
import re
from dataclasses import dataclass
from typing import Any, Final

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.content import Content

EDITION: Final = "Efficacy Edition"
NAME: Final = "Efficacy Name"
ISSUE: Final = "Efficacy Issue"
ISSUER: Final = "Efficacy Issuer"
EDITOR_NOTE: Final = "Efficacy Editor Note"
NOTE: Final = "Efficacy Note"
PICTURE: Final = "Efficacy Picture"
SMALL_HEADING: Final = "Efficacy Small Heading"
CELL: Final = "Efficacy Cell"
SENT: Final = "Efficacy Sent"
COPIES: Final = "Efficacy Copies"

HEADINGS: Final = (SMALL_HEADING,)
"""Styles of headings beside those of the sections, of the same level as these."""
FANG, KAI, HEI, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
LATIN: Final = "Times New Roman"
RED: Final = "B5121B"
LINE: Final = 28.99
"""Points of a line: 225 mm by 22."""
TEXT_WIDTH: Final = 156.0
LANDSCAPE_WIDTH: Final = 257.0
TEXT_HEIGHT: Final = 225.0
HIGHEST: Final = 195.0
ROOM_OF_A_NOTE: Final = 20.0
"""Millimetres below a picture, and about it."""
FIRST_INDENT: Final = 4
"""Half-width letters before the first line of a paragraph."""
HIGHEST_LANDSCAPE: Final = 130.0
COMPATIBILITY: Final = "15"
"""The form of Word since 2013."""
POINTS: Final = 72 / 25.4
"""Of a millimetre."""
COLON: Final = re.compile(r"(?<=：)|(?<=: )")


@dataclass(frozen=True)
class Look:
    """How a kind of paragraph looks.

    Attributes:
        east: the East Asian typeface.
        size: of the letters, in points.
        line: the exact height of a line, in points; 0 is single.
        indent: of the first line, in hundredths of a character.
        is_centred: or at the left.
        bold: or regular.
        colour: of the letters.
        before: the space above, in points.
        after: the space below, in points.
        keeps: stays on the page of what follows.
        has_tab: what follows a tab stands at the right.
        rule: a line below: its colour and its eighths of a point.
    """

    east: str
    size: float
    line: float = 0
    indent: int = 0
    is_centred: bool = False
    bold: bool = False
    colour: str = "000000"
    before: float = 0
    after: float = 0
    keeps: bool = False
    has_tab: bool = False
    rule: tuple[str, int] | None = None


ZH: Final[dict[str, Look]] = {
    "Normal": Look(FANG, 16, line=LINE, indent=200),
    "Heading 1": Look(HEI, 16, line=LINE, indent=200, after=4, keeps=True),
    "Title": Look(TITLE, 22, is_centred=True, bold=True, before=18, after=10),
    "Caption": Look(HEI, 10.5, bold=True, before=10, after=3, keeps=True),
    EDITION: Look(HEI, 14, has_tab=True),
    NAME: Look(TITLE, 42, is_centred=True, bold=True, colour=RED, before=12),
    ISSUE: Look(FANG, 16, is_centred=True, before=6),
    ISSUER: Look(FANG, 16, has_tab=True, before=12, rule=(RED, 18)),
    EDITOR_NOTE: Look(KAI, 16, line=LINE, indent=200),
    NOTE: Look(FANG, 10.5, before=2, after=3),
    PICTURE: Look(FANG, 10.5, is_centred=True, before=6, keeps=True),
    SMALL_HEADING: Look(HEI, 10.5, bold=True, before=12, keeps=True),
    CELL: Look(FANG, 10.5, before=1, after=1),
    SENT: Look(FANG, 14, has_tab=True, before=4, rule=("000000", 6)),
    COPIES: Look(FANG, 14, has_tab=True),
}
EN: Final[dict[str, Look]] = ZH | {
    "Normal": Look(FANG, 12, line=18, before=3, after=3),
    "Heading 1": Look(HEI, 14, bold=True, before=12, after=6, keeps=True),
    "Title": Look(TITLE, 18, is_centred=True, bold=True, before=18, after=10),
    NAME: Look(TITLE, 28, is_centred=True, bold=True, colour=RED, before=12),
    ISSUE: Look(FANG, 12, is_centred=True, before=6),
    ISSUER: Look(FANG, 12, has_tab=True, before=12, rule=(RED, 18)),
    EDITOR_NOTE: Look(KAI, 12, line=18, after=6),
    NOTE: Look(FANG, 9.5, before=2, after=3),
    CELL: Look(FANG, 9.5, before=1, after=1),
    SENT: Look(FANG, 11, has_tab=True, before=4, rule=("000000", 6)),
    COPIES: Look(FANG, 11, has_tab=True),
}
"""Styles by their names in the document."""


def prepare(document: Any, content: Content) -> None:
    """Page, language, properties and styles of an empty document."""
    _properties(document, content)
    _languages(document)
    _of_today(document)
    for name, look in (ZH if content.language == "zh" else EN).items():
        if name.startswith("Efficacy"):
            document.styles.add_style(name, 1)
        _style(document, name, look)
    _page(document.sections[0], is_landscape=False)
    _footers(document)


def _properties(document: Any, content: Content) -> None:
    properties = document.core_properties
    day = dt.datetime(*content.day, tzinfo=dt.UTC)
    properties.title, properties.subject = content.full_title, content.head.title
    properties.author = properties.last_modified_by = content.head.issuer
    properties.created = properties.modified = day
    properties.language, properties.comments, properties.revision = content.lang, "", 1


def _languages(document: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _fonts(defaults, FANG)
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    language.set(qn("w:bidi"), "ar-SA")
    defaults.append(language)
    of_theme = document.settings.element.find(qn("w:themeFontLang"))
    of_theme.set(qn("w:val"), "en-GB")
    of_theme.set(qn("w:eastAsia"), "zh-CN")


def _of_today(document: Any) -> None:
    """A document of the present form of Word: of an older one, Word says so in its title bar."""
    from docx.oxml.ns import qn

    for one in document.settings.element.find(qn("w:compat")).findall(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), COMPATIBILITY)


def _fonts(properties: Any, east: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for name, family in {"ascii": LATIN, "hAnsi": LATIN, "cs": LATIN, "eastAsia": east}.items():
        fonts.set(qn(f"w:{name}"), family)
    properties.insert(0, fonts)


def _style(document: Any, name: str, look: Look) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = document.styles[name]
    if name.startswith("Efficacy"):
        style.base_style, style.quick_style = (document.styles["Heading 1"] if name in HEADINGS else None), True
    _fonts(style.element.get_or_add_rPr(), look.east)
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, False
    style.font.color.rgb = RGBColor.from_string(look.colour)
    properties = style.element.get_or_add_pPr()
    for old in [*properties.findall(qn("w:pBdr")), *properties.findall(qn("w:ind"))]:
        properties.remove(old)
    _form(style.paragraph_format, look)
    properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(look.indent))
    if look.rule:
        _rule(properties, *look.rule)


def _form(form: Any, look: Look) -> None:
    """Spaces, lines and alignment of a paragraph."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    form.space_before, form.space_after, form.keep_with_next = Pt(look.before), Pt(look.after), look.keeps
    if look.line:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    else:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.alignment = WD_ALIGN_PARAGRAPH.CENTER if look.is_centred else WD_ALIGN_PARAGRAPH.LEFT
    form.first_line_indent = Pt(look.size * look.indent / 100)  # of 0 too: a style has that of the body else
    if look.has_tab:
        form.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _rule(properties: Any, colour: str, eighths: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:pBdr")
    for side in ("bottom", "between"):  # lines of one style that follow each other would share one rule
        border = OxmlElement(f"w:{side}")
        for key, value in {"val": "single", "sz": str(eighths), "space": "4", "color": colour}.items():
            border.set(qn(f"w:{key}"), value)
        borders.append(border)
    properties.insert_element_before(borders, *AFTER_BORDERS)


AFTER_BORDERS: Final = (
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct"),
    *("w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind"),
    *(
        "w:contextualSpacing",
        "w:mirrorIndents",
        "w:suppressOverlap",
        "w:jc",
        "w:textDirection",
        "w:outlineLvl",
        "w:rPr",
    ),
)
"""What stands after the borders of a paragraph, as the schema orders them."""


def _page(section: Any, *, is_landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    width, height = (297, 210) if is_landscape else (210, 297)
    section.page_width, section.page_height = Mm(width), Mm(height)
    margins = (20, 20, 20, 20) if is_landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, margins)
    section.footer_distance = Mm(12 if is_landscape else 25)


def turned(document: Any, *, to_landscape: bool) -> None:
    """A new page, lying or upright again."""
    _page(document.add_section(), is_landscape=to_landscape)


def add(document: Any, text: str, style: str) -> Any:
    """A paragraph of a style; the library's own way looks through all styles each time, which took most of the time."""
    made = document.add_paragraph(text)
    set_style(made, style)
    return made


def add_title(document: Any, title: str) -> None:
    """The title; one of several lines is broken behind its colon, else into lines of about one length."""
    from docx.shared import Pt

    made = add(document, "", "Title")
    letter = document.styles["Title"].font.size.pt / 2
    room, width = TEXT_WIDTH * POINTS / letter, _title_width(title)
    parts = COLON.split(title, maxsplit=1)
    if width <= room or max(map(_title_width, parts)) > room:
        parts = [title]
    for number, part in enumerate(parts):
        if number:
            made.add_run().add_break()
        made.add_run(part)
    line_count = math.ceil(width / room)
    if len(parts) == 1 and line_count > 1:
        line = min(room, width / line_count + TITLE_SLACK)
        made.paragraph_format.left_indent = made.paragraph_format.right_indent = Pt((room - line) / 2 * letter)


NARROW: Final = 0.1
"""By how much of a half-width letter one of the Latin ones is narrower, bold ones among them."""
TITLE_SLACK: Final = 7
"""Half-width letters that a line of a title has beyond its share, for words that are not broken."""


BORDER: Final = 0.5
"""Half-width letters between a Latin letter and a Chinese one: a quarter of a whole one."""


def _title_width(text: str) -> float:
    """Half-width letters across; a program spaces Latin letters and figures from Chinese ones."""
    borders = sum(one.isascii() != other.isascii() for one, other in itertools.pairwise(text.replace(" ", "")))
    return display_width(text) - NARROW * sum(letter.isascii() for letter in text) + BORDER * borders


def set_style(paragraph: Any, style: str) -> None:
    """Gives a paragraph a style by its identifier: the name without its spaces; none stands for the normal one."""
    paragraph._p.style = None if style == "Normal" else style.replace(" ", "")


LARGEST_SCALE: Final = 25.4 / 96
"""Millimetres of a pixel of a chart: a small one is not blown up."""


def line_count(document: Any, text: str) -> int:
    """About how many lines a sentence takes."""
    letter: float = document.styles["Normal"].font.size.pt / 2
    return math.ceil((display_width(text) + FIRST_INDENT) * letter / (TEXT_WIDTH * POINTS))


def chart_width(document: Any, width: float, height: float, *, is_wide: bool, lines: int = 0) -> Any:
    """How wide a picture of that shape is printed: as wide as the text, and no higher than a page.

    Args:
        document: of whose body the lines are.
        width: of the picture.
        height: of the picture, in the same unit.
        is_wide: it lies on a page of its own.
        lines: of the body that stand on its page above it.
    """
    from docx.shared import Mm

    above = lines * document.styles["Normal"].paragraph_format.line_spacing.pt / POINTS
    upright = min(HIGHEST, TEXT_HEIGHT - ROOM_OF_A_NOTE - above)
    most, highest = (LANDSCAPE_WIDTH, HIGHEST_LANDSCAPE) if is_wide else (TEXT_WIDTH, upright)
    return Mm(min(most, highest * width / height, width * LARGEST_SCALE))


def _footers(document: Any) -> None:
    """The number of the page between dashes: right on odd pages, left on even ones."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        line = footer.paragraphs[0]
        line.style, line.alignment = document.styles[CELL], side
        line.add_run("— ")
        _field(line.add_run(), "PAGE")
        line.add_run(" —")


def _field(run: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", name, "end"):
        if kind == name:
            element = OxmlElement("w:instrText")
            element.text = name
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)

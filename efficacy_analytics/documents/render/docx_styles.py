"""The styles of a Word document: fonts by the names that offices have, sizes and measures of GB/T 9704-2012."""

import datetime as dt
from typing import Any, Final

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

FANG, KAI, HEI, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
LATIN: Final = "Times New Roman"
RED: Final = "B5121B"
LINE: Final = 28.99
"""Points of a line: 225 mm by 22."""
TEXT_WIDTH: Final = 156.0
LANDSCAPE_WIDTH: Final = 257.0
HIGHEST: Final = 195.0
HIGHEST_LANDSCAPE: Final = 130.0


def prepare(document: Any, content: Content) -> None:
    """Page, language, properties and styles of an empty document."""
    _properties(document, content)
    _languages(document, content)
    is_zh = content.language == "zh"
    text = {"east": FANG, "size": 16.0 if is_zh else 12.0}
    _style(document, "Normal", **text, line=LINE if is_zh else 18.0, indent=200 if is_zh else 0, after=0 if is_zh else 6)
    _style(document, "Heading 1", east=HEI, size=16.0 if is_zh else 14.0, indent=200 if is_zh else 0, keeps=True, bold=not is_zh)
    _style(document, "Title", east=TITLE, size=22.0 if is_zh else 18.0, align="center", bold=True, before=18, after=10)
    _style(document, "Caption", east=HEI, size=10.5, bold=True, before=10, after=3)
    for name, told in {
        EDITION: {"east": HEI, "size": 14.0, "tab": True},
        NAME: {"east": TITLE, "size": 42.0 if is_zh else 28.0, "align": "center", "bold": True, "colour": RED, "before": 12},
        ISSUE: {**text, "align": "center", "before": 6},
        ISSUER: {**text, "tab": True, "before": 12, "rule": ("bottom", RED, 18)},
        EDITOR_NOTE: {"east": KAI, "size": text["size"], "indent": 200 if is_zh else 0},
        NOTE: {"east": FANG, "size": 10.5 if is_zh else 9.5, "after": 3},
        PICTURE: {"east": FANG, "size": 10.5, "align": "center", "before": 6, "keeps": True},
        SMALL_HEADING: {"east": HEI, "size": 10.5, "before": 12, "keeps": True, "bold": True},
        CELL: {"east": FANG, "size": 10.5 if is_zh else 9.5},
        SENT: {"east": FANG, "size": 14.0 if is_zh else 11.0, "tab": True, "rule": ("bottom", "000000", 6), "before": 4},
        COPIES: {"east": FANG, "size": 14.0 if is_zh else 11.0, "tab": True},
    }.items():
        document.styles.add_style(name, 1)
        _style(document, name, **told)
    _page(document.sections[0], is_landscape=False)
    _footers(document)


def _properties(document: Any, content: Content) -> None:
    properties = document.core_properties
    day = dt.datetime(*content.day, tzinfo=dt.UTC)
    properties.title, properties.subject = content.full_title, content.head.title
    properties.author = properties.last_modified_by = content.head.issuer
    properties.created = properties.modified = day
    properties.language, properties.comments, properties.revision = content.lang, "", 1


def _languages(document: Any, content: Content) -> None:
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
    if content.language == "zh":
        return
    for name in ("w:themeFontLang",):
        for old in document.settings.element.findall(qn(name)):
            old.set(qn("w:val"), "en-GB")


def _fonts(properties: Any, east: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for name, family in {"ascii": LATIN, "hAnsi": LATIN, "cs": LATIN, "eastAsia": east}.items():
        fonts.set(qn(f"w:{name}"), family)
    properties.insert(0, fonts)


def _style(
    document: Any, name: str, *, east: str, size: float, line: float = 0, indent: int = 0, align: str = "", bold: bool = False,
    colour: str = "000000", before: float = 0, after: float = 0, keeps: bool = False, tab: bool = False,
    rule: tuple[str, str, int] | None = None,
) -> None:  # fmt: skip
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    style = document.styles[name]
    if name.startswith("Efficacy"):
        style.base_style, style.quick_style = None, True
    _fonts(style.element.get_or_add_rPr(), east)
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    form = style.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(after), keeps
    form.line_spacing_rule, form.line_spacing = (WD_LINE_SPACING.EXACTLY, Pt(line)) if line else (WD_LINE_SPACING.SINGLE, 1.0)
    form.alignment = WD_ALIGN_PARAGRAPH.CENTER if align else WD_ALIGN_PARAGRAPH.LEFT
    properties = style.element.get_or_add_pPr()
    for old in [*properties.findall(qn("w:pBdr")), *properties.findall(qn("w:ind"))]:
        properties.remove(old)
    if indent:
        form.first_line_indent = Pt(size * 2)
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(indent))
    if tab:
        form.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    if rule:
        side, of_colour, eighths = rule
        borders, border = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
        for key, value in {"val": "single", "sz": str(eighths), "space": "4", "color": of_colour}.items():
            border.set(qn(f"w:{key}"), value)
        borders.append(border)
        properties.insert_element_before(borders, *AFTER_BORDERS)


AFTER_BORDERS: Final = (
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct"),
    *("w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind"),
    *("w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:outlineLvl", "w:rPr"),
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


def chart_width(width: float, height: float, *, is_wide: bool) -> Any:
    """How wide a picture of that shape is printed: as wide as the text, and no higher than a page."""
    from docx.shared import Mm

    most, highest = (LANDSCAPE_WIDTH, HIGHEST_LANDSCAPE) if is_wide else (TEXT_WIDTH, HIGHEST)
    return Mm(min(most, highest * width / height))


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

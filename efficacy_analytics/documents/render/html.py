"""A document as one page that needs nothing else: no code, no network, its own typeface."""

import json
from functools import partial

import efficacy_analytics
from efficacy_analytics.charts.maps.book import drawn_html
from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.offline import library
from efficacy_analytics.charts.style.scripts import inside_script
from efficacy_analytics.documents.blocks import Chart
from efficacy_analytics.documents.content import Content, Piece
from efficacy_analytics.documents.render.templates import filled, source
from efficacy_analytics.documents.render.words import WORDS


def html(content: Content) -> bytes:
    """The page of a document; the same bytes for the same document."""
    words = {name: texts[content.language] for name, texts in WORDS.items()}
    shared = {"lang": content.lang, "head": content.head, "foot": content.colophon}
    body = "\n".join(
        [
            filled("masthead.html", editor_note=words["editor_note"], **_only(shared, "lang", "head")),
            *(section(piece, content) for piece in content.pieces),
            filled("colophon.html", colon=words["colon"], **_only(shared, "lang", "foot")),
        ]
    )
    is_drawn = any(isinstance(block, Chart) for piece in content.pieces for block in piece.blocks)
    page = filled(
        "document.html",
        lang=content.lang,
        title=content.full_title,
        code_version=efficacy_analytics.__version__,
        font=theme.FONT,
        font_address=fonts.data_address(body + content.full_title + source("page.css")),
        style=source("page.css"),
        library=library() if is_drawn else "",
        body=body,
        origin=inside_script(json.dumps(content.origin, ensure_ascii=False, sort_keys=True, default=str)),
    )
    return page.encode()


def section(piece: Piece, content: Content) -> str:
    """A section of a document as a piece of a page."""
    drawn = {
        number: drawn_html(block.chart, content.language, f"chart-{piece.name}-{number}")
        for number, block in enumerate(piece.blocks)
        if isinstance(block, Chart)
    }
    return filled(
        "section.html", name=piece.name, title=piece.title, blocks=list(piece.blocks), drawn=drawn,
        more=partial(figures.more_rows, language=content.language), lang=content.lang,
    )  # fmt: skip


def _only(values: dict[str, object], *names: str) -> dict[str, object]:
    return {name: values[name] for name in names}

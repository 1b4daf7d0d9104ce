"""From an executed notebook to one page that needs nothing else: no code, no network, its own typeface and data."""

import re
from collections.abc import Sequence
from typing import Any, Final

from efficacy_analytics.charts.style import fonts, theme
from efficacy_analytics.charts.style.offline import BUNDLE_MARK
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.evidence import json_inside_page, manifest_kept, tables_kept
from efficacy_analytics.documents.briefing.masthead import masthead
from efficacy_analytics.documents.render.templates import filled, source
from efficacy_analytics.errors import CheckFailedError

SECTION_MARK: Final = re.compile(r'<section class="briefing section" data-section="(\w+)"')
PARTS: Final = ('<header class="briefing masthead"', '<footer class="briefing colophon"')


def page(notebook: dict[str, Any], document: Document) -> str:
    """The page of an executed briefing notebook.

    Args:
        notebook: the notebook as nbformat reads it, with outputs.
        document: the briefing, for the data the page carries.

    Returns:
        The HTML; the same for the same run and parameters.

    Raises:
        CheckFailedError: a cell failed, or a part is missing.
    """
    outputs = _shown(notebook)
    library = next((text[text.index(BUNDLE_MARK) :] for text in outputs if BUNDLE_MARK in text), "")
    body = "\n".join(text for text in outputs if BUNDLE_MARK not in text)
    _check_whole(body, library, document.section_names)
    head = masthead(document.shown, document.parameters)
    manifest = manifest_kept(document.shown)
    asked = document.parameters.model_dump(mode="json", exclude={"lake", "run"})
    return filled(
        "page.html",
        lang="zh-CN" if document.parameters.language == "zh" else "en",
        title=f"{head.name} {head.issue} · {head.title}",
        code_version=manifest["code_version"],
        font=theme.FONT,
        font_address=fonts.data_address(body + head.title + source("page.css")),
        style=source("page.css"),
        library=library,
        body=body,
        parameters=json_inside_page(asked),
        manifest=json_inside_page(manifest),
        findings=json_inside_page(tables_kept(document.shown, manifest["tables"])),
    )


def _shown(notebook: dict[str, Any]) -> list[str]:
    """The HTML that the cells show, in their order."""
    if notebook.get("metadata", {}).get("papermill", {}).get("exception"):
        raise CheckFailedError("a cell of the briefing failed.", hint="see the notebook that was kept")
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    if any(output["output_type"] == "error" for output in outputs):
        raise CheckFailedError("a cell of the briefing failed.", hint="see the notebook that was kept")
    texts = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    return ["".join(text) for text in texts]


def _check_whole(body: str, library: str, names: Sequence[str]) -> None:
    found = SECTION_MARK.findall(body)
    missing = [name for name in names if found.count(name) != 1]
    missing += [mark for mark in PARTS if body.count(mark) != 1]
    if missing or not library:
        raise CheckFailedError(
            f"the briefing lacks a part: {', '.join(missing) or 'the drawing library'}.",
            hint="notebooks/briefing.ipynb shows the head, each section once, and the foot",
        )

"""Are the figures of a finished document right? It says what it is; each kind is recomputed in its own way."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.briefing.verify import briefing_origin
from efficacy_analytics.documents.briefing.verify import verify as verify_briefing
from efficacy_analytics.documents.pages.verify import is_picture, picture_manifest, read, verify_picture
from efficacy_analytics.documents.verify_forms import form_of, is_document, origin_in, verify_form
from efficacy_analytics.settings import AS_SHIPPED, Settings


@dataclass(frozen=True)
class Facts:
    """What a document says of itself.

    Attributes:
        snapshots: the names of those that its figures are of; a comparison has two.
        edition: internal or public; pictures are internal.
        language: in which it is written.
        as_on: the day on which its snapshot is judged.
        title: its name, or its kind where it has none.
    """

    snapshots: tuple[str, ...]
    edition: str
    language: str
    as_on: str
    title: str


def facts_of(document: Path) -> Facts:
    """What a document says of itself; nothing of it is checked yet.

    Raises:
        CallError: the file is no document of ours.
        CheckFailedError: what it says cannot be read.
    """
    form = form_of(document)
    text = read(document) if form == "html" else ""
    if form == "html" and is_picture(text):
        told = picture_manifest(text)
        groups = [group["snapshot"] for group in told["groups"].values()]
        return _facts(groups, "internal", told["language"], told["picture"])
    if form != "html" or is_document(text):
        origin = origin_in(document, form, document.read_bytes())
    else:
        origin = briefing_origin(document)
    asked, manifest = origin["parameters"], origin["manifest"]
    return _facts([manifest["snapshot"]], asked["edition"], asked["language"], f"{origin['kind']} {manifest['run']}")


def _facts(snapshots: list[dict[str, Any]], edition: str, language: str, title: str) -> Facts:
    names = tuple(sorted({str(one["snapshot"]) for one in snapshots}))
    return Facts(names, edition, language, max(str(one.get("as_on") or "")[:10] for one in snapshots), title)


def verify(document: Path, lake: Path, *, in_force: Settings = AS_SHIPPED) -> list[Check]:
    """Recomputes a document from the snapshot it names; one that was pruned is made again for it.

    Args:
        document: its file: a briefing or a picture as a page, or a document as PDF, DOCX or XLSX.
        lake: the lake that holds the snapshot.
        in_force: the settings of now; a document of others cannot be made again.

    Returns:
        What agreed.

    Raises:
        CallError: the file is no document of ours, or the lake never had its snapshot.
        CheckFailedError: something differs; the first place that does is named.
    """
    form = form_of(document)
    text = read(document) if form == "html" else ""
    if form != "html" or is_document(text):
        return verify_form(document, form, lake, in_force)
    return verify_picture(text, lake, in_force) if is_picture(text) else verify_briefing(document, lake, in_force)

"""Are the figures of a finished document right? It says what it is; each kind is recomputed in its own way."""

from pathlib import Path

from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.briefing.verify import verify as verify_briefing
from efficacy_analytics.documents.pages.verify import is_picture, read, verify_picture
from efficacy_analytics.documents.verify_forms import form_of, is_document, verify_form
from efficacy_analytics.settings import AS_SHIPPED, Settings


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

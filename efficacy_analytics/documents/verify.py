"""Are the figures of a finished page right? The page says what it is; each kind is recomputed in its own way."""

from pathlib import Path

from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.briefing.verify import verify as verify_briefing
from efficacy_analytics.documents.pages.verify import is_picture, read, verify_picture


def verify(document: Path, lake: Path) -> list[Check]:
    """Recomputes a page from the snapshot it names; one that was pruned is made again for it.

    Args:
        document: the page's file: a briefing or a picture.
        lake: the lake that holds the snapshot.

    Returns:
        What agreed.

    Raises:
        CallError: the file is no page of ours, or the lake never had its snapshot.
        CheckFailedError: something differs; the first place that does is named.
    """
    text = read(document)
    return verify_picture(text, lake) if is_picture(text) else verify_briefing(document, lake)

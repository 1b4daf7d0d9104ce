"""The kinds of documents there are, each made from the finished tables of one run."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.documents.content import Content
from efficacy_analytics.errors import CheckFailedError

KINDS: Final[Mapping[str, Callable[[Findings, BriefingParameters], Content]]] = {
    "briefing": lambda findings, parameters: Document(findings, parameters).content(),
}
"""What each kind says, by its name."""


def content_of(kind: Any, findings: Findings, parameters: BriefingParameters) -> Content:
    """A document of a kind.

    Raises:
        CheckFailedError: there is no such kind.
    """
    if kind not in KINDS:
        raise CheckFailedError(f"there is no kind of document '{kind}'.", hint=f"one of: {', '.join(KINDS)}")
    return KINDS[kind](findings, parameters)

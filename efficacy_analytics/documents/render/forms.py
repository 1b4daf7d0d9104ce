"""A document in the form asked for: blocks in, a file's bytes out."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from efficacy_analytics.documents.content import FORMS, Content, Form
from efficacy_analytics.documents.render.characters import cleaned
from efficacy_analytics.documents.render.docx import docx
from efficacy_analytics.documents.render.html import html
from efficacy_analytics.documents.render.pdf import pdf
from efficacy_analytics.documents.render.xlsx import xlsx
from efficacy_analytics.errors import CallError

RENDERINGS: Final[dict[str, Callable[[Content], bytes]]] = {"html": html, "pdf": pdf, "docx": docx, "xlsx": xlsx}
"""The page of a briefing is put together from the parts that its notebook shows; that of others is `html`."""


def checked_forms(asked: Iterable[str]) -> Sequence[Form]:
    """The forms asked for, each once, in the order of `FORMS`.

    Raises:
        CallError: there is no such form, or none is asked for.
    """
    words = [word.strip() for words in asked for word in words.split(",") if word.strip()]
    unknown = [word for word in words if word not in FORMS]
    if unknown or not words:
        raise CallError(f"there is no format '{''.join(unknown[:1])}'.", hint=f"one or more of: {', '.join(FORMS)}")
    return [form for form in FORMS if form in words]


def rendered(content: Content, form: str) -> bytes:
    """The file of a document in a form."""
    return RENDERINGS[form](cleaned(content))

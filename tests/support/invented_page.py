"""A page made without a kernel: the parts in the notebook's order, as an executed notebook would hold them."""

from typing import Any

from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.page import page
from efficacy_analytics.documents.briefing.parameters import checked
from efficacy_analytics.findings.runs import Run


def document_of(run: Run, **given: Any) -> Document:
    """The briefing of a run, in Chinese unless asked otherwise."""
    return Document(run, checked(given))


def notebook_of(document: Document) -> dict[str, Any]:
    """The outputs of an executed notebook."""
    parts = [
        document.setup(),
        document.masthead(),
        *(document.section(name) for name in document.section_names),
        document.colophon(),
    ]
    outputs = [[{"output_type": "execute_result", "data": {"text/html": part.html}}] for part in parts]
    return {"metadata": {}, "cells": [{"outputs": output} for output in outputs]}


def page_of(run: Run, **given: Any) -> str:
    """The page of a run."""
    document = document_of(run, **given)
    return page(notebook_of(document), document)

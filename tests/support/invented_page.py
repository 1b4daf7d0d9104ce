"""A page made without a kernel: the parts in the notebook's order, as an executed notebook would hold them."""

from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from efficacy_analytics.documents.briefing.document import Document, open_document
from efficacy_analytics.documents.briefing.page import page
from efficacy_analytics.documents.briefing.parameters import checked
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.vocabulary import Language
from support.small_city import small_city


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


def executed_here(_notebook: Path, output: Path, parameters: dict[str, Any]) -> None:
    """Stands in for a kernel where the page is the subject: the same parts, made in this process."""
    cells = [
        nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output(**one) for one in cell["outputs"]])
        for cell in notebook_of(open_document(**parameters))["cells"]
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), output)


def page_of(run: Run, **given: Any) -> str:
    """The page of a run."""
    document = document_of(run, **given)
    return page(notebook_of(document), document)


@cache
def page_of_the_small_city(language: Language = "zh", edition: str = "internal") -> str:
    """The page of all cases of the small city, made once per process."""
    return page_of(small_city()[1], language=language, edition=edition)

"""Notebooks only call the package: a question, parameters, one call a cell, and no outputs kept."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.settings import CHECKOUT

NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))
EVERY = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def cells(file: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def parameters(file: Path) -> str:
    tagged = [source(cell) for cell in cells(file, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    return tagged[0]


def test_there_are_notebooks() -> None:
    assert {"briefing", "01_event_log", "02_process_map", "03_waiting_time", "04_time_limits"} <= {
        file.stem for file in NOTEBOOKS
    }


@EVERY
def test_no_output_is_kept(file: Path) -> None:
    assert [cell for cell in cells(file, "code") if cell["outputs"] or cell["execution_count"] is not None] == []


@EVERY
def test_the_title_is_a_question_in_both_languages(file: Path) -> None:
    title = source(cells(file, "markdown")[0]).splitlines()
    assert re.fullmatch(r"# .*？", title[0])
    assert re.fullmatch(r"# .*\?", title[1])


@EVERY
def test_a_cell_is_short_and_defines_nothing(file: Path) -> None:
    for cell in cells(file, "code"):
        lines = source(cell).splitlines()
        assert len(lines) <= 12
        kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
        assert not [node for node in ast.walk(ast.parse(source(cell))) if isinstance(node, kinds)]


@EVERY
def test_every_parameter_is_typed_and_explained(file: Path) -> None:
    for line in parameters(file).splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool) = .+  # .+", line), line


def test_the_briefing_takes_the_parameters_that_are_checked() -> None:
    file = CHECKOUT / "notebooks" / "briefing.ipynb"
    assert re.findall(r"^(\w+):", parameters(file), re.MULTILINE) == list(BriefingParameters.model_fields)


def test_the_briefing_asks_for_all_sections_at_once_so_that_a_new_one_needs_no_cell() -> None:
    code = [source(cell) for cell in cells(CHECKOUT / "notebooks" / "briefing.ipynb", "code")]
    assert code[-3:] == ["document.masthead()", "document.sections()", "document.colophon()"]

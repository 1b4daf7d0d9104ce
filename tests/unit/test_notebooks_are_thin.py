"""Notebooks only call the package: a question, parameters, one call a cell, and no outputs kept."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.errors import CallError
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.workflows.exploring.questions import NOTES, QUESTIONS, TITLES, asked
from efficacy_analytics.workflows.lab import ASKED
from efficacy_analytics.workflows.studies.declared_study import declared_study, study_names

HAN = re.compile("[一-鿿]")
NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))
STUDYING = [file for file in NOTEBOOKS if file.stem.startswith("reproduce_")]
ASKING = [file for file in NOTEBOOKS if file.stem != "briefing" and file not in STUDYING]
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
def test_no_text_is_written_into_a_notebook_in_one_language_or_in_two(file: Path) -> None:
    assert cells(file, "markdown") == []


def test_the_notebooks_ask_the_questions_that_are_declared_and_each_begins_with_its_own() -> None:
    asked = {file.stem: [one for cell in cells(file, "code") for one in ASKED.findall(source(cell))] for file in ASKING}
    assert [names[0] for names in asked.values()] == list(TITLES)
    assert all(len(names) >= 6 and names[-1] == f"after_{names[0]}" for names in asked.values())
    assert {name for names in asked.values() for name in names} == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_one_in_either_language(name: str) -> None:
    ending = "" if name.startswith("after_") else "？"
    zh, en = asked(name, "zh"), asked(name, "en")
    assert zh.text.endswith(ending)
    assert en.text.endswith("?" if ending else "")
    assert HAN.search(zh.text)
    assert not HAN.search(en._repr_markdown_())
    assert bool(zh.note) == bool(en.note)
    assert re.findall(r"\w+\.ipynb", zh.note) == re.findall(r"\w+\.ipynb", en.note)
    assert zh._repr_markdown_().startswith("# " if name in TITLES else "## ")


def test_what_is_no_question_is_told() -> None:
    with pytest.raises(CallError, match="why_do_files_wait"):
        asked("why_do_files_waits", "en")


def test_every_notebook_named_in_a_note_is_there() -> None:
    named = {name for note in NOTES.values() for name in re.findall(r"\w+\.ipynb", note["en"])}
    assert named <= {file.name for file in NOTEBOOKS}


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


def test_every_study_has_a_notebook_that_shows_all_it_declares() -> None:
    assert [file.stem.removeprefix("reproduce_") for file in STUDYING] == study_names()
    for file in STUDYING:
        name = file.stem.removeprefix("reproduce_")
        code = [source(cell) for cell in cells(file, "code")]
        assert code[1].splitlines()[-2:] == [f'study = ea.study("{name}", data=data, language=language)', "study"]
        assert {'study.figures().sort("is_equal", maintain_order=True)', "study.sources()"} <= set(code)
        assert {f'study.chart("{chart}")' for chart in declared_study(name).charts} <= set(code)

"""`efficacy lab`: a working copy in the lake that follows the shipped notebooks, and JupyterLab that asks nobody."""

import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from efficacy_analytics.cli.app import app
from efficacy_analytics.errors import CallError
from efficacy_analytics.workflows import lab


def notebook(file: Path, *sources: str, output: str = "") -> None:
    outputs = [nbformat.v4.new_output("stream", text=output)] if output else []
    cells = [nbformat.v4.new_code_cell(source, outputs=outputs) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    (tmp_path / "shipped").mkdir()
    notebook(tmp_path / "shipped" / "00_tour.ipynb", "1 + 1")
    notebook(tmp_path / "shipped" / "briefing.ipynb", "2")
    notebook(tmp_path / "shipped" / "reproduce_fines.ipynb", "3")
    return tmp_path / "shipped"


def sources(file: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(file, as_version=4).cells]


def test_the_exploring_notebooks_are_copied_and_the_briefing_is_not(shipped: Path, tmp_path: Path) -> None:
    assert lab.working_copy(shipped, tmp_path / "own") == []
    assert {file.name for file in (tmp_path / "own").glob("*.ipynb")} == {"00_tour.ipynb", "reproduce_fines.ipynb"}


def test_a_copy_speaks_one_language_before_a_cell_has_run(tmp_path: Path) -> None:
    shipped, own = lab.CHECKOUT / "notebooks", tmp_path / "own"
    for language, text in (
        ("en", "# What can be asked in the first ten minutes?"),
        (None, "# What can"),
        ("zh", "# 头十"),
    ):
        assert lab.working_copy(shipped, own, language=language) == []
        cells = nbformat.read(own / "00_tour.ipynb", as_version=4).cells
        assert f'language: str = "{language or "en"}"' in cells[0].source
        shown = [output["data"]["text/markdown"] for cell in cells[1:] for output in cell.outputs]
        assert len(shown) >= 9
        assert shown[0].startswith(text)
        assert {bool(re.search("[一-鿿]", one)) for one in shown} == {language == "zh"}


def test_a_language_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="'nl'"):
        lab.lab_command(tmp_path, language="nl")


def test_outputs_stay_and_are_no_change_so_that_a_newer_notebook_takes_its_place(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "00_tour.ipynb"
    lab.working_copy(shipped, own.parent)
    notebook(own, "1 + 1", output="2")
    lab.working_copy(shipped, own.parent)
    assert nbformat.read(own, as_version=4).cells[0].outputs
    notebook(shipped / "00_tour.ipynb", "1 + 2")
    assert lab.working_copy(shipped, own.parent) == []
    assert sources(own) == ["1 + 2"]


def test_what_its_owner_changed_is_never_overwritten(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "00_tour.ipynb"
    lab.working_copy(shipped, own.parent)
    notebook(own, "1 + 1", "my own work")
    assert lab.working_copy(shipped, own.parent) == []
    notebook(shipped / "00_tour.ipynb", "1 + 2")
    (told,) = lab.working_copy(shipped, own.parent)
    assert "was changed" in told
    assert sources(own) == ["1 + 1", "my own work"]
    assert sources(own.with_suffix(".shipped.ipynb")) == ["1 + 2"]
    assert lab.working_copy(shipped, own.parent) == []


def test_a_file_of_ones_own_under_a_shipped_name_stays_whatever_it_is(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "00_tour.ipynb"
    own.parent.mkdir()
    own.write_text("no notebook at all")
    (told,) = lab.working_copy(shipped, own.parent)
    assert own.read_text() == "no notebook at all"
    assert own.name in told


def test_any_option_of_jupyterlab_is_passed_on_and_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *given: became.extend(given))
    options = ["--no-browser", "--ip", "0.0.0.0", "--port=8899", "--allow-root", "--LabApp.default_url=/lab"]
    result = CliRunner().invoke(app, ["lab", "--lake", str(tmp_path), *options])
    assert result.exit_code == 0, result.output
    _, command, environment = became
    assert command[-len(options) :] == options
    assert environment["EFFICACY_LAKE"] == str(tmp_path)
    assert f"--ServerApp.root_dir={tmp_path / 'lab'}" in command
    assert ("--allow-root" in command[:6]) == (os.geteuid() == 0)


def test_nobody_is_asked_for_news_or_updates(tmp_path: Path) -> None:
    command, _, _ = lab.lab_command(tmp_path)
    kept = json.loads((tmp_path / "lab" / ".jupyterlab" / "overrides.json").read_text())
    assert kept["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}
    assert {"--LabApp.news_url=None", "--HTMLExporter.require_js_url="} <= set(command)

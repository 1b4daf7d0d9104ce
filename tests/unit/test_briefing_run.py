"""A briefing appears whole or not at all; a failed cell keeps its notebook and its reason."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.invented_page import page_of
from support.invented_run import invented_run

from efficacy_analytics.documents.briefing import run as briefing
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError, EmptyCohortError, ParameterError


def notebook_with(folder: Path, *sources: str) -> Path:
    """A notebook with a parameters cell and these cells."""
    cells = [nbformat.v4.new_code_cell('run: str = ""\nlanguage: str = "zh"', metadata={"tags": ["parameters"]})]
    book = nbformat.v4.new_notebook(cells=[*cells, *(nbformat.v4.new_code_cell(source) for source in sources)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python", "language": "python"}
    file = folder / "drawn.ipynb"
    nbformat.write(book, file)
    return file


@pytest.mark.slow
def test_the_notebook_makes_the_page_of_its_run(tmp_path: Path) -> None:
    run, told = invented_run(tmp_path), []
    page = tmp_path / "briefings" / "one.html"
    [output] = briefing.brief(run, language="en", output=page, on_progress=lambda *step: told.append(step[0]))
    assert output.read_text(encoding="utf-8") == page_of(run, language="en")
    assert told == ["running the notebook", "making the page", "publishing"]
    assert [file.name for file in output.parent.iterdir()] == ["one.html"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("1 / 0", EfficacyError, "ZeroDivisionError"),
        (
            "from efficacy_analytics.errors import EmptyCohortError\nraise EmptyCohortError('no case.', hint='widen')",
            EmptyCohortError,
            "no case.",
        ),
        ("print('nothing is shown')", CheckFailedError, "lacks a part"),
    ],
    ids=["a fault of the program", "a fault we know", "nothing to show"],
)
def test_a_failed_notebook_leaves_the_published_page_and_is_kept(
    tmp_path: Path, source: str, kind: type[EfficacyError], words: str
) -> None:
    output = tmp_path / "one.html"
    output.write_text("the page of yesterday", encoding="utf-8")
    with pytest.raises(kind, match=words) as fault:
        briefing.brief(invented_run(tmp_path), language="zh", output=output, notebook=notebook_with(tmp_path, source))
    assert output.read_text(encoding="utf-8") == "the page of yesterday"
    kept = tmp_path / "one.failed.ipynb"
    assert str(kept) in fault.value.hint
    assert source.splitlines()[0] in kept.read_text(encoding="utf-8")
    assert fault.value.exit_code == kind.exit_code


@pytest.mark.parametrize("given", [{"langage": "zh"}, {"edition": "secret"}, {"issued_on": "yesterday"}])
def test_a_wrong_parameter_is_told_before_anything_runs(
    tmp_path: Path, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(briefing, "_execute", lambda *_: pytest.fail("the notebook ran"))
    with pytest.raises(ParameterError):
        briefing.brief(invented_run(tmp_path), language="zh", output=tmp_path / "one.html", given=given)


def test_a_notebook_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="there is no notebook"):
        briefing.brief(
            invented_run(tmp_path), language="zh", output=tmp_path / "one.html", notebook=tmp_path / "none.ipynb"
        )

"""A briefing appears whole or not at all; a failed cell keeps its notebook and its reason."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import pytest
from support.hostile_lake import MARK, hostile_lake
from support.invented_page import page_of
from support.invented_run import invented_run

from efficacy_analytics.documents.briefing import run as briefing
from efficacy_analytics.documents.briefing.verify import briefing_origin
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError, EmptyCohortError, ParameterError
from efficacy_analytics.event_log.cohort import Cohort
from efficacy_analytics.findings.disclosure.public_findings import MAKERS, TOTALS
from efficacy_analytics.system.progress import OnProgress, Progress
from efficacy_analytics.workflows import steps as pipeline

FEW_OF_ONE = "case_key % 2 = 1 or case_key <= 6"
"""The cases of one department and a few of the other."""
OF_THINGS = ("activity_count", "made_count", "check_count", "item_count")
"""Counts of what everybody knows, not of cases."""


def notebook_with(folder: Path, *sources: str) -> Path:
    """A notebook with a parameters cell and these cells."""
    cells = [nbformat.v4.new_code_cell('run: str = ""\nlanguage: str = "zh"', metadata={"tags": ["parameters"]})]
    book = nbformat.v4.new_notebook(cells=[*cells, *(nbformat.v4.new_code_cell(source) for source in sources)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python", "language": "python"}
    file = folder / "drawn.ipynb"
    nbformat.write(book, file)
    return file


@pytest.mark.slow
def test_the_notebook_makes_a_public_page_of_hostile_names_without_a_withheld_count() -> None:
    """Of two departments, one has too few cases to be told of; every name is an attack."""
    lake, told = hostile_lake(), list[str]()
    [output] = pipeline.brief_period(
        lake, {"where": FEW_OF_ONE}, period=None, languages=["en"], edition="public", progress=telling(told)
    )
    assert told == ["running the notebook", "making the page", "publishing"]
    assert [file.name for file in output.parent.iterdir() if file.name.startswith("briefing-public-")] == [output.name]
    run, page = pipeline.find(lake, Cohort(where=FEW_OF_ONE)), output.read_text(encoding="utf-8")
    issue = briefing_origin(output)["parameters"]["issue"]
    assert page == page_of(run, language="en", edition="public", issue=issue)
    tree = lxml.html.document_fromstring(page)
    tables = json.loads(tree.xpath("//script[@id='findings']")[0].text)
    assert set(tables) <= {*MAKERS, TOTALS}
    assert run.table("on_time")["case_count"].to_list() == [4, 30]
    assert [row[2] for row in tables["public_totals"]["rows"] if row[1] == "late_count"] == [None, None]
    assert "too few to tell how many of them were late" in page
    assert "Too few cases were due" in page
    assert [set(row[1:]) == {None} for row in tables["on_time"]["rows"]] == [True, False]
    assert {count % 5 for table in tables.values() for count in counts_of_cases(table)} == {0}
    assert not tree.xpath("//@onerror | //@onload | //@onmouseover")
    assert f"{MARK}=1" not in [script.text for script in tree.iter("script")]


def telling(told: list[str]) -> Progress:
    """Progress that keeps what the briefing's steps are."""

    @contextmanager
    def progress(title: str) -> Iterator[OnProgress]:
        yield lambda what, *_: told.append(what) if title.startswith("brief") else None

    return progress


def counts_of_cases(table: dict[str, Any]) -> list[int]:
    """All counts of cases in a table that a page carries."""
    places = [place for place, name in enumerate(table["columns"]) if name.endswith("_count") and name not in OF_THINGS]
    return [row[place] for row in table["rows"] for place in places if row[place] is not None]


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

"""Names of an export are text, whatever they hold: no table obeys them, no answer loses them."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import lxml.html
import polars as pl
import pytest
from support.hostile_lake import ACTIVITIES, CASE, CASE_COUNT, DEPARTMENTS, ITEMS, MARK, hostile_lake
from support.samples import sample

import efficacy_analytics as ea
from efficacy_analytics.charts.maps.book import MapBook, Picture, View
from efficacy_analytics.cli import app
from efficacy_analytics.documents.tables.cells import Reading
from efficacy_analytics.documents.tables.table_html import table_html
from efficacy_analytics.errors import CannotAnswerError, EfficacyError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.vocabulary import LANGUAGES
from efficacy_analytics.workflows import steps as pipeline
from efficacy_analytics.workflows.exploring.answers import Answer
from efficacy_analytics.workflows.exploring.parts import Drawn
from efficacy_analytics.workflows.finished import Document

ASKED = [name for name in TABLES if not name.startswith("conformance")]


def shown(capsys: pytest.CaptureFixture[str], name: str, form: str, *options: str) -> str:
    app(["show", name, "--format", form, "--quiet", "--lake", str(hostile_lake()), *options], standalone_mode=False)
    return capsys.readouterr().out


def test_every_case_and_name_is_there_as_it_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    cases = json.loads(shown(capsys, "cases", "json"))
    assert {case["case_id"] for case in cases} == {CASE.format(number) for number in range(CASE_COUNT)}
    assert {case["department"] for case in cases} == set(DEPARTMENTS)
    assert {case["item"] for case in cases} == set(ITEMS)
    activities = json.loads(shown(capsys, "activities", "json"))
    assert {row["activity"] for row in activities} == set(ACTIVITIES)


@pytest.mark.parametrize("name", sample(ASKED, ASKED[::6]))
def test_every_table_is_made_and_no_name_in_it_is_obeyed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    try:
        rows = json.loads(shown(capsys, name, "json"))
    except CannotAnswerError:
        rows = []
    assert isinstance(rows, list)
    with open_log(hostile_lake()) as log:
        assert log.connection.sql("select count(*) from cases").fetchall() == [(CASE_COUNT,)]


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_a_department_of_any_name_can_be_chosen(capsys: pytest.CaptureFixture[str], department: str) -> None:
    cases = json.loads(shown(capsys, "cases", "json", "--department", department))
    assert len(cases) == CASE_COUNT // 2
    assert {case["department"] for case in cases} == {department}


@pytest.mark.parametrize(
    "where",
    [
        "1=1); drop table event_steps; --",
        "case_id in (select content from read_text('/etc/passwd'))",
        "exists (select * from read_csv('/etc/passwd'))",
        "exists (from glob('/*'))",
        "exists (select * from '/etc/passwd')",
        "getenv('HOME') is not null",
    ],
)
def test_a_condition_reads_no_file_and_changes_nothing(where: str) -> None:
    with pytest.raises(EfficacyError) as fault, open_log(hostile_lake(), Cohort(where=where)):
        pass
    assert fault.value.exit_code == 2
    assert "root:" not in str(fault.value)


def test_a_model_names_its_tasks_by_text_alone(tmp_path: Path) -> None:
    pipeline.discover(hostile_lake(), Cohort(), tmp_path / "model.bpmn", noise_threshold=0.0, language="en")
    tree = ET.parse(tmp_path / "model.bpmn")
    names = {element.get("name") for element in tree.iter() if element.tag.endswith("}task")}
    assert set(ACTIVITIES) <= names
    assert not [element for element in tree.iter() if element.tag.endswith("script")]


HOSTILE = '"><b onclick="x">&lt;'


def of_nothing_but_text(page: str, count: int) -> None:
    """A piece of a page shows the hostile text so many times, in words or beside them, and obeys it nowhere."""
    tree = lxml.html.fragment_fromstring(page, create_parent="div")
    assert tree.xpath(".//b | .//@onclick") == []
    shown = [text for text in tree.xpath(".//text()[not(parent::script or parent::style)] | .//@*") if HOSTILE in text]
    assert len(shown) == count, shown


def test_a_table_is_text_in_its_heads_cells_codes_and_explanations() -> None:
    frame = pl.DataFrame({HOSTILE: [HOSTILE], "department": [f"D {HOSTILE}"]})
    reading = Reading("en", names=lambda kind: {f"D {HOSTILE}": HOSTILE})
    heads_and_explanations, cells, title_and_definition = 4, 3, 2
    page = table_html(frame, reading, title=HOSTILE, definition=HOSTILE)
    of_nothing_but_text(page, heads_and_explanations + cells + title_and_definition)


def test_a_map_is_text_in_its_title_introduction_note_and_choice_of_views() -> None:
    said = dict.fromkeys(LANGUAGES, HOSTILE)
    view = View(HOSTILE, said, {"en": Picture(1.0, 1.0, HOSTILE, HOSTILE, {})}, said)
    book = MapBook({"en": {}}, (view, replace(view, key="other")), "en", title=said, introduction=said)
    title_introduction_note, keys, views = 3, 1, 2
    of_nothing_but_text(book.html("map"), title_introduction_note + keys + views)


def test_what_a_notebook_is_shown_of_a_log_is_text(tmp_path: Path) -> None:
    of_nothing_but_text(Answer((HOSTILE,), "en")._repr_html_(), 1)
    of_nothing_but_text(Drawn(None, "en", HOSTILE)._repr_html_(), 1)
    of_nothing_but_text(Document(Path(HOSTILE), tmp_path)._repr_html_(), 2)
    of_nothing_but_text(ea.Lake(tmp_path / HOSTILE)._repr_html_(), 1)
    lake = ea.Lake(hostile_lake())
    for page in (lake.log(department=DEPARTMENTS[0])._repr_html_(), lake.log().case(CASE.format(0))._repr_html_()):
        tree = lxml.html.fragment_fromstring(page, create_parent="div")
        assert tree.xpath(".//img | .//@onerror") == []
        assert f"{MARK}=1" not in [script.text for script in tree.iter("script")]
        assert DEPARTMENTS[0] in tree.text_content()

"""Names of an export are text, whatever they hold: no table obeys them, no answer loses them."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from support.hostile_lake import ACTIVITIES, CASE, CASE_COUNT, DEPARTMENTS, ITEMS, hostile_lake
from support.samples import sample

from efficacy_analytics.cli import app
from efficacy_analytics.errors import CannotAnswerError, EfficacyError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES
from efficacy_analytics.workflows import steps as pipeline

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


@pytest.mark.parametrize("name", sample(ASKED, ASKED[::3]))
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

"""Which run a notebook shows: the one named, else the newest that answers for the cohort asked for."""

import json
from pathlib import Path

import pytest
from support.invented_run import invented_run

from efficacy_analytics.documents.briefing.document import open_document
from efficacy_analytics.errors import CannotAnswerError, ParameterError
from efficacy_analytics.findings.runs import Run


def another(lake: Path, name: str, *, ended_at: str, **cohort: str) -> Run:
    """A run beside others, of another cohort or hour."""
    made = invented_run(lake / "drawn" / name, **cohort)
    (lake / "findings").mkdir(exist_ok=True)
    place = made.path.rename(lake / "findings" / name)
    manifest = made.manifest | {"run": name, "ended_at": ended_at}
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Run(place, manifest)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    another(tmp_path, "early", ended_at="2025-10-01T08:00:00+00:00")
    another(tmp_path, "late", ended_at="2025-10-02T08:00:00+00:00")
    another(tmp_path, "one-department", ended_at="2025-10-03T08:00:00+00:00", department="D02")
    return tmp_path


def test_the_newest_run_of_the_cohort_is_shown(lake: Path) -> None:
    asked = {"lake": str(lake), "accepted_from": "2025-07-01"}
    assert open_document(**asked).findings.manifest["run"] == "one-department"
    assert open_document(**asked, department="D02").findings.manifest["run"] == "one-department"


def test_a_run_is_found_by_its_name_or_its_folder(lake: Path) -> None:
    assert open_document(lake=str(lake), run="early").findings.manifest["run"] == "early"
    assert open_document(run=str(lake / "findings" / "early")).findings.manifest["run"] == "early"


def test_the_lake_of_the_environment_is_used(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFICACY_LAKE", str(lake))
    assert open_document().findings.manifest["run"] == "one-department"


def test_a_cohort_without_a_run_says_what_makes_one(lake: Path) -> None:
    with pytest.raises(CannotAnswerError, match="no run") as fault:
        open_document(lake=str(lake), accepted_from="2024-07-01")
    assert "efficacy find" in fault.value.hint


def test_a_run_of_another_cohort_is_not_shown_for_this_one(lake: Path) -> None:
    with pytest.raises(ParameterError, match="run early has department open, not D02"):
        open_document(lake=str(lake), run="early", department="D02")


def test_an_unknown_section_is_told_with_the_known_ones(lake: Path) -> None:
    with pytest.raises(ParameterError, match="no section 'sumary'") as fault:
        open_document(lake=str(lake)).section("sumary")
    assert "summary" in fault.value.hint

"""A lake of an earlier version is taken over by one command: what was accepted is read, the snapshot built anew."""

import tarfile
from pathlib import Path

import pytest

from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.build import at_hand, publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.lake.delivery import deliveries

KEPT = Path(__file__).resolve().parents[1] / "data" / "lake_0_1_0.tar.xz"
SNAPSHOT = "bc0dd680ceb5-1"
CASES, EVENTS = 12, 36  # drawn: twelve cases of three steps each, taken in and published by 0.1.0


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake that 0.1.0 took in and published."""
    with tarfile.open(KEPT) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "lake"


def test_questions_are_refused_with_the_command_that_is_needed(lake: Path) -> None:
    with pytest.raises(CannotAnswerError, match="built by another version") as fault:
        open_log(lake)
    assert "efficacy publish" in fault.value.hint


def test_after_publishing_the_same_cases_are_there(lake: Path) -> None:
    (before,) = deliveries(lake)
    assert before.rows["cases"]["accepted"] == CASES
    assert publish(lake).name != SNAPSHOT
    with open_log(lake, Cohort()) as log:
        summary = log.run("log_summary").row(0, named=True)
        assert (summary["case_count"], summary["event_count"]) == (CASES, EVENTS)
        assert table("on_time").make(log).height == 2


def test_documents_of_before_are_for_the_version_that_made_them(lake: Path) -> None:
    publish(lake)
    with pytest.raises(CannotAnswerError, match="kept no record"), at_hand(lake, SNAPSHOT):
        pass

"""Every table of a log with one very long case ends in a sensible time, or refuses and names the case."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from support.fuzzed_intake import in_time
from support.intake import ingest
from support.long_cases import LAYOUT, SHAPES, write_long_case

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.catalogue.tables import TABLES

SECONDS, DEEP_SECONDS = 30, 120
"""Within so many seconds, on a machine that has other things to do."""


def published(folder: Path, shape: str, step_count: int) -> Path:
    write_long_case(folder / "log.csv", shape, step_count)
    (folder / "own.toml").write_text(LAYOUT, encoding="utf-8")
    ingest(folder / "lake", [folder / "log.csv"], str(folder / "own.toml"))
    publish(folder / "lake")
    return folder / "lake"


@pytest.fixture(scope="module")
def lake_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A lake with a case of 1,200 steps of a shape, made once for each shape."""
    return cache(lambda shape: published(tmp_path_factory.mktemp("long"), shape, 1_200))


def refused_tables(lake: Path, *, seconds: float) -> set[str]:
    """The tables that refuse, each with the case and the way out; all others end in time."""
    with open_log(lake) as log:
        faults = {name: fault for name in TABLES if (fault := fault_of(log, name, seconds))}
    assert all("LONG" in fault.problem and "event_count <= " in fault.hint for fault in faults.values()), faults
    return set(faults)


def fault_of(log: Session, name: str, seconds: float) -> CannotAnswerError | None:
    with in_time(seconds):
        try:
            TABLES[name].make(log)
        except CannotAnswerError as fault:
            return fault
    return None


OF_STEPS = {"parallel_steps", "joint_handling"}


@pytest.mark.parametrize(
    ("shape", "refused"), [pytest.param("mixed", set(), marks=pytest.mark.deep), ("all different", OF_STEPS)]
)
def test_every_table_ends_or_names_the_long_case(lake_of: Callable[[str], Path], shape: str, refused: set[str]) -> None:
    assert refused_tables(lake_of(shape), seconds=SECONDS) == refused


def test_without_the_long_case_the_refused_table_is_there(lake_of: Callable[[str], Path]) -> None:
    with open_log(lake_of("all different"), Cohort(where="event_count <= 1000")) as log:
        assert TABLES["parallel_steps"].make(log).height == 10  # pairs of five steps


@pytest.mark.deep
@pytest.mark.parametrize("shape", SHAPES)
def test_every_table_ends_or_names_a_case_of_twenty_thousand_steps(tmp_path: Path, shape: str) -> None:
    pairs = {"temporal_profile", "unusual_times"}
    of_steps = OF_STEPS if shape == "all different" else set()
    assert refused_tables(published(tmp_path, shape, 20_000), seconds=DEEP_SECONDS) == pairs | of_steps

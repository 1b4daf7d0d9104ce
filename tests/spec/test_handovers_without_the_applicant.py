"""What the applicant does is no officer's work: it neither hands over nor comes back, whoever keyed it in."""

import polars as pl
import pytest
from support.drawn import drawn_log

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.mining.organisation.handovers import handovers, ping_pong

LOG = """
    case | activity     | completed           | resource  | department
    A    | application  | 2024-03-25 09:00:00 | applicant | housing
    A    | acceptance   | 2024-03-25 10:00:00 | H1        | housing
    A    | notice       | 2024-03-25 11:00:00 | H2        | housing
    A    | resubmission | 2024-03-27 11:00:00 | applicant | housing
    A    | review       | 2024-03-28 11:00:00 | H2        | water
"""


@pytest.fixture
def log() -> DuckdbEngine:
    engine = drawn_log(LOG)
    engine.put("applicant_activities", pl.DataFrame({"activity": ["application", "resubmission"]}))
    return engine


def test_officers_hand_over_to_officers_alone(log: DuckdbEngine) -> None:
    assert handovers(log, by="resource").select("resource", "next_resource").rows() == [("H1", "H2")]


def test_waiting_for_the_applicant_is_no_ping_pong(log: DuckdbEngine) -> None:
    assert ping_pong(log, by="resource").is_empty()


def test_departments_hand_over_as_before(log: DuckdbEngine) -> None:
    assert handovers(log).select("department", "next_department").rows() == [("housing", "water")]


def test_a_log_that_knows_no_applicant_takes_every_name_as_an_officers() -> None:
    engine = drawn_log(LOG)
    engine.put("applicant_activities", pl.DataFrame(schema={"activity": pl.String}))
    assert ("applicant", "H1") in handovers(engine, by="resource").select("resource", "next_resource").rows()

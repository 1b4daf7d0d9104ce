"""A card without a cause is withdrawn for what became of its own subject: the case, the stage or the complaint."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.small_city import small_city

from efficacy_analytics.clock.rules import STAGE_SCHEMA
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.warning_ladder import LADDER, warning_ladder
from efficacy_analytics.findings.supervision.board import open_cases
from efficacy_analytics.findings.supervision.cards import RECORD, card_events

DAY = dt.date(2025, 1, 24)  # a Friday
FROM_2030 = "2030-01-01"
STAGE = "over,stage,red,past_due,,,,,{},,,,,"
COMPLAINT = "late,complaint,yellow,past_due,,{},,,{},,,,,"
REVIEW: dict[str, Any] = {"stage": "review", "length": 2, "unit": "working_days"}
RECEIVED: dict[str, Any] = {
    "complaint_id": "C1", "source": "line 110", "case_key": None, "department": "D01",
    "received_on": DAY - dt.timedelta(12), "answered_on": None,
}  # fmt: skip


def city(
    folder: Path, *ladder: str, limit: dict[str, Any] | None = None, complaint: dict[str, Any] | None = None
) -> Session:
    """The small city with this ladder, a limit of the review and a complaint."""
    log = open_log(small_city()[0], Cohort())
    log.put_temporary("stage_limits", pl.DataFrame([limit] if limit else [], schema=STAGE_SCHEMA))
    types = dict.fromkeys(RECEIVED, pl.String) | {
        "case_key": pl.Int64, "received_on": pl.Date, "answered_on": pl.Date
    }  # fmt: skip
    log.put_temporary("complaints", pl.DataFrame([complaint] if complaint else [], schema=types))
    (folder / "warnings.csv").write_text("\n".join([",".join(LADDER), *ladder]) + "\n", encoding="utf-8")
    log.put_temporary("office_warnings", warning_ladder(folder).with_row_index("place"))
    return log


def told(log: Session, given: pl.DataFrame) -> list[tuple[str, str | None]]:
    """What the next day adds to the record of these cards."""
    added = card_events(log, given, as_on=given["given_on"][0] + dt.timedelta(1))
    return added.filter(pl.col("event") != "given").select("event", "reason").unique().rows()


@pytest.fixture(scope="module")
def of_stages(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    log = city(tmp_path_factory.mktemp("stages"), STAGE.format(""), limit=REVIEW)
    given = card_events(log, pl.DataFrame(schema=RECORD), as_on=DAY)
    running = open_cases(log, as_on=DAY).filter(pl.col("stage") == "review", ~pl.col("is_stopped"))["case_id"]
    return given.filter(pl.col("case_id").is_in(running.implode()), pl.col("stage") == "review").sort("case_id").tail(1)


@pytest.fixture(scope="module")
def of_complaints(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    log = city(tmp_path_factory.mktemp("complaints"), COMPLAINT.format(5, ""), complaint=RECEIVED)
    return card_events(log, pl.DataFrame(schema=RECORD), as_on=DAY)


@pytest.mark.parametrize(
    ("in_force", "limit", "reason"),
    [
        pytest.param(FROM_2030, REVIEW, "ladder_changed", marks=pytest.mark.deep),
        ("", {**REVIEW, "length": 60}, "due_later"),
        pytest.param("", {**REVIEW, "item": "another"}, "no_limit", marks=pytest.mark.deep),
        ("", {**REVIEW, "stage": "decision"}, "no_limit"),
    ],
)
def test_a_card_for_a_stage_is_withdrawn_for_what_the_stage_s_own_limit_says(
    of_stages: pl.DataFrame, tmp_path: Path, in_force: str, limit: dict[str, Any], reason: str
) -> None:
    assert of_stages.height == 1
    assert told(city(tmp_path, STAGE.format(in_force), limit=limit), of_stages) == [("withdrawn", reason)]


def test_a_card_that_had_its_cause_ends_and_is_not_withdrawn(of_stages: pl.DataFrame, tmp_path: Path) -> None:
    log = city(tmp_path, STAGE.format(""), limit=REVIEW)
    later = card_events(log, of_stages, as_on=DAY + dt.timedelta(200))
    own = later.filter(pl.col("card").is_in(of_stages["card"].implode()))
    assert own.select("event", "reason").rows() == [("ended", None)]


def test_a_card_for_a_stage_that_was_left_by_then_is_withdrawn_as_over(of_stages: pl.DataFrame, tmp_path: Path) -> None:
    log = city(tmp_path, STAGE.format(""), limit=REVIEW)
    case, first = of_stages.select("case_id", "first_event_number").row(0)
    log.command(
        "create temp table event_log as select * replace (if("
        f"case_key in (select case_key from cases where case_id = '{case}') and event_number >= {first}, "
        "'decision', cast(stage as varchar)) as stage) from event_log"
    )
    assert told(log, of_stages) == [("withdrawn", "stage_over")]


@pytest.mark.parametrize(
    ("days", "in_force", "changed", "reason"),
    [
        (5, FROM_2030, {}, "ladder_changed"),
        pytest.param(60, "", {}, "due_later", marks=pytest.mark.deep),
        (5, "", {"received_on": DAY}, "due_later"),
        (5, "", {"answered_on": DAY - dt.timedelta(9)}, "complaint_over"),
        pytest.param(5, "", {"complaint_id": "C2"}, "complaint_over", marks=pytest.mark.deep),
    ],
)
def test_a_card_for_a_complaint_is_withdrawn_for_what_became_of_the_complaint(
    of_complaints: pl.DataFrame, tmp_path: Path, days: int, in_force: str, changed: dict[str, Any], reason: str
) -> None:
    assert of_complaints.height == 1
    log = city(tmp_path, COMPLAINT.format(days, in_force), complaint={**RECEIVED, **changed})
    assert told(log, of_complaints) == [("withdrawn", reason)]


def test_a_late_case_that_another_ladder_no_longer_warns_of_is_not_said_to_have_stood_still(tmp_path: Path) -> None:
    day = dt.date(2025, 1, 12)
    log = city(tmp_path, "late,case,red,past_due,,,,,,,,,,")
    stopped = open_cases(log, as_on=day).filter(pl.col("is_stopped"))["case_id"]
    given = card_events(log, pl.DataFrame(schema=RECORD), as_on=day)
    of_stopped = given.filter(pl.col("case_id").is_in(stopped.implode()))
    assert of_stopped.height
    other = city(tmp_path, "late,case,red,past_due,,,,,2030-01-01,,,,,")
    assert told(other, of_stopped) == [("withdrawn", "ladder_changed")]

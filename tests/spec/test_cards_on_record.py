"""Cards: given once for a cause, never taken off the record, withdrawn with a reason where there was no cause."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.door import layout_of, taken_in, written

from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.findings.supervision.cards import card_counts, standing_cards
from efficacy_analytics.findings.supervision.withdrawal import REASONS
from efficacy_analytics.workflows.cards import card_record, record_cards

# Monday 2024-03-04; March 2024 has no holiday: five working days end on Monday the 11th.
CASES = """
    case  | accepted   | finished   | limit
    early | 2024-03-04 |            | 5
    done  | 2024-03-04 |            | 5
    held  | 2024-03-04 |            | 5
    slow  | 2024-03-04 |            | 5
    next  | 2024-03-05 |            | 5
    more  | 2024-03-04 |            | 5
    calm  | 2024-03-04 |            | 50
    over  | 2024-03-01 | 2024-03-04 | 5
"""
LATER = """
    case  | accepted   | finished   | limit
    early | 2024-03-04 | 2024-03-08 | 5
    done  | 2024-03-04 | 2024-03-13 | 5
    held  | 2024-03-04 |            | 5
    slow  | 2024-03-04 |            | 5
    next  | 2024-03-05 |            | 5
    more  | 2024-03-04 |            | 20
    calm  | 2024-03-04 |            | 50
    over  | 2024-03-01 | 2024-03-04 | 5
"""
LAYOUT = layout_of("csv")


def frame(text: str) -> pl.DataFrame:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pl.DataFrame([dict(zip(lines[0], line, strict=True)) for line in lines[1:]])


def deliver(folder: Path, name: str, cases: str, stops: str, day: str) -> None:
    of_cases = frame(cases).with_columns(pl.col("limit") + " working_days")
    steps = of_cases.select("case", pl.lit("acceptance").alias("step"), pl.col("accepted").alias("done"))
    ended = of_cases.filter(pl.col("finished") != "")
    last = ended.select("case", pl.lit("decision").alias("step"), pl.col("finished").alias("done"))
    tables = {"events": pl.concat([steps, last]), "cases": of_cases, "clock_stops": frame(stops)}
    export = written(folder / name, "csv", tables)
    taken_in(folder, export, LAYOUT, delivered_on=dt.date.fromisoformat(day))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Warnings of Tuesday the 12th recorded, then those of Thursday the 14th after corrections came in."""
    folder = tmp_path_factory.mktemp("cards")
    no_stops = "case | kind | since | until\n    calm | supplement | 2024-03-05 | 2024-03-06"
    deliver(folder, "first", CASES, no_stops, "2024-03-12")
    publish(folder / "lake", as_on=dt.date(2024, 3, 12))
    first = record_cards(folder / "lake")
    assert dict(first.select("case_id", "level").rows()) == {
        "early": "red", "done": "red", "held": "red", "slow": "red", "more": "red", "next": "yellow"
    }  # fmt: skip
    stops = f"{no_stops}\n    held | expert_review | 2024-03-06 | 2024-03-20"
    deliver(folder, "second", LATER, stops, "2024-03-14")
    publish(folder / "lake", as_on=dt.date(2024, 3, 14))
    record_cards(folder / "lake")
    return folder / "lake"


def events(lake: Path, case: str) -> list[tuple[str, str, str | None, str]]:
    own = card_record(lake).filter(pl.col("case_id") == case)
    return [(event, level, reason, str(day)) for event, level, reason, day in own.select(
        "event", "level", "reason", "event_on").rows()]  # fmt: skip


def test_a_card_for_a_case_that_had_been_done_in_time_is_withdrawn(lake: Path) -> None:
    assert events(lake, "early") == [
        ("given", "red", None, "2024-03-12"), ("withdrawn", "red", "not_open", "2024-03-14")
    ]  # fmt: skip


def test_a_card_for_days_on_which_the_clock_stood_still_is_withdrawn(lake: Path) -> None:
    assert events(lake, "held")[1:] == [("withdrawn", "red", "clock_stopped", "2024-03-14")]


def test_a_card_by_a_limit_that_was_wrong_is_withdrawn(lake: Path) -> None:
    assert events(lake, "more")[1:] == [("withdrawn", "red", "due_later", "2024-03-14")]


def test_a_card_for_a_case_that_was_late_ends_with_the_case_and_stays_on_record(lake: Path) -> None:
    assert events(lake, "done")[1:] == [("ended", "red", None, "2024-03-14")]


def test_a_card_that_still_holds_is_not_given_again(lake: Path) -> None:
    assert events(lake, "slow") == [("given", "red", None, "2024-03-12")]


def test_a_higher_level_is_a_card_of_its_own_and_leaves_the_lower_one(lake: Path) -> None:
    assert events(lake, "next") == [("given", "yellow", None, "2024-03-12"), ("given", "red", None, "2024-03-14")]


def test_recording_a_snapshot_again_adds_nothing(lake: Path) -> None:
    before = card_record(lake)
    assert record_cards(lake).is_empty()
    assert card_record(lake).equals(before)


def test_warnings_of_an_earlier_day_than_the_last_are_not_recorded(lake: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(lake, tmp_path / "lake"))
    publish(copy, as_on=dt.date(2024, 3, 13))
    with pytest.raises(CallError, match="later than 2024-03-13"):
        record_cards(copy)
    assert card_record(copy).equals(card_record(lake))


def test_what_counts_are_cards_given_and_not_withdrawn(lake: Path) -> None:
    record = card_record(lake)
    assert card_counts(record).to_dicts() == [
        {"department": None, "level": "red", "given_count": 6, "withdrawn_count": 3, "card_count": 3,
         "standing_count": 2},
        {"department": None, "level": "yellow", "given_count": 1, "withdrawn_count": 0, "card_count": 1,
         "standing_count": 1},
    ]  # fmt: skip
    assert sorted(standing_cards(record)["case_id"]) == ["next", "next", "slow"]
    assert set(record["reason"].drop_nulls()) <= set(REASONS)

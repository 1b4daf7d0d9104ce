"""The ladder of warnings is data: what it says of cases, stages and complaints is what is warned of."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.small_city import small_city

from efficacy_analytics.clock.rules import STAGE_SCHEMA
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.warning_ladder import LADDER, warning_ladder
from efficacy_analytics.findings.supervision.board import open_cases
from efficacy_analytics.findings.supervision.cards import RECORD, card_counts, card_events
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.mining.stages import activity_stages
from efficacy_analytics.settings import CHECKOUT

DAY = dt.date(2025, 3, 12)  # a Wednesday
DAYS = [DAY + dt.timedelta(number) for number in (-70, -5, 9)]
HEAD = ",".join(LADDER)


@pytest.fixture
def log() -> Iterator[Session]:
    with open_log(small_city()[0], Cohort()) as log:
        yield log


def ladder(log: Session, folder: Path, *rows: str) -> None:
    """Has the log read this ladder instead of the snapshot's."""
    (folder / "warnings.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    log.put_temporary("office_warnings", warning_ladder(folder).with_row_index("place"))


def open_days(log: Session) -> set[dt.date]:
    return set(log.sql("select day from calendar where calendar_number = 1 and is_working_day")["day"])


def working_days(days: set[dt.date], first: dt.date, last: dt.date) -> int:
    """The working days after the first up to and including the last."""
    return sum(first < day <= last for day in days)


def test_the_project_s_own_ladder_is_read_and_each_of_its_rows_has_both_languages_and_a_source() -> None:
    table = warning_ladder(CHECKOUT / "data_lake" / "reference")
    assert set(table["scope"]) == {"case", "stage", "complaint"}
    assert not table.select("name_zh", "name_en", "source_zh", "source_en").null_count().sum_horizontal().item()


def test_a_share_of_the_limit_can_be_a_step_of_the_ladder(log: Session, tmp_path: Path) -> None:
    ladder(log, tmp_path, "late,case,red,past_due,,,,,,,,,,", "most,case,yellow,used_share,0.6,,,,,,,,,")
    board = pl.concat(open_cases(log, as_on=day) for day in DAYS).filter(pl.col("due_on").is_not_null())
    used = board["counted_days"] / (board["counted_days"] + board["remaining_days"])
    expected = board.filter((used >= 0.6) & ~board["is_stopped"] & ~board["is_late"])
    assert board.filter(pl.col("colour") == "yellow").equals(expected)
    assert expected.height


def test_the_row_for_an_item_holds_before_that_for_a_department_and_that_before_the_general_one(
    log: Session, tmp_path: Path
) -> None:
    calm = open_cases(log, as_on=DAY).filter(pl.col("working_days_left") > 1, ~pl.col("is_stopped"))
    first = calm.row(0, named=True)
    second = calm.filter(pl.col("department") != first["department"]).row(0, named=True)
    others = calm.filter(~pl.col("department").is_in([first["department"], second["department"]]))
    own = calm.filter(pl.col("department") == second["department"], pl.col("item") != first["item"])
    ladder(
        log, tmp_path,
        "all,case,reminder,working_days_left,0,,,,,,,,,",
        f"own,case,reminder,working_days_left,900,,,{second['department']},,,,,,",
        f"home,case,reminder,working_days_left,902,,,{first['department']},,,,,,",
        f"item,case,reminder,working_days_left,901,,{first['item']},,,,,,,",
    )  # fmt: skip
    by_case = dict(warnings(log, as_on=DAY).select("case_key", "warning").rows())
    assert by_case[first["case_key"]] == "item"
    assert own.height
    assert others.height
    assert all(by_case[key] == "own" for key in own["case_key"])
    assert not set(others["case_key"]) & set(by_case)


def test_whoever_became_late_was_warned_of_on_the_working_day_before_and_on_the_day(log: Session) -> None:
    late = log.sql(
        "select case_key, due_on, accepted_on from cases where is_late and is_under_clock and limit_unit = "
        "'working_days' and limit_days >= 2 and stopped_days = 0 and coalesce(completed_on > due_on + 1, true) "
        "and not list_contains(clock_flags, 'deemed_accepted') order by case_key limit 3"
    )
    days = log.sql("select day from calendar where calendar_number = 1 and is_working_day order by day")["day"]
    for key, due_on, _ in late.rows():
        before, after = days.filter(days < due_on)[-1], due_on + dt.timedelta(1)
        told = [warnings(log, as_on=day).filter(pl.col("case_key") == key)["level"] for day in (before, due_on, after)]
        assert [levels.to_list() for levels in told] == [["reminder"], ["yellow"], ["red"]]
    assert late.height == 3


def test_a_row_counts_only_on_the_days_on_which_it_is_in_force(log: Session, tmp_path: Path) -> None:
    ladder(
        log, tmp_path,
        f"before,case,reminder,working_days_left,900,,,,,{DAY},,,,",
        f"after,case,reminder,working_days_left,900,,,,{DAY + dt.timedelta(1)},,,,,",
    )  # fmt: skip
    found = {day: set(warnings(log, as_on=DAY + dt.timedelta(day))["warning"]) for day in (-1, 0, 1)}
    assert found == {-1: {"before"}, 0: set(), 1: {"after"}}


def test_a_case_whose_clock_stands_still_is_not_reminded(log: Session, tmp_path: Path) -> None:
    ladder(log, tmp_path, "all,case,reminder,working_days_left,900,,,,,,,,,")
    board = pl.concat(open_cases(log, as_on=day) for day in DAYS).filter(~pl.col("is_late"))
    assert board.filter(pl.col("is_stopped"))["colour"].unique().to_list() == ["stopped"]


def stage_limit(log: Session, length: int, unit: str, *, rolls: bool = True) -> None:
    """Has the log read a limit of the review, and whether limits end on rest days, instead of the snapshot's."""
    rows = [("review", length, unit)]
    limits = pl.DataFrame(rows, schema=["stage", "length", "unit"], orient="row")
    missing = [pl.lit(None, kind).alias(name) for name, kind in STAGE_SCHEMA.items() if name not in limits.columns]
    log.put_temporary("stage_limits", limits.with_columns(*missing).select(list(STAGE_SCHEMA)))
    kept = log.sql("from clock_settings").with_columns(roll_rest_days=pl.lit(rolls))
    log.put_temporary("clock_settings", kept)


@pytest.mark.parametrize(
    ("length", "unit", "rolls"),
    [
        (2, "working_days", True),
        *(pytest.param(3, "calendar_days", rolls, marks=pytest.mark.deep) for rolls in (True, False)),
    ],
)
def test_the_limit_of_a_stage_warns_though_the_promise_is_kept(
    log: Session, tmp_path: Path, length: int, unit: str, rolls: bool
) -> None:
    stage_limit(log, length, unit, rolls=rolls)
    ladder(log, tmp_path, "soon,stage,yellow,working_days_left,1,,,,,,,,,", "over,stage,red,past_due,,,,,,,,,,")
    seen: Counter[str | None] = Counter()
    review = Review(log)
    for day in DAYS:
        cards = warnings(log, as_on=day)
        told = {(row["case_key"], row["first_event_number"]): row for row in cards.to_dicts()}
        for case in open_cases(log, as_on=day).filter(pl.col("stage") == "review").to_dicts():
            first, due_on = review.due(case, day, length, unit, rolls=rolls)
            is_near = not case["is_stopped"] and working_days(review.open_days, day, due_on) <= 1
            level = "red" if day > due_on else "yellow" if is_near else None
            row = told.get((case["case_key"], first), {"level": None})
            assert row["level"] == level
            assert level is None or row["due_on"] == due_on
            seen[level] += 1
    assert set(seen) >= {"red", "yellow"}


class Review:
    """What the log says of the stage with a limit, read once for all cases and days."""

    def __init__(self, log: Session) -> None:
        steps = log.sql(
            "select case_key, event_number, cast(activity as varchar) as activity, completed_on from event_log"
            " order by case_key, event_number"
        ).join(activity_stages(log), on="activity", how="left", maintain_order="left")
        self.steps = {key: rows.to_dicts() for (key,), rows in steps.group_by("case_key")}
        stops = log.sql("from clock_stops where effect = 'stops'")
        self.stops = {key: rows.to_dicts() for (key,), rows in stops.group_by("case_key")}
        self.open_days = open_days(log)

    def due(self, case: dict[str, Any], day: dt.date, length: int, unit: str, *, rolls: bool) -> tuple[int, dt.date]:
        """The first step of the review that an open case is in, and the day on which its days without stops are up."""
        steps = [row for row in self.steps[case["case_key"]] if row["completed_on"] <= day]
        last_other = max((row["event_number"] for row in steps if row["stage"] != "review"), default=0)
        first = min(row["event_number"] for row in steps if row["event_number"] > last_other)
        earlier = [row["completed_on"] for row in steps if row["event_number"] <= last_other]
        began = max(earlier, default=case["accepted_on"])
        stops = self.stops.get(case["case_key"], [])
        one, counted = began, 0
        while counted < length:
            one += dt.timedelta(1)
            is_stopped = any(row["stopped_from_on"] < one <= min(day, row["stopped_until_on"] or day) for row in stops)
            counted += not is_stopped and (unit == "calendar_days" or one in self.open_days)
        while rolls and one not in self.open_days:
            one += dt.timedelta(1)
        return first, one


def test_a_stop_that_begins_when_the_limit_of_a_stage_is_used_up_moves_no_due_date(
    log: Session, tmp_path: Path
) -> None:
    day = DAY - dt.timedelta(41)
    stage_limit(log, 1, "working_days")
    ladder(log, tmp_path, "over,stage,red,past_due,,,,,,,,,,")
    stops = log.sql("from clock_stops")
    running = open_cases(log, as_on=day).filter(~pl.col("is_stopped"), pl.col("stage") == "review")["case_key"]
    case = warnings(log, as_on=day).filter(
        pl.col("case_key").is_in(stops["case_key"].implode()),
        pl.col("case_key").is_in(running.implode()),
        pl.col("working_days_left") < -1,
    ).row(0, named=True)  # fmt: skip
    own = stops.filter(pl.col("case_key") == case["case_key"]).head(1)
    more = own.with_columns(
        kind=pl.lit("hearing"), effect=pl.lit("stops"), stopped_from_on=pl.lit(case["due_on"]),
        stopped_until_on=pl.lit(None, pl.Date), ends_before_start=pl.lit(value=False),
    )  # fmt: skip
    log.put_temporary("clock_stops", pl.concat([stops, more]))
    log.forget()
    told = warnings(log, as_on=day).filter(
        pl.col("case_key") == case["case_key"], pl.col("first_event_number") == case["first_event_number"]
    )
    assert told.select("level", "due_on").rows() == [("red", case["due_on"])]


def test_complaints_of_two_sources_with_one_number_are_two_warnings_each_of_its_department(
    log: Session, tmp_path: Path
) -> None:
    ladder(log, tmp_path, "late,complaint,yellow,past_due,,5,,,,,,,,")
    log.put_temporary("complaints", same_number())
    told = warnings(log, as_on=DAY)
    assert told.select("source", "complaint_id", "department").rows() == [
        ("line 110", "C1", "D01"), ("web form", "C1", "D02")
    ]  # fmt: skip
    cards = card_events(log, pl.DataFrame(schema=RECORD), as_on=DAY)
    assert cards["card"].n_unique() == 2
    assert dict(card_counts(cards).select("department", "card_count").rows()) == {"D01": 1, "D02": 1}


def same_number() -> pl.DataFrame:
    rows = [
        {"complaint_id": "C1", "source": source, "case_key": None, "department": department,
         "received_on": DAY - dt.timedelta(12), "answered_on": None}
        for source, department in (("web form", "D02"), ("line 110", "D01"))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"case_key": pl.Int64, "answered_on": pl.Date})


def test_a_complaint_is_warned_of_until_it_is_answered(log: Session, tmp_path: Path) -> None:
    ladder(
        log, tmp_path,
        "soon,complaint,reminder,working_days_left,1,5,,,,,,,,", "late,complaint,yellow,past_due,,5,,,,,,,,",
    )  # fmt: skip
    drawn = random.Random(5)
    complaints: list[dict[str, Any]] = [
        {
            "complaint_id": f"C{number}", "source": "line 110", "case_key": None, "department": "D01",
            "received_on": DAY - dt.timedelta(drawn.randrange(12)),
            "answered_on": drawn.choice([None, DAY + dt.timedelta(drawn.randrange(-3, 9))]),
        }
        for number in range(40)
    ]  # fmt: skip
    types = {"case_key": pl.Int64, "answered_on": pl.Date}
    log.put_temporary("complaints", pl.DataFrame(complaints, schema_overrides=types))
    levels, days = set(), open_days(log)
    for day in (DAY + dt.timedelta(number) for number in range(4)):
        expected = set()
        for row in complaints:
            if row["received_on"] <= day and (row["answered_on"] is None or row["answered_on"] > day):
                used = working_days(days, row["received_on"], day)
                is_over = used > 5 or (used == 5 and working_days(days, day - dt.timedelta(1), day) == 0)
                level = "yellow" if is_over else "reminder" if used >= 4 else None
                expected |= {(row["complaint_id"], level)} if level else set()
        assert set(warnings(log, as_on=day).select("complaint_id", "level").rows()) == expected
        levels |= {level for _, level in expected}
    assert levels == {"reminder", "yellow"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,case,purple,past_due,,,,,,,,,,", "unknown level 'purple'"),
        ("a,case,red,someday,,,,,,,,,,", "unknown measure 'someday'"),
        ("a,street,red,past_due,,,,,,,,,,", "unknown scope 'street'"),
        ("a,case,red,used_share,,,,,,,,,,", "without its threshold"),
        ("a,case,red,used_share,most,,,,,,,,,", "where a number is due"),
        ("a,complaint,red,past_due,,,,,,,,,,", "without a length"),
        (",case,red,past_due,,,,,,,,,,", "or not at all"),
    ],
)
def test_a_ladder_that_says_nothing_definite_is_refused(tmp_path: Path, row: str, told: str) -> None:
    (tmp_path / "warnings.csv").write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    with pytest.raises(CallError, match=told):
        warning_ladder(tmp_path)

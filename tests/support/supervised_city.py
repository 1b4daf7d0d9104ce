"""What supervision says of a whole city, held against a plain reading of its cases; cities of any seed."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.findings.supervision.board import open_cases, open_flow
from efficacy_analytics.findings.supervision.warnings import warnings
from efficacy_analytics.workflows.cards import card_record, record_cards
from support.intake import ingest

Row = dict[str, Any]
CASES = (
    "select case_key, case_id, cast(department as varchar) as department, accepted_on, applied_on, completed_on, "
    "status from cases order by case_key"
)
STEPS = (
    "select case_key, cast(activity as varchar) as activity, completed_on from event_log "
    "order by case_key, event_number"
)
STOPS = "select case_key, effect, stopped_from_on, stopped_until_on from clock_stops"
LATE = (
    "select case_key, due_on, accepted_on from cases where is_late and is_under_clock and due_on is not null "
    "and limit_unit in ('working_days', 'calendar_days') and limit_days > 0 "
    "and not list_contains(clock_flags, 'deemed_accepted') order by case_key"
)
"""What is deemed accepted on receipt (行政许可法 32) is known as such five days later only: nothing could warn."""
WORKING_DAYS = "select day from calendar where calendar_number = 1 and is_working_day order by day"
DELIVERED_ON = dt.date(2025, 7, 1)
Place = tuple[str | None, str | None, bool]


class Reading:
    """The cases of a snapshot as plain rows, and what lies where on any day by looking at each."""

    def __init__(self, log: Session) -> None:
        self.cases: list[Row] = log.sql(CASES).to_dicts()
        self.steps: dict[int, list[Row]] = {}
        self.stops: dict[int, list[Row]] = {}
        for rows, text in ((self.steps, STEPS), (self.stops, STOPS)):
            for row in log.sql(text).iter_rows(named=True):
                rows.setdefault(row["case_key"], []).append(row)

    def span(self, case: Row) -> tuple[dt.date, dt.date | None]:
        """From which day on a case is open, and from which on it is not."""
        own = self.stops.get(case["case_key"], [])
        ends = [row["stopped_from_on"] for row in own if row["effect"] == "ends"]
        steps = [row["completed_on"] for row in self.steps.get(case["case_key"], [])]
        begun: dt.date = case["accepted_on"] or case["applied_on"] or min(steps)
        over: dt.date | None = case["completed_on"] or min(ends, default=None)
        if over is None and case["status"] in ("withdrawn", "not_accepted"):
            return begun, max(steps)
        return begun, begun if case["status"] == "not_accepted" else over

    def board(self, day: dt.date) -> Counter[Place]:
        """How many cases are open by department, last step and whether the clock stands still."""
        found: Counter[Place] = Counter()
        for case in self.cases:
            begun, over = self.span(case)
            if begun <= day and (over is None or over > day):
                key = case["case_key"]
                done = [row["activity"] for row in self.steps.get(key, []) if row["completed_on"] <= day]
                stands = any(
                    row["effect"] == "stops"
                    and row["stopped_from_on"] <= day
                    and (row["stopped_until_on"] is None or row["stopped_until_on"] > day)
                    for row in self.stops.get(key, [])
                )
                found[case["department"], done[-1] if done else None, stands] += 1
        return found


@dataclass(frozen=True)
class Warned:
    """Late cases that came due on the days looked at: how many, warned of on the working day before, on the day."""

    due_count: int
    before_count: int
    on_day_count: int
    unwarned: list[Row]


def published_city(folder: Path, *, cases: int, seed: int) -> Path:
    """The lake of a city."""
    make_city(folder / "city", cases=cases, seed=seed)
    ingest(folder / "lake", [folder / "city"], "city", delivered_on=DELIVERED_ON)
    publish(folder / "lake")
    return folder / "lake"


def days_of(log: Session, count: int, seed: int) -> list[dt.date]:
    """Random working days of the middle of the period."""
    days = log.sql(
        f"select day from ({WORKING_DAYS}) where day between (select min(accepted_on) + 60 from cases) "
        "and (select max(accepted_on) - 5 from cases)"
    )["day"].to_list()
    return sorted(random.Random(seed).sample(days, count))


def board_differences(log: Session, days: list[dt.date]) -> list[tuple[dt.date, Counter[Place]]]:
    """The days on which the board and a plain reading count differently, with the difference."""
    reading, found = Reading(log), []
    for day in days:
        board = open_cases(log, as_on=day)
        ours = Counter(board.select("department", "last_activity", "is_stopped").rows())
        other = reading.board(day)
        if ours != other:
            found.append((day, (ours - other) + (other - ours)))
        assert board.height == ours.total() > 0
    return found


def flow_balances(log: Session, day: dt.date) -> bool:
    """Whether stock = stock of the day before + arrivals - departures on every day, and the last one is the board."""
    flow = open_flow(log, as_on=day)
    before = flow["stock_count"].shift(1, fill_value=0)
    balanced = (before + flow["arrival_count"] - flow["departure_count"]).equals(flow["stock_count"])
    return balanced and flow["stock_count"][-1] == open_cases(log, as_on=day).height


def late_cases_warned(log: Session, days: list[dt.date]) -> Warned:
    """Whether the late cases that came due on some days were warned of while it could still help."""
    late, working = log.sql(LATE), log.sql(WORKING_DAYS)["day"]
    due_count = before_count = on_day_count = 0
    unwarned: list[Row] = []
    for day in days:
        before = working.filter(working < day)[-1]
        due = late.filter((pl.col("due_on") == day) & (pl.col("accepted_on") <= before))
        stands = open_cases(log, as_on=before).filter("is_stopped")["case_key"]
        due = due.filter(~pl.col("case_key").is_in(stands.implode()))  # nothing falls due while the clock stands still
        told = {one: set(warnings(log, as_on=one).filter(scope="case")["case_key"]) for one in (before, day)}
        due_count += due.height
        before_count += sum(key in told[before] for key in due["case_key"])
        on_day_count += sum(key in told[day] for key in due["case_key"])
        unwarned += [row | {"before": before} for row in due.to_dicts() if row["case_key"] not in told[before]]
    return Warned(due_count, before_count, on_day_count, unwarned)


@dataclass(frozen=True)
class Corrected:
    """What became of the red cards of one day after some of their cases turned out to have been done in time."""

    card_count: int
    corrected: frozenset[str]
    withdrawn: frozenset[str]
    reasons: frozenset[str]


def cards_after_correction(folder: Path, lake: Path, first: dt.date, second: dt.date) -> Corrected:
    """Records the cards of a day, delivers that every third red one was done on its due date, records a later day."""
    publish(lake, as_on=first)
    given = record_cards(lake)
    red = given.filter((pl.col("level") == "red") & (pl.col("scope") == "case")).sort("case_id")
    chosen = red.gather_every(3).select("case_id", "due_on")
    other = folder / "corrected"
    other.mkdir()
    for file in (folder / "city").glob("*.csv"):
        table = pl.read_csv(file, infer_schema=False)
        if file.stem == "cases":
            done = table.join(chosen, on="case_id", how="left", maintain_order="left")
            at = pl.format("{} 10:00:00", pl.col("due_on"))
            is_chosen = pl.col("due_on").is_not_null()
            table = done.with_columns(completed_at=pl.when(is_chosen).then(at).otherwise("completed_at")).drop("due_on")
        table.write_csv(other / file.name)
    ingest(lake, [other], "city", delivered_on=DELIVERED_ON + dt.timedelta(1))
    publish(lake, as_on=second)
    record_cards(lake)
    over = card_record(lake).filter((pl.col("event") == "withdrawn") & (pl.col("level") == "red"))
    over = over.filter(pl.col("scope") == "case")
    return Corrected(
        red.height, frozenset(chosen["case_id"]), frozenset(over["case_id"]), frozenset(over["reason"].drop_nulls())
    )

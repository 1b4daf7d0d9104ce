"""A source that brings only changed and deleted rows, against a plain list of rows that is changed as they say."""

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.lake.intake import partitions as partitions

TURNS = 4
LOOKED_AT = [(0, (TURNS - 1,)), *((seed, tuple(range(TURNS))) for seed in range(60))]
"""Which log, and after which of its deliveries it is published and compared."""
FLAT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
key = "id"
deleted = "gone"
case_id = "case"
activity = "activity"
completed_at = "completed"
[case]
item = "item"
"""
TABLES = """
format = "csv"
time_zone = "Asia/Shanghai"
[table.events]
file = "steps.csv"
key = "id"
deleted = "gone"
case_id = "case"
activity = "activity"
completed_at = "completed"
[table.cases]
file = "cases.csv"
case_id = "case"
deleted = "gone"
item = "item"
"""
HEADS = {"steps.csv": ["id", "gone", "case", "activity", "completed", "item"], "cases.csv": ["case", "gone", "item"]}
FIRST = dt.date(2025, 3, 1)


def written(folder: Path, files: dict[str, list[list[str]]]) -> Path:
    folder.mkdir()
    for name, rows in files.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADS[name], *rows])
    return folder


class Plain:
    """The rows of a source as a careful clerk would keep them."""

    def __init__(self, *, has_case_table: bool) -> None:
        self.has_case_table = has_case_table
        self.steps: dict[str, dict[str, str]] = {}
        self.items: dict[str, str | None] = {}
        self.order: dict[str, int] = {}

    def take(self, files: dict[str, list[list[str]]]) -> None:
        for case, gone, item in files.get("cases.csv", []):
            self.items.pop(case, None)
            if gone:
                self.steps = {key: step for key, step in self.steps.items() if step["case"] != case}
            else:
                self.items[case] = item or None
        deleted = {case for case, gone, _ in files.get("cases.csv", []) if gone}
        for key, gone, case, activity, completed, item in files["steps.csv"]:
            if gone:
                self.steps.pop(key, None)
            elif case not in deleted and (not self.has_case_table or case in self.items):
                self.order.setdefault(key, len(self.order))
                self.steps[key] = {"case": case, "activity": activity, "completed": completed}
                if not self.has_case_table:
                    self.items[case] = item
        if not self.has_case_table:
            there = {step["case"] for step in self.steps.values()}
            self.items = {case: item for case, item in self.items.items() if case in there}

    def log(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, int, str]]] = {case: [] for case in self.items}
        for key, step in self.steps.items():
            found[step["case"]].append((step["completed"], self.order[key], step["activity"]))
        return {case: [(day, activity) for day, _, activity in sorted(steps)] for case, steps in found.items()}


def delivery(draw: random.Random, plain: Plain, turn: int) -> dict[str, list[list[str]]]:
    """Some new steps, some changed, some deleted; a step may move to another case, a case may be deleted."""
    cases = [f"C{number}" for number in range(8)]
    keys = [f"k{turn}-{number}" for number in range(draw.randint(1, 12))]
    known = [*plain.steps]
    keys += draw.sample(known, min(len(known), draw.randint(0, 6)))
    steps, taken = [], set()
    for key in keys:
        case = plain.steps[key]["case"] if key in plain.steps and draw.random() < 0.8 else draw.choice(cases)
        gone = "yes" if key in plain.steps and draw.random() < 0.3 else ""
        day = (FIRST + dt.timedelta(days=draw.randint(0, 30))).isoformat()
        steps.append([key, gone, case, draw.choice(["review", "decision"]), day, f"I-{case}"])
        taken.add(case)
    files = {"steps.csv": steps}
    if plain.has_case_table:
        named = sorted(case for case in taken if case not in plain.items or draw.random() < 0.3)
        files["cases.csv"] = [
            [case, "yes" if case in plain.items and draw.random() < 0.3 else "", "I1"] for case in named
        ]
    return files


def published(lake: Path) -> tuple[dict[str, list[tuple[str, str]]], dict[str, str | None]]:
    """What the snapshot holds: each case's steps in order, and its item."""
    publish(lake)
    with open_log(lake) as log:
        cases: list[dict[str, Any]] = (
            log.connection.sql("select case_id, item from cases order by case_id").pl().to_dicts()
        )
        steps = log.connection.sql(
            "select case_id, event_log.completed_on, activity from event_log inner join cases using (case_key) "
            "order by case_id, event_number"
        ).pl()
    found: dict[str, list[tuple[str, str]]] = {case["case_id"]: [] for case in cases}
    for case, day, activity in steps.iter_rows():
        found[case].append((day.isoformat(), activity))
    return found, {case["case_id"]: case["item"] for case in cases}


@pytest.mark.parametrize(("seed", "turns"), sample(LOOKED_AT, LOOKED_AT[:1]))
@pytest.mark.parametrize("layout", [pytest.param(FLAT, id="one table"), pytest.param(TABLES, id="cases apart")])
def test_changed_and_deleted_rows_come_to_the_log_a_clerk_would_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, turns: tuple[int, ...], layout: str
) -> None:
    draw = random.Random(f"{seed} {layout}")
    (tmp_path / "own.toml").write_text(layout)
    plain = Plain(has_case_table=layout == TABLES)
    for turn in range(TURNS):
        files = delivery(draw, plain, turn)
        if turn == 2:
            monkeypatch.setattr(partitions, "MOST_HELD_ROWS", 5)
        plain.take(files)
        taken = ingest(
            tmp_path / "lake",
            [written(tmp_path / f"turn{turn}", files)],
            str(tmp_path / "own.toml"),
            delivered_on=FIRST + dt.timedelta(days=31 + turn),  # the last day of a step, and after
        )
        assert taken.rows["events"]["received"] == len(files["steps.csv"])
        expected = plain.log()
        if turn in turns and expected and any(expected.values()):
            assert published(tmp_path / "lake") == (expected, plain.items)
    assert pl.read_parquet(taken.folder / "events.parquet")["row_key"].is_unique().all()

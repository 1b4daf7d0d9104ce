"""A delivery too large for memory is settled in partitions, and comes to the same rows as in one piece."""

import random
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.intake import partitions as partitions
from efficacy_analytics.lake.intake.ingest import Delivery, refused_rows
from efficacy_analytics.lake.readers import received

FLAT = """
format = "csv"
time_zone = "Asia/Shanghai"
[event]
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
case_id = "case"
activity = "activity"
completed_at = "completed"
[table.cases]
file = "cases.csv"
case_id = "case"
item = "item"
[table.clock_stops]
file = "stops.csv"
case_id = "case"
kind = "activity"
stopped_from_on = "completed"
[table.items]
file = "items.csv"
item = "item"
"""
LOG = 'format = "xes"\ntime_zone = "Asia/Shanghai"\n[case]\nitem = "item"\n'
DAYS = [f"2024-03-{day:02}" for day in range(1, 29)]


def rows_of(draw: random.Random, count: int) -> str:
    """Rows of steps: some without case or activity, with a wrong day, of an item that contradicts its case."""
    rows = [
        ",".join(
            [
                draw.choice([*"ABCDEFGH案", ""]),
                draw.choice(["review", "decision", "审核", ""]),
                draw.choice([*DAYS, "never"]),
                draw.choice(["I1", "I1", "I1", "I2", ""]),
            ]
        )
        for _ in range(count)
    ]
    return "\n".join(["case,activity,completed,item", "A,review,2024-03-01,I1", *rows, ""])


def log_of(draw: random.Random, count: int) -> str:
    """A log of traces, some without id or with one that was there before, given before or after their events."""
    text = "<log>"
    for case in [*"AB", *draw.choices([*"ABCDEFGH案", ""], k=count // 5)]:
        name = f'<string key="concept:name" value="{case}"/>'
        steps = "".join(
            f'<event><string key="concept:name" value="{draw.choice("xy")}"/>'
            f'<string key="lifecycle:transition" value="{draw.choice(["start", "complete", "suspend"])}"/>'
            f'<date key="time:timestamp" value="{draw.choice(DAYS)}T09:00:00+08:00"/></event>\n'
            for _ in range(draw.randint(1, 8))
        )
        text += f"<trace>{name}{steps}</trace>" if draw.random() < 0.5 else f"<trace>{steps}{name}</trace>"
    return f"{text}</log>"


def export(draw: random.Random, kind: str, folder: Path) -> list[Path]:
    folder.mkdir()
    names = {"flat": ["steps.csv"], "tables": ["steps.csv", "cases.csv", "stops.csv", "items.csv"], "log": ["log.xes"]}
    for name in names[kind]:
        (folder / name).write_text(log_of(draw, 120) if kind == "log" else rows_of(draw, 120), encoding="utf-8")
    return [folder]


def content(delivery: Delivery, lake: Path) -> tuple[dict[str, pl.DataFrame], object, object]:
    """The accepted rows whatever the number of their case, the refused rows, and the counts."""
    tables = {}
    for file in sorted(delivery.folder.glob("*.parquet")):
        frame = pl.read_parquet(file).drop("case_number", strict=False)
        tables[file.stem] = (
            frame.sort("source_file", "source_line") if "source_file" in frame.columns else frame.sort(pl.all())
        )
    refused = refused_rows(lake, with_original=True).rows()
    return tables, refused, (delivery.rows, delivery.activity_order, delivery.written)


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.deep] if seed >= 1 else []) for seed in range(40)]
)
@pytest.mark.parametrize(("kind", "layout"), [("flat", FLAT), ("tables", TABLES), ("log", LOG)])
def test_partitions_come_to_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, kind: str, layout: str
) -> None:
    draw = random.Random(f"{seed} {kind}")
    (tmp_path / "own.toml").write_text(layout)
    paths = export(draw, kind, tmp_path / "export")
    whole = ingest(tmp_path / "whole", paths, str(tmp_path / "own.toml"))
    for module in ("readers.csv", "readers.xes", "intake.received_tables"):
        monkeypatch.setattr(f"efficacy_analytics.lake.{module}.BATCH", draw.choice([3, 10, 50]))
    monkeypatch.setattr(received, "BATCH", 10)
    monkeypatch.setattr(partitions, "MOST_HELD_ROWS", draw.choice([5, 60, 1000]))
    monkeypatch.setattr(partitions, "MOST_SETTLED_ROWS", 20)
    monkeypatch.setattr(partitions, "PORTION_COUNT", draw.choice([2, 5]))
    parted = ingest(tmp_path / "parted", paths, str(tmp_path / "own.toml"))
    one, other = content(whole, tmp_path / "whole"), content(parted, tmp_path / "parted")
    assert one[0].keys() == other[0].keys()
    assert all(one[0][table].equals(other[0][table]) for table in one[0])
    assert one[1:] == other[1:]


@pytest.mark.parametrize(("kind", "layout"), [("flat", FLAT), ("tables", TABLES), ("log", LOG)])
def test_the_rows_of_a_case_lie_together_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, layout: str
) -> None:
    (tmp_path / "own.toml").write_text(layout)
    monkeypatch.setattr(partitions, "MOST_HELD_ROWS", 50)
    monkeypatch.setattr(partitions, "PORTION_COUNT", 5)
    delivery = ingest(
        tmp_path / "lake", export(random.Random(kind), kind, tmp_path / "export"), str(tmp_path / "own.toml")
    )
    events, cases = (pl.read_parquet(delivery.folder / f"{table}.parquet") for table in ("events", "cases"))
    assert events.select("case_number", "event_number").rows() == sorted(
        events.select("case_number", "event_number").rows()
    )
    assert cases["case_number"].to_list() == list(range(cases.height))
    assert (
        dict(events.select("case_number", "case_id").unique().rows()).items()
        <= dict(cases.select("case_number", "case_id").rows()).items()
    )

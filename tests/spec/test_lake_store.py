"""What lies in a lake after a delivery, and what a second one does to it."""

import datetime as dt
import json
import shutil
import stat
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.intake.ingest import deliveries, refused_rows

LAYOUT = 'format = "csv"\ntime_zone = "Asia/Shanghai"\n[event]\ncase_id = "c"\nactivity = "a"\ncompleted_at = "t"\n'
ROWS = "c,a,t\nA,review,2024-03-29 10:00\nA,review,never\n"
EVENT_TYPES = {
    "case_number": pl.Int64,
    "case_id": pl.String,
    "activity": pl.String,
    "activity_label": pl.String,
    "stage": pl.String,
    "resource": pl.String,
    "department": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "started_local": pl.Datetime("us"),
    "completed_at": pl.Datetime("us", "UTC"),
    "completed_local": pl.Datetime("us"),
    "recorded_at": pl.Datetime("us", "UTC"),
    "source_order": pl.Int64,
    "started_is_day": pl.Boolean,
    "completed_is_day": pl.Boolean,
    "source_file": pl.String,
    "source_line": pl.Int64,
    "event_number": pl.Int32,
    "previous_activity": pl.String,
    "next_activity": pl.String,
    "previous_completed_at": pl.Datetime("us", "UTC"),
    "previous_completed_local": pl.Datetime("us"),
}
CASE_TYPES = {
    "case_number": pl.Int64,
    **dict.fromkeys(("case_id", "department", "item", "kind", "channel", "status"), pl.String),
    "is_green_lane": pl.Boolean,
    "applied_at": pl.Datetime("us", "UTC"),
    "applied_on": pl.Date,
    "accepted_at": pl.Datetime("us", "UTC"),
    "accepted_on": pl.Date,
    "completed_at": pl.Datetime("us", "UTC"),
    "completed_on": pl.Date,
    "due_at": pl.Datetime("us", "UTC"),
    "due_on": pl.Date,
    "statutory_length": pl.Int32,
    "statutory_unit": pl.String,
    "promised_length": pl.Int32,
    "promised_unit": pl.String,
    "source_file": pl.String,
    "source_line": pl.Int64,
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export with its layout beside it."""
    (tmp_path / "own.toml").write_text(LAYOUT)
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path / "rows.csv"


def listing(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_delivery_lies_in_exports_accepted_and_refused(tmp_path: Path, export: Path) -> None:
    lake = tmp_path / "lake"
    name = ingest(lake, [export], str(tmp_path / "own.toml")).delivery
    assert sorted(listing(lake)) == [
        f"accepted/{name}/case_notes.parquet",  # a last step was refused
        f"accepted/{name}/cases.parquet",
        f"accepted/{name}/delivery.json",
        f"accepted/{name}/events.parquet",
        f"exports/{name}/rows.csv",
        f"refused/{name}/events.parquet",
    ]
    kept = lake / "exports" / name / "rows.csv"
    assert kept.read_text() == ROWS
    assert not stat.S_IMODE(kept.stat().st_mode) & 0o222
    refused = pl.read_parquet(lake / "refused" / name / "events.parquet")
    assert refused.columns == ["source_file", "source_line", "source_row", "rule", "reason", "original"]


def test_the_accepted_tables_have_the_columns_of_the_contract(tmp_path: Path, export: Path) -> None:
    folder = ingest(tmp_path / "lake", [export], str(tmp_path / "own.toml")).folder
    assert dict(pl.read_parquet_schema(folder / "events.parquet")) == EVENT_TYPES
    assert dict(pl.read_parquet_schema(folder / "cases.parquet")) == CASE_TYPES | {
        "first_at": pl.Datetime("us", "UTC"),
        "last_at": pl.Datetime("us", "UTC"),
        "first_local": pl.Datetime("us"),
        "last_local": pl.Datetime("us"),
        "event_count": pl.Int64,
        "has_split_seconds": pl.Boolean,
    }


def test_a_case_notes_first_and_last_moment_of_its_events(tmp_path: Path, export: Path) -> None:
    folder = ingest(tmp_path / "lake", [export], str(tmp_path / "own.toml")).folder
    events, cases = (pl.read_parquet(folder / f"{table}.parquet") for table in ("events", "cases"))
    for case in cases.iter_rows(named=True):
        own = events.filter(pl.col("case_number") == case["case_number"])
        assert (case["last_at"], case["event_count"]) == (own["completed_at"].max(), own.height)


def test_the_same_content_by_the_same_layout_is_one_delivery(tmp_path: Path, export: Path) -> None:
    lake, layout = tmp_path / "lake", str(tmp_path / "own.toml")
    first = ingest(lake, [export], layout, delivered_on=dt.date(2024, 4, 1))
    before = listing(lake)
    again = ingest(lake, [export], layout, delivered_on=dt.date(2024, 5, 1))
    assert again == first
    assert listing(lake) == before
    other = ingest(lake, [export], layout, constants={"department": "Housing"})
    assert other.delivery != first.delivery
    assert len(deliveries(lake)) == 2


def test_the_same_export_gives_the_same_bytes_in_any_lake(tmp_path: Path, export: Path) -> None:
    for lake in ("one", "two"):
        ingest(tmp_path / lake, [export], str(tmp_path / "own.toml"), delivered_on=dt.date(2024, 4, 1))
    assert listing(tmp_path / "one") == listing(tmp_path / "two")


def test_deliveries_count_by_day_and_then_by_turn(tmp_path: Path, export: Path) -> None:
    lake, layout = tmp_path / "lake", str(tmp_path / "own.toml")
    days = [dt.date(2024, 4, 2)] * 5 + [dt.date(2024, 4, 1)]
    names = []
    for turn, day in enumerate(days):
        export.write_text(ROWS + f"B{turn},review,2024-03-30\n")
        names.append(ingest(lake, [export], layout, delivered_on=day).delivery)
    assert [one.delivery for one in deliveries(lake)] == [names[-1], *names[:-1]]


def test_the_record_says_what_came_in_and_what_became_of_it(tmp_path: Path, export: Path) -> None:
    delivery = ingest(tmp_path / "lake", [export], str(tmp_path / "own.toml"), delivered_on=dt.date(2024, 4, 1))
    record = json.loads((delivery.folder / "delivery.json").read_text(encoding="utf-8"))
    assert record["rows"] == {
        "events": {"received": 2, "accepted": 1, "refused": 1, "refused_by_rule": {"completed_at_not_a_time": 1}}
    }
    assert record["layout_content"]["tables"]["events"]["columns"]["case_id"] == "c"
    assert [(file["name"], file["bytes"]) for file in record["files"]] == [("rows.csv", len(ROWS))]
    assert (record["source"], record["time_zone"], record["delivered_on"]) == ("own", "Asia/Shanghai", "2024-04-01")
    assert deliveries(tmp_path / "lake") == [delivery]


def test_several_files_are_one_delivery_in_the_order_of_their_names(tmp_path: Path, export: Path) -> None:
    second = tmp_path / "more.csv"
    second.write_text("a,t,c\ndecision,2024-03-30,A\ndecision,2024-03-30,B\n")
    delivery = ingest(tmp_path / "lake", [export, second], str(tmp_path / "own.toml"))
    events = pl.read_parquet(delivery.folder / "events.parquet").sort("source_order")
    assert events.select("source_order", "source_file", "source_line", "case_id", "case_number").rows() == [
        (0, "more.csv", 2, "A", 0),
        (1, "more.csv", 3, "B", 1),
        (2, "rows.csv", 2, "A", 0),
    ]


def test_a_day_in_the_delivery_zone_is_not_the_day_in_utc(tmp_path: Path, export: Path) -> None:
    export.write_text("c,a,t\nA,review,2024-03-29 01:00\nB,review,2024-03-29T01:00:00Z\n")
    events = pl.read_parquet(ingest(tmp_path / "lake", [export], str(tmp_path / "own.toml")).folder / "events.parquet")
    assert events["completed_at"].dt.strftime("%d %H").to_list() == ["28 17", "29 01"]
    assert events["completed_local"].dt.strftime("%d %H").to_list() == ["29 01", "29 09"]


def test_progress_is_told_by_file_and_rows(tmp_path: Path, export: Path) -> None:
    heard: list[tuple[str, int]] = []
    ingest(
        tmp_path / "lake",
        [export],
        str(tmp_path / "own.toml"),
        on_progress=lambda file, rows: heard.append((file, rows)),
    )
    assert heard == [("rows.csv", 2)]


def test_an_empty_lake_has_no_deliveries_and_no_refused_rows(tmp_path: Path) -> None:
    assert deliveries(tmp_path) == []
    assert refused_rows(tmp_path).shape == (0, 6)


def test_what_a_dead_process_left_is_cleared_away(tmp_path: Path, export: Path) -> None:
    lake, layout = tmp_path / "lake", str(tmp_path / "own.toml")
    delivery = ingest(lake, [export], layout)
    whole = listing(lake)
    shutil.rmtree(delivery.folder)  # died before the last of its moves
    (lake / ".intake-dead" / "exports").mkdir(parents=True)
    assert deliveries(lake) == []
    ingest(lake, [export], layout)
    assert listing(lake) == whole
    assert not (lake / ".intake-dead").exists()

"""A lake at the door: files written in a test, taken in by a layout written in the test, and what becomes of them."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.lake.delivery import Delivery
from support.intake import ingest

CASES = {"case_id": "case", "accepted_at": "accepted", "completed_at": "finished", "promised_limit": "limit"}
STEPS = {"case_id": "case", "activity": "step", "completed_at": "done"}
STOPS = {"case_id": "case", "kind": "kind", "stopped_from_on": "since", "stopped_until_on": "until"}
TABLES = {"events": STEPS, "cases": CASES, "clock_stops": STOPS}


def layout_of(
    form: str, tables: Mapping[str, Mapping[str, str]] = TABLES, *, zone: str | None = "Asia/Shanghai", head: str = ""
) -> str:
    """A layout of files (or tables) called like our tables."""
    place = {"database": "table", "excel": "sheet"}.get(form, "file")
    lines = [f'format = "{form}"', 'calendar = "CN"', *([f'time_zone = "{zone}"'] if zone else []), head]
    for table, columns in tables.items():
        name = {"table": f"main.{table}", "sheet": table, "file": f"{table}.{form}"}[place]
        lines += [
            f"[table.{table}]",
            f'{place} = "{name}"',
            *(f'{ours} = "{theirs}"' for ours, theirs in columns.items()),
        ]
    return "\n".join(lines)


def written(folder: Path, form: str, tables: Mapping[str, pl.DataFrame]) -> Path:
    """The tables as files of a format, and where they are."""
    folder.mkdir(parents=True)
    if form == "database":
        path = folder / "hall.duckdb"
        with duckdb.connect(path) as connection:
            connection.execute("set timezone = 'UTC'")
            for name, frame in tables.items():
                connection.register("given", frame.to_arrow())
                connection.execute(f"create table main.{name} as from given")
        return path
    if form == "excel":
        import xlsxwriter

        path = folder / "hall.xlsx"
        with xlsxwriter.Workbook(str(path)) as workbook:
            for name, frame in tables.items():
                frame.write_excel(workbook, name)
        return path
    for name, frame in tables.items():
        file = folder / f"{name}.{form}"
        frame.write_parquet(file) if form == "parquet" else frame.write_csv(file)
    return folder


def taken_in(folder: Path, export: Path, layout: str, **given: Any) -> Delivery:
    """The delivery of an export into a lake beside it."""
    (folder / "own.toml").write_text(layout, encoding="utf-8")
    return ingest(folder / "lake", [export], str(folder / "own.toml"), **given)


def published(folder: Path, *, as_on: str = "2024-12-30") -> duckdb.DuckDBPyConnection:
    """The snapshot of the lake, to be asked."""
    snapshot = publish(folder / "lake", as_on=dt.date.fromisoformat(as_on))
    connection = duckdb.connect(snapshot.path, read_only=True)
    connection.execute("set timezone = 'UTC'")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """What a question gives."""
    return connection.execute(sql).fetchall()

"""Cases and events drawn as text tables, as the two views a question reads.

Empty cells are null. What a test does not draw gets the plainest value: cases take their place as key, an event with
no `started` has no recorded start, waits are read off the instants (elapsed; a third of it counts as open).
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from support.drawn import REFERENCE, drawn_calendar, put_declared
from support.in_memory import in_memory

CASES = {
    "case_key": pl.Int64,
    "case_id": pl.String,
    "source": pl.String,
    "department": pl.String,
    "item": pl.String,
    "kind": pl.String,
    "channel": pl.String,
    "status": pl.String,
    "is_green_lane": pl.Boolean,
    "applied_on": pl.Date,
    "accepted_on": pl.Date,
    "completed_on": pl.Date,
    "due_on": pl.Date,
    "statutory_length": pl.Int32,
    "statutory_unit": pl.String,
    "promised_length": pl.Int32,
    "promised_unit": pl.String,
    "limit_days": pl.Int32,
    "limit_unit": pl.String,
    "counted_days": pl.Int32,
    "stopped_days": pl.Int32,
    "is_open": pl.Boolean,
    "is_late": pl.Boolean,
    "is_due": pl.Boolean,
    "is_late_unextended": pl.Boolean,
    "is_late_with_ground": pl.Boolean,
    "is_late_by_statute": pl.Boolean,
    "needed_days": pl.Int32,
    "extension_days": pl.Int32,
    "ungrounded_days": pl.Int32,
    "remaining_days": pl.Int32,
    "statutory_due_on": pl.Date,
    "clock_flags": pl.List(pl.String),
    "throughput_elapsed_seconds": pl.Int64,
}
EVENTS = {
    "case_key": pl.Int64,
    "event_number": pl.Int32,
    "activity": pl.Enum,
    "department": pl.String,
    "resource": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "completed_at": pl.Datetime("us", "UTC"),
    "is_start_recorded": pl.Boolean,
    "waiting_elapsed_seconds": pl.Int64,
    "waiting_open_seconds": pl.Int64,
}

FILLED = """* replace (
    coalesce(is_due, is_late or not is_open) as is_due,
    coalesce(is_late_unextended, is_late) as is_late_unextended,
    coalesce(is_late_with_ground, is_late) as is_late_with_ground,
    coalesce(is_late_by_statute, is_late) as is_late_by_statute,
    coalesce(needed_days, counted_days) as needed_days,
    coalesce(remaining_days, limit_days - counted_days) as remaining_days
)"""
"""What is not drawn: a completed case is due, an open one where it is late; nothing was extended or stopped."""

CLASSES = """
    case_is_withdrawn(status) as is_withdrawn,
    case_is_under_clock(status, is_green_lane) as is_under_clock,
    case_verdict_class(status, is_green_lane, is_open, is_due, is_late, is_late_unextended) as verdict_class,
    case_class_is_judged(verdict_class) as is_judged,
    case_is_judged_apart(status, is_green_lane, is_due, is_late) as is_judged_apart,
    case_is_judged_by_statute(status, is_green_lane, is_due, is_late_by_statute) as is_judged_by_statute,
    counted_unit_of(limit_unit) as counted_unit
"""
"""The columns of a case that its others decide, as the publishing of a snapshot makes them."""

Row = dict[str, Any]


def drawn(text: str) -> list[Row]:
    """The rows of a text table: a header line, then one line a row, cells between bars."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    return [{name: cell or None for name, cell in zip(lines[0], line, strict=True)} for line in lines[1:]]


def drawn_log(cases: str = "", events: str = "") -> DuckdbEngine:
    """An engine over drawn cases and events; without drawn cases, those of the events."""
    event_rows = drawn(events) if events else []
    ids = list(dict.fromkeys(row["case"] for row in event_rows))
    case_rows = drawn(cases) if cases else [{"case": case} for case in ids]
    keys = {row["case"]: number for number, row in enumerate(case_rows)}
    return logged([{**row, "case_key": keys[row["case"]]} for row in case_rows], _numbered(event_rows, keys))


SERVICE = {
    "surveys": {"case_key": pl.Int64, "satisfaction": pl.Int32},
    "complaints": {"case_key": pl.Int64, "received_on": pl.Date, "answered_on": pl.Date},
    "fees": {"case_key": pl.Int64, "amount": pl.Float64},
    "clock_stops": {"case_key": pl.Int64, "kind": pl.String},
}
"""The tables beside the cases that an indicator may ask; empty where a test gives no rows."""


def logged(
    cases: list[Row],
    events: list[Row],
    *,
    reference: Path = REFERENCE,
    service: Mapping[str, list[Row]] | None = None,
) -> DuckdbEngine:
    """An engine over rows of `cases` and `event_log`, columns that are left out being null.

    Args:
        cases: of the table `cases`.
        events: of the event log.
        reference: what the office keeps by hand.
        service: rows of `surveys`, `complaints`, `fees`, `clock_stops`.
    """
    engine = in_memory()
    activities = sorted({row["activity"] for row in events}) or ["none"]
    engine.put("drawn_cases", _framed([{"is_open": False, **row} for row in cases], CASES))
    engine.put("event_log", _framed(events, {**EVENTS, "activity": pl.Enum(activities)}))
    engine.put("calendar", drawn_calendar("CN", 2023, 2026))
    put_declared(engine, reference)
    for name, types in SERVICE.items():
        engine.put(name, _framed((service or {}).get(name, []), types))
    engine.build("build_case_classes")
    engine.connection.execute(f"create table cases as select *, {CLASSES} from (select {FILLED} from drawn_cases)")
    engine.connection.execute("create view cohort_cases as select * from cases")
    engine.connection.execute("create view cohort_events as select * from event_log")
    return engine


def _framed(rows: list[Row], types: dict[str, Any]) -> pl.DataFrame:
    columns = {name: [_read(row.get(name), kind) for row in rows] for name, kind in types.items()}
    return pl.DataFrame(columns, schema=types)


def _read(cell: Any, kind: Any) -> Any:
    if not isinstance(cell, str) or kind == pl.String or isinstance(kind, pl.Enum):
        return cell
    if kind == pl.Boolean:
        return cell == "yes"
    return dt.date.fromisoformat(cell) if kind == pl.Date else int(cell)


def _numbered(rows: list[Row], keys: dict[str, int]) -> list[Row]:
    """Rows of `event_log` from drawn events, which stand in their order within each case."""
    latest: dict[str, dt.datetime] = {}
    counts: dict[str, int] = {}
    numbered = []
    for row in rows:
        case = row["case"]
        completed = dt.datetime.fromisoformat(row["completed"]).replace(tzinfo=dt.UTC)
        recorded = bool(row.get("started"))
        started = dt.datetime.fromisoformat(row["started"]).replace(tzinfo=dt.UTC) if recorded else completed
        counts[case] = counts.get(case, 0) + 1
        waited = max(0, int((started - latest[case]).total_seconds())) if case in latest else None
        numbered.append(
            {
                "case_key": keys[case],
                "event_number": counts[case],
                "activity": row["activity"],
                "department": row.get("department"),
                "started_at": started,
                "completed_at": completed,
                "is_start_recorded": recorded,
                "waiting_elapsed_seconds": waited,
                "waiting_open_seconds": None if waited is None else waited // 3,
            }
        )
        latest[case] = max(completed, latest.get(case, completed))
    return numbered

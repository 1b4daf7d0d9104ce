"""Records as an approval system exports them, written by a test, taken in and published: a lake of their own."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.workflows import steps as pipeline
from support.intake import ingest

Row = Mapping[str, Any]
LAST_WORKING_DAY = dt.datetime(2024, 5, 31, 9, 30)
"""On whose half hour many random cases are completed at once."""
STAGES = {
    "application": "application", "supplement_notice": "supplement", "resubmission": "supplement",
    "acceptance": "acceptance", "review": "review", "decision": "decision", "delivery": "delivery",
}  # fmt: skip
COLUMNS = {
    "departments": ("department", "name_zh", "name_en"),
    "activities": ("activity", "stage", "name_zh", "name_en"),
    "items": (
        *("item", "department", "name_zh", "name_en", "kind", "statutory_length", "statutory_unit"),
        *("promised_length", "promised_unit", "valid_from", "valid_until"),
    ),
    "cases": (
        *("case_id", "item", "department", "kind", "channel", "status", "is_green_lane"),
        *("applied_at", "accepted_at", "completed_at"),
    ),
    "steps": ("case_id", "activity", "department", "resource", "started_at", "completed_at", "recorded_at"),
    "clock_stops": (
        *("case_id", "kind", "stopped_from_on", "stopped_until_on", "extension_days", "reason", "recorded_at"),
    ),
}


def published(folder: Path, *, as_on: dt.date | None = None, **tables: Sequence[Row]) -> DuckdbEngine:
    """The log of a lake with these rows of `cases`, `steps`, `clock_stops` and `items`; what is left out is null."""
    exports = folder / "exports"
    exports.mkdir(parents=True)
    given = {"activities": [{"activity": name, "stage": stage} for name, stage in STAGES.items()], **tables}
    for name, columns in COLUMNS.items():
        rows = [[_text(row.get(column)) for column in columns] for row in given.get(name, [])]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        frame.write_csv(exports / f"{name}.csv")
    ingest(folder / "lake", [exports], "city")
    pipeline.publish(folder / "lake", as_on=as_on)
    return open_log(folder / "lake")


def random_records(draw: random.Random, case_count: int = 120) -> dict[str, list[dict[str, Any]]]:
    """Cases with steps and stops in every state of order and disorder."""
    items = [_item(f"i{number}", f"d{number % 3}", draw) for number in range(6)]
    records: dict[str, list[dict[str, Any]]] = {"items": items, "cases": [], "steps": [], "clock_stops": []}
    for number in range(case_count):
        _add_case(records, f"c{number}", draw)
    return records


def _item(item: str, department: str, draw: random.Random) -> dict[str, Any]:
    unit = draw.choice(("working_days", "calendar_days"))
    return {
        "item": item, "department": department, "promised_length": draw.choice((3, 4, 5, 8)), "promised_unit": unit,
        "statutory_length": 10, "statutory_unit": unit, "valid_from": "2023-01-01",
    }  # fmt: skip


def _add_case(records: dict[str, list[dict[str, Any]]], case: str, draw: random.Random) -> None:
    item = draw.choice(records["items"])
    applied = dt.datetime(2024, 3, 1) + dt.timedelta(days=draw.randrange(150), seconds=draw.randrange(86400))
    accepted = applied + dt.timedelta(days=draw.choice((-1, 0, 0, 0, 1, 3, 9)))
    completed = accepted + dt.timedelta(days=draw.choice((-1, 0, 1, 3, 5, 8, 12)), hours=draw.randrange(9))
    if accepted.date() < LAST_WORKING_DAY.date() and draw.random() < 0.3:
        completed = LAST_WORKING_DAY
    records["cases"].append(
        {
            "case_id": case, "item": item["item"], "department": item["department"],
            "status": draw.choice((None, None, None, None, "withdrawn")), "is_green_lane": draw.random() < 0.1,
            "applied_at": draw.choice((applied, applied, applied, None)), "accepted_at": accepted,
            "completed_at": draw.choice((completed, completed, completed, None)),
        }
    )  # fmt: skip
    moments = {"application": applied, "acceptance": accepted, "decision": completed}
    for activity in draw.sample(list(STAGES), k=draw.randrange(2, len(STAGES))):
        records["steps"].append(_step(case, activity, moments.get(activity), accepted, draw))
    for _ in range(draw.choice((0, 0, 1, 1, 2))):
        records["clock_stops"].append(_stop(case, accepted, draw))


def _step(
    case: str, activity: str, moment: dt.datetime | None, accepted: dt.datetime, draw: random.Random
) -> dict[str, Any]:
    at = moment if moment is not None and draw.random() < 0.8 else accepted + dt.timedelta(days=draw.randrange(-2, 9))
    second = draw.choice((0, 32400, 34200, 3 * 3600, draw.randrange(86400), draw.randrange(28800, 64800)))
    completed = at if draw.random() < 0.4 else dt.datetime.combine(at.date(), dt.time()) + dt.timedelta(seconds=second)
    started = draw.choice((None, completed, completed - dt.timedelta(minutes=draw.randrange(300))))
    lag = dt.timedelta(seconds=draw.choice((-4000, -100, 0, 90, 50000, 120000, 3 * 86400, 9 * 86400)))
    return {
        "case_id": case, "activity": activity, "department": draw.choice((None, "d0", "d1", "d2")),
        "started_at": started, "completed_at": completed, "recorded_at": draw.choice((None, completed + lag)),
    }  # fmt: skip


def _stop(case: str, accepted: dt.datetime, draw: random.Random) -> dict[str, Any]:
    kind = draw.choice(("suspension", "suspension", "expert_review", "extension", "unheard_of"))
    begun = accepted.date() + dt.timedelta(days=draw.randrange(-1, 8))
    is_extension = kind == "extension"
    ended = begun + dt.timedelta(days=0 if is_extension else draw.choice((0, 1, 2, 4, 7)))
    keyed = dt.datetime.combine(begun, dt.time(10)) + dt.timedelta(days=draw.choice((0, 1, 3, 10)))
    return {
        "case_id": case, "kind": kind, "stopped_from_on": begun, "stopped_until_on": draw.choice((ended, ended, None)),
        "extension_days": 2 if is_extension else None, "reason": draw.choice((None, "a", "a", "b")),
        "recorded_at": draw.choice((None, keyed)),
    }  # fmt: skip


def _text(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)

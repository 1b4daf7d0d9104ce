"""The accepted files of all deliveries as views of the building engine, with a key for every case.

Case keys of a delivery follow one another (`first_case_key + case_number`), so no event needs a look-up. Of the
cases that several deliveries of one source give, the latest delivery's counts: whole, with its events.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.lake.cells.amounts import AMOUNT
from efficacy_analytics.lake.cells.stamps import INSTANT
from efficacy_analytics.lake.contract.event_order import NOTED
from efficacy_analytics.lake.intake.ingest import Delivery

SERVICE = ("complaints", "surveys", "fees", "staff")
TABLES = (
    "events",
    "cases",
    "items",
    "clock_stops",
    "departments",
    "activities",
    "deleted_cases",
    "case_notes",
    *SERVICE,
)
OPTIONAL: dict[str, dict[str, type[pl.DataType] | pl.DataType]] = {
    "items": {
        "item": pl.String, "department": pl.String, "name_zh": pl.String, "name_en": pl.String, "kind": pl.String,
        "statutory_length": pl.Int32, "statutory_unit": pl.String, "promised_length": pl.Int32,
        "promised_unit": pl.String, "valid_from": pl.Date, "valid_until": pl.Date,
    },
    "clock_stops": {
        "case_id": pl.String, "kind": pl.String, "stopped_from_on": pl.Date, "stopped_until_on": pl.Date,
        "extension_days": pl.Int32, "reason": pl.String, "recorded_at": INSTANT, "recorded_on": pl.Date,
    },
    "deleted_cases": {"case_id": pl.String},
    "case_notes": {"case_id": pl.String, "note": pl.String},
    "complaints": {
        "complaint_id": pl.String, "case_id": pl.String, "department": pl.String, "kind": pl.String,
        "received_at": INSTANT, "received_on": pl.Date, "answered_at": INSTANT, "answered_on": pl.Date,
        "overdue_days": pl.Int32, "result": pl.String,
    },
    "surveys": {
        "case_id": pl.String, "rated_at": INSTANT, "rated_on": pl.Date, "satisfaction": pl.Int32, "channel": pl.String,
    },
    "fees": {
        "case_id": pl.String, "item": pl.String, "kind": pl.String, "amount": AMOUNT, "currency": pl.String,
        "paid_at": INSTANT, "paid_on": pl.Date,
    },
    "staff": {
        "resource": pl.String, "department": pl.String, "role": pl.String,
        "valid_from": pl.Date, "valid_until": pl.Date,
    },
    "departments": {"department": pl.String, "name_zh": pl.String, "name_en": pl.String},
    "activities": {"activity": pl.String, "stage": pl.String, "name_zh": pl.String, "name_en": pl.String},
}  # fmt: skip


def stage(engine: Session, deliveries: Sequence[Delivery]) -> None:
    """Makes the tables `deliveries` and `delivery_facts` and the views `accepted_<table>` over all deliveries.

    Args:
        engine: the building engine.
        deliveries: in the order in which they count: a later one replaces the same cases of an earlier one.
    """
    engine.put("deliveries", _numbered(deliveries))
    for table in TABLES:
        _stage_table(engine, deliveries, table)
    engine.build("build_superseded")
    for table in ("events", "cases"):
        _stage_current(engine, table)
    engine.build("build_delivery_facts")


def unstage(engine: Session) -> None:
    """Takes away what `stage` made but `deliveries`, so that the snapshot holds tables of its own only."""
    numbers = range(engine.count("deliveries"))
    engine.drop(
        name
        for table in TABLES
        for name in (
            *(f"accepted_{table}", f"delivered_{table}", f"no_{table}"),
            *(f"{table}_of_{number}" for number in numbers),
        )
    )


def calendar_numbers(deliveries: Sequence[Delivery]) -> list[int]:
    """The number of each delivery's calendar, from 1: the same where source, calendar, zone and office hours are."""
    numbers: dict[tuple[str, ...], int] = {}
    keys = [
        (one.source, one.calendar, str(one.time_zone), json.dumps(one.office_hours, sort_keys=True))
        for one in deliveries
    ]
    return [numbers.setdefault(key, len(numbers) + 1) for key in keys]


def _numbered(deliveries: Sequence[Delivery]) -> pl.DataFrame:
    counts = [_row_count(delivery, "cases") for delivery in deliveries]
    firsts = [sum(counts[:place]) for place in range(len(counts))]
    return pl.DataFrame(
        {
            "delivery_number": range(len(deliveries)),
            "delivery": [delivery.delivery for delivery in deliveries],
            "source": [delivery.source for delivery in deliveries],
            "layout": [delivery.layout for delivery in deliveries],
            "time_zone": [delivery.time_zone for delivery in deliveries],
            "calendar": [delivery.calendar for delivery in deliveries],
            "verdict_by": [delivery.verdict_by for delivery in deliveries],
            "step_order": [str(delivery.layout_content.get("step_order", "start")) for delivery in deliveries],
            "delivered_on": [delivery.delivered_on for delivery in deliveries],
            "files": [json.dumps(delivery.files, ensure_ascii=False) for delivery in deliveries],
            "rows": [json.dumps(delivery.rows, ensure_ascii=False) for delivery in deliveries],
            "notices": [json.dumps(delivery.notices, ensure_ascii=False) for delivery in deliveries],
            "first_case_key": pl.Series(firsts, dtype=pl.Int64),
            "calendar_number": pl.Series(calendar_numbers(deliveries), dtype=pl.Int32),
        }
    )


def _row_count(delivery: Delivery, table: str) -> int:
    return int(pl.scan_parquet(delivery.folder / f"{table}.parquet").select(pl.len()).collect().item())


def _stage_table(engine: Session, deliveries: Sequence[Delivery], table: str) -> None:
    view = f"delivered_{table}" if table in ("events", "cases") else f"accepted_{table}"
    parts = [_empty(engine, table)] if table in OPTIONAL else []
    for number, delivery in enumerate(deliveries):
        file = delivery.folder / f"{table}.parquet"
        if file.is_file():
            _refuse_old(delivery, file, table)
            parts.append(_part(engine, file, table, number))
    engine.command(f"create view {view} as {' union all by name '.join(parts)}")


def _empty(engine: Session, table: str) -> str:
    """A part without rows, so that columns which an older delivery does not have are there."""
    engine.put(f"no_{table}", pl.DataFrame(schema={"delivery_number": pl.Int32, **OPTIONAL[table]}))
    return f"select * from no_{table}"


def _refuse_old(delivery: Delivery, file: Path, table: str) -> None:
    if table == "events" and not set(NOTED) <= set(pl.read_parquet_schema(file)):
        raise CannotAnswerError(
            f"the delivery {delivery.delivery} was taken in by an earlier version, which noted no order of events.",
            hint=f"remove {delivery.folder} and take the export in again",
        )


def _part(engine: Session, file: Path, table: str, number: int) -> str:
    name = f"{table}_of_{number}"
    engine.view_parquet(name, file)
    first_case_key, calendar_number = engine.run("build_delivery_keys", delivery_number=number).row(0)
    keys = f", {first_case_key} + case_number as case_key, {calendar_number} as calendar_number"
    return f"select {number} as delivery_number, *{keys if table in ('events', 'cases') else ''} from {name}"


def _stage_current(engine: Session, table: str) -> None:
    is_any = engine.count("superseded_cases") > 0
    kept = "where case_key not in (select case_key from superseded_cases)" if is_any else ""
    engine.command(f"create view accepted_{table} as select * from delivered_{table} {kept}")

"""Cases, limits and stops for the clock, in an engine as the building of a snapshot has them; the rest is plain."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.clock.calendar_days import WorkingCalendar, working_calendar
from efficacy_analytics.clock.verdicts import build_verdicts
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.settings import CHECKOUT, ClockSettings
from support.in_memory import in_memory

REFERENCE = CHECKOUT / "data_lake" / "reference"
AS_ON = dt.date(2025, 12, 31)
CASES = {
    "case_key": pl.Int64,
    "calendar_number": pl.Int32,
    "item": pl.String,
    "department": pl.String,
    "kind": pl.String,
    "status": pl.String,
    "is_green_lane": pl.Boolean,
    "applied_on": pl.Date,
    "accepted_on": pl.Date,
    "accepted_at": pl.Datetime("us", "UTC"),
    "completed_on": pl.Date,
    "completed_at": pl.Datetime("us", "UTC"),
    "due_on": pl.Date,
    "due_at": pl.Datetime("us", "UTC"),
    "statutory_length": pl.Int32,
    "statutory_unit": pl.String,
    "promised_length": pl.Int32,
    "promised_unit": pl.String,
    "verdict_by": pl.String,
    "time_zone": pl.String,
    "has_refused_completion": pl.Boolean,
    "accepted_by": pl.String,
}
LIMITS = {
    "item": pl.String,
    "department": pl.String,
    "statutory_length": pl.Int32,
    "statutory_unit": pl.String,
    "promised_length": pl.Int32,
    "promised_unit": pl.String,
    "valid_from": pl.Date,
    "valid_until": pl.Date,
}
STOPS = {
    "case_key": pl.Int64,
    "kind": pl.String,
    "stopped_from_on": pl.Date,
    "stopped_until_on": pl.Date,
    "extension_days": pl.Int32,
}
Row = Mapping[str, Any]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@cache
def chinese_table() -> pl.DataFrame:
    return calendar_table("CN", 2023, 2026, reference=REFERENCE)


@cache
def chinese_days(first_year: int = 2024, last_year: int = 2026) -> WorkingCalendar:
    return working_calendar(calendar_table("CN", first_year, last_year, reference=REFERENCE))


def judged(
    cases: Sequence[Row],
    *,
    stops: Sequence[Row] = (),
    limits: Sequence[Row] = (),
    calendar: pl.DataFrame | None = None,
    as_on: dt.date = AS_ON,
    rules: ClockSettings | None = None,
    reference: Path = REFERENCE,
) -> DuckdbEngine:
    """An engine with the verdicts of the drawn cases; a case drawn without a key takes its place as key."""
    engine = in_memory()
    plain: dict[str, Any] = {"calendar_number": 1, "verdict_by": "date", "time_zone": "Asia/Shanghai"}
    rows = [{"case_key": place, **plain, **case} for place, case in enumerate(cases)]
    table = calendar if calendar is not None else chinese_table()
    engine.put("calendar", table)
    engine.put("case_readings_in", pl.DataFrame(rows, schema=CASES))
    engine.put("limits", pl.DataFrame(list(limits), schema=LIMITS))
    engine.put("clock_stops_in", pl.DataFrame(list(stops), schema=STOPS))
    build_verdicts(engine, as_on=as_on, reference=reference, rules=rules or ClockSettings())
    return engine


def verdicts(engine: DuckdbEngine) -> list[dict[str, Any]]:
    return list(engine.connection.sql("from case_verdicts order by case_key").pl().iter_rows(named=True))

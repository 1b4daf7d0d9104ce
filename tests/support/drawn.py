"""Event logs drawn in a test: text tables become the engine of a question, built by the project's own SQL."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from efficacy_analytics.clock.office_hours import OfficeHours
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.build import build_clocks, build_events
from efficacy_analytics.event_log.cohort import EVERYTHING, Cohort, choose
from efficacy_analytics.event_log.declared import declared_tables
from efficacy_analytics.lake.contract.event_order import in_order
from efficacy_analytics.settings import CHECKOUT
from support.in_memory import in_memory

SPANS = """
create table case_spans as
select
    case_key, min(coalesce(started_at, completed_at)) as first_at, max(completed_at) as last_at,
    min(coalesce(started_local, completed_local)) as first_local, max(completed_local) as last_local,
    count(*) as event_count,
    bool_or(epoch_us(completed_at) % 1000000 > 0 or coalesce(epoch_us(started_at), 0) % 1000000 > 0)
        as has_split_seconds
from accepted_events group by case_key
"""
REFERENCE = CHECKOUT / "data_lake" / "reference"
EVENT_COLUMNS = {
    "delivery_number": pl.Int32, "case_key": pl.Int64, "case_number": pl.Int64, "calendar_number": pl.Int32,
    "case_id": pl.String, "activity": pl.String,
    "activity_label": pl.String, "stage": pl.String, "resource": pl.String, "department": pl.String,
    "started_at": pl.Datetime("us", "UTC"), "started_local": pl.Datetime("us"),
    "completed_at": pl.Datetime("us", "UTC"), "completed_local": pl.Datetime("us"), "source_order": pl.Int64,
}  # fmt: skip


def rows_of(drawing: str) -> list[dict[str, str]]:
    """The rows of a table drawn with `|` between columns, heads in the first line; blank cells are left out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
    return [{head: cell for head, cell in zip(lines[0], line, strict=True) if cell} for line in lines[1:]]


def drawn_log(
    drawing: str, *, calendar: str = "CN", zone: str = "Asia/Shanghai", cohort: Cohort = EVERYTHING
) -> DuckdbEngine:
    """The engine of a drawn log: columns case, activity, completed; and started, resource, department, stage."""
    return log_of(rows_of(drawing), calendar=calendar, zone=zone, cohort=cohort)


def log_of(
    rows: Iterable[Mapping[str, Any]],
    *,
    calendar: str = "CN",
    zone: str = "Asia/Shanghai",
    cohort: Cohort = EVERYTHING,
    years: tuple[int, int] = (2023, 2026),
    stops: Mapping[str, Iterable[tuple[dt.date, dt.date]]] | None = None,
    in_calendar_days: Collection[str] = (),
    office_hours: OfficeHours | None = None,
    reference: Path = REFERENCE,
) -> DuckdbEngine:
    """The engine of a log given as rows: case, activity, completed (ISO text, local) and what else is known.

    Of a case, `stops` gives its disjoint clock stops (day of the stop, last day taken out). What is declared lies in
    `reference`.
    """
    given = list(rows)
    keys = {case: key for key, case in enumerate(dict.fromkeys(row["case"] for row in given))}
    events = [_event(row, number, keys[row["case"]], ZoneInfo(zone)) for number, row in enumerate(given)]
    engine = in_memory()
    engine.put("accepted_events", in_order(pl.DataFrame(events, schema=EVENT_COLUMNS)))
    engine.put("accepted_activities", pl.DataFrame(schema={"activity": pl.String, "stage": pl.String}))
    engine.put("calendar", drawn_calendar(calendar, *years, office_hours))
    put_declared(engine, reference)
    _put_counting(engine, keys, stops or {}, in_calendar_days)
    _build(engine, keys)
    choose(engine, cohort)
    return engine


def drawn_calendar(
    calendar: str, first_year: int, last_year: int, office_hours: OfficeHours | None = None
) -> pl.DataFrame:
    """The days of a calendar."""
    if office_hours is None:
        return _shipped_calendar(calendar, first_year, last_year)
    return calendar_table(calendar, first_year, last_year, reference=REFERENCE, office_hours=office_hours)


@cache
def _shipped_calendar(calendar: str, first_year: int, last_year: int) -> pl.DataFrame:
    return calendar_table(calendar, first_year, last_year, reference=REFERENCE)


def put_declared(engine: DuckdbEngine, reference: Path) -> None:
    """What the office declares as tables of the engine; what is shipped is read once in a process."""
    tables = _shipped_declarations() if reference == REFERENCE else declared_tables(reference)
    for name, table in tables.items():
        engine.put(name, table)


@cache
def _shipped_declarations() -> dict[str, pl.DataFrame]:
    return declared_tables(REFERENCE)


def _event(row: Mapping[str, Any], number: int, key: int, zone: ZoneInfo) -> dict[str, Any]:
    completed = dt.datetime.fromisoformat(row["completed"])
    started = dt.datetime.fromisoformat(row["started"]) if "started" in row else None
    return {
        "delivery_number": 0,
        "case_key": key,
        "case_number": key,
        "calendar_number": 1,
        "case_id": row["case"],
        "activity": row["activity"],
        "activity_label": None,
        "stage": row.get("stage"),
        "resource": row.get("resource"),
        "department": row.get("department"),
        "started_at": started.replace(tzinfo=zone).astimezone(dt.UTC) if started else None,
        "started_local": started,
        "completed_at": completed.replace(tzinfo=zone).astimezone(dt.UTC),
        "completed_local": completed,
        "source_order": number,
    }


def _put_counting(
    engine: DuckdbEngine,
    keys: Mapping[str, int],
    stops: Mapping[str, Iterable[tuple[dt.date, dt.date]]],
    in_calendar_days: Collection[str],
) -> None:
    units = ["calendar_days" if case in in_calendar_days else "working_days" for case in keys]
    engine.put("case_verdicts", pl.DataFrame({"case_key": keys.values(), "limit_unit": units}))
    rows = [(keys[case], begins, ends) for case, spans in stops.items() for begins, ends in spans]
    schema = {"case_key": pl.Int64, "stopped_from_on": pl.Date, "stopped_until_on": pl.Date}
    engine.put("drawn_stops", pl.DataFrame(rows, schema=schema, orient="row"))
    engine.connection.execute(
        """create table clock_stop_readings as
        select case_key, stopped_from_on, begins.working_days_to as working_days_from,
            ends.working_days_to as working_days_until, begins.calendar_days_to as calendar_days_from,
            ends.calendar_days_to as calendar_days_until
        from drawn_stops
        inner join calendar as begins on begins.day = stopped_from_on
        inner join calendar as ends on ends.day = stopped_until_on"""
    )


def _build(engine: DuckdbEngine, keys: Mapping[str, int]) -> None:
    engine.connection.execute(SPANS)
    build_clocks(engine)
    engine.build("build_names")
    engine.build("build_case_counting")
    build_events(engine)
    engine.build("build_case_sequences")
    engine.build("build_variants")
    engine.put("drawn_cases", pl.DataFrame({"case_key": keys.values(), "case_id": keys.keys()}))
    engine.connection.execute(
        """create table cases as select case_key, case_id, null::varchar as department, null::varchar as item,
        cast(first_local as date) as accepted_on, cast(last_local as date) as completed_on, variant_key,
        seconds_between(first_at, last_at) as throughput_elapsed_seconds, 0 as throughput_open_seconds
        from drawn_cases left join case_spans using (case_key) left join case_variants using (case_key)"""
    )

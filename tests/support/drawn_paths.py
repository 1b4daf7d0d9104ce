"""Random cases whose clock runs in whole days, and their steps as a reader would list them."""

import datetime as dt
import random
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl
from chinese_calendar import is_workday

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine


def random_rows(draw: random.Random) -> list[dict[str, str]]:
    """Cases whose steps follow one another, some days apart and some days long."""
    rows = []
    for case in range(draw.randint(2, 15)):
        moment = dt.datetime(2025, 3, 3, 10) + dt.timedelta(days=draw.randrange(30))
        for _ in range(draw.randint(1, 6)):
            started = moment + dt.timedelta(days=draw.choice((0, 0, 1, 4, 9)))
            moment = started + dt.timedelta(days=draw.choice((0, 0, 2)))
            row = {"case": f"c{case}", "activity": draw.choice("abc")}
            rows.append(row | {"started": started.isoformat(), "completed": moment.isoformat()})
    return rows


def working_days(start: dt.date, end: dt.date) -> int:
    return sum(is_workday(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def plain_steps(rows: list[dict[str, str]]) -> dict[str, list[tuple[str, dt.date, dt.date]]]:
    cases: dict[str, list[tuple[str, dt.date, dt.date]]] = {}
    for row in rows:
        span = (dt.date.fromisoformat(row[side][:10]) for side in ("started", "completed"))
        cases.setdefault(row["case"], []).append((row["activity"], *span))
    return cases


def clocked(
    log: DuckdbEngine,
    rows: list[dict[str, str]],
    limit: int,
    accepted: dict[str, dt.date],
    stopped: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, int]:
    """Gives each case its acceptance, its counted days until the last step without stopped ones, and its limit."""
    counted = {
        case: max(0, working_days(accepted[case], steps[-1][2]) - stopped.get(case, 0))
        for case, steps in plain_steps(rows).items()
    }
    keys = dict(log.connection.sql("select case_id, case_key from cases").fetchall())
    given = [
        (keys[case], case, accepted[case], steps[-1][2], counted[case], limit - counted[case], counted[case] > limit)
        for case, steps in plain_steps(rows).items()
    ]
    schema = {
        "case_key": pl.Int64, "case_id": pl.String, "accepted_on": pl.Date, "completed_on": pl.Date,
        "counted_days": pl.Int32, "remaining_days": pl.Int32, "is_late": pl.Boolean,
    }  # fmt: skip
    constants = {"limit_unit": pl.lit("working_days"), "department": pl.lit("housing"), "is_open": pl.lit(False)}
    constants |= {"is_judged": pl.lit(True), "applied_on": pl.lit(None, pl.Date)}
    constants |= {"clock_flags": pl.lit([], pl.List(pl.String))}
    log.put("cases", pl.DataFrame(given, schema=schema, orient="row").with_columns(**constants))
    log.connection.execute("create or replace temp view cohort_cases as from cases")
    return counted

"""How long ten million cases take to get their counted days and verdict.

Draws cases, limits and stops inside the engine (seeded), runs `build_verdicts`, and prints the seconds of each query
and the peak memory of the process.

Usage: python benchmarks/clock_verdicts.py [CASES] [STOPPED_SHARE]
"""

import datetime as dt
import resource
import sys
import time

import polars as pl

from efficacy_analytics.clock.verdicts import build_verdicts
from efficacy_analytics.clock.working_days import calendar_table
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.settings import CHECKOUT, ClockSettings

REFERENCE = CHECKOUT / "data_lake" / "reference"
AS_ON = dt.date(2025, 12, 31)
CALENDARS = ("CN", "NL", "weekdays")

CASES = """
create table case_readings_in as
with drawn as (
    select
        range as case_key,
        hash(range, 1) % 1000 as part,
        date '2015-01-05' + cast(hash(range, 2) % 3900 as integer) as accepted_on,
        cast(hash(range, 3) % 45 as integer) as lasting_days
    from range({cases})
)
select
    case_key,
    cast(1 + case_key % 3 as integer) as calendar_number,
    'item-' || lpad(cast(hash(case_key, 4) % 500 as varchar), 3, '0') as item,
    'department-' || lpad(cast(hash(case_key, 5) % 40 as varchar), 2, '0') as department,
    'promise' as kind,
    if(part = 1, 'withdrawn', null) as status,
    part = 2 as is_green_lane,
    accepted_on - 1 as applied_on,
    accepted_on,
    cast(accepted_on as timestamptz) + to_hours(9) as accepted_at,
    if(part < 50, null, accepted_on + lasting_days) as completed_on,
    if(part < 50, null, cast(accepted_on + lasting_days as timestamptz) + to_hours(15)) as completed_at,
    cast(null as date) as due_on,
    cast(null as timestamptz) as due_at,
    cast(null as integer) as statutory_length,
    cast(null as varchar) as statutory_unit,
    cast(null as integer) as promised_length,
    cast(null as varchar) as promised_unit,
    'date' as verdict_by,
    'Asia/Shanghai' as time_zone
from drawn
"""

LIMITS = """
create table limits as
select
    'item-' || lpad(cast(item as varchar), 3, '0') as item,
    if(item % 4 = 0, null, 'department-' || lpad(cast(department as varchar), 2, '0')) as department,
    cast(20 + item % 3 * 10 as integer) as statutory_length,
    if(item % 10 = 0, 'calendar_days', 'working_days') as statutory_unit,
    cast(5 + item % 20 as integer) as promised_length,
    case when item % 10 = 0 then 'calendar_days' when item % 50 = 1 then 'hours' else 'working_days' end
        as promised_unit,
    make_date(2004 + 8 * period, 1, 1) as valid_from,
    if(period = 2, null, make_date(2012 + 8 * period, 1, 1)) as valid_until
from range(500) as items(item), range(40) as departments(department), range(3) as periods(period)
where item % 4 <> 0 or department = 0
"""

STOPS = """
create table clock_stops_in as
select
    case_key,
    ['expert_review', 'hearing', 'supplement', 'extension', 'testing'][
        1 + cast(hash(case_key, number, 6) % 5 as integer)
    ] as kind,
    accepted_on + cast(hash(case_key, number, 7) % 20 as integer) as stopped_from_on,
    if(hash(case_key, number, 8) % 50 = 0, null, accepted_on + cast(20 + hash(case_key, number, 9) % 15 as integer))
        as stopped_until_on,
    cast(null as integer) as extension_days
from case_readings_in, range(2) as numbers(number)
where hash(case_key, 10) % 1000 < {per_mille}
"""


def drawn(cases: int, stopped_share: float) -> DuckdbEngine:
    """An engine holding that many cases, in three calendars, a share of them with two stops."""
    engine = opened()
    tables = [
        calendar_table(name, 2014, 2026, reference=REFERENCE, calendar_number=number + 1)
        for number, name in enumerate(CALENDARS)
    ]
    engine.put("calendar", pl.concat(tables))
    for text in (CASES, LIMITS, STOPS):
        engine.connection.execute(text.format(cases=cases, per_mille=round(1000 * stopped_share)))
    return engine


def main(cases: int = 10_000_000, stopped_share: float = 0.1) -> None:
    """Draws, judges, and prints the seconds and the outcome."""
    engine = drawn(cases, stopped_share)
    started = time.perf_counter()
    build_verdicts(engine, as_on=AS_ON, reference=REFERENCE, rules=ClockSettings())
    seconds = time.perf_counter() - started
    outcome = engine.connection.sql(
        "select count(*), count(*) filter (where is_late), count(due_on), sum(stopped_days) from case_verdicts"
    ).fetchall()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    threads = engine.connection.sql("select current_setting('threads')").fetchall()
    sys.stdout.write(f"cases, late, with due date, stopped days: {outcome[0]}\n")
    sys.stdout.write(
        f"{cases} cases, {stopped_share:.0%} stopped: {seconds:.2f} s on {threads[0][0]} threads, peak {peak:.1f} GiB\n"
    )


if __name__ == "__main__":
    main(*(convert(text) for convert, text in zip((int, float), sys.argv[1:], strict=False)))

"""A delivery of any size, drawn in SQL and written as accepted files: what `publish` reads.

Ten events a case, about a month long, 28 activities each followed by three, 2,000 variants, 500 resources, 24
departments, a promised limit of 20 working days, and a clock stop of some days in each twentieth case. The same size
is always the same log.
"""

import datetime as dt
from pathlib import Path

import duckdb

from efficacy_analytics.lake.delivery import Delivery

EVENTS_OF_A_CASE = 10
ZONE_HOURS = 8  # Asia/Shanghai has had no other offset since 1991

MACROS = (
    "create macro path_step(number, step) as if(step = 0, 0, step * 3 + hash(hash(number, 3) % 2000, step) % 3)",
    "create macro activity_of(number, step) as 'activity_' || lpad(cast(path_step(number, step) as varchar), 2, '0')",
    "create macro started_local_of(number, step) as timestamp '2024-01-02 08:00:00' + to_seconds("
    "cast(hash(number) % 40000000 as bigint) + step * 260000 + cast(hash(number, step, 1) % 200000 as bigint))",
    "create macro completed_local_of(number, step) as"
    " started_local_of(number, step) + to_seconds(cast(hash(number, step, 2) % 7200 as bigint))",
    f"create macro instant(moment) as (moment - to_hours({ZONE_HOURS})) at time zone 'UTC'",
)
EVENTS = """
copy (
    select
        number as case_number,
        'C' || lpad(cast(number as varchar), 9, '0') as case_id,
        activity_of(number, step) as activity,
        cast(null as varchar) as activity_label,
        cast(null as varchar) as stage,
        'R' || cast(hash(number, step, 7) % 500 as varchar) as resource,
        'D' || lpad(cast(hash(number) % 24 as varchar), 2, '0') as department,
        instant(started_local_of(number, step)) as started_at,
        started_local_of(number, step) as started_local,
        instant(completed_local_of(number, step)) as completed_at,
        completed_local_of(number, step) as completed_local,
        cast(null as timestamptz) as recorded_at,
        number * 10 + step as source_order,
        'drawn.csv' as source_file,
        number * 10 + step + 2 as source_line,
        cast(step + 1 as integer) as event_number,
        if(step > 0, activity_of(number, step - 1), null) as previous_activity,
        if(step > 0, instant(completed_local_of(number, step - 1)), null) as previous_completed_at,
        if(step > 0, completed_local_of(number, step - 1), null) as previous_completed_local,
        if(step < 9, activity_of(number, step + 1), null) as next_activity
    from (
        select range as number, unnest(range(10)) as step
        from range($first, $until)
    )
) to '{path}' (format parquet)
"""
CASES = """
copy (
    select
        number as case_number,
        'C' || lpad(cast(number as varchar), 9, '0') as case_id,
        'D' || lpad(cast(hash(number) % 24 as varchar), 2, '0') as department,
        'I' || lpad(cast(hash(number, 5) % 300 as varchar), 3, '0') as item,
        cast(null as varchar) as kind,
        cast(null as varchar) as channel,
        cast(null as varchar) as status,
        cast(null as boolean) as is_green_lane,
        cast(null as timestamptz) as applied_at, cast(null as date) as applied_on,
        cast(null as timestamptz) as accepted_at, cast(null as date) as accepted_on,
        cast(null as timestamptz) as completed_at, cast(null as date) as completed_on,
        cast(null as timestamptz) as due_at, cast(null as date) as due_on,
        30 as statutory_length, 'working_days' as statutory_unit,
        20 as promised_length, 'working_days' as promised_unit,
        spans.* exclude (case_number),
        'drawn.csv' as source_file, number + 2 as source_line
    from range($first, $until) as cases (number)
    inner join (
        select
            case_number, min(started_at) as first_at, max(completed_at) as last_at,
            min(started_local) as first_local, max(completed_local) as last_local, count(*) as event_count,
            false as has_split_seconds
        from read_parquet('{folder}/events.parquet')
        group by case_number
    ) as spans on spans.case_number = number
    order by number
) to '{path}' (format parquet)
"""
STOPS = """
copy (
    select
        'C' || lpad(cast(number as varchar), 9, '0') as case_id,
        'expert_review' as kind,
        cast(timestamp '2024-01-02' + to_seconds(cast(hash(number) % 40000000 as bigint) + 500000) as date)
            as stopped_from_on,
        cast(timestamp '2024-01-02' + to_seconds(cast(hash(number) % 40000000 as bigint) + 1100000) as date)
            as stopped_until_on,
        cast(null as integer) as extension_days,
        'drawn.csv' as source_file, number + 2 as source_line
    from range($first, $until) as cases (number)
    where hash(number, 9) % 20 = 0
) to '{path}' (format parquet)
"""


def drawn_lake(lake: Path, event_count: int) -> Path:
    """Makes a lake with one delivery of that many events, unless it is there; gives the lake back."""
    case_count = event_count // EVENTS_OF_A_CASE
    folder = lake / "accepted" / f"drawn-{event_count}"
    if (folder / "delivery.json").is_file():
        return lake
    folder.mkdir(parents=True, exist_ok=True)
    config = {"threads": "2", "memory_limit": "8GB", "temp_directory": str(lake / ".spill")}
    with duckdb.connect(config=config) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for macro in MACROS:
            connection.execute(macro)
        for table, text in (("events", EVENTS), ("cases", CASES), ("clock_stops", STOPS)):
            params = {"first": 0, "until": case_count}
            connection.execute(text.format(path=folder / f"{table}.parquet", folder=folder), params)
    (folder / "delivery.json").write_text(_record(folder, event_count, case_count).record(), encoding="utf-8")
    return lake


def _record(folder: Path, event_count: int, case_count: int) -> Delivery:
    rows = {
        table: {"received": count, "accepted": count, "refused": 0, "refused_by_rule": {}}
        for table, count in (("events", event_count), ("cases", case_count))
    }
    return Delivery(
        delivery=folder.name,
        number=1,
        layout="drawn",
        layout_content={},
        source="drawn",
        time_zone="Asia/Shanghai",
        calendar="CN",
        verdict_by="date",
        office_hours={},
        activity_order=[],
        delivered_on=dt.date(2025, 9, 1),
        files=[],
        rows=rows,
        written={"events": event_count, "cases": case_count},
        folder=folder,
    )

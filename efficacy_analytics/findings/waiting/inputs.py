"""What the causes of waiting rest on besides the event log, where a snapshot has none of it.

A snapshot without clock stops, resource calendars or activities of the applicant gets empty tables in their place.
"""

import polars as pl

from efficacy_analytics.engine.session import Session

ABSENT: dict[str, str] = {
    "clock_stops": "case_key integer, effect varchar, stopped_from_on date, stopped_until_on date",
    "clock_settings": "as_on date, stop_takes_out_its_first_day boolean",
    "applicant_activities": "activity varchar",
    "resource_calendars": "calendar_number integer, kind varchar, name varchar, own_number integer",
}


def put_inputs(log: Session) -> None:
    """Makes `waiting_deliveries`, and whichever of the tables of `ABSENT` the engine does not have, empty."""
    there = log.tables()
    for table, columns in ABSENT.items():
        if table not in there:
            log.command(f"create temp table {table} ({columns})")
    if "resource_calendar_days" not in there:
        log.command("create temp table resource_calendar_days as select * exclude (calendar) from calendar limit 0")
    if "deliveries" in there:
        log.build("waiting_deliveries")
    elif "waiting_deliveries" not in there:
        alone = pl.DataFrame({"first_case_key": [0], "calendar_number": [1], "time_zone": ["UTC"]})
        log.put_temporary("waiting_deliveries", alone)

"""Row by row: which rows of a batch keep the contract, and by which rule the others are refused.

What needs several rows (pairs, cases, duplicates, order) is for `settling` to say.
"""

import datetime as dt
from collections import Counter

import polars as pl

from efficacy_analytics.lake.cells.moments import Reading
from efficacy_analytics.lake.contract import service_tables as contracts_of_service
from efficacy_analytics.lake.contract import tables as contracts
from efficacy_analytics.lake.layouts.layout import Layout

JUDGES = {
    "events": contracts.judged_events,
    "cases": contracts.judged_cases,
    "items": contracts.judged_items,
    "clock_stops": contracts.judged_clock_stops,
    "complaints": contracts_of_service.judged_complaints,
    "surveys": contracts_of_service.judged_surveys,
    "fees": contracts_of_service.judged_fees,
    "staff": contracts_of_service.judged_staff,
}
OPTIONAL = ("row_key", "is_deleted")
NAMES = {"departments": "department", "activities": "activity"}
KEYS = {**NAMES, "complaints": "complaint_id"}


def judged(
    layout: Layout,
    table: str,
    rows: pl.DataFrame,
    told: Counter[tuple[str, str]] | None = None,
    *,
    delivered_on: dt.date | None = None,
) -> pl.DataFrame:
    """The rows of a batch, typed, each with the first rule that it breaks.

    Args:
        layout: how the delivery is read.
        table: the contract's table.
        rows: the contract's columns as text, the place of each row, and `rule` where the reader refuses it.
        told: counts the cells that stand for no date, as `placeholder_dates` of `<table>.<column>` (`notices`).
        delivered_on: the day of the delivery, after which nothing can have happened; None where it is not known.

    Returns:
        The same rows in their order: typed columns, the place, `rule` (null: none is broken).

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no time zone.
    """
    source = layout.tables.get(table)
    reading = Reading(layout.time_zone, layout.time_format, source.columns if source else {}, delivered_on)
    absent = [column for column in OPTIONAL if source is None or column not in source.columns]
    present = rows.drop(absent, strict=False)
    if table in NAMES:
        return contracts.judged_names(present, NAMES[table])
    typed = JUDGES[table](present, reading)
    if told is not None:
        for column in (name for name in typed.columns if name[0] == "~"):
            told["placeholder_dates", f"{table}.{column[1:]}"] += int(typed[column].sum())
    return contracts.without_faults(typed)

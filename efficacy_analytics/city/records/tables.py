"""The catalogue of the city as its approval system exports it: departments, activities, items with their limits."""

import datetime as dt

import polars as pl

from efficacy_analytics.city.town.catalogue import activities, departments
from efficacy_analytics.city.town.limits import ItemLimit

LIMITS_FROM, LIMITS_CHANGE = dt.date(2023, 1, 1), dt.date(2025, 1, 1)


def department_table() -> pl.DataFrame:
    """One row a department: its code and names."""
    rows = [(row.department, row.name_zh, row.name_en) for row in departments()]
    return pl.DataFrame(rows, schema=["department", "name_zh", "name_en"], orient="row")


def activity_table() -> pl.DataFrame:
    """One row an activity: its code, stage and names."""
    rows = [(row.activity, row.stage, row.name_zh, row.name_en) for row in activities()]
    return pl.DataFrame(rows, schema=["activity", "stage", "name_zh", "name_en"], orient="row")


def item_table(limits: list[ItemLimit]) -> pl.DataFrame:
    """One row an item and period of validity of its limits."""
    rows = []
    for limit in limits:
        change = LIMITS_CHANGE if limit.later_length is not None else None
        rows.append(_item_row(limit, limit.promised_length, LIMITS_FROM, change))
        if change:
            rows.append(_item_row(limit, limit.later_length, change, None))
    return pl.DataFrame(rows, infer_schema_length=None)


def _item_row(limit: ItemLimit, promised: int | None, start: dt.date, end: dt.date | None) -> dict[str, object]:
    item = limit.item
    unit = "on_the_spot" if item.kind == "on_the_spot" else limit.unit
    return {
        "item": item.item,
        "department": item.department,
        "name_zh": item.name_zh,
        "name_en": item.name_en,
        "kind": item.kind,
        "statutory_length": limit.statutory_length,
        "statutory_unit": limit.unit,
        "promised_length": promised,
        "promised_unit": None if promised is None else unit,
        "valid_from": start,
        "valid_until": end,
    }

"""Cities with planted slack or drift, taken in and published: as many cases an item as a guarantee for all needs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.handling.drift import Drift
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from support.intake import ingest

SHARE = CONFIDENCE = 0.95  # the share of the planted truth: what 95 in 100 cases need


@contextmanager
def planted_city(
    folder: Path, *, cases: int, seed: int, items_per_department: int, drifts: Sequence[Drift] = ()
) -> Iterator[tuple[DuckdbEngine, dict[str, Any]]]:
    """The engine of all cases of a city of steady departments, and its planted truth."""
    exports, lake = folder / "city", folder / "lake"
    make_city(exports, cases=cases, seed=seed, items_per_department=items_per_department, drifts=drifts, paces=())
    ingest(lake, [exports], "city")
    publish(lake)
    with open_log(lake) as log:
        yield log, json.loads((exports / "planted_truth.json").read_text(encoding="utf-8"))


def slack_found(plan: pl.DataFrame, truth: dict[str, Any]) -> tuple[int, int]:
    """The planted days of the items in the plan, and how many of them it saves; more than planted counts as planted."""
    saved = dict(plan.select("item", "saved_days").rows())
    planted = {item: days for item, days in truth["slack_days"].items() if item in saved}
    return sum(planted.values()), sum(min(saved[item], days) for item, days in planted.items())


def honest(plan: pl.DataFrame, truth: dict[str, Any]) -> pl.DataFrame:
    """The items of departments whose records are not made to look good; the others are for the audit of the data."""
    return plan.filter(~pl.col("department").is_in([row["department"] for row in truth.get("fraud", [])]))

"""A few rows as no export should hold them, each listed with the rule by which an intake must refuse it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

DIRTY_STEPS = {"ends_before_start": 12, "completed_at_not_a_time": 6, "activity_missing": 4, "case_unknown": 3}
DIRTY_STOPS = {"stop_ends_before_it_starts": 2}
IMPOSSIBLE_STAMP = "2024-02-30 10:00:00"
UNKNOWN_CASE = "2024-D00-000001"


def with_dirty_steps(steps: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The steps with some rows spoilt, and which: file, line in the file, and the rule they break."""
    can_be_spoilt = np.flatnonzero((steps["started_at"] < steps["completed_at"]).fill_null(False).to_numpy())
    chosen = np.sort(rng.choice(can_be_spoilt, size=sum(DIRTY_STEPS.values()), replace=False))
    rules = list(rng.permutation([rule for rule, count in DIRTY_STEPS.items() for _ in range(count)]))
    spoilt = pl.concat([_spoilt_step(steps[int(row)], rule) for row, rule in zip(chosen, rules, strict=True)])
    return _replaced(steps, chosen, spoilt), list(_listed("steps.csv", chosen, rules))


def with_dirty_stops(stops: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The clock stops with some rows spoilt, and which."""
    lasting = (stops["stopped_from_on"] < stops["stopped_until_on"]).fill_null(False).to_numpy()
    rules = [rule for rule, count in DIRTY_STOPS.items() for _ in range(count)]
    chosen = np.sort(rng.choice(np.flatnonzero(lasting), size=len(rules), replace=False))
    spoilt = pl.concat([stops[int(row)] for row in chosen]).with_columns(
        stopped_from_on="stopped_until_on", stopped_until_on="stopped_from_on"
    )
    return _replaced(stops, chosen, spoilt), list(_listed("clock_stops.csv", chosen, rules))


def _spoilt_step(row: pl.DataFrame, rule: str) -> pl.DataFrame:
    return row.with_columns(
        **{
            "ends_before_start": {"started_at": pl.col("completed_at"), "completed_at": pl.col("started_at")},
            "completed_at_not_a_time": {"completed_at": pl.lit(IMPOSSIBLE_STAMP)},
            "activity_missing": {"activity": pl.lit(None, pl.String)},
            "case_unknown": {"case_id": pl.lit(UNKNOWN_CASE)},
        }[rule]
    )


def _replaced(table: pl.DataFrame, rows: np.ndarray, by: pl.DataFrame) -> pl.DataFrame:
    edges = [0, *(int(row) + 1 for row in rows)]
    parts = [part for place, row in enumerate(rows) for part in (table[edges[place] : int(row)], by[place])]
    return pl.concat([*parts, table[edges[-1] :]])


def _listed(file: str, rows: np.ndarray, rules: list[str]) -> Iterator[dict[str, Any]]:
    for row, rule in zip(rows, rules, strict=True):
        yield {"file": file, "line": int(row) + 2, "rule": str(rule)}

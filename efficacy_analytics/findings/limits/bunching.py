"""Whether work waits for its limit: cases that pile up just below it, and what holding them back costs.

Shorter limits are proposed from past times, and past times were made under the limits of their day. Where cases pile up
below a limit, some of their time is the limit's own doing: a shorter one would shorten them, and a longer one lengthen
them. How much, past data cannot say.
"""

from dataclasses import asdict, fields
from typing import Any

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.bunching import Bunching, bunching

KEYS = ["department", "item", "limit_days", "limit_unit"]
FIGURES = {entry.name: pl.Int64 if entry.type in (int, "int") else pl.Float64 for entry in fields(Bunching)}


@question
def limit_bunching(log: Session) -> pl.DataFrame:
    """Of each item, the cases completed just below the limit in force, beside what the other days lead one to expect.

    Args:
        log: the engine of a cohort.

    Returns:
        One row per department and item with a limit of at least five days, in their order: `department`, `item`,
        `limit_days`, `limit_unit`, `case_count` (completed under that limit), `window_from_days`, `window_count`,
        `expected_count`, `excess_count` with its 95 % interval `excess_low` and `excess_high`, `hurried_count`,
        `held_back_count`, `held_back_days` (case-days, at least), `held_back_share` (of `case_count`), and `verdict`:
        `bunched` where the whole interval lies above 0, also within the paths (the cases with and without the activity
        that tells most of the item's times: a board or a hearing that ends near the limit is a mixture, and no holding
        back), `not_bunched`, or `not_testable` (fewer than 100 cases, too few days with cases for a curve, or fewer
        than five cases expected just below the limit; or cases pile up, but no path has enough for a curve of its
        own), then without figures.
    """
    rows = [_row(key, group) for key, group in log.run("limit_bunching").group_by(KEYS, maintain_order=True)]
    schema = dict(zip(KEYS, (pl.String, pl.String, pl.Int32, pl.String), strict=True))
    kept = {**schema, "case_count": pl.Int64, **FIGURES, "verdict": pl.String}
    return pl.DataFrame(rows, schema=kept).select(
        *KEYS,
        "case_count",
        *FIGURES,
        (pl.col("held_back_count") / pl.col("case_count")).alias("held_back_share"),
        "verdict",
    )


def _row(key: tuple[Any, ...], group: pl.DataFrame) -> dict[str, Any]:
    item = dict(zip(KEYS, key, strict=True))
    found = bunching(_by_day(group), item["limit_days"])
    verdict = _verdict(found, group, item["limit_days"])
    figures: dict[str, Any] = dict.fromkeys(FIGURES)
    if found is not None and verdict != "not_testable":
        figures = asdict(found)
    return {**item, "case_count": int(group["case_count"].sum()), **figures, "verdict": verdict}


def _by_day(group: pl.DataFrame) -> Any:
    return np.bincount(group["counted_days"].to_numpy(), weights=group["case_count"].to_numpy())


def _verdict(found: Bunching | None, group: pl.DataFrame, limit_days: int) -> str:
    """Cases must pile up within the paths too: a board that ends near the limit is a mixture."""
    if found is None:
        return "not_testable"
    if found.excess_low <= 0:
        return "not_bunched"
    parts = [bunching(_by_day(part), limit_days) for part in group.partition_by("is_by_path", maintain_order=True)]
    known = [part for part in parts if part is not None]
    excess = sum(part.excess_count for part in known)
    spread = sum((part.excess_count - part.excess_low) ** 2 for part in known) ** 0.5
    if excess > spread:
        return "bunched"
    return "not_bunched" if known else "not_testable"

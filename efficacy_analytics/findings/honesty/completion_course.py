"""When a department completes its cases: piled up at the limit, or at the end of the month."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.rows import Row, cannot, row_of
from efficacy_analytics.statistics.bunching import bunching
from efficacy_analytics.statistics.outliers import repeated_probability

NEAR_THE_LIMIT_DAYS: Final = 15
"""Days around the limit that the curve of completions is fitted to; its window is the last two days."""
FEWEST_ITEMS: Final = 4


def of_remaining_days(log: Session) -> Iterator[Row]:
    """The excess on the last two days of the limit, whichever item is left out: no single item makes it."""
    near = log.run("honesty_remaining", most_days=NEAR_THE_LIMIT_DAYS)
    if near.is_empty():
        yield from cannot("no_limits", "H17")
        return
    for (department,), group in near.group_by("department", maintain_order=True):
        yield _pile(str(department) if department is not None else None, group)


def _pile(department: str | None, near: pl.DataFrame) -> Row:
    items = near["item"].unique().sort(nulls_last=True).to_list()
    parts = [near, *(near.filter(pl.col("item").ne_missing(pl.lit(item))) for item in items)]
    found = [bunching(_by_day(part), NEAR_THE_LIMIT_DAYS) for part in parts]
    known = [one for one in found if one is not None]
    total = int(near["case_count"].sum())
    if len(items) < FEWEST_ITEMS or len(known) < len(found):
        return row_of(department, "H17", 0, total, obstacle="too_few_cases")
    return row_of(
        department, "H17", max(0.0, min(one.excess_count for one in known)), total,
        probability=max(_chance(one.excess_count, one.excess_low) for one in known),
        count_low=max(0.0, min(one.excess_low for one in known)),
    )  # fmt: skip


def _by_day(near: pl.DataFrame) -> Any:
    days = NEAR_THE_LIMIT_DAYS - near["remaining_days"].to_numpy()
    return np.bincount(days, weights=near["case_count"].to_numpy(), minlength=2 * NEAR_THE_LIMIT_DAYS + 1)


def _chance(excess: float, low: float) -> float:
    """The chance of such an excess, from its 95 % interval."""
    spread = (excess - low) / float(ndtri(0.975))
    return float(ndtr(-excess / spread)) if spread > 0 else 1.0


def of_period_ends(log: Session) -> Iterator[Row]:
    months = log.run("honesty_period_ends").with_columns(
        expected=pl.col("completed_count") / pl.col("month_working_days")
    )
    for (department,), group in months.group_by("department", maintain_order=True):
        total, expected = int(group["completed_count"].sum()), group["expected"].to_numpy()
        last = group["last_day_count"].to_numpy()
        yield row_of(
            str(department) if department is not None else None, "H18", int(last.sum()), total,
            expected_share=float(expected.sum()) / total, probability=repeated_probability(last - expected, expected),
        )  # fmt: skip

"""Why the share of late cases changed from one period to the next: other work, or other handling of the same work.

Source: methods in `statistics/comparison/decomposition`; every effect in points of the share, adding up to the change.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.comparison.groups import groups_due
from efficacy_analytics.statistics.comparison.decomposition import shapley_effects
from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled

PERIODS: Final = ("month", "quarter", "year")


@question
def late_share_changes(log: Session, *, period: str = "quarter") -> pl.DataFrame:
    """The change of the late share from each period of due dates to the next, per department and over all.

    An item of both periods has two effects: `mix_effect` (its share of the cases) and `rate_effect` (its own late
    share), each the mean over both orders. An item of one period only is stated apart, `entry_effect` or
    `exit_effect`. An item counts by how far its late share lies from the mean of the two periods, so that more cases of
    an item that is late less often lower the share.

    Periods are of due dates: of a cohort chosen by acceptance the last ones hold only what was accepted before, and
    so does the last one of a log that ends within it. Ask it of the whole log, and of periods that are over.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        period: `month`, `quarter` or `year` of the due date.

    Returns:
        One row per department (null: all together) and pair of periods that follow each other: `department`,
        `period_before`, `period`, `due_count_before`, `due_count`, `late_share_before`, `late_share`, `change`,
        `mix_effect`, `rate_effect`, `entry_effect`, `exit_effect`; the four effects add up to the change.

    Raises:
        CallError: there is no such period.
    """
    if period not in PERIODS:
        raise CallError(f"a change is not told by '{period}'.", hint=f"one of: {', '.join(PERIODS)}")
    groups = groups_due(log).filter(pl.col("due_count") > 0).with_columns(period=_period(period))
    counts = groups.group_by("department", "period", "item").agg(pl.col("due_count", "late_count").sum())
    whole = groups.group_by("period", "item").agg(pl.col("due_count", "late_count").sum())
    whole = whole.with_columns(department=pl.lit(None, dtype=pl.String)).select(counts.columns)
    parts = [counts.filter(pl.col("department") == name) for name in counts["department"].drop_nulls().unique().sort()]
    rows = [row for part in (whole, *parts) for row in _changes(part.sort("period", "item", nulls_last=True))]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(
        pl.col("^.*_effect$").map_batches(lambda effects: pl.Series(settled(effects.to_numpy())), pl.Float64)
    )


_SCHEMA: Final = {
    "department": pl.String, "period_before": pl.String, "period": pl.String,
    "due_count_before": pl.Int64, "due_count": pl.Int64, "late_share_before": pl.Float64, "late_share": pl.Float64,
    "change": pl.Float64, "mix_effect": pl.Float64, "rate_effect": pl.Float64,
    "entry_effect": pl.Float64, "exit_effect": pl.Float64,
}  # fmt: skip


def _period(period: str) -> pl.Expr:
    year, month = pl.col("month").str.slice(0, 4), pl.col("month").str.slice(5, 2).cast(pl.Int32)
    if period == "year":
        return year
    return pl.col("month") if period == "month" else year + "-Q" + ((month + 2) // 3).cast(pl.String)


def _changes(counts: pl.DataFrame) -> list[tuple[str | int | float | None, ...]]:
    periods = counts["period"].unique().sort().to_list()
    department = counts["department"][0] if counts.height else None
    return [(department, before, after, *_change(counts, before, after)) for before, after in pairwise(periods)]


def _change(counts: pl.DataFrame, before: str, after: str) -> tuple[int | float, ...]:
    one, other = (counts.filter(pl.col("period") == name).drop("period", "department") for name in (before, after))
    items = one.join(other, on="item", how="full", coalesce=True, nulls_equal=True, suffix="_b").fill_null(0)
    items = items.sort("item", nulls_last=True)
    due = [items[name].to_numpy().astype(np.float64) for name in ("due_count", "due_count_b")]
    late = [items[name].to_numpy().astype(np.float64) for name in ("late_count", "late_count_b")]
    shares = [float(part.sum() / all_of.sum()) for part, all_of in zip(late, due, strict=True)]
    weights = [of / of.sum() for of in due]
    rates = [
        np.divide(part, of, out=np.zeros_like(of), where=of > 0) - sum(shares) / 2
        for part, of in zip(late, due, strict=True)
    ]
    is_common, is_new, is_gone = (due[0] > 0) & (due[1] > 0), due[0] == 0, due[1] == 0
    factors = [{"mix": weights[at][is_common], "rate": rates[at][is_common]} for at in (0, 1)]
    effects = shapley_effects(_mean_excess, factors[0], factors[1])
    entry = float(weights[1][is_new] @ rates[1][is_new])
    leaving = 0.0 - float(weights[0][is_gone] @ rates[0][is_gone])
    counted = (int(due[0].sum()), int(due[1].sum()))
    return (*counted, *shares, shares[1] - shares[0], effects["mix"], effects["rate"], entry, leaving)


def _mean_excess(factors: Mapping[str, Floats]) -> float:
    return float(factors["mix"] @ factors["rate"])

"""How many counted days each department takes, beside what the department in the middle would take for the same items.

Open and withdrawn cases count as at least as long as they have lasted. Cases of one month of acceptance share a queue
and vary together. What differs between cases of one item is taken for the department's own.

Source: methods in `statistics/comparison/restricted_means`.
"""

from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.comparison import restricted_means

COLUMNS: Final = {
    "unit": "department", "counted_unit": "counted_unit", "count": "case_count", "finished_count": "completed_count",
    "stratum_count": "item_count", "cluster_count": "month_count", "alone_count": "own_item_count",
    "mean": "restricted_days_mean", "typical_mean": "expected_days_mean", "difference": "days_difference",
    "difference_low": "days_difference_low", "difference_high": "days_difference_high", "position": "position",
    "because": "not_compared_because",
}  # fmt: skip


@question
def department_times(log: Session, *, confidence: float = 0.95) -> pl.DataFrame:
    """The mean counted days of each department's cases beside those of the typical department in the same items.

    restricted_days_mean = sum over items of (cases of the item / all) x mean of min(days, horizon of the item), the
    horizon being the day by which 95 of 100 of its cases are completed, or the last that both sides were watched, by
    Kaplan and Meier. expected_days_mean is, with the same weights, what the other departments took, divided by their
    mean pace in the item; the department in the middle has the pace 1.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        confidence: of each interval; `position` holds for all departments together.

    Returns:
        One row per department and unit in which days are counted, in the order of the codes: `department`,
        `counted_unit`, `case_count`, `completed_count`, `item_count` and `month_count` of the cases that can be
        compared, `own_item_count` (cases of items that no other department has completed enough of),
        `restricted_days_mean`, `expected_days_mean`, `days_difference` with `days_difference_low` and
        `days_difference_high`, `position` (`longer`, `shorter`, `not_told_apart`), `not_compared_because`
        (`no_shared_item`, `few_completed`: fewer than 60, `few_months`: fewer than 10).
    """
    found = [
        _compared(part, confidence).with_columns(counted_unit=pl.lit(unit))
        for (unit,), part in log.run("comparison_times").group_by("counted_unit", maintain_order=True)
    ]
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    told = pl.concat(found).select(pl.col(name).alias(called).cast(_SCHEMA[called]) for name, called in COLUMNS.items())
    return told.sort("department", "counted_unit")


_SCHEMA: Final = {
    "department": pl.String, "counted_unit": pl.String, "case_count": pl.Int64, "completed_count": pl.Int64,
    "item_count": pl.Int64, "month_count": pl.Int64, "own_item_count": pl.Int64, "restricted_days_mean": pl.Float64,
    "expected_days_mean": pl.Float64, "days_difference": pl.Float64, "days_difference_low": pl.Float64,
    "days_difference_high": pl.Float64, "position": pl.String, "not_compared_because": pl.String,
}  # fmt: skip


def _compared(times: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """The departments whose days are counted in one unit; cases without an item are like no other department's."""
    without_item = pl.format("— {}", "department")
    rows = times.select(
        stratum=pl.coalesce("item", without_item), unit="department", cluster="month", days="counted_days",
        is_finished="is_completed", count="case_count",
    )  # fmt: skip
    found = restricted_means.restricted_differences(rows, confidence=confidence)
    difference = pl.col("difference")
    position = (
        pl.when(difference.is_null()).then(None)
        .when(~pl.col("is_apart")).then(pl.lit("not_told_apart"))
        .when(difference > 0).then(pl.lit("longer"))
        .otherwise(pl.lit("shorter"))
    )  # fmt: skip
    because = (
        pl.when(pl.col("stratum_count") == 0).then(pl.lit("no_shared_item"))
        .when(pl.col("finished_count") < restricted_means.FEWEST_FINISHED).then(pl.lit("few_completed"))
        .when(difference.is_null()).then(pl.lit("few_months"))
    )  # fmt: skip
    return found.with_columns(position=position, because=because)

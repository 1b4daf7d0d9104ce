"""How departments compare, as far as a first look can tell.

Each department beside the whole, with an interval and no ranking: the order is that of the codes. Departments with
different work are not yet made comparable here; what differs may be the cases and not the handling.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.performance.on_time import on_time
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks


@question
def departments(log: Session, *, confidence: float = 0.95) -> pl.DataFrame:
    """One row per department: its cases, its on-time share beside the overall one, its times, its largest wait.

    is_separable: the interval of the department's on-time share does not contain the overall share (of all
    judged cases, its own included). One in twenty looks separable by chance at 0.95.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.
        confidence: of the interval, two-sided.

    Returns:
        One row per department, in the order of the codes, null last: `department`, the columns of `on_time`,
        `overall_on_time_share`, `is_separable` (null where nothing was judged),
        `throughput_elapsed_seconds_median` and `counted_days_median` with `counted_unit` of the completed cases
        (null where the department's limits have several units), `bottleneck_activity`,
        `bottleneck_next_activity`, `bottleneck_time_kind`, `bottleneck_share`, `bottleneck_share_low`,
        `bottleneck_share_high` (of the waiting in the department; null where nobody waited).
    """
    shares = on_time(log, confidence=confidence)
    largest = bottlenecks(log, by_department=True, confidence=confidence).filter(
        (pl.col("rank") == 1) & pl.col("share_of_total").is_not_null()  # where nobody waited nothing is the largest
    )
    late_count, judged_count = int(shares["late_count"].sum()), int(shares["judged_count"].sum())
    overall = 1 - late_count / judged_count if judged_count else None
    compared = pl.col("overall_on_time_share")
    outside = (pl.col("on_time_share_low") > compared) | (pl.col("on_time_share_high") < compared)
    return (
        shares.with_columns(pl.lit(overall, dtype=pl.Float64).alias("overall_on_time_share"))
        .with_columns(outside.alias("is_separable"))
        .join(log.run("finding_departments"), on="department", how="left", nulls_equal=True, maintain_order="left")
        .join(_named(largest), on="department", how="left", nulls_equal=True, maintain_order="left")
    )


def _named(largest: pl.DataFrame) -> pl.DataFrame:
    return largest.select(
        "department",
        pl.col("activity").alias("bottleneck_activity"),
        pl.col("next_activity").alias("bottleneck_next_activity"),
        pl.col("time_kind").alias("bottleneck_time_kind"),
        pl.col("share_of_total").alias("bottleneck_share"),
        pl.col("share_low").alias("bottleneck_share_low"),
        pl.col("share_high").alias("bottleneck_share_high"),
    )

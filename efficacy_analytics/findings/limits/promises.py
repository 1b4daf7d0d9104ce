"""Which promises are longer than the law allows, and how many cases kept the promise and not the law.

A promise may be shorter than the statutory limit, never longer. Where the units differ, neither number tells: the two
due dates of each case are compared.

Source: 行政许可法 42 (Administrative Licensing Law): the limits there are the longest.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session


@question
def promises_beyond_statute(log: Session) -> pl.DataFrame:
    """The promised limits under which a case was due later than by the statute.

    Extensions and clock stops are in both due dates; a due date stated by the export is that of the promise.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.

    Returns:
        One row per department, item and pair of limits, most cases first: `department`, `item`, `promised_days`,
        `promised_unit`, `statutory_days`, `statutory_unit`, `case_count` (with both due dates), `longer_count` (due
        later by the promise), `longer_days_most` (calendar days), `judged_count` (due by both), `on_time_share` (by
        the promise), `statutory_on_time_share`, `late_by_statute_only_count` (promise kept, law broken). No row where
        no promise is longer.
    """
    counted = log.run("limit_promises")
    judged = pl.col("judged_count")
    shares = {
        "on_time_share": pl.col("on_time_count"),
        "statutory_on_time_share": pl.col("statutory_on_time_count"),
    }
    return counted.with_columns(
        **{name: pl.when(judged > 0).then(kept / judged) for name, kept in shares.items()}
    ).select(
        *("department", "item", "promised_days", "promised_unit", "statutory_days", "statutory_unit"),
        *("case_count", "longer_count", "longer_days_most", "judged_count"),
        *shares,
        "late_by_statute_only_count",
    )

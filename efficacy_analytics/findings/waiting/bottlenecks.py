"""Where the time goes between the steps, and how sure the order is.

A segment leads from one step of a case to its next. Its share is its waiting over all waiting of the cohort: the
shares add up to 1, and frequency counts once. Where a log records completions only, what lies between two steps is
not known to be waiting and is not called so (`time_kind`).
"""

from typing import Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.waiting.contributions import day_length
from efficacy_analytics.statistics.bootstrap import share_intervals

CLOCKS = ("elapsed", "open")
MOST_BUNDLES = 50_000
"""More cases than this are drawn in bundles of equal size: a sum over bundles varies as one over cases does."""


@question
def bottlenecks(
    log: Session,
    *,
    clock: Literal["elapsed", "open"] = "elapsed",
    by_department: bool = False,
    replicates: int | None = None,
    seed: int | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Segments ranked by their share of all waiting, with a bootstrap interval over cases.

    share_of_total = waiting of the segment / waiting of all segments, of the cohort or of the department. The
    wait of a segment runs from the latest completion before its second step to that step's start; where starts
    are not recorded, to its completion. Intervals are percentiles over cases drawn with replacement.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.
        clock: `elapsed` (all time) or `open` (office hours of working days).
        by_department: rank within each department: that of the step waited for, else that of the case.
        replicates: draws of the bootstrap; by default as in the settings.
        seed: of the bootstrap; by default as in the settings.
        confidence: of the interval, two-sided.

    Returns:
        One row per segment (and department) and kind of time, largest share first, ties by name: `rank`,
        (`department`,) `activity`, `next_activity`, `time_kind` (`waiting` or `between_completions`),
        `case_count`, `transition_count`, `waiting_elapsed_seconds_total`, `_mean`, `_median`, `_p90` (or
        `waiting_open_seconds_…`), `share_of_total`, `share_low`, `share_high` (shares are null where nobody
        waited, intervals where there is one case), `excess_days` (not by department: the sum over cases of what they
        wait above the median of the best quarter of departments; days of 24 hours, or of an average working day's
        open hours).

    Raises:
        CallError: `clock` is neither.

    Source: methods "contribution table"; Efron and Tibshirani 1993 for the interval.
    """
    if clock not in CLOCKS:
        raise CallError(f"bottlenecks know no clock '{clock}'.", hint=f"one of: {', '.join(CLOCKS)}")
    log.build("finding_waits", clock=clock, by_department=by_department)
    segments = log.run("finding_bottlenecks")
    drawn = log.settings.bootstrap
    low, high = _intervals(
        log,
        segments,
        replicates=drawn.replicates if replicates is None else replicates,
        seed=drawn.seed if seed is None else seed,
        confidence=confidence,
    )
    unit = f"waiting_{clock}_seconds"
    excess = [] if by_department else _excess(log, segments, clock)
    return segments.with_columns(low, high, *excess).select(
        "rank",
        *(["department"] if by_department else []),
        "activity",
        "next_activity",
        "time_kind",
        "case_count",
        "transition_count",
        *(pl.col(f"seconds_{part}").alias(f"{unit}_{part}") for part in ("total", "mean", "median", "p90")),
        "share_of_total",
        "share_low",
        "share_high",
        *([] if by_department else ["excess_days"]),
    )


def _excess(log: Session, segments: pl.DataFrame, clock: str) -> list[pl.Series]:
    known = segments.select("segment").join(log.run("finding_excess"), on="segment", how="left", maintain_order="left")
    return [(known["excess"] / day_length(log, clock)).alias("excess_days")]


def _intervals(
    log: Session, segments: pl.DataFrame, *, replicates: int, seed: int, confidence: float
) -> tuple[pl.Expr, pl.Expr]:
    waits = log.run("finding_case_waits", most_bundles=MOST_BUNDLES)
    ends = share_intervals(
        waits["bundle"].to_numpy(),
        waits["segment"].to_numpy(),
        waits["waiting_seconds"].to_numpy(),
        case_count=min(MOST_BUNDLES, log.run("finding_case_count").item()),
        group_of_part=segments["department_number"].to_numpy(),
        replicates=replicates,
        seed=seed,
        confidence=confidence,
    )
    known = pl.when(pl.col("share_of_total").is_not_null())
    low, high = (known.then(pl.lit(pl.Series(end, dtype=pl.Float64)).fill_nan(None)) for end in ends)
    return low.alias("share_low"), high.alias("share_high")

"""Which cases to look at by hand: a random sample by department and risk (自查, 抽查)."""

from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.sampling.stratified import allocation, drawn_places

SAMPLE_SIZE: Final = 100
SEED: Final = 20080501
LATE_WEIGHT: Final = 3.0
"""Late cases are drawn three times as often as their number would have it."""


@question
def audit_sample(log: Session, *, sample_size: int = SAMPLE_SIZE, seed: int = SEED) -> pl.DataFrame:
    """A random sample of the completed cases of a cohort, by department and whether they were late.

    What was withdrawn or not accepted is not completed, and has no decision to look into.

    Args:
        log: the engine of a cohort.
        sample_size: how many cases; two of each stratum are drawn in any case.
        seed: of the draw; the same seed gives the same list.

    Returns:
        One row per case drawn, by stratum and case: `case_key`, `case_id`, `department`, `item`, `is_late`,
        `stratum_case_count` and `drawn_count` (of the stratum), `inclusion_share` (the probability with which the case
        was drawn). What is found in it estimates the whole: `statistics/sampling/stratified.py`.
    """
    cases = log.sql(
        "select case_key, case_id, department, item, coalesce(is_late, false) as is_late from cohort_cases "
        "where completed_on is not null and not is_open and not is_withdrawn and verdict_class <> 'not_accepted' "
        "order by department nulls last, is_late, case_key"
    )
    strata = cases.partition_by("department", "is_late", maintain_order=True)
    sizes = [one.height for one in strata]
    weights = [LATE_WEIGHT if one["is_late"][0] else 1.0 for one in strata]
    counts = allocation(sizes, weights, sample_size) if strata else []
    places = drawn_places(sizes, counts, seed=seed)
    drawn = [_drawn(stratum, chosen) for stratum, chosen in zip(strata, places, strict=True)]
    return pl.concat([_drawn(cases, np.empty(0, dtype=np.int64)), *drawn])


def _drawn(stratum: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    return stratum[places].with_columns(
        stratum_case_count=pl.lit(stratum.height, pl.Int64),
        drawn_count=pl.lit(places.size, pl.Int64),
        inclusion_share=pl.lit(places.size / max(1, stratum.height), pl.Float64),
    )

"""Which cases to look at by hand: a random sample by department and risk (自查, 抽查)."""

from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.sampling.stratified import allocation, drawn_places, share_of_whole
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED

SAMPLE_SIZE: Final = 100
SEED: Final = 20080501
CONFIDENCE: Final = 0.95
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
        was drawn). What is found in it estimates the whole: `share_found`.
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


def share_found(audited: pl.DataFrame, *, confidence: float = CONFIDENCE) -> pl.DataFrame:
    """The share of all completed cases in which is so what an audit found in a sample of them.

    The shares of the strata weighed by their sizes. A case not looked at is taken to be like those of its stratum that
    were.

    Args:
        audited: rows of `audit_sample`: `department`, `is_late`, `stratum_case_count`, and `is_found` (null: not looked
            at).
        confidence: of the interval, two-sided.

    Returns:
        One row: `case_count` (of all strata), `looked_at_count`, `found_count`, `found_share`, and `low_share` and
        `high_share`, the ends of its interval.

    Raises:
        CallError: no case of a stratum was looked at, or a stratum has two sizes.
    """
    strata = audited.group_by("department", "is_late").agg(
        pl.col("stratum_case_count").unique(), looked_at=pl.col("is_found").count(), found=pl.col("is_found").sum()
    ).sort("department", "is_late", nulls_last=True)  # fmt: skip
    for row in strata.iter_rows(named=True):
        told = f"{row['department'] or DEPARTMENT_NOT_STATED['en']}, {'late' if row['is_late'] else 'not late'}"
        if len(row["stratum_case_count"]) != 1 or row["stratum_case_count"][0] < row["looked_at"]:
            raise CallError(f"how many cases there are of {told} is not said.", hint="audit one sample at a time")
        if not row["looked_at"]:
            raise CallError(f"no case of {told} was looked at.", hint="look at one of each stratum at least")
    sizes = [size for (size,) in strata["stratum_case_count"]]
    looked_at, found = strata["looked_at"].to_list(), strata["found"].to_list()
    share, low, high = share_of_whole(sizes, looked_at, found, confidence=confidence)
    return pl.DataFrame(
        {
            "case_count": [sum(sizes)], "looked_at_count": [sum(looked_at)], "found_count": [sum(found)],
            "found_share": [share], "low_share": [low], "high_share": [high],
        }
    )  # fmt: skip


def _drawn(stratum: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    return stratum[places].with_columns(
        stratum_case_count=pl.lit(stratum.height, pl.Int64),
        drawn_count=pl.lit(places.size, pl.Int64),
        inclusion_share=pl.lit(places.size / max(1, stratum.height), pl.Float64),
    )

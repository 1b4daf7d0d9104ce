"""What the safe limits would be if the suspicious clock stops had not stopped the clock."""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.audit import times_without_suspicious_stops
from efficacy_analytics.findings.limits.safe_limits import limits

KEYS = ["department", "item"]


@question
def limits_without_suspicious_stops(
    log: Session, *, share: float | None = None, confidence: float | None = None
) -> pl.DataFrame:
    """The safe limit of each item as recorded, and with the suspicious clock stops put back.

    Args:
        log: the engine of a cohort of a snapshot.
        share: as in `limits`.
        confidence: as in `limits`.

    Returns:
        One row per department and item, in their order: `department`, `item`, `limit_days`, `limit_unit`, `kind`,
        `safe_days`, `kind_without_suspicious_stops`, `safe_days_without_suspicious_stops`.
    """
    without_suspicious_stops = limits(
        log, share=share, confidence=confidence, times=times_without_suspicious_stops(log)
    )
    renamed = without_suspicious_stops.select(
        *KEYS, kind_without_suspicious_stops="kind", safe_days_without_suspicious_stops="safe_days"
    )
    recorded = limits(log, share=share, confidence=confidence)
    return recorded.select(*KEYS, "limit_days", "limit_unit", "kind", "safe_days").join(
        renamed, on=KEYS, how="left", nulls_equal=True, maintain_order="left"
    )

"""Whether it matters which officer decides a case: how much of the differences between like cases lies between officers
(自由裁量). Of departments, never of officers by name, and for the internal edition alone.

Like cases are those of one item in one department that officers of it decide in the same months. What else an officer's
cases have in common (a district, a difficulty that no column tells) is taken for the officer's.

Source: methods in `statistics/comparison/between_share`.
"""

from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.mining.organisation.accounts import find_machine_accounts
from efficacy_analytics.statistics.comparison.between_share import between_share

BECAUSE: Final = {
    "no_shared_stratum": "no_shared_item", "few_doers": "few_officers", "few_periods": "few_months",
    "nothing_differs": "nothing_differs",
}  # fmt: skip
_SCHEMA: Final = {
    "department": pl.String, "officer_count": pl.Int64, "case_count": pl.Int64, "between_officers_share": pl.Float64,
    "between_officers_share_low": pl.Float64, "between_officers_share_high": pl.Float64,
    "is_beyond_chance": pl.Boolean, "not_told_because": pl.String,
}  # fmt: skip


@question
def officer_dispersion(log: Session, *, confidence: float = 0.95) -> pl.DataFrame:
    """The share of the variance of counted days of like cases that lies between the officers who decided them.

    Days count by the normal score of their rank within the item, so that long items and long tails weigh no more. The
    officer is who did the last step up to the completion. 0 says that it does not matter who decides, 1 that nothing
    else does.

    Args:
        log: the engine of a cohort, with the views `cohort_cases` and `cohort_events`.
        confidence: of each interval; `is_beyond_chance` holds for all departments together (Bonferroni).

    Returns:
        One row per department, in the order of the codes: `department`, `officer_count` and `case_count` of the cases
        that can be set against others, `between_officers_share` with `between_officers_share_low` and
        `between_officers_share_high`, `is_beyond_chance`, `not_told_because` (`no_shared_item`: no item of which two
        officers decided 5 cases each, `few_officers`: fewer than 4 with a month of 3 cases, `few_months`,
        `nothing_differs`).
    """
    find_machine_accounts(log)
    rows = log.run("comparison_officers").select(
        "department", stratum=pl.format("{} {}", "item", "counted_unit"), doer="officer", period="month",
        figure="counted_days", count="case_count",
    )  # fmt: skip
    parts = {key[0]: part.drop("department") for key, part in rows.group_by("department", maintain_order=True)}
    found = {department: between_share(part, confidence=confidence) for department, part in parts.items()}
    known = sum(one.share is not None for one in found.values())
    together = 1 - (1 - confidence) / max(known, 1)
    told = []
    for department, one in found.items():
        is_beyond = None if one.low is None else one.low > 0
        if is_beyond and known > 1:
            low = between_share(parts[department], confidence=together).low
            is_beyond = low is not None and low > 0
        because = BECAUSE.get(one.because) if one.because else None
        told.append((department, one.doer_count, one.count, one.share, one.low, one.high, is_beyond, because))
    return pl.DataFrame(told, schema=_SCHEMA, orient="row")

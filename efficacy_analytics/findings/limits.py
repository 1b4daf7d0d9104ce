"""Which time limits could be shorter, with a guarantee.

For each item of a department: the shortest limit that the stated share of cases would keep, from past counted times
and nothing else. What the past cannot support is refused, with the number of cases missing. Past data cannot say how
people will behave under another limit; a limit found here is one that is kept already.
"""

from typing import Any

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.guarantees.proportions import with_share
from efficacy_analytics.guarantees.tolerance import fewest_cases, safe_rank, shortest_safe_limit
from efficacy_analytics.settings import settings

REASONS = {
    "refused": ("mixed_units", "too_few_cases", "too_many_open"),
    "needs_change": ("no_limit", "not_shorter", "above_limit", "above_statutory"),
}
"""Why a limit is not shortened now, by kind; the kind `free` has no reason."""

FOUND = {
    "safe_days": pl.Int32,
    "saved_days": pl.Int32,
    "kind": pl.String,
    "reason": pl.String,
    "missing_count": pl.Int64,
}


def limits(log: DuckdbEngine, *, share: float | None = None, confidence: float | None = None) -> pl.DataFrame:
    """The shortest safe limit of each item, beside the limit in force.

    safe_days is the distribution-free upper bound of the `share` quantile of counted days, open cases counted as
    longer than every completed one (`guarantees.tolerance`). Left out: green-lane and withdrawn cases.
    saved_days = limit in force - safe_days, the limit in force being the promised one, else the statutory one, of
    the case accepted last.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        share: of future cases that must keep the limit; by default as in the settings.
        confidence: that the limit is long enough; by default as in the settings.

    Returns:
        One row per department and item, in their order: `department`, `item`, `statutory_days`, `promised_days`,
        `completed_count`, `open_count`, `on_time_share`, `safe_days`, `saved_days`, `kind`, `reason`,
        `missing_count`, `limit_days`, `limit_unit`, `statutory_unit`, `judged_count`, `on_time_share_low`,
        `on_time_share_high`. Kind and reason: `free` (safe_days below the limit in force); `needs_change`
        because `no_limit` (none is in force: safe_days is what could be promised), `not_shorter` (safe_days is the
        limit: 0 saved), `above_limit` (safe_days is longer than the promise,
        within the law; null where it hangs on open cases that are over the limit already) or `above_statutory`
        (longer than the law allows: no safe_days); `refused` because `mixed_units` (the unit changed, or
        a limit in months is counted in days), `too_few_cases` or `too_many_open`, the last two with
        `missing_count`. The statutory limit caps where it has the unit in which the days are counted.

    Raises:
        CallError: `share` or `confidence` is not between 0 and 1.
    """
    guarantee = settings().guarantee
    asked_share = guarantee.share if share is None else share
    asked_confidence = guarantee.confidence if confidence is None else confidence
    fewest_cases(asked_share, asked_confidence)
    counted = with_share(log.run("finding_limits"), "on_time_share", "on_time_count", "judged_count")
    found = [_found(row, asked_share, asked_confidence) for row in counted.iter_rows(named=True)]
    return pl.concat([counted, pl.DataFrame(found, schema=FOUND)], how="horizontal").select(
        "department",
        "item",
        "statutory_days",
        "promised_days",
        "completed_count",
        "open_count",
        "on_time_share",
        *FOUND,
        "limit_days",
        "limit_unit",
        "statutory_unit",
        "judged_count",
        "on_time_share_low",
        "on_time_share_high",
    )


def _found(row: dict[str, Any], share: float, confidence: float) -> dict[str, Any]:
    if row["unit_count"] > 1 or row["limit_unit"] == "months":
        return _refused("mixed_units")
    days = pl.Series(row["counted_days"] or [], dtype=pl.Int32)
    try:
        safe_days = shortest_safe_limit(days, open_count=row["open_count"], share=share, confidence=confidence)
    except TooFewCasesError as fault:
        count = days.len() + row["open_count"]
        if count < fewest_cases(share, confidence):
            return _refused("too_few_cases", fault.missing_count)
        in_doubt = _refused("too_many_open", fault.missing_count)
        if row["limit_days"] is None:
            return in_doubt
        return _known_longer(row, safe_rank(count, share=share, confidence=confidence)) or in_doubt
    return _judged(safe_days, row)


def _judged(safe_days: int, row: dict[str, Any]) -> dict[str, Any]:
    if row["limit_days"] is None:
        return _row("needs_change", "no_limit", safe_days=safe_days)
    if _is_capped(row) and safe_days > row["statutory_days"]:
        return _row("needs_change", "above_statutory")
    if safe_days < row["limit_days"]:
        return _row("free", safe_days=safe_days, saved_days=row["limit_days"] - safe_days)
    if safe_days == row["limit_days"]:
        return _row("needs_change", "not_shorter", safe_days=safe_days, saved_days=0)
    return _row("needs_change", "above_limit", safe_days=safe_days)


def _known_longer(row: dict[str, Any], rank: int) -> dict[str, Any] | None:
    """What open cases say already: a bound of that rank is longer than a limit that too few can still keep."""
    known_days = [*(row["counted_days"] or []), *(row["open_days"] or [])]
    may_keep = row["completed_count"] + row["open_count"] - len(known_days)
    if _is_capped(row) and may_keep + sum(days <= row["statutory_days"] for days in known_days) < rank:
        return _row("needs_change", "above_statutory")
    if may_keep + sum(days <= row["limit_days"] for days in known_days) < rank:
        return _row("needs_change", "above_limit")
    return None


def _is_capped(row: dict[str, Any]) -> bool:
    return row["statutory_days"] is not None and row["statutory_unit"] == row["counted_unit"]


def _refused(reason: str, missing_count: int | None = None) -> dict[str, Any]:
    return _row("refused", reason, missing_count=missing_count)


def _row(kind: str, reason: str | None = None, **figures: int | None) -> dict[str, Any]:
    return {**dict.fromkeys(FOUND), "kind": kind, "reason": reason, **figures}

"""Which time limits could be shorter, with a guarantee.

For each item of a department: the shortest limit that the stated share of cases would keep in the next quarter, from
past counted times since their last change and nothing else. Cases that share queues count as fewer; the last weeks may
have been slower, and times may grow: the limit is long enough for what the data allow of both. What the past cannot
support is refused, with the reason. Beside the guarantee, and apart from it: what items of the same kind say about a
small one, and how the rule did when it was tried on the past. Past data cannot say how people will behave under another
limit; a limit found here is one that is kept already.
"""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.limits.backtests import limit_backtests
from efficacy_analytics.findings.limits.case_times import (
    KEYS,
    by_item,
    limits_in_force,
    stage_floors,
    tells_the_past,
    times_by_item,
    with_statutory_caps,
)
from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.settings import GuaranteeSettings
from efficacy_analytics.statistics.outliers import share_low
from efficacy_analytics.statistics.proportions import with_share
from efficacy_analytics.statistics.shrinkage import shrunk
from efficacy_analytics.statistics.tolerance import fewest_cases, safe_rank

REASONS = {
    "refused": (
        *("mixed_units", "too_few_cases", "too_many_open"),
        *("queues_swing", "last_weeks_differ", "last_weeks_few", "times_grow"),
    ),
    "needs_change": ("no_limit", "not_shorter", "above_limit", "above_statutory"),
}
"""Why a limit is not shortened now, by kind; the kind `free` has no reason."""

UNSEEN = {"unseen_weeks": pl.Int32, "left_out_count": pl.Int64}
FOUND = {
    "safe_days": pl.Int32,
    "saved_days": pl.Int32,
    "kind": pl.String,
    "reason": pl.String,
    "missing_count": pl.Int64,
    "lower_share": pl.Float64,
    "lower_share_days": pl.Int32,
}
EVIDENCE = {
    "used_from_on": pl.Date,
    "used_last_on": pl.Date,
    "has_changed": pl.Boolean,
    "used_count": pl.Int64,
    "effective_count": pl.Int64,
    "censored_count": pl.Int64,
    "method": pl.String,
    "steady_days": pl.Int32,
    "recent_pace_high": pl.Float64,
    "trend_pace_high": pl.Float64,
    "swing_pace_high": pl.Float64,
    "breach_count": pl.Int64,
    "breach_judged_count": pl.Int64,
    "breach_share_high": pl.Float64,
    "safe_breach_count": pl.Int64,
    "safe_breach_share_high": pl.Float64,
}
SHRUNK = ("shrunk_breach_share", "shrunk_probability")
TRIED = {
    "verdict": "backtest_verdict",
    "case_count": "backtest_case_count",
    "breach_count": "backtest_breach_count",
    "achieved_share": "backtest_share",
}

LOWER_SHARES: Final = (0.98, 0.95, 0.9)
"""Where the share asked for is refused, the highest of these that the past supports is told."""
FEWEST_BREACHES: Final = 5
"""Fewer cases over the limit in force do not say that it is not kept."""


@question
def limits(
    log: Session,
    *,
    share: float | None = None,
    confidence: float | None = None,
    item_count: int = 1,
    times: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The shortest safe limit of each item, beside the limit in force.

    A case is held against a limit as its verdict is: by the shortest limit that it would have kept, with its extension,
    the day stated for it and the rest days on which a limit does not end (`case_times.limit_times`).

    safe_days is the longest of four bounds of the `share` quantile of these days since the last change, open cases
    censored at their age: of these cases, as many as they are worth where they share queues (`statistics.survival`,
    `statistics.dependence`), at the pace of another stretch where queues swing, at that of the last weeks, and at the
    growth that times may have until the next quarter (`statistics.pace`). It is no shorter than the limit of a stage
    within the item's clock. Left out: green-lane and withdrawn cases. saved_days = limit in force - safe_days, the
    limit in force being the promised one, else the statutory one, of the case accepted last.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        share: of future cases that must keep the limit; by default as in the settings.
        confidence: that the limit is long enough; by default as in the settings.
        item_count: how many items the confidence is for, all together (`limit_plan`).
        times: the days that each case needs, as `limit_times` gives them; by default those recorded. The back-test is
            always of those recorded.

    Returns:
        One row per department and item, in their order: `department`, `item`, `statutory_days`, `promised_days`,
        `completed_count`, `open_count`, `on_time_share`, `safe_days`, `saved_days`, `kind`, `reason`, `missing_count`,
        `lower_share` and `lower_share_days` (of what is refused: the highest of 98, 95 and 90 % at which the limit
        could be shortened, and to how many days), `limit_days`, `limit_unit`, `statutory_unit`, `statutory_cap_days`,
        `judged_count`, `on_time_share_low`, `on_time_share_high`, `by_extension_count` (on time by a lawful extension
        only) with `on_time_share_without_extensions` (they count as late), `withdrawn_count` (left out of the days,
        whenever they were withdrawn) with `withdrawn_late_count` of them (judged, late), `untimed_count` (completed,
        with no moment known before: left out of the days), then the evidence:
        `used_from_on` and `used_last_on` (first and last day of acceptance used), `unseen_weeks` (whole weeks from that
        day to the snapshot's: a change in them is not seen), `left_out_count` (cases of theirs that are not used, as
        the data seems to lack open ones), `has_changed` (earlier cases were left out), `used_count`, `effective_count`
        (independent cases they are worth), `censored_count` (open cases younger than steady_days), `method`
        (`order_statistic`, `censored_band`, `last_weeks`, `trend`, `swing`, `stage_limit`), `steady_days` (the limit
        if the last weeks are like those before and times do not grow),
        `recent_pace_high` (times of the last weeks are at most so many times longer; null above twenty),
        `trend_pace_high` (those of the next quarter, than those used; null within half a year), `swing_pace_high`
        (those of another stretch as long, where queues swing; 1 where they do not), `breach_count`,
        `breach_judged_count` and `breach_share_high` (used cases over the limit in force, of how many that can be
        judged, and the upper bound of the breach rate), `safe_breach_count` and `safe_breach_share_high` (the same at
        safe_days), `floor_days` (the longest limit of a stage within), `item_kind`, `shrunk_breach_share` and
        `shrunk_probability` (of the breach rate at the limit in force, with the strength of items of that kind: no
        guarantee), `backtest_verdict`, `backtest_case_count`, `backtest_breach_count`, `backtest_share`
        (`limit_backtests`).

        `kind` is `free` (shorter than the limit in force); `needs_change` because `no_limit`, `not_shorter`,
        `above_limit` (longer than the limit in force, yet within the law; safe_days is null where it hangs on open
        cases that are over the limit already) or `above_statutory` (longer than the law allows: no safe_days);
        `refused` because `mixed_units` (the unit changed, or a limit in months is counted in days), `too_few_cases`,
        `too_many_open` or `queues_swing` (slow and fast spells: the cases are worth too few independent ones), these
        with `missing_count`; or because steady_days would be shorter, but not where another stretch may be slower
        (`queues_swing`), where the last weeks are (`last_weeks_differ`: also a change within the last quarter with too
        few cases since) or may be (`last_weeks_few`), or where times grow (`times_grow`). The statutory limit caps as
        `statutory_cap_days`: in the unit in which the days are counted, so that a limit so long ends after it on no day
        of acceptance.

    Raises:
        CallError: `share` or `confidence` is not between 0 and 1.
    """
    rule = _rule(log.settings.guarantee, share, confidence, item_count)
    counted = with_share(limits_in_force(log), "on_time_share", "on_time_count", "judged_count").with_columns(
        on_time_share_without_extensions=pl.when(pl.col("judged_count") > 0).then(
            (pl.col("on_time_count") - pl.col("by_extension_count")) / pl.col("judged_count")
        )
    )
    floored = (
        with_statutory_caps(log, counted)
        .join(
            stage_floors(log), left_on=[*KEYS, "counted_unit"], right_on=[*KEYS, "unit"], how="left", nulls_equal=True
        )
        .sort(KEYS, nulls_last=True)
    )
    taken = times_by_item(log) if times is None else dict(by_item(times))
    as_on = log.run("snapshot_facts")["as_on"].item() if tells_the_past(log) else None
    found = [
        {**_found(row, times, rule), **_unseen(row, times, as_on)}
        for row in floored.iter_rows(named=True)
        for times in [taken.get((row["department"], row["item"]))]
    ]
    whole = pl.concat([floored, pl.DataFrame(found, schema={**FOUND, **EVIDENCE, **UNSEEN})], how="horizontal")
    borrowed = shrunk(whole, kind="item_kind", breach="breach_count", judged="breach_judged_count", share=rule.share)
    backtests = limit_backtests(log, share=share, confidence=confidence, item_count=item_count)
    tried = backtests.select(*KEYS, *TRIED).rename(TRIED)
    joined = borrowed.join(tried, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    return _arranged(joined.with_columns(pl.col("backtest_verdict").fill_null("not_testable")))


def _rule(guarantee: GuaranteeSettings, share: float | None, confidence: float | None, item_count: int) -> Rule:
    asked_share = guarantee.share if share is None else share
    asked_confidence = guarantee.confidence if confidence is None else confidence
    fewest_cases(asked_share, asked_confidence)
    return Rule(asked_share, asked_confidence, guarantee.change_level, item_count)


def _arranged(whole: pl.DataFrame) -> pl.DataFrame:
    return whole.select(
        *("department", "item", "statutory_days", "promised_days", "completed_count", "open_count", "on_time_share"),
        *FOUND,
        *(
            "limit_days",
            "limit_unit",
            "statutory_unit",
            "statutory_cap_days",
            "judged_count",
            "on_time_share_low",
            "on_time_share_high",
            "by_extension_count",
            "on_time_share_without_extensions",
            "withdrawn_count",
            "withdrawn_late_count",
            "untimed_count",
        ),
        *EVIDENCE,
        *UNSEEN,
        *("floor_days", "item_kind"),
        *SHRUNK,
        *TRIED.values(),
    )


def _found(row: dict[str, Any], times: Times | None, rule: Rule) -> dict[str, Any]:
    nothing = dict.fromkeys(EVIDENCE)
    if row["unit_count"] > 1 or row["limit_unit"] == "months":
        return {**nothing, **_row("refused", "mixed_units")}
    if times is None:
        return {
            **nothing,
            **_row("refused", "too_few_cases", missing_count=fewest_cases(rule.share, rule.item_confidence)),
        }
    fit = fitted(times, rule)
    floor = row["floor_days"] or 0
    verdict = _verdict(fit, row, rule, floor)
    evidence = _evidence(fit, verdict["safe_days"], row["limit_days"], rule.item_confidence)
    return {**evidence, **verdict, **(limit_at_lower_share(row, times, rule) if verdict["kind"] == "refused" else {})}


def _unseen(row: dict[str, Any], times: Times | None, as_on: dt.date | None) -> dict[str, int | None]:
    """The weeks between the last case that counts and the snapshot's day, and the cases left out of them."""
    last_on = times.last_on if times is not None else None
    return {
        "unseen_weeks": (as_on - last_on).days // 7 if as_on and last_on else None,
        "left_out_count": row["completed_count"] + row["open_count"] - (times.day.size if times is not None else 0),
    }


def limit_at_lower_share(row: dict[str, Any], times: Times, rule: Rule) -> dict[str, float | int | None]:
    """Of an item that is refused, the highest of `LOWER_SHARES` at which its limit could be shortened, and that limit.

    Args:
        row: of the item, `limit_days`, `statutory_cap_days` and `floor_days`, in days of one unit.
        times: of its cases, in days of that unit.
        rule: by which it is refused; only lower shares than its own are tried.

    Returns:
        `lower_share` (0-1) and `lower_share_days`; empty where none of them gives a shorter limit.
    """
    for share in LOWER_SHARES:
        lower = replace(rule, share=share)
        if share >= rule.share or times.day.size < fewest_cases(share, lower.item_confidence):
            continue
        verdict = _verdict(fitted(times, lower), row, lower, row["floor_days"] or 0)
        if verdict["kind"] == "free":
            return {"lower_share": share, "lower_share_days": verdict["safe_days"]}
    return {}


def _verdict(fit: Fit, row: dict[str, Any], rule: Rule, floor: int) -> dict[str, Any]:
    """As the limit has it; refused where only the last weeks or a trend stand against a shorter one."""
    if fit.steady_days is None:
        return _refused(fit, row, rule)
    steady = _judged(max(fit.steady_days, floor), row)
    if fit.safe_days is None:
        return _row("refused", fit.reason)
    safe = _judged(max(fit.safe_days, floor), row)
    return safe if safe["kind"] == steady["kind"] else _row("refused", fit.reason)


def _evidence(fit: Fit, safe_days: int | None, limit_days: int | None, confidence: float) -> dict[str, Any]:
    """The cases used, and how many of them are over the limit in force and over the safe one."""
    used = fit.used
    return {
        "used_from_on": fit.used_on[0],
        "used_last_on": fit.used_on[1],
        "has_changed": fit.has_changed,
        "used_count": used.day.size,
        "effective_count": fit.effective_count,
        "censored_count": fit.censored_count,
        "method": "stage_limit" if safe_days not in (None, fit.safe_days) else fit.method,
        "steady_days": fit.steady_days,
        "recent_pace_high": fit.recent_pace_high,
        "trend_pace_high": fit.trend_pace_high,
        "swing_pace_high": fit.swing_pace_high,
        "breach_count": used.longer(limit_days) if limit_days is not None else None,
        "breach_judged_count": used.judged(limit_days) if limit_days is not None else None,
        "breach_share_high": used.share_high(limit_days, confidence, fit.dispersion)
        if limit_days is not None
        else None,
        "safe_breach_count": used.longer(safe_days) if safe_days is not None else None,
        "safe_breach_share_high": used.share_high(safe_days, confidence, fit.dispersion)
        if safe_days is not None
        else None,
    }


def _refused(fit: Fit, row: dict[str, Any], rule: Rule) -> dict[str, Any]:
    """As the fit has it, unless what is known says already that the limit in force is not safe."""
    in_doubt = _row("refused", fit.reason, missing_count=fit.missing_count)
    if fit.reason == "too_few_cases" and _is_broken(fit, row["limit_days"], rule):
        return _row("needs_change", "above_limit")
    if fit.reason != "too_many_open" or row["limit_days"] is None:
        return in_doubt
    rank = safe_rank(fit.used.day.size, share=rule.share, confidence=rule.item_confidence, dispersion=fit.dispersion)
    may_keep = fit.used.day.size
    if _is_capped(row) and may_keep - fit.used.longer(row["statutory_cap_days"]) < rank:
        return _row("needs_change", "above_statutory")
    if may_keep - fit.used.longer(row["limit_days"]) < rank:
        return _row("needs_change", "above_limit")
    return in_doubt


def _is_broken(fit: Fit, limit_days: int | None, rule: Rule) -> bool:
    """Whether more of the few cases break the limit in force than it may let through: no number of cases will help."""
    if limit_days is None or fit.used.longer(limit_days) < FEWEST_BREACHES:
        return False
    counts = np.array([fit.used.longer(limit_days), fit.used.judged(limit_days)]) / fit.dispersion
    return bool(share_low(counts[0], counts[1], confidence=rule.item_confidence) > 1 - rule.share)


def _judged(safe_days: int, row: dict[str, Any]) -> dict[str, Any]:
    if row["limit_days"] is None:
        return _row("needs_change", "no_limit", safe_days=safe_days)
    if _is_capped(row) and safe_days > row["statutory_cap_days"]:
        return _row("needs_change", "above_statutory")
    if safe_days < row["limit_days"]:
        return _row("free", safe_days=safe_days, saved_days=row["limit_days"] - safe_days)
    if safe_days == row["limit_days"]:
        return _row("needs_change", "not_shorter", safe_days=safe_days, saved_days=0)
    return _row("needs_change", "above_limit", safe_days=safe_days)


def _is_capped(row: dict[str, Any]) -> bool:
    return row["statutory_cap_days"] is not None


def _row(kind: str, reason: str | None = None, **figures: int | None) -> dict[str, Any]:
    return {**dict.fromkeys(FOUND), "kind": kind, "reason": reason, **figures}

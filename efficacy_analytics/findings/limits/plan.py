"""The compression table of a whole catalogue (压缩项目表), and what any target would cost.

Two plans that must not be confused. `limit_plan` proposes only limits with a guarantee that holds for all items
together. `plan_for` takes a target (a total of days, or an on-time share) and finds the limits that reach it with the
fewest past cases above them: exact for the past, without a guarantee for the future.
"""

from typing import Any

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.limits.case_times import limits_in_force, with_statutory_caps
from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.findings.limits.waits_to_cut import limit_steps
from efficacy_analytics.statistics.choices import Frontier, frontier
from efficacy_analytics.statistics.tolerance import safe_rank
from efficacy_analytics.vocabulary import UNITS

KEYS = ["department", "item"]
STEPS = {"step_activity": pl.String, "step_next_activity": pl.String, "step_needed_days": pl.Int32}

EVIDENCE = (
    *("untimed_count", "used_from_on", "unseen_weeks", "left_out_count", "used_count", "method", "breach_share_high"),
    "backtest_verdict",
)


@question
def limit_plan(log: Session, *, share: float | None = None, confidence: float | None = None) -> pl.DataFrame:
    """For every item the limit that could be promised, with a guarantee for all items together.

    Each of the m items with a limit in force is judged at the confidence 1 - (1 - confidence) / m (Bonferroni), so that
    with the stated confidence *every* proposed limit is kept by the stated share. m does not depend on what is found.
    No limit rests on a change for the better alone: it is no shorter than one from all cases of its item.
    Items that need a change first are told which single wait, cut by how many days, would let them keep the limit in
    force (`limit_steps`).

    Args:
        log: the engine of a cohort.
        share: of future cases that must keep a limit; by default as in the settings.
        confidence: that all proposed limits are long enough; by default as in the settings.

    Returns:
        One row per item with a limit in force, most days saved first: `department`, `item`, `statutory_days`,
        `statutory_unit`, `promised_days`, `limit_days`, `limit_unit`, `proposed_days` (the limit in force where none
        shorter can be guaranteed, and none where that is longer than the statute allows), `saved_days`, `saved_share`,
        `case_count` (completed and open), `breach_count` (of the used cases those over the proposed limit, as `limits`
        counts them: completed later, or open and over it already; null where none is proposed), `kind`, `reason`,
        `missing_count`, `item_count` (m), for those that need a change `step_activity`, `step_next_activity`,
        `step_needed_days`, null where no single wait is enough, and the evidence: `untimed_count` (completed cases
        without a time), `used_from_on`, `unseen_weeks`, `left_out_count`, `used_count`, `method`, `breach_share_high`
        (the upper bound of the breach rate at the proposed limit, at the confidence of one item), `backtest_verdict`.
        No row where no item has a limit.
    """
    guarantee = log.settings.guarantee
    asked_share = guarantee.share if share is None else share
    asked_confidence = guarantee.confidence if confidence is None else confidence
    item_count = limits_in_force(log)["limit_days"].count()
    found = limits(log, share=asked_share, confidence=asked_confidence, item_count=max(1, item_count))
    is_free = pl.col("kind") == "free"
    plan = found.filter(pl.col("limit_days").is_not_null()).with_columns(
        proposed_days=pl.when(is_free).then("safe_days").when(~_is_beyond_law()).then("limit_days"),
        saved_days=pl.when(is_free).then("saved_days").otherwise(0),
        case_count=pl.col("completed_count") + pl.col("open_count"),
        item_count=pl.lit(item_count),
        breach_count=pl.when(is_free)
        .then("safe_breach_count")
        .when(~_is_beyond_law())
        .then("breach_count")
        .cast(pl.Int64),
        breach_share_high=pl.when(is_free).then("safe_breach_share_high").otherwise("breach_share_high"),
    )
    return (
        plan.with_columns(
            saved_share=pl.when(pl.col("limit_days") > 0).then(pl.col("saved_days") / pl.col("limit_days"))
        )
        .join(_steps(log, plan, asked_share, asked_confidence), on=KEYS, how="left", nulls_equal=True)
        .select(
            *KEYS,
            *("statutory_days", "statutory_unit", "promised_days", "limit_days", "limit_unit", "proposed_days"),
            "saved_days",
            *("saved_share", "case_count", "breach_count", "kind", "reason", "missing_count", "item_count"),
            *STEPS,
            *EVIDENCE,
        )
        .sort("saved_days", *KEYS, descending=[True, False, False], nulls_last=True)
    )


@question
def plan_frontier(log: Session, *, unit: str | None = None) -> pl.DataFrame:
    """What every total of days saved costs at least: the fewest completed cases above the shorter limits.

    Args:
        log: the engine of a cohort.
        unit: of the limits that are added up; others stay as they are and are left out. Without one, the unit of most
            items.

    Returns:
        One row per total that no other total with as few cases above exceeds, from none on: `saved_days_total`,
        `limit_days_total`, `limit_unit`, `breach_count`, `case_count`, `on_time_share`.

    Raises:
        CannotAnswerError: no item has a limit of that unit and a completed case.
    """
    items, solved = _solved(log, unit)
    gains = np.flatnonzero(solved.cost_of_gain < np.iinfo(np.int64).max // 4)
    costs = solved.cost_of_gain[gains]
    is_kept = costs < np.append(np.minimum.accumulate(costs[::-1])[::-1][1:], np.iinfo(np.int64).max)
    case_count = int(items["completed_count"].sum())
    return pl.DataFrame({"saved_days_total": gains[is_kept], "breach_count": costs[is_kept]}).select(
        "saved_days_total",
        limit_days_total=int(items["limit_days"].sum()) - pl.col("saved_days_total"),
        limit_unit=pl.lit(items["limit_unit"][0]),
        breach_count="breach_count",
        case_count=pl.lit(case_count),
        on_time_share=1 - pl.col("breach_count") / case_count,
    )


@question
def plan_for(
    log: Session,
    *,
    on_time_share: float | None = None,
    limit_days_total: int | None = None,
    unit: str | None = None,
) -> pl.DataFrame:
    """The limits that reach a target with the fewest past cases above them.

    Args:
        log: the engine of a cohort.
        on_time_share: of the completed cases of all items that must keep the new limits: the most days are saved.
        limit_days_total: what all limits may add up to: the fewest cases lie above. One of the two is given.
        unit: of the limits that are added up; without one, the unit of most items.

    Returns:
        One row per item of that unit, most days saved first: `department`, `item`, `limit_days`, `limit_unit`,
        `proposed_days`, `saved_days`, `completed_count`, `breach_count`, `on_time_share` (each at the proposed limit).

    Raises:
        CallError: none or both of the targets are given, or the share is not between 0 and 1.
        CannotAnswerError: the target cannot be reached by shortening limits; the hint says what can.
    """
    if (on_time_share is None) == (limit_days_total is None):
        raise CallError("a plan needs one target.", hint="give either an on-time share or a total of days")
    items, solved = _solved(log, unit)
    if on_time_share is not None:
        if not 0 < on_time_share < 1:
            raise CallError(f"the on-time share must lie between 0 and 1, got {on_time_share}.", hint="0.98 is 98 %")
        options = solved.most_gain(_most_breaches(items, solved, on_time_share))
    else:
        options = solved.least_cost(int(items["limit_days"].sum()) - int(limit_days_total or 0))
    saved = pl.Series("saved_days", solved.gain[options], dtype=pl.Int32)
    plan = items.with_columns(saved).with_columns(proposed_days=pl.col("limit_days") - pl.col("saved_days"))
    return (
        plan.with_columns(breach_count=_above("proposed_days"))
        .with_columns(on_time_share=1 - pl.col("breach_count") / pl.col("completed_count"))
        .select(
            *(*KEYS, "limit_days", "limit_unit", "proposed_days", "saved_days"),
            *("completed_count", "breach_count", "on_time_share"),
        )
        .sort("saved_days", *KEYS, descending=[True, False, False], nulls_last=True)
    )


def _most_breaches(items: pl.DataFrame, solved: Frontier, on_time_share: float) -> int:
    """How many cases may lie above the limits, once the limits in force themselves allow no more."""
    case_count = int(items["completed_count"].sum())
    most, now = int((1 - on_time_share) * case_count + 1e-9), int(solved.cost_of_gain.min())
    if now > most:
        raise CannotAnswerError(
            f"the limits in force are kept by {1 - now / case_count:.1%} of {case_count} cases, fewer than asked.",
            hint=f"ask for at most {int(1000 * (1 - now / case_count)) / 1000}, or change the process first",
        )
    return most


def _is_beyond_law() -> pl.Expr:
    """Whether the limit in force is longer than the statute allows."""
    return (pl.col("limit_days") > pl.col("statutory_cap_days")).fill_null(value=False)


def _times(log: Session) -> pl.DataFrame:
    """Each item's counted days, one list a row."""
    items = with_statutory_caps(log, limits_in_force(log))
    columns = ("limit_days", "limit_unit", "unit_count", "needed_days", "statutory_cap_days")
    return items.select(*KEYS, *columns)


def _above(limit: str) -> pl.Expr:
    """How many of the counted days lie above a limit."""
    return (pl.col("needed_days") - pl.col(limit)).list.eval((pl.element() > 0).sum()).list.first().cast(pl.Int64)


def _steps(log: Session, plan: pl.DataFrame, share: float, confidence: float) -> pl.DataFrame:
    """For items above their limit, the wait with the smallest cut that would be enough."""
    over = plan.filter(pl.col("kind") == "needs_change")
    allowed = [
        max(0, count - safe_rank(count, share=share, confidence=confidence)) for count in over["completed_count"]
    ]
    asked = over.select(*KEYS, target_days=pl.min_horizontal("limit_days", "statutory_cap_days")).with_columns(
        pl.Series("allowed_count", allowed, pl.Int64)
    )
    if asked.is_empty():
        return pl.DataFrame(schema={**dict.fromkeys(KEYS, pl.String), **STEPS})
    cuts = limit_steps(log, asked).group_by(KEYS, maintain_order=True).first()
    names = dict(zip(("activity", "next_activity", "needed_days"), STEPS, strict=True))
    return cuts.select(*KEYS, *names).rename(names)


def _solved(log: Session, unit: str | None) -> tuple[pl.DataFrame, Frontier]:
    """The items of a unit that have completed cases, and what each total of days costs them."""
    timed = (
        _times(log)
        .filter((pl.col("limit_unit") != "on_the_spot") & (pl.col("unit_count") == 1))
        .filter(pl.col("limit_days").is_not_null())
        .with_columns(completed_count=pl.col("needed_days").list.len().cast(pl.Int64))
        .filter(pl.col("completed_count") > 0)
    )
    items = timed.filter(pl.col("limit_unit") == (unit or _unit_of_most(timed)))
    if items.is_empty():
        asked = UNITS[unit]["en"] if unit else "days"
        raise CannotAnswerError(f"no item has a limit in {asked} and a completed case.", hint="widen the cohort")
    rows = [_options(group, row) for group, row in enumerate(items.iter_rows(named=True))]
    group, gain, cost = (np.concatenate(column) for column in zip(*rows, strict=True))
    return items, frontier(group, gain, cost)


def _unit_of_most(items: pl.DataFrame) -> str:
    """The unit of most items' limits; of as many the first as units are listed."""
    counts = dict(items["limit_unit"].value_counts().rows())
    return max(UNITS, key=lambda unit: counts.get(unit, 0))


def _options(group: int, row: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Every limit from none to the longest in force that the statute allows: its group, days saved, cases above."""
    longest = (
        row["limit_days"] if row["statutory_cap_days"] is None else min(row["limit_days"], row["statutory_cap_days"])
    )
    kept = np.arange(longest + 1, dtype=np.int64)
    days = np.sort(np.asarray(row["needed_days"], dtype=np.int64))
    above = len(days) - np.searchsorted(days, kept, side="right")
    return np.full(len(kept), group, dtype=np.int64), row["limit_days"] - kept, above.astype(np.int64)

"""Whether limits set by this rule would have been kept: fitted on the past, tried on what came next.

At the start of each quarter (or month) of acceptance the rule sees what was known then: cases accepted earlier, those
not yet completed as open. Its limit is held against the cases accepted in that quarter. Over all quarters, the share
that kept it stands beside the promised one.
"""

import datetime as dt
from collections import defaultdict
from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.limits.case_times import (
    KEYS,
    ItemKey,
    by_item,
    limit_times,
    limits_in_force,
    tells_the_past,
    times_of_days,
)
from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.statistics.pace import pace_bound
from efficacy_analytics.statistics.proportions import with_share
from efficacy_analytics.statistics.tolerance import fewest_cases

STEPS: Final = {"month": 1, "quarter": 3}
MOST_PERIODS: Final = 12
SLOWER_LEVEL: Final = 0.05
COUNTS: Final = ("period_count", "case_count", "breach_count", "undecided_count", "limit_days_least", "limit_days_most")
COLUMNS: Final = (
    *KEYS,
    *COUNTS,
    *("achieved_share", "achieved_share_low", "achieved_share_high", "promised_share", "verdict"),
)


@question
def limit_backtests(
    log: Session,
    *,
    share: float | None = None,
    confidence: float | None = None,
    item_count: int = 1,
    every: str = "quarter",
) -> pl.DataFrame:
    """How the rule for safe limits did on each item, over at most the last twelve periods.

    Args:
        log: the engine of a cohort.
        share: of cases that must keep the limit; by default as in the settings.
        confidence: that the limit is long enough; by default as in the settings.
        item_count: how many items the confidence is for, all together.
        every: how often the limit is set anew: "month" or "quarter" of acceptance.

    Returns:
        One row per department and item, in their order: `department`, `item`, `period_count` (periods in which the past
        supported a limit and cases came), `case_count` (of those periods, known to have kept or broken the limit),
        `breach_count`, `undecided_count` (still open and younger than the limit; left out), `limit_days_least` and
        `limit_days_most` (the limits tried), `achieved_share` with its exact 95 % interval `_low` and `_high`,
        `promised_share`, and `verdict`: `failed` where the whole interval lies below the promise; `not_testable` where
        fewer cases were tried than hold one breach on average at the promised share; `undecided` where a quarter with
        undecided cases is slower than the cases its limit was found from (`statistics.pace`, at 5 %); else `passed`.

    Raises:
        CallError: `every` is neither of the two.
    """
    if every not in STEPS:
        raise CallError(f"limits are not tried by {every!r}.", hint="month or quarter")
    guarantee = log.settings.guarantee
    rule = Rule(
        guarantee.share if share is None else share,
        guarantee.confidence if confidence is None else confidence,
        guarantee.change_level,
        item_count,
    )
    times = limit_times(log)
    trials = pl.DataFrame(
        _trials(log, times.join(_mixed(log), on=KEYS, how="anti", nulls_equal=True), rule, STEPS[every]),
        schema={
            **dict.fromkeys(KEYS, pl.String),
            **dict.fromkeys(("limit_days", *COUNTS[1:4]), pl.Int64),
            "is_slower": pl.Boolean,
        },
        orient="row",
    )
    return _judged(times, trials, rule.share)


def _mixed(log: Session) -> pl.DataFrame:
    """The items whose days are of several units, or held against a limit in months: nothing can be tried on them."""
    return limits_in_force(log).filter((pl.col("unit_count") > 1) | (pl.col("limit_unit") == "months"))


def _trials(
    log: Session, times: pl.DataFrame, rule: Rule, months: int
) -> list[tuple[str | None, str | None, int, int, int, int, bool]]:
    """Each period and item with a limit: the limit, cases tried, broken, undecided, and whether these are slower."""
    coming = defaultdict(list)
    periods = list(_periods(times, months)) if tells_the_past(log) else []
    for (day, until), known in zip(periods, times_of_days(log, [day for day, _ in periods]), strict=True):
        fits = _fits_known(known, rule)
        for key, cases in by_item(times.filter(pl.col("accepted_on").is_between(day, until, closed="left"))):
            if key in fits:
                coming[key].append(_trial(fits[key], cases))
    return [(*key, *trial) for key, trials in coming.items() for trial in trials]


def _trial(fit: Fit, cases: Times) -> tuple[int, int, int, int, bool]:
    limit_days = fit.safe_days or 0
    judged = cases.judged(limit_days)
    undecided = cases.day.size - judged
    return limit_days, judged, cases.longer(limit_days), undecided, undecided > 0 and _is_slower(fit, cases.known)


def _is_slower(fit: Fit, cases: Times) -> bool:
    """Whether the cases of a period are slower than those its limit was found from."""
    used = fit.used.known
    earlier, later = ((some.needed_days, some.is_open) for some in (used, cases))
    return pace_bound(earlier, later, confidence=SLOWER_LEVEL, dispersion=fit.recent_dispersion) > 1


def _fits_known(known: pl.DataFrame, rule: Rule) -> dict[ItemKey, Fit]:
    least = fewest_cases(rule.share, rule.item_confidence)
    fits = ((key, fitted(cases, rule)) for key, cases in by_item(known) if cases.day.size >= least)
    return {key: fit for key, fit in fits if fit.safe_days is not None}


def _periods(times: pl.DataFrame, months: int) -> list[tuple[dt.date, dt.date]]:
    """The last periods of acceptance but the first, each with the day after its end."""
    days = times["accepted_on"].drop_nulls().dt.truncate(f"{months}mo").unique().sort().to_list()[1:]
    return [(day, _after(day, months)) for day in days[-MOST_PERIODS:]]


def _after(day: dt.date, months: int) -> dt.date:
    month = day.month - 1 + months
    return dt.date(day.year + month // 12, month % 12 + 1, 1)


def _judged(times: pl.DataFrame, trials: pl.DataFrame, share: float) -> pl.DataFrame:
    summed = trials.group_by(KEYS, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("period_count"),
        *(pl.col(name).sum() for name in COUNTS[1:4]),
        limit_days_least=pl.col("limit_days").min(),
        limit_days_most=pl.col("limit_days").max(),
        is_slower=pl.col("is_slower").any(),
    )
    items = times.select(KEYS).unique().join(summed, on=KEYS, how="left", nulls_equal=True)
    counted = items.with_columns(pl.col(COUNTS[:4]).fill_null(0)).with_columns(
        kept_count=pl.col("case_count") - pl.col("breach_count"), promised_share=pl.lit(share)
    )
    known = with_share(counted.sort(KEYS, nulls_last=True), "achieved_share", "kept_count", "case_count")
    verdict = (
        pl.when(pl.col("achieved_share_high") < share)
        .then(pl.lit("failed"))
        .when(pl.col("case_count") * (1 - share) < 1 - 1e-9)
        .then(pl.lit("not_testable"))
        .when(pl.col("is_slower"))
        .then(pl.lit("undecided"))
        .otherwise(pl.lit("passed"))
    )
    return known.with_columns(verdict=verdict).select(COLUMNS)

"""The limit of one item: since the last change, open cases censored, and long enough for the quarter to come.

Three bounds, of which the longest is the limit. Steady: the share of the cases since the last change, as many as they
are worth where they share queues. The last weeks: the quantile, longer by the pace that those weeks may have. The
trend: the quantile of the cases moved to the next quarter, at the steepest growth that the data allow. Of the trend two
errors of like size come together, the quantile's and the growth's; each is bounded at the confidence whose normal
quantile is that of the rule over the root of two.
"""

from dataclasses import replace
from math import ceil, inf, isfinite, sqrt
from typing import Final

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.statistics.changes import Spell, last_spell
from efficacy_analytics.statistics.dependence import dispersion, exceedance_dispersion, pace_dispersion_implied
from efficacy_analytics.statistics.log_rank import Floats
from efficacy_analytics.statistics.pace import growth_bound, pace_of_next_quarter, recent_pace_bound
from efficacy_analytics.statistics.survival import ROUNDING, SafeLimit, over_share, quantile_days, safe_limit
from efficacy_analytics.statistics.tolerance import fewest_cases

LEAST_TREND_DAYS: Final = 182
"""In cases that span less than half a year no trend is looked for."""
LATELY_DAYS: Final = 91
"""A change so long ago, or less, is one of the last weeks."""
PARTS_OF_A_DAY: Final = 8
MOST_CANDIDATES: Final = 40


def fitted(times: Times, rule: Rule) -> Fit:
    """The shortest safe limit for the next quarter, from the cases since the last change.

    Of many items judged together some seem to have become quicker by chance, and those would be chosen: there a limit
    is no shorter than one from all cases.
    """
    known = times.known
    spell = last_spell(known.day, known.counted_days, known.is_open, level=rule.change_level)
    if not spell.place:
        return _fit(Fit(times, has_changed=False), spell, rule)
    since = _fit(Fit(times.where(times.day >= known.day[spell.place]), has_changed=True), spell, rule)
    if rule.item_count == 1 or since.safe_days is None:
        return since
    throughout = Spell(0, dispersion(known.day, known.counted_days, known.is_open, []))
    whole = _fit(Fit(times, has_changed=False), throughout, rule)
    return since if whole.safe_days is not None and whole.safe_days <= since.safe_days else whole


def _fit(fit: Fit, spell: Spell, rule: Rule) -> Fit:
    """The longest of the three bounds from the cases used."""
    fit = _dispersed(fit, spell, rule)
    done, age = fit.used.completed_days, fit.used.open_days
    try:
        steady = _safe_limit(done, age, rule, rule.item_confidence, fit.dispersion)
    except TooFewCasesError as fault:
        return replace(fit, reason=_few(fit, rule), missing_count=fault.missing_count)
    found = replace(fit, steady_days=steady.days, censored_count=steady.censored_count, method=steady.method)
    return _longest(found, rule, _recent_bound(found, rule), _trend_bound(found, rule))


def _safe_limit(done: pl.Series, age: pl.Series, rule: Rule, confidence: float, dispersion: float) -> SafeLimit:
    return safe_limit(done, age, share=rule.share, confidence=confidence, dispersion=dispersion)


def _dispersed(fit: Fit, spell: Spell, rule: Rule) -> Fit:
    """With the dispersions of the cases used: over the limit, and of the pace as far as long times share in it."""
    done, age, pace = fit.used.completed_days, fit.used.open_days, spell.dispersion
    days, (exceedance, exceedance_high) = _exceedance(fit, rule)
    over = min(max(over_share(done, age, days), 0.5 / max(1, fit.used.day.size)), rule.share)
    most = pace_dispersion_implied(exceedance_high, over)
    return replace(
        fit,
        dispersion=exceedance,
        recent_dispersion=min(pace.of_a_month, most),
        growth_dispersion=min(pace.ratio, most),
    )


def _exceedance(fit: Fit, rule: Rule) -> tuple[int, tuple[float, float]]:
    """The first day from the quantile on that is a safe limit by its own dispersion, and that; else the least one."""
    known, tried = fit.used.known, []
    for days in _candidates(fit.used, rule.share):
        exceedance = exceedance_dispersion(known.day, known.counted_days, known.is_open, days)
        if fit.used.share_high(days, rule.item_confidence, exceedance[0]) <= 1 - rule.share + ROUNDING:
            return days, exceedance
        tried.append((exceedance, days))
    exceedance, days = min(tried, default=((1.0, 1.0), 0))
    return days, exceedance


def _candidates(used: Times, share: float) -> list[int]:
    """The quantile of the completed cases and up to forty longer times of theirs, ascending."""
    days = np.sort(used.completed_days.to_numpy())
    first = quantile_days(used.completed_days, used.open_days, share=share)
    longer = np.unique(days if first is None else days[days >= first])
    places = np.unique(np.linspace(0, longer.size - 1, MOST_CANDIDATES).round().astype(np.int64))
    return [int(one) for one in longer[places]] if longer.size else []


def _few(fit: Fit, rule: Rule) -> str:
    """Why the used cases support no limit."""
    least = fewest_cases(rule.share, rule.item_confidence)
    if fit.has_changed and fit.used.span_days < LATELY_DAYS:
        return "last_weeks_differ"
    if fit.used.day.size < least:
        return "too_few_cases"
    if fit.effective_count >= least:
        return "too_many_open"
    return "times_grow" if _is_growing(fit, rule) else "queues_swing"


def _longest(fit: Fit, rule: Rule, recent: tuple[float, float], trend: tuple[float, float | None]) -> Fit:
    """The longest of the three bounds; the reason says what made it longer than the steady one."""
    (recent_days, recent_pace), (trend_days, trend_pace) = recent, trend
    paced = replace(fit, recent_pace_high=recent_pace if isfinite(recent_pace) else None, trend_pace_high=trend_pace)
    days = max(recent_days, trend_days)
    if fit.steady_days is not None and days <= fit.steady_days:
        return replace(paced, safe_days=fit.steady_days)
    is_trend = trend_days > recent_days
    reason = "times_grow" if is_trend else "last_weeks_differ" if _is_slower(fit, rule) else "last_weeks_few"
    method = "trend" if is_trend else "last_weeks"
    return replace(paced, safe_days=int(days) if isfinite(days) else None, method=method, reason=reason)


def _recent_bound(fit: Fit, rule: Rule) -> tuple[float, float]:
    """The quantile at the pace that the last weeks may have, and that pace."""
    pace = _recent_pace(fit, rule.item_confidence)
    days = quantile_days(fit.used.completed_days, fit.used.open_days, share=rule.share)
    if pace <= 1 or days is None:
        return days or 0, pace
    return (ceil(float(_paced(np.array([days]), np.array([pace]))[0])) if isfinite(pace) else inf), pace


def _recent_pace(fit: Fit, confidence: float) -> float:
    known = fit.used.known
    return recent_pace_bound(
        known.day, known.counted_days, known.is_open, confidence=confidence, dispersion=fit.recent_dispersion
    )


def _is_slower(fit: Fit, rule: Rule) -> bool:
    """Whether the last weeks are slower than by chance, at the level of changes."""
    return _recent_pace(fit, rule.change_level) > 1


def _growth(fit: Fit, confidence: float) -> float:
    known = fit.used.known
    return growth_bound(
        known.day, known.counted_days, known.is_open, confidence=confidence, dispersion=fit.growth_dispersion
    )


def _is_growing(fit: Fit, rule: Rule) -> bool:
    """Whether times grow more than by chance, at the level of changes."""
    return fit.used.known.span_days >= LEAST_TREND_DAYS and _growth(fit, rule.change_level) > 0


def _trend_bound(fit: Fit, rule: Rule) -> tuple[float, float | None]:
    """The quantile of the cases moved to the next quarter, and by how much they are longer there on average."""
    known = fit.used.known
    if known.span_days < LEAST_TREND_DAYS:
        return 0, None
    confidence = float(ndtr(ndtri(rule.item_confidence) / sqrt(2)))
    growth = _growth(fit, confidence)
    paces = pace_of_next_quarter(known.day, growth)
    if growth <= 0:
        return 0, float(paces.mean())
    parts = np.round(_paced(known.counted_days, paces) * PARTS_OF_A_DAY).astype(np.int64)
    moved = replace(known, counted_days=parts)
    try:
        found = _safe_limit(moved.completed_days, _with_unknown_ages(moved, fit), rule, confidence, fit.dispersion)
    except TooFewCasesError:
        return inf, float(paces.mean())
    return ceil(found.days / PARTS_OF_A_DAY), float(paces.mean())


def _with_unknown_ages(moved: Times, fit: Fit) -> pl.Series:
    """The ages of the open cases; null for those not known."""
    unknown = fit.used.day.size - moved.day.size
    return pl.concat([moved.open_days, pl.Series([None] * unknown, dtype=pl.Int64)])


def _paced(counted_days: Floats | np.ndarray[tuple[int], np.dtype[np.int64]], pace: Floats) -> Floats:
    """Whole days at another pace: a count of n stands for times of n - 1 to n days, whose middle is moved."""
    return np.maximum(counted_days, (counted_days - 0.5) * pace)

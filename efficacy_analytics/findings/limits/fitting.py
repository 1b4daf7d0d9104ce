"""The limit of one item: since the last change, open cases censored, and long enough for the quarter to come.

Four bounds, of which the longest is the limit: that of the cases since the last change, as many as they are worth
where they share queues, the same at the pace of another stretch as long where queues swing, and those for the pace of
the last weeks and for a trend (`bounds`).
"""

from dataclasses import replace
from math import isfinite
from typing import Final

import numpy as np

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.limits.bounds import is_growing, is_slower, recent_bound, swing_bound, trend_bound
from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.statistics.changes import Spell
from efficacy_analytics.statistics.dependence import dispersion, pace_dispersion_implied
from efficacy_analytics.statistics.survival import ROUNDING, safe_limit
from efficacy_analytics.statistics.tolerance import fewest_cases

LATELY_DAYS: Final = 91
"""A change so long ago, or less, is one of the last weeks."""
MOST_CANDIDATES: Final = 40


def fitted(times: Times, rule: Rule) -> Fit:
    """The shortest safe limit for the next quarter, from the cases since the last change.

    Of many items judged together some seem to have become quicker by chance, and those would be chosen: there a limit
    is no shorter than one from all cases.
    """
    known = times.known
    spell = times.last_spell(rule.change_level)
    if not spell.place:
        return _fit(Fit(times, has_changed=False), spell, rule)
    since = _fit(Fit(times.accepted_since(int(known.day[spell.place])), has_changed=True), spell, rule)
    if rule.item_count == 1 or since.safe_days is None:
        return since
    throughout = Spell(0, dispersion(known.day, known.needed_days, known.is_open, []))
    whole = _fit(Fit(times, has_changed=False), throughout, rule)
    return since if whole.safe_days is not None and whole.safe_days <= since.safe_days else whole


def _fit(fit: Fit, spell: Spell, rule: Rule) -> Fit:
    """The longest of the four bounds from the cases used."""
    fit = _dispersed(fit, spell, rule)
    done, age = fit.used.completed_days, fit.used.open_days
    asked = {"share": rule.share, "confidence": rule.item_confidence, "dispersion": fit.dispersion}
    try:
        steady = safe_limit(done, age, curve=fit.used.curve, **asked)
    except TooFewCasesError as fault:
        return replace(fit, reason=_few(fit, rule), missing_count=fault.missing_count)
    found = replace(fit, steady_days=steady.days, censored_count=steady.censored_count, method=steady.method)
    return _longest(found, rule, recent_bound(found, rule), trend_bound(found, rule), swing_bound(found, rule))


def _dispersed(fit: Fit, spell: Spell, rule: Rule) -> Fit:
    """With the dispersions of the cases used: over the limit, and of the pace as far as long times share in it."""
    pace = spell.dispersion
    days, (exceedance, exceedance_high) = _exceedance(fit, rule)
    over = min(max(fit.used.curve.over_share(days), 0.5 / max(1, fit.used.day.size)), rule.share)
    most = pace_dispersion_implied(exceedance_high, over)
    return replace(
        fit,
        dispersion=exceedance,
        recent_dispersion=min(pace.of_a_month, most),
        growth_dispersion=min(pace.ratio, most),
        level_dispersion=pace.level,
    )


def _exceedance(fit: Fit, rule: Rule) -> tuple[int, tuple[float, float]]:
    """The first day from the quantile on that is a safe limit by its own dispersion, and that; else the least one."""
    known, tried = fit.used.known, []
    for days in _candidates(fit.used, rule.share):
        exceedance = known.exceedance.dispersion(days)
        if fit.used.share_high(days, rule.item_confidence, exceedance[0]) <= 1 - rule.share + ROUNDING:
            return days, exceedance
        tried.append((exceedance, days))
    exceedance, days = min(tried, default=((1.0, 1.0), 0))
    return days, exceedance


def _candidates(used: Times, share: float) -> list[int]:
    """The quantile of the completed cases and up to forty longer times of theirs, ascending."""
    days, first = used.curve.days, used.curve.quantile_days(share)
    longer = days if first is None else days[days >= first]
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
    return "times_grow" if is_growing(fit, rule) else "queues_swing"


def _longest(
    fit: Fit, rule: Rule, recent: tuple[float, float], trend: tuple[float, float | None], swing: tuple[float, float]
) -> Fit:
    """The longest of the four bounds; the reason says what made it longer than the steady one."""
    (recent_days, recent_pace), (trend_days, trend_pace), (swing_days, swing_pace) = recent, trend, swing
    paced = replace(
        fit,
        recent_pace_high=recent_pace if isfinite(recent_pace) else None,
        trend_pace_high=trend_pace,
        swing_pace_high=swing_pace if isfinite(swing_pace) else None,
    )
    days = max(recent_days, trend_days, swing_days)
    if fit.steady_days is not None and days <= fit.steady_days:
        return replace(paced, safe_days=fit.steady_days)
    if days > max(recent_days, trend_days):
        reason, method = "queues_swing", "swing"
    elif trend_days > recent_days:
        reason, method = "times_grow", "trend"
    else:
        reason, method = "last_weeks_differ" if is_slower(fit, rule) else "last_weeks_few", "last_weeks"
    return replace(paced, safe_days=int(days) if isfinite(days) else None, method=method, reason=reason)

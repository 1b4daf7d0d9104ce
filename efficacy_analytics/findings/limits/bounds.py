"""How long a limit must be for what a swing, the last weeks and a trend may still bring.

A swing: the limit of the cases used, at the pace that another stretch as long may have. The last weeks: the quantile of
the cases used, longer by the pace that those weeks may have. The trend: the quantile of the cases moved to the next
quarter, at the steepest growth that the data allow (`statistics.pace`).
"""

from dataclasses import replace
from math import ceil, exp, hypot, inf, isfinite, log, sqrt
from typing import Final

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.statistics.log_rank import Floats, Integers
from efficacy_analytics.statistics.pace import pace_bound, pace_of_next_quarter
from efficacy_analytics.statistics.survival import safe_limit

LEAST_TREND_DAYS: Final = 182
"""In cases that span less than half a year no trend is looked for."""
PARTS_OF_A_DAY: Final = 8
EVEN_CHANCE: Final = 0.5


def recent_bound(fit: Fit, rule: Rule) -> tuple[float, float]:
    """The quantile at the pace that the last weeks may have, in days, and that pace; infinite where unbounded.

    Two errors come together, the pace's and that of the quantile of independent cases (what they share is in the
    pace's); on the scale of logarithms they are added in squares. Where the last weeks are seen to be slower, few of
    their cases are completed and the pace may be far out: then both are borne in full.
    """
    pace = _recent_pace(fit, rule.item_confidence)
    days = fit.used.curve.quantile_days(rule.share)
    if pace <= 1 or days is None:
        return days or 0, pace
    if not isfinite(pace):
        return inf, pace
    likely = log(_recent_pace(fit, EVEN_CHANCE))
    alone = {"share": rule.share, "confidence": rule.item_confidence}
    high = safe_limit(fit.used.completed_days, fit.used.open_days, curve=fit.used.curve, **alone).days
    of_quantile = log(max(high, days, 1) / max(days, 1))
    of_pace = log(pace) - likely
    widened = exp(likely + (of_pace + of_quantile if is_slower(fit, rule) else hypot(of_pace, of_quantile)))
    return ceil(float(_paced(np.array([days]), np.array([widened]))[0])), pace


def swing_bound(fit: Fit, rule: Rule) -> tuple[float, float]:
    """The steady limit at the pace that another stretch as long may have, in days, and that pace; 0 without swings.

    Two years that see few swings of a queue do not show how slow others can be. What cases would differ by if they were
    independent is in the steady limit; the pace is bounded for what is beyond that. Infinite where unbounded.
    """
    beyond, known = fit.level_dispersion - 1, fit.used.known
    if fit.steady_days is None or beyond <= 0:
        return 0, 1.0
    cases = known.needed_days, known.is_open
    pace = max(1.0, pace_bound(cases, cases, confidence=rule.item_confidence, dispersion=beyond))
    days = ceil(float(_paced(np.array([fit.steady_days]), np.array([pace]))[0])) if isfinite(pace) else inf
    return days, pace


def trend_bound(fit: Fit, rule: Rule) -> tuple[float, float | None]:
    """The quantile of the cases moved to the next quarter, in days, and by how much they are longer there on average.

    Two errors of like size come together, the quantile's and the growth's; each is bounded at the confidence whose
    normal quantile is that of the rule over the root of two. 0 days and no pace within half a year.
    """
    known = fit.used.known
    if known.span_days < LEAST_TREND_DAYS:
        return 0, None
    confidence = float(ndtr(ndtri(rule.item_confidence) / sqrt(2)))
    growth = _growth(fit, confidence)
    paces = pace_of_next_quarter(known.day, growth)
    if growth <= 0:
        return 0, float(paces.mean())
    parts = np.round(_paced(known.needed_days, paces) * PARTS_OF_A_DAY).astype(np.int64)
    moved = replace(known, needed_days=parts)
    done, age = moved.completed_days, _with_unknown_ages(moved, fit)
    try:
        found = safe_limit(done, age, share=rule.share, confidence=confidence, dispersion=fit.dispersion)
    except TooFewCasesError:
        return inf, float(paces.mean())
    return ceil(found.days / PARTS_OF_A_DAY), float(paces.mean())


def is_slower(fit: Fit, rule: Rule) -> bool:
    """Whether the last weeks are slower than by chance, at the level of changes."""
    return _recent_pace(fit, rule.change_level) > 1


def is_growing(fit: Fit, rule: Rule) -> bool:
    """Whether times grow more than by chance, at the level of changes."""
    return fit.used.known.span_days >= LEAST_TREND_DAYS and _growth(fit, rule.change_level) > 0


def _recent_pace(fit: Fit, confidence: float) -> float:
    return fit.used.known.recent_pace(confidence, fit.recent_dispersion)


def _growth(fit: Fit, confidence: float) -> float:
    return fit.used.known.growth.bound(confidence=confidence, dispersion=fit.growth_dispersion)


def _with_unknown_ages(moved: Times, fit: Fit) -> pl.Series:
    """The ages of the open cases; null for those not known."""
    unknown = fit.used.day.size - moved.day.size
    return pl.concat([moved.open_days, pl.Series([None] * unknown, dtype=pl.Int64)])


def _paced(needed_days: Floats | Integers, pace: Floats) -> Floats:
    """Whole days at another pace: a count of n stands for times of n - 1 to n days, whose middle is moved."""
    return np.maximum(needed_days, (needed_days - 0.5) * pace)

"""What items of one kind say about a small one among them: an estimate that borrows strength, and no guarantee.

The breach rates of the items of a kind are taken for draws from one beta distribution, fitted to their counts by
maximum likelihood of the beta-binomial. An item's own cases then move it from the mean of its kind: little where they
are few, nearly all the way where they are many. Items that are like the others gain by it; one that is not is drawn
towards them wrongly, so the figure stands apart from the guarantee.

Source: J. G. Skellam, "A probability distribution derived from the binomial distribution by regarding the probability
of success as variable between the sets of trials", JRSS B 10(2), 1948; B. Efron and C. Morris, JASA 70(350), 1975.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize
from scipy.special import betainc, betaln, expit, logit, psi

from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled

FEWEST_ITEMS: Final = 3
"""A kind of fewer items tells nothing of how items differ."""
LEAST_WEIGHT, MOST_WEIGHT = 1.0, 10_000.0
NEWTON_STEPS: Final = 20
SMALL: Final = 1e-5


def fitted_beta(breach_count: npt.ArrayLike, judged_count: npt.ArrayLike) -> tuple[float, float]:
    """The beta distribution of breach rates, (a, b), that makes the counts of the items most likely.

    Its mean is kept at least half a breach from 0 and 1 over all cases, its weight a + b between 1 and 10,000 cases.

    Args:
        breach_count: of each item.
        judged_count: of each item; items without a case say nothing.
    """
    x, n = (np.asarray(counts, dtype=np.float64) for counts in (breach_count, judged_count))
    least = 0.5 / (n.sum() + 1)
    bounds = [(float(logit(least)), float(-logit(least))), (np.log(LEAST_WEIGHT), np.log(MOST_WEIGHT))]

    def unlikely(point: Floats) -> float:
        a, b = _parameters(point)
        return float(-(betaln(a + x, b + n - x) - betaln(a, b)).sum())

    start = np.array([np.clip(logit((x.sum() + 0.5) / (n.sum() + 1)), *bounds[0]), np.log(50.0)])
    found = minimize(unlikely, start, bounds=bounds, method="L-BFGS-B").x
    a, b = settled(np.array(_parameters(_polished(found, x, n, np.array(bounds))))).tolist()
    return a, b


def _polished(point: Floats, x: Floats, n: Floats, bounds: Floats) -> Floats:
    """The point moved to where the slope is nil, or along the bound it ends at: to the digits that a figure has."""
    for _ in range(NEWTON_STEPS):
        slope = _slope(point, x, n)
        is_free = ~((point <= bounds[:, 0]) & (slope < 0) | (point >= bounds[:, 1]) & (slope > 0))
        if not is_free.any():
            break
        columns = [(_slope(point + end, x, n) - _slope(point - end, x, n)) / (2 * SMALL) for end in SMALL * np.eye(2)]
        curve = np.column_stack(columns)[np.ix_(is_free, is_free)]
        if np.linalg.eigvalsh(-(curve + curve.T) / 2).min() <= 0:
            break  # no hill to climb: the counts do not say where
        step = np.zeros(2)
        step[is_free] = np.linalg.solve(curve, slope[is_free])
        point = np.clip(point - step, bounds[:, 0], bounds[:, 1])
        if float(np.abs(step).max()) < 1e-12:
            break
    return point


def _slope(point: Floats, x: Floats, n: Floats) -> Floats:
    """The slope of the log likelihood by the log-odds of the mean and the logarithm of the weight."""
    a, b = _parameters(point)
    common = (psi(a + b) - psi(a + b + n)).sum()
    by_a, by_b = (psi(a + x) - psi(a)).sum() + common, (psi(b + n - x) - psi(b)).sum() + common
    return np.array([a * b / (a + b) * (by_a - by_b), a * by_a + b * by_b])


def shrunk(frame: pl.DataFrame, *, kind: str, breach: str, judged: str, share: float) -> pl.DataFrame:
    """Adds `shrunk_breach_share` and `shrunk_probability`: the mean breach rate after borrowing strength, and the
    posterior probability that the rate is at most 1 - `share`.

    Items of a kind with fewer than three judged items borrow from all items; both are null where those are fewer too,
    and for items whose counts are null.

    Args:
        frame: one row per item.
        kind: the column that says which items are alike; null is a kind of its own.
        breach: the column of cases that broke the limit.
        judged: the column of cases judged.
        share: the share of cases that must keep the limit.
    """
    known = frame.filter(pl.col(judged) > 0)
    whole = _fit(known, breach, judged)
    fits = {key: _fit(group, breach, judged) or whole for (key,), group in known.group_by(kind)}
    rows = [
        _posterior(fits.get(key, whole), x, n, share) for key, x, n in frame.select(kind, breach, judged).iter_rows()
    ]
    schema = {"shrunk_breach_share": pl.Float64, "shrunk_probability": pl.Float64}
    return pl.concat([frame, pl.DataFrame(rows, schema=schema, orient="row")], how="horizontal")


def _fit(items: pl.DataFrame, breach: str, judged: str) -> tuple[float, float] | None:
    ordered = items.select(breach, judged).sort(breach, judged)
    return fitted_beta(ordered[breach], ordered[judged]) if items.height >= FEWEST_ITEMS else None


def _posterior(
    fit: tuple[float, float] | None, breaches: int | None, judged: int | None, share: float
) -> tuple[float | None, float | None]:
    if fit is None or breaches is None or judged is None:
        return None, None
    a, b = fit[0] + breaches, fit[1] + judged - breaches
    return a / (a + b), float(betainc(a, b, 1 - share))


def _parameters(point: Floats) -> tuple[float, float]:
    mean, weight = float(expit(point[0])), float(np.exp(point[1]))
    return mean * weight, (1 - mean) * weight

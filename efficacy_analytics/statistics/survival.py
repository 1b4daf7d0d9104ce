"""How short a limit can be where some cases are still open, and where cases share queues.

An open case is known to last at least as long as its age so far: it is censored there, neither dropped (which makes
limits too short, the more so near the end of the period) nor taken for the longest. Two bands bound the share of cases
that take longer. The log-log band of the Kaplan-Meier curve is asymptotic, and in the tail of a small sample it
promises more than it keeps (docs/deep_runs.md); the beta product bound is conservative there and equals the
order-statistic bound exactly where nothing is censored. A limit from censored data keeps both. Cases that depend on
each other count as fewer: all counts are divided by their dispersion (`dependence`).

Sources: E. L. Kaplan and P. Meier, JASA 53(282), 1958; R. Brookmeyer and J. Crowley, "A confidence interval for the
median survival time", Biometrics 38(1), 1982; J. D. Kalbfleisch and R. L. Prentice, "The Statistical Analysis of
Failure Time Data", 1980 (log-log band); M. P. Fay, E. H. Brittain and M. A. Proschan, "Pointwise confidence intervals
for a survival distribution with small samples or heavy censoring", Biostatistics 14(4), 2013.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import ceil
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import betaincinv, ndtri

from efficacy_analytics.errors import CallError, TooFewCasesError
from efficacy_analytics.statistics.breaches import breach_bound
from efficacy_analytics.statistics.settled import settled_figure
from efficacy_analytics.statistics.tolerance import fewest_cases, safe_rank

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

UNKNOWN_AGE: Final = np.iinfo(np.int64).max
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class SurvivalCurve:
    """What whole days, some of them ages of open cases, say about the share of cases that take longer.

    Attributes:
        days: the days on which cases were completed, ascending.
        at_risk: of each day, the cases neither completed nor censored before it.
        completed: of each day, the cases completed on it.
    """

    days: Integers
    at_risk: Integers | Floats
    completed: Integers | Floats

    @property
    def longer_share(self) -> Floats:
        """The Kaplan-Meier estimate of the share of cases that take longer than each day."""
        return np.asarray(np.cumprod(1 - self.completed / self.at_risk))

    @property
    def log_variance(self) -> Floats:
        """Greenwood's variance of the logarithm of `longer_share`; infinite where no case was left."""
        left = self.at_risk - self.completed
        with np.errstate(divide="ignore"):
            return np.asarray(np.cumsum(self.completed / (self.at_risk * left)))

    def plus(self, count: int) -> "SurvivalCurve":
        """The curve with that many more cases, all as long as the longest completed one."""
        completed = self.completed.copy()
        completed[-1] += count
        return replace(self, at_risk=self.at_risk + count, completed=completed)

    def over_share(self, limit_days: int) -> float:
        """The Kaplan-Meier estimate of the share of cases that take longer than a limit."""
        place = int(np.searchsorted(self.days, limit_days, side="right")) - 1
        return float(self.longer_share[place]) if place >= 0 else 1.0

    def quantile_days(self, share: float) -> int | None:
        """The first day by which so large a share of cases is completed; none where it is not reached."""
        reached = np.flatnonzero(self.longer_share <= 1 - share + ROUNDING)
        return int(self.days[reached[0]]) if reached.size else None

    def effective(self, dispersion: float) -> "SurvivalCurve":
        """The same curve of so many times fewer, independent cases."""
        return replace(self, at_risk=self.at_risk / dispersion, completed=self.completed / dispersion)


@dataclass(frozen=True)
class SafeLimit:
    """A limit that the stated share of cases keeps, at the stated confidence.

    Attributes:
        days: the limit, one of the completed durations.
        method: `order_statistic` where no open case is younger than the limit, else `censored_band`.
        censored_count: the open cases younger than the limit.
    """

    days: int
    method: str
    censored_count: int


def survival_curve(counted_days: npt.ArrayLike, open_days: npt.ArrayLike = ()) -> SurvivalCurve:
    """The curve of completed durations and ages of open cases; at one day, completions come before censoring."""
    done, age = _days(counted_days), _days(open_days)
    days, completed = np.unique(done, return_counts=True)
    gone = np.searchsorted(np.sort(done), days) + np.searchsorted(np.sort(age), days)
    return SurvivalCurve(days, done.size + age.size - gone, completed.astype(np.int64))


def log_log_band(curve: SurvivalCurve, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The two-sided log-log band of `longer_share`, day by day: S ** exp(± z √V / log S), V being Greenwood's.

    Asymptotic. Where no case was left the band has no width: both ends are 0.
    """
    share, variance = curve.longer_share, curve.log_variance
    inside = (share > 0) & (share < 1)
    log_share = np.log(np.where(inside, share, 0.5))
    step = ndtri((1 + confidence) / 2) * np.sqrt(np.where(inside, variance, 0.0)) / log_share
    low, high = np.exp(log_share * np.exp(-step)), np.exp(log_share * np.exp(step))
    return np.where(inside, low, share), np.where(inside, high, share)


def beta_product_high(curve: SurvivalCurve, *, confidence: float = 0.95) -> Floats:
    """The one-sided upper bound of the share of cases that take longer than each day, by the beta product.

    Each day with d of Y completed brings an independent Beta(Y - d + 1, d); the product of the days so far is matched
    by a beta of its mean and variance. Without censoring the product is Beta(n - r + 1, r) after r completions, and
    the bound is that of Clopper and Pearson.
    """
    a, b = curve.at_risk - curve.completed + 1.0, np.asarray(curve.completed, dtype=np.float64)
    log_mean = np.cumsum(np.log1p(-b / (a + b)))
    spread = np.expm1(np.cumsum(np.log1p(b / (a * (a + b + 1)))))
    mean, rest = np.exp(log_mean), -np.expm1(log_mean)
    weight = rest / (mean * spread) - 1
    return np.asarray(betaincinv(mean * weight, rest * weight, confidence))


def longer_share_high(curve: SurvivalCurve, *, confidence: float = 0.95) -> Floats:
    """The upper bound of the share of cases that take longer than each day: the larger of both bands', one-sided."""
    _, high = log_log_band(curve, confidence=2 * confidence - 1)
    return np.maximum(beta_product_high(curve, confidence=confidence), high)


def breach_share_high(
    counted_days: pl.Series,
    open_days: pl.Series,
    limit_days: int,
    *,
    confidence: float,
    dispersion: float = 1.0,
    curve: SurvivalCurve | None = None,
) -> float:
    """The upper bound of the share of cases that break a limit: Clopper and Pearson's where none is censored below it.

    Args:
        counted_days: of the completed cases.
        open_days: ages of the open cases; null where the age is not known.
        limit_days: the limit.
        confidence: one-sided.
        dispersion: all counts are divided by it.
        curve: of both, where it is there already.
    """
    done, age = _days(counted_days.to_numpy()), _ages(open_days)
    if not (age < limit_days).any():
        broken, judged = (done > limit_days).sum() + age.size, done.size + age.size
        return settled_figure(float(breach_bound(broken / dispersion, judged / dispersion, confidence=confidence)))
    curve = (curve or survival_curve(done, age)).effective(dispersion)
    place = int(np.searchsorted(curve.days, limit_days, side="right")) - 1
    return settled_figure(float(longer_share_high(curve, confidence=confidence)[place])) if place >= 0 else 1.0


def safe_limit(
    counted_days: pl.Series,
    open_days: pl.Series,
    *,
    share: float,
    confidence: float,
    dispersion: float = 1.0,
    curve: SurvivalCurve | None = None,
) -> SafeLimit:
    """The shortest limit that at least `share` of cases keep, at `confidence`, open cases censored at their age.

    Where every open case is at least as old as the k-th smallest duration (k by `tolerance.safe_rank`), that duration
    is the limit, and the guarantee is exact and distribution-free. Else the limit is the first day on which the upper
    bound of the share of longer cases is at most 1 - `share` (Brookmeyer and Crowley's inversion); this supposes that
    how long a case takes has nothing to do with how long ago it was accepted.

    Args:
        counted_days: one value per completed case, in whole counted days, no nulls.
        open_days: the age of each open case in counted days; null where it is not known (taken as longest).
        share: the share of future cases that must keep the limit, between 0 and 1.
        confidence: the chance, over repeated samples, that the limit is long enough.
        dispersion: of the sums of weeks (`dependence`); n cases count as n / dispersion.
        curve: of both, where it is there already.

    Raises:
        TooFewCasesError: no completed duration is a safe bound; `missing_count` says how many more cases would have to
            be completed, each as long as the longest so far, the open ones staying open.
        CallError: a duration is missing, or `share` or `confidence` is not between 0 and 1.
    """
    if counted_days.null_count():
        raise CallError("a duration is missing.", hint="leave out cases without a counted time, or count them as open")
    done, age = np.sort(_days(counted_days.to_numpy())), _ages(open_days)
    rank = safe_rank(done.size + age.size, share=share, confidence=confidence, dispersion=dispersion)
    if rank <= done.size and not (age < done[rank - 1]).any():
        return SafeLimit(int(done[rank - 1]), "order_statistic", 0)
    curve = curve or survival_curve(done, age)
    high = longer_share_high(curve.effective(dispersion), confidence=confidence)
    reached = np.flatnonzero(high <= 1 - share + ROUNDING)
    if not age.size or not reached.size:
        missing = _missing(curve, age.size, share, confidence, dispersion)
        raise _too_few(done.size, age.size, missing, share, confidence)
    days = int(curve.days[reached[0]])
    censored = int((age < days).sum())
    return SafeLimit(days, "censored_band" if censored else "order_statistic", censored)


def _missing(curve: SurvivalCurve, open_count: int, share: float, confidence: float, dispersion: float) -> int:
    longer = fewest_cases(share, confidence, longer_count=open_count)
    if not curve.days.size or not open_count:
        return ceil(longer * dispersion) - int(curve.completed.sum()) - open_count

    def is_enough(count: int) -> bool:
        high = longer_share_high(curve.plus(count).effective(dispersion), confidence=confidence)[-1]
        return bool(high <= 1 - share + ROUNDING)

    most = ceil(4 * longer * dispersion)
    return bisect_left(range(most), True, key=is_enough)


def _too_few(done: int, still_open: int, missing: int, share: float, confidence: float) -> TooFewCasesError:
    return TooFewCasesError(
        f"{done} completed and {still_open} open cases cannot support a {share:.0%} limit "
        f"at {confidence:.0%} confidence: {missing} are missing.",
        hint="use a longer period, one that ends earlier, a smaller share, or group similar items",
        missing_count=missing,
    )


def _ages(open_days: pl.Series) -> Integers:
    if open_days.null_count():
        open_days = open_days.cast(pl.Int64).fill_null(UNKNOWN_AGE)
    return _days(open_days.to_numpy())


def _days(values: npt.ArrayLike) -> Integers:
    return np.asarray(values, dtype=np.int64).ravel()

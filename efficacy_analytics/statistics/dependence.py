"""How many independent cases a sample is worth whose cases share queues, officers and weeks.

Cases of one week wait in the same queue, and a queue of this week is still there in the next. Sums of weeks then vary
more than sums of independent cases. The ratio is the dispersion (a design effect): n cases are worth n / dispersion.
There are two. That of the exceedance, by how much the number of cases over a limit varies from week to week, counts in
the bound of that limit. That of the pace, measured on the log-rank scores of all cases, counts where paces are
compared; it is larger, for all cases move with the queue and only some of them over the limit. A pace that disperses
more than goes with the exceedance moves short times only, and is taken for what the long ones say of it.

The long-run variance adds to the squared sums of weeks their products with the sums of up to thirteen weeks before,
with falling weight. Taking the mean out of a short series makes such products too small; the sum is divided by the
share that is left. A queue that swings slowly is still there after thirteen weeks: for the level of a whole stretch the
products are carried on at the rate at which they fall (prewhitening).

Sources: W. K. Newey and K. D. West, "A simple, positive semi-definite, heteroskedasticity and autocorrelation
consistent covariance matrix", Econometrica 55(3), 1987; N. M. Kiefer and T. J. Vogelsang, "A new asymptotic theory for
heteroskedasticity-autocorrelation robust tests", Econometric Theory 21(6), 2005 (bias); D. W. K. Andrews and
J. C. Monahan, "An improved heteroskedasticity and autocorrelation consistent covariance matrix estimator",
Econometrica 60(4), 1992 (prewhitening); F. H. C. Marriott and J. A. Pope, "Bias in the estimation of autocorrelations",
Biometrika 41(3), 1954; E. L. Korn and
B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from
survey data", Survey Methodology 24(2), 1998 (effective number of cases in the exact interval).
"""

from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from math import log, sqrt
from typing import Final

import numpy as np

from efficacy_analytics.statistics.log_rank import Booleans, Floats, Integers, days_and_places, log_rank_scores
from efficacy_analytics.statistics.settled import scalar_product, settled

DAYS_A_GROUP: Final = 7
FEWEST_GROUPS: Final = 30
"""Where there are fewer weeks, the groups are shorter."""
FEWEST_KNOWN: Final = 20
"""Of fewer groups nothing is said about their dependence."""
FEWEST_OVER: Final = 10
MONTH_LAGS: Final = 3
MOST_LAGS: Final = 13
FALL_LAGS: Final = 3
"""From so many products of neighbouring weeks the rate is taken at which they fall."""
LEAST_FALL: Final = 0.3
MOST_FALL: Final = 0.97
"""A week keeps at most so much of the week before: in two years two thirds of a swing are seen."""


@dataclass(frozen=True)
class Dispersion:
    """How much more the sums of weeks vary than those of independent cases.

    Attributes:
        weekly: the ratio within weeks.
        monthly: the ratio with the products of up to three weeks before.
        long_run: the ratio with those of up to thirteen weeks before.
        level: the ratio of the whole stretch, the products carried on at the rate at which they fall.
    """

    weekly: float = 1.0
    monthly: float = 1.0
    long_run: float = 1.0
    level: float = 1.0

    @property
    def ratio(self) -> float:
        """The larger of both, at least 1: n cases are worth n / ratio."""
        return max(1.0, self.weekly, self.long_run)

    @property
    def of_a_month(self) -> float:
        """The same for the cases of four weeks in a row."""
        return max(1.0, self.weekly, self.monthly)

    @property
    def is_swing(self) -> bool:
        """Whether slow spells and fast ones follow each other: more than by chance, and from week to week."""
        return self.ratio > 2 and self.long_run > 1.5 * self.weekly


def group_sums(day: Integers, scores: Floats) -> Floats:
    """The sums of weeks of acceptance, or of shorter stretches where there are fewer than thirty weeks."""
    span = int(day[-1] - day[0]) + 1
    length = min(DAYS_A_GROUP, max(1, span // FEWEST_GROUPS))
    return np.asarray(np.bincount((day - day[0]) // length, weights=scores), dtype=np.float64)


def long_run_variance(sums: Floats, *, lags: int = MOST_LAGS) -> float:
    """The variance of the total of sums that depend on their neighbours, by Bartlett's weights.

    Σ S_t² + 2 Σ_l (1 - l / (L + 1)) Σ S_t S_{t-l}, over 1 - (L + 1) / K, with K sums and L at most K / 4 lags.

    Args:
        sums: of the groups in their order, with mean 0.
        lags: how many groups before may still matter.
    """
    count = sums.size
    most = min(lags, count // 4)
    products = [float(sums[lag:] @ sums[: count - lag]) for lag in range(most + 1)]
    weights = [1.0, *(2 * (1 - lag / (most + 1)) for lag in range(1, most + 1))]
    return sum(weight * product for weight, product in zip(weights, products, strict=True)) / (1 - (most + 1) / count)


def level_ratio(sums: Floats, independent: float) -> float:
    """How much more the level of a whole stretch varies where its weeks swing and each keeps a part of the week before.

    With g_l = Σ S_t S_{t-l} / `independent`, less 1 for l = 0, a week keeps r = (g_1 + g_2 + g_3) / (g_0 + g_1 + g_2)
    of the week before, and (1 + 3 r) / K more for the mean taken out of K sums, at most 0.97. The ratio is
    1 + g_1 / r (1 + r) / (1 - r); that within weeks where neighbours do not go together.

    Args:
        sums: of the groups in their order, with mean 0.
        independent: the variance of the total if cases were independent.
    """
    count = sums.size
    products = [float(sums[lag:] @ sums[: count - lag]) / independent for lag in range(FALL_LAGS + 1)]
    before, after = max(0.0, products[0] - 1) + sum(products[1:-1]), sum(products[1:])
    if before <= 0 or after <= 0 or products[1] <= 0:
        return max(1.0, products[0])
    kept = after / before
    kept = min(MOST_FALL, kept + (1 + 3 * kept) / count)
    return 1 + products[1] / max(kept, LEAST_FALL) * (1 + kept) / (1 - kept)


@dataclass(frozen=True)
class Exceedance:
    """What some cases say of how cases over a limit go together; each limit is tried once.

    Attributes:
        day: of acceptance, as a day number, ascending.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        tried: of each limit that was tried, what `dispersion` gives.
    """

    day: Integers
    counted_days: Integers
    is_open: Booleans
    tried: dict[int, tuple[float, float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def dispersion(self, limit_days: int) -> tuple[float, float]:
        """How much more the cases over a limit vary by weeks than independent ones; open cases as by Kaplan and Meier.

        Each case is taken for its influence on the logarithm of the estimated share over the limit: 1 / (Y - d) where
        it is completed by then, less the sum until its time of d / (Y (Y - d)), with d of Y cases at risk completed on
        a day. Without open cases that is 1 / n of those within the limit, and of those over it what makes the sum 0.
        Where fewer than ten cases are over the limit, the longest limit with ten over it stands in: farther out cases
        depend less.

        Args:
            limit_days: the limit.

        Returns:
            The ratio less one standard error of independent cases, so that few are not taken for dependent by chance,
            and the ratio with one more: both at least 1.
        """
        if self.day.size <= FEWEST_OVER:
            return 1.0, 1.0
        limit = min(limit_days, self._longest_limit)
        if limit not in self.tried:
            self.tried[limit] = self._tried(limit)
        return self.tried[limit]

    @cached_property
    def _longest_limit(self) -> int:
        return int(np.partition(self.counted_days, -FEWEST_OVER)[-FEWEST_OVER]) - 1

    @cached_property
    def _at_risk(self) -> tuple[Integers, Integers, Integers, Floats]:
        """The days that occur, of each case the place of its day, and of each day those completed and at risk."""
        days, place = days_and_places(self.counted_days)
        completed = np.bincount(place, weights=~self.is_open, minlength=days.size)
        at_risk = np.cumsum(np.bincount(place, minlength=days.size)[::-1])[::-1].astype(np.float64)
        return days, place, completed, at_risk

    def _tried(self, limit: int) -> tuple[float, float]:
        days, place, completed, at_risk = self._at_risk
        left = np.where(days <= limit, at_risk - completed, np.inf)
        summed = np.cumsum(completed / (at_risk * left))
        influence = np.where(self.is_open, 0.0, 1 / left[place]) - summed[place]
        found, count = _dispersion(self.day, influence), group_sums(self.day, influence).size
        low = Dispersion(found.weekly - _error(count, 0), found.monthly, found.long_run - _error(count, MOST_LAGS))
        return low.ratio, found.ratio + _error(count, MOST_LAGS)


def pace_dispersion_implied(exceedance: float, over_share: float) -> float:
    """The dispersion of the pace that goes with that of the exceedance, where hazards move in proportion.

    1 + (exceedance - 1) (1 - p) / (p log(p)^2), p being the share over the limit, between 0 and 1.
    """
    return 1 + (exceedance - 1) * (1 - over_share) / (over_share * log(over_share) ** 2)


def dispersion(day: Integers, counted_days: Integers, is_open: Booleans, places: list[int]) -> Dispersion:
    """How much the sums of weeks vary around the pace of their spell.

    Args:
        day: of acceptance, as a day number, ascending.
        counted_days: how long each case took, or has taken so far where it is open.
        is_open: whether the case is not completed.
        places: the first case of each spell but the first.
    """
    ends = [0, *places, day.size]
    scores = np.concatenate([log_rank_scores(counted_days[a:b], is_open[a:b]) for a, b in pairwise(ends)])
    return _dispersion(day, scores)


def _dispersion(day: Integers, scores: Floats) -> Dispersion:
    """The variances of the sums of weeks over that of independent scores."""
    independent = scalar_product(scores, scores)
    sums = group_sums(day, scores) if day.size else scores
    if sums.size < FEWEST_KNOWN or not independent:
        return Dispersion()
    ratios = [long_run_variance(sums, lags=lags) / independent for lags in (0, MONTH_LAGS, MOST_LAGS)]
    return Dispersion(*settled(np.array([*ratios, level_ratio(sums, independent)])).tolist())


@cache
def _error(count: int, lags: int) -> float:
    """The standard error of a long-run variance of independent sums, as a share of it: (2 / K) Σ w^2, its root."""
    weights = [1 - lag / (min(lags, count // 4) + 1) for lag in range(1, min(lags, count // 4) + 1)]
    return sqrt(2 / count * (1 + 2 * sum(weight**2 for weight in weights)))

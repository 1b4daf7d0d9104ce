"""Which share of the differences in like work lies between those who do it, with its interval.

What is measured is not the figure but its place among like ones: the normal score of its rank within its stratum, so
that strata of other lengths, units and tails count alike. Means of each doer's periods are the observations, so that
what swings with a period (a queue, a holiday) is no difference between doers:

    mean of a doer in a period = period + doer + rest,  share = variance of doers / variance of all scores.

The interval of variance of doers : variance of the rest is Wald's, exact for normal figures however unequal the
numbers: for each ratio r, F(r) = [sum over the eigenvalues e of (v q)² / (e (1 + e r))] / rank / (rest / its freedom)
has an F distribution; the ends are where it meets its quantiles.

Sources: A. Wald, Annals of Mathematical Statistics 11, 1940; D. A. Harville and A. P. Fenech, "Confidence intervals
for a variance ratio, or for heritability, in an unbalanced mixed linear model", Biometrics 41(1), 1985.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import f as fisher

from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled_figure

FEWEST_OF_CELL: Final = 3
"""Fewer of a doer in a period are no mean."""
FEWEST_OF_STRATUM: Final = 5
"""So many of a stratum have at least two doers done, or its work is not like any other's."""
FEWEST_DOERS: Final = 4
FEWEST_FREEDOM: Final = 12
ROUNDING: Final = 1e-9
LARGEST_RATIO: Final = 1e6


@dataclass(frozen=True)
class BetweenShare:
    """The share of the variance that lies between doers.

    Attributes:
        doer_count: those whose work could be set against others'.
        count: of the work.
        share: the estimate, and `low` and `high` its interval; none where it cannot be told.
        because: why not: `no_shared_stratum`, `few_doers`, `few_periods`, `nothing_differs`.
    """

    doer_count: int
    count: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    because: str | None = None


def between_share(rows: pl.DataFrame, *, confidence: float = 0.95) -> BetweenShare:
    """The share of the variance of like work that lies between its doers.

    Args:
        rows: `stratum`, `doer`, `period` (text), `figure` (ordered) and `count`.
        confidence: of the interval.
    """
    like = _of_shared_strata(rows)
    if like.is_empty():
        return BetweenShare(0, 0, because="no_shared_stratum")
    scored = _scored(like)
    cells = (
        scored.group_by("doer", "period")
        .agg(pl.col("count").sum(), mean=(pl.col("score") * pl.col("count")).sum() / pl.col("count").sum())
        .filter(pl.col("count") >= FEWEST_OF_CELL)
        .sort("doer", "period")
    )
    doer_count, count = cells["doer"].n_unique(), int(cells["count"].sum())
    if doer_count < FEWEST_DOERS:
        return BetweenShare(doer_count, count, because="few_doers")
    ratio = _Ratio.of(cells)
    if ratio.freedom < FEWEST_FREEDOM or ratio.eigenvalues.size < FEWEST_DOERS - 1:
        return BetweenShare(doer_count, count, because="few_periods")
    weight = scored["count"].to_numpy()
    variance = float(weight @ scored["score"].to_numpy() ** 2 / weight.sum())
    if variance < ROUNDING or ratio.rest < ROUNDING:
        return BetweenShare(doer_count, count, because="nothing_differs")
    scale = ratio.rest / variance
    places = (0.5, (1 + confidence) / 2, (1 - confidence) / 2)
    share, low, high = (settled_figure(min(1.0, ratio.at(place) * scale)) for place in places)
    return BetweenShare(doer_count, count, share, low, high)


def _of_shared_strata(rows: pl.DataFrame) -> pl.DataFrame:
    """The work of strata that several did, and of those who did enough of it."""
    each = rows.group_by("stratum", "doer").agg(pl.col("count").sum())
    each = each.filter(pl.col("count") >= FEWEST_OF_STRATUM).filter(pl.len().over("stratum") > 1)
    return rows.join(each.select("stratum", "doer"), on=["stratum", "doer"], how="semi")


def _scored(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the normal score of the middle rank of their figure in its stratum."""
    of_figure = rows.group_by("stratum", "figure").agg(pl.col("count").sum()).sort("stratum", "figure")
    middle = (pl.col("count").cum_sum() - pl.col("count") / 2).over("stratum") / pl.col("count").sum().over("stratum")
    placed = of_figure.select("stratum", "figure", place=middle)
    placed = placed.with_columns(score=pl.Series(ndtri(placed["place"].to_numpy())))
    return rows.join(placed, on=["stratum", "figure"]).sort("stratum", "doer", "period", "figure")


@dataclass(frozen=True)
class _Ratio:
    """What Wald's interval of a ratio of variances is made of."""

    eigenvalues: Floats
    squares: Floats
    """Of the doers' sums along each eigenvector."""
    rest: float
    """The variance of what is left."""
    freedom: int

    @classmethod
    def of(cls, cells: pl.DataFrame) -> "_Ratio":
        """Doers are set against each other within each period."""
        means = cells["mean"].to_numpy()
        doer, period = (cells[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("doer", "period"))
        of_doer, of_period = (np.eye(int(codes.max()) + 1)[codes] for codes in (doer, period))
        in_period = of_period / of_period.sum(axis=0)
        apart, left = (values - of_period @ (in_period.T @ values) for values in (of_doer, means))
        values, vectors = np.linalg.eigh(of_doer.T @ apart)
        is_kept = values > ROUNDING
        squares = (vectors.T @ (of_doer.T @ left))[is_kept] ** 2
        kept = values[is_kept]
        freedom = cells.height - of_period.shape[1] - kept.size
        rest = float(left @ left - (squares / kept).sum()) / freedom if freedom > 0 else 0.0
        return cls(kept, squares, rest, freedom)

    def at(self, place: float) -> float:
        """The ratio at which F meets its quantile; at least 0."""
        wanted = float(fisher.ppf(place, self.eigenvalues.size, self.freedom))

        def beyond(ratio: float) -> float:
            along = self.squares / (self.eigenvalues * (1 + self.eigenvalues * ratio))
            return float(along.sum()) / self.eigenvalues.size / self.rest - wanted

        if beyond(0.0) <= 0:
            return 0.0
        return LARGEST_RATIO if beyond(LARGEST_RATIO) > 0 else float(brentq(beyond, 0.0, LARGEST_RATIO, xtol=1e-14))

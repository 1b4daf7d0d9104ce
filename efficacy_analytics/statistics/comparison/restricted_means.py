"""How long units take for like work where some of it is not finished: restricted means by stratum, standardised.

Of a stratum and a unit, the mean of min(days, horizon) is the area under its Kaplan-Meier curve up to the horizon, the
day by which 95 of 100 in the stratum are finished, or the last day that both sides were watched. Beside it stands what
the typical unit would take: the area under one curve of all other units in the stratum, over their mean pace there.
A unit's pace is its mean over that of the typical unit, 1 for the unit in the middle; so a few slow units do not make
the others look fast. Both are weighted by the unit's own numbers in the strata. How far they may be apart by chance
follows from each one's influence on the area, summed within clusters (what is begun in one month by one unit shares a
queue), with Student's t for the few clusters there are; paces are taken for known.

Sources: the restricted mean: P. Royston and M. K. B. Parmar, BMC Medical Research Methodology 13:152, 2013; the
influence on a Kaplan-Meier curve: N. Reid, "Influence functions for censored data", Annals of Statistics 9(1), 1981;
sums within clusters: K.-Y. Liang and S. L. Zeger, Biometrika 73(1), 1986.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import t as student

from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled, settled_figure

HORIZON_SHARE: Final = 0.95
FEWEST_OF_CELL: Final = 5
"""Finished of a unit in a stratum, and as many of the others, below which the stratum does not compare them."""
FEWEST_FINISHED: Final = 60
FEWEST_CLUSTERS: Final = 10
"""Below either no interval is given: it would cover less than it says (docs/comparison.md)."""
TAIL: Final = 0.6
"""By so much smaller than nominal the chances beyond the ends are: long tails make the error of few cases too small."""
ROUNDING: Final = 1e-12
MOST_ROUNDS: Final = 100
SMALL_STEP: Final = 1e-11

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Area:
    """The restricted mean of one curve, and how much one more case of each number of days would move it.

    Attributes:
        mean: of min(days, horizon).
        by_finished: the influence of a case finished on each day.
        by_open: that of a case that is not finished on that day.
    """

    mean: float
    by_finished: Floats
    by_open: Floats


def restricted_area(finished: Floats, still_open: Floats, horizon: int) -> Area:
    """The area under the Kaplan-Meier curve of whole days up to a horizon.

    mean = sum over days d < horizon of S(d), S(d) the share that takes longer than d days. A case finished on day t
    moves it by -A(t) / (Y(t) - d(t)), A(t) the area from t on, Y at risk, d finished; every case moves it by the sum of
    h(s) A(s) / (Y(s) - d(s)) over the days s up to its own, h = d / Y. The sum of the squares is Greenwood's variance.

    Args:
        finished: how many were finished after each number of days, from 0 on.
        still_open: how many are not finished after each.
        horizon: in days.
    """
    at_risk = np.cumsum((finished + still_open)[::-1])[::-1]
    hazard = np.divide(finished, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    longer = np.cumprod(1 - hazard)
    longer[longer < ROUNDING] = 0.0
    days = np.arange(longer.size)
    inside = np.where(days < horizon, longer, 0.0)
    beyond = longer[-1] * max(0, horizon - longer.size)
    area = np.cumsum(inside[::-1])[::-1] + beyond
    left = at_risk - finished
    pull = np.divide(area, left, out=np.zeros_like(area), where=(left > 0) & (days < horizon))
    at_all = np.cumsum(hazard * pull)
    return Area(float(area[0]), at_all - pull, at_all)


@dataclass(frozen=True)
class _Stratum:
    """One stratum: how many of each cluster (row) were finished, or are not, after each number of days (column)."""

    finished: Floats
    still_open: Floats
    unit: Integers
    cluster: Integers
    of_unit: Floats
    """How many each unit has."""
    horizon: int


def restricted_differences(rows: pl.DataFrame, *, confidence: float = 0.95) -> pl.DataFrame:
    """The restricted mean of each unit beside that of the typical unit in the same strata.

    Args:
        rows: `stratum`, `unit`, `cluster` (text), `days` (whole, from 0 on), `is_finished`, `count`.
        confidence: of each unit's interval.

    Returns:
        One row per unit, in order: `unit`, `count`, `finished_count`, `stratum_count` and `cluster_count` of what could
        be compared, `alone_count` (of strata that no other unit has enough of), `mean`, `typical_mean`, `difference`,
        `standard_error`, `difference_low`, `difference_high`, `is_apart` (the difference is not nil, of all units
        together at the confidence); all from `mean` on null where fewer than `FEWEST_FINISHED` were finished, or in
        fewer than `FEWEST_CLUSTERS` clusters.
    """
    names = rows["unit"].unique().sort().to_list()
    clusters = rows.select("unit", "cluster").unique().sort("unit", "cluster").with_row_index("cluster_number")
    numbered = rows.join(clusters, on=["unit", "cluster"]).with_columns(
        unit_number=pl.col("unit").replace_strict(names, list(range(len(names))), return_dtype=pl.Int64)
    )
    units = [_Unit(number) for number in range(len(names))]
    for part in numbered.sort("stratum", "cluster_number").partition_by("stratum", maintain_order=True):
        stratum = _stratum(part, len(names))
        for number in np.unique(stratum.unit).tolist():
            units[number].add(stratum)
    paces = _paces(units)
    told = [unit.told(paces, clusters.height, confidence) for unit in units]
    found = pl.DataFrame([(name, *row) for name, row in zip(names, told, strict=True)], schema=_SCHEMA, orient="row")
    return found.with_columns(is_apart=_apart(found, confidence))


def _apart(found: pl.DataFrame, confidence: float) -> pl.Series:
    """Whether a difference is not nil, at a level shared among all that have one."""
    tail = TAIL * (1 - confidence) / 2 / max(1, found["difference"].drop_nulls().len())
    bound = student.isf(tail, np.maximum(found["cluster_count"].to_numpy() - 1, 1))
    return found.select(pl.col("difference").abs() > pl.col("standard_error") * pl.Series(bound)).to_series()


_SCHEMA: Final = {
    "unit": pl.String, "count": pl.Int64, "finished_count": pl.Int64, "stratum_count": pl.Int64,
    "cluster_count": pl.Int64, "alone_count": pl.Int64, "mean": pl.Float64, "typical_mean": pl.Float64,
    "difference": pl.Float64, "standard_error": pl.Float64, "difference_low": pl.Float64, "difference_high": pl.Float64,
}  # fmt: skip


def _stratum(part: pl.DataFrame, unit_count: int) -> _Stratum:
    rows, place = np.unique(part["cluster_number"].to_numpy(), return_inverse=True)
    is_finished, count = part["is_finished"].to_numpy(), part["count"].to_numpy().astype(np.float64)
    days = part["days"].to_numpy().astype(np.int64)
    sums = [np.bincount(days, count * of_kind).astype(np.float64) for of_kind in (is_finished, ~is_finished)]
    horizon = _horizon(*sums)
    days = np.minimum(days, horizon + 1)  # beyond the horizon all days are alike
    shape = (rows.size, int(days.max()) + 1)
    finished, still_open = np.zeros(shape), np.zeros(shape)
    np.add.at(finished, (place[is_finished], days[is_finished]), count[is_finished])
    np.add.at(still_open, (place[~is_finished], days[~is_finished]), count[~is_finished])
    unit = np.zeros(rows.size, dtype=np.int64)
    unit[place] = part["unit_number"].to_numpy()
    of_unit = np.bincount(part["unit_number"].to_numpy(), count, unit_count).astype(np.float64)
    return _Stratum(finished, still_open, unit, rows.astype(np.int64), of_unit, horizon)


def _horizon(finished: Floats, still_open: Floats) -> int:
    """The day by which the share is finished, else the last on which one was."""
    at_risk = np.cumsum((finished + still_open)[::-1])[::-1]
    longer = np.cumprod(1 - np.divide(finished, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0))
    reached = np.flatnonzero(longer <= 1 - HORIZON_SHARE + ROUNDING)
    last = np.flatnonzero(finished)
    return int(reached[0]) if reached.size else int(last[-1]) if last.size else 0


def _reach(finished: Floats, still_open: Floats) -> float:
    """Up to which day a curve is known: without end where the longest were finished."""
    longest = np.flatnonzero(finished + still_open)[-1]
    return float(longest) if still_open[longest] and not finished[longest] else np.inf


@dataclass(frozen=True)
class _Place:
    """A unit in a stratum: how many it has there, its area and that of the others, and whose the clusters are."""

    stratum: _Stratum
    is_own: npt.NDArray[np.bool_]
    size: float
    own: Area
    others: Area

    def pace_of_others(self, unit: int, paces: Floats) -> float:
        """The mean pace of the other units in the stratum."""
        counts = self.stratum.of_unit.copy()
        counts[unit] = 0.0
        return float(counts @ paces / counts.sum())


@dataclass
class _Unit:
    """The strata in which a unit can be compared, and what they add up to."""

    number: int
    places: list[_Place] = field(default_factory=list)
    clusters: set[int] = field(default_factory=set)
    finished_count: int = 0
    alone_count: int = 0

    @property
    def has_enough(self) -> bool:
        """Whether an interval can be given."""
        return self.finished_count >= FEWEST_FINISHED and len(self.clusters) >= FEWEST_CLUSTERS

    def add(self, stratum: _Stratum) -> None:
        """Adds a stratum, if the unit and the others finished enough there."""
        is_own = stratum.unit == self.number
        own, others = (
            (stratum.finished[which].sum(0), stratum.still_open[which].sum(0)) for which in (is_own, ~is_own)
        )
        size = float(own[0].sum() + own[1].sum())
        if min(own[0].sum(), others[0].sum()) < FEWEST_OF_CELL:
            self.alone_count += int(size)
            return
        horizon = int(min(stratum.horizon, _reach(*own), _reach(*others)))
        areas = (restricted_area(*sums, horizon) for sums in (own, others))
        self.places.append(_Place(stratum, is_own, size, *areas))
        self.finished_count += int(own[0].sum())
        self.clusters.update(stratum.cluster[is_own].tolist())

    def means(self, paces: Floats) -> tuple[float, float]:
        """The unit's mean, and that of the typical unit in the same strata."""
        count = sum(place.size for place in self.places)
        typical = sum(
            place.size * place.others.mean / place.pace_of_others(self.number, paces) for place in self.places
        )
        return sum(place.size * place.own.mean for place in self.places) / count, typical / count

    def told(self, paces: Floats, cluster_count: int, confidence: float) -> tuple[int | float | None, ...]:
        """The row of the unit, without its name."""
        count = sum(place.size for place in self.places)
        facts = (int(count), self.finished_count, len(self.places), len(self.clusters), self.alone_count)
        if not self.has_enough:
            return (*facts, *[None] * 6)
        freedom = len(self.clusters) - 1
        squares = float((self._influence(paces, cluster_count) ** 2).sum())
        error = float(np.sqrt(squares * (freedom + 1) / freedom)) / count
        half = float(student.isf(TAIL * (1 - confidence) / 2, freedom)) * error
        own, typical = self.means(paces)
        figures = (own, typical, own - typical, error, own - typical - half, own - typical + half)
        return (*facts, *(settled_figure(figure) for figure in figures))

    def _influence(self, paces: Floats, cluster_count: int) -> Floats:
        """How much each cluster moves the sum of the difference."""
        influence = np.zeros(cluster_count)
        for place in self.places:
            pace = place.pace_of_others(self.number, paces)
            for weight, which, area in ((1.0, place.is_own, place.own), (-1 / pace, ~place.is_own, place.others)):
                finished, still_open = place.stratum.finished[which], place.stratum.still_open[which]
                few = np.sqrt(finished.sum() / (finished.sum() - 1))
                moved = finished @ area.by_finished + still_open @ area.by_open
                influence[place.stratum.cluster[which]] += weight * place.size * few * moved
        return influence


def _paces(units: list[_Unit]) -> Floats:
    """The pace of each unit that has enough, 1 for the unit in the middle and for those that have not."""
    paces = np.ones(len(units))
    compared = [unit for unit in units if unit.has_enough]
    for _ in range(MOST_ROUNDS if compared else 0):
        found = np.array(
            [own / typical if typical else 1.0 for own, typical in (unit.means(paces) for unit in compared)]
        )
        before = paces.copy()
        paces[[unit.number for unit in compared]] = found / np.median(found)
        if float(np.abs(paces - before).max()) < SMALL_STEP:
            break
    return settled(paces)

"""Three ways to a chance of breach, each fitted on what was known on one day.

- **share**: the share of late cases among those that had used as much of their limit, never falling as more is used.
- **remaining**: how often a case in the same stage, with about as much of its limit used, lasted longer than what is
  left (Kaplan and Meier, open cases censored).
- **logistic**: a logistic regression on what is known that day: limit used and left, stage, time since the last step,
  load of the holder and department, queue ahead, the late shares of item and department so far, season, stops.

Fates not known yet are not left out as if they were like the others: the known ones are weighted to stand for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import polars as pl
from scipy.optimize import isotonic_regression
from scipy.special import logit

from efficacy_analytics.statistics.prediction.logistic import Logistic, logistic
from efficacy_analytics.statistics.prediction.remaining import Floats, Remaining, censoring_weights, remaining

FEWEST_IN_CELL: Final = 50
"""Rows of a stage and band from which a curve of its own is drawn; fewer join those of all stages."""
FEWEST_OF_STAGE: Final = 100
"""Rows from which a stage has a column of its own."""
BANDS: Final = (0.2, 0.4, 0.6, 0.8)
"""Of the limit used, where curves of what remains are told apart."""
PRIOR_CASES: Final = 20.0
"""A late share counts for so many cases like all others besides its own."""


class Method(Protocol):
    """A fitted method."""

    def chance(self, rows: pl.DataFrame) -> Floats:
        """The chance of each row that its case breaks its limit."""


def used_share(rows: pl.DataFrame) -> Floats:
    """How much of the days allowed is used."""
    return (rows["counted_days"] / rows["allowed_days"]).to_numpy()


def known_weights(known: pl.DataFrame) -> tuple[pl.DataFrame, Floats]:
    """The rows whose fate is known, and what each counts for."""
    rows = known.filter(pl.col("is_known"))
    weights = censoring_weights(rows["days_until_known"].to_numpy(), known["days_until_cut"].to_numpy())
    return rows, weights


@dataclass(frozen=True)
class UsedShare:
    """Late share by how much of the limit is used."""

    used: Floats
    late_share: Floats

    def chance(self, rows: pl.DataFrame) -> Floats:
        return np.asarray(np.interp(used_share(rows), self.used, self.late_share))


def fit_share(known: pl.DataFrame) -> UsedShare:
    """Isotonic regression of late on the share of the limit used."""
    rows, weights = known_weights(known)
    table = (
        pl.DataFrame({"used": used_share(rows), "weight": weights, "late": rows["is_late"].cast(pl.Float64)})
        .group_by(pl.col("used").round(2))
        .agg(late=(pl.col("late") * pl.col("weight")).sum() / pl.col("weight").sum(), weight=pl.col("weight").sum())
        .sort("used")
    )
    fitted = isotonic_regression(table["late"].to_numpy(), weights=table["weight"].to_numpy())
    return UsedShare(table["used"].to_numpy(), np.asarray(fitted.x))


@dataclass(frozen=True)
class StageRemaining:
    """Curves of what remains by stage and band of the limit used."""

    curves: Mapping[tuple[str | None, int], Remaining]
    overall: Remaining

    def chance(self, rows: pl.DataFrame) -> Floats:
        used = used_share(rows)
        cells = _cells(rows)
        chance = np.empty(rows.height)
        for (stage, band), place in cells.items():
            curve = self.curves.get((stage, band)) or self.curves.get((None, band)) or self.overall
            chance[place] = curve.longer_than(1 - used[place])
        return chance


def fit_remaining(known: pl.DataFrame) -> StageRemaining:
    """The curves, of cells with enough rows."""
    lasted, ended = known["lasted_share"].to_numpy(), known["has_ended"].to_numpy()
    curves: dict[tuple[str | None, int], Remaining] = {}
    bands = np.digitize(used_share(known), BANDS)
    for band in range(len(BANDS) + 1):
        place = np.flatnonzero(bands == band)
        if place.size >= FEWEST_IN_CELL:
            curves[None, band] = remaining(lasted[place], ended[place])
    for cell, place in _cells(known).items():
        if place.size >= FEWEST_IN_CELL:
            curves[cell] = remaining(lasted[place], ended[place])
    return StageRemaining(curves, remaining(lasted, ended))


def _cells(rows: pl.DataFrame) -> dict[tuple[str | None, int], np.ndarray]:
    """The places of the rows of each stage and band."""
    keyed = rows.select("stage", band=pl.Series(np.digitize(used_share(rows), BANDS))).with_row_index("place")
    groups = keyed.group_by("stage", "band", maintain_order=True).agg("place")
    return {(stage, int(band)): np.asarray(place) for stage, band, place in groups.iter_rows()}


@dataclass(frozen=True)
class LogisticChance:
    """A logistic model and the stages it tells apart."""

    model: Logistic
    stages: tuple[str, ...]

    def chance(self, rows: pl.DataFrame) -> Floats:
        return self.model.chance(features(rows, self.stages))


def fit_logistic(known: pl.DataFrame) -> LogisticChance:
    """The model of the rows whose fate is known."""
    rows, weights = known_weights(known)
    counts = rows["stage"].value_counts().filter(pl.col("count") >= FEWEST_OF_STAGE)
    stages = tuple(sorted(counts["stage"].to_list()))
    model = logistic(features(rows, stages), rows["is_late"].to_numpy(), weights)
    return LogisticChance(model, stages)


def features(rows: pl.DataFrame, stages: tuple[str, ...]) -> Floats:
    """What the logistic model sees of each row."""
    used = used_share(rows)
    left = (rows["allowed_days"] - rows["counted_days"]).to_numpy()
    season = rows["day"].dt.ordinal_day().to_numpy() * (2 * np.pi / 365.25)
    overall = _shrunk(rows["all_late_count"], rows["all_known_count"], np.full(rows.height, 0.05))
    columns = [
        used,
        used**2,
        np.log1p(left),
        np.minimum(rows["waiting_days"].to_numpy() / rows["allowed_days"].to_numpy(), 3.0),
        np.log1p(rows["waiting_days"].to_numpy()),
        np.log1p(rows["step_count"].to_numpy()),
        np.log1p(rows["holder_load"].to_numpy()),
        np.log1p(rows["department_load"].to_numpy()),
        np.log1p(rows["queue_ahead"].to_numpy()),
        rows["is_stopped"].cast(pl.Float64).to_numpy(),
        logit(_shrunk(rows["item_late_count"], rows["item_known_count"], overall)),
        logit(_shrunk(rows["department_late_count"], rows["department_known_count"], overall)),
        np.sin(season),
        np.cos(season),
        *((rows["stage"] == stage).cast(pl.Float64).to_numpy() for stage in stages),
    ]
    return np.column_stack(columns)


def _shrunk(late: pl.Series, known: pl.Series, towards: Floats) -> Floats:
    """Late shares drawn towards a share, and kept off 0 and 1."""
    share = (late.to_numpy() + PRIOR_CASES * towards) / (known.to_numpy() + PRIOR_CASES)
    return np.clip(share, 0.0005, 0.9995)


METHODS: Final[Mapping[str, Callable[[pl.DataFrame], Method]]] = {
    "share": fit_share,
    "remaining": fit_remaining,
    "logistic": fit_logistic,
}
"""How each method is fitted; the last one is offered only where it beats all before it."""

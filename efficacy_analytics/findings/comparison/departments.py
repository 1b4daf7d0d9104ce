"""Departments on like work: the raw share of late cases beside the adjusted one, two funnels, and the ranks left open.

What it assumes: months of a department swing alike (their spread beyond chance widens every interval, `dispersion`);
what the case mix cannot see is taken for the department's own. How far the expectation itself is known is part of every
interval: of departments that share little work it is known least.

Source: methods in `statistics/comparison`.
"""

from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.comparison.groups import comparable_groups, comparable_work
from efficacy_analytics.statistics.comparison import funnel
from efficacy_analytics.statistics.comparison.case_mix import NOBODY, Expectation
from efficacy_analytics.statistics.comparison.rank_sets import simultaneous_rank_sets
from efficacy_analytics.statistics.proportions import Floats, with_share
from efficacy_analytics.statistics.settled import settled

FEWEST_DUE_COUNT: Final = 30
"""Cases due below which a department is shown and not ranked."""
FEWEST_LATE_COUNT: Final = 3.0
"""Where neither so many late cases were to be expected nor so many were late, a square root is no normal figure any
more, and a department is not ranked. One that has many where hardly any was to be expected is."""
RANK_CONFIDENCE: Final = 0.99
"""Of the rank sets together: at 95 %, of equal departments somebody is told apart in one briefing of twenty."""
LAST: Final = 3
COUNTS: Final = ("due_count", "late_count", "not_yet_due_count", "without_limit_count", "apart_count")


@question
def department_comparison(
    log: Session, *, confidence: float = 0.95, rank_confidence: float = RANK_CONFIDENCE
) -> pl.DataFrame:
    """Each department's late cases against those to be expected of its work.

    late_ratio = late_count / expected_late_count, the second as the typical department would have had of this work;
    adjusted_late_share = late_ratio times what the typical department would have of all work, at most 1. Ranks go by
    the ratio; a rank set holds for all departments together. Only departments whose rank may be among the last three
    are `may_be_last_three` (null where no more than three are ranked), and only where they are exactly three are they
    named (`is_last_three`).

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        confidence: of the raw share's interval.
        rank_confidence: of the rank sets together.

    Returns:
        One row per department, in the order of the codes, null last: `department`, `due_count`, `late_count`,
        `late_share` with `late_share_low` and `late_share_high`, `expected_late_count`, `late_ratio`,
        `adjusted_late_share`, `exact_band` and `overdispersed_band` (`far_below`, `below`, `within`, `above`,
        `far_above` the limits at 95 % and 99.8 %; the second null for fewer than ten departments), the limits
        `exact_low`, `exact_high`, `exact_low_far`, `exact_high_far` of the ratio and the same of `overdispersed`,
        `worst_rank`, `best_rank` (1: fewest late), `may_be_last_three`, `is_last_three`, `not_ranked_because`
        (`few_cases`, `few_expected`, `nothing_due`, `alone`, `no_department`), `dispersion`, `own_item_count` (cases
        due of items that no other department handles), `not_yet_due_count`, `without_limit_count`, `apart_count`.
    """
    groups = comparable_groups(log)
    fit = comparable_work(log)
    rows = _counted(groups).with_columns(dispersion=pl.lit(_dispersion(groups)))
    rows = rows.join(_known(fit), on="department", how="left", nulls_equal=True, maintain_order="left")
    shared = with_share(rows, "late_share", "late_count", "due_count", confidence=confidence)
    overall = _overall(rows)
    ratio = pl.col("late_count") / pl.col("expected_late_count")
    compared = shared.with_columns(
        late_ratio=pl.when(pl.col("expected_late_count") > 0).then(ratio),
    ).with_columns(adjusted_late_share=(pl.col("late_ratio") * overall).clip(upper_bound=1.0))
    return _ranked(_banded(compared), fit.covariance, rank_confidence).select(
        "department", "due_count", "late_count", "late_share", "late_share_low", "late_share_high",
        "expected_late_count", "late_ratio", "adjusted_late_share", "exact_band", "overdispersed_band",
        "exact_low", "exact_high", "exact_low_far", "exact_high_far",
        "overdispersed_low", "overdispersed_high", "overdispersed_low_far", "overdispersed_high_far",
        "best_rank", "worst_rank", "may_be_last_three", "is_last_three", "not_ranked_because", "dispersion",
        "own_item_count", "not_yet_due_count", "without_limit_count", "apart_count",
    )  # fmt: skip


def _counted(groups: pl.DataFrame) -> pl.DataFrame:
    due, shares = pl.col("due_count"), [pl.col(name) for name in ("expected_late_share", "fitted_late_share")]
    chance = [(due * share * (1 - share)).sum() for share in shares]
    return (
        groups.group_by("department", maintain_order=True)
        .agg(
            pl.col(*COUNTS).sum(),
            expected_late_count=(due * shares[0]).sum(),
            typical_variance=chance[0],
            fitted_variance=chance[1],
            own_item_count=due.filter(pl.col("shared_item").is_null() & pl.col("item").is_not_null()).sum(),
        )
        .sort("department", nulls_last=True)
    )


def _known(fit: Expectation) -> pl.DataFrame:
    """How far the ratio of each department is known; `unit` is its place in the covariance."""
    names = [unit if unit != NOBODY else None for unit in fit.units]
    return pl.DataFrame(
        {
            "department": pl.Series(names, dtype=pl.String),
            "fitted_ratio": fit.ratio,
            "work_variance": fit.work_variance,
        }
    ).with_row_index("unit")


def _overall(rows: pl.DataFrame) -> float:
    due_count = int(rows["due_count"].sum())
    return float(rows["expected_late_count"].sum()) / due_count if due_count else 0.0


def _dispersion(groups: pl.DataFrame) -> float:
    """How much wider a department's months swing about its own level than independent cases would; at least 1.

    (sum over months of (O - c E)² / (c V)) / (months - departments), c the department's own O / E, over months in
    which at least one late case was to be expected.
    """
    expected = pl.col("due_count") * pl.col("expected_late_share")
    months = groups.group_by("department", "month", maintain_order=True).agg(
        pl.col("late_count").sum(), e=expected.sum(), v=(expected * (1 - pl.col("expected_late_share"))).sum()
    )
    of_department = [pl.col(name).sum().over("department") for name in ("late_count", "e")]
    months = months.with_columns(own=of_department[0] / of_department[1])
    months = months.filter((pl.col("e") >= 1) & (pl.col("own") > 0)).sort("department", "month", nulls_last=True)
    freedom = months.height - months["department"].n_unique()
    if freedom < 1:
        return 1.0
    swing = ((pl.col("late_count") - pl.col("own") * pl.col("e")) ** 2 / (pl.col("own") * pl.col("v"))).sum()
    return max(1.0, float(months.select(swing).item()) / freedom)


def _banded(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their place in both funnels; null where nothing was to be expected.

    The widened limits are by a normal figure; where departments hardly differ it may lie within the exact ones,
    which then hold.
    """
    is_in = rows["late_ratio"].is_not_null().to_numpy()
    chosen = rows.filter(pl.col("late_ratio").is_not_null())
    expected = _informing_count(chosen)
    exact = {
        "": funnel.exact_ratio_limits(expected, confidence=funnel.WARNING),
        "_far": funnel.exact_ratio_limits(expected, confidence=funnel.ALARM),
    }
    rows = _with_limits(rows, "exact", exact, is_in)
    if chosen.height < funnel.FEWEST_UNITS:
        nothing = {key: (np.full(chosen.height, np.nan),) * 2 for key in exact}
        return _with_limits(rows, "overdispersed", nothing, is_in)
    told = chosen["late_ratio"].to_numpy() * expected
    spread = funnel.spread_of_square_roots(told, expected)
    widened = {
        key: (np.minimum(low, exact[key][0]), np.maximum(high, exact[key][1]))
        for key, (low, high) in _square_root_limits(spread, expected).items()
    }
    return _with_limits(rows, "overdispersed", widened, is_in)


def _informing_count(rows: pl.DataFrame) -> Floats:
    """How many expected cases would tell as much, were their number certain: 1 / (1 / E + v), v the variance of ln E.

    It is E where departments share most of their work.
    """
    return settled(1 / (1 / rows["expected_late_count"].to_numpy() + rows["work_variance"].to_numpy()))


def _square_root_limits(spread: funnel.Spread, expected: Floats) -> dict[str, tuple[Floats, Floats]]:
    limits = {}
    for key, confidence in (("", funnel.WARNING), ("_far", funnel.ALARM)):
        half = funnel.overdispersed_limits(spread.standard_error, spread.tau_squared, confidence=confidence)
        low = np.where(np.exp(-expected) > (1 - confidence) / 2, 0.0, np.maximum(1 - half, 0) ** 2)
        limits[key] = (low, (1 + half) ** 2)
    return limits


def _with_limits(
    rows: pl.DataFrame, name: str, limits: dict[str, tuple[Floats, Floats]], is_in: np.ndarray
) -> pl.DataFrame:
    for key, ends in limits.items():
        for side, values in zip(("low", "high"), ends, strict=True):
            column = np.full(rows.height, np.nan)
            column[is_in] = settled(values)
            rows = rows.with_columns(pl.Series(f"{name}_{side}{key}", column).fill_nan(None))
    at = pl.col("late_ratio")
    band = (
        pl.when(at < pl.col(f"{name}_low_far")).then(pl.lit("far_below"))
        .when(at < pl.col(f"{name}_low")).then(pl.lit("below"))
        .when(at > pl.col(f"{name}_high_far")).then(pl.lit("far_above"))
        .when(at > pl.col(f"{name}_high")).then(pl.lit("above"))
        .when(pl.col(f"{name}_low").is_not_null() & at.is_not_null()).then(pl.lit("within"))
    )  # fmt: skip
    return rows.with_columns(band.alias(f"{name}_band"))


def _ranked(rows: pl.DataFrame, covariance: Floats, confidence: float) -> pl.DataFrame:
    because = (
        pl.when(pl.col("due_count") == 0).then(pl.lit("nothing_due"))
        .when(pl.col("department").is_null()).then(pl.lit("no_department"))
        .when(pl.col("due_count") < FEWEST_DUE_COUNT).then(pl.lit("few_cases"))
        .when(pl.max_horizontal("expected_late_count", "late_count") < FEWEST_LATE_COUNT).then(pl.lit("few_expected"))
    )  # fmt: skip
    rows = rows.with_columns(not_ranked_because=because)
    ranked = rows.filter(pl.col("not_ranked_because").is_null())
    if ranked.height < 2:
        alone = pl.coalesce("not_ranked_because", pl.lit("alone"))
        nothing = {"best_rank": pl.Int64, "worst_rank": pl.Int64, "may_be_last_three": pl.Boolean}
        return rows.with_columns(
            not_ranked_because=alone,
            is_last_three=pl.lit(value=False),
            **{name: pl.lit(None, dtype=kind) for name, kind in nothing.items()},
        )
    errors, correlation = _errors(ranked, covariance)
    sets = simultaneous_rank_sets(-_roots(ranked), errors, correlation=correlation, confidence=confidence)
    may_be_last = sets.may_be_among_the_worst(LAST)
    is_open = [bool(may) if ranked.height > LAST else None for may in may_be_last]
    placed = ranked.select(
        "department",
        pl.Series("best_rank", sets.lowest_rank),
        pl.Series("worst_rank", sets.highest_rank),
        pl.Series("may_be_last_three", is_open, dtype=pl.Boolean),
        pl.Series("is_last_three", may_be_last & (may_be_last.sum() == LAST) & (ranked.height > LAST)),
    )
    joined = rows.join(placed, on="department", how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("is_last_three").fill_null(value=False))


def _roots(ranked: pl.DataFrame) -> Floats:
    """The square roots of the ratios, 3/8 of a case added as far as the count may vary: not where all are late."""
    expected, varying = (ranked[name].to_numpy() for name in ("expected_late_count", "fitted_variance"))
    added = 0.375 * varying / (ranked["fitted_ratio"].to_numpy() * expected)
    return np.asarray(np.sqrt((ranked["late_count"].to_numpy() + added) / expected))


def _errors(ranked: pl.DataFrame, covariance: Floats) -> tuple[Floats, Floats]:
    """Of the square roots of the ratios: their standard errors, sqrt(dispersion c var(ln c)) / 2, and correlation.

    Chance in a department's own count is no less than at the typical one: where next to all cases are late, a few that
    were not would else make the error of who had none of them vanish.
    """
    at = ranked["unit"].to_numpy()
    ratio, expected = ranked["fitted_ratio"].to_numpy(), ranked["expected_late_count"].to_numpy()
    lacking = ranked["typical_variance"].to_numpy() - ranked["fitted_variance"].to_numpy() / ratio
    of_roots = covariance[np.ix_(at, at)] * np.sqrt(np.outer(ratio, ratio))
    of_roots += np.diag(np.maximum(lacking, 0.0) / expected**2)
    deviation = np.sqrt(np.diag(of_roots))
    errors = np.sqrt(ranked["dispersion"].to_numpy()) * deviation / 2
    return errors, of_roots / np.outer(deviation, deviation)

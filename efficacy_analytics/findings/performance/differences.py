"""Where two groups of cases go different ways, or wait differently on the same way: two periods, departments or logs.

Each path (from one activity or stage to the next) is compared twice. Of the cases that take it, a case's wait is the
mean of its transitions there, and the waits of both groups are compared by the Mann-Whitney test; so the cases, not
their transitions, are taken as independent. The share of cases that take it is compared by Fisher's exact test. Over
all paths tested, each measure's false discoveries are kept to 5 % (Benjamini-Hochberg).

Sources: H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the
other", Annals of Mathematical Statistics 18, 1947; Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate",
Journal of the Royal Statistical Society B 57, 1995.
"""

from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.stages import visit_stages

Level: TypeAlias = Literal["activity", "stage"]
QUERIES: Final = {"activity": "difference_activities", "stage": "difference_stages"}
CLOCKS: Final = ("elapsed", "open")
PATH: Final = ["activity", "next_activity"]
FALSE_DISCOVERIES: Final = 0.05
FEWEST_WAITS: Final = 8
"""Cases in each group below which the waits on a path are not compared: the test's approximation needs them."""
FEWEST_CASES: Final = 10
"""Cases in both groups together below which the share of a path is not compared."""


@question
def differences(log: Session, other: Session, *, level: Level = "activity") -> pl.DataFrame:
    """The paths of two groups of cases side by side, B less A, with what is more than chance.

    Args:
        log: the engine of the one cohort, A.
        other: the engine of the other, B; of the same snapshot or of another with activities in common.
        level: paths between activities, or between stages.

    Returns:
        One row per path that either takes, most transitions first: `activity`, `next_activity`,
        `transition_count_a`, `transition_count_b`, `case_count_a`, `case_count_b`,
        `case_share_a`, `case_share_b` (of all cases of the group), `case_share_difference`, `case_share_p`,
        `is_case_share_significant`; on each clock `elapsed_seconds_median_a`, `…_b` (over the cases that take it),
        `elapsed_seconds_difference`, `elapsed_p`, `is_elapsed_significant`, and the same for `open`.
        p is null where too few cases take the path (`FEWEST_WAITS`, `FEWEST_CASES`); then nothing is significant.

    Raises:
        CallError: there is no such level.
    """
    if level not in QUERIES:
        raise CallError(f"paths have no level '{level}'.", hint=f"one of: {', '.join(QUERIES)}")
    if level == "stage":
        visit_stages(log, other)
        visit_stages(other, log)
    paths = [one.run(QUERIES[level]) for one in (log, other)]
    sizes = [int(one.run("finding_case_count").item()) for one in (log, other)]
    return compared(paths[0], paths[1], case_counts=(sizes[0], sizes[1]))


def compared(paths_a: pl.DataFrame, paths_b: pl.DataFrame, *, case_counts: tuple[int, int]) -> pl.DataFrame:
    """`differences`, from one row per path and case.

    Args:
        paths_a: of group A, one row per path and case that takes it: `activity`, `next_activity`,
            `transition_count`, `elapsed_seconds`, `open_seconds` (means over the case's transitions there).
        paths_b: of group B.
        case_counts: all cases of A and of B.
    """
    counted = _counted(paths_a, paths_b, case_counts)
    for clock in CLOCKS:
        counted = counted.join(_waits(paths_a, paths_b, clock), on=PATH, how="left", maintain_order="left")
        counted = _significant(counted, f"{clock}_p", f"is_{clock}_significant")
    order = pl.col("transition_count_a") + pl.col("transition_count_b")
    return counted.sort(order, *PATH, descending=[True, False, False])


def _counted(paths_a: pl.DataFrame, paths_b: pl.DataFrame, case_counts: tuple[int, int]) -> pl.DataFrame:
    """Each path with its counts and shares in both groups, and whether the shares differ."""
    sides = [
        paths.group_by(PATH, maintain_order=True).agg(
            pl.col("transition_count").sum().cast(pl.Int64).alias(f"transition_count_{side}"),
            pl.len().cast(pl.Int64).alias(f"case_count_{side}"),
        )
        for side, paths in (("a", paths_a), ("b", paths_b))
    ]
    counts = [f"{name}_count_{side}" for name in ("transition", "case") for side in "ab"]
    both = sides[0].join(sides[1], on=PATH, how="full", coalesce=True).sort(PATH)
    both = both.select(*PATH, *(pl.col(name).fill_null(0) for name in counts))
    shares = [pl.col(f"case_count_{side}") / size for side, size in zip("ab", case_counts, strict=True)]
    chances = [_share_chance(a, b, case_counts) for a, b in both.select("case_count_a", "case_count_b").iter_rows()]
    told = both.with_columns(
        shares[0].alias("case_share_a"),
        shares[1].alias("case_share_b"),
        (shares[1] - shares[0]).alias("case_share_difference"),
        pl.Series("case_share_p", chances, dtype=pl.Float64),
    )
    return _significant(told, "case_share_p", "is_case_share_significant")


def _share_chance(a: int, b: int, case_counts: tuple[int, int]) -> float | None:
    """Fisher's exact test, two-sided; none for a path of too few cases."""
    from scipy.stats import fisher_exact

    if a + b < FEWEST_CASES:
        return None
    table = [[a, case_counts[0] - a], [b, case_counts[1] - b]]
    return float(fisher_exact(table).pvalue)


def _waits(paths_a: pl.DataFrame, paths_b: pl.DataFrame, clock: str) -> pl.DataFrame:
    """Per path the medians of the cases' waits in both groups, their difference, and its p by Mann and Whitney."""
    column = f"{clock}_seconds"
    waits = pl.concat(
        paths.select(*PATH, pl.col(column).alias("wait"), pl.lit(is_b).alias("is_b"))
        for paths, is_b in ((paths_a, False), (paths_b, True))
    ).drop_nulls("wait")
    ranked = waits.with_columns(
        pl.col("wait").rank("average").over(PATH).alias("rank"), pl.len().over(*PATH, "wait").alias("tied")
    )
    of_a, of_b = pl.col("is_b").not_(), pl.col("is_b")
    grouped = ranked.group_by(PATH, maintain_order=True).agg(
        pl.col("wait").filter(of_a).median().alias(f"{column}_median_a"),
        pl.col("wait").filter(of_b).median().alias(f"{column}_median_b"),
        of_a.sum().cast(pl.Float64).alias("n_a"),
        of_b.sum().cast(pl.Float64).alias("n_b"),
        pl.col("rank").filter(of_a).sum().alias("rank_sum"),
        (pl.col("tied").cast(pl.Float64) ** 2 - 1).sum().alias("ties"),
    )
    return grouped.select(
        *PATH,
        f"{column}_median_a",
        f"{column}_median_b",
        (pl.col(f"{column}_median_b") - pl.col(f"{column}_median_a")).alias(f"{column}_difference"),
        pl.Series(f"{clock}_p", _wait_chances(grouped), dtype=pl.Float64, nan_to_null=True),
    )


def _wait_chances(grouped: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Two-sided p of the Mann-Whitney test, normal approximation with correction for ties and continuity."""
    from scipy.stats import norm

    n_a, n_b, rank_sum, ties = (grouped[name].to_numpy() for name in ("n_a", "n_b", "rank_sum", "ties"))
    n = n_a + n_b
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1))))
        away = np.abs(rank_sum - n_a * (n_a + 1) / 2 - n_a * n_b / 2)
        chances = np.minimum(1.0, 2 * norm.sf((away - 0.5) / spread))
    chances = np.where(spread == 0, 1.0, chances)
    chosen = (n_a >= FEWEST_WAITS) & (n_b >= FEWEST_WAITS)
    return np.asarray(np.where(chosen, chances, np.nan), dtype=np.float64)


def _significant(paths: pl.DataFrame, chance: str, name: str) -> pl.DataFrame:
    """Marks the paths whose p stands among those of all paths tested (Benjamini-Hochberg)."""
    from scipy.stats import false_discovery_control

    tested = paths[chance].is_not_null()
    adjusted = np.ones(paths.height)
    if tested.any():
        adjusted[tested.to_numpy()] = false_discovery_control(paths[chance].drop_nulls().to_numpy())
    return paths.with_columns(pl.Series(name, adjusted <= FALSE_DISCOVERIES))

"""What each wait and each step adds to the whole time: parts that sum exactly to the throughput of the cohort.

A wait counts from the latest completion so far, a step as far as nothing before it is still going on: nothing is
counted twice, and the parts of a case add up to its throughput on every clock. Where a log records completions only,
what lies between two of them is called just that.
"""

from typing import Literal, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.bootstrap import share_intervals

Clock: TypeAlias = Literal["elapsed", "open", "counted"]

UNITS = {"elapsed": "elapsed_seconds", "open": "open_seconds", "counted": "counted_days"}
PART = ["kind", "activity", "next_activity"]
MOST_BUNDLES = 50_000
"""More cases than this are drawn in bundles of equal size: a sum over bundles varies as one over cases does."""


@question
def contributions(
    log: Session,
    *,
    clock: Clock = "elapsed",
    replicates: int | None = None,
    seed: int | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Every segment's waiting and every step's service as a share of the throughput of all cases.

    share = part / sum over cases of the throughput; the shares add up to 1. Excess: per part, the sum over cases of
    what they take above the median of the best quarter of departments (by their medians), in days: of 24 hours, of
    an average working day's open hours, or counted ones. A tenth less: the waits or services of the part shortened
    by 10 % and the paths replayed; steps that something parallel outlasts save nothing.

    Args:
        log: the engine of a cohort.
        clock: `elapsed`, `open` (office hours) or `counted` (days as the limit counts them).
        replicates: draws of the bootstrap over cases; by default as in the settings.
        seed: of the bootstrap; by default as in the settings.
        confidence: of the interval, two-sided.

    Returns:
        One row per part, largest first, ties by name: `rank`, `kind` (`waiting`, `between_completions` or
        `service`), `activity`, `next_activity` (null for service), `case_count`, `part_count`,
        `<unit>_total`, `_mean`, `_median`, `_p90` (unit: `elapsed_seconds`, `open_seconds`, `counted_days`),
        `share_of_total`, `share_low`, `share_high`, `excess_days`, `tenth_less_<unit>` (less throughput of the mean
        case), `tenth_less_share` (of the throughput).

    Raises:
        CallError: there is no such clock.
    """
    _measure(log, clock)
    log.build("contribution_excess")
    log.build("contribution_savings")
    ranking = log.run("contribution_ranking").with_row_index("rank", offset=1)
    drawn = log.settings.bootstrap
    low, high = _intervals(
        log,
        ranking,
        replicates=drawn.replicates if replicates is None else replicates,
        seed=drawn.seed if seed is None else seed,
        confidence=confidence,
    )
    unit = UNITS[clock]
    return ranking.select(
        pl.col("rank").cast(pl.Int64),
        *PART,
        "case_count",
        "part_count",
        *(pl.col(part).alias(f"{unit}_{part}") for part in ("total", "mean", "median", "p90")),
        pl.col("share").alias("share_of_total"),
        pl.when(pl.col("share").is_not_null()).then(low.fill_nan(None)).alias("share_low"),
        pl.when(pl.col("share").is_not_null()).then(high.fill_nan(None)).alias("share_high"),
        (pl.col("excess") / day_length(log, clock)).alias("excess_days"),
        pl.col("tenth_less_mean").alias(f"tenth_less_{unit}"),
        "tenth_less_share",
    )


@question
def contributions_by_month(log: Session, *, clock: Clock = "elapsed") -> pl.DataFrame:
    """The same parts per month of acceptance, without intervals.

    Recent months hold mainly fast cases yet.

    Args:
        log: the engine of a cohort.
        clock: as for `contributions`.

    Returns:
        One row per month and part, months in order, largest part first: `month` (as 2024-03), `kind`, `activity`,
        `next_activity`, `case_count`, `part_count`, `<unit>_total`, `_mean`, `_median`, `share_of_month`.

    Raises:
        CallError: there is no such clock.
    """
    _measure(log, clock)
    named = {part: f"{UNITS[clock]}_{part}" for part in ("total", "mean", "median")}
    return log.run("contribution_months").rename({**named, "share": "share_of_month"})


def _measure(log: Session, clock: str) -> None:
    if clock not in UNITS:
        raise CallError(f"contributions know no clock '{clock}'.", hint=f"one of: {', '.join(UNITS)}")
    log.build("contribution_parts", clock=clock)


def day_length(log: Session, clock: str) -> float:
    """How much a day has on a clock: 24 hours, an average working day's open seconds, or one counted day."""
    if clock == "open":
        return float(log.run("contribution_day").item() or 0) or float("nan")
    return 86_400.0 if clock == "elapsed" else 1.0


def _intervals(
    log: Session, ranking: pl.DataFrame, *, replicates: int, seed: int, confidence: float
) -> tuple[pl.Expr, pl.Expr]:
    numbers = ranking.select(*PART, part=pl.col("rank").cast(pl.Int64) - 1)
    log.put_temporary("contribution_numbers", numbers)
    amounts = log.run("contribution_bundles", most_bundles=MOST_BUNDLES)
    low, high = share_intervals(
        amounts["bundle"].to_numpy(),
        amounts["part"].to_numpy(),
        amounts["amount"].to_numpy(),
        case_count=min(MOST_BUNDLES, log.run("finding_case_count").item()),
        group_of_part=(numbers["part"] * 0).to_numpy(),
        replicates=replicates,
        seed=seed,
        confidence=confidence,
    )
    return pl.lit(pl.Series(low, dtype=pl.Float64)), pl.lit(pl.Series(high, dtype=pl.Float64))

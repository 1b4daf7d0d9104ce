"""Which steps, done one after the other, the log shows to be independent: what doing them side by side would save.

Two steps are independent where cases overlap them, or take them in either order, and neither is handed the other's
result at once; an order that is declared is never questioned. The log cannot see whether a document of the one is
needed by the other: a candidate is a question to the departments, not an answer.

Source: the order relations of process discovery (W. M. P. van der Aalst, "Process Mining", Springer 2016, ch. 6) with
shares instead of sets, so that single mishaps do not decide.
"""

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.mining.declared import rules
from efficacy_analytics.settings import BootstrapSettings
from efficacy_analytics.statistics.bootstrap import mean_interval

FEWEST_CASES = 20
LEAST_EVIDENCE = 0.1
MOST_HANDED = 0.5
MOST_STEPS = 1_000
"""Pairs grow with the square of the steps of a case: so many steps of one case are half a million pairs."""
REASONS = ("independent", "declared_order", "too_few_cases", "one_order_only", "handed_over_at_once")
"""Why a pair is a candidate or none; the first that applies, in the order: declared, few, one order, handed over."""


@question
def parallel_steps(log: Session) -> pl.DataFrame:
    """Pairs of steps with the evidence that they are independent, and the days that doing them side by side saves.

    evidence_share = overlap_share + min(before_share, after_share): the share of cases that contradict a fixed order.
    handed_share = of the cases where one directly follows the other, those where it begins within an hour.
    A pair is a candidate with at least 20 cases, evidence of at least 0.1, a handed share of at most 0.5, and no
    declared order. Where one directly follows the other, a case saves the counted days of the shorter of the two; other
    cases save nothing, since what lies between them would have to be rearranged as well. The interval of the mean is a
    95 % studentised bootstrap over cases, null where no interval covers.

    Args:
        log: the engine of a cohort.

    Returns:
        One row per pair that at least one case has, candidates first, by saving: `activity`, `other_activity`,
        `case_count`, `overlap_share`, `before_share`, `after_share`, `evidence_share`, `handed_share` (null where
        they are never next to each other), `is_candidate`, `reason`, `saved_days_total`, `saved_days_mean`,
        `saved_days_mean_low`, `saved_days_mean_high` (null where the pair is no candidate).

    Raises:
        CannotAnswerError: a case takes more than `MOST_STEPS` steps once each.
    """
    _refuse_too_long(log)
    pairs = _with_shares(log.run("parallel_pairs"))
    ordered = _declared_orders(log)
    reasons = [_reason(row, ordered) for row in pairs.iter_rows(named=True)]
    judged = pairs.with_columns(pl.Series("reason", reasons, dtype=pl.String)).with_columns(
        is_candidate=pl.col("reason") == "independent"
    )
    savings = pl.DataFrame(
        [_saving(row, log.settings.bootstrap) for row in judged.iter_rows(named=True)],
        schema={"saved_days_total": pl.Int64, **dict.fromkeys(_MEANS, pl.Float64)},
        orient="row",
    )
    order = ["is_candidate", "saved_days_total", "case_count", "activity", "other_activity"]
    return (
        pl.concat([judged, savings], how="horizontal")
        .select(*_COLUMNS)
        .sort(order, descending=[True, True, True, False, False], nulls_last=True)
    )


def _refuse_too_long(log: Session) -> None:
    longest = log.run("parallel_longest").row(0, named=True)
    if longest["step_count"] > MOST_STEPS:
        raise CannotAnswerError(
            f"case '{longest['case_id']}' takes {longest['step_count']:,} different steps once each, more than "
            f"{MOST_STEPS:,}: too many pairs.",
            hint=f'leave such cases out by --where "event_count <= {MOST_STEPS}"',
        )


_MEANS = ("saved_days_mean", "saved_days_mean_low", "saved_days_mean_high")
_COLUMNS = (
    "activity", "other_activity", "case_count", "overlap_share", "before_share", "after_share", "evidence_share",
    "handed_share", "is_candidate", "reason", "saved_days_total", *_MEANS,
)  # fmt: skip


def _with_shares(pairs: pl.DataFrame) -> pl.DataFrame:
    shares = {name: pl.col(f"{name}_count") / pl.col("case_count") for name in ("overlap", "before", "after")}
    return pairs.with_columns(
        **{f"{name}_share": share for name, share in shares.items()},
        evidence_share=shares["overlap"] + pl.min_horizontal(shares["before"], shares["after"]),
        handed_share=pl.when(pl.col("adjacent_count") > 0).then(pl.col("handed_count") / pl.col("adjacent_count")),
    )


def _declared_orders(log: Session) -> set[frozenset[str]]:
    """The pairs of activities whose order a rule declares."""
    declared = rules(log).filter(pl.col("kind").is_in(["precedence", "response"]))
    return {
        frozenset((one, other))
        for first, second in declared.select("activity", "other_activity").rows()
        for one in first.split("|")
        for other in second.split("|")
    }


def _reason(row: dict[str, object], ordered: set[frozenset[str]]) -> str:
    if frozenset((str(row["activity"]), str(row["other_activity"]))) in ordered:
        return "declared_order"
    if _number(row["case_count"]) < FEWEST_CASES:
        return "too_few_cases"
    if _number(row["evidence_share"]) < LEAST_EVIDENCE:
        return "one_order_only"
    return "handed_over_at_once" if _number(row["handed_share"]) > MOST_HANDED else "independent"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _saving(
    row: dict[str, object], drawing: BootstrapSettings
) -> tuple[int | None, float | None, float | None, float | None]:
    if not row["is_candidate"]:
        return None, None, None, None
    days, counts = np.unique(np.asarray(row["saved_days"]), return_counts=True)
    total = int(counts.sum())
    low, high = mean_interval(days, counts, replicates=drawing.replicates, seed=drawing.seed) or (None, None)
    return int(days @ counts), float(days @ counts / total), low, high

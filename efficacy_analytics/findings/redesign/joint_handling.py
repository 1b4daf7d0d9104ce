"""What handling a whole group of steps jointly (联合办理) would save, under the ceiling the law sets for it.

The steps of a group that follow one another are walked again side by side: all begin when the first could, and the
longest decides. Queues are not modelled. A declared order is never questioned: a group that would break one is refused.
Where the log does not show the steps to be independent, the row says so: it is then a question to the departments.

Source: 行政许可法 42 (Administrative Licensing Law): unified, joint or concentrated handling takes at most 45 working
days; the government of that level may add 15.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.redesign.parallel_steps import REASONS, parallel_steps
from efficacy_analytics.settings import BootstrapSettings
from efficacy_analytics.statistics.bootstrap import mean_interval
from efficacy_analytics.statistics.tolerance import fewest_cases, safe_rank

CEILING_DAYS: Final = 45
EXTENSION_DAYS: Final = 15
SEPARATOR: Final = "|"
GROUP: Final = {"group_number": pl.Int32, "activity": pl.String}
COLUMNS: Final = {
    "activities": pl.String,
    "step_count": pl.Int64,
    "is_candidate": pl.Boolean,
    "reason": pl.String,
    "case_count": pl.Int64,
    "series_days_mean": pl.Float64,
    "parallel_days_mean": pl.Float64,
    "saved_days_total": pl.Int64,
    "saved_days_mean": pl.Float64,
    "saved_days_mean_low": pl.Float64,
    "saved_days_mean_high": pl.Float64,
    "needed_days": pl.Int64,
    "whole_needed_days": pl.Int64,
    "missing_count": pl.Int64,
    "ceiling_days": pl.Int64,
    "slack_days": pl.Int64,
    "extended_slack_days": pl.Int64,
    "over_ceiling_count": pl.Int64,
    "over_extended_count": pl.Int64,
}


@question
def joint_handling(
    log: Session,
    *,
    activities: Sequence[str] | None = None,
    share: float | None = None,
    confidence: float | None = None,
) -> pl.DataFrame:
    """Groups of steps done side by side: days saved by the critical path, and the slack under the law's ceiling.

    A case saves, in each run of steps of the group with nothing between them, what they last one after the other less
    the longest of them (each with its own waiting; one that is repeated stays behind itself). Interval of the mean:
    95 % percentile bootstrap over the cases that have such a run. needed_days is the shortest time that the stated
    share of cases needs for the group side by side, at the stated confidence; whole_needed_days the same for the whole
    handling, from acceptance to completion, less what the group saves. The law's 45 days are for the whole handling:
    slack_days = ceiling - whole_needed_days.

    Args:
        log: the engine of a cohort.
        activities: the steps of one group; by default every group of steps of which each pair is a candidate of
            `parallel_steps`, and to which no step can be added.
        share: of cases, for needed_days; by default as in the settings.
        confidence: for needed_days; by default as in the settings.

    Returns:
        One row per group, most days saved first: `activities` (joined by "|"), `step_count`, `is_candidate`, `reason`
        (`independent`, or why the first pair that is none is no candidate; null where a pair is not in the log),
        `case_count` (completed, in working days, with a run), `series_days_mean`, `parallel_days_mean`,
        `saved_days_total`, `saved_days_mean`, `saved_days_mean_low`, `saved_days_mean_high`, `needed_days` (null with
        too few cases, then `missing_count`), `whole_needed_days`, `ceiling_days` (45), `slack_days`,
        `extended_slack_days` (with 15 more), `over_ceiling_count`, `over_extended_count` (cases that take longer as a
        whole, even so).

    Raises:
        CallError: a group of one step, or one with a declared order.
        CannotAnswerError: no case has two of the steps chosen one after the other; a case is too long, as for
            `parallel_steps`.
    """
    pairs = _pairs(parallel_steps(log))
    groups = _maximal_groups(pairs) if activities is None else [_chosen(activities, pairs)]
    rows = [(number, activity) for number, group in enumerate(groups) for activity in group]
    log.put_temporary("joint_group", pl.DataFrame(rows, schema=GROUP, orient="row"))
    runs = log.run("joint_runs")
    if activities is not None and runs.is_empty():
        raise CannotAnswerError(
            "no completed case takes two of these steps one after the other.",
            hint="`efficacy show directly_follows` lists the steps by code",
        )
    guarantee = log.settings.guarantee
    asked = (guarantee.share if share is None else share, guarantee.confidence if confidence is None else confidence)
    found = [
        {
            **_named(group, pairs),
            **_figures(runs.filter(pl.col("group_number") == number), *asked, log.settings.bootstrap),
        }
        for number, group in enumerate(groups)
    ]
    table = pl.DataFrame(found, schema=COLUMNS).filter(pl.col("case_count") > 0)
    return table.sort("saved_days_total", "activities", descending=[True, False])


def _pairs(table: pl.DataFrame) -> dict[frozenset[str], str]:
    """Why each pair of steps is a candidate or none, best candidates first."""
    return {frozenset(row[:2]): row[2] for row in table.select("activity", "other_activity", "reason").iter_rows()}


def _maximal_groups(pairs: dict[frozenset[str], str]) -> list[tuple[str, ...]]:
    """From each candidate pair, best first, a group that takes in whatever step is independent of all its steps."""
    candidates = [pair for pair, reason in pairs.items() if reason == REASONS[0]]
    steps = list(dict.fromkeys(step for pair in candidates for step in sorted(pair)))
    groups: dict[tuple[str, ...], None] = {}
    for pair in candidates:
        group = set(pair)
        for step in steps:
            if all(pairs.get(frozenset((step, other))) == REASONS[0] for other in group - {step}):
                group.add(step)
        groups[tuple(sorted(group))] = None
    return list(groups)


def _chosen(activities: Sequence[str], pairs: dict[frozenset[str], str]) -> tuple[str, ...]:
    group = tuple(sorted(set(activities)))
    if len(group) < 2:
        raise CallError("joint handling needs at least two steps.", hint="name them by code")
    for one, other in combinations(group, 2):
        if pairs.get(frozenset((one, other))) == "declared_order":
            raise CallError(
                f"the order of '{one}' and '{other}' is declared.", hint="see reference/rules.csv; it is not questioned"
            )
    return group


def _named(group: tuple[str, ...], pairs: dict[frozenset[str], str]) -> dict[str, Any]:
    reasons = [pairs.get(frozenset(pair)) for pair in combinations(group, 2)]
    doubts = [reason for reason in reasons if reason != REASONS[0]]
    return {
        "activities": SEPARATOR.join(group),
        "step_count": len(group),
        "is_candidate": not doubts,
        "reason": doubts[0] if doubts else REASONS[0],
    }


def _figures(runs: pl.DataFrame, share: float, confidence: float, drawing: BootstrapSettings) -> dict[str, Any]:
    if runs.is_empty():
        return {"case_count": 0}
    counts, series, parallel, counted = (
        runs[name].to_numpy().astype(np.int64)
        for name in ("case_count", "series_days", "parallel_days", "counted_days")
    )
    total, saved = int(counts.sum()), series - parallel
    low, high = mean_interval(saved, counts, replicates=drawing.replicates, seed=drawing.seed) or (None, None)
    needed = _needed(np.repeat(parallel, counts), share, confidence)
    whole = counted - saved
    whole_needed = _needed(np.repeat(whole, counts), share, confidence)
    return {
        "case_count": total,
        "series_days_mean": float(series @ counts / total),
        "parallel_days_mean": float(parallel @ counts / total),
        "saved_days_total": int(saved @ counts),
        "saved_days_mean": float(saved @ counts / total),
        "saved_days_mean_low": low,
        "saved_days_mean_high": high,
        "needed_days": needed,
        "whole_needed_days": whole_needed,
        "missing_count": max(0, fewest_cases(share, confidence) - total) if needed is None else None,
        "ceiling_days": CEILING_DAYS,
        "slack_days": None if whole_needed is None else CEILING_DAYS - whole_needed,
        "extended_slack_days": None if whole_needed is None else CEILING_DAYS + EXTENSION_DAYS - whole_needed,
        "over_ceiling_count": int(counts[whole > CEILING_DAYS].sum()),
        "over_extended_count": int(counts[whole > CEILING_DAYS + EXTENSION_DAYS].sum()),
    }


def _needed(days: Any, share: float, confidence: float) -> int | None:
    rank = safe_rank(days.size, share=share, confidence=confidence)
    return int(np.sort(days)[rank - 1]) if rank <= days.size else None

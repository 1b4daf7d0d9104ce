"""Whether late cases of a department rise above what was to be expected of it, and since when.

What was to be expected is the case mix's, brought to the level of the department's own first half; the second half is
watched. Cases are taken for independent: a queue that is shared by weeks signals more often than stated.

Source: methods in `statistics/comparison/cusum`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.comparison.groups import FACTORS, comparable_groups
from efficacy_analytics.statistics.comparison.cusum import Rise, risen_breaches
from efficacy_analytics.statistics.proportions import Floats

FEWEST_CASES: Final = 100
"""Cases due below which half of them tell no level to watch against."""
MOST_WATCHED: Final = 5_000
"""The latest cases that are watched, so that the threshold is drawn in seconds."""
LEAST_SHARE, MOST_SHARE = 1e-4, 0.95
KEYS: Final = ["department", *FACTORS]
_SCHEMA: Final = {
    "department": pl.String, "watched_count": pl.Int64, "late_count": pl.Int64, "expected_late_count": pl.Float64,
    "last_score": pl.Float64, "threshold": pl.Float64, "began_on": pl.Date, "signalled_on": pl.Date,
}  # fmt: skip


@question
def breach_watch(log: Session, *, odds_ratio: float = 2.0, false_alarm_share: float = 0.01) -> pl.DataFrame:
    """The sum of log-likelihood ratios of each department's cases in the order of their due dates.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        odds_ratio: the rise of the odds of being late that is watched for.
        false_alarm_share: the probability of a signal in the cases watched though nothing rises.

    Returns:
        One row per department, in the order of the codes: `department`, `watched_count` (the later half, at most
        5,000), `late_count` and `expected_late_count` of them, `last_score`, `threshold`, `began_on` and
        `signalled_on` (due dates of the first case of the climb and of the one that passed the threshold; null where
        none did). Counts are null where fewer than 100 cases came due.

    Raises:
        CallError: the ratio is not above 1.
    """
    rows = [
        (name, *[None] * 7) if watched is None else watched.told(name)
        for name, watched in _all_watched(log, odds_ratio, false_alarm_share)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@question
def breach_scores(log: Session, *, odds_ratio: float = 2.0, false_alarm_share: float = 0.01) -> pl.DataFrame:
    """The course of what `breach_watch` sums up: the score of each department at the end of each day of due dates.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        odds_ratio: the rise of the odds of being late that is watched for.
        false_alarm_share: the probability of a signal in the cases watched though nothing rises.

    Returns:
        One row per department watched and day on which cases of it came due, in order: `department`, `due_on`, `score`,
        `threshold`, `score_ratio` (of the threshold: beyond 1 it signals), `is_signalled` (the department ever is).

    Raises:
        CallError: the ratio is not above 1.
    """
    parts = [
        watched.course(name)
        for name, watched in _all_watched(log, odds_ratio, false_alarm_share)
        if watched is not None
    ]
    return pl.concat([pl.DataFrame(schema=_SCORES), *parts])


_SCORES: Final = {
    "department": pl.String, "due_on": pl.Date, "score": pl.Float64, "threshold": pl.Float64,
    "score_ratio": pl.Float64, "is_signalled": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class _Watched:
    """The later half of a department's cases, what was to be expected of them, and what the watch found."""

    cases: pl.DataFrame
    expected_share: Floats
    rise: Rise

    def told(self, name: str) -> tuple[Any, ...]:
        days: list[dt.date | None] = [
            None if place is None else self.cases["due_on"][place]
            for place in (self.rise.began_at, self.rise.signalled_at)
        ]
        counts = (self.cases.height, int(self.cases["is_late"].sum()), float(self.expected_share.sum()))
        return (name, *counts, float(self.rise.score[-1]), self.rise.threshold, *days)

    def course(self, name: str) -> pl.DataFrame:
        return (
            self.cases.select("due_on", score=pl.Series(self.rise.score))
            .group_by("due_on", maintain_order=True)
            .agg(pl.col("score").last())
            .select(
                pl.lit(name).alias("department"),
                "due_on",
                "score",
                pl.lit(self.rise.threshold).alias("threshold"),
                (pl.col("score") / self.rise.threshold).alias("score_ratio"),
                pl.lit(self.rise.signalled_at is not None).alias("is_signalled"),
            )
        )


def _all_watched(log: Session, odds_ratio: float, false_alarm_share: float) -> Iterator[tuple[str, _Watched | None]]:
    """Each department with its watch; none where too few cases came due."""
    expected = comparable_groups(log).group_by(KEYS).agg(pl.col("expected_late_share").first())
    log.put_temporary("comparison_expected", expected.cast({pl.Enum: pl.String}))
    log.build("comparison_cases")
    cases = log.run("comparison_due_cases")
    for part in cases.partition_by("department", maintain_order=True):
        yield part["department"][0], _watched(part, odds_ratio, false_alarm_share)


def _watched(cases: pl.DataFrame, odds_ratio: float, false_alarm_share: float) -> _Watched | None:
    if cases.height < FEWEST_CASES:
        return None
    half = cases.height // 2
    before, after = cases.head(half), cases.slice(max(half, cases.height - MOST_WATCHED))
    level = (int(before["is_late"].sum()) + 0.5) / (float(before["expected_late_share"].sum()) + 0.5)
    share = np.clip(after["expected_late_share"].to_numpy() * level, LEAST_SHARE, MOST_SHARE)
    is_late = after["is_late"].to_numpy()
    rise = risen_breaches(is_late, share, odds_ratio=odds_ratio, false_alarm_share=false_alarm_share)
    return _Watched(after, share, rise)

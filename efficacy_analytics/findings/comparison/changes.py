"""Why the share of late cases changed from one period to the next: other work, or other handling of the same work.

Source: methods in `statistics/comparison/decomposition`; every effect in points of the share, adding up to the change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.comparison.groups import groups_due
from efficacy_analytics.statistics.comparison.decomposition import shapley_effects
from efficacy_analytics.statistics.proportions import Floats
from efficacy_analytics.statistics.settled import settled

PERIODS: Final = ("month", "quarter", "year")
AGAINST: Final = ("previous", "year_before", "first")


@question
def late_share_changes(log: Session, *, period: str = "quarter", against: str = "previous") -> pl.DataFrame:
    """The change of the late share from each period of due dates to another, per department and over all.

    An item of both periods has two effects: `mix_effect` (its share of the cases) and `rate_effect` (its own late
    share), each the mean over both orders. An item of one period only is stated apart, `entry_effect` or
    `exit_effect`. An item counts by how far its late share lies from the mean of the two periods, so that more cases of
    an item that is late less often lower the share.

    Periods are of due dates: of a cohort chosen by acceptance the last ones hold only what was accepted before, and
    so does the last one of a log that ends within it. Ask it of the whole log, and of periods that are over.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        period: `month`, `quarter` or `year` of the due date.
        against: what a period is compared with: the `previous` one in which cases came due, the same one a
            `year_before`, or the `first` of all, a base from which all effects count.

    Returns:
        One row per department (null: all together) and pair of periods: `department`,
        `period_before`, `period`, `due_count_before`, `due_count`, `late_share_before`, `late_share`, `change`,
        `mix_effect`, `rate_effect`, `entry_effect`, `exit_effect`; the four effects add up to the change.

    Raises:
        CallError: there is no such period, or nothing of that name to compare with.
    """
    _check(period, against)
    rows = [
        (department, before, after, *_share_change(_split(counts, before, after)))
        for department, counts in _counted(log, period)
        for before, after in _pairs(counts, against)
    ]
    return _settled(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), "^.*_effect$")


@question
def late_count_changes(log: Session, *, period: str = "quarter", against: str = "previous") -> pl.DataFrame:
    """Why there are more or fewer late cases: working days, volume, and what `late_share_changes` tells of the share.

    late cases = working days x cases due per working day x late share. Each effect is a factor's Shapley value, in
    cases; they add up to the change. Working days are those of the first calendar of the snapshot.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        period: `month`, `quarter` or `year` of the due date.
        against: as `late_share_changes` takes it.

    Returns:
        One row per department (null: all together) and pair of periods: `department`, `period_before`, `period`,
        `working_days_before`, `working_days` (null where the calendar does not know the whole of both: then they have
        no effect of their own), `due_count_before`, `due_count`, `late_count_before`, `late_count`, `change_count`,
        `by_working_days_count`, `by_volume_count`, `by_mix_count`, `by_rate_count`, `by_entry_count`, `by_exit_count`.

    Raises:
        CallError: there is no such period, or nothing of that name to compare with.
    """
    _check(period, against)
    days = _working_days(log, period)
    rows = [
        (department, before, after, *_count_change(_split(counts, before, after), days.get(before), days.get(after)))
        for department, counts in _counted(log, period)
        for before, after in _pairs(counts, against)
    ]
    table = _settled(pl.DataFrame(rows, schema=_COUNT_SCHEMA, orient="row"), "^by_.*_count$")
    others = pl.sum_horizontal(pl.col("^by_.*_count$").exclude("by_rate_count"))
    return table.with_columns(by_rate_count=pl.col("change_count") - others)  # takes what settling the others rounds


def _check(period: str, against: str) -> None:
    if period not in PERIODS:
        raise CallError(f"a change is not told by '{period}'.", hint=f"one of: {', '.join(PERIODS)}")
    if against not in AGAINST:
        raise CallError(f"a change is not told against '{against}'.", hint=f"one of: {', '.join(AGAINST)}")


def _settled(table: pl.DataFrame, columns: str) -> pl.DataFrame:
    return table.with_columns(
        pl.col(columns).map_batches(lambda effects: pl.Series(settled(effects.to_numpy())), pl.Float64)
    )


def _counted(log: Session, period: str) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The cases due and late by period and item: of all together, then of each department."""
    groups = groups_due(log).filter(pl.col("due_count") > 0).with_columns(period=_period(period))
    counts = groups.group_by("department", "period", "item").agg(pl.col("due_count", "late_count").sum())
    yield None, groups.group_by("period", "item").agg(pl.col("due_count", "late_count").sum())
    ordered = counts.drop_nulls("department").sort("department", "period", "item", nulls_last=True)
    for (department,), part in ordered.group_by("department", maintain_order=True):
        yield str(department), part.drop("department")


def _pairs(counts: pl.DataFrame, against: str) -> list[tuple[str, str]]:
    """Which periods are compared, in their order."""
    periods = counts["period"].unique().sort().to_list()
    if against == "previous":
        return list(pairwise(periods))
    if against == "first":
        return [(periods[0], after) for after in periods[1:]]
    return [(before, after) for after in periods if (before := f"{int(after[:4]) - 1:04}{after[4:]}") in periods]


def _working_days(log: Session, period: str) -> dict[str, int]:
    """The working days of each period that the calendar knows whole."""
    if "calendar" not in log.tables():
        return {}
    months = log.run("comparison_working_days").with_columns(period=_period(period))
    wanted = {"month": 1, "quarter": 3, "year": 12}[period]
    whole = months.filter("is_whole").group_by("period").agg(pl.len(), pl.col("working_days").sum())
    return dict(whole.filter(pl.col("len") == wanted).select("period", "working_days").rows())


_SCHEMA: Final = {
    "department": pl.String, "period_before": pl.String, "period": pl.String,
    "due_count_before": pl.Int64, "due_count": pl.Int64, "late_share_before": pl.Float64, "late_share": pl.Float64,
    "change": pl.Float64, "mix_effect": pl.Float64, "rate_effect": pl.Float64,
    "entry_effect": pl.Float64, "exit_effect": pl.Float64,
}  # fmt: skip


_COUNT_SCHEMA: Final = {
    "department": pl.String, "period_before": pl.String, "period": pl.String,
    "working_days_before": pl.Int64, "working_days": pl.Int64, "due_count_before": pl.Int64, "due_count": pl.Int64,
    "late_count_before": pl.Int64, "late_count": pl.Int64, "change_count": pl.Int64,
    "by_working_days_count": pl.Float64, "by_volume_count": pl.Float64, "by_mix_count": pl.Float64,
    "by_rate_count": pl.Float64, "by_entry_count": pl.Float64, "by_exit_count": pl.Float64,
}  # fmt: skip


def _period(period: str) -> pl.Expr:
    year, month = pl.col("month").str.slice(0, 4), pl.col("month").str.slice(5, 2).cast(pl.Int32)
    if period == "year":
        return year
    return pl.col("month") if period == "month" else year + "-Q" + ((month + 2) // 3).cast(pl.String)


@dataclass(frozen=True)
class _Split:
    """Two periods by item. Late shares of items count by how far they lie from the mean of the two periods."""

    due: tuple[int, int]
    late: tuple[int, int]
    mix: tuple[Floats, Floats]
    """Of the items of both periods their share of the cases."""
    rate: tuple[Floats, Floats]
    entry: float
    leaving: float

    @property
    def share(self) -> tuple[float, float]:
        return self.late[0] / self.due[0], self.late[1] / self.due[1]


def _split(counts: pl.DataFrame, before: str, after: str) -> _Split:
    one, other = (
        counts.filter(pl.col("period") == name).select("item", "due_count", "late_count") for name in (before, after)
    )
    items = one.join(other, on="item", how="full", coalesce=True, nulls_equal=True, suffix="_b").fill_null(0)
    items = items.sort("item", nulls_last=True)
    due = [items[name].to_numpy().astype(np.float64) for name in ("due_count", "due_count_b")]
    late = [items[name].to_numpy().astype(np.float64) for name in ("late_count", "late_count_b")]
    mean = sum(float(part.sum() / all_of.sum()) for part, all_of in zip(late, due, strict=True)) / 2
    weights = [of / of.sum() for of in due]
    rates = [
        np.divide(part, of, out=np.zeros_like(of), where=of > 0) - mean for part, of in zip(late, due, strict=True)
    ]
    is_common, is_new, is_gone = (due[0] > 0) & (due[1] > 0), due[0] == 0, due[1] == 0
    return _Split(
        (int(due[0].sum()), int(due[1].sum())),
        (int(late[0].sum()), int(late[1].sum())),
        (weights[0][is_common], weights[1][is_common]),
        (rates[0][is_common], rates[1][is_common]),
        float(weights[1][is_new] @ rates[1][is_new]),
        float(weights[0][is_gone] @ rates[0][is_gone]),
    )


def _share_change(split: _Split) -> tuple[int | float, ...]:
    factors = [{"mix": split.mix[at], "rate": split.rate[at]} for at in (0, 1)]
    effects = shapley_effects(_mean_excess, factors[0], factors[1])
    before, after = split.share
    return (
        *split.due,
        before,
        after,
        after - before,
        effects["mix"],
        effects["rate"],
        split.entry,
        0.0 - split.leaving,
    )


def _mean_excess(factors: Mapping[str, Floats]) -> float:
    return float(factors["mix"] @ factors["rate"])


def _count_change(split: _Split, days_before: int | None, days_after: int | None) -> tuple[int | float | None, ...]:
    known = (days_before, days_after) if days_before and days_after else (None, None)
    moved = {"entry": (0.0, split.entry), "leaving": (split.leaving, 0.0)}
    mean = sum(split.share) / 2
    factors = [
        {
            "days": np.asarray(float(known[at] or 1)),
            "volume": np.asarray(split.due[at] / (known[at] or 1)),
            "mix": split.mix[at], "rate": split.rate[at],
            **{name: np.asarray(values[at]) for name, values in moved.items()},
        }
        for at in (0, 1)
    ]  # fmt: skip

    def late_count(given: Mapping[str, Floats]) -> float:
        share = mean + float(given["mix"] @ given["rate"]) + float(given["entry"]) + float(given["leaving"])
        return float(given["days"]) * float(given["volume"]) * share

    effects = shapley_effects(late_count, factors[0], factors[1])
    told = [effects[name] for name in ("days", "volume", "mix", "rate", "entry", "leaving")]
    return (*known, *split.due, *split.late, split.late[1] - split.late[0], *told)

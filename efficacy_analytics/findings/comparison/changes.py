"""Why the share of late cases changed from one period to the next: other work, other rules, other records, or other
handling of the same work.

Source: methods in `statistics/comparison/decomposition`; every effect in points of the share, adding up to the change.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.comparison.change_factors import (
    COUNTS,
    NOTHING_MOVED,
    Moved,
    Period,
    Split,
    moved_by_rule,
    split,
)
from efficacy_analytics.findings.comparison.groups import lay_out_groups
from efficacy_analytics.statistics.comparison.decomposition import chained_effects, shapley_effects
from efficacy_analytics.statistics.settled import settled

PERIODS: Final = ("month", "quarter", "year")
AGAINST: Final = ("previous", "year_before", "first", "chained")
Cells = tuple[int | float | None, ...]
Row = tuple[str | int | float | None, ...]
Rules: TypeAlias = Callable[[str, str], dict[str | None, Moved]]
"""Of a period and another one, by how many cases more of the first would have been late by the limits of the other."""


@question
def late_share_changes(log: Session, *, period: str = "quarter", against: str = "previous") -> pl.DataFrame:
    """The change of the late share from each period of due dates to another, per department and over all.

    An item of both periods has four effects, each the mean over all orders: `mix_effect` (its share of the cases),
    `rule_effect` (the same cases judged by the limits of the one period and of the other), `record_effect` (cases that
    an extension, or a clock stop without a ground in the law, alone keeps from being late) and `rate_effect` (what is
    left: how fast they were handled). An item of one period only is stated apart, `entry_effect` or `exit_effect`. An
    item counts by how far its late share lies from the mean of the two periods, so that more cases of an item that is
    late less often lower the share.

    A rule changes where each limit of a department's item and kind has days of acceptance of its own. Cases stay in the
    period in which they came due by their own limit.

    Periods are of due dates: of a cohort chosen by acceptance the last ones hold only what was accepted before, and
    so does the last one of a log that ends within it. Ask it of the whole log, and of periods that are over.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        period: `month`, `quarter` or `year` of the due date.
        against: what a period is compared with: the `previous` one in which cases came due, the same one a
            `year_before`, or the `first` of all, a base from which all effects count; `chained` is the previous one, by
            the standardisation over all periods, so that the effects of several steps add up to those of the whole way.

    Returns:
        One row per department (null: all together) and pair of periods: `department`,
        `period_before`, `period`, `due_count_before`, `due_count`, `late_share_before`, `late_share`, `change`,
        `mix_effect`, `rate_effect`, `rule_effect`, `record_effect`, `entry_effect`, `exit_effect`, which add up to the
        change, `kept_by_record_count_before`, `kept_by_record_count`, `limit_unclear_count` (cases due in the later
        period whose limit differs from others' accepted at the same time, so that no rule can be seen to change).

    Raises:
        CallError: there is no such period, or nothing of that name to compare with.
    """
    _check(period, against)
    rows = _changes(log, period, against, _share_facts, _share_effects)
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
        `by_working_days_count`, `by_volume_count`, `by_mix_count`, `by_rate_count`, `by_rule_count`, `by_record_count`,
        `by_entry_count`, `by_exit_count`.

    Raises:
        CallError: there is no such period, or nothing of that name to compare with.
    """
    _check(period, against)
    days = _working_days(log, period)

    def facts(of: Split, before: str, after: str) -> Cells:
        return (*_known(days, before, after), *of.due, *of.late, of.late[1] - of.late[0])

    def effects(of: Split, before: str, after: str) -> Cells:
        return _count_effects(of, *_known(days, before, after))

    rows = _changes(log, period, against, facts, effects)
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


def _changes(
    log: Session,
    period: str,
    against: str,
    facts: Callable[[Split, str, str], Cells],
    effects: Callable[[Split, str, str], Cells],
) -> list[Row]:
    """Of each department and pair of periods the facts of both, then the effects."""
    rows: list[Row] = []
    counts, rules = _counted(log, period)
    for department, periods in _each(counts):
        pairs = _pairs(list(periods), against)
        splits = {pair: _split(department, periods, rules, *pair) for pair in pairs}
        if against == "chained":
            moved = _chained(department, periods, rules, effects)
        else:
            moved = {pair: effects(of, *pair) for pair, of in splits.items()}
        rows += [(department, *pair, *facts(splits[pair], *pair), *moved[pair]) for pair in pairs]
    return rows


def _split(department: str | None, periods: Mapping[str, Period], rules: Rules, before: str, after: str) -> Split:
    moved = [rules(*pair).get(department, NOTHING_MOVED) for pair in ((before, after), (after, before))]
    return split(periods[before], periods[after], (moved[0], moved[1]))


def _chained(
    department: str | None,
    periods: Mapping[str, Period],
    rules: Rules,
    effects: Callable[[Split, str, str], Cells],
) -> dict[tuple[str, str], Cells]:
    """The effects of each step from a period to the next, by way of all periods."""
    names = list(periods)
    way: dict[tuple[int, int], Any] = {
        (one, other): np.array(
            effects(_split(department, periods, rules, names[one], names[other]), names[one], names[other])
        )
        for other in range(len(names))
        for one in range(other)
    }
    if not way:
        return {}
    width = next(iter(way.values())).size
    each = np.zeros((len(names), len(names), width))
    for (one, other), moved in way.items():
        each[one, other], each[other, one] = moved, -moved
    chained = chained_effects(each)
    return {(names[at], names[at + 1]): tuple(chained[at, at + 1].tolist()) for at in range(len(names) - 1)}


def _counted(log: Session, period: str) -> tuple[pl.DataFrame, Rules]:
    """The cases due of each department, period and item; and what changed limits would have made of them."""
    lay_out_groups(log)
    log.build("comparison_cases")
    log.build("comparison_rules")
    months, limits = log.run("comparison_item_months"), log.run("comparison_limits")
    numbers = months.select("item").unique().sort("item", nulls_last=True).with_row_index("item_number")
    months, limits = (
        table.with_columns(period=_period(period)).join(
            numbers.cast({"item_number": pl.Int64}), on="item", how="left", nulls_equal=True, maintain_order="left"
        )
        for table in (months, limits)
    )
    counts = months.group_by("department", "period", "item_number").agg(pl.col(*COUNTS, "limit_unclear_count").sum())
    return counts, cache(partial(moved_by_rule, limits))


def _each(counts: pl.DataFrame) -> Iterator[tuple[str | None, dict[str, Period]]]:
    """The periods of all together, then those of each department, in their order."""
    yield None, _periods(counts.group_by("period", "item_number").agg(pl.exclude("department").sum()))
    for (department,), part in (
        counts.drop_nulls("department").sort("department").group_by("department", maintain_order=True)
    ):
        yield str(department), _periods(part)


def _periods(counts: pl.DataFrame) -> dict[str, Period]:
    ordered = counts.sort("period", "item_number")
    items, table = ordered["item_number"].to_numpy(), ordered.select(COUNTS).to_numpy().T.astype(np.float64)
    unclear = ordered["limit_unclear_count"].to_numpy()
    names, firsts = np.unique(ordered["period"].to_numpy(), return_index=True)
    ends = np.append(firsts, items.size)[1:]
    return {
        str(name): Period(items[first:end], table[:, first:end], int(unclear[first:end].sum()))
        for name, first, end in zip(names, firsts, ends, strict=True)
    }


def _pairs(periods: list[str], against: str) -> list[tuple[str, str]]:
    """Which periods are compared, in their order."""
    if against in ("previous", "chained"):
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


def _known(days: Mapping[str, int], before: str, after: str) -> tuple[int | None, int | None]:
    """The working days of two periods, where the calendar knows both."""
    return (days[before], days[after]) if days.get(before) and days.get(after) else (None, None)


_SCHEMA: Final = {
    "department": pl.String, "period_before": pl.String, "period": pl.String,
    "due_count_before": pl.Int64, "due_count": pl.Int64, "late_share_before": pl.Float64, "late_share": pl.Float64,
    "change": pl.Float64, "kept_by_record_count_before": pl.Int64, "kept_by_record_count": pl.Int64,
    "limit_unclear_count": pl.Int64, "mix_effect": pl.Float64, "rate_effect": pl.Float64, "rule_effect": pl.Float64,
    "record_effect": pl.Float64, "entry_effect": pl.Float64, "exit_effect": pl.Float64,
}  # fmt: skip


_COUNT_SCHEMA: Final = {
    "department": pl.String, "period_before": pl.String, "period": pl.String,
    "working_days_before": pl.Int64, "working_days": pl.Int64, "due_count_before": pl.Int64, "due_count": pl.Int64,
    "late_count_before": pl.Int64, "late_count": pl.Int64, "change_count": pl.Int64,
    "by_working_days_count": pl.Float64, "by_volume_count": pl.Float64, "by_mix_count": pl.Float64,
    "by_rate_count": pl.Float64, "by_rule_count": pl.Float64, "by_record_count": pl.Float64,
    "by_entry_count": pl.Float64, "by_exit_count": pl.Float64,
}  # fmt: skip


def _period(period: str) -> pl.Expr:
    year, month = pl.col("month").str.slice(0, 4), pl.col("month").str.slice(5, 2).cast(pl.Int32)
    if period == "year":
        return year
    return pl.col("month") if period == "month" else year + "-Q" + ((month + 2) // 3).cast(pl.String)


def _share_facts(of: Split, _before: str, _after: str) -> Cells:
    before, after = of.share
    return (*of.due, before, after, after - before, *of.kept, of.unclear_count)


def _share_effects(of: Split, _before: str, _after: str) -> Cells:
    effects = shapley_effects(of.excess, of.factors(0), of.factors(1))
    return (*(effects[name] for name in ("mix", "rate", "rule", "record")), of.entry, 0.0 - of.leaving)


def _count_effects(of: Split, days_before: int | None, days_after: int | None) -> Cells:
    days = (days_before, days_after)
    moved = {"entry": (0.0, of.entry), "leaving": (of.leaving, 0.0)}
    mean = sum(of.share) / 2
    factors: list[dict[str, Any]] = [
        {
            "days": days[at] or 1,
            "volume": of.due[at] / (days[at] or 1),
            **of.factors(at),
            **{name: values[at] for name, values in moved.items()},
        }
        for at in (0, 1)
    ]

    def late_count(given: Mapping[str, Any]) -> float:
        share = mean + of.excess(given) + given["entry"] + given["leaving"]
        return float(given["days"] * given["volume"] * share)

    effects = shapley_effects(late_count, factors[0], factors[1])
    return tuple(effects[name] for name in ("days", "volume", "mix", "rate", "rule", "record", "entry", "leaving"))

"""Two periods of a department by item, as the factors of its late share: mix, handling, rules, records, items that came
and went.

The late share of an item changes by three parts that add up:
- rule: what it changes that the same cases are judged by the limits of the later period instead of the earlier one,
  the mean over the cases of both;
- record: what records alone (an extension, a clock stop without a ground in the law) kept from being late in the
  earlier period, less what they kept in the later one;
- rate: the rest, how fast the cases were handled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.statistics.proportions import Floats

Places: TypeAlias = npt.NDArray[np.int64]
COUNTS: Final = ("due_count", "late_count", "kept_by_record_count")
RULE_KEY: Final = ("department", "item", "kind")
LIMIT: Final = ("limit_days", "limit_unit")
WITHOUT_LENGTH: Final = "months"
"""A limit in months has no fixed number of days: a case cannot be judged by it from the days it needed."""


@dataclass(frozen=True)
class Period:
    """The cases of a period by item.

    Attributes:
        items: the number of each item, rising.
        counts: its `COUNTS`, a row each.
        unclear_count: cases whose limit is one of cases, so that no rule can be seen to change.
    """

    items: Places
    counts: Floats
    unclear_count: int


@dataclass(frozen=True)
class Moved:
    """By how many cases more the items of a period would have been late by the limits of another one.

    Attributes:
        items: the number of each item that a rule changed for, rising.
        counts: how many cases more.
    """

    items: Places
    counts: Floats


NOTHING_MOVED: Final = Moved(np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class Split:
    """Two periods by item. Late shares of items count by how far they lie from the mean of the two periods.

    Attributes:
        due: the cases that came due in each period.
        late: those of them that were late.
        kept: those that records alone kept.
        unclear_count: cases of the later period whose limit is one of cases, so that no rule can be seen to change.
        mix: of the items of both periods their share of the cases, by period.
        rate: their late share in the earlier period.
        parts: by what their late share changed, by the name of the part.
        entry: what items of the later period alone add to its share.
        leaving: what items of the earlier period alone added to its share.
    """

    due: tuple[int, int]
    late: tuple[int, int]
    kept: tuple[int, int]
    unclear_count: int
    mix: tuple[Floats, Floats]
    rate: Floats
    parts: Mapping[str, Floats]
    entry: float
    leaving: float

    @property
    def share(self) -> tuple[float, float]:
        """The late share of each period."""
        return self.late[0] / self.due[0], self.late[1] / self.due[1]

    def factors(self, period: int) -> dict[str, Floats]:
        """The factors of the items of both periods: their mix, and each part of the change of their late shares.

        Args:
            period: 0 the earlier, 1 the later one.
        """
        return {"mix": self.mix[period], **{name: period * part for name, part in self.parts.items()}}

    def excess(self, factors: Mapping[str, Floats]) -> float:
        """By how much the items of both periods lift the share above the mean, with these factors."""
        return float(factors["mix"] @ (self.rate + sum(factors[name] for name in self.parts)))


def split(before: Period, after: Period, moved: tuple[Moved, Moved]) -> Split:
    """Two periods of one department, or of all.

    Args:
        before: the earlier period.
        after: the later one.
        moved: what the cases of the earlier one would be by the limits of the later one, and the other way round.
    """
    items = np.union1d(before.items, after.items)
    due, late, kept = ([_placed(items, one.items, one.counts[row]) for one in (before, after)] for row in range(3))
    mean = sum(float(part.sum() / all_of.sum()) for part, all_of in zip(late, due, strict=True)) / 2
    weights = [of / of.sum() for of in due]
    rate = [_share(part, of) - mean for part, of in zip(late, due, strict=True)]
    kept_share = [_share(part, of) for part, of in zip(kept, due, strict=True)]
    by_other = [_share(_placed(items, by.items, by.counts), of) for by, of in zip(moved, due, strict=True)]
    by_rule, by_record = (by_other[0] - by_other[1]) / 2, kept_share[0] - kept_share[1]
    is_common, is_new, is_gone = (due[0] > 0) & (due[1] > 0), due[0] == 0, due[1] == 0
    return Split(
        due=_both(due),
        late=_both(late),
        kept=_both(kept),
        unclear_count=after.unclear_count,
        mix=(weights[0][is_common], weights[1][is_common]),
        rate=rate[0][is_common],
        parts={
            "rate": (rate[1] - rate[0] - by_rule - by_record)[is_common],
            "rule": by_rule[is_common],
            "record": by_record[is_common],
        },
        entry=float(weights[1][is_new] @ rate[1][is_new]),
        leaving=float(weights[0][is_gone] @ rate[0][is_gone]),
    )


def _placed(items: Places, own: Places, counts: Floats) -> Floats:
    """The counts of some items among all, nothing where an item has none."""
    placed = np.zeros(items.size)
    placed[np.searchsorted(items, own)] = counts
    return placed


def _both(counts: list[Floats]) -> tuple[int, int]:
    return int(counts[0].sum()), int(counts[1].sum())


def _share(part: Floats, of: Floats) -> Floats:
    return np.divide(part, of, out=np.zeros_like(of), where=of > 0)


def moved_by_rule(limits: pl.DataFrame, period: str, other: str) -> dict[str | None, Moved]:
    """By how many cases more of a period would have been late by the limits of the other one.

    A case is late by a limit if it needed more. Where the other period has several limits of the item, each judges in
    its share of that period's cases. An open case that is late and has needed no more so far than the other limit, and
    one whose days are counted in another unit, stay what they are.

    Args:
        limits: what the cases needed, as `comparison_limits` has it, with their `period` and `item_number`.
        period: whose cases are judged.
        other: by whose limits.

    Returns:
        Of each department whose limits changed, and of all together (None).
    """
    own, others = (limits.filter(pl.col("period") == name) for name in (period, other))
    by_limit = others.group_by(*RULE_KEY, *LIMIT).agg(pl.col("due_count").sum())
    by_limit = by_limit.with_columns(weight=pl.col("due_count") / pl.col("due_count").sum().over(RULE_KEY))
    pairs = own.join(by_limit.drop("due_count"), on=RULE_KEY, how="inner", nulls_equal=True, suffix="_other")
    is_later = pl.col("needed_days") > pl.col("limit_days_other")
    is_judged = _same_unit() & pl.col("needed_days").is_not_null() & (is_later | ~pl.col("is_open"))
    change = pl.when(is_judged).then(is_later.cast(pl.Int8) - pl.col("is_late").cast(pl.Int8)).otherwise(0)
    moved = pairs.with_columns(moved=change * pl.col("due_count") * pl.col("weight"))
    moved = moved.sort(*RULE_KEY, *LIMIT, "needed_days", "limit_days_other", nulls_last=True)
    of_department = moved.drop_nulls("department").group_by("department", maintain_order=True)
    return {None: _by_item(moved), **{str(name): _by_item(part) for (name,), part in of_department}}


def _by_item(moved: pl.DataFrame) -> Moved:
    by_item = moved.group_by("item_number", maintain_order=True).agg(pl.col("moved").sum()).sort("item_number")
    return Moved(by_item["item_number"].to_numpy(), by_item["moved"].to_numpy().astype(np.float64))


def _same_unit() -> pl.Expr:
    """Whether both limits are counted in the same days; on the spot is a limit of no working day."""
    units = [
        pl.when(pl.col(name) == "on_the_spot").then(pl.lit("working_days")).otherwise(pl.col(name))
        for name in ("limit_unit", "limit_unit_other")
    ]
    return (units[0] == units[1]) & (units[0] != WITHOUT_LENGTH)

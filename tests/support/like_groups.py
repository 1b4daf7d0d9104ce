"""Groups of like cases without a lake: what the comparison reads, drawn, so that it can be asked some hundred times."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.comparison.groups import FACTORS
from support.like_offices import LEANING, OFFICES, SIZE

COUNTS = ("due_count", "late_count", "not_yet_due_count", "without_limit_count", "apart_count")
DRAWN_MEAN, DRAWN_SD = -2.2, 1.5
"""Of the log odds of items: a tenth late in the middle, one item in fifty late in seven of ten cases."""


@dataclass(frozen=True)
class CountedCases:
    """A session that answers with counts alone."""

    groups: pl.DataFrame
    answers: dict[Any, Any] = field(default_factory=dict)

    def once(self, names: tuple[str, ...], make: Callable[[], None]) -> None:
        assert names == ("comparison_group",)
        assert callable(make)

    def run(self, name: str) -> pl.DataFrame:
        assert name == "comparison_group_counts"
        return self.groups

    @contextmanager
    def scope(self) -> Iterator[None]:
        yield


def comparison_of(groups: pl.DataFrame) -> pl.DataFrame:
    return department_comparison(CountedCases(groups))  # type: ignore[arg-type]


def is_somebody_told_apart(comparison: pl.DataFrame) -> bool:
    ranked = comparison.filter(pl.col("best_rank").is_not_null())
    is_apart = (pl.col("best_rank") > 1) | (pl.col("worst_rank") < ranked.height)
    return ranked.filter(is_apart).height > 0


def equal_departments(
    draw: np.random.Generator, *, departments: int = 12, items: int = 24, of_item: int, cases: int
) -> pl.DataFrame:
    """Departments of equal speed, each item handled by so many of them, each with about so many cases of it."""
    rows = []
    for item in range(items):
        chance = 1 / (1 + np.exp(-draw.normal(DRAWN_MEAN, DRAWN_SD)))
        for department in draw.choice(departments, of_item, replace=False):
            for _ in range(int(draw.exponential(cases)) + 1):
                month, channel = int(draw.integers(12)), "abc"[draw.integers(3)]
                work = (f"I{item:02}", "promised", channel, f"Q{month // 3 + 1}", str(item % 4), "false")
                rows.append((f"D{department:02}", *work, f"2026-{month + 1:02}", True, bool(draw.random() < chance)))
    return counted(pl.DataFrame(rows, [*("department", *FACTORS, "month", "is_due", "is_late")], orient="row"))


def mostly_late(draw: np.random.Generator, share: float) -> pl.DataFrame:
    """Ten small departments and two large ones of equal speed, with one and the same work, so much of it late."""
    work = ("I00", "promised", "a", "Q1", "5", "false", "2026-01", True)
    rows = [
        (f"D{department:02}", *work, bool(draw.random() < share))
        for department in range(12)
        for _ in range(30 if department < 10 else 1000)
    ]
    return counted(pl.DataFrame(rows, [*("department", *FACTORS, "month", "is_due", "is_late")], orient="row"))


def shared_out(cases: pl.DataFrame, hard: set[str], draw: np.random.Generator) -> pl.DataFrame:
    """The cases of a city shared out anew over offices of equal speed and other work, counted."""
    is_hard = cases["item"].is_in(list(hard)).fill_null(value=False).to_numpy()
    size, lean = (np.array([of[office] for office in OFFICES]) for of in (SIZE, LEANING))
    chosen = np.empty(cases.height, dtype=np.int64)
    for rows, weight in ((is_hard, size * lean), (~is_hard, size)):
        chosen[rows] = draw.choice(len(OFFICES), int(rows.sum()), p=weight / weight.sum())
    return counted(cases.with_columns(department=pl.Series([OFFICES[at] for at in chosen])))


def counted(cases: pl.DataFrame) -> pl.DataFrame:
    """Cases that came due, as `comparison_groups` counts them."""
    keys = ("department", *FACTORS, "month")
    late = (pl.col("is_due") & pl.col("is_late")).sum()
    groups = cases.group_by(keys).agg(due_count=pl.col("is_due").sum(), late_count=late)
    nothing = [pl.lit(0, dtype=pl.Int64).alias(name) for name in COUNTS[2:]]
    return groups.with_columns(pl.col(COUNTS[:2]).cast(pl.Int64), *nothing).sort(keys, nulls_last=True)

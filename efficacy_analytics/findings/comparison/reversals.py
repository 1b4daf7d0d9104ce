"""Where the raw order of two departments is turned round by their work: Simpson's reversal, and the work that does it.

Source: E. H. Simpson, "The interpretation of interaction in contingency tables", JRSS B 13(2), 1951.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.comparison.groups import comparable_groups, words_of
from efficacy_analytics.statistics.proportions import Floats

Z: Final = 1.959964
"""A raw difference within this many standard errors is not told as an order, so nothing is turned round."""
WORK: Final = ("item", "kind", "limit_class", "channel", "has_stop")
ALONE: Final = "—"
"""Stands for a value that one department alone has."""
BLOCK_ELEMENTS: Final = 1_000_000
"""Cells of pairs and values that are held at once."""
Places: TypeAlias = npt.NDArray[np.int64]


@question
def comparison_reversals(log: Session) -> pl.DataFrame:
    """Pairs of departments of which one has the larger share of late cases and yet the smaller ratio to what was due.

    Only pairs whose raw shares differ by more than chance (two-sided, 5 %). `turned_by` is the one property whose
    spread over the two departments moves the expected shares furthest apart, `turned_by_value` the
    value of it that the first department has more of and that adds most: (its share of the cases of the one less that
    of the other) times how far its expected late share lies above the mean.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.

    Returns:
        One row per pair, in the order of the codes: `department` (more late, by the raw share), `other_department`,
        `late_share`, `other_late_share`, `late_ratio`, `other_late_ratio`, `turned_by`, `turned_by_value`,
        `turned_by_points` (of the difference between the two expected shares, as a share).
    """
    groups = comparable_groups(log).filter((pl.col("due_count") > 0) & pl.col("department").is_not_null())
    expected = pl.col("due_count") * pl.col("expected_late_share")
    groups = groups.with_columns(expected_late_count=expected)
    each = (
        groups.group_by("department", maintain_order=True)
        .agg(pl.col("due_count", "late_count", "expected_late_count").sum())
        .with_columns(share=pl.col("late_count") / pl.col("due_count"))
        .with_columns(ratio=pl.col("late_count") / pl.col("expected_late_count"))
        .sort("department")
        .with_columns(place=pl.int_range(pl.len()))
    )
    pairs = _turned(each)
    works = [_work(groups, name, each["department"].to_list()) for name in WORK] if pairs.height else []
    one, other = (pairs[name].to_numpy() for name in ("place", "place_b"))
    return pairs.drop("place", "place_b").hstack(_named(one, other, works))


def _turned(each: pl.DataFrame) -> pl.DataFrame:
    both = each.join(each, how="cross", suffix="_b")
    variance = [pl.col(f"share{end}") * (1 - pl.col(f"share{end}")) / pl.col(f"due_count{end}") for end in ("", "_b")]
    apart = pl.col("share") - pl.col("share_b") > Z * (variance[0] + variance[1]).sqrt()
    return (
        both.filter(apart & (pl.col("ratio") < pl.col("ratio_b")))
        .sort("department", "department_b")
        .select(
            "department",
            pl.col("department_b").alias("other_department"),
            pl.col("share").alias("late_share"),
            pl.col("share_b").alias("other_late_share"),
            pl.col("ratio").alias("late_ratio"),
            pl.col("ratio_b").alias("other_late_ratio"),
            "place",
            "place_b",
        )
    )


def _mix(groups: pl.DataFrame, name: str, words: Sequence[str]) -> pl.DataFrame:
    """Of each department and value of a property, its share of the cases due and the late share expected over all."""
    over_all = pl.col("expected_late_count").sum().over("value") / pl.col("due_count").sum().over("value")
    mean = pl.col("expected_late_count").sum() / pl.col("due_count").sum()
    return (
        groups.with_columns(value=pl.col(f"shared_{name}").cast(pl.Enum(words)).fill_null(ALONE).to_physical())
        .with_columns(excess=over_all - mean)
        .group_by("department", "value", maintain_order=True)
        .agg(pl.col("due_count").sum(), pl.col("excess").first())
        .with_columns(share=pl.col("due_count") / pl.col("due_count").sum().over("department"))
        .with_columns(part=pl.col("share") * pl.col("excess"))
        .sort("department", "value")
    )


@dataclass(frozen=True)
class _Work:
    """The work of all departments by one property: a row a department, a column a value, in the order of both."""

    name: str
    values: tuple[str, ...]
    share: Floats
    part: Floats
    expected: Floats
    """What a department's mix adds to its expected share, in all."""


def _work(groups: pl.DataFrame, name: str, departments: Sequence[str]) -> _Work:
    words = sorted({*words_of(groups[f"shared_{name}"]), ALONE})
    mix = _mix(groups, name, words)
    values = mix["value"].unique().sort()
    rows, columns = (
        mix[key].replace_strict(list(known), list(range(len(known))), return_dtype=pl.Int64).to_numpy().astype(np.int64)
        for key, known in (("department", departments), ("value", values))
    )
    share, part = (np.zeros((len(departments), values.len())) for _ in range(2))
    share[rows, columns], part[rows, columns] = mix["share"].to_numpy(), mix["part"].to_numpy()
    return _Work(name, tuple(words[value] for value in values), share, part, part.sum(axis=1))


def _named(one: Places, other: Places, works: Sequence[_Work]) -> pl.DataFrame:
    """The property that moves each pair furthest apart, its value that the first has more of, and how far."""
    names, values, points = np.full(one.size, "", object), np.full(one.size, "", object), np.zeros(one.size)
    if one.size:
        apart = np.column_stack([work.expected[one] - work.expected[other] for work in works])
        points = np.maximum(apart.max(axis=1), 0.0)
        by = np.where(points > 0, apart.argmax(axis=1), len(works))
        for number, work in enumerate(works):
            step = max(1, BLOCK_ELEMENTS // len(work.values))
            turned = np.flatnonzero(by == number)
            names[turned] = work.name
            for rows in np.split(turned, range(step, turned.size, step)):
                values[rows] = np.array(work.values, object)[_most_added(one[rows], other[rows], work)]
    return pl.DataFrame(
        {
            "turned_by": pl.Series(names.tolist(), dtype=pl.String),
            "turned_by_value": pl.Series(values.tolist(), dtype=pl.String),
            "turned_by_points": points,
        }
    )


def _most_added(one: Places, other: Places, work: _Work) -> Places:
    """The place of the value that adds most of those that the first of each pair has more of."""
    points = work.part[one] - work.part[other]
    has_more = work.share[one] > work.share[other]
    return np.asarray(np.where(has_more, points, -np.inf).argmax(axis=1))

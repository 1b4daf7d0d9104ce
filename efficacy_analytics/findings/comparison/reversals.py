"""Where the raw order of two departments is turned round by their work: Simpson's reversal, and the work that does it.

Source: E. H. Simpson, "The interpretation of interaction in contingency tables", JRSS B 13(2), 1951.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.comparison.groups import comparable_groups
from efficacy_analytics.statistics.proportions import Floats

Z: Final = 1.959964
"""A raw difference within this many standard errors is not told as an order, so nothing is turned round."""
WORK: Final = ("item", "kind", "limit_class", "channel", "has_stop")


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
    )
    pairs = _turned(each)
    works = [_work(groups, name, each["department"].to_list()) for name in WORK] if pairs.height else []
    places = {department: at for at, department in enumerate(each["department"])}
    both = pairs.select("department", "other_department").rows()
    named = [_named(places[one], places[other], works) for one, other in both]
    schema = {"turned_by": pl.String, "turned_by_value": pl.String, "turned_by_points": pl.Float64}
    return pairs.hstack(pl.DataFrame(named, schema=schema, orient="row"))


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
        )
    )


def _mix(groups: pl.DataFrame, name: str) -> pl.DataFrame:
    """Of each department and value of a property, its share of the cases due and the late share expected over all."""
    over_all = pl.col("expected_late_count").sum().over("value") / pl.col("due_count").sum().over("value")
    mean = pl.col("expected_late_count").sum() / pl.col("due_count").sum()
    return (
        groups.with_columns(value=pl.col(f"shared_{name}").fill_null("—"))
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
    mix = _mix(groups, name)
    values = mix["value"].unique().sort()
    rows, columns = (
        mix[key].replace_strict(list(known), list(range(len(known))), return_dtype=pl.Int64).to_numpy().astype(np.int64)
        for key, known in (("department", departments), ("value", values))
    )
    share, part = (np.zeros((len(departments), values.len())) for _ in range(2))
    share[rows, columns], part[rows, columns] = mix["share"].to_numpy(), mix["part"].to_numpy()
    return _Work(name, tuple(values), share, part, part.sum(axis=1))


def _named(one: int, other: int, works: Sequence[_Work]) -> tuple[str, str, float]:
    """The property that moves two departments furthest apart, its value that the first has more of, and how far."""
    apart = [float(work.expected[one] - work.expected[other]) for work in works]
    at = int(np.argmax(apart))
    if apart[at] <= 0:
        return ("", "", 0.0)
    work = works[at]
    points = work.part[one] - work.part[other]
    has_more = work.share[one] > work.share[other]
    place = int(np.argmax(np.where(has_more, points, -np.inf)))
    return (work.name, work.values[place], apart[at])

"""What process the cases follow, in one model.

The inductive miner on variants with their counts, never on raw events. pm4py is imported only when it is needed: the
import takes seconds and prints a banner unless told not to.

Source: S. J. J. Leemans, "Robust Process Mining with Guarantees", TU Eindhoven 2017; pm4py's implementation.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.mining.models.process_tree import SILENT, Operator, ProcessTree, leaf, node

OPERATORS: dict[str, Operator] = {"->": "sequence", "X": "choice", "+": "parallel", "*": "loop"}
FIRST_NUMBER = 1_000_000
"""Activities are mined as numbers: sets of numbers keep one order in every process, sets of words do not."""

MOST_ACTIVITIES = 100
"""More are neither readable in one model nor mined in minutes: 100 of BPIC15 take one, all 398 much longer."""


class Discovered(NamedTuple):
    """A discovered model and how much of the log it speaks of.

    Attributes:
        tree: the process tree.
        activity_count: activities in the log; `kept_activity_count` of them are in the model.
        event_share: the share of the log's events whose activity is in the model.
        variants: what the model was discovered from, one row per variant.
    """

    tree: ProcessTree
    activity_count: int
    kept_activity_count: int
    event_share: float
    variants: pl.DataFrame


def discovered_model(variants: pl.DataFrame, *, noise_threshold: float = 0.2, most_activities: int = 40) -> Discovered:
    """The model of a log's most frequent activities, with the share of the log it covers.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        noise_threshold: from 0 to 1, as for `process_tree`.
        most_activities: how many activities to keep; at most 100.

    Raises:
        CallError: `noise_threshold` is not between 0 and 1.
        CannotAnswerError: more than 100 activities are asked for.
    """
    kept = with_most_frequent(variants, most_activities)
    counts = [_event_counts(frame) for frame in (variants, kept)]
    whole = sum(counts[0].values())
    share = sum(counts[1].values()) / whole if whole else 1.0
    return Discovered(process_tree(kept, noise_threshold), len(counts[0]), len(counts[1]), share, kept)


def by_stage(variants: pl.DataFrame, stages: Mapping[str, str]) -> pl.DataFrame:
    """The variants of a log as sequences of stages, steps of one stage in a row counting once.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        stages: the stage of each activity; one that is not named is its own stage.

    Returns:
        One row per variant, most frequent first: `activities` (now stages), `case_count`.
    """
    counted: Counter[tuple[str, ...]] = Counter()
    for sequence, count in variants.select("activities", "case_count").rows():
        counted[tuple(stage for stage, _ in groupby(stages.get(one, one) for one in sequence))] += count
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    schema: dict[str, Any] = {"activities": pl.List(pl.String), "case_count": pl.Int64}
    return pl.DataFrame([(list(sequence), count) for sequence, count in rows], schema=schema, orient="row")


def _event_counts(variants: pl.DataFrame) -> Counter[str]:
    counts: Counter[str] = Counter()
    for sequence, count in variants.select("activities", "case_count").rows():
        for activity in sequence:
            counts[activity] += count
    return counts


def process_tree(variants: pl.DataFrame, noise_threshold: float = 0.2) -> ProcessTree:
    """The process tree of a log, by the inductive miner (infrequent).

    The same variants give the same tree in every process, whatever their order.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        noise_threshold: from 0 to 1; a successor seen less often than this share of the most frequent one is
            noise. At 0 every variant fits the tree.

    Raises:
        CallError: `noise_threshold` is not between 0 and 1.
        CannotAnswerError: the variants have more than 100 activities; `with_most_frequent` keeps some of them.
    """
    if not 0 <= noise_threshold <= 1:
        raise CallError(f"noise_threshold must lie between 0 and 1, got {noise_threshold}.", hint="0.2 is usual")
    rows = variants.select(pl.col("activities").cast(pl.List(pl.String)), "case_count").rows()
    activities = sorted({activity for sequence, _ in rows for activity in sequence})
    if not activities:
        return SILENT
    if len(activities) > MOST_ACTIVITIES:
        raise CannotAnswerError(
            f"{len(activities)} activities are too many for one process model (at most {MOST_ACTIVITIES}).",
            hint="group them into stages, or keep the most frequent ones",
        )
    numbers = {activity: FIRST_NUMBER + place for place, activity in enumerate(activities)}
    numbered = sorted((tuple(numbers[activity] for activity in sequence), count) for sequence, count in rows)
    counted: Counter[tuple[int, ...]] = Counter()
    for sequence, count in numbered:
        counted[sequence] += count
    return _mined(counted, activities, noise_threshold)


def with_most_frequent(variants: pl.DataFrame, most_activities: int) -> pl.DataFrame:
    """The variants with only their most frequent activities, those that become alike added up.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        most_activities: how many activities to keep, counted in all cases; of equal ones the first by name.

    Returns:
        One row per remaining variant, most frequent first: `activities`, `case_count`.
    """
    rows = variants.select(pl.col("activities").cast(pl.List(pl.String)), "case_count")
    frequency = rows.explode("activities").group_by("activities").agg(pl.col("case_count").sum()).drop_nulls()
    kept = frequency.sort("case_count", "activities", descending=[True, False]).head(most_activities)["activities"]
    chosen = pl.col("activities").list.filter(pl.element().is_in(kept.to_list()))
    summed = rows.with_columns(chosen).group_by("activities").agg(pl.col("case_count").sum())
    return summed.sort("case_count", "activities", descending=[True, False])


def _mined(counted: Counter[tuple[int, ...]], activities: list[str], noise_threshold: float) -> ProcessTree:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys._pm4py_welcome_shown = True  # type: ignore[attr-defined]
        from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
        from pm4py.algo.discovery.inductive.variants.im import IMUVCL
        from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
        from pm4py.objects.process_tree.utils.generic import fold

        miner = IMFUVCL if noise_threshold > 0 else IMUVCL
        options = {"noise_threshold": noise_threshold, "multiprocessing": False}
        found = miner(options).apply(IMDataStructureUVCL(counted), options)
        _name(found, activities)
        return from_pm4py(fold(found))


def _name(tree: Any, activities: list[str]) -> None:
    """Puts the activities' names in place of their numbers."""
    if tree.label is not None:
        tree.label = activities[tree.label - FIRST_NUMBER]
    for child in tree.children:
        _name(child, activities)


def from_pm4py(tree: Any) -> ProcessTree:
    """A tree of pm4py as a value of ours."""
    if tree.operator is not None:
        return node(OPERATORS[tree.operator.value], *(from_pm4py(child) for child in tree.children))
    return SILENT if tree.label is None else leaf(tree.label)

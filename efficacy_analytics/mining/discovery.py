"""What process the cases follow, in one model.

The inductive miner on variants with their counts, never on raw events. The one place where pm4py is imported, and only
when it is needed: the import takes seconds and prints a banner unless told not to.

Source: S. J. J. Leemans, "Robust Process Mining with Guarantees", TU Eindhoven 2017; pm4py's implementation.
"""

import sys
import warnings
from collections import Counter
from typing import Any

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.process_tree import SILENT, Operator, ProcessTree, leaf, node

OPERATORS: dict[str, Operator] = {"->": "sequence", "X": "choice", "+": "parallel", "*": "loop"}
FIRST_NUMBER = 1_000_000
"""Activities are mined as numbers: sets of numbers keep one order in every process, sets of words do not."""


def process_tree(variants: pl.DataFrame, noise_threshold: float = 0.2) -> ProcessTree:
    """The process tree of a log, by the inductive miner (infrequent).

    The same variants give the same tree in every process, whatever their order.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        noise_threshold: from 0 to 1; a successor seen less often than this share of the most frequent one is
            noise. At 0 every variant fits the tree.

    Raises:
        CallError: `noise_threshold` is not between 0 and 1.
    """
    if not 0 <= noise_threshold <= 1:
        raise CallError(f"noise_threshold must lie between 0 and 1, got {noise_threshold}.", hint="0.2 is usual")
    rows = variants.select(pl.col("activities").cast(pl.List(pl.String)), "case_count").rows()
    activities = sorted({activity for sequence, _ in rows for activity in sequence})
    if not activities:
        return SILENT
    numbers = {activity: FIRST_NUMBER + place for place, activity in enumerate(activities)}
    numbered = sorted((tuple(numbers[activity] for activity in sequence), count) for sequence, count in rows)
    counted: Counter[tuple[int, ...]] = Counter()
    for sequence, count in numbered:
        counted[sequence] += count
    return _mined(counted, activities, noise_threshold)


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

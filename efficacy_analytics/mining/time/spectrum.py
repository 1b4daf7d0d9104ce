"""How cases pass the segments of a path: who overtakes whom, what moves together, when it slows down.

The performance spectrum draws each passage as a line from when it began to when it ended. Here passages are counted
between stretches of time, so that the picture is the same size for a thousand cases and for a million.

Source: V. Denisov, D. Fahland, W. M. P. van der Aalst, "Unbiased, Fine-Grained Description of Processes Performance
from Event Data", BPM 2018.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError

Segment: TypeAlias = tuple[str, str]

BINS: Final = 120
MOST_ROWS: Final = 4500
"""A picture of more lines is neither drawn nor read."""
MOST_SEGMENTS: Final = 8
FEWEST_TOGETHER: Final = 5
SEGMENTS: Final[dict[str, pl.DataType]] = {
    "position": pl.Int32(), "activity": pl.String(), "next_activity": pl.String()
}  # fmt: skip


@question
def common_path(log: Session, *, most_segments: int = MOST_SEGMENTS) -> list[Segment]:
    """The path most cases go: from the most frequent first activity always on to the most frequent next one.

    It ends where more cases end than go on to any activity not yet on it.

    Args:
        log: the engine of a cohort.
        most_segments: no longer than this.

    Returns:
        Pairs of activities in their order, each beginning where the one before it ends.
    """
    pairs, activities = log.run("directly_follows"), log.run("activities")
    ends: dict[str, int] = dict(activities.select("activity", "end_case_count").rows())
    order = ["start_case_count", "activity"]
    path = activities.sort(order, descending=[True, False])["activity"].head(1).to_list()
    while path and len(path) <= most_segments:
        onward = pairs.filter((pl.col("activity") == path[-1]) & ~pl.col("next_activity").is_in(path))
        likeliest = onward.sort(["transition_count", "next_activity"], descending=[True, False]).head(1)
        if likeliest.is_empty() or ends.get(path[-1], 0) > likeliest["transition_count"].item():
            break
        path.append(likeliest["next_activity"].item())
    return list(pairwise(path))


@question
def performance_spectrum(
    log: Session, *, segments: Sequence[Segment] | None = None, bins: int = BINS, most_rows: int = MOST_ROWS
) -> pl.DataFrame:
    """How many passages of each segment lead from one stretch of time to another, by quarter of their duration.

    Args:
        log: the engine of a cohort.
        segments: pairs of activities; by default those of `common_path`.
        bins: at most this many stretches between the first beginning and the last end.
        most_rows: half as many stretches are taken, and again half, until there are no more rows than this.

    Returns:
        One row per segment, pair of stretches and quarter, segments in their order: `position`, `activity`,
        `next_activity`, `from_at`, `until_at` (when the stretches begin in which passages begin and end),
        `width_seconds`, `quarter` (1 the shortest quarter of the segment's durations, 4 the longest),
        `transition_count`.

    Raises:
        CallError: there are no bins.
    """
    if bins < 1:
        raise CallError(f"a spectrum needs stretches of time, got {bins} bins.", hint="120 is usual")
    _measure(log, segments)
    lines = log.run("spectrum_lines", bin_count=bins)
    while lines.height > most_rows and bins > 1:
        bins //= 2
        lines = log.run("spectrum_lines", bin_count=bins)
    return lines


@question
def queue_discipline(log: Session, *, segments: Sequence[Segment] | None = None) -> pl.DataFrame:
    """Whether first come is first served, and what moves on together, per segment.

    Two passages are under way together where the one begins before the other ends; they cross where the one that
    began first ends last. Together in a batch: at least five passages that end in the same minute.

    Args:
        log: the engine of a cohort.
        segments: pairs of activities; by default those of `common_path`.

    Returns:
        One row per segment in its order: `position`, `activity`, `next_activity`, `transition_count`, `pair_count`
        (of passages under way together, the one having begun before the other), `crossing_count`,
        `fifo_violation_share` (of those pairs), `crossing_share` (of all pairs), `batch_share` (of passages; null
        where all ends lie on full hours).
    """
    _measure(log, segments)
    batches = log.run("spectrum_batches", fewest_together=FEWEST_TOGETHER)
    counted = [(place, *_crossed(log.run("spectrum_moments", position=place))) for place in batches["position"]]
    schema = {"position": pl.Int32, "pair_count": pl.Int64, "crossing_count": pl.Int64}
    passages = pl.col("transition_count")
    all_pairs = passages * (passages - 1) // 2
    pairs, crossed = pl.col("pair_count"), pl.col("crossing_count")
    return batches.join(pl.DataFrame(counted, schema=schema, orient="row"), on="position").select(
        *("position", "activity", "next_activity", "transition_count", "pair_count", "crossing_count"),
        pl.when(pairs > 0).then(crossed / pairs).alias("fifo_violation_share"),
        pl.when(all_pairs > 0).then(crossed / all_pairs).alias("crossing_share"),
        "batch_share",
    )


def crossings(ends: npt.NDArray[np.int64]) -> int:
    """How many pairs stand in the wrong order: a later one in the sequence ends before an earlier one.

    Args:
        ends: when each passage ends, in the order in which they began.

    Returns:
        The number of inversions, counted bit by bit of the ranks: n log n steps, none of them a loop over passages.
    """
    count = ends.size
    ranks = np.empty(count, dtype=np.int64)
    ranks[np.argsort(ends, kind="stable")] = np.arange(count)
    places, found = np.arange(count), 0
    for bit in range(int(count).bit_length() - 1, -1, -1):
        ones = (ranks >> bit) & 1
        group = (ranks >> (bit + 1)) << (bit + 1)
        before = np.concatenate(([0], np.cumsum(ones)))
        ones_before = before[places] - before[group]
        found += int(ones_before[ones == 0].sum())
        target = np.where(ones == 1, group + (1 << bit) + ones_before, places - ones_before)
        ordered = np.empty_like(ranks)
        ordered[target] = ranks
        ranks = ordered
    return found


def _crossed(moments: pl.DataFrame) -> tuple[int, int]:
    """Of passages in the order of their beginning: the pairs under way together, and those that cross."""
    begun, ended = (moments[name].to_numpy() for name in ("from_us", "until_us"))
    together = np.searchsorted(begun, ended, side="left") - np.searchsorted(begun, begun, side="right")
    return int(np.maximum(together, 0).sum()), crossings(ended)


def _measure(log: Session, segments: Sequence[Segment] | None) -> None:
    chosen = common_path(log) if segments is None else segments
    rows = [(place, *segment) for place, segment in enumerate(chosen, start=1)]
    log.put_temporary("spectrum_segment", pl.DataFrame(rows, schema=SEGMENTS, orient="row"))
    log.build("spectrum_waits")

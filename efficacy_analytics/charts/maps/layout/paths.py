"""Which paths a process map shows, and in which order they come when the reader asks for more.

The most used lines are shown. An activity that is shown can always be reached from the start and reaches the end
along lines that are shown with it (the ways whose least used line is used most), however few lines are asked for.
"""

import heapq
from collections.abc import Iterable
from typing import Final, TypeAlias

import polars as pl

Edge: TypeAlias = tuple[str, str]

START: Final = "\x02start"
END: Final = "\x03end"
CAME_FROM: Final = "\x04"
WENT_TO: Final = "\x05"
"""First character of the key of a neighbouring stage; the rest is its name."""
LENGTHS: Final = {"elapsed": "elapsed_seconds", "open": "open_seconds", "counted": "counted_days"}
"""What a length is called on each clock."""
MARKED: Final = 3
"""How many of the lines that hold most time are marked on a map."""
CLOCK_COLUMNS: Final = [f"{length}_{figure}" for length in LENGTHS.values() for figure in ("mean", "median", "p90")]


def clock_columns(frame: pl.DataFrame) -> list[pl.Expr]:
    """The lengths on every clock; null where the frame knows none."""
    return [
        pl.col(name).cast(pl.Float64) if name in frame.columns else pl.lit(None, pl.Float64).alias(name)
        for name in CLOCK_COLUMNS
    ]


def share_columns(frame: pl.DataFrame) -> list[pl.Expr]:
    """Of the time between steps, how much lies on each row: transitions by mean length, over the sum of all rows.

    `elapsed_share`, `open_share`, `counted_share`, each from 0 to 1; null where the length is not known.
    """
    found = []
    for clock, length in LENGTHS.items():
        mean = f"{length}_mean"
        held = pl.col("transition_count") * (pl.col(mean) if mean in frame.columns else pl.lit(None, pl.Float64))
        found.append(pl.when(held.sum() > 0).then(held / held.sum()).alias(f"{clock}_share"))
    return found


def is_marked(clock: str) -> pl.Expr:
    """Whether a line is one of the three that hold most time on a clock; of equal ones the more important."""
    place = pl.col(f"{clock}_share").rank("ordinal", descending=True)
    return ((place <= MARKED) & (pl.col(f"{clock}_share") > 0)).fill_null(value=False)


def paths(directly_follows: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """All lines between the chosen activities, from the start and to the end, most important first.

    Args:
        directly_follows: one row per pair with `transition_count`, `case_count` and the clock columns.
        chosen: the activities shown, with `activity`, `start_case_count`, `end_case_count`.

    Returns:
        One row per line: `activity` (START at the start), `next_activity` (END at the end), `transition_count`,
        `case_count`, the clock columns, the share of the time on each clock,
        `importance` (its transitions, or the use of the most used activity that
        needs it to be connected), `is_connecting`.
    """
    lines = _lines(directly_follows, chosen)
    counts = {(tail, head): n for tail, head, n in lines.select("activity", "next_activity", "transition_count").rows()}
    needed = _connecting(counts, chosen["activity"].cast(pl.String).to_list())
    order = ["importance", "transition_count", "activity", "next_activity"]
    return lines.with_columns(
        pl.Series("importance", [max(n, needed.get(edge, 0)) for edge, n in counts.items()], dtype=pl.Int64),
        pl.Series("is_connecting", [edge in needed for edge in counts], dtype=pl.Boolean),
    ).sort(order, descending=[True, True, False, False])


def most_used(lines: pl.DataFrame, most: int) -> pl.DataFrame:
    """The `most` most used lines, those that connect and those that hold most time, each with `shown_from`.

    A neighbouring stage stands for a start or an end of its own; the lines that say so are not kept.

    shown_from = share of the transitions kept that lie on more important lines, 0 for the most important ones.
    """
    is_most = pl.col("transition_count").rank("ordinal", descending=True) <= most
    kept = lines.filter(pl.col("is_connecting") | is_most | is_marked("elapsed")).filter(~_is_of_neighbour())
    groups = kept.group_by("importance", maintain_order=True).agg(pl.col("transition_count").sum())
    before = pl.col("transition_count").cum_sum() - pl.col("transition_count")
    groups = groups.select("importance", shown_from=before / pl.col("transition_count").sum())
    return kept.join(groups, on="importance", how="left", maintain_order="left")


def _is_of_neighbour() -> pl.Expr:
    enters = (pl.col("activity") == START) & pl.col("next_activity").str.starts_with(CAME_FROM)
    leaves = (pl.col("next_activity") == END) & pl.col("activity").str.starts_with(WENT_TO)
    return enters | leaves


def _lines(directly_follows: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    among = chosen["activity"].cast(pl.String).implode()
    pairs = directly_follows.select(
        pl.col("activity", "next_activity").cast(pl.String),
        pl.col("transition_count", "case_count").cast(pl.Int64),
        *clock_columns(directly_follows),
        *share_columns(directly_follows),
    ).filter(pl.col("activity").is_in(among), pl.col("next_activity").is_in(among))
    starts = _ends(chosen, "start_case_count").with_columns(pl.lit(START).alias("activity"))
    ends = _ends(chosen, "end_case_count").with_columns(pl.lit(END).alias("next_activity"))
    order = ["transition_count", "activity", "next_activity"]
    return pl.concat([pairs, starts, ends], how="diagonal").sort(order, descending=[True, False, False])


def _ends(chosen: pl.DataFrame, column: str) -> pl.DataFrame:
    name = pl.col("activity").cast(pl.String)
    number = pl.col(column).cast(pl.Int64)
    return chosen.filter(pl.col(column) > 0).select(
        name, name.alias("next_activity"), number.alias("transition_count"), number.alias("case_count")
    )


def _connecting(counts: dict[Edge, int], activities: Iterable[str]) -> dict[Edge, int]:
    """The lines that connect the activities with start and end, with the use of the most used one that needs each."""
    use = dict.fromkeys(activities, 0)
    for edge, count in counts.items():
        for activity in edge:
            if activity in use:
                use[activity] = max(use[activity], count)
    backwards = {(head, tail): count for (tail, head), count in counts.items()}
    from_start = _needed(_widest(counts, START), use)
    to_end = {(head, tail): count for (tail, head), count in _needed(_widest(backwards, END), use).items()}
    return {edge: max(from_start.get(edge, 0), to_end.get(edge, 0)) for edge in from_start.keys() | to_end.keys()}


def _needed(before: dict[str, str], use: dict[str, int]) -> dict[Edge, int]:
    needed: dict[Edge, int] = {}
    for activity, count in use.items():
        at = activity
        while at in before:
            edge = (before[at], at)
            needed[edge] = max(needed.get(edge, 0), count)
            at = before[at]
    return needed


def _widest(counts: dict[Edge, int], source: str) -> dict[str, str]:
    """For every node reached from `source`: the one before it on the way whose least used line is used most."""
    onward: dict[str, list[tuple[str, int]]] = {}
    for (tail, head), count in counts.items():
        onward.setdefault(tail, []).append((head, count))
    before: dict[str, str] = {}
    waiting = [(-count, 1, head, source) for head, count in onward.get(source, [])]
    heapq.heapify(waiting)
    while waiting:
        width, steps, node, last = heapq.heappop(waiting)
        if node in before or node == source:
            continue
        before[node] = last
        for head, count in onward.get(node, []):
            heapq.heappush(waiting, (max(width, -count), steps + 1, head, node))
    return before

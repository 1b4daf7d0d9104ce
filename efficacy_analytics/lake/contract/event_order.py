"""The order of a case's events, and what each event must know of its neighbours: noted once, when a delivery comes in.

Order is total: start (completion where no start is known), completion, position in the delivery. With the neighbours
noted, publishing is one pass over the file, without a sort.
"""

import polars as pl

NOTED = ("event_number", "previous_activity", "next_activity", "previous_completed_at", "previous_completed_local")


def in_order(events: pl.DataFrame) -> pl.DataFrame:
    """Accepted events in the order of their cases and within them, with the columns `NOTED`.

    Args:
        events: accepted events with `case_number`, `started_at`, `completed_at`, `completed_local`, `source_order`.

    Returns:
        One row per event: the columns given, `event_number` (1 is the case's first), `previous_activity`,
        `previous_completed_at`, `previous_completed_local` (null for the first) and `next_activity` (null for the
        last).
    """
    order = [pl.col("case_number"), pl.coalesce("started_at", "completed_at"), pl.col("completed_at", "source_order")]
    placed = (events if _are_in_order(events.select(order)) else events.sort(order)).with_columns(
        event_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("case_number")
    )
    is_first = pl.col("event_number") == 1
    before = ("activity", "completed_at", "completed_local")
    return placed.with_columns(
        *(pl.when(~is_first).then(pl.col(column).shift(1)).alias(f"previous_{column}") for column in before),
        pl.when(~is_first.shift(-1, fill_value=True)).then(pl.col("activity").shift(-1)).alias("next_activity"),
    ).select(*events.columns, *NOTED)


def _are_in_order(keys: pl.DataFrame) -> bool:
    """Whether each row comes after the one before it, by the first column in which they differ."""
    after = pl.lit(False)
    for column in reversed(keys.columns):
        before = pl.col(column).shift(1)
        after = (pl.col(column) > before) | ((pl.col(column) == before) & after)
    return bool(keys.select(after.slice(1).all()).item())

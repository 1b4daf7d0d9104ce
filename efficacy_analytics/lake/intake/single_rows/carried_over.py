"""What a correction leaves as it was: the rows of its cases that earlier deliveries gave and it does not replace.

A delivery counts for its cases as a whole. One that brings single rows (changed, deleted or corrected) is therefore
made whole at intake: the other rows of every case it touches are carried over from where they counted until now.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from efficacy_analytics.lake.contract.event_order import NOTED
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.readers.received import BATCH

PREFIX = "carried_"
CARRIED = ("cases", "events", "steps_under_way", "clock_stops", "case_notes")
ORDER = ("case_id", "source_order", "stopped_from_on", "kind", "note", "source_file", "source_line")
TELLING = ("row_key", "activity", "stopped_until_on", "extension_days", "reason")
NUMBERED = (
    "case_number",
    *NOTED,
    "first_at",
    "last_at",
    "first_local",
    "last_local",
    "event_count",
    "has_split_seconds",
)


def known_cases(base: Sequence[Delivery], named: Path) -> pl.Series:
    """Which of the cases that rows of a delivery name count already.

    Args:
        base: the deliveries of the same source that count before this one, in their order.
        named: a Parquet file with the `case_id` of every row.
    """
    return pl.scan_parquet(named).unique().join(_counting(base), on="case_id", how="semi").collect()["case_id"]


def carried_rows(base: Sequence[Delivery], touched: Path, scratch: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows that count for the touched cases until now, table by table, in batches.

    A case is touched where a row that came in names it, or replaces a row of it.

    Args:
        base: the deliveries of the same source that count before this one, in their order.
        touched: a Parquet file with `table`, `case_id` and `row_key` of the rows that came in and change something.
        scratch: a file to work with.

    Yields:
        The table's name, headed by `carried_`, and rows of the accepted table without what intake notes of them, with
        `row_key`, and `is_replaced` where that comes in again.
    """
    coming = pl.scan_parquet(touched)
    counting = _counting(base)
    keys = coming.filter(pl.col("row_key").is_not_null()).select("table", "row_key").unique()
    given = {
        table: rows.join(counting, on=["case_id", "delivery_number"], how="semi")
        for table in CARRIED
        if (rows := _given(base, table)) is not None
    }
    replaced = [
        rows.join(_keys_of(keys, table), on="row_key", how="semi").select("case_id") for table, rows in given.items()
    ]
    cases = pl.concat([coming.select("case_id").drop_nulls(), *replaced]).unique()
    for table, rows in given.items():
        marked = rows.join(cases, on="case_id", how="semi").join(
            _keys_of(keys, table).with_columns(is_replaced=pl.lit(True)), on="row_key", how="left"
        )
        order = [column for column in ORDER if column in _names(rows)]
        marked.drop("delivery_number").with_columns(pl.col("is_replaced").fill_null(False)).sort(
            *order, *(column for column in _names(rows) if column in TELLING)
        ).sink_parquet(scratch)
        for batch in pq.ParquetFile(scratch).iter_batches(BATCH):
            yield f"{PREFIX}{table}", pl.DataFrame(pl.from_arrow(batch))


def _keys_of(keys: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """The keys that came in for the rows of a table; steps have theirs whether they are under way or done."""
    return keys.filter(pl.col("table") == ("events" if table == "steps_under_way" else table)).select("row_key")


def _counting(base: Sequence[Delivery]) -> pl.LazyFrame:
    """The cases there are, each with the number of the delivery that counts for it: `case_id`, `delivery_number`."""
    mentions = [
        pl.scan_parquet(file).select("case_id", delivery_number=pl.lit(number), is_there=pl.lit(table == "cases"))
        for number, delivery in enumerate(base)
        for table in ("cases", "deleted_cases")
        if (file := delivery.folder / f"{table}.parquet").is_file()
    ]
    last = (
        pl.concat(mentions)
        .group_by("case_id")
        .agg(pl.col("delivery_number", "is_there").sort_by("delivery_number").last())
    )
    return last.filter("is_there").select("case_id", "delivery_number")


def _given(base: Sequence[Delivery], table: str) -> pl.LazyFrame | None:
    """The rows of a table in all deliveries that have it, with the number of the delivery."""
    frames = [
        pl.scan_parquet(file).drop(NUMBERED, strict=False).with_columns(delivery_number=pl.lit(number))
        for number, delivery in enumerate(base)
        if (file := delivery.folder / f"{table}.parquet").is_file()
    ]
    if not frames:
        return None
    rows = pl.concat(frames, how="diagonal")
    return rows if "row_key" in _names(rows) else rows.with_columns(row_key=pl.lit(None, pl.String))


def _names(rows: pl.LazyFrame) -> list[str]:
    return rows.collect_schema().names()

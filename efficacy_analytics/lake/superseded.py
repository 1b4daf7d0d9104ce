"""Which accepted steps count no more, since a later delivery of the same source gives their case anew without them."""

from collections.abc import Iterator, Sequence

import polars as pl

from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.notices import Notice

NAMED = 5
STEP = ("case_id", "activity", "completed_at")


def superseded(deliveries: Sequence[Delivery]) -> list[Notice]:
    """What of a lake's deliveries is not used any more, per source and delivery.

    Deliveries that change single rows or only add some are no cause: what they do not give stays.

    Args:
        deliveries: in the order in which they count.
    """
    sources = sorted({one.source for one in deliveries})
    return [notice for source in sources for notice in _of_source([one for one in deliveries if one.source == source])]


def _of_source(deliveries: Sequence[Delivery]) -> Iterator[Notice]:
    if len(deliveries) < 2:
        return
    given = pl.concat(_read(one, "cases", number, ("case_id",)) for number, one in enumerate(deliveries))
    lasts = given.group_by("case_id").agg(last=pl.col("number").max())
    whole = [number for number, one in enumerate(deliveries) if not _merges(one)]
    older = given.join(lasts, on="case_id").filter((pl.col("number") < pl.col("last")) & pl.col("last").is_in(whole))
    hidden = older.collect()
    if hidden.is_empty():
        return
    counts = dict(hidden["number"].value_counts().iter_rows())
    for number, one in enumerate(deliveries):
        if counts.get(number, 0) == one.written.get("cases", -1):
            yield Notice("delivery_lost", one.delivery, counts[number])
    lost = _lost_steps(deliveries, hidden)
    if lost.height:
        ids = lost["case_id"].unique().sort()
        names = ", ".join(ids.head(NAMED))
        yield Notice("steps_superseded", deliveries[0].source, lost.height, ids.len(), names)


def _lost_steps(deliveries: Sequence[Delivery], hidden: pl.DataFrame) -> pl.DataFrame:
    steps = pl.concat(_read(one, "events", number, STEP) for number, one in enumerate(deliveries))
    concerned = hidden.lazy()
    before = steps.join(concerned, on=["case_id", "number"], how="inner")
    after = steps.join(concerned.select("case_id", "last").unique(), on="case_id", how="inner")
    after = after.filter(pl.col("number") == pl.col("last"))
    return before.select(STEP).unique().join(after, on=list(STEP), how="anti").collect()


def _read(delivery: Delivery, table: str, number: int, columns: Sequence[str]) -> pl.LazyFrame:
    return pl.scan_parquet(delivery.folder / f"{table}.parquet").select(*columns, number=pl.lit(number))


def _merges(delivery: Delivery) -> bool:
    """Whether a delivery leaves the rows that it does not give."""
    content = delivery.layout_content
    keyed = "row_key" in content.get("tables", {}).get("events", {}).get("columns", {})
    return bool(delivery.corrects or content.get("adds") or keyed)

"""Which rows of a delivery have the key of an earlier one: asked of the whole delivery, however it is parted."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.intake.partitions import Partitions

AGAIN = {"table": pl.String, "position": pl.Int64}


class Keys:
    """Gathers the keys of the rows that keep their rules.

    Args:
        folder: where they may be laid out.
    """

    def __init__(self, folder: Path) -> None:
        self._partitions = Partitions(folder, whole=())
        self._tables: set[str] = set()

    def put(self, table: str, rows: pl.DataFrame) -> None:
        """Takes the judged rows of a batch."""
        if "row_key" in rows.columns and table != "cases":
            keyed = rows.filter(pl.col("rule").is_null() & pl.col("row_key").is_not_null())
            self._partitions.put(table, keyed.select("position", case_id="row_key"))
            self._tables.add(table)

    def again(self) -> pl.DataFrame:
        """`table` and `position` of the rows whose key an earlier row of the table has."""
        return pl.concat([pl.DataFrame(schema=AGAIN), *self._repeated()])

    def _repeated(self) -> Iterator[pl.DataFrame]:
        for partition in self._partitions if self._tables else ():
            for table, keys in partition.items():
                later = keys.sort("position").filter(~pl.col("case_id").is_first_distinct())
                yield later.select(pl.lit(table).alias("table"), "position")

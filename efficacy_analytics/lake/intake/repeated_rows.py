"""Rows of a delivery that come again: with the key of an earlier one, or identical to it in every column.

The second is a fault of the export, no rework.

Two rows alike in all that the layout reads may still differ in a column that it does not: only where the whole text of
the row is the same (of a workbook, Parquet or a database all its columns) is it a repetition (assumption A28).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.intake.partitions import Partitions
from efficacy_analytics.lake.intake.received_tables import Batch, originals
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.readers.received import BATCH
from efficacy_analytics.lake.readers.xes import event_texts

TABLES = ("events", "clock_stops", "surveys", "fees")
PLACE = ("position", "source_file", "source_line", "source_row", "rule")
REPEATED = {"table": pl.String, "position": pl.Int64}


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
        return pl.concat([pl.DataFrame(schema=REPEATED), *self._repeated()])

    def _repeated(self) -> Iterator[pl.DataFrame]:
        for partition in self._partitions if self._tables else ():
            for table, keys in partition.items():
                later = keys.sort("position").filter(~pl.col("case_id").is_first_distinct())
                yield later.select(pl.lit(table).alias("table"), "position")


class RepeatedRows:
    """Gathers what the rows of a delivery look like: eight bytes a row, and where it stands.

    An event log is not parsed again for the text of rows that look alike: where it stands was noted.
    """

    def __init__(self) -> None:
        self._looks: dict[str, list[pl.DataFrame]] = {}

    def put(self, batch: Batch) -> None:
        """Takes the rows of a batch as they were received; rows that have a key are told apart by it."""
        rows = batch.rows
        if batch.table not in TABLES or ("row_key" in rows.columns and rows["row_key"].null_count() < rows.height):
            return
        values = [column for column in batch.rows.columns if column not in PLACE]
        spans = batch.spans if batch.spans is not None else pl.DataFrame()
        looks = pl.concat([batch.rows, spans], how="horizontal").filter(pl.col("rule").is_null()).select(
            pl.struct(values).hash().alias("look"), "position", "source_file", "source_row", *spans.columns
        )  # fmt: skip
        self._looks.setdefault(batch.table, []).append(looks.with_columns(pl.col("source_file").cast(pl.Categorical)))

    def again(self, layout: Layout, files: Mapping[str, Sequence[Path]]) -> pl.DataFrame:
        """`table` and `position` of the rows whose whole text an earlier row of the table has.

        Args:
            layout: how the files were read.
            files: the files of the delivery by table.
        """
        found = [_repeated(layout, files, table, pl.concat(parts)) for table, parts in self._looks.items()]
        return pl.concat([pl.DataFrame(schema=REPEATED), *found])


def _repeated(layout: Layout, files: Mapping[str, Sequence[Path]], table: str, looks: pl.DataFrame) -> pl.DataFrame:
    alike = looks.filter(pl.col("look").is_duplicated()).cast({"source_file": pl.String})
    if alike.is_empty():
        return pl.DataFrame(schema=REPEATED)
    paths = files[table if table in files else "events"]
    parts = _event_texts(layout, paths, alike) if "text_from" in alike else originals(layout, paths, table, alike)
    texts = pl.concat([part.with_columns(pl.col("original").hash()) for part in parts])
    placed = alike.join(texts, on=["source_file", "source_row"], how="inner").sort("position")
    is_again = ~placed.select(pl.struct("look", "original").is_first_distinct()).to_series()
    return placed.filter(is_again).select(pl.lit(table).alias("table"), "position")


def _event_texts(layout: Layout, paths: Sequence[Path], alike: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The texts of events that look alike, as `originals` gives them."""
    for path in paths:
        of_file = alike.filter(pl.col("source_file") == path.name)
        texts = event_texts(path, of_file, layout.encodings)
        for part in of_file.select("source_file", "source_row").iter_slices(BATCH):
            originals_of_part = pl.Series("original", list(islice(texts, part.height)), dtype=pl.String)
            yield part.with_columns(originals_of_part)

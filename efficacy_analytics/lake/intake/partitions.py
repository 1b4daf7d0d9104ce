"""A delivery in partitions of whole cases, so that memory is bounded by a partition and never by the delivery.

Rows are held until they are too many; from then on they are laid out on disk by a hash of their case, and read back a
partition at a time. What can be held is given back in the order of its cases. Within a partition rows keep their order.
"""

import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

MOST_HELD_ROWS = 2_500_000
MOST_SETTLED_ROWS = 200_000
PORTION_COUNT = 64
LAID_OUT = pa.ipc.IpcWriteOptions(compression="lz4")


class Partitions:
    """Gathers the rows of a delivery and gives them back, a partition at a time.

    Args:
        folder: where rows may be laid out; made when first needed.
        whole: tables that stay in one partition; the rows of the others are laid out by their `case_id`.
    """

    def __init__(self, folder: Path, *, whole: Collection[str]) -> None:
        self.folder, self.whole = folder, whole
        self.held: dict[str, list[pl.DataFrame]] = {}
        self.held_count = 0
        self.empty: dict[str, pl.DataFrame] = {}
        self.files: dict[tuple[str, int], pa.ipc.RecordBatchFileWriter] = {}

    def put(self, table: str, rows: pl.DataFrame) -> None:
        """Takes the next rows of a table."""
        self.empty.setdefault(table, rows.clear())
        self.held.setdefault(table, []).append(rows)
        self.held_count += rows.height
        if self.held_count > MOST_HELD_ROWS:
            self._lay_out()

    def __len__(self) -> int:
        """How many partitions there are."""
        return PORTION_COUNT if self.files else max(1, -(-self.held_count // MOST_SETTLED_ROWS))

    def __iter__(self) -> Iterator[dict[str, pl.DataFrame]]:
        """The rows of each partition by table; every table is in every partition, if only without rows."""
        if not self.files:
            yield from self._held_partitions()
            return
        self._lay_out()
        for file in self.files.values():
            file.close()
        for number in range(PORTION_COUNT):
            yield {table: self._read(table, number) for table in self.empty}

    def _held_partitions(self) -> Iterator[dict[str, pl.DataFrame]]:
        """What is held, in the order of its cases, so many rows at a time that settling them takes little memory."""
        tables = {table: pl.concat(parts) for table, parts in self.held.items()}
        self.held.clear()
        if len(self) == 1:
            yield tables
            return
        of_cases = [tables[table]["case_id"] for table in sorted(tables, key=_cases_first) if table not in self.whole]
        ids = pl.concat(of_cases).unique(maintain_order=True)
        numbers = (pl.int_range(ids.len(), eager=True) * len(self) // ids.len()).alias("partition")
        numbered = {
            table: rows.select("case_id").join(
                pl.DataFrame({"case_id": ids, "partition": numbers}), on="case_id", how="left", nulls_equal=True,
                maintain_order="left",
            )["partition"]
            for table, rows in tables.items()
            if table not in self.whole
        }  # fmt: skip
        for number in range(len(self)):
            yield {
                table: rows.filter(numbered[table] == number)
                if table in numbered
                else rows
                if not number
                else rows.clear()
                for table, rows in tables.items()
            }

    def _lay_out(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for table, parts in self.held.items():
            rows = pl.concat(parts)
            for number, some in self._parted(table, rows):
                arrow = some.to_arrow(compat_level=pl.CompatLevel.oldest())
                if (table, number) not in self.files:
                    self.files[table, number] = pa.ipc.new_file(
                        self._path(table, number), arrow.schema, options=LAID_OUT
                    )
                self.files[table, number].write_table(arrow)
        self.held.clear()
        self.held_count = 0

    def _parted(self, table: str, rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        if table in self.whole:
            yield 0, rows
            return
        by_number = rows.with_columns(_partition_of(rows["case_id"])).partition_by(
            "partition", as_dict=True, include_key=False, maintain_order=True
        )
        for (number,), some in sorted(by_number.items()):
            yield int(number), some

    def _path(self, table: str, number: int) -> str:
        return str(self.folder / f"{table}-{number}.arrow")

    def _read(self, table: str, number: int) -> pl.DataFrame:
        if (table, number) not in self.files:
            return self.empty[table]
        return pl.read_ipc(self._path(table, number)).cast(self.empty[table].schema)


def _cases_first(table: str) -> tuple[bool, str]:
    return table != "cases", table


def _partition_of(case_id: pl.Series) -> pl.Series:
    """The partition of each case, by a hash that is the same on every machine; rows without a case go to the first."""
    values = case_id.unique()
    numbers = [0 if value is None else zlib.crc32(value.encode()) % PORTION_COUNT for value in values]
    return case_id.replace_strict(values, pl.Series(numbers, dtype=pl.Int32), return_dtype=pl.Int32).alias("partition")

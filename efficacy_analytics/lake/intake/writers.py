"""The accepted and refused tables of a delivery, written a partition at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from efficacy_analytics.engine.duckdb_engine import opened
from efficacy_analytics.lake.contract.event_order import beginnings, in_order
from efficacy_analytics.lake.contract.refusal_rules import REASONS
from efficacy_analytics.settings import Settings

ROW_GROUP = 2**18
COMPRESSION = "zstd"
DELTA = "DELTA_BINARY_PACKED"


class TableFile:
    """A Parquet file that grows by whole frames of one schema."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.row_count = 0
        self._writer: pq.ParquetWriter | None = None

    def put(self, frame: pl.DataFrame) -> None:
        """Adds the rows of a frame."""
        if self._writer is None:
            schema = _arrow(frame.clear()).schema
            self._writer = pq.ParquetWriter(self.path, schema, compression=COMPRESSION, **_encodings(frame))
        for some in frame.iter_slices(ROW_GROUP):
            self._writer.write_table(_arrow(some), row_group_size=ROW_GROUP)
        self.row_count += frame.height

    def close(self) -> None:
        """Finishes the file."""
        if self._writer is not None:
            self._writer.close()


class Accepted:
    """The accepted tables on their way into a folder.

    Attributes:
        folder: where they lie.
        files: table to its file.
        first_positions: activity to the position at which it first occurs.
        suspended_count: how many steps were suspended.
        alike_count: how many steps are the same as another of their case in all that is read of them.
        step_order: by what the steps of a case are ordered.
    """

    def __init__(self, folder: Path, step_order: str) -> None:
        self.folder = folder
        self.step_order = step_order
        self.files: dict[str, TableFile] = {}
        self.first_positions: dict[str, int] = {}
        self.suspended_count = 0
        self.alike_count = 0
        folder.mkdir()

    def put(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Adds the accepted rows of a partition, its events in order and its cases with what their events say."""
        numbered = self._numbered(tables)
        events = in_order(numbered["events"], self.step_order)
        cases = numbered["cases"].join(_spans(events), on="case_number", how="left", maintain_order="left")
        if "steps_under_way" in numbered:
            cases = _begun_by_steps_under_way(cases, numbered["steps_under_way"])
        self.alike_count += alike_steps(events)
        if "is_suspended" in events.columns:
            self.suspended_count += int(events["is_suspended"].sum())
            events = _without_start_of_suspended(events)
        noted = {
            "events": events,
            "cases": cases.with_columns(
                pl.col("event_count").fill_null(0), pl.col("has_split_seconds").fill_null(False)
            ),
        }
        for table, frame in {**numbered, **noted}.items():
            self.files.setdefault(table, TableFile(self.folder / f"{table}.parquet")).put(frame)
        firsts = tables["events"].group_by("activity").agg(pl.col("source_order").min())
        for activity, position in firsts.iter_rows():
            self.first_positions[activity] = min(position, self.first_positions.get(activity, position))

    def _numbered(self, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """The tables with `case_number`, the position of the case among all cases of the delivery, at their head."""
        first = self.files["cases"].row_count if "cases" in self.files else 0
        number = (first + pl.int_range(pl.len(), dtype=pl.Int64)).alias("case_number")
        cases = tables["cases"].select(number, pl.all())
        ids = cases.select("case_id", "case_number")
        steps = {
            table: tables[table].select(_number_of(tables[table], ids), pl.all())
            for table in ("events", "steps_under_way")
            if table in tables
        }
        return {**tables, **steps, "cases": cases}

    def closed(self) -> dict[str, int]:
        """Finishes the files; per table the number of rows in its file."""
        for file in self.files.values():
            file.close()
        return {table: file.row_count for table, file in self.files.items()}

    def activity_order(self) -> list[str]:
        """The activities in the order in which they first occur."""
        return sorted(self.first_positions, key=lambda activity: (self.first_positions[activity], activity))


class Refused:
    """The refused rows on their way: their places and rules first, their texts when all are known."""

    def __init__(self, folder: Path, in_force: Settings) -> None:
        self.folder, self.in_force = folder, in_force
        self.files: dict[str, TableFile] = {}
        self.counts: dict[str, Counter[str]] = {}
        folder.mkdir()

    def put(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Adds the refused rows of a partition."""
        for table, frame in tables.items():
            counts = self.counts.setdefault(table, Counter())
            counts.update(dict(frame.group_by("rule").len().iter_rows()))
            if frame.height:
                self.files.setdefault(table, TableFile(self.folder / f"{table}.parquet")).put(frame)

    def places(self) -> dict[str, pl.DataFrame]:
        """Finishes the places; per table with refused rows their `source_file`, `source_line` and `source_row`."""
        for file in self.files.values():
            file.close()
        columns = ["source_file", "source_line", "source_row"]
        return {table: pl.read_parquet(file.path, columns=columns) for table, file in self.files.items()}

    def write(self, table: str, texts: Iterable[pl.DataFrame], target: Path) -> None:
        """Writes the refused rows of a table with their texts, in the order of the delivery.

        Args:
            table: the table.
            texts: `source_file`, `source_row`, `original`, in batches.
            target: the folder of the finished files.
        """
        originals = TableFile(self.folder / f"{table}-texts.parquet")
        originals.put(pl.DataFrame(schema={"source_file": pl.String, "source_row": pl.Int64, "original": pl.String}))
        for some in texts:
            originals.put(some)
        originals.close()
        target.mkdir(exist_ok=True)
        with opened(self.folder / "joining.duckdb", in_force=self.in_force) as engine:
            engine.put("reasons", pl.DataFrame({"rule": list(REASONS), "reason": list(REASONS.values())}))
            engine.view_parquet("refused_places", self.files[table].path)
            engine.view_parquet("refused_texts", originals.path)
            engine.write("refused_with_texts", target / f"{table}.parquet")
        (self.folder / "joining.duckdb").unlink()


def _number_of(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.Series:
    return rows.select("case_id").join(ids, on="case_id", how="left", maintain_order="left")["case_number"]


def _begun_by_steps_under_way(cases: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """A case of which no step is done begins with the first that is under way."""
    begun = steps.group_by("case_number").agg(
        pl.col("started_at").min().alias("?at"), pl.col("started_local").min().alias("?local")
    )
    joined = cases.join(begun, on="case_number", how="left", maintain_order="left")
    return joined.with_columns(
        first_at=pl.coalesce("first_at", "?at"), first_local=pl.coalesce("first_local", "?local")
    ).drop("?at", "?local")


def alike_steps(events: pl.DataFrame) -> int:
    """How many steps are the same as an earlier one of their case: in activity, times and officer.

    Args:
        events: in the order of their cases and within them.
    """
    moment = events.select("case_number", "completed_at")
    is_tied = moment.is_duplicated()
    said = ("case_number", "activity", "started_at", "completed_at", "resource")
    tied = events.filter(is_tied).select(*said)
    return tied.height - tied.unique().height


def _without_start_of_suspended(events: pl.DataFrame) -> pl.DataFrame:
    """Steps that were suspended keep their place, and say nothing of how long the work took."""
    kept = ~pl.col("is_suspended").fill_null(False)
    return events.with_columns(
        pl.when(kept).then(column).alias(column) for column in ("started_at", "started_local")
    ).drop("is_suspended")


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _encodings(frame: pl.DataFrame) -> dict[str, Any]:
    """Names by dictionary, moments and numbers by their differences: half the time of the default, both ways."""
    names = frame.select(cs.string()).columns
    numbers = frame.select(cs.integer() | cs.temporal()).columns
    return {"use_dictionary": names, "column_encoding": dict.fromkeys(numbers, DELTA)}


def _spans(events: pl.DataFrame) -> pl.DataFrame:
    """First and last moment of each case in its events, how many there are, and whether any is no whole second."""
    is_split = pl.any_horizontal(pl.col("started_at", "completed_at").dt.microsecond() > 0)
    return (
        beginnings(events)
        .group_by("case_number")
        .agg(
            pl.col("begins_at").min().alias("first_at"),
            pl.col("completed_at").max().alias("last_at"),
            pl.col("begins_local").min().alias("first_local"),
            pl.col("completed_local").max().alias("last_local"),
            pl.len().cast(pl.Int64).alias("event_count"),
            is_split.any().alias("has_split_seconds"),
        )
    )

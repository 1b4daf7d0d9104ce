"""Which rows of a pull are new to the lake, and which rows of the lake are gone from the database.

What the lake holds of a source are the rows of its earlier pulls, as received: the last of each key counts. A row is
new when its key is, or when any of its values differs; a pull that was cut and went on may hold a row twice, and
there too the last counts. Compared by value, out of core, never by a hash.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.contract.key_texts import kept_key, may_be_kept_otherwise
from efficacy_analytics.lake.database.pull_state import PullState, record_in, write_part
from efficacy_analytics.lake.delivery import deliveries
from efficacy_analytics.lake.layouts.keys import IS_GONE
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.settings import Settings

MEMORY = "1GB"
"""What a comparison may hold at once; beyond that the engine spills to the pull's folder."""

KEYS = "keys.parquet"
"""All keys of a table that the database has, where deletions are looked for."""

READ = "select * from read_parquet($parts, filename = true, file_row_number = true)"
LAST_READ = READ + " qualify row_number() over (partition by {key} order by filename desc, file_row_number desc) = 1"
NOTHING_HELD = "select * exclude (filename, file_row_number) from newest where false"
HELD = """
    with numbered as (
        select unnest($held) as filename, unnest(range(len($held))) as number
    ),
    every_row as (
        select {given}, number
        from read_parquet($held, filename = true, union_by_name = true)
        inner join numbered using (filename)
    ),
    last_rows as (
        select {key} as key, max(number) as number from every_row {of_these} group by {key}
    )
    select every_row.* exclude (number)
    from every_row
    inner join last_rows on last_rows.key = every_row.{key} and last_rows.number = every_row.number
"""
CHANGED = """
with newest as ({newest}),
held as ({held})
select {columns}
from newest
where not exists (select 1 from held where {same}){still_there}
order by filename, file_row_number
"""
GONE = """
with held as ({held})
select {columns}
from (select * replace ('true' as {gone}) from held where {gone} is distinct from 'true') as held
where not exists (select 1 from read_parquet($keys) as there where there.key = held.{key})
order by {key}
"""
STILL_THERE = " and exists (select 1 from read_parquet($keys) as there where there.key = newest.{key})"
AS_READ = "select count(*) = count(distinct {key}) from read_parquet($parts)"
ALL_THERE = """
select count(*) = 0
from read_parquet($parts) as newest
where not exists (select 1 from read_parquet($keys) as there where there.key = newest.{key})
"""
UNEQUAL = """
with newest as (
    select {columns} from read_parquet($parts)
),
held as (
    select {given} from read_parquet($held, union_by_name = true)
)
select count(*)
from ((from newest except all from held) union all (from held except all from newest))
"""


@dataclass(frozen=True)
class Held:
    """What the lake holds of a source.

    Attributes:
        after: the last delivery of the source; None before the first.
        records: per table what was asked of the database then.
        files: per table the rows of all deliveries, in the order in which they count.
    """

    after: str | None = None
    records: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)


def held_rows(lake: Path, layout: Layout) -> Held:
    """What the lake holds of a layout's source."""
    own = [
        one for one in deliveries(lake) if one.source == layout.source and one.layout_content["format"] == "database"
    ]
    if not own:
        return Held()
    files = {
        table: [file for one in own for file in sorted((lake / "exports" / one.delivery).glob(f"{table}-*.parquet"))]
        for table in layout.tables
    }
    last = max(own, key=lambda one: one.number)
    of_last = {table: lake / "exports" / last.delivery / f"{table}-00001.parquet" for table in layout.tables}
    records = {table: record_in(file) for table, file in of_last.items() if file.is_file()}
    return Held(last.delivery, {table: record for table, record in records.items() if record}, files)


def write_difference(state: PullState, held: Held, folder: Path, in_force: Settings) -> dict[str, int]:
    """Writes what is new into `folder`, `<table>-00001.parquet` and on, and says how many rows each table has."""
    folder.mkdir()
    with duckdb.connect() as engine:
        engine.execute(f"set memory_limit = '{MEMORY}'")
        engine.execute(f"set threads = {in_force.engine.threads}")
        engine.execute("set temp_directory = $place", {"place": str(state.folder / ".spill")})
        return {table: _Difference(state, held, table, in_force).written(folder, engine) for table in state.records}


class _Difference:
    """The difference of one table."""

    def __init__(self, state: PullState, held: Held, table: str, in_force: Settings) -> None:
        self.in_force, self.table, self.record = in_force, table, state.records[table]
        self.parts, self.held = state.files(table), [file for file in held.files.get(table, []) if _has_rows(file)]
        self.keys = state.folder / table / KEYS
        self.is_of_one_snapshot = state.is_of_one_snapshot(table)
        self.columns: list[str] = self.record["columns"]
        self.key: str | None = self.record["key"]
        self.finds_deletions = IS_GONE in self.columns

    def written(self, folder: Path, engine: duckdb.DuckDBPyConnection) -> int:
        """Writes the files of the table; the number of their rows."""
        self._check_keys_stay_apart()
        if self._is_as_read(engine):
            return self._linked(folder)
        return self._write(self._different(engine), folder)

    def _check_keys_stay_apart(self) -> None:
        """Refuses keys that are two in the database and one in the lake: what became of one would befall the other."""
        if self.key is None or not self.parts:
            return
        key = pl.col(self.key)
        newest = pl.scan_parquet(self.parts).select(key)
        odd = newest.filter(may_be_kept_otherwise(key)).unique().collect()
        if odd.is_empty():
            return
        kept = odd.select(kept_key(key)).to_series().unique()
        held = [pl.scan_parquet(file).select(key) for file in self.held]
        alike = pl.concat([newest, *held]).filter(kept_key(key).is_in(kept.implode())).unique().collect()
        doubled = alike.height - alike.select(kept_key(key)).n_unique()
        if doubled:
            differing = "key differs" if doubled == 1 else "keys differ"
            raise InputRefusedError(
                f"{doubled:,} {differing} in {self.table} from another one only by blanks, signs that nobody sees, or "
                "wide letters, which a key does not keep.",
                hint="make them differ in the database, or read the table by a query that gives such rows another key",
            )

    def _is_as_read(self, engine: duckdb.DuckDBPyConnection) -> bool:
        """Whether the parts are the difference: nothing to compare with, and no row of an earlier try among them."""
        if not self.parts:
            return False
        if self.key is None:
            return not self.held or self._asked(engine, UNEQUAL) != 0
        if self.held or self.is_of_one_snapshot:
            return not self.held
        return all(self._asked(engine, query) for query in (AS_READ, *([ALL_THERE] if self.finds_deletions else [])))

    def _different(self, engine: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
        if self.key is None:
            return
        if self.parts:
            yield from self._rows(engine, CHANGED)
        if self.finds_deletions and self.held:
            yield from self._rows(engine, GONE)

    def _asked(self, engine: duckdb.DuckDBPyConnection, query: str) -> Any:
        text = self._composed(query)
        return engine.execute(text, self._given(text)).fetchall()[0][0]

    def _rows(self, engine: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.RecordBatch]:
        text = self._composed(query)
        yield from engine.sql(text, params=self._given(text)).to_arrow_reader(self.in_force.database.part_rows)

    def _composed(self, query: str) -> str:
        """The query with the names of this table's columns, each quoted."""
        key = _quoted(self.key or "")
        given = {name for file in self.held for name in pq.read_schema(file).names}
        of_these = f"where {key} in (select {key} from newest)" if query is CHANGED else ""
        names = {
            "key": key,
            "gone": _quoted(IS_GONE),
            "columns": ", ".join(map(_quoted, self.columns)),
            "given": ", ".join(
                _quoted(name) if name in given else f"null::varchar as {_quoted(name)}" for name in self.columns
            ),
            "same": " and ".join(
                f"held.{_quoted(name)} is not distinct from newest.{_quoted(name)}" for name in self.columns
            ),
            "of_these": of_these,
        }
        parts = {
            "newest": LAST_READ.format(**names),
            "held": HELD.format(**names) if self.held else NOTHING_HELD,
            "still_there": STILL_THERE.format(**names) if self.finds_deletions else "",
        }
        return query.format(**names, **parts)

    def _given(self, text: str) -> dict[str, Any]:
        files = {"parts": self.parts, "held": self.held}
        given: dict[str, Any] = {name: [str(file) for file in some] for name, some in files.items()}
        given["keys"] = str(self.keys)
        return {name: value for name, value in given.items() if f"${name}" in text}

    def _linked(self, folder: Path) -> int:
        for number, part in enumerate(self.parts, start=1):
            os.link(part, self._file(folder, number))
        return sum(pq.read_metadata(part).num_rows for part in self.parts)

    def _write(self, batches: Iterator[pa.RecordBatch], folder: Path) -> int:
        schema = pa.schema([(name, pa.string()) for name in self.columns])
        number, rows = 0, 0
        for batch in batches:
            if batch.num_rows:
                number, rows = number + 1, rows + batch.num_rows
                write_part(pa.Table.from_batches([batch]).cast(schema), self._file(folder, number), self.record)
        if not number:  # the record of the pull is kept in any case
            write_part(schema.empty_table(), self._file(folder, 1), self.record)
        return rows

    def _file(self, folder: Path, number: int) -> Path:
        return folder / f"{self.table}-{number:05}.parquet"


def _has_rows(file: Path) -> bool:
    return bool(pq.read_metadata(file).num_rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

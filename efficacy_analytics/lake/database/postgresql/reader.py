"""A PostgreSQL database as a pull reads it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.lake.database.postgresql import selects
from efficacy_analytics.lake.database.postgresql.connection import connected, plain_sql, told_of_the_source
from efficacy_analytics.lake.database.postgresql.rows import rows_of
from efficacy_analytics.lake.database.reader import Reader, Relation, Source, Stretch
from efficacy_analytics.settings import DatabaseSettings

# Read before the snapshot is taken: what commits after it began no earlier than this. The clock is read first.
OLDEST_TRANSACTION = """
select least(statement_timestamp(), min(xact_start))::text from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
UNIQUE_AND_FILLED = """
select
    exists (
        select from pg_index as index
        inner join pg_attribute as part on part.attrelid = index.indrelid and part.attnum = index.indkey[0]
        where index.indrelid = %(oid)s and index.indisunique and index.indisvalid and index.indnkeyatts = 1
            and index.indpred is null and part.attname = %(key)s
    ),
    (
        select count(*) = %(count)s from pg_attribute
        where attrelid = %(oid)s and attname = any(%(filled)s) and attnotnull
    )
"""


@contextmanager
def postgresql_reader(address: Address, limits: DatabaseSettings, encoding: str | None) -> Iterator[Reader]:
    """A connection to a PostgreSQL database that only reads."""
    with told_of_the_source(address, "the session"), connected(address, limits) as connection:
        yield PostgresqlReader(connection, address, encoding)


class PostgresqlReader:
    """See `Reader`."""

    def __init__(self, connection: psycopg.Connection, address: Address, encoding: str | None) -> None:
        self._session, self._address, self._encoding = connection, address, encoding

    @property
    def database(self) -> str:
        return self._session.info.dbname

    def begun(self) -> str:
        return str(self._first(OLDEST_TRANSACTION)[0])

    def snapshot(self) -> AbstractContextManager[Any]:
        return self._session.transaction()

    def told_of_faults(self, relation: str) -> AbstractContextManager[None]:
        return told_of_the_source(self._address, relation)

    def source(self, origin: Mapping[str, str], table: str) -> Source:
        if "query" in origin:
            text = origin["query"].strip().removesuffix(";")
            result = self._session.pgconn.prepare(b"", text.encode())  # one statement only: the server refuses several
            if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result)
            return Source(f"the query of {table}", f"({text}\n)", None)
        parts = origin["table"].split(".")
        is_plain = '"' not in origin["table"] and len(parts) <= 2
        as_written = [".".join(f'"{part}"' for part in parts)] if is_plain else []
        for name in [*as_written, origin["table"]]:  # first with its capitals, then as SQL reads it
            oid, found = self._first("select to_regclass(%s)::oid::int8, to_regclass(%s)::text", (name, name))
            if oid is not None:
                return Source(origin["table"], found, str(oid))
        raise InputRefusedError(
            f"the database has no table '{origin['table']}', which the layout names for {table}.",
            hint="write schema.table, and in quotation marks what has capitals and dots",
        )

    def types(self, source: Source) -> dict[str, str]:
        empty = self._session.execute(sql.SQL("select * from {} as pulled limit 0").format(plain_sql(source.text)))
        columns = empty.description or []
        oids = [column.type_code for column in columns]
        named = self._session.execute(
            "select oid::regtype::text from unnest(%s::oid[]) with ordinality o(oid, n) order by n", [oids]
        )
        return dict(zip([column.name for column in columns], [row[0] for row in named], strict=True))

    def kind_of(self, type_name: str) -> str | None:
        return selects.KINDS.get(type_name)

    def guarantees(self, source: Source, key: str, filled: Sequence[str]) -> tuple[bool, bool]:
        given = {"oid": int(source.place or 0), "key": key, "filled": list(filled), "count": len(filled)}
        is_unique, is_filled = self._first(UNIQUE_AND_FILLED, given)
        return is_unique, is_filled

    def empty_count(self, relation: Relation, column: str) -> int:
        return int(self._first(selects.count(relation, "count(*) filter (where {} is null)", column))[0])

    def doubled_count(self, relation: Relation) -> int:
        counting = selects.count(relation, "count(*) - count(distinct {})", relation.key or "")
        return int(self._first(counting)[0])

    def base_of(self, relation: Relation, begun: str, zone: str) -> str | None:
        if relation.watermark is None:
            return None
        value: str | None = self._first(selects.base(relation, relation.watermark, begun, zone))[0]
        return value

    def estimated_rows(self, relation: Relation, stretch: Stretch) -> int:
        explained = sql.SQL("explain (format json) {}").format(selects.rows(relation, stretch))
        return int(self._first(explained)[0][0]["Plan"]["Plan Rows"])

    def rows(self, relation: Relation, stretch: Stretch, *, most: int) -> Iterator[pa.Table]:
        select = selects.rows(relation, stretch)
        return rows_of(self._session, select, relation.columns, most=most, encoding=self._encoding)

    def keys(self, relation: Relation, *, most: int) -> Iterator[pa.Table]:
        return rows_of(self._session, selects.keys(relation), ["key"], most=most, encoding=self._encoding)

    def _first(self, query: Any, given: Any = None) -> tuple[Any, ...]:
        row = self._session.execute(query, given).fetchone()
        if row is None:  # each of these selects gives one row
            raise psycopg.InternalError("no row")
        return row

"""A MySQL or MariaDB database as a pull reads it."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from zoneinfo import ZoneInfo

import pyarrow as pa
import pymysql

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.lake.database.mysql import selects
from efficacy_analytics.lake.database.mysql.columns import WATERMARKS, codec_of, joined, named, quoted, type_named
from efficacy_analytics.lake.database.mysql.connection import connected, execute, number_of, told_of_the_source
from efficacy_analytics.lake.database.mysql.rows import rows_of
from efficacy_analytics.lake.database.reader import Reader, Relation, Source, Stretch
from efficacy_analytics.settings import DatabaseSettings

# Read before the snapshot is taken, and in this order: what commits after it has its stamp from a statement that began
# later, or is under way, or belongs to a transaction that is. The last list has the server's own local time, which
# only a session of that zone can read.
NOW = "select utc_timestamp(6)"
OLDEST_STATEMENT = """
select max(time) from information_schema.processlist
where command in ('Query', 'Execute') and id <> connection_id()
"""
OLDEST_TRANSACTION = """
select min(unix_timestamp(trx_started)) from information_schema.innodb_trx
where trx_mysql_thread_id <> connection_id()
"""
NOT_SHOWN = (1044, 1109, 1142, 1146, 1227, 1345)
_NAME = re.compile(r"""`(?:[^`]|``)+`|"(?:[^"]|"")+"|[^.`"]+""")
_TABLE = re.compile(rf"(?:(?P<schema>{_NAME.pattern})\.)?(?P<table>{_NAME.pattern})")


@contextmanager
def mysql_reader(address: Address, limits: DatabaseSettings, encoding: str | None) -> Iterator[Reader]:
    """A connection to a MySQL or MariaDB database that only reads."""
    with told_of_the_source(address, "the session"), connected(address, limits) as connection:
        yield MysqlReader(connection, address, encoding)


class MysqlReader:
    """See `Reader`."""

    def __init__(self, connection: pymysql.Connection, address: Address, encoding: str | None) -> None:
        self._session, self._address, self._encoding = connection, address, encoding

    @property
    def database(self) -> str:
        return self._address.parameters["database"]

    def begun(self) -> str:
        now = self._first(NOW) or ""
        seconds = int(self._shown(OLDEST_STATEMENT) or -1) + 1  # of which the server tells whole ones
        statement = self._first(f"select cast({quoted(now)} as datetime(6)) - interval {max(seconds, 0)} second")
        execute(self._session, "set session time_zone = 'SYSTEM'")
        transaction = self._shown(OLDEST_TRANSACTION)
        execute(self._session, "set session time_zone = '+00:00'")
        if transaction is not None:
            transaction = self._first(f"select from_unixtime({transaction.partition('.')[0]})")
        return min(moment for moment in (now, statement, transaction) if moment is not None)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        execute(self._session, "start transaction with consistent snapshot, read only")
        yield
        execute(self._session, "rollback")

    def told_of_faults(self, relation: str) -> AbstractContextManager[None]:
        return told_of_the_source(self._address, relation)

    def source(self, origin: Mapping[str, str], table: str) -> Source:
        if "query" in origin:
            text = origin["query"].strip().removesuffix(";")
            execute(self._session, f"prepare alone from {quoted(text)}")  # one statement: the server refuses several
            execute(self._session, "deallocate prepare alone")
            return Source(f"the query of {table}", f"({text}\n)", None)
        found = _TABLE.fullmatch(origin["table"])
        if found is None:
            raise InputRefusedError(
                f"'{origin['table']}', which the layout names for {table}, is not the name of a table.",
                hint="write database.table, and in backticks what has dots or quotation marks",
            )
        schema, name = (_bare(found[part] or "") for part in ("schema", "table"))
        text = ".".join(named(part) for part in (schema, name) if part)
        return Source(origin["table"], text, text)

    def types(self, source: Source) -> dict[str, str]:
        with self._session.cursor() as cursor:
            cursor.execute(f"select * from {source.text} as pulled limit 0")
            return {
                field.name: type_named(field.type_code, field.charsetnr, field.flags) for field in cursor._result.fields
            }

    def kind_of(self, type_name: str) -> str | None:
        return WATERMARKS.get(type_name)

    def guarantees(self, source: Source, key: str, filled: Sequence[str]) -> tuple[bool, bool]:
        found = _TABLE.fullmatch(source.place or "")
        schema = _bare(found["schema"]) if found and found["schema"] else self.database
        place = {"schema": quoted(schema), "table": quoted(_bare(found["table"]) if found else "")}
        unique = selects.UNIQUE.format(**place, key=quoted(key))
        never_empty = selects.FILLED.format(**place, columns=joined(map(quoted, filled)))
        return int(self._first(unique) or 0) > 0, int(self._first(never_empty) or 0) == len(filled)

    def empty_count(self, relation: Relation, column: str) -> int:
        return int(self._first(selects.empty_count(relation, column)) or 0)

    def doubled_count(self, relation: Relation) -> int:
        return int(self._first(selects.doubled_count(relation)) or 0)

    def base_of(self, relation: Relation, begun: str, zone: str) -> str | None:
        if relation.watermark is None:
            return None
        highest, kind = self._first(selects.highest(relation, relation.watermark)), relation.types[relation.watermark]
        if highest is None or WATERMARKS[kind] == "number":
            return highest
        local = dt.datetime.fromisoformat(f"{begun}+00:00").astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        until = {"timestamp": begun, "datetime": f"{local:%Y-%m-%d %H:%M:%S.%f}", "date": f"{local:%Y-%m-%d}"}
        return min(highest, until[kind])  # as texts: the longer one has more places of a second

    def estimated_rows(self, relation: Relation, stretch: Stretch) -> int:
        try:
            with self._session.cursor() as cursor:
                cursor.execute(f"explain {selects.rows(relation, stretch, self._encoding)}")
                names = [column[0] for column in cursor.description or []]
                first = cursor.fetchone()
        except pymysql.Error as fault:
            if number_of(fault) not in NOT_SHOWN:
                raise
            return 0  # of a view whoever may read it need not be told what lies beneath
        value = dict(zip(names, first or (), strict=False)).get("rows")
        return int(value or 0)

    def rows(self, relation: Relation, stretch: Stretch, *, most: int) -> Iterator[pa.Table]:
        codecs = [codec_of(kind, self._encoding) for kind in relation.types.values()]
        codecs += ["ascii"] * relation.finds_deletions
        select = selects.rows(relation, stretch, self._encoding)
        return rows_of(self._session, select, relation.columns, codecs, most=most)

    def keys(self, relation: Relation, *, most: int) -> Iterator[pa.Table]:
        codec = codec_of(relation.types[relation.key or ""], self._encoding)
        return rows_of(self._session, selects.keys(relation), ["key"], [codec], most=most)

    def _shown(self, select: str) -> str | None:
        """The one value of a select, if this user may see it."""
        try:
            return self._first(select)
        except pymysql.Error as fault:
            if number_of(fault) not in NOT_SHOWN:
                raise
            return None

    def _first(self, select: str) -> str | None:
        """The one value of a select, as text."""
        value = execute(self._session, select)[0][0]
        return None if value is None else value.decode()


def _bare(name: str) -> str:
    """A name without its quotation marks."""
    if name[:1] in ("`", '"'):
        return name[1:-1].replace(name[0] * 2, name[0])
    return name

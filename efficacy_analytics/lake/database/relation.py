"""A table or query of a database as a layout asks for it: its columns and their types, its key, its watermark.

Everything is asked inside the snapshot of the pull. Counts come back, values never do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from efficacy_analytics.errors import InputRefusedError, LayoutError
from efficacy_analytics.lake.database.connection import plain_sql
from efficacy_analytics.lake.intake.received_tables import needed_names
from efficacy_analytics.lake.layouts.keys import IS_GONE, OVERLAPS
from efficacy_analytics.lake.layouts.layout import Layout

TIMES = ("timestamp with time zone", "timestamp without time zone", "date")
NUMBERS = ("smallint", "integer", "bigint", "numeric")
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


@dataclass(frozen=True)
class Relation:
    """What is read for one table of the contract.

    Attributes:
        table: the contract's table.
        label: what it is called in messages.
        source: what stands behind `from`.
        oid: of a table; None for a query.
        types: the columns read, in order, to their types.
        key: the column that tells rows apart.
        watermark: the column that grows with every change.
        overlap: how far behind the last watermark is read again.
        finds_deletions: whether the set of keys is compared.
    """

    table: str
    label: str
    source: sql.Composable
    oid: int | None
    types: Mapping[str, str]
    key: str | None
    watermark: str | None
    overlap: str
    finds_deletions: bool

    @property
    def columns(self) -> list[str]:
        """The columns of the parts; where deletions are looked for, also whether a row is gone."""
        return [*self.types, *([IS_GONE] if self.finds_deletions else [])]

    def rows(self, base: str | None, position: Sequence[str] | None) -> sql.Composed:
        """The select of the rows changed since `base`, behind `position`, in the order of watermark and key."""
        order = [column for column in (self.watermark, self.key) if column]
        conditions = []
        if base is not None and self.watermark:
            conditions.append(self._since(base))
        if position is not None:
            values = [self._typed(column, value) for column, value in zip(order, position, strict=True)]
            conditions.append(sql.SQL("({}) > ({})").format(_joined(map(_named, order)), _joined(values)))
        texts = [sql.SQL("{}::text").format(_named(column)) for column in self.types]
        where = sql.SQL(" where {}").format(sql.SQL(" and ").join(conditions)) if conditions else sql.SQL("")
        return sql.SQL("select {} from {} as pulled{} order by {}").format(
            _joined([*texts, *([sql.Literal("false")] if self.finds_deletions else [])]),
            self.source,
            where,
            _joined(map(_named, order or self.types)),
        )

    def keys(self) -> sql.Composed:
        """The select of all keys that are there."""
        return sql.SQL("select {}::text from {} as pulled").format(_named(self.key or ""), self.source)

    def _since(self, base: str) -> sql.Composed:
        column = self.watermark or ""
        kind = sql.SQL("interval") if self.types[column] in TIMES else sql.SQL("numeric")
        low = sql.SQL("{} - {}::{}").format(self._typed(column, base), sql.Literal(self.overlap), kind)
        return sql.SQL("{} >= {}").format(_named(column), low)

    def _typed(self, column: str, value: str) -> sql.Composed:
        kind = self.types[column]
        return sql.SQL("{}::{}").format(sql.Literal(value), plain_sql("bpchar" if kind == "character" else kind))


def described(connection: psycopg.Connection, layout: Layout, table: str) -> Relation:
    """The relation a layout names for a table.

    Raises:
        InputRefusedError: the table, or a column the layout names, is not there.
        LayoutError: the watermark is of a type that does not grow.
    """
    origin = layout.tables[table].origin
    source, label, oid = _source(connection, origin, table)
    there = _types(connection, source)
    wanted = columns_read(layout, table)
    missing = [column for column in wanted if column not in there]
    if missing:
        raise InputRefusedError(
            f"{label} has no column '{missing[0]}', which layout '{layout.name}' names.",
            hint=f"its columns: {', '.join(there)}",
        )
    watermark = origin.get("watermark")
    return Relation(
        table=table,
        label=label,
        source=source,
        oid=oid,
        types={column: there[column] for column in wanted},
        key=origin.get("key"),
        watermark=watermark,
        overlap=_overlap(origin.get("overlap"), there[watermark], layout.name) if watermark else "",
        finds_deletions=origin.get("deletions") == "by_key",
    )


def columns_read(layout: Layout, table: str) -> list[str]:
    """The columns of the database that a table needs, each once: no other is read."""
    source = layout.tables[table]
    named = needed_names(layout, source, table)
    named += [source.origin[role] for role in ("key", "watermark") if role in source.origin]
    return [name for name in dict.fromkeys(named) if name != IS_GONE]


def check_rows(connection: psycopg.Connection, relation: Relation) -> None:
    """Refuses a key that is not unique, and a key or watermark that is empty.

    Raises:
        InputRefusedError: says how many rows.
    """
    if relation.key is None:
        return
    needed = [column for column in (relation.key, relation.watermark) if column]
    is_unique, is_filled = False, False
    if relation.oid is not None:
        given = {"oid": relation.oid, "key": relation.key, "filled": needed, "count": len(set(needed))}
        is_unique, is_filled = connection.execute(UNIQUE_AND_FILLED, given).fetchone() or (False, False)
    if not is_filled:
        for column in needed:
            empty = _count(connection, relation, "count(*) filter (where {} is null)", column)
            _refuse_if(empty, relation, f"rows without '{column}', which the layout names as key or watermark")
    if not is_unique:
        doubled = _count(connection, relation, "count(*) - count(distinct {})", relation.key)
        _refuse_if(doubled, relation, f"rows whose key '{relation.key}' an other row has too")


def base_of(connection: psycopg.Connection, relation: Relation, begun: str, zone: str) -> str | None:
    """Up to where nothing can be missing: the highest watermark, unless older work may still be under way.

    Args:
        connection: inside the snapshot of the pull.
        relation: what is read.
        begun: when the oldest transaction began that might still commit.
        zone: of a watermark without an offset.
    """
    if relation.watermark is None:
        return None
    column, kind = _named(relation.watermark), relation.types[relation.watermark]
    known = {
        TIMES[0]: sql.SQL("{begun}::timestamptz"),
        TIMES[1]: sql.SQL("{begun}::timestamptz at time zone {zone}"),
        TIMES[2]: sql.SQL("({begun}::timestamptz at time zone {zone})::date"),
    }
    highest = sql.SQL("max({})").format(column)
    if kind in known:
        until = known[kind].format(begun=sql.Literal(begun), zone=sql.Literal(zone))
        highest = sql.SQL("case when {} is not null then least({}, {}) end").format(highest, highest, until)
    found = connection.execute(sql.SQL("select ({})::text from {} as pulled").format(highest, relation.source))
    value: str | None = (found.fetchone() or (None,))[0]
    return value


def estimated_rows(connection: psycopg.Connection, select: sql.Composed) -> int:
    """How many rows the server expects a select to give."""
    found = connection.execute(sql.SQL("explain (format json) {}").format(select)).fetchone()
    return int(found[0][0]["Plan"]["Plan Rows"]) if found else 0


def _source(
    connection: psycopg.Connection, origin: Mapping[str, str], table: str
) -> tuple[sql.Composable, str, int | None]:
    if "query" in origin:
        text = origin["query"].strip().removesuffix(";")
        result = connection.pgconn.prepare(b"", text.encode())  # one statement only: the server refuses several
        if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)
        return plain_sql(f"({text}\n)"), f"the query of {table}", None
    parts = origin["table"].split(".")
    is_plain = '"' not in origin["table"] and len(parts) <= 2
    as_written = [".".join(f'"{part}"' for part in parts)] if is_plain else []
    for name in [*as_written, origin["table"]]:  # first with its capitals, then as SQL reads it
        found = connection.execute("select to_regclass(%s)::oid::int8, to_regclass(%s)::text", (name, name)).fetchone()
        if found and found[0] is not None:
            return plain_sql(found[1]), origin["table"], found[0]
    raise InputRefusedError(
        f"the database has no table '{origin['table']}', which the layout names for {table}.",
        hint="write schema.table, and in quotation marks what has capitals and dots",
    )


def _types(connection: psycopg.Connection, source: sql.Composable) -> dict[str, str]:
    empty = connection.execute(sql.SQL("select * from {} as pulled limit 0").format(source))
    columns = empty.description or []
    oids = [column.type_code for column in columns]
    named = connection.execute(
        "select oid::regtype::text from unnest(%s::oid[]) with ordinality o(oid, n) order by n", [oids]
    )
    return dict(zip([column.name for column in columns], [row[0] for row in named], strict=True))


def _overlap(given: str | None, kind: str, name: str) -> str:
    if kind not in (*TIMES, *NUMBERS):
        raise LayoutError(
            f"layout '{name}': a watermark of type {kind} does not grow.", hint="a time, a date or a whole number does"
        )
    if given is not None and given.isdecimal() != (kind in NUMBERS):
        raise LayoutError(
            f"layout '{name}': overlap '{given}' does not fit a watermark of type {kind}.",
            hint='of a time or date "10 minutes", of a number "1000"',
        )
    return given or OVERLAPS["number" if kind in NUMBERS else "date" if kind == "date" else "time"]


def _count(connection: psycopg.Connection, relation: Relation, counting: str, column: str) -> int:
    counted = plain_sql(counting).format(_named(column))
    found = connection.execute(sql.SQL("select {} from {} as pulled").format(counted, relation.source)).fetchone()
    return int(found[0]) if found else 0


def _refuse_if(count: int, relation: Relation, problem: str) -> None:
    if count:
        raise InputRefusedError(
            f"{relation.label} has {count:,} {problem}.",
            hint="name the primary key, and a column that is always filled",
        )


def _named(column: str) -> sql.Identifier:
    return sql.Identifier(column)


def _joined(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(list(parts))

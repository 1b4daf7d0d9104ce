"""What a pull asks PostgreSQL for: the selects of a relation."""

from collections.abc import Iterable

from psycopg import sql

from efficacy_analytics.lake.database.postgresql.connection import plain_sql
from efficacy_analytics.lake.database.reader import Relation, Stretch

KINDS = {
    "timestamp with time zone": "time",
    "timestamp without time zone": "time",
    "date": "date",
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric"), "number"),
}


def rows(relation: Relation, stretch: Stretch) -> sql.Composed:
    """The select of the rows of a stretch, in the order of watermark and key."""
    order, conditions = relation.order, []
    if stretch.since is not None and relation.watermark:
        conditions.append(_since(relation, relation.watermark, stretch.since))
    if stretch.position is not None:
        values = [_typed(relation, column, value) for column, value in zip(order, stretch.position, strict=True)]
        conditions.append(sql.SQL("({}) > ({})").format(_joined(map(sql.Identifier, order)), _joined(values)))
    texts = [sql.SQL("{}::text").format(sql.Identifier(column)) for column in relation.types]
    where = sql.SQL(" where {}").format(sql.SQL(" and ").join(conditions)) if conditions else sql.SQL("")
    return sql.SQL("select {} from {} as pulled{} order by {}").format(
        _joined([*texts, *([sql.Literal("false")] if relation.finds_deletions else [])]),
        plain_sql(relation.source.text),
        where,
        _joined(map(sql.Identifier, order or relation.types)),
    )


def keys(relation: Relation) -> sql.Composed:
    """The select of all keys that are there."""
    key, source = sql.Identifier(relation.key or ""), plain_sql(relation.source.text)
    return sql.SQL("select {}::text from {} as pulled").format(key, source)


def count(relation: Relation, counting: str, column: str) -> sql.Composed:
    """The select of a count over all rows, in which `{}` stands for a column."""
    counted = plain_sql(counting).format(sql.Identifier(column))
    return sql.SQL("select {} from {} as pulled").format(counted, plain_sql(relation.source.text))


def base(relation: Relation, watermark: str, begun: str, zone: str) -> sql.Composed:
    """The select of the highest watermark, but not later than `begun`."""
    known = {
        "timestamp with time zone": sql.SQL("{begun}::timestamptz"),
        "timestamp without time zone": sql.SQL("{begun}::timestamptz at time zone {zone}"),
        "date": sql.SQL("({begun}::timestamptz at time zone {zone})::date"),
    }
    highest, kind = sql.SQL("max({})").format(sql.Identifier(watermark)), relation.types[watermark]
    if kind in known:
        until = known[kind].format(begun=sql.Literal(begun), zone=sql.Literal(zone))
        highest = sql.SQL("case when {} is not null then least({}, {}) end").format(highest, highest, until)
    return sql.SQL("select ({})::text from {} as pulled").format(highest, plain_sql(relation.source.text))


def _since(relation: Relation, watermark: str, since: str) -> sql.Composed:
    is_number = KINDS[relation.types[watermark]] == "number"
    kind = sql.SQL("numeric") if is_number else sql.SQL("interval")
    low = sql.SQL("{} - {}::{}").format(_typed(relation, watermark, since), sql.Literal(relation.overlap), kind)
    return sql.SQL("{} >= {}").format(sql.Identifier(watermark), low)


def _typed(relation: Relation, column: str, value: str) -> sql.Composed:
    kind = relation.types[column]
    return sql.SQL("{}::{}").format(sql.Literal(value), plain_sql("bpchar" if kind == "character" else kind))


def _joined(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(list(parts))

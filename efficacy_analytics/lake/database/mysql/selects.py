"""What a pull asks MySQL for: the selects of a relation."""

from efficacy_analytics.lake.database.mysql.columns import as_text, joined, literal, named, ordered
from efficacy_analytics.lake.database.reader import Relation, Stretch

# What the server keeps of a table: whether an index of the key alone is unique, and how many of some columns are
# never empty.
UNIQUE = """
select count(*) from (
    select index_name from information_schema.statistics
    where table_schema = {schema} and table_name = {table} and non_unique = 0
    group by index_name having count(*) = 1 and max(column_name) = {key}
) as of_the_key
"""
FILLED = """
select count(*) from information_schema.columns
where table_schema = {schema} and table_name = {table} and column_name in ({columns}) and is_nullable = 'NO'
"""


def rows(relation: Relation, stretch: Stretch, encoding: str | None) -> str:
    """The select of the rows of a stretch, in the order of watermark and key."""
    conditions = []
    if stretch.since is not None and relation.watermark:
        conditions.append(_since(relation, relation.watermark, stretch.since))
    if stretch.position is not None:
        conditions.append(_behind(relation, list(stretch.position), encoding))
    texts = [as_text(column, kind) for column, kind in relation.types.items()]
    return "select {columns} from {source} as pulled{where} order by {order}".format(
        columns=joined([*texts, *(["'false'"] if relation.finds_deletions else [])]),
        source=relation.source.text,
        where=f" where {' and '.join(conditions)}" if conditions else "",
        order=joined(_ordered(relation, column) for column in relation.order or relation.types),
    )


def keys(relation: Relation) -> str:
    """The select of all keys that are there."""
    key = relation.key or ""
    return f"select {as_text(key, relation.types[key])} from {relation.source.text} as pulled"


def empty_count(relation: Relation, column: str) -> str:
    """The count of the rows that have nothing in a column."""
    return f"select count(*) from {relation.source.text} as pulled where {named(column)} is null"


def doubled_count(relation: Relation) -> str:
    """The count of the rows that have the key of an other."""
    key = _ordered(relation, relation.key or "")
    return f"select count(*) - count(distinct {key}) from {relation.source.text} as pulled"


def highest(relation: Relation, watermark: str) -> str:
    """The highest watermark there is."""
    return f"select max({named(watermark)}) from {relation.source.text} as pulled"


def _since(relation: Relation, watermark: str, since: str) -> str:
    base = literal(relation.types[watermark], since, None, is_unique=True)
    length, _, unit = relation.overlap.partition(" ")
    if not unit:
        return f"{named(watermark)} >= {base} - {int(length)}"
    # of a day before the first one there is nothing left to take away
    return f"{named(watermark)} >= coalesce({base} - interval {int(length)} {unit.removesuffix('s')}, {base})"


def _behind(relation: Relation, position: list[str], encoding: str | None) -> str:
    """Behind a watermark and key; in words for which the server uses an index."""
    columns = [
        (_ordered(relation, column), literal(relation.types[column], value, encoding, is_unique=relation.is_unique))
        for column, value in zip(relation.order, position, strict=True)
    ]
    key, last_key = columns[-1]
    if len(columns) == 1:
        return f"{key} > {last_key}"
    watermark, last = columns[0]
    return f"({watermark} >= {last} and ({watermark} > {last} or {key} > {last_key}))"


def _ordered(relation: Relation, column: str) -> str:
    is_unique = relation.is_unique and column == relation.key
    return ordered(column, relation.types[column], is_unique=is_unique)

"""A table or query of a database as a layout asks for it: its columns and their types, its key, its watermark."""

from efficacy_analytics.errors import InputRefusedError, LayoutError
from efficacy_analytics.lake.database.reader import Reader, Relation
from efficacy_analytics.lake.intake.received_tables import needed_names
from efficacy_analytics.lake.layouts.keys import IS_GONE, OVERLAPS
from efficacy_analytics.lake.layouts.layout import Layout


def described(reader: Reader, layout: Layout, table: str) -> Relation:
    """The relation a layout names for a table.

    Raises:
        InputRefusedError: the table, or a column the layout names, is not there.
        LayoutError: the watermark is of a type that does not grow.
    """
    origin = layout.tables[table].origin
    source = reader.source(origin, table)
    there = reader.types(source)
    wanted = columns_read(layout, table)
    missing = [column for column in wanted if column not in there]
    if missing:
        raise InputRefusedError(
            f"{source.label} has no column '{missing[0]}', which layout '{layout.name}' names.",
            hint=f"its columns: {', '.join(there)}",
        )
    key, watermark = origin.get("key"), origin.get("watermark")
    overlap = ""
    if watermark:
        overlap = _overlap(origin.get("overlap"), there[watermark], reader.kind_of(there[watermark]), layout.name)
    is_unique, is_filled = False, False
    if key and source.place is not None:
        is_unique, is_filled = reader.guarantees(source, key, list({key, watermark or key}))
    return Relation(
        table=table,
        source=source,
        types={column: there[column] for column in wanted},
        key=key,
        watermark=watermark,
        overlap=overlap,
        finds_deletions=origin.get("deletions") == "by_key",
        is_unique=is_unique,
        is_filled=is_filled,
    )


def columns_read(layout: Layout, table: str) -> list[str]:
    """The columns of the database that a table needs, each once: no other is read."""
    source = layout.tables[table]
    named = needed_names(layout, source, table)
    named += [source.origin[role] for role in ("key", "watermark") if role in source.origin]
    return [name for name in dict.fromkeys(named) if name != IS_GONE]


def check_rows(reader: Reader, relation: Relation) -> None:
    """Refuses a key that is not unique, and a key or watermark that is empty.

    Raises:
        InputRefusedError: says how many rows.
    """
    if relation.key is None:
        return
    if not relation.is_filled:
        for column in dict.fromkeys((relation.key, *relation.order)):
            empty = reader.empty_count(relation, column)
            _refuse_if(empty, relation, f"rows without '{column}', which the layout names as key or watermark")
    if not relation.is_unique:
        doubled = reader.doubled_count(relation)
        _refuse_if(doubled, relation, f"rows whose key '{relation.key}' an other row has too")


def _overlap(given: str | None, type_name: str, kind: str | None, name: str) -> str:
    if kind is None:
        raise LayoutError(
            f"layout '{name}': a watermark of type {type_name} does not grow.",
            hint="a time, a date or a whole number does",
        )
    if given is not None and given.isdecimal() != (kind == "number"):
        raise LayoutError(
            f"layout '{name}': overlap '{given}' does not fit a watermark of type {type_name}.",
            hint='of a time or date "10 minutes", of a number "1000"',
        )
    return given or OVERLAPS[kind]


def _refuse_if(count: int, relation: Relation, problem: str) -> None:
    if count:
        raise InputRefusedError(
            f"{relation.source.label} has {count:,} {problem}.",
            hint="name the primary key, and a column that is always filled",
        )

"""Rows of a table of another DuckDB file, batch by batch, opened to be read only and cut off from everything else.

Tables alone are read: a view, a column that is computed or a macro is a program of whoever delivers the file. The file
is attached to an empty database of our own, so that no name of it stands for one of the engine's; and it has a bound of
memory, and no disk to spill to.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, checked_header
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received, rows_at_once
from efficacy_analytics.lake.readers.typed import frame_of, row_objects, typed_batch

ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "1GB",
    "temp_directory": "",
    "threads": 2,
}
CUT_OFF = ("set enable_external_access = false", "set lock_configuration = true")
DELIVERED = "delivered"


def read_duckdb(
    path: Path, relation: str, asked: Sequence[Asked], *, on_progress: OnProgress = None
) -> Iterator[Received]:
    """The rows of a table, every value as text; at least one batch, which may be empty.

    Args:
        path: the database.
        relation: `schema.table`, or a table of the schema `main`.
        asked: the columns asked for.
        on_progress: called with the file's and the table's name and the number of rows read so far.

    Raises:
        InputRefusedError: it is no DuckDB file, another process holds it, it has no such table, or no such column, or
            needs more memory than a lake gives it.
    """
    place, count = duckdb_place(path, relation), 0
    with _opened(path) as connection:
        header = _header(connection, relation, path)
        places = checked_header(place, header, asked)
        for frame in _frames(connection, relation, [header[one] for one in places if one is not None], place):
            columns = {str(one): frame[str(order)] for order, one in enumerate(p for p in places if p is not None)}
            yield typed_batch(pl.DataFrame(columns), asked, places, file=place, first_row=count)
            count += frame.height
            if on_progress:
                on_progress(place, count)
    if not count:
        yield nothing_received([column.name for column in asked], place)


def duckdb_originals(path: Path, relation: str, wanted: pl.Series) -> Iterator[tuple[int, str]]:
    """The rows asked for (sorted) as JSON objects, with their numbers."""
    count = 0
    with _opened(path) as connection:
        header = _header(connection, relation, path)
        for frame in _frames(connection, relation, header, path.name):
            yield from row_objects(frame, header, wanted, file=path.name, first_row=count)
            count += frame.height


def duckdb_place(path: Path, relation: str) -> str:
    """How the rows of a table of a database say where they stand."""
    return f"{path.name}#{relation}"


def duckdb_columns(path: Path, relation: str) -> list[str]:
    """The names of the columns of a table."""
    with _opened(path) as connection:
        return _header(connection, relation, path)


def duckdb_tables(path: Path) -> dict[str, list[str]]:
    """The tables of a database, `schema.table` to the names of its columns."""
    tables: dict[str, list[str]] = {}
    with _opened(path) as connection:
        for schema, table, column in connection.sql(_COLUMNS).fetchall():
            tables.setdefault(f"{schema}.{table}", []).append(column)
    return tables


def refuse_if_open(path: Path) -> None:
    """Refuses a database that somebody is writing to, or that was not closed: a copy of it would not be whole.

    Raises:
        InputRefusedError: it is one.
    """
    rest = path.with_name(f"{path.name}.wal")
    if rest.is_file() and rest.stat().st_size:
        raise InputRefusedError(
            f"{path.name} was not closed: changes still stand in {rest.name}.",
            hint="close the program that writes to it, or run CHECKPOINT there",
        )
    with _opened(path):
        pass


_TABLES = (
    "select table_schema, table_name, table_type from information_schema.tables"
    f" where table_catalog = '{DELIVERED}' order by table_schema, table_name"
)
_COLUMNS = (
    "select table_schema, table_name, column_name from information_schema.columns"
    f" where table_catalog = '{DELIVERED}' and is_generated = 'NEVER' and (table_catalog, table_schema, table_name) in"
    " (select (table_catalog, table_schema, table_name) from information_schema.tables where table_type = 'BASE TABLE')"
    " order by table_schema, table_name, ordinal_position"
)
_TEXTS = (
    "select column_name from information_schema.columns"
    f" where table_catalog = '{DELIVERED}' and table_schema = $1 and table_name = $2 and data_type = 'VARCHAR'"
)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.stat().st_size == 0:
        raise InputRefusedError(f"{path.name} is empty.", hint="export it again")
    try:
        connection = duckdb.connect(config=ALONE)
        address = str(path).replace("'", "''")
        connection.execute(f"attach '{address}' as {DELIVERED} (type duckdb, read_only)")
        for one in CUT_OFF:
            connection.execute(one)
    except duckdb.IOException as fault:
        if "lock" in str(fault).lower():
            raise InputRefusedError(
                f"{path.name} is held by another process.", hint="close the program that writes to it, then try again"
            ) from None
        raise _broken(path) from None
    except duckdb.Error:
        raise _broken(path) from None
    try:
        yield connection
    except duckdb.OutOfMemoryException:
        raise InputRefusedError(
            f"{path.name} needs more memory than a lake gives it ({ALONE['memory_limit']}).",
            hint="its values are too long to be an export's; deliver it as CSV or Parquet if it is sound",
        ) from None
    except duckdb.Error as fault:
        raise InputRefusedError(
            f"{path.name} cannot be read: {type(fault).__name__}.", hint="open it in DuckDB and look at the table"
        ) from None
    finally:
        connection.close()


def _broken(path: Path) -> InputRefusedError:
    return InputRefusedError(
        f"{path.name} is broken, or no DuckDB file of this version.", hint="export it again, or as Parquet"
    )


def _header(connection: Any, relation: str, path: Path) -> list[str]:
    kinds = {(schema, table): kind for schema, table, kind in connection.sql(_TABLES).fetchall()}
    schema, _, table = relation.rpartition(".")
    place = (schema or "main", table)
    tables = [".".join(one) for one, kind in kinds.items() if kind == "BASE TABLE"]
    if place in kinds and kinds[place] != "BASE TABLE":
        raise InputRefusedError(
            f"'{relation}' of {path.name} is a view: what a delivered database computes is not run.",
            hint=f'keep it as a table there (create table … as from "{table}"); its tables: {", ".join(tables)}',
        )
    if place not in kinds:
        raise InputRefusedError(f"{path.name} has no table '{relation}'.", hint=f"its tables: {', '.join(tables)}")
    return [column for *of, column in connection.sql(_COLUMNS).fetchall() if tuple(of) == place]


def _frames(connection: Any, relation: str, columns: Sequence[str], file: str) -> Iterator[pl.DataFrame]:
    """Some columns of a table, by their order, batch by batch, in the order in which they are stored."""
    names = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in columns]
    chosen = ", ".join(names)
    texts = set(
        connection.sql(_TEXTS, params=[relation.rpartition(".")[0] or "main", relation.rpartition(".")[2]]).fetchall()
    )
    long = [
        f"coalesce(max(strlen({name})), 0)" for name, column in zip(names, columns, strict=True) if (column,) in texts
    ]
    most = connection.sql(f"select {' + '.join(long) or 0} from {_quoted(relation)} limit 1").fetchall()
    for batch in connection.sql(f"select {chosen} from {_quoted(relation)}").to_arrow_reader(
        rows_at_once(most[0][0] if most else 0, file)
    ):
        frame = frame_of(batch, file)
        for begin in range(0, frame.height, BATCH):
            yield frame.slice(begin, BATCH)


def _quoted(relation: str) -> str:
    schema, _, table = relation.rpartition(".")
    return ".".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (DELIVERED, schema or "main", table))

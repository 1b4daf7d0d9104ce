"""Rows of a table of another DuckDB file, batch by batch, opened to be read only and cut off from everything else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, checked_header
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received
from efficacy_analytics.lake.readers.typed import frame_of, row_objects, typed_batch

ALONE: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "lock_configuration": "true",
}


def read_duckdb(
    path: Path, relation: str, asked: Sequence[Asked], *, on_progress: OnProgress = None
) -> Iterator[Received]:
    """The rows of a table or view, every value as text; at least one batch, which may be empty.

    Args:
        path: the database.
        relation: `schema.table`, or a table of the schema `main`.
        asked: the columns asked for.
        on_progress: called with the file's and the table's name and the number of rows read so far.

    Raises:
        InputRefusedError: it is no DuckDB file, another process holds it, it has no such table, or no such column.
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
    """The names of the columns of a table or view."""
    with _opened(path) as connection:
        return _header(connection, relation, path)


def duckdb_tables(path: Path) -> dict[str, list[str]]:
    """The tables and views of a database, `schema.table` to the names of its columns."""
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
    "select table_schema, table_name from information_schema.tables"
    " where table_catalog = current_database() order by table_schema, table_name"
)
_COLUMNS = (
    "select table_schema, table_name, column_name from information_schema.columns"
    " where table_catalog = current_database() order by table_schema, table_name, ordinal_position"
)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.stat().st_size == 0:
        raise InputRefusedError(f"{path.name} is empty.", hint="export it again")
    try:
        connection = duckdb.connect(path, read_only=True, config=ALONE)
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
    known = [tuple(row) for row in connection.sql(_TABLES).fetchall()]
    schema, _, table = relation.rpartition(".")
    if (schema or "main", table) not in known:
        raise InputRefusedError(
            f"{path.name} has no table '{relation}'.", hint=f"its tables: {', '.join('.'.join(row) for row in known)}"
        )
    return list(connection.sql(f"from {_quoted(relation)} limit 0").columns)


def _frames(connection: Any, relation: str, columns: Sequence[str], file: str) -> Iterator[pl.DataFrame]:
    """Some columns of a table, by their order, batch by batch, in the order in which they are stored."""
    chosen = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in columns)
    for batch in connection.sql(f"select {chosen} from {_quoted(relation)}").to_arrow_reader(BATCH):
        frame = frame_of(batch, file)
        for begin in range(0, frame.height, BATCH):
            yield frame.slice(begin, BATCH)


def _quoted(relation: str) -> str:
    schema, _, table = relation.rpartition(".")
    return ".".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (schema or "main", table))

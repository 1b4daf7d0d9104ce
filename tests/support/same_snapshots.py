"""Whether two snapshot files hold the same: every table and view, row by row, with the same types."""

from pathlib import Path

import duckdb


def differing_tables(one: Path, other: Path) -> list[str]:
    """The tables and columns in which two snapshots differ; none where they are equal."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        shapes = {
            name: connection.execute(
                "select table_name, list((column_name, data_type) order by column_index) from duckdb_columns()"
                f" where database_name = '{name}' and not internal group by all order by all"
            ).fetchall()
            for name in ("one", "other")
        }
        if shapes["one"] != shapes["other"]:
            return [str(entry) for entry in shapes["one"] if entry not in shapes["other"]] or ["further tables"]
        return [
            table for table, _ in shapes["one"] if _rows(connection, "one", table) != _rows(connection, "other", table)
        ]


def _rows(connection: duckdb.DuckDBPyConnection, name: str, table: str) -> tuple[int, str | None]:
    """How many rows a table has, and a hash of all of them; a table of the engine has no order of its own."""
    found = connection.execute(
        f"select count(*), md5(string_agg(marked, '' order by marked))"
        f' from (select md5(cast(whole as varchar)) as marked from {name}.main."{table}" as whole)'
    ).fetchall()
    return found[0][0], found[0][1]


def tables_of(path: Path) -> list[str]:
    """The tables and views of a snapshot."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("select distinct table_name from duckdb_columns() where not internal order by 1")
        return [row[0] for row in rows.fetchall()]

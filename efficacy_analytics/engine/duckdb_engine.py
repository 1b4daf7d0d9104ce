"""DuckDB as the engine: runs named queries, hands small tables back as polars frames.

Big tables stay in the engine (`build`), small ones come back (`run`). A published snapshot is opened
read-only, with no access to files or extensions.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars.selectors as cs

from efficacy_analytics.engine.query import query
from efficacy_analytics.errors import LakeBusyError
from efficacy_analytics.settings import EngineSettings, settings


@dataclass(frozen=True)
class DuckdbEngine:
    """A connection that runs the project's queries.

    Attributes:
        connection: the DuckDB connection, its zone UTC (local readings are columns, never functions).
        path: the database file, or ":memory:".
        plan: the names of the queries run so far, in order.
    """

    connection: duckdb.DuckDBPyConnection
    path: str = ":memory:"
    plan: list[str] = field(default_factory=list)

    def run(self, name: str, **params: Any) -> pl.DataFrame:
        """The result of a named query as a polars frame."""
        asked = query(name)
        values = asked.checked(params)
        self.plan.append(name)
        return _plain(self.connection.sql(asked.text, params=values or None).pl())

    def build(self, name: str, **params: Any) -> None:
        """Runs the statements of a named query inside the engine (`create table …`)."""
        asked = query(name)
        values = asked.checked(params)
        self.plan.append(name)
        for statement in duckdb.extract_statements(asked.text):
            used = {key: values[key] for key in statement.named_parameters}
            self.connection.execute(statement, used or None)

    def write(self, name: str, file: Path, **params: Any) -> None:
        """Writes the result of a named query to a Parquet file, row by row as it comes."""
        asked = query(name)
        self.plan.append(name)
        self.connection.sql(asked.text, params=asked.checked(params) or None).write_parquet(
            str(file), compression="zstd"
        )

    def put(self, table: str, frame: pl.DataFrame) -> None:
        """Keeps a small polars frame as a table of the engine (`table` is a name the code owns)."""
        arrow = frame.to_arrow()
        self.connection.register("_incoming", arrow)
        self.connection.execute(f'create or replace table "{table}" as select * from _incoming')
        self.connection.unregister("_incoming")

    def tables(self) -> set[str]:
        """The names of the tables and views there are."""
        return {
            row[0]
            for row in self.connection.execute(
                "select table_name from duckdb_tables() union select view_name from duckdb_views() where not internal"
            ).fetchall()
        }

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table or view, name to SQL type, in their order."""
        rows = self.connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = $1 order by column_index", [table]
        ).fetchall()
        return dict(rows)

    def close(self) -> None:
        """Gives the database file free."""
        self.connection.close()

    def __enter__(self) -> "DuckdbEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Names as text and seconds as numbers, however the engine stores them."""
    return frame.with_columns(
        cs.categorical().cast(pl.String), cs.enum().cast(pl.String), cs.decimal().cast(pl.Float64)
    )


def opened(path: Path | str = ":memory:", *, read_only: bool = False) -> DuckdbEngine:
    """An engine on a database file or in memory, with the settings' memory and threads.

    Raises:
        LakeBusyError: another process holds the file for writing.
    """
    limits = settings().engine
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_config(limits, path))
    except duckdb.IOException as fault:
        if "lock" in str(fault).lower():
            raise LakeBusyError(f"{path} is held by another process.", hint="try again when it has ended") from None
        raise
    connection.execute("set TimeZone = 'UTC'")
    if read_only:
        connection.execute("set enable_external_access = false")
    return DuckdbEngine(connection, str(path))


def _config(limits: EngineSettings, path: Path | str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "memory_limit": limits.memory_limit,
        "threads": str(limits.threads),
        "autoinstall_known_extensions": "false",
    }
    if str(path) != ":memory:":
        config["temp_directory"] = f"{path}.spill"
    return config

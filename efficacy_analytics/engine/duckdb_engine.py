"""DuckDB as the engine: runs named queries, hands small tables back as polars frames.

Big tables stay in the engine (`build`), small ones come back (`run`). A published snapshot is opened
read-only, with no access to files or extensions.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, NamedTuple

import duckdb
import polars as pl
import polars.selectors as cs

from efficacy_analytics.engine.query import query
from efficacy_analytics.engine.session import Question
from efficacy_analytics.errors import CallError, CheckFailedError, EfficacyError, LakeBusyError
from efficacy_analytics.settings import AS_SHIPPED, EngineSettings, Settings
from efficacy_analytics.system.disk import said_by_the_disk

SPILL = ".spill"
DAMAGE = (duckdb.IOException, duckdb.SerializationException)


class Entry(NamedTuple):
    """A table or view of the catalogue; no other is ever given its number."""

    number: int
    is_view: bool


@dataclass(frozen=True)
class DuckdbEngine:
    """A connection that runs the project's queries.

    Attributes:
        connection: the DuckDB connection, its zone UTC (local readings are columns, never functions).
        path: the database file, or ":memory:".
        plan: the names of the queries run so far, in order.
        read_only: whether the file is a published one, which nobody may change.
        settings: those it was opened with; every question of it is answered by them.
        answers: the answers that are kept for as long as the cohort stays, by their questions.
        kept: the temporary tables that are kept for as long as the cohort stays.
        shared: the answers that are the same for every cohort, in common with the sessions beside.
        snapshot_lock: held while one of these is answered, in common with the sessions beside.
        catalogue: the tables and views there are, by name and whether they are temporary; empty where it must be read
            again, for something may have been made or dropped.
    """

    connection: duckdb.DuckDBPyConnection
    path: str = ":memory:"
    plan: list[str] = field(default_factory=list)
    read_only: bool = False
    settings: Settings = AS_SHIPPED
    answers: dict[Question, Any] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    shared: dict[Question, Any] = field(default_factory=dict)
    snapshot_lock: AbstractContextManager[bool] = field(default_factory=RLock)
    catalogue: dict[tuple[str, bool], Entry] = field(default_factory=dict)

    @property
    def snapshot_answers(self) -> dict[Question, Any]:
        """Where answers about the whole snapshot are kept; those of the cohort, where it may still be written to."""
        return self.shared if self.read_only else self.answers

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
        self.catalogue.clear()
        for statement in _statements(asked.text):
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
        self.catalogue.clear()
        _incoming = frame.to_arrow()  # read by its name, which an engine without access to files would not do
        self.connection.execute(f'create or replace table "{table}" as select * from _incoming')

    def sql(self, text: str, **params: Any) -> pl.DataFrame:
        """The result of a query whose text is composed by the code from names that it owns."""
        return _plain(self.connection.sql(text, params=params or None).pl())

    def command(self, text: str) -> None:
        """Runs statements whose text is composed by the code from names that it owns."""
        self.catalogue.clear()
        self.connection.execute(text)

    def is_one_condition(self, condition: str) -> bool:
        """Whether a text is one condition, and not several statements.

        Raises:
            CallError: it cannot be read.
        """
        with _read_by_a_person():
            forms = (f"({condition}\n)", f"[{condition}\n]")
            return all(len(duckdb.extract_statements(f"select {form}")) == 1 for form in forms)

    def is_one_query(self, text: str) -> bool:
        """Whether a text is one select statement.

        Raises:
            CallError: it cannot be read.
        """
        with _read_by_a_person():
            return [one.type for one in duckdb.extract_statements(text)] == [duckdb.StatementType.SELECT]

    def run_own(self, text: str, **params: Any) -> pl.DataFrame:
        """The result of a statement that a person wrote.

        Raises:
            CallError: it cannot be read, or asks for what is not there.
        """
        with _read_by_a_person():
            found = self.connection.sql(text, params=params or None)
            return pl.DataFrame() if found is None else _plain(found.pl())

    def restrict(self, table: str, condition: str) -> None:
        """Lets the question that is being answered see only some rows of a table, by a condition the code owns."""
        self.catalogue.clear()
        database = self.connection.execute("select current_database()").fetchall()[0][0]
        self.connection.execute(
            f'create or replace temporary view "{table}" as from "{database}".main."{table}" where {condition}'
        )

    def put_temporary(self, table: str, frame: pl.DataFrame) -> None:
        """Keeps a small frame as a table of the question that is being answered; the snapshot may be read-only."""
        self.catalogue.clear()
        self.connection.register("_given", frame.to_arrow())
        self.connection.execute(f'create or replace temporary table "{table}" as select * from _given')
        self.connection.unregister("_given")

    def view_parquet(self, view: str, file: Path | Sequence[Path]) -> None:
        """Makes a Parquet file readable as a view, or several, one after the other."""
        self.catalogue.clear()
        files = [file] if isinstance(file, Path) else file
        self.connection.read_parquet([str(one) for one in files]).create_view(view)

    def drop(self, names: Iterable[str]) -> None:
        """Takes away tables and views, as far as they are there."""
        chosen = tuple(names)
        there = dict(self._entries()) if chosen else {}
        for name in chosen:
            found = there.get((name, True)) or there.get((name, False))
            if found is not None:
                self._drop(f'"{name}"', is_view=found.is_view)

    def count(self, table: str) -> int:
        """How many rows a table or view has."""
        return int(self.connection.execute(f'select count(*) from "{table}"').fetchall()[0][0])

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A question: the temporary tables and views made in it are gone when it ends.

        One that a question within made anew is gone as well: whoever asked reads it no more, rather than another's.
        """
        before = self._temporary()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # what ended the question is told, not what it leaves in a broken engine
                self._drop_all_but(before)
            raise
        self._drop_all_but(before)

    def once(self, names: tuple[str, ...], make: Callable[[], None], *inputs: Any) -> None:
        """Has temporary tables at hand for the question that is being answered, made once for the same inputs.

        Args:
            names: of the tables that `make` makes.
            make: makes them; called where they were not yet made for these inputs and this cohort.
            *inputs: all that decides what stands in them, besides the cohort.
        """
        mark = hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]
        kept = {name: f"{name}_{mark}" for name in names}
        self.drop(names)
        if not self.kept.issuperset(kept.values()):
            make()
            for name, own in kept.items():
                self.command(f'alter table "{name}" rename to "{own}"')
            self.kept.update(kept.values())
        for name, own in kept.items():
            self.command(f'create temporary view "{name}" as from "{own}"')

    def forget(self) -> None:
        """Forgets every answer and what was kept for further questions: the cohort is another one."""
        self.answers.clear()
        self.drop(sorted(self.kept))
        self.kept.clear()

    def _entries(self) -> dict[tuple[str, bool], Entry]:
        if not self.catalogue:
            rows = self.connection.execute(
                "select view_name, temporary, view_oid, true from duckdb_views() where not internal"
                " and database_name in (current_database(), 'temp')"
                " union all select table_name, temporary, table_oid, false from duckdb_tables()"
                " where database_name in (current_database(), 'temp')"
            ).fetchall()
            self.catalogue.update({(name, is_temporary): Entry(*entry) for name, is_temporary, *entry in rows})
        return self.catalogue

    def _temporary(self) -> dict[str, Entry]:
        """The temporary tables and views there are."""
        return {name: entry for (name, is_temporary), entry in self._entries().items() if is_temporary}

    def _drop_all_but(self, before: dict[str, Entry]) -> None:
        made = {name: entry for name, entry in self._temporary().items() if before.get(name) != entry}
        for name, entry in sorted(made.items(), key=lambda one: (not one[1].is_view, one[0])):
            if name not in self.kept:
                self._drop(f'temp."{name}"', is_view=entry.is_view)

    def _drop(self, name: str, *, is_view: bool) -> None:
        self.catalogue.clear()
        self.connection.execute(f"drop {'view' if is_view else 'table'} if exists {name}")

    def tables(self) -> set[str]:
        """The names of the tables and views there are."""
        return {name for name, _ in self._entries()}

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table or view, name to SQL type, in their order."""
        try:
            rows = self.connection.execute(
                "select name, type from pragma_table_info($1) order by cid", [f'"{table}"']
            ).fetchall()
        except duckdb.CatalogException:  # there is none
            return {}
        return dict(rows)

    def beside(self) -> "DuckdbEngine":
        """Another session on the same database, with nothing asked of it yet; each is closed by itself.

        The file need no more be there: a process that holds a database open opens it again by its path.
        """
        own = opened(self.path, read_only=self.read_only, in_force=self.settings)
        return replace(own, shared=self.shared, snapshot_lock=self.snapshot_lock)

    def close(self) -> None:
        """Gives the database file free."""
        self.connection.close()

    def __enter__(self) -> "DuckdbEngine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if fault is not None and self.read_only and is_damage(fault):
            raise _damaged(self.path) from fault
        if isinstance(fault, duckdb.OutOfMemoryException) and said_by_the_disk(fault) is None:
            raise _too_little_memory(self.settings.engine) from fault


@cache
def _statements(text: str) -> list[duckdb.Statement]:
    """The statements of a named query's text, read once in a process."""
    return duckdb.extract_statements(text)


@contextmanager
def _read_by_a_person() -> Iterator[None]:
    """What a person wrote and the engine cannot run is a wrong call."""
    try:
        yield
    except (duckdb.Error, RuntimeError) as fault:
        if is_damage(fault):
            raise
        raise CallError(str(fault).splitlines()[0]) from None


def is_damage(fault: BaseException) -> bool:
    """Whether the engine could not make sense of a database file, or could not read all of it."""
    return said_by_the_disk(fault) is None and (
        isinstance(fault, DAMAGE) or type(fault) is duckdb.Error  # a false checksum comes as no kind of its own
    )


def _damaged(path: Path | str) -> CheckFailedError:
    return CheckFailedError(
        f"the snapshot {path} is missing or damaged.", hint="run `efficacy publish` to build a snapshot anew"
    )


def _too_little_memory(limits: EngineSettings) -> EfficacyError:
    return EfficacyError(
        f"the engine needs more memory than {limits.memory_limit}.",
        hint="raise engine.memory_limit in settings.toml, or ask about fewer cases",
    )


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Names as text and seconds as numbers, however the engine stores them."""
    return frame.with_columns(
        cs.categorical().cast(pl.String), cs.enum().cast(pl.String), cs.decimal().cast(pl.Float64)
    )


def opened(path: Path | str = ":memory:", *, read_only: bool = False, in_force: Settings = AS_SHIPPED) -> DuckdbEngine:
    """An engine on a database file or in memory, with the settings' memory and threads.

    Args:
        path: the database file.
        read_only: whether nobody may change it.
        in_force: the settings by which its questions are answered.

    Raises:
        LakeBusyError: another process holds the file for writing.
        CheckFailedError: a published file is missing or damaged.
    """
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_config(in_force.engine, path))
    except duckdb.Error as fault:
        if "lock on file" in str(fault).lower():
            raise LakeBusyError(f"{path} is held by another process.", hint="try again when it has ended") from None
        if read_only and is_damage(fault):
            raise _damaged(path) from fault
        raise
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")  # it would stand among the answers
    if read_only:
        connection.execute("set enable_external_access = false")
    return DuckdbEngine(connection, str(path), read_only=read_only, settings=in_force)


def _config(limits: EngineSettings, path: Path | str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "memory_limit": limits.memory_limit,
        "threads": str(limits.threads),
        "autoinstall_known_extensions": "false",
    }
    if str(path) != ":memory:":
        resolved = Path(path).resolve()  # the same by whatever name the file is opened
        config["temp_directory"] = str(_spill(resolved, limits.spill_directory))
    return config


def _spill(path: Path, chosen: str) -> Path:
    """Where a process lays out what memory does not hold: as chosen, beside its file, or where temporary files go."""
    beside = path.parent if os.access(path.parent, os.W_OK) else Path(tempfile.gettempdir())
    return (Path(chosen) if chosen else beside) / f"{path.name}.{os.getpid()}{SPILL}"

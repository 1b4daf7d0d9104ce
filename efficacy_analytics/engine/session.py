"""What an engine must do for the questions of the project, whichever engine it is.

The project asks by named queries and takes small tables back as polars frames; big tables stay in the engine. Nobody
outside `engine/` holds a connection: what an engine cannot say through a session, it need not be able to do.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

import polars as pl

from efficacy_analytics.settings import Settings

Question: TypeAlias = tuple[Any, ...]
"""What a question is known by: the function that answers it, and its arguments."""


class Session(Protocol):
    """An open engine: a snapshot with the views of a cohort, a snapshot being built, or a place to work in.

    Attributes:
        path: the database file, or ":memory:".
        plan: the names of the queries run so far, in order.
        settings: those it was opened with; every question of it is answered by them.
        answers: the answers that are kept for as long as the cohort stays, by their questions.
        snapshot_answers: those that are the same for every cohort of the snapshot, shared by the sessions beside.
        snapshot_lock: held while one of these is answered, so that of two sessions beside each other one waits.
    """

    @property
    def path(self) -> str: ...

    @property
    def plan(self) -> list[str]: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def answers(self) -> dict[Question, Any]: ...

    @property
    def snapshot_answers(self) -> dict[Question, Any]: ...

    @property
    def snapshot_lock(self) -> AbstractContextManager[bool]: ...

    def run(self, name: str, **params: Any) -> pl.DataFrame:
        """The result of a named query."""

    def build(self, name: str, **params: Any) -> None:
        """Runs the statements of a named query inside the engine (`create table …`)."""

    def write(self, name: str, file: Path, **params: Any) -> None:
        """Writes the result of a named query to a Parquet file, row by row as it comes."""

    def sql(self, text: str, **params: Any) -> pl.DataFrame:
        """The result of a query whose text is composed by the code from names that it owns."""

    def command(self, text: str) -> None:
        """Runs statements whose text is composed by the code from names that it owns."""

    def is_one_condition(self, condition: str) -> bool:
        """Whether a text is one condition, and not several statements.

        Raises:
            CallError: it cannot be read.
        """

    def is_one_query(self, text: str) -> bool:
        """Whether a text is one select statement.

        Raises:
            CallError: it cannot be read.
        """

    def run_own(self, text: str, **params: Any) -> pl.DataFrame:
        """The result of a statement that a person wrote.

        Raises:
            CallError: it cannot be read, or asks for what is not there.
        """

    def restrict(self, table: str, condition: str) -> None:
        """Lets the question that is being answered see only some rows of a table, by a condition the code owns."""

    def put(self, table: str, frame: pl.DataFrame) -> None:
        """Keeps a small frame as a table (`table` is a name the code owns)."""

    def put_temporary(self, table: str, frame: pl.DataFrame) -> None:
        """Keeps a small frame as a table of the question that is being answered; the snapshot may be read-only."""

    def view_parquet(self, view: str, file: Path | Sequence[Path]) -> None:
        """Makes a Parquet file readable as a view, or several, one after the other."""

    def drop(self, names: Iterable[str]) -> None:
        """Takes away tables and views, as far as they are there."""

    def count(self, table: str) -> int:
        """How many rows a table or view has."""

    def tables(self) -> set[str]:
        """The names of the tables and views there are."""

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table or view, name to SQL type, in their order."""

    def scope(self) -> AbstractContextManager[None]:
        """A question: the temporary tables and views made in it are gone when it ends."""

    def once(self, names: tuple[str, ...], make: Callable[[], None], *inputs: Any) -> None:
        """Has temporary tables at hand for the question that is being answered, made once for the same inputs.

        Args:
            names: of the tables that `make` makes.
            make: makes them; called where they were not yet made for these inputs and this cohort.
            *inputs: all that decides what stands in them, besides the cohort.
        """

    def forget(self) -> None:
        """Forgets every answer and what was kept for further questions: the cohort is another one."""

    def beside(self) -> "Session":
        """Another session on the same database, with nothing asked of it yet; each is closed by itself."""

    def close(self) -> None:
        """Gives the database file free."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Cluster(Protocol):
    """Machines that do tasks side by side. They reach the lake's folder under the same path as whoever asks.

    Attributes:
        name: as a person is told it.
    """

    @property
    def name(self) -> str: ...

    def each(self, task: Callable[[int], str], count: int) -> list[str]:
        """What a task makes of each number below `count`, in the order of the numbers.

        Raises:
            EfficacyError: a task failed as often as the cluster tries it, or the cluster is gone.
        """

"""A named SQL query as a value: found by name, its header read, its parameters checked.

A query is a file below `engine/queries/`. Its header says `-- name: what it answers`, then
`-- from:`, `-- param: NAME TYPE  meaning` and `-- out:` lines. Nothing is ever pasted into its text;
parameters are bound by the engine.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from efficacy_analytics.errors import ParameterError

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "DATE": (dt.date,),
    "INTEGER": (int,),
    "BIGINT": (int,),
    "DOUBLE": (float, int),
    "VARCHAR": (str,),
    "BOOLEAN": (bool,),
}
PARAM_LINE = re.compile(r"^-- param:\s+(\w+)\s+(\w+)", re.MULTILINE)
OUT_LINE = re.compile(r"^-- out:\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Query:
    """A query's name, text, parameters (name to SQL type) and declared columns (name to SQL type)."""

    name: str
    text: str
    params: dict[str, str]
    out: dict[str, str]

    def checked(self, given: dict[str, Any]) -> dict[str, Any]:
        """The given parameters, once each is known, present and of its declared type.

        Raises:
            ParameterError: a parameter is unknown, missing or of the wrong type.
        """
        hint = f"see the header of engine/queries/{self.name}.sql"
        for name in given.keys() - self.params.keys():
            raise ParameterError(f"query '{self.name}' has no parameter '{name}'.", hint=hint)
        for name in self.params.keys() - given.keys():
            raise ParameterError(f"query '{self.name}' needs the parameter '{name}'.", hint=hint)
        for name, value in given.items():
            if value is not None and not _fits(value, self.params[name]):
                raise ParameterError(
                    f"parameter '{name}' of query '{self.name}' must be {self.params[name]}, got {value!r}.", hint=hint
                )
        return given


@cache
def query_files() -> dict[str, Traversable]:
    """Every query's file by its name: folders sort the files, names are unique over all of them."""
    return dict(_files_below(resources.files("efficacy_analytics.engine").joinpath("queries")))


@cache
def query(name: str) -> Query:
    """The query of that name.

    Raises:
        ParameterError: there is no such query.
    """
    if name not in query_files():
        raise ParameterError(f"there is no query '{name}'.", hint="queries lie in engine/queries/")
    text = query_files()[name].read_text(encoding="utf-8")
    columns = [column for line in OUT_LINE.findall(text) for column in re.split(r",\s*(?![^(]*\))", line.strip())]
    out = {column.split()[0]: " ".join(column.split()[1:]) for column in columns}
    return Query(name, text, dict(PARAM_LINE.findall(text)), out)


def _files_below(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files_below(entry)
        elif entry.name.endswith(".sql"):
            yield entry.name.removesuffix(".sql"), entry


def _fits(value: Any, sql_type: str) -> bool:
    if isinstance(value, bool) and sql_type != "BOOLEAN":
        return False
    return isinstance(value, PYTHON_TYPES[sql_type]) and not (sql_type == "DATE" and isinstance(value, dt.datetime))

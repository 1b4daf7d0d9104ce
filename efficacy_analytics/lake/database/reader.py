"""What a pull asks of a database, whatever kind it is: one small protocol, and the relation it speaks of.

Everything but `begun` is asked inside the snapshot of the pull. Counts come back, values only as the rows themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from efficacy_analytics.lake.layouts.keys import IS_GONE


@dataclass(frozen=True)
class Source:
    """What rows are read from: a table, or the query of a layout.

    Attributes:
        label: what it is called in messages.
        text: the SQL behind `from`.
        place: what a table is called in the catalogue of the database; None for a query.
    """

    label: str
    text: str
    place: str | None


@dataclass(frozen=True)
class Relation:
    """What is read for one table of the contract.

    Attributes:
        table: the contract's table.
        source: where its rows stand.
        types: the columns read, in order, to their types.
        key: the column that tells rows apart.
        watermark: the column that grows with every change.
        overlap: how far behind the last watermark is read again.
        finds_deletions: whether the set of keys is compared.
        is_unique: whether the database itself lets no key stand twice.
        is_filled: whether the database itself lets neither key nor watermark be empty.
    """

    table: str
    source: Source
    types: Mapping[str, str]
    key: str | None
    watermark: str | None
    overlap: str
    finds_deletions: bool
    is_unique: bool = False
    is_filled: bool = False

    @property
    def order(self) -> list[str]:
        """The columns in whose order the rows come: watermark and key."""
        return [column for column in (self.watermark, self.key) if column]

    @property
    def columns(self) -> list[str]:
        """The columns of the parts; where deletions are looked for, also whether a row is gone."""
        return [*self.types, *([IS_GONE] if self.finds_deletions else [])]


@dataclass(frozen=True)
class Stretch:
    """Which rows of a relation are asked for: those changed since a watermark, behind a position in the order.

    Attributes:
        since: the watermark, less the relation's overlap, is the first; None for every row.
        position: watermark and key of the last row there is.
    """

    since: str | None
    position: Sequence[str] | None


class Reader(Protocol):
    """A connection that only reads."""

    @property
    def database(self) -> str:
        """The database's name."""

    def begun(self) -> str:
        """When the oldest transaction began that might still commit; asked before the snapshot is taken."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it the database stands still."""

    def told_of_faults(self, relation: str) -> AbstractContextManager[None]:
        """Says in our own words what the database did not allow, without repeating a value.

        Raises:
            SourceUnreachableError: the connection was cut, or the server cannot answer now.
            InputRefusedError: what the layout asks for is not there, or not allowed.
        """

    def source(self, origin: Mapping[str, str], table: str) -> Source:
        """Where the rows of a table stand; a query is one statement alone."""

    def types(self, source: Source) -> dict[str, str]:
        """The columns there are, in order, to their types."""

    def kind_of(self, type_name: str) -> str | None:
        """Whether a type is of a "time", a "date" or a "number" that can grow."""

    def guarantees(self, source: Source, key: str, filled: Sequence[str]) -> tuple[bool, bool]:
        """Whether the database itself keeps the key unique, and lets none of the columns be empty."""

    def empty_count(self, relation: Relation, column: str) -> int:
        """How many rows have nothing in a column."""

    def doubled_count(self, relation: Relation) -> int:
        """How many rows have the key of an other."""

    def base_of(self, relation: Relation, begun: str, zone: str) -> str | None:
        """Up to where nothing can be missing: the highest watermark, unless older work may still be under way.

        Args:
            relation: what is read.
            begun: when the oldest transaction began that might still commit.
            zone: of a watermark without an offset.
        """

    def estimated_rows(self, relation: Relation, stretch: Stretch) -> int:
        """How many rows the server expects to give."""

    def rows(self, relation: Relation, stretch: Stretch, *, most: int) -> Iterator[pa.Table]:
        """The rows, at most `most` at a time, in the order of watermark and key, every value as text.

        Args:
            relation: what is read.
            stretch: which of its rows.
            most: how many rows a part has; only the last may have fewer.

        Raises:
            InputRefusedError: a text is not in its encoding.
        """

    def keys(self, relation: Relation, *, most: int) -> Iterator[pa.Table]:
        """All keys that are there, as text, in the column `key`."""

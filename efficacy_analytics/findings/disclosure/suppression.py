"""Which counts of a table must be withheld so that no small group can be told, not by subtraction either.

Counts that add up form lines: a whole and its parts, along a row (cases = completed + open + withdrawn) and along a
column (the groups and their total, which is known). Withheld are

1. counts of 1 to `fewest` - 1 cases, and all of a row that has so few (primary);
2. in a line where one count alone is withheld, or where the parts withheld add up to fewer than `fewest`, the next
   smallest (secondary); until no line is left like that;
3. more, where the equations of all lines together still give a small count away.

Bounds of a withheld count can still be worked out; the count itself cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsmr

REST = "rest of "
"""Before a column: the part of the whole that no column of the table counts."""

SEED = 7
ZERO = 1e-6
Cell = tuple[int, str]
Sum = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Line:
    """Counts that add up."""

    whole: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The parts and the whole, which is the last one to be withheld."""
        return (*self.parts, self.whole)


@dataclass
class Grid:
    """The counts of a table with their totals, and what of them is withheld.

    Attributes:
        counts: of each row and column; the row after the last has the totals.
        lines: what adds up.
        fewest: counts from here on may be shown.
        withheld: the cells withheld so far.
    """

    counts: Mapping[Cell, int]
    lines: Sequence[Line]
    fewest: int
    withheld: set[Cell] = field(default_factory=set)

    def is_small(self, cell: Cell) -> bool:
        """Whether a count is one of 1 to `fewest` - 1."""
        return 0 < self.counts[cell] < self.fewest

    def settle(self) -> None:
        """Withholds all that must be."""
        self.withheld |= {cell for cell in self.counts if self.is_small(cell)}
        while self._settle_lines() or self._settle_equations():
            pass

    def _settle_lines(self) -> bool:
        """Withholds more until no single line gives anything away; says whether it had to."""
        before = len(self.withheld)
        while some := [line for line in self.lines if self._gives_away(line)]:
            for line in some:
                if self._gives_away(line):
                    self._withhold_smallest([line])
        return len(self.withheld) > before

    def _gives_away(self, line: Line) -> bool:
        hidden = [cell for cell in line.cells if cell in self.withheld]
        if len(hidden) == 1:
            return True
        return bool(hidden) and line.whole not in self.withheld and self._is_few(hidden)

    def _is_few(self, hidden: Sequence[Cell]) -> bool:
        return 0 < sum(self.counts[cell] for cell in hidden) < self.fewest

    def _withhold_smallest(self, lines: Sequence[Line]) -> None:
        shown = {cell: line for line in lines for cell in line.cells if cell not in self.withheld}
        self.withheld.add(min(shown, key=lambda cell: self._order(cell, shown[cell])))

    def _order(self, cell: Cell, line: Line) -> tuple[bool, bool, int, Cell]:
        return (cell == line.whole, self.counts[cell] == 0, self.counts[cell], cell)

    def _settle_equations(self) -> bool:
        """Withholds one more for each small count that the lines together determine; says whether it could."""
        before = len(self.withheld)
        for cell in [one for one in self._determined() if self.is_small(one)]:
            lines = self._lines_around(cell)
            if lines:
                self._withhold_smallest(lines)
        return len(self.withheld) > before

    def _lines_around(self, cell: Cell) -> list[Line]:
        """The nearest lines that still show something: those of the cell, else those that share a cell with them."""
        reached, lines = {cell}, list[Line]()
        while True:
            nearer = [line for line in self.lines if line not in lines and not reached.isdisjoint(line.cells)]
            if not nearer:
                return []
            lines += nearer
            if some := [line for line in lines if any(other not in self.withheld for other in line.cells)]:
                return some
            reached |= {other for line in nearer for other in line.cells}

    def _determined(self) -> list[Cell]:
        """The withheld cells that have one solution only.

        They are those in which every solution of the homogeneous equations is zero; one drawn at random, the part of a
        random vector outside the span of the equations, is zero in no other cell but by a chance of zero.
        """
        unknown = sorted(self.withheld)
        place = {cell: number for number, cell in enumerate(unknown)}
        signs = [
            (number, place[cell], -1.0 if cell == line.whole else 1.0)
            for number, line in enumerate(self.lines)
            for cell in line.cells
            if cell in place
        ]
        if not signs:
            return []
        rows, columns, values = zip(*signs, strict=True)
        equations = csr_array((values, (rows, columns)), shape=(len(self.lines), len(unknown)))
        drawn = np.random.default_rng(SEED).normal(size=len(unknown))
        within = lsmr(equations, equations @ drawn, atol=1e-13, btol=1e-13, maxiter=20 * len(unknown))[0]
        return [cell for cell, rest in zip(unknown, np.abs(drawn - within), strict=True) if rest < ZERO]


def withheld_of(
    table: pl.DataFrame, sums: Sequence[Sum], fewest: int, *, base: str = "case_count"
) -> tuple[dict[str, list[bool]], dict[str, int | None]]:
    """Where the counts of a table must be withheld, and its totals.

    Args:
        table: one row per group; the groups share no case.
        sums: per whole its parts, as columns of the table; `REST` and a column for the part no column counts.
        fewest: the smallest count shown.
        base: the column that counts the cases of a row.

    Returns:
        Per column which rows are withheld, and per column the total, null where it is withheld.
    """
    grid = _grid(table, sums, fewest)
    columns = list(dict.fromkeys(column for whole, parts in sums for column in (whole, *parts)))
    few = [row for row in range(table.height) if grid.is_small((row, base))]
    grid.withheld |= {(row, column) for row in few for column in columns}
    grid.settle()
    hidden = {column: [(row, column) in grid.withheld for row in range(table.height)] for column in columns}
    total = table.height
    totals = {column: None if (total, column) in grid.withheld else grid.counts[total, column] for column in columns}
    return hidden, totals


def _grid(table: pl.DataFrame, sums: Sequence[Sum], fewest: int) -> Grid:
    values: dict[str, list[int]] = {}
    for whole, parts in sums:
        for column in (whole, *parts):
            if column in table.columns:
                values[column] = [int(count or 0) for count in table[column]]
        for column in parts:
            if column.startswith(REST):
                others = [values[part] for part in parts if part != column]
                values[column] = [
                    whole_count - sum(some) for whole_count, *some in zip(values[whole], *others, strict=True)
                ]
    total = table.height
    counts = {(row, column): count for column, some in values.items() for row, count in enumerate([*some, sum(some)])}
    lines = [
        Line((row, whole), tuple((row, part) for part in parts)) for row in range(total + 1) for whole, parts in sums
    ]
    lines += [Line((total, column), tuple((row, column) for row in range(total))) for column in values]
    return Grid(counts, lines, fewest)

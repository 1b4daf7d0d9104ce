"""Rows of a CSV file, plain or .gz, each with its physical line, also where a quoted value spans lines.

A row whose number of values is not the header's, and a row whose quotes cannot be read, is kept apart with the
rule that says so. Blank lines are not rows. A file that ends inside a quoted value is cut off and refused.
Until the first quotation mark lines are split as columns, ten times faster; from there on the csv module reads.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.received import BATCH, Received, nothing_received, received, rows_among
from efficacy_analytics.lake.unpacked import Told, opened_text

FIELD_COUNT_DIFFERS = "field_count_differs"
QUOTES_NOT_READABLE = "quotes_not_readable"
LONGEST_VALUE = 2**20
BLOCK = 2**22


def read_csv(
    path: Path, columns: Sequence[str], *, encoding: str | None = None, told: Told = None
) -> Iterator[Received]:
    """The rows of a CSV file, batch by batch, every value as text; at least one batch, which may be empty.

    Args:
        path: the file; its first row names the columns.
        columns: the columns asked for.
        encoding: the file's encoding; None for UTF-8, else GB18030.
        told: called with the file's name and the number of rows read so far.

    Raises:
        InputRefusedError: the file is empty, broken or cut off, in no known encoding, or without a column asked for.
    """
    count = 0
    with opened_text(path, encoding) as text:
        reader = csv.reader(iter(text.readline, ""), strict=True)
        _, header, _ = next(_numbered(reader, path), (0, [], None))
        if not header:
            raise InputRefusedError(f"{path.name} is empty.", hint="its first line must name the columns")
        places = _places(header, columns, path)
        for rows in _batches(text, reader.line_num, len(header), places, path):
            for begin in range(0, rows.lines.len(), BATCH):
                yield rows.part(begin, columns, path.name, count)
            count += rows.lines.len()
            if told:
                told(path.name, count)
    if not count:
        yield nothing_received(columns, path.name)


def csv_originals(path: Path, wanted: pl.Series, *, encoding: str | None = None) -> Iterator[tuple[int, str]]:
    """The physical lines of the rows asked for (sorted), with the row's number, as they stand in the file."""
    with opened_text(path, encoding) as text:
        row = -1  # the header
        while block := text.read(BLOCK) + text.readline():
            if '"' in block:
                rest = chain(io.StringIO(block, newline=""), text)
                yield from _quoted_originals(rest, set(wanted.to_list()), row, path)
                return
            lines = [line for line in _lines(block) if line]
            yield from ((place, lines[place - row]) for place in rows_among(wanted, row, len(lines)))
            row += len(lines)


def _quoted_originals(text: Iterable[str], wanted: set[int], first_row: int, path: Path) -> Iterator[tuple[int, str]]:
    seen: list[str] = []
    reader = csv.reader(_remembered(text, seen), strict=True)
    for row, _ in enumerate(_numbered(reader, path), start=first_row):
        if row in wanted:
            yield row, "".join(seen).strip("\r\n")
        seen.clear()


@dataclass(frozen=True)
class Rows:
    """Some rows in a row: the columns asked for, the first physical line and the fault (or null) of each."""

    values: list[pl.Series]
    lines: pl.Series
    faults: pl.Series

    def part(self, begin: int, columns: Sequence[str], file: str, count: int) -> Received:
        """A batch of them, the file having `count` rows before."""
        values = [series.slice(begin, BATCH) for series in self.values]
        return received(
            dict(zip(columns, values, strict=True)),
            file=file,
            first_row=count + begin,
            lines=self.lines.slice(begin, BATCH),
            faults=self.faults.slice(begin, BATCH),
        )


def _lines(block: str) -> list[str]:
    lines = block.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _batches(text: io.TextIOWrapper, line: int, width: int, places: list[int], path: Path) -> Iterator[Rows]:
    while block := text.read(BLOCK) + text.readline():
        if '"' in block:
            rest = chain(io.StringIO(block, newline=""), text)
            yield from _quoted_batches(rest, line, width, places, path)
            return
        lines = _lines(block)
        yield _plain_batch(lines, line, width, places)
        line += len(lines)


def _plain_batch(lines: list[str], line: int, width: int, places: list[int]) -> Rows:
    rows = (
        pl.DataFrame({"text": pl.Series(lines, dtype=pl.String)})
        .with_columns(line=pl.int_range(line + 1, line + 1 + pl.len(), dtype=pl.Int64))
        .filter(pl.col("text") != "")
        .with_columns(sound=pl.col("text").str.count_matches(",", literal=True) == width - 1)
    )
    split = rows.select(pl.when("sound").then("text").str.split_exact(",", width - 1)).to_series().struct
    faults = rows.select(pl.when(~pl.col("sound")).then(pl.lit(FIELD_COUNT_DIFFERS))).to_series()
    return Rows([split.field(f"field_{place}") for place in places], rows["line"], faults)


def _quoted_batches(text: Iterable[str], line: int, width: int, places: list[int], path: Path) -> Iterator[Rows]:
    rows = _numbered(csv.reader(text, strict=True), path, line)
    nothing: list[str] = [""] * width
    while some := list(islice(rows, BATCH)):
        faults = [fault or (FIELD_COUNT_DIFFERS if len(row) != width else None) for _, row, fault in some]
        sound = [nothing if fault else row for (_, row, _), fault in zip(some, faults, strict=True)]
        values = list(zip(*sound, strict=True))
        yield Rows(
            [pl.Series(values[place], dtype=pl.String) for place in places],
            pl.Series([line for line, _, _ in some], dtype=pl.Int64),
            pl.Series(faults, dtype=pl.String),
        )


def _numbered(reader, path: Path, before: int = 0) -> Iterator[tuple[int, list[str], str | None]]:  # type: ignore[no-untyped-def]
    """Rows with their first physical line and the fault of their quotes; blank lines are left out."""
    csv.field_size_limit(LONGEST_VALUE)
    while True:
        line, fault = before + reader.line_num + 1, None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise InputRefusedError(
                    f"{path.name}: the quoted value that begins on line {line} does not end.",
                    hint="the file is cut off, or a quotation mark is missing",
                ) from None
            row, fault = [], QUOTES_NOT_READABLE
        if row or fault:
            yield line, row, fault


def _remembered(text: Iterable[str], seen: list[str]) -> Iterator[str]:
    for line in text:
        seen.append(line)
        yield line


def _places(header: list[str], columns: Sequence[str], path: Path) -> list[int]:
    names = [name.strip() for name in header]
    for column in columns:
        if names.count(column) != 1:
            problem = "has no column" if column not in names else "has more than one column"
            raise InputRefusedError(
                f"{path.name} {problem} '{column}', which the layout names.",
                hint=f"its columns: {', '.join(names)}",
            )
    return [names.index(column) for column in columns]

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
from efficacy_analytics.lake.received import BATCH, Received, received
from efficacy_analytics.lake.unpacked import Told, opened_text

FIELD_COUNT_DIFFERS = "field_count_differs"
QUOTES_NOT_READABLE = "quotes_not_readable"
LONGEST_VALUE = 2**20
BLOCK = 2**22


@dataclass(frozen=True)
class Batch:
    """Some rows in a row: the columns asked for, the first physical line and the fault (or null) of each."""

    values: list[pl.Series]
    lines: pl.Series
    faults: pl.Series


def read_csv(path: Path, columns: Sequence[str], *, encoding: str | None = None, told: Told = None) -> Received:
    """The rows of a CSV file, every value as text.

    Args:
        path: the file; its first row names the columns.
        columns: the columns asked for.
        encoding: the file's encoding; None for UTF-8, else GB18030.
        told: called with the file's name and the number of rows read so far.

    Raises:
        InputRefusedError: the file is empty, broken or cut off, in no known encoding, or without a column asked for.
    """
    batches: list[Batch] = []
    count = 0
    with opened_text(path, encoding) as text:
        reader = csv.reader(iter(text.readline, ""), strict=True)
        _, header, _ = next(_numbered(reader, path), (0, [], None))
        if not header:
            raise InputRefusedError(f"{path.name} is empty.", hint="its first line must name the columns")
        places = _places(header, columns, path)
        for batch in _batches(text, reader.line_num, len(header), places, path):
            batches.append(batch)
            count += batch.lines.len()
            if told:
                told(path.name, count)
    return received(
        columns,
        [dict(zip(columns, batch.values, strict=True)) for batch in batches],
        file=path.name,
        lines=[batch.lines for batch in batches],
        faults=[batch.faults for batch in batches],
    )


def csv_header(path: Path, *, encoding: str | None = None) -> list[str]:
    """The columns that the first row of a CSV file names."""
    with opened_text(path, encoding) as text:
        return next(_numbered(csv.reader(iter(text.readline, ""), strict=True), path))[1]


def csv_originals(path: Path, wanted: set[int], *, encoding: str | None = None) -> dict[int, str]:
    """The physical lines of the rows asked for, by row number, as they stand in the file."""
    originals: dict[int, str] = {}
    with opened_text(path, encoding) as text:
        row = -1  # the header
        while block := text.read(BLOCK) + text.readline():
            if '"' in block:
                rest = chain(io.StringIO(block, newline=""), text)
                return originals | _quoted_originals(rest, wanted, row, path)
            lines = [line for line in _lines(block) if line]
            originals |= {place: lines[place - row] for place in wanted if row <= place < row + len(lines)}
            row += len(lines)
    return originals


def _quoted_originals(text: Iterable[str], wanted: set[int], first_row: int, path: Path) -> dict[int, str]:
    originals: dict[int, str] = {}
    seen: list[str] = []
    reader = csv.reader(_remembered(text, seen), strict=True)
    for row, _ in enumerate(_numbered(reader, path), start=first_row):
        if row in wanted:
            originals[row] = "".join(seen).strip("\r\n")
        seen.clear()
    return originals


def _lines(block: str) -> list[str]:
    lines = block.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _batches(text: io.TextIOWrapper, line: int, width: int, places: list[int], path: Path) -> Iterator[Batch]:
    while block := text.read(BLOCK) + text.readline():
        if '"' in block:
            rest = chain(io.StringIO(block, newline=""), text)
            yield from _quoted_batches(rest, line, width, places, path)
            return
        lines = _lines(block)
        yield _plain_batch(lines, line, width, places)
        line += len(lines)


def _plain_batch(lines: list[str], line: int, width: int, places: list[int]) -> Batch:
    rows = (
        pl.DataFrame({"text": pl.Series(lines, dtype=pl.String)})
        .with_columns(line=pl.int_range(line + 1, line + 1 + pl.len(), dtype=pl.Int64))
        .filter(pl.col("text") != "")
        .with_columns(sound=pl.col("text").str.count_matches(",", literal=True) == width - 1)
    )
    split = rows.select(pl.when("sound").then("text").str.split_exact(",", width - 1)).to_series().struct
    faults = rows.select(pl.when(~pl.col("sound")).then(pl.lit(FIELD_COUNT_DIFFERS))).to_series()
    return Batch([split.field(f"field_{place}") for place in places], rows["line"], faults)


def _quoted_batches(text: Iterable[str], line: int, width: int, places: list[int], path: Path) -> Iterator[Batch]:
    rows = _numbered(csv.reader(text, strict=True), path, line)
    nothing: list[str] = [""] * width
    while some := list(islice(rows, BATCH)):
        faults = [fault or (FIELD_COUNT_DIFFERS if len(row) != width else None) for _, row, fault in some]
        sound = [nothing if fault else row for (_, row, _), fault in zip(some, faults, strict=True)]
        values = list(zip(*sound, strict=True))
        yield Batch(
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
            is_header = any(wanted in names for wanted in columns)  # else it may be a row, with a person in it
            problem = "has no column" if column not in names else "has more than one column"
            raise InputRefusedError(
                f"{path.name} {problem} '{column}', which the layout names.",
                hint=f"its columns: {', '.join(names)}"
                if is_header
                else "its first line names no column of the layout",
            )
    return [names.index(column) for column in columns]

"""Rows of a CSV file, plain or .gz, each with its physical line, also where a quoted value spans lines.

A row whose number of values is not the header's, and a row whose quotes cannot be read, is kept apart with the
rule that says so. Blank lines are not rows. A file that ends inside a quoted value is cut off and refused.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.csv_blocks import Rows
from efficacy_analytics.lake.readers.csv_header import found_header
from efficacy_analytics.lake.readers.csv_lines import BLOCK, CsvForm, stretches
from efficacy_analytics.lake.readers.decompression import OnProgress, opened_text
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received, received, rows_among

FOUND_OUT = CsvForm()


def read_csv(
    path: Path, asked: Sequence[Asked], form: CsvForm = FOUND_OUT, *, on_progress: OnProgress = None
) -> Iterator[Received]:
    """The rows of a CSV file, batch by batch, every value as text; at least one batch, which may be empty.

    Args:
        path: the file.
        asked: the columns asked for.
        form: how the file is written.
        on_progress: called with the file's name and the number of rows read so far.

    Raises:
        InputRefusedError: the file is empty, broken or cut off, in no known encoding, or without a column asked for.
    """
    names = [column.name for column in asked]
    count = 0
    with opened_text(path, form.encodings) as text:
        for stretch in stretches(text, asked, form, path):
            rows = stretch.rows()
            for begin in range(0, rows.height, BATCH):
                yield _batch(rows, begin, names, path.name, count)
            count += rows.height
            if on_progress:
                on_progress(path.name, count)
    if not count:
        yield nothing_received(names, path.name)


def csv_originals(
    path: Path, asked: Sequence[Asked], wanted: pl.Series, form: CsvForm = FOUND_OUT
) -> Iterator[tuple[int, str]]:
    """The text of the rows asked for (sorted), with the row's number, as it stands in the file.

    Args:
        path: the file.
        asked: the columns that were asked for.
        wanted: the numbers of the rows.
        form: how the file is written.
    """
    row = 0
    with opened_text(path, form.encodings) as text:
        for stretch in stretches(text, asked, form, path):
            yield from ((place, stretch.text(place - row)) for place in rows_among(wanted, row, stretch.height))
            row += stretch.height


@dataclass(frozen=True)
class Head:
    """What stands before the first row of a CSV file.

    Attributes:
        text: titles, if there are any, and the header.
        columns: what the header names, as it stands there.
        delimiter: what stands between two values.
    """

    text: str
    columns: Sequence[str]
    delimiter: str


def csv_head(path: Path, asked: Sequence[Asked], form: CsvForm = FOUND_OUT) -> Head:
    """What stands before the first row.

    Args:
        path: the file.
        asked: the columns that were asked for.
        form: how the file is written.
    """
    with opened_text(path, form.encodings) as text:
        first = text.read(BLOCK).decode(errors="ignore")
    header = found_header(first, asked, file=path.name, delimiter=form.delimiter, header_line=form.header_line)
    head = first[: header.length]
    *_, columns = csv.reader(io.StringIO(head, newline=""), delimiter=header.delimiter)
    return Head(head, columns, header.delimiter)


def _batch(rows: Rows, begin: int, names: Sequence[str], file: str, count: int) -> Received:
    values = [column.slice(begin, BATCH) for column in rows.values]
    return received(
        dict(zip(names, values, strict=True)),
        file=file,
        first_row=count + begin,
        lines=rows.lines.slice(begin, BATCH),
        faults=rows.faults.slice(begin, BATCH),
    )

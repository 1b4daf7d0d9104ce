"""Where a CSV file's header stands, and what stands between its values.

The header is the first line (of the first hundred) that has the columns asked for, under the first of comma,
semicolon, tab and bar by which it has them: what stands above it are titles. A layout may say both instead.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, found_count, places_in, refused_columns

DELIMITERS = (",", ";", "\t", "|")
SEARCHED_LINES = 100
LONGEST_VALUE = 2**22


@dataclass(frozen=True)
class Header:
    """What the head of a CSV file says.

    Attributes:
        delimiter: between the values.
        width: how many values a row has.
        places: the place of each column asked for; None for one that the file is without.
        last_line: the last physical line of the header.
        length: how many characters there are up to the first row.
    """

    delimiter: str
    width: int
    places: Sequence[int | None]
    last_line: int
    length: int


@dataclass(frozen=True)
class Line:
    """A row that may be the header: its values, its physical lines and its end in the text."""

    values: list[str]
    first_line: int
    last_line: int
    end: int


def found_header(
    text: str, asked: Sequence[Asked], *, file: str, delimiter: str | None = None, header_line: int | None = None
) -> Header:
    """The header of a CSV file.

    Args:
        text: the beginning of the file.
        asked: the columns asked for.
        file: the file's name.
        delimiter: what stands between the values; None to have it found.
        header_line: the line of the header; None to have it found.

    Raises:
        InputRefusedError: there is no line, or none that has the columns asked for.
    """
    tried = [(mark, first_lines(text, mark, header_line)) for mark in (delimiter or "".join(DELIMITERS))]
    for mark, lines in tried:
        for line in lines:
            places = places_in(line.values, asked)
            if places is not None:
                return Header(mark, len(line.values), places, line.last_line, line.end)
    candidates = [line.values for _, lines in tried for line in lines]
    if not candidates:
        raise InputRefusedError(f"{file} is empty.", hint="its first line must name the columns")
    raise refused_columns(file, max(candidates, key=lambda values: _likeness(values, asked)), asked)


def first_lines(text: str, delimiter: str, header_line: int | None = None) -> list[Line]:
    """The first rows of a text that are not blank, as far as their quotes can be read; of one line, if it is named."""
    rows = _rows(text, delimiter)
    if header_line is not None:
        return [row for row in rows if row.first_line == header_line]
    return list(rows)


def _rows(text: str, delimiter: str) -> Iterator[Line]:
    ends = [0]
    for line in io.StringIO(text, newline=""):
        ends.append(ends[-1] + len(line))
        if len(ends) > SEARCHED_LINES:
            break
    csv.field_size_limit(LONGEST_VALUE)
    reader = csv.reader(io.StringIO(text[: ends[-1]], newline=""), delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            values = next(reader)
        except csv.Error:
            continue
        except StopIteration:
            return
        if any(value.strip() for value in values):
            yield Line(values, first, reader.line_num, ends[reader.line_num])


def _likeness(values: Sequence[str], asked: Sequence[Asked]) -> tuple[int, int]:
    """How much a row is like the header: columns asked for, then values."""
    return found_count(values, asked), len(values)

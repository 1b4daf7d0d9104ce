"""Rows of CSV text whose quotes stand where none should: read by the csv module, a row at a time.

It says what such a quote means: inside a value that does not begin with one it is a character as any other; after a
closing one anything but a delimiter, a line end or another quote makes the row unreadable, up to its line's end.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.csv_blocks import FIELD_COUNT_DIFFERS, Rows
from efficacy_analytics.lake.readers.csv_header import LONGEST_VALUE

QUOTES_NOT_READABLE = "quotes_not_readable"


@dataclass(frozen=True)
class StrayQuoteRow:
    """A row: its first physical line, its values, the fault of its quotes, and its text."""

    line: int
    values: list[str]
    fault: str | None
    text: str


class StrayQuotes:
    """The rows of some lines; the last row may need further ones.

    Args:
        content: whole lines, as UTF-8.
        further: gives further lines, none at the end.
        delimiter: between the values.
        lines_before: the physical lines before these.
        file: the file's name.

    Attributes:
        rows: the rows, blank lines left out.
        last_line: the last physical line of the last row.
        rest: what was taken of the further lines and not used.

    Raises:
        InputRefusedError: a quoted value does not end.
    """

    def __init__(
        self, content: bytes, further: Callable[[], bytes], *, delimiter: str, lines_before: int, file: str
    ) -> None:
        self._waiting = deque(StringIO(content.decode(), newline=""))
        self._further, self._file, self._used = further, file, list[str]()
        own = len(self._waiting)
        csv.field_size_limit(LONGEST_VALUE)
        reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.rows: list[StrayQuoteRow] = []
        while reader.line_num < own:
            first = lines_before + reader.line_num + 1
            values, fault = self._next(reader, first)
            if values or fault:
                self.rows.append(StrayQuoteRow(first, values, fault, "".join(self._used).strip("\r\n")))
            self._used.clear()
        self.last_line = lines_before + reader.line_num
        self.rest = "".join(self._waiting).encode()

    def _lines(self) -> Iterator[str]:
        while self._waiting or self._more_waiting():
            line = self._waiting.popleft()
            self._used.append(line)
            yield line

    def _more_waiting(self) -> bool:
        self._waiting.extend(StringIO(self._further().decode(), newline=""))
        return bool(self._waiting)

    def _next(self, reader: Iterator[list[str]], line: int) -> tuple[list[str], str | None]:
        try:
            return next(reader), None
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise InputRefusedError(
                    f"{self._file}: the quoted value that begins on line {line} does not end.",
                    hint="the file is cut off, or a quotation mark is missing",
                ) from None
            return [], QUOTES_NOT_READABLE


def rows_of_stray_quotes(rows: Sequence[StrayQuoteRow], width: int, places: Sequence[int | None]) -> Rows:
    """The columns asked for of such rows.

    Args:
        rows: the rows.
        width: how many values a row has.
        places: the columns asked for; None for one that is missing.
    """
    faults = [row.fault or (FIELD_COUNT_DIFFERS if len(row.values) != width else None) for row in rows]
    nothing: list[str | None] = [None] * width
    sound = [nothing if fault else row.values for row, fault in zip(rows, faults, strict=True)]
    return Rows(
        [pl.Series([None if place is None else row[place] for row in sound], dtype=pl.String) for place in places],
        pl.Series([row.line for row in rows], dtype=pl.Int64),
        pl.Series(faults, dtype=pl.String),
    )

"""The rows of a block of CSV text, found by looking at whole columns of bytes rather than character by character.

A block whose quotes stand as they should is read at once: quotes open after a delimiter or a line end, and close
before one; between the two, delimiters and line ends belong to the value. Where they stand otherwise, the block is
left to the csv module (`readers_csv`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

FIELD_COUNT_DIFFERS = "field_count_differs"
QUOTE, LF, CR = ord('"'), ord("\n"), ord("\r")
Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Some rows in a row: the columns asked for, the first physical line and the fault (or null) of each."""

    values: list[pl.Series]
    lines: pl.Series
    faults: pl.Series

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.lines.len()


@dataclass(frozen=True)
class Block:
    """Whole lines of a CSV text, and the rows in them.

    Attributes:
        content: the bytes, as UTF-8; ends with a line end.
        line_ends: the last byte of each physical line.
        row_ends: those of them that end a row.
        starts: the first byte of each row.
        stops: the byte after the last of each row, before its line end.
        quoted: whether each byte stands inside quotes; None where there are none.
    """

    content: bytes
    line_ends: Positions
    row_ends: Positions
    starts: Positions
    stops: Positions
    quoted: Flags | None

    @property
    def length(self) -> int:
        """The bytes of the whole rows."""
        return int(self.row_ends[-1]) + 1

    @property
    def line_count(self) -> int:
        """The physical lines of the whole rows."""
        return int(np.searchsorted(self.line_ends, self.length))

    @property
    def height(self) -> int:
        """How many rows there are; blank lines are none."""
        return int((self.starts < self.stops).sum())

    def text(self, row: int) -> str:
        """The text of a row, as it stands in the file."""
        place = np.flatnonzero(self.starts < self.stops)[row]
        return self.content[self.starts[place] : self.stops[place]].decode()


def block_of(content: bytes, delimiter: str) -> Block | None:
    """The rows of whole lines; None where a quote stands where none should, or no row ends."""
    data = np.frombuffer(content, dtype=np.uint8)
    line_ends = _line_ends(data, content)
    row_ends = line_ends
    quoted = _quoted(data) if b'"' in content else None
    if quoted is not None:
        row_ends = line_ends[~quoted[line_ends]]
        if not row_ends.size or not _quotes_are_sound(data[: row_ends[-1] + 1], delimiter):
            return None
    starts = np.concatenate(([0], row_ends[:-1] + 1))
    is_two = (data[row_ends] == LF) & (row_ends > starts) & (data[row_ends - 1] == CR)
    return Block(content, line_ends, row_ends, starts, row_ends - is_two, quoted)


def rows_of(block: Block, delimiter: str, width: int, places: Sequence[int | None], lines_before: int) -> Rows | None:
    """The rows of a block, blank ones left out; None if they cannot be told apart at once.

    Args:
        block: the block.
        delimiter: between the values.
        width: how many values a row has.
        places: the columns asked for; None for one that is missing.
        lines_before: the physical lines before the block.
    """
    is_blank = block.starts == block.stops
    is_sound = (_delimiters(block, delimiter) == width - 1) & ~is_blank
    values = _values(block, delimiter, width, places, is_sound)
    if values is None:
        return None
    lines = lines_before + 1 + np.searchsorted(block.line_ends, block.starts)
    kept, sound = ~is_blank, pl.Series(is_sound[~is_blank])
    faults = pl.select(pl.when(~sound).then(pl.lit(FIELD_COUNT_DIFFERS, pl.String))).to_series()
    if not sound.all():
        row = pl.select(pl.when(sound).then(sound.cast(pl.UInt32).cum_sum() - 1)).to_series()
        values = [column.gather(row) if column.len() else _nulls(sound.len()) for column in values]
    return Rows(values, pl.Series(lines[kept], dtype=pl.Int64), faults)


def _line_ends(data: Bytes, content: bytes) -> Positions:
    """The last byte of each physical line: LF, CR LF and CR alone all end one."""
    feeds = np.flatnonzero(data == LF)
    if b"\r" not in content:
        return feeds
    returns = np.flatnonzero(data == CR)
    after = np.minimum(returns + 1, data.size - 1)
    alone = returns[(data[after] != LF) | (returns == data.size - 1)]
    return np.sort(np.concatenate((feeds, alone))) if alone.size else feeds


def _quoted(data: Bytes) -> Flags:
    """Whether each byte stands after an odd number of quotation marks."""
    return np.bitwise_xor.accumulate((data == QUOTE).view(np.uint8)).view(np.bool_)


def _quotes_are_sound(data: Bytes, delimiter: str) -> bool:
    """Every opening quote stands at the beginning of a value, every closing one at its end; a doubled one is both."""
    quotes = np.flatnonzero(data == QUOTE)
    if quotes.size % 2:
        return False
    neighbours = np.zeros(256, dtype=bool)
    neighbours[[ord(delimiter), LF, CR, QUOTE]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before = opening[opening > 0] - 1
    return bool(neighbours[data[before]].all() and neighbours[data[closing + 1]].all())


def _delimiters(block: Block, delimiter: str) -> Positions:
    """How many delimiters each row has outside its quotes."""
    data = np.frombuffer(block.content, dtype=np.uint8)[: block.length]
    marks = np.flatnonzero(data == ord(delimiter))
    if block.quoted is not None:
        marks = marks[~block.quoted[marks]]
    return np.diff(np.searchsorted(marks, block.row_ends), prepend=0)


def _values(
    block: Block, delimiter: str, width: int, places: Sequence[int | None], is_sound: Flags
) -> list[pl.Series] | None:
    count = int(is_sound.sum())
    if not count:
        return [_nulls(0) for _ in places]
    names = [str(place) for place in range(width)]
    frame = pl.read_csv(
        _content(block, is_sound),
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        columns=sorted({place for place in places if place is not None}),
        separator=delimiter,
        quote_char='"' if block.quoted is not None else None,
        glob=False,
    )
    if frame.height != count:
        return None
    return [_nulls(count) if place is None else frame[str(place)] for place in places]


def _content(block: Block, is_sound: Flags) -> bytes:
    """The sound rows, each ended by LF or CR LF; line ends inside quotes stay as they are."""
    content = block.content[: block.length]
    if is_sound.all():
        if b"\r" not in content or (np.frombuffer(content, dtype=np.uint8)[block.row_ends] == LF).all():
            return content
        if block.quoted is None:
            return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = np.frombuffer(content, dtype=np.uint8).copy()
    data[block.row_ends] = LF
    change = np.zeros(data.size + 1, dtype=np.int8)
    np.add.at(change, block.starts[~is_sound], 1)
    np.add.at(change, block.row_ends[~is_sound] + 1, -1)
    return bytes(data[np.cumsum(change[:-1], dtype=np.int8) == 0])


def _nulls(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)

"""A CSV file in stretches of whole rows: sound ones as blocks, those with quotes askew row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.csv_blocks import Block, Rows, block_of, rows_of
from efficacy_analytics.lake.readers.csv_header import Header, found_header
from efficacy_analytics.lake.readers.csv_stray_quotes import StrayQuoteRow, StrayQuotes, rows_of_stray_quotes
from efficacy_analytics.lake.readers.decompression import RecodedFile

BLOCK = 2**22
HEAD = 2**18
LONGEST_LINE = 2**26


@dataclass(frozen=True)
class CsvForm:
    """How the files of a layout are written; what is not said is found out.

    Attributes:
        encodings: the encodings tried in turn; none: UTF-8, then GB18030.
        delimiter: between the values.
        header_line: the line of the header.
    """

    encodings: Sequence[str] = ()
    delimiter: str | None = None
    header_line: int | None = None


class WholeLines:
    """The lines of a file, about a block at a time.

    Args:
        text: the file.
        path: its path, for messages.
    """

    def __init__(self, text: RecodedFile, path: Path) -> None:
        self._text, self._path, self._rest = text, path, b""

    def more(self) -> bytes:
        """Whole lines, none at the end; the last line of the file is ended where it has no end.

        Raises:
            InputRefusedError: a line has no end for longer than any line may be.
        """
        while piece := self._text.read(BLOCK):
            content = self._rest + piece
            # A CR at the very end may be the first half of CR LF.
            cut = max(content.rfind(b"\n"), content.rfind(b"\r", 0, -1)) + 1
            self._rest = content[cut:]
            if cut:
                return content[:cut]
            if len(content) > LONGEST_LINE:
                raise InputRefusedError(f"{self._path.name} has a line without an end.", hint="is it a CSV file?")
        last, self._rest = self._rest, b""
        return last if last.endswith((b"\n", b"\r")) or not last else last + b"\n"


@dataclass(frozen=True)
class Stretch:
    """Some rows in a row of a file: a block, or rows of quotes askew."""

    header: Header
    lines_before: int
    block: Block | None
    askew: Sequence[StrayQuoteRow]

    def rows(self) -> Rows:
        """The columns asked for."""
        header = self.header
        if self.block:
            found = rows_of(self.block, header.delimiter, header.width, header.places, self.lines_before)
            if found:
                return found
        return rows_of_stray_quotes(self.askew or self._one_by_one(), header.width, header.places)

    def _one_by_one(self) -> Sequence[StrayQuoteRow]:
        """The rows of a block that could not be told apart at once."""
        content = self.block.content[: self.block.length] if self.block else b""
        delimiter, before = self.header.delimiter, self.lines_before
        return StrayQuotes(content, bytes, delimiter=delimiter, lines_before=before, file="").rows

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.block.height if self.block else len(self.askew)

    def text(self, row: int) -> str:
        """The text of a row, as it stands in the file."""
        return self.block.text(row) if self.block else self.askew[row].text


def stretches(text: RecodedFile, asked: Sequence[Asked], form: CsvForm, path: Path) -> Iterator[Stretch]:
    """The rows of a file below its header, a stretch at a time.

    Raises:
        InputRefusedError: the file is empty or cut off, or has not the columns asked for.
    """
    source = WholeLines(text, path)
    head = source.more()
    while len(head) < HEAD and (further := source.more()):
        head += further
    header = found_header(head.decode(), asked, file=path.name, delimiter=form.delimiter, header_line=form.header_line)
    content, line = head[len(head.decode()[: header.length].encode()) :], header.last_line
    while content or (content := source.more()):
        block = block_of(content, header.delimiter)
        if block:
            yield Stretch(header, line, block, ())
            line += block.line_count
            content = content[block.length :] and content[block.length :] + source.more()
        else:
            askew = StrayQuotes(content, source.more, delimiter=header.delimiter, lines_before=line, file=path.name)
            yield Stretch(header, line, None, askew.rows)
            line, content = askew.last_line, askew.rest

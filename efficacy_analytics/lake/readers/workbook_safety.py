"""Is a workbook safe to open? A workbook is an archive of XML: small on disk, without bound in memory.

Before it is opened every part is unpacked once, counted and thrown away, and the sheets are looked through for how far
they reach: a single cell in the last corner makes a reader hold every cell before it.
"""

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.lake.readers.decompression import PIECE

MOST_UNPACKED_BYTES = 4 * 2**30
MOST_PARTS = 10_000
MOST_CELLS = 50_000_000
ALWAYS_CELLS = 5_000_000
MOST_CELLS_OF_A_BYTE = 8
ALWAYS_UNPACKED_BYTES = 64 * 2**20
MOST_UNPACKED_RATIO = 200
LONGEST_CELL = 2**18
"""Bytes of a cell: Excel itself keeps 32,767 characters."""
MOST_TEXT_BYTES = 2**29
"""Of all cells of a workbook together, each time that a text is used."""
OVERLAP = 64
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d{1,9})[\"']")
WIDE_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{2,4})\d")
CELLS = (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")
OF_ODS = re.compile(rb"<table:(table-row|(?:covered-)?table-cell)\b([^>]*)>")
REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,12})[\"']")
HAS_VALUE = b"office:value-type"
OF_A_CELL = 2**12
SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^>]{0,200}>\s*<(?:\w+:)?v>(\d{1,9})<")
STRING_END = re.compile(rb"</(?:\w+:)?si\s*>")
FROM_1904 = re.compile(rb'date1904="(?:1|true)"')
WORKBOOK_PARTS = frozenset(("[Content_Types].xml", "mimetype", "content.xml"))
"""Every workbook that is an archive has one of these."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def checked_workbook(path: Path) -> bool:
    """Whether its days count from 1904, once it is found safe to open; a workbook that is no archive is as it is.

    Raises:
        InputRefusedError: it is empty, broken, or unpacks to more than a lake takes.
    """
    if path.stat().st_size == 0:
        raise InputRefusedError(f"{path.name} is empty.", hint="save it again")
    if not zipfile.is_zipfile(path):
        return False
    size = path.stat().st_size
    from_1904, left = False, min(MOST_UNPACKED_BYTES, max(ALWAYS_UNPACKED_BYTES, MOST_UNPACKED_RATIO * size))
    most_cells = min(MOST_CELLS, max(ALWAYS_CELLS, MOST_CELLS_OF_A_BYTE * size))
    texts = _Texts()
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            if len(archive.infolist()) > MOST_PARTS:
                raise _boundless(path)
            for part in archive.infolist():
                extent = _Extent()
                for piece in _unpacked(part, file):
                    left -= len(piece)
                    extent.see(piece)
                    texts.see(part.filename, piece)
                    if left < 0 or extent.cells > most_cells:
                        raise _boundless(path)
                    from_1904 = from_1904 or (part.filename == "xl/workbook.xml" and bool(FROM_1904.search(piece)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OverflowError):
        raise InputRefusedError(f"{path.name} is a broken or cut off workbook.", hint="save it again") from None
    if texts.total() > MOST_TEXT_BYTES:
        raise _boundless(path)
    if texts.has_long:
        raise InputRefusedError(
            f"{path.name} has a cell of more than {LONGEST_CELL:,} bytes.", hint="no spreadsheet writes such a cell"
        )
    return from_1904


def refuse_archive(path: Path) -> None:
    """Refuses an archive of files, which is no export yet; a workbook, an archive of XML, is none.

    Raises:
        InputRefusedError: it is.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
    except (zipfile.BadZipFile, NotImplementedError, OverflowError):
        return  # a broken workbook is told of when it is read
    if not WORKBOOK_PARTS.intersection(names):
        count = Count(len(names))
        raise InputRefusedError(
            f"{path.name} is an archive of {count} {count:file|files}, such as '{names[0] if names else ''}'.",
            hint="unpack it, and give the files or their folder",
        )


class _Extent:
    """How far a sheet reaches, as its pieces go by."""

    def __init__(self) -> None:
        self._tail, self._rows, self._columns, self._counted = b"", 0, 26, 0
        self._rest, self._row, self._repeats, self._place = b"", 0, 1, 0

    @property
    def cells(self) -> int:
        return max(self._rows * self._columns, self._counted)

    def see(self, piece: bytes) -> None:
        text = self._tail + piece
        self._tail = text[-OVERLAP:]
        self._counted += sum(piece.count(one) for one in CELLS)
        self._see_repeated(piece)
        for found in ROW.finditer(text):
            self._rows = max(self._rows, int(found[1]))
        # A cell may say that it stands in a row far below that of its row: readers believe the cell.
        self._rows = max([self._rows, *(int(found[1]) for found in _cells_below(self._rows).finditer(text))])
        for letters in {found[1] for found in WIDE_CELL.finditer(text)}:
            self._columns = max(self._columns, _number(letters))

    def _see_repeated(self, piece: bytes) -> None:
        """Rows and cells of an OpenDocument sheet that say how often they stand there; those without a value at the end
        of a row or a sheet are none.
        """
        text = self._rest + piece
        end = text.rfind(b">") + 1
        self._rest = text[end:][-LONGEST_CELL:]
        for tag in OF_ODS.finditer(text, 0, end):
            repeated = REPEATED.search(tag[2])
            times = int(repeated[1]) if repeated else 1
            if tag[1] == b"table-row":
                self._row, self._repeats, self._place = self._row + self._repeats, times, 0
            else:
                self._place += times
                if HAS_VALUE in tag[2]:
                    self._rows = max(self._rows, self._row + self._repeats)
                    self._columns = max(self._columns, self._place)


class _Texts:
    """How much text the cells of a workbook hold: one of its strings may stand in every cell.

    Attributes:
        has_long: whether a text is longer than a cell's.
    """

    def __init__(self) -> None:
        self._tail, self._part, self._run = b"", "", 0
        self._uses: Counter[int] = Counter()
        self._lengths: list[int] = []
        self.has_long = False

    def total(self) -> int:
        """The bytes of all cells that name a string."""
        return sum(self._lengths[place] * count for place, count in self._uses.items() if place < len(self._lengths))

    def see(self, part: str, piece: bytes) -> None:
        text = (self._tail if part == self._part else b"") + piece
        first = piece.find(b"<")
        self._run += len(piece) if first < 0 else first
        self.has_long = self.has_long or self._run > LONGEST_CELL
        self._run = self._run if first < 0 else len(piece) - piece.rfind(b"<")
        if part.endswith("sharedStrings.xml"):
            *whole, rest = STRING_END.split(text)
            self._lengths += map(len, whole)
            self._tail = rest[-LONGEST_CELL - OVERLAP :]
        else:
            last = max(text.rfind(b"<c"), text.rfind(b":c "))
            end = last if last >= 0 else len(text)
            self._uses.update(int(one) for one in SHARED.findall(text, 0, end))
            self._tail = text[end:][:OF_A_CELL]
        self._part = part


def _cells_below(row: int) -> re.Pattern[bytes]:
    """Finds cells of rows below that one, and none of the others: of those a sheet may have millions."""
    digits = str(row)
    larger = [f"\\d{{{len(digits) + 1},10}}"]
    for place, digit in enumerate(digits):
        if digit != "9":
            larger.append(f"{digits[:place]}[{int(digit) + 1}-9]\\d{{{len(digits) - place - 1}}}")
    return re.compile(f"\\br\\s*=\\s*[\"'][A-Z]{{1,4}}({'|'.join(larger)})[\"']".encode())


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _unpacked(part: zipfile.ZipInfo, file) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    """The bytes of a part, as far as they go, whatever size the archive says they have."""
    if part.compress_type not in METHODS or part.flag_bits & 1:
        raise NotImplementedError
    if part.header_offset < 0:
        raise zipfile.BadZipFile
    file.seek(part.header_offset + 26)
    lengths = file.read(4)
    file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    left = part.compress_size
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (packed := file.read(min(PIECE, left))):
        left -= len(packed)
        if part.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        while packed and not stream.eof:
            yield stream.decompress(packed, PIECE)
            packed = stream.unconsumed_tail


def _boundless(path: Path) -> InputRefusedError:
    return InputRefusedError(
        f"{path.name} unpacks to more than a lake takes.", hint="save the sheets as CSV files if the workbook is sound"
    )

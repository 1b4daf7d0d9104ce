"""Is a workbook safe to open? A workbook is an archive of XML: small on disk, without bound in memory.

Before it is opened every part is unpacked once, counted and thrown away, and the sheets are looked through for how far
they reach: a single cell in the last corner makes a reader hold every cell before it.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.lake.readers.decompression import PIECE

MOST_UNPACKED_BYTES = 4 * 2**30
MOST_PARTS = 10_000
MOST_CELLS = 50_000_000
OVERLAP = 64
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d{1,9})[\"']")
WIDE_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{2,4})\d")
REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
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
    from_1904, left = False, MOST_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            if len(archive.infolist()) > MOST_PARTS:
                raise _boundless(path)
            for part in archive.infolist():
                extent = _Extent()
                for piece in _unpacked(part, file):
                    left -= len(piece)
                    extent.see(piece)
                    if left < 0 or extent.cells > MOST_CELLS:
                        raise _boundless(path)
                    from_1904 = from_1904 or (part.filename == "xl/workbook.xml" and bool(FROM_1904.search(piece)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OverflowError):
        raise InputRefusedError(f"{path.name} is a broken or cut off workbook.", hint="save it again") from None
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
    except zipfile.BadZipFile:
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
        self._tail, self._rows, self._columns = b"", 0, 26

    @property
    def cells(self) -> int:
        return self._rows * self._columns

    def see(self, piece: bytes) -> None:
        text = self._tail + piece
        self._tail = text[-OVERLAP:]
        for found in ROW.finditer(text):
            self._rows = max(self._rows, int(found[1]))
        # A cell may say that it stands in a row far below that of its row: readers believe the cell.
        self._rows = max([self._rows, *(int(found[1]) for found in _cells_below(self._rows).finditer(text))])
        for letters in {found[1] for found in WIDE_CELL.finditer(text)}:
            self._columns = max(self._columns, _number(letters))


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

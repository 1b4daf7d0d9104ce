"""The bytes of an export file, unpacked where it is a .gz, and never more of them than a lake should take."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.encodings import refuse_if_doubtful, refused_encoding

OnProgress = Callable[[str, int], None] | None

MOST_UNPACKED_BYTES = 64 * 2**30
MOST_UNPACKED_RATIO = 400
ALWAYS_UNPACKED_BYTES = 64 * 2**20
GZIP_MARK = b"\x1f\x8b"
ENCODINGS = ("utf-8-sig", "gb18030")
NO_ENCODINGS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
"""What Python calls encodings and no export is in: names of hosts, source text, and one that hides its characters."""
PIECE = 1 << 18
LONGEST_LINE = 1 << 26


class UnpackedFile(io.RawIOBase):
    """The unpacked bytes of a file, to be read once from its beginning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._packed = path.open("rb")
        is_packed = self._packed.read(len(GZIP_MARK)) == GZIP_MARK
        self._packed.seek(0)
        self._plain = gzip.GzipFile(fileobj=self._packed) if is_packed else self._packed
        size = path.stat().st_size
        self._left = min(MOST_UNPACKED_BYTES, max(ALWAYS_UNPACKED_BYTES, size * MOST_UNPACKED_RATIO))

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Fills the buffer with unpacked bytes; refuses a broken or boundless .gz."""
        try:
            piece = self._plain.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise InputRefusedError(
                f"{self.path.name} is a broken or cut off .gz file.", hint="export or copy it again"
            ) from None
        self._left -= len(piece)
        if self._left < 0:
            raise InputRefusedError(
                f"{self.path.name} unpacks to more than a lake takes.",
                hint=f"more than {MOST_UNPACKED_RATIO} times its packed size: unpack it yourself if it is sound",
            )
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Closes the file underneath as well."""
        self._plain.close()
        self._packed.close()
        super().close()


def unpacked(path: Path) -> io.BufferedReader:
    """The unpacked bytes of a file.

    Raises:
        InputRefusedError: the file is empty; while reading: it is cut off, broken, or unpacks without bound.
    """
    if path.stat().st_size == 0:
        raise InputRefusedError(f"{path.name} is empty.", hint="export it again")
    return io.BufferedReader(UnpackedFile(path), buffer_size=PIECE)


class RecodedFile:
    """The text of a file as UTF-8 bytes, whatever its encoding, without a byte order mark."""

    def __init__(self, file: io.BufferedReader, encoding: str) -> None:
        self._file, self._decoder = file, None
        if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig"):
            if file.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
                file.read(len(codecs.BOM_UTF8))
        else:
            self._decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int) -> bytes:
        """About as many bytes as that; none at the end."""
        while self._decoder and (piece := self._file.read(size)):
            if text := self._decoder.decode(piece):
                return text.encode()
        return self._decoder.decode(b"", final=True).encode() if self._decoder else self._file.read(size)


@contextmanager
def opened_text(path: Path, encodings: Sequence[str] = ()) -> Iterator[RecodedFile]:
    """The text of a file as UTF-8 with its line ends as they are.

    Args:
        path: the file.
        encodings: those tried in turn; none: UTF-16 by its mark, UTF-8, then GB18030.

    Raises:
        InputRefusedError: the file is empty, broken, or cannot be decoded.
    """
    encoding = encoding_of(path, encodings)
    with unpacked(path) as file:
        yield RecodedFile(file, encoding)


def is_encoding(name: str) -> bool:
    """Whether text can be in it: Python's codecs also pack, scramble and escape."""
    try:
        found = codecs.lookup(name)
        "".encode(name)  # refused by those that turn bytes into bytes, and text into text
    except (LookupError, UnicodeError, ValueError):
        return False
    return found.name not in NO_ENCODINGS


def encoding_of(path: Path, encodings: Sequence[str] = ()) -> str:
    """The first encoding in which the whole file can be read; GB18030, unless it is named, only without a doubt.

    Raises:
        InputRefusedError: there is none, or what GB18030 makes of the file is not what was meant.
    """
    tried = encodings or _usual(path)
    for name in tried:
        if _decodes(path, name):
            if name == "gb18030" and not encodings:
                refuse_if_doubtful(_lines(path), path.name)
            return name
    raise refused_encoding(_lines(path), tried, path.name)


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file as its bytes stand; a file whose lines end in CR alone is one line."""
    with unpacked(path) as file:
        while line := file.readline(LONGEST_LINE):
            yield line


def _usual(path: Path) -> Sequence[str]:
    with unpacked(path) as file:
        return ("utf-16",) if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ENCODINGS


def _decodes(path: Path, encoding: str) -> bool:
    # Python's utf-8-sig takes the first bytes of a mark for no text at all, where nothing follows.
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)(errors="strict")
    with unpacked(path) as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True

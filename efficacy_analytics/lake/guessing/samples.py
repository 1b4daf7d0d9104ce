"""What a file of unknown layout looks like: its kind, its tables, their headers and some of their rows."""

import re
import statistics
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import polars as pl

from efficacy_analytics.errors import InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, plain, untidy
from efficacy_analytics.lake.readers.csv import read_csv
from efficacy_analytics.lake.readers.csv_header import DELIMITERS, Line, first_lines
from efficacy_analytics.lake.readers.csv_lines import CsvForm
from efficacy_analytics.lake.readers.decompression import PIECE, encoding_of, opened_text, unpacked
from efficacy_analytics.lake.readers.duckdb import duckdb_tables, read_duckdb
from efficacy_analytics.lake.readers.excel import excel_sheets, excel_times
from efficacy_analytics.lake.readers.parquet import parquet_header, read_parquet
from efficacy_analytics.lake.readers.received import Received
from efficacy_analytics.lake.readers.workbook_safety import refuse_archive
from efficacy_analytics.lake.readers.xes import read_xes, xes_decoder

MOST_ROWS = 200_000
HEAD = 2**18
OF_A_TIME = (
    r"时间|時間|日期|开始|開始|结束|結束|完成|受理|到期"
    r"|(^|[^a-z])(date|time|start|begin|end|opened|closed|due|received|decided|completed)"
)
SERIALS = (20_000, 80_000)
"""The days by which workbooks keep times, from 1954 to 2119."""
COMMON_HANZI = r"[\u4e00-\u9fa5]{2,}"
WESTERN = ("utf-8", "cp1252", "mac_roman")


@dataclass(frozen=True)
class Sample:
    """Some rows of a table of an export.

    Attributes:
        name: how its file, sheet or database table is called.
        rows: the first rows, as text, by the export's names.
        place: the layout keys that say where it stands: `file`, `sheet`, `table`.
        kind: "rows", or of a log "traces" and "events".
        untidy: the headers that have more in them than anybody sees.
        twice: the headers that several columns have: `rows` are without them.
    """

    name: str
    rows: pl.DataFrame
    place: dict[str, str] = field(default_factory=dict)
    kind: str = "rows"
    untidy: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a file looks like.

    Attributes:
        format: as a layout calls it.
        keys: what else a layout must say of it: `encoding`, `delimiter`, `header_line`.
        samples: its tables.
    """

    format: str
    keys: dict[str, Any]
    samples: Sequence[Sample]


ENOUGH_NAMED_SHARE = 0.6
A_VALUE = re.compile(r"^[+-]?\d+([.,:]\d+)*$|\d{4}[-/.年]\d|\d{6}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
"""What stands in no header."""
JSON = re.compile(rb"(\xef\xbb\xbf)?\s*(\[\s*[\[{\]]|\{\s*[\"}])")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""What stands in no header of a text."""


def look_at(path: Path) -> Look:
    """What a file looks like.

    Raises:
        InputRefusedError: it is empty, broken, or nothing that can be read.
    """
    with unpacked(path) as file:
        head = file.read(HEAD)
    file_name = path.name.removesuffix(".gz")
    if head.startswith(b"PAR1"):
        names = parquet_header(path)
        rows = _first(read_parquet(path, [Asked(name) for name in _single(names)]))
        return Look("parquet", {}, [_sample(Path(file_name).stem, rows, {"file": path.name}, names)])
    if head[8:12] == b"DUCK":
        tables = duckdb_tables(path).items()
        return Look("database", {}, [_of_database(path, table, columns) for table, columns in tables])
    refuse_archive(path)
    if JSON.match(head):
        raise InputRefusedError(
            f"{path.name} is JSON, which is not read.", hint="export it as CSV, a workbook, XES or Parquet"
        )
    if zipfile.is_zipfile(path) or head.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _log(path)
    return _csv(path, file_name)


def _first(batches: Any) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    batch: Received
    for batch in batches:
        frames.append(batch.values)
        if sum(frame.height for frame in frames) >= MOST_ROWS:
            break
    return pl.concat(frames)


def _of_database(path: Path, table: str, columns: Sequence[str]) -> Sample:
    rows = _first(read_duckdb(path, table, [Asked(name) for name in _single(columns)]))
    return _sample(table.rpartition(".")[2], rows, {"table": table}, columns)


def _sample(name: str, rows: pl.DataFrame, place: dict[str, str], header: Sequence[str]) -> Sample:
    """A sample whose columns are called by the words of their headers."""
    words = {column: plain(column) for column in rows.columns}
    twice = tuple(dict.fromkeys(one for one in map(plain, header) if one and one not in words.values()))
    return Sample(name, rows.rename(words), place, untidy=tuple(untidy(words)), twice=twice)


def _single(names: Sequence[str]) -> list[str]:
    """The headers whose words no other column has."""
    words = [plain(name) for name in names]
    return [name for name, one in zip(names, words, strict=True) if one and words.count(one) == 1]


def _workbook(path: Path) -> Look:
    samples = []
    for name, cells in excel_sheets(path).items():
        rows = [[str(cell or "").strip() for cell in row] for row in cells.drop("line").rows()]
        header = _header_among([Line(row, number, number, 0) for number, row in enumerate(rows)])
        if header:
            below = pl.DataFrame(rows[header.first_line + 1 :], schema=_named(header.values), orient="row")
            filled = below.select(_empty_is_null())
            serials = [column for column in filled.columns if _are_serials(filled[column])]
            told = filled.with_columns(excel_times(path, filled[column]) for column in serials)
            samples.append(_sample(name, told, {"sheet": name}, header.values))
    return Look("excel", {}, samples)


def _are_serials(cells: pl.Series) -> bool:
    """Whether a column that is called after a time holds the numbers by which a workbook keeps times."""
    numbers = cells.drop_nulls().cast(pl.Float64, strict=False)
    if numbers.is_empty() or not re.search(OF_A_TIME, cells.name.lower()):
        return False
    return bool(numbers.is_between(*SERIALS).all()) and not numbers.has_nulls()


def _csv(path: Path, file_name: str) -> Look:
    encodings = _encodings(path)
    with opened_text(path, encodings) as text:
        content = text.read(HEAD).decode(errors="ignore")
    tried = [(mark, _header_among(first_lines(content, mark))) for mark in DELIMITERS]
    found = [(len(header.values), mark, header) for mark, header in tried if header]
    if not found:
        raise InputRefusedError(f"{path.name} has no header that can be told.", hint="write the layout by hand")
    _, delimiter, header = max(found, key=lambda one: one[0])
    if any(CONTROL.search(name) for name in header.values):
        raise InputRefusedError(
            f"{path.name} is no text: its first line has control characters.",
            hint='export it as CSV, a workbook, XES or Parquet; or name its encoding in a layout: encoding = "utf-16"',
        )
    names = [name.strip(" ") for name in header.values]
    form = CsvForm(encodings, delimiter, header.first_line)
    rows = _first(read_csv(path, [Asked(name) for name in _single(names)], form))
    keys: dict[str, Any] = {"encoding": list(encodings)} if encodings else {}
    if delimiter != ",":
        keys["delimiter"] = delimiter
    return Look("csv", keys, [_sample(Path(file_name).stem, rows, {"file": file_name}, names)])


def _encodings(path: Path) -> Sequence[str]:
    """The encodings to name: those of the West, where what GB18030 makes of the file is no Chinese."""
    try:
        encoding = encoding_of(path)
    except InputRefusedError as fault:
        if WESTERN[1] not in (fault.hint or ""):
            raise  # cut off, of two encodings, or another's: no encoding of the West mends that
        return WESTERN
    if encoding != "gb18030":
        return ()
    with opened_text(path) as text:
        letters = pl.Series([text.read(2**22).decode(errors="ignore")])
    return () if letters.str.contains(COMMON_HANZI).all() else WESTERN


def _header_among(lines: Sequence[Line]) -> Line | None:
    """The line that is likest a header: the first nearly as wide as most lines in which nothing looks like a value.

    Columns may be without a name, or have that of another; a day or a number in a line says that it is none.
    """
    if not lines:
        return None
    width = statistics.mode(len(_filled(line.values)) for line in lines[-20:])
    for line in lines:
        names = _filled(line.values)
        is_wide = len(names) >= max(ENOUGH_NAMED_SHARE * width, 2)
        if is_wide and len(set(names)) >= 2 and not any(A_VALUE.search(name) for name in names):
            return line
    return None


def _filled(values: Sequence[str]) -> list[str]:
    return [value.strip() for value in values if value.strip()]


def _named(names: Sequence[str]) -> dict[str, Any]:
    """Names for all columns: those without one, or with that of another, get their number."""
    single = set(_single(names))
    return {name if name in single else f"?{place}": pl.String for place, name in enumerate(names)}


def _empty_is_null() -> pl.Expr:
    return pl.when(pl.all().str.len_bytes() > 0).then(pl.all())


def _log(path: Path) -> Look:
    traces, events = _keys_of(path)
    frames: dict[str, list[pl.DataFrame]] = {"traces": [], "events": []}
    for some in read_xes(path, trace_keys=traces, event_keys=events):
        frames[some.kind].append(some.rows.values)
        if sum(frame.height for frame in frames["events"]) >= MOST_ROWS:
            break
    samples = [Sample(kind, pl.concat(parts), kind=kind) for kind, parts in frames.items() if parts]
    return Look("xes", {}, samples)


def _keys_of(path: Path) -> tuple[list[str], list[str]]:
    """The keys that traces and events have, in the order in which they first occur, in the first pieces of a log."""
    found: dict[str, dict[str, None]] = {"trace": {}, "event": {}}
    open_tags: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        parent = open_tags[-1] if open_tags else ""
        if parent in found and "key" in attributes:
            found[parent][attributes["key"]] = None
        open_tags.append(tag.rpartition(":")[2])

    def doctype(*_: object) -> None:
        raise expat.ExpatError

    decoder = xes_decoder(path)
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_tags.pop()
    with unpacked(path) as file:
        try:
            for _ in range(64):
                piece = file.read(PIECE)
                parser.Parse(decoder.decode(piece).encode() if decoder else piece)
        except (expat.ExpatError, UnicodeError):
            pass  # read_xes says what is wrong
    return list(found["trace"]), list(found["event"])

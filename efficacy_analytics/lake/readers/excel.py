"""Rows of a sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods): what its cells hold, never what a formula would do.

A row's line is its row in the sheet. Excel keeps dates as days since 1900 (or 1904), with a fraction for the time: a
moment at midnight is a day, and where a time is asked for and a cell holds a plain number, it is such a serial. The
header is the first row that has the columns asked for. Blank rows are no rows.

A sheet is held in memory while it is read: it has at most 1,048,576 rows.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.errors import EfficacyError, InputRefusedError
from efficacy_analytics.lake.readers.columns import Asked, found_count, places_in, refused_columns
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, nothing_received, received
from efficacy_analytics.lake.readers.typed import as_text, numbered
from efficacy_analytics.lake.readers.workbook_safety import checked_workbook

SEARCHED_ROWS = 100
SERIAL = r"^[0-9]{1,7}(?:\.[0-9]+)?$"
LONG_NUMBER = r"^-?[0-9]{16,}$"
MIDNIGHT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00$"
DAY_ZERO = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
MILLISECONDS_OF_A_DAY = 86_400_000
DAY_LENGTH = len("2024-03-29")


def read_excel(
    path: Path,
    sheet: str | None,
    asked: Sequence[Asked],
    *,
    header_line: int | None = None,
    on_progress: OnProgress = None,
) -> Iterator[Received]:
    """The rows of a sheet, every value as text; at least one batch, which may be empty.

    Args:
        path: the workbook.
        sheet: the sheet's name; None for the first.
        asked: the columns asked for.
        header_line: the row of the header; None: the first that has the columns.
        on_progress: called with the workbook's and the sheet's name and the number of rows read so far.

    Raises:
        InputRefusedError: it is no workbook, unpacks without bound, or has no such sheet or column.
    """
    from_1904 = checked_workbook(path)
    place, rows = excel_place(path, sheet), _rows(path, sheet)
    header, places = _header(rows, asked, header_line, place)
    below = _below(rows, header)
    count = 0
    for begin in range(0, below.height, BATCH):
        some = below.slice(begin, BATCH)
        values = {
            column.name: _nulls(some.height) if at is None else _value(some[str(at)], column, from_1904)
            for column, at in zip(asked, places, strict=True)
        }
        yield received(values, file=place, first_row=begin, lines=some["line"])
        count += some.height
        if on_progress:
            on_progress(place, count)
    if not count:
        yield nothing_received([column.name for column in asked], place)


def excel_originals(
    path: Path, sheet: str | None, asked: Sequence[Asked], wanted: pl.Series, *, header_line: int | None = None
) -> Iterator[tuple[int, str]]:
    """The rows asked for (sorted) as JSON objects, with their numbers; arguments as for `read_excel`."""
    checked_workbook(path)
    rows = _rows(path, sheet)
    header, _ = _header(rows, asked, header_line, excel_place(path, sheet))
    names = _single(rows.drop("line").row(header))
    below = _below(rows, header).drop("line")
    for row in wanted:
        cells = {name: cell for name, cell in zip(names, below.row(row), strict=True) if name[0] != "?" or cell}
        yield row, json.dumps(cells, ensure_ascii=False)


def excel_columns(
    path: Path, sheet: str | None, asked: Sequence[Asked], *, header_line: int | None = None
) -> list[str]:
    """The names of all columns of a sheet; arguments as for `read_excel`."""
    rows = _rows(path, sheet, count=None if header_line else SEARCHED_ROWS)
    header, _ = _header(rows, asked, header_line, excel_place(path, sheet))
    return [str(name) for name in rows.drop("line").row(header) if name]


def excel_sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets, in their order."""
    return list(_workbook(path).sheet_names)


def excel_place(path: Path, sheet: str | None) -> str:
    """How the rows of a sheet say where they stand."""
    return f"{path.name}#{sheet}" if sheet else path.name


def excel_sheets(path: Path) -> dict[str, pl.DataFrame]:
    """The sheets of a workbook and their first rows, as text, with `line`."""
    checked_workbook(path)
    return {name: _rows(path, name, count=SEARCHED_ROWS) for name in _workbook(path).sheet_names}


def excel_times(path: Path, cells: pl.Series) -> pl.Series:
    """A column's cells as they are read where a time is asked for: plain numbers are serials of the workbook."""
    return _times_of_serials(cells, checked_workbook(path))


def _workbook(path: Path) -> Any:
    import fastexcel

    return _opened(path, lambda: fastexcel.read_excel(str(path)))


def _opened(path: Path, call: Any) -> Any:
    """What the reader gives; its faults as one of ours, also where it panics."""
    try:
        return call()
    except EfficacyError:
        raise
    except BaseException as fault:
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        raise InputRefusedError(
            f"{path.name} is broken, protected, or no workbook.", hint="open it and save it again, as .xlsx"
        ) from None


def _rows(path: Path, sheet: str | None, *, count: int | None = None) -> pl.DataFrame:
    """All rows of a sheet as text, their columns by number, with `line`, the row in the sheet."""
    workbook = _workbook(path)
    names = workbook.sheet_names
    if sheet is not None and sheet not in names:
        raise InputRefusedError(f"{path.name} has no sheet '{sheet}'.", hint=f"its sheets: {', '.join(names)}")
    if not names:
        raise InputRefusedError(f"{path.name} has no sheet.", hint="save it again")
    given = {"header_row": None, "skip_rows": 0, "n_rows": count, "dtypes": "string"}
    frame = _opened(path, lambda: workbook.load_sheet(sheet or names[0], **given).to_polars())
    if any(column.str.contains(LONG_NUMBER).any() for column in frame):
        given["dtypes"] = "boolean"  # of numbers a truth, of texts nothing: tells a long number from a text of digits
        numbers = _opened(path, lambda: workbook.load_sheet(sheet or names[0], **given).to_polars())
        frame = frame.with_columns(_as_shown(column, numbers[column.name].is_not_null()) for column in frame)
    return numbered(frame).with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"))


def _as_shown(cells: pl.Series, is_number: pl.Series) -> pl.Series:
    """The cells of a column, numbers of more digits than a workbook keeps as it shows them: 3.60102202400001E+17."""
    is_long = cells.str.contains(LONG_NUMBER).fill_null(False) & is_number
    texts = [f"{float(cell):.14E}" if long else cell for cell, long in zip(cells, is_long, strict=True)]
    return pl.Series(cells.name, texts, dtype=pl.String) if is_long.any() else cells


def _header(
    rows: pl.DataFrame, asked: Sequence[Asked], header_line: int | None, place: str
) -> tuple[int, Sequence[int | None]]:
    """The place of the header among the rows, and that of each column asked for."""
    tried = rows.drop("line").head(SEARCHED_ROWS) if header_line is None else rows.drop("line")[header_line - 1]
    first = 0 if header_line is None else header_line - 1
    candidates = [[str(cell or "") for cell in row] for row in tried.rows()]
    for number, names in enumerate(candidates):
        places = places_in(names, asked)
        if places is not None:
            return first + number, places
    if not any(any(names) for names in candidates):
        raise InputRefusedError(f"{place} is empty.", hint="its first row must name the columns")
    likest = max(candidates, key=lambda names: found_count(names, asked))
    raise refused_columns(place, likest if any(likest) else max(candidates, key=any), asked)


def _single(header: Sequence[str | None]) -> list[str]:
    """Names of columns, each once: one without a name, or with that of an earlier one, is called by its number."""
    names = [str(name or "").strip() for name in header]
    return [
        name if name and name not in names[:place] else f"?{place + 1} {name}".strip()
        for place, name in enumerate(names)
    ]


def _below(rows: pl.DataFrame, header: int) -> pl.DataFrame:
    """The rows below the header that are not blank."""
    is_blank = pl.all_horizontal(pl.col(pl.String).is_null() | (pl.col(pl.String).str.strip_chars() == ""))
    return rows.slice(header + 1).filter(~is_blank)


def _value(cells: pl.Series, column: Asked, from_1904: bool) -> pl.Series:
    """A column's cells; a moment at midnight is a day, and where a time is asked for a number is a serial."""
    text = _times_of_serials(cells, from_1904) if column.is_time else cells
    is_day = text.str.contains(MIDNIGHT).fill_null(False)
    return text.str.slice(0, DAY_LENGTH).zip_with(is_day, text) if is_day.any() else text


def _times_of_serials(cells: pl.Series, from_1904: bool) -> pl.Series:
    is_serial = cells.str.contains(SERIAL).fill_null(False)
    if not is_serial.any():
        return cells
    days = pl.select(pl.when(is_serial).then(cells)).to_series().cast(pl.Float64)
    elapsed = (days * MILLISECONDS_OF_A_DAY).round().cast(pl.Int64).cast(pl.Duration("ms"))
    times = as_text((elapsed + DAY_ZERO[from_1904]).cast(pl.Datetime("ms")), file="")
    return times.zip_with(is_serial, cells)


def _nulls(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)

"""Which reader reads a source of a layout, and what it is asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.layouts.keys import JOINT
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource
from efficacy_analytics.lake.readers.columns import Asked
from efficacy_analytics.lake.readers.csv import Head, csv_head, csv_originals, read_csv
from efficacy_analytics.lake.readers.csv_lines import CsvForm
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.duckdb import duckdb_columns, duckdb_originals, duckdb_place, read_duckdb
from efficacy_analytics.lake.readers.excel import (
    excel_columns,
    excel_originals,
    excel_place,
    excel_sheet_names,
    read_excel,
)
from efficacy_analytics.lake.readers.parquet import parquet_header, parquet_originals, read_parquet
from efficacy_analytics.lake.readers.received import Received

TIME_ENDINGS = ("_at", "_on", "_from", "_until")


def read_source(
    layout: Layout, source: TableSource, path: Path, names: Sequence[str], on_progress: OnProgress
) -> Iterator[Received]:
    """The rows of a source in one of its files.

    Args:
        layout: the layout.
        source: the source.
        path: the file.
        names: the export's columns that are needed.
        on_progress: called with the file's name and the number of rows read so far.
    """
    asked = _asked(source, names)
    match _reader(layout, path):
        case "excel":
            line = source.header_line or layout.header_line
            return read_excel(path, source.sheet or layout.sheet, asked, header_line=line, on_progress=on_progress)
        case "parquet":
            return read_parquet(path, asked, on_progress=on_progress)
        case "duckdb":
            return read_duckdb(path, str(source.relation), asked, on_progress=on_progress)
        case _:
            return read_csv(path, asked, _csv_form(layout, source), on_progress=on_progress)


def source_originals(
    layout: Layout, source: TableSource, path: Path, names: Sequence[str], wanted: pl.Series
) -> Iterator[tuple[int, str]]:
    """The text of rows of a source by their number in the file; of a row that is no text, its columns as JSON.

    Args:
        layout: the layout.
        source: the source.
        path: the file.
        names: the export's columns that are needed.
        wanted: the numbers of the rows, sorted.
    """
    asked = _asked(source, names)
    match _reader(layout, path):
        case "excel":
            line = source.header_line or layout.header_line
            return excel_originals(path, source.sheet or layout.sheet, asked, wanted, header_line=line)
        case "parquet":
            return parquet_originals(path, wanted)
        case "duckdb":
            return duckdb_originals(path, str(source.relation), wanted)
        case _:
            return csv_originals(path, asked, wanted, _csv_form(layout, source))


def source_head(layout: Layout, source: TableSource, path: Path, names: Sequence[str]) -> Head | None:
    """What stands before the first row of a source in a file; None where it is no CSV.

    Args:
        layout: the layout.
        source: the source.
        path: the file.
        names: the export's columns that are needed.
    """
    if _reader(layout, path) != "csv":
        return None
    return csv_head(path, _asked(source, names), _csv_form(layout, source))


def columns_of(layout: Layout, source: TableSource, path: Path, names: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The place of a source in a file, and the names of all columns that stand there.

    Args:
        layout: the layout.
        source: the source.
        path: the file.
        names: the export's columns that are needed.
    """
    place = place_in(layout, source, path)
    match _reader(layout, path):
        case "excel":
            line = source.header_line or layout.header_line
            return place, excel_columns(path, source.sheet or layout.sheet, _asked(source, names), header_line=line)
        case "parquet":
            return place, parquet_header(path, _asked(source, names))
        case "duckdb":
            return place, duckdb_columns(path, str(source.relation))
        case _:
            return place, csv_head(path, _asked(source, names), _csv_form(layout, source)).columns


def sheets_left_alone(layout: Layout, sources: Sequence[TableSource], path: Path) -> list[str]:
    """The sheets of a workbook that none of the sources is read from; a source without a sheet is read from the first.

    Args:
        layout: the layout.
        sources: those of all its tables.
        path: the workbook.
    """
    sheets = excel_sheet_names(path)
    read = {source.sheet or layout.sheet or sheets[0] for source in sources if sheets}
    return [sheet for sheet in sheets if sheet not in read]


def place_in(layout: Layout, source: TableSource, path: Path) -> str:
    """How the rows of a source say in which file they stand: with the sheet or table, where a file has several."""
    match _reader(layout, path):
        case "excel":
            return excel_place(path, source.sheet or layout.sheet)
        case "duckdb":
            return duckdb_place(path, str(source.relation))
        case _:
            return path.name


def _reader(layout: Layout, path: Path) -> str:
    """A database is read from its file, or from the Parquet files into which it was pulled."""
    if layout.format == "database":
        return "parquet" if path.suffix.lower() == ".parquet" else "duckdb"
    return layout.format


def _asked(source: TableSource, names: Sequence[str]) -> list[Asked]:
    times = {
        name
        for columns in (source.columns, source.case)
        for column, name in columns.items()
        if column.endswith(TIME_ENDINGS)
    }
    parts = dict.fromkeys(part for name in names for part in name.split(JOINT))
    return [Asked(part, source.others.get(part, ()), part in source.may_lack, part in times) for part in parts]


def _csv_form(layout: Layout, source: TableSource) -> CsvForm:
    return CsvForm(layout.encodings, layout.delimiter, source.header_line or layout.header_line)

"""Which reader reads a source of a layout, and what it is asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.layout_keys import JOINT
from efficacy_analytics.lake.layout_sources import TableSource
from efficacy_analytics.lake.layouts import Layout
from efficacy_analytics.lake.readers_columns import Asked
from efficacy_analytics.lake.readers_csv import csv_originals, read_csv
from efficacy_analytics.lake.readers_csv_lines import CsvForm
from efficacy_analytics.lake.received import Received
from efficacy_analytics.lake.unpacked import Told


def read_source(
    layout: Layout, source: TableSource, path: Path, names: Sequence[str], told: Told
) -> Iterator[Received]:
    """The rows of a source in one of its files.

    Args:
        layout: the layout.
        source: the source.
        path: the file.
        names: the export's columns that are needed.
        told: called with the file's name and the number of rows read so far.
    """
    asked = _asked(source, names)
    return read_csv(path, asked, _csv_form(layout, source), told=told)


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
    return csv_originals(path, asked, wanted, _csv_form(layout, source))


def place_in(layout: Layout, source: TableSource, path: Path) -> str:
    """How a row's file is called: with its sheet or table, where a file has several."""
    return path.name


def _asked(source: TableSource, names: Sequence[str]) -> list[Asked]:
    parts = dict.fromkeys(part for name in names for part in name.split(JOINT))
    return [Asked(part, source.others.get(part, ()), part in source.may_lack) for part in parts]


def _csv_form(layout: Layout, source: TableSource) -> CsvForm:
    return CsvForm(layout.encodings, layout.delimiter, source.header_line or layout.header_line)

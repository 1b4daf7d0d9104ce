"""What the office keeps by hand for the clock, read from the CSV files of a reference folder.

A file that is not there has no rows: a lake need only keep what differs.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import polars as pl

from efficacy_analytics.errors import CallError

Cell: TypeAlias = str | int | float | bool | dt.date | None


def reference_rows(path: Path, *columns: str) -> list[dict[str, str]]:
    """The rows of a reference file, each with at least the columns named; none where the file is not there.

    Raises:
        CallError: a column is missing, or a row has too few or too many cells.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise CallError(f"{path} has no column {', '.join(missing)}.", hint=f"its columns: {', '.join(columns)}")
        rows = list(reader)
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise CallError(f"{path} line {line} has a wrong number of cells.", hint="quote a cell that holds a comma")
    return rows


def typed_row(row: Mapping[str, str], schema: Mapping[str, type[pl.DataType]], path: Path) -> tuple[Cell, ...]:
    """The cells of a row of a reference file in the order of a schema; an empty one is null.

    Raises:
        CallError: a cell is no day, no number, or neither true nor false, where its column holds that.
    """
    return tuple(_cell(row[column].strip(), kind, path) for column, kind in schema.items())


def _cell(text: str, kind: type[pl.DataType], path: Path) -> Cell:
    if not text:
        return None
    if kind == pl.Boolean:
        return read_truth(text, path)
    if kind == pl.Date:
        return read_day(text, path)
    if kind == pl.Int32:
        if not text.isdigit():
            raise CallError(f"{path} has {text!r} where a whole number is due.", hint="write digits only")
        return int(text)
    if kind == pl.Float64:
        try:
            return float(text)
        except ValueError:
            raise CallError(f"{path} has {text!r} where a number is due.", hint="write digits only") from None
    return text


def read_day(text: str, path: Path) -> dt.date:
    """A day of a reference file, written 2027-01-01.

    Raises:
        CallError: it is not a day.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise CallError(f"{path} has {text!r} where a day is due.", hint="write days as 2027-01-01") from None


def read_truth(text: str, path: Path) -> bool:
    """A yes or no of a reference file, written true or false.

    Raises:
        CallError: it is neither.
    """
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise CallError(f"{path} has {text!r} where true or false is due.", hint="write true or false")
    return word == "true"

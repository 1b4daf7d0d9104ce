"""A table on stdout or in a file: drawn for people, or as JSON, CSV or Parquet for scripts."""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import polars as pl
from rich.cells import cell_len

from efficacy_analytics.errors import CallError

FORMATS = ("table", "json", "csv", "parquet")
FORMULA = r"=+\-@\t\r\n＝＋－＠"
"""What begins a formula in a spreadsheet, as a set for a regular expression; the wide forms too."""
NUMBER = r"^[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?$"
CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233), "�")
"""Control characters: in a terminal they would do something, or break the line."""
ROWS_OF_A_GROUP = 100_000
"""Of a Parquet file, which a reader may take in piece by piece."""
MOST_ROWS = 200
MOST_COLUMNS = 13


def checked_format(form: str, output: Path | None, *, others: Sequence[str] = ()) -> None:
    """Refuses a format there is not, before any work is done.

    Args:
        form: the format asked for.
        output: the file to write to, if any.
        others: further formats that the command knows, for the hint.

    Raises:
        CallError: the format is unknown, or Parquet is asked for without a file.
    """
    if form not in FORMATS:
        raise CallError(f"there is no format '{form}'.", hint=f"one of: {', '.join((*FORMATS, *others))}")
    if form == "parquet" and output is None:
        raise CallError("Parquet is not for the screen.", hint="add --output FILE")


def write_table(table: pl.DataFrame, form: str, output: Path | None) -> None:
    """Writes a table in a format to a file, whose name is then printed, or to stdout.

    Args:
        table: any grain; times become ISO 8601 text in JSON and CSV.
        form: table, json (an array of records), csv or parquet.
        output: the file; without it stdout.
    """
    checked_format(form, output)
    if form == "parquet" and output is not None:
        write_parquet(table, output)
    else:
        text = _text(table, form)
        if output is None:
            sys.stdout.write(text)
            return
        output.write_text(text, encoding="utf-8")
    print(output)


def write_parquet(table: pl.DataFrame, file: Path) -> None:
    """Writes a table as Parquet: the same bytes in however many pieces an engine handed it over."""
    table.rechunk().write_parquet(file, row_group_size=ROWS_OF_A_GROUP)


def csv_text(table: pl.DataFrame) -> str:
    """A table as CSV: times as ISO 8601 text, lists as JSON arrays, no text that a spreadsheet would run."""
    return _csv(_plain(table))


def _text(table: pl.DataFrame, form: str) -> str:
    if form == "table":
        return drawn(table)
    plain = _plain(table)
    return _csv(plain) if form == "csv" else json.dumps(plain.to_dicts(), ensure_ascii=False, indent=1) + "\n"


def _csv(table: pl.DataFrame) -> str:
    """CSV, with lists as JSON arrays in their cell, and no text that a spreadsheet would take for a formula."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    arrays = {
        name: [None if value is None else json.dumps(list(value), ensure_ascii=False) for value in table[name]]
        for name in lists
    }
    written = table.with_columns(pl.Series(name, values, dtype=pl.String) for name, values in arrays.items())
    # polars leaves a carriage return unquoted, and what follows it would begin a row of its own
    texts = [name for name, kind in written.schema.items() if kind == pl.String]
    has_return = any(written[name].str.contains("\r").any() for name in texts)
    style: Literal["non_numeric", "necessary"] = "non_numeric" if has_return else "necessary"
    return written.with_columns(_without_formulas(name) for name in texts).write_csv(quote_style=style)


def _without_formulas(column: str) -> pl.Expr:
    """One apostrophe before a text that begins like a formula, unless it is a number.

    To undo it, take one apostrophe away from every text that begins with apostrophes and then one of `FORMULA`: a text
    that had apostrophes there of its own has got one more.
    """
    text = pl.col(column)
    is_formula = text.str.contains(f"^'*[{FORMULA}]") & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Instants and dates as ISO 8601 text."""
    instants = [name for name, kind in table.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone]
    locals_ = [name for name, kind in table.schema.items() if isinstance(kind, pl.Datetime) and not kind.time_zone]
    dates = [name for name, kind in table.schema.items() if kind == pl.Date]
    return table.with_columns(
        pl.col(instants).dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z"),
        pl.col(locals_).dt.strftime("%Y-%m-%dT%H:%M:%S%.f"),
        pl.col(dates).dt.strftime("%Y-%m-%d"),
    )


def drawn(table: pl.DataFrame) -> str:
    """The first rows and columns, aligned, unwrapped: as wide as they are."""
    shown = table.select(table.columns[:MOST_COLUMNS]).head(MOST_ROWS)
    columns = [[name, *(_cell(value) for value in shown[name])] for name in shown.columns]
    widths = [max(cell_len(cell) for cell in column) for column in columns]
    right = [kind.is_numeric() for kind in shown.dtypes]
    lines = [
        "  ".join(
            _aligned(cell, width, is_right) for cell, width, is_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in zip(*columns, strict=True)
    ]
    return "\n".join([*lines, *_left_out(table)]) + "\n"


def _left_out(table: pl.DataFrame) -> list[str]:
    if table.is_empty():
        return ["(no rows)"]
    rows, columns = table.height - MOST_ROWS, table.width - MOST_COLUMNS
    told = [f"{rows:,} more rows"] * (rows > 0) + [f"{columns} more columns"] * (columns > 0)
    return [f"… {' and '.join(told)}: --format csv shows all"] if told else []


def _aligned(cell: str, width: int, is_right: bool) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if is_right else cell + space


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 1 else f"{value:,.1f}"
    if isinstance(value, pl.Series | list):
        return " → ".join(_cell(part) for part in value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value).translate(CONTROLS)

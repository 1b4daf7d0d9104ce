"""A table on stdout or in a file: drawn for people, or as JSON, CSV or Parquet for scripts."""

import sys
from pathlib import Path
from typing import Any

import polars as pl

from efficacy_analytics.errors import CallError

FORMATS = ("table", "json", "csv", "parquet")


def checked_format(form: str, output: Path | None) -> None:
    """Refuses a format there is not, before any work is done.

    Raises:
        CallError: the format is unknown, or Parquet is asked for without a file.
    """
    if form not in FORMATS:
        raise CallError(f"there is no format '{form}'.", hint=f"one of: {', '.join(FORMATS)}")
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
        table.write_parquet(output)
    else:
        text = _text(table, form)
        if output is None:
            sys.stdout.write(text)
            return
        output.write_text(text, encoding="utf-8")
    print(output)


def _text(table: pl.DataFrame, form: str) -> str:
    if form == "table":
        return _drawn(table)
    plain = _plain(table)
    return plain.write_csv() if form == "csv" else _json(plain)


def _json(table: pl.DataFrame) -> str:
    import json

    return json.dumps(table.to_dicts(), ensure_ascii=False, indent=1) + "\n"


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Times as ISO 8601 with their offset, dates as text."""
    zoned = [name for name, kind in table.schema.items() if isinstance(kind, pl.Datetime)]
    dated = [name for name, kind in table.schema.items() if kind == pl.Date]
    return table.with_columns(
        *(
            pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.f%:z" if _has_zone(table, name) else "%Y-%m-%dT%H:%M:%S%.f")
            for name in zoned
        ),
        *(pl.col(name).dt.strftime("%Y-%m-%d") for name in dated),
    )


def _has_zone(table: pl.DataFrame, name: str) -> bool:
    kind = table.schema[name]
    return isinstance(kind, pl.Datetime) and kind.time_zone is not None


def _drawn(table: pl.DataFrame) -> str:
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, header_style="bold", pad_edge=False)
    for name, kind in table.schema.items():
        shown.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in table.head(200).iter_rows():
        shown.add_row(*(_cell(value) for value in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 240)
    with console.capture() as capture:
        console.print(shown)
    more = f"… and {table.height - 200:,} more rows (--format csv shows all)\n" if table.height > 200 else ""
    return capture.get() + more


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.1f}"
    if isinstance(value, list):
        return " → ".join(str(part) for part in value)
    return str(value)

"""The tables of a delivery as received, batch by batch: the contract's columns, still text, wherever they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.layout_keys import EVENT_CONSTANTS, JOINT, TABLE_COLUMNS
from efficacy_analytics.lake.layouts import Layout
from efficacy_analytics.lake.readers_csv import csv_originals, read_csv
from efficacy_analytics.lake.readers_xes import TRANSITION, read_xes, xes_originals
from efficacy_analytics.lake.received import BATCH, Received
from efficacy_analytics.lake.unpacked import Told

LIMIT_PARTS = ("limit", "length", "unit")
ORIGINALS = {"source_file": pl.String, "source_row": pl.Int64, "original": pl.String}


@dataclass(frozen=True)
class Batch:
    """Some rows of one table, at most `received.BATCH` of them, before anything is judged.

    Attributes:
        table: a table of the contract: "events", "cases", "clock_stops" …
        rows: the contract's columns as text, with `position` (of the row in its table in the delivery, from 0),
            `source_file`, `source_line`, `source_row` and `rule` (the reader's own refusal, else null). Events of an
            XES log also have `transition` and `trace_position`, the position of their trace among the cases (null
            outside any trace): their `case_id` is null, as a trace may give its id after its events.
    """

    table: str
    rows: pl.DataFrame


def rows_are_cases(layout: Layout) -> bool:
    """Whether the rows of events carry the columns of their case: `cases` are then these same rows."""
    return layout.format != "xes" and ("cases" not in layout.tables or not layout.has_files)


def delivered(layout: Layout, files: Mapping[str, Sequence[Path]], told: Told = None) -> Iterator[Batch]:
    """Reads the files of a delivery; each of its tables gives at least one batch, which may be empty.

    Where `rows_are_cases`, each stretch of rows comes twice with the same positions: as "events", then as "cases".

    Args:
        layout: how to read them.
        files: the files of each of the layout's own tables; under "events" where tables have no files.
        told: called with a file's name and the number of rows read so far.
    """
    if layout.format == "xes":
        yield from _of_log(layout, files["events"], told)
        return
    for table, paths in files.items():
        parts = [table, "cases"] if table == "events" and rows_are_cases(layout) else [table]
        yield from _of_rows(layout, parts, paths, told)


def originals(layout: Layout, paths: Sequence[Path], table: str, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The original text of refused rows, batch by batch.

    Args:
        layout: how the files were read.
        paths: the files of the table.
        table: the table.
        wanted: `source_file`, `source_row` of the rows asked for.

    Yields:
        One row per row asked for: `source_file`, `source_row`, `original`; in the order of files and rows.
    """
    for path in paths:
        rows = wanted.filter(pl.col("source_file") == path.name)["source_row"].unique().sort()
        if rows.is_empty():
            continue
        if layout.format == "xes":
            texts = xes_originals(path, rows, "traces" if table == "cases" else "events", encoding=layout.encoding)
        else:
            texts = csv_originals(path, rows, encoding=layout.encoding)
        while some := list(islice(texts, BATCH)):
            yield pl.DataFrame([(path.name, row, text) for row, text in some], schema=ORIGINALS, orient="row")


def _of_rows(layout: Layout, parts: Sequence[str], paths: Sequence[Path], told: Told) -> Iterator[Batch]:
    names = list(dict.fromkeys(name for part in parts for name in _names(layout, part)))
    count = 0
    for path in paths:
        for rows in read_csv(path, names, encoding=layout.encoding, told=told):
            tables = {part: _part(layout, part, rows, count) for part in parts}
            if len(parts) > 1:
                tables["cases"] = tables["cases"].with_columns(tables["events"]["case_id"])
            yield from (Batch(table, frame) for table, frame in tables.items())
            count += rows.height


def _of_log(layout: Layout, paths: Sequence[Path], told: Told) -> Iterator[Batch]:
    trace_keys, event_keys = _names(layout, "cases"), _names(layout, "events")
    count = {"traces": 0, "events": 0}
    for path in paths:
        first_trace = count["traces"]
        for some in read_xes(path, trace_keys=trace_keys, event_keys=event_keys, encoding=layout.encoding, told=told):
            first, count[some.kind] = count[some.kind], count[some.kind] + some.rows.height
            if some.kind == "traces":
                yield Batch("cases", _part(layout, "cases", some.rows, first))
            else:
                yield Batch(
                    "events",
                    _part(layout, "events", some.rows, first).with_columns(
                        some.rows.values[TRANSITION].alias("transition"),
                        (some.trace_rows + first_trace).alias("trace_position"),
                    ),
                )


def _names(layout: Layout, table: str) -> list[str]:
    """The export's columns that a table needs, each once."""
    source = layout.tables.get(table)
    columns = dict(source.columns) if source else {}
    replaced = _constants(layout, table)
    wanted = [part for column, name in columns.items() if column not in replaced for part in name.split(JOINT)]
    if table == "events" and layout.activity_labels:
        wanted.append(layout.activity_labels)
    if table == "cases":
        wanted += layout.case_extra.values()
    return list(dict.fromkeys(wanted))


def _constants(layout: Layout, table: str) -> dict[str, str | None]:
    """The columns of a table that constants give; one part of a limit replaces all of its parts."""
    own = EVENT_CONSTANTS if table == "events" else TABLE_COLUMNS["cases"] if table == "cases" else ()
    given: dict[str, str | None] = {}
    for name in ("statutory", "promised"):
        parts = [f"{name}_{part}" for part in LIMIT_PARTS]
        if set(parts) & set(layout.constants) and set(parts) <= set(own):
            given |= dict.fromkeys(parts)
    return given | {column: value for column, value in layout.constants.items() if column in own}


def _part(layout: Layout, table: str, rows: Received, first: int) -> pl.DataFrame:
    """The columns of one table of the contract, null where neither the export nor a constant gives them.

    Its positions begin at `first`.
    """
    source = layout.tables.get(table)
    constants = _constants(layout, table)
    named = {column: name for column, name in (source.columns if source else {}).items() if column not in constants}
    if table == "events" and layout.activity_labels:
        named["activity_label"] = layout.activity_labels
    if table == "cases":
        named |= layout.case_extra
    columns = [*TABLE_COLUMNS[table], *(["activity_label"] if table == "events" else [])]
    absent = {column: constants.get(column) for column in columns if column not in named}
    place = rows.place.select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("position"),
        "source_file",
        "source_line",
        "source_row",
        rule="fault",
    )
    return place.hstack([_value(rows, name).alias(column) for column, name in named.items()]).with_columns(
        pl.lit(value, pl.String).alias(column) for column, value in absent.items()
    )


def _value(rows: Received, name: str) -> pl.Series:
    """A column of the export; several together are one text, and missing where one of them is."""
    parts = name.split(JOINT)
    return rows.values[name] if len(parts) == 1 else rows.values.select(pl.concat_str(parts, separator="/")).to_series()

"""The tables of a delivery as received: the contract's columns, still text, wherever the export has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.layout_keys import EVENT_CONSTANTS, JOINT, TABLE_COLUMNS
from efficacy_analytics.lake.layouts import Layout
from efficacy_analytics.lake.readers_csv import csv_header, csv_originals, read_csv
from efficacy_analytics.lake.readers_xes import TRANSITION, read_xes, xes_originals
from efficacy_analytics.lake.received import Received, joined
from efficacy_analytics.lake.unpacked import Told

LIMIT_PARTS = ("limit", "length", "unit")


@dataclass(frozen=True)
class Delivered:
    """What a delivery holds, before anything is judged.

    Attributes:
        tables: the contract's table to its rows, as text, with `position` (in the delivery), the place in the
            source and `rule` (the reader's own refusal, else null). `events` of an XES log have `transition`.
        rows_are_cases: the rows of `events` carry the columns of their case; `cases` are these same rows.
    """

    tables: Mapping[str, pl.DataFrame]
    rows_are_cases: bool


def delivered(layout: Layout, files: Mapping[str, Sequence[Path]], told: Told = None) -> Delivered:
    """Reads the files of a delivery.

    Args:
        layout: how to read them.
        files: the files of each of the layout's own tables; under "events" where tables have no files.
        told: called with a file's name and the number of rows read so far.
    """
    if layout.format == "xes":
        return _of_log(layout, files["events"], told)
    has_case_rows = "cases" not in layout.tables or not layout.has_files
    tables: dict[str, pl.DataFrame] = {}
    for table, paths in files.items():
        sources = [table, "cases"] if table == "events" and has_case_rows else [table]
        names = dict.fromkeys(name for source in sources for name in _names(layout, source))
        rows = joined([read_csv(path, list(names), encoding=layout.encoding, told=told) for path in paths])
        for source in sources:
            tables[source] = _part(layout, source, rows)
    if has_case_rows:
        tables["cases"] = tables["cases"].with_columns(tables["events"]["case_id"])
    return Delivered(tables, has_case_rows)


def originals(layout: Layout, paths: Sequence[Path], table: str, wanted: pl.DataFrame) -> pl.DataFrame:
    """The original text of refused rows.

    Args:
        layout: how the files were read.
        paths: the files of the table.
        table: the table.
        wanted: `source_file`, `source_row` of the rows asked for.

    Returns:
        One row per row asked for: `source_file`, `source_row`, `original`.
    """
    kind = "traces" if table == "cases" else "events"
    frames = []
    for path in paths:
        rows = set(wanted.filter(pl.col("source_file") == path.name)["source_row"].to_list())
        if not rows:
            continue
        if layout.format == "xes":
            asked = {"traces": set(), "events": set(), kind: rows}
            texts = xes_originals(path, asked, encoding=layout.encoding)[kind]
        else:
            texts = csv_originals(path, rows, encoding=layout.encoding)
        frames.append(
            pl.DataFrame(
                {"source_file": path.name, "source_row": list(texts), "original": list(texts.values())},
                schema={"source_file": pl.String, "source_row": pl.Int64, "original": pl.String},
            )
        )
    return pl.concat(frames)


def headers_of(layout: Layout, paths: Sequence[Path]) -> dict[str, tuple[list[str], str]]:
    """The columns of CSV files and what stands between them, by the name of the file; nothing for other formats."""
    return {path.name: (csv_header(path, encoding=layout.encoding), ",") for path in paths if layout.format == "csv"}


def _of_log(layout: Layout, paths: Sequence[Path], told: Told) -> Delivered:
    trace_keys, event_keys = _names(layout, "cases"), _names(layout, "events")
    logs = [
        read_xes(path, trace_keys=trace_keys, event_keys=event_keys, encoding=layout.encoding, told=told)
        for path in paths
    ]
    traces, events = joined([log.traces for log in logs]), joined([log.events for log in logs])
    firsts = [sum(log.traces.height for log in logs[:place]) for place in range(len(logs))]
    trace = pl.concat([log.trace_of_event + first for log, first in zip(logs, firsts, strict=True)])
    cases = _part(layout, "cases", traces)
    of_event = cases["case_id"].gather(trace)
    steps = _part(layout, "events", events).with_columns(
        of_event.alias("case_id"), events.values[TRANSITION].alias("transition")
    )
    return Delivered({"cases": cases, "events": steps}, rows_are_cases=False)


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


def _part(layout: Layout, table: str, rows: Received) -> pl.DataFrame:
    """The columns of one table of the contract, null where neither the export nor a constant gives them."""
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
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
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

"""The tables of a delivery as received, batch by batch: the contract's columns, still text, wherever they stand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from efficacy_analytics.lake.contract.key_texts import (
    KEYS,
    PERSONS,
    tidied,
    without_rounded,
    without_totals,
    without_words_for_none,
)
from efficacy_analytics.lake.intake.files import gives, read_tables
from efficacy_analytics.lake.intake.table_readers import place_in, read_source, source_head, source_originals
from efficacy_analytics.lake.layouts.keys import EVENT_CONSTANTS, JOINT, LIMIT_PARTS, LIMITS, TABLE_COLUMNS
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource
from efficacy_analytics.lake.readers.csv import Head
from efficacy_analytics.lake.readers.decompression import OnProgress
from efficacy_analytics.lake.readers.received import BATCH, Received, given, nothing_received
from efficacy_analytics.lake.readers.xes import INSTANCE, TRANSITION, read_xes, xes_originals

ORIGINALS = {"source_file": pl.String, "source_row": pl.Int64, "original": pl.String}


@dataclass(frozen=True)
class Batch:
    """Some rows of one table, at most `received.BATCH` of them, before anything is judged.

    Attributes:
        table: a table of the contract: "events", "cases", "clock_stops" …
        rows: the contract's columns as text, with `position` (of the row in its table in the delivery, from 0),
            `source_file`, `source_line`, `source_row` and `rule` (the reader's own refusal, else null). Events of an
            XES log also have `transition`, `instance` and `trace_position`, the position of their trace among the cases
            (null outside any trace): their `case_id` is null, as a trace may give its id after its events.
        left: of an XES log: the keys of the attributes met up to here that nothing is made of.
        spans: of events of an XES log: where the text of each row stands in its file (`readers.xes.XesRows`).
    """

    table: str
    rows: pl.DataFrame
    left: Sequence[str] = ()
    spans: pl.DataFrame | None = None


def rows_are_cases(layout: Layout) -> bool:
    """Whether the rows of events carry the columns of their case: `cases` are then these same rows."""
    return layout.format != "xes" and "cases" not in read_tables(layout)


def delivered(
    layout: Layout,
    files: Mapping[str, Sequence[Path]],
    on_progress: OnProgress = None,
    tidied_counts: Counter[str] | None = None,
) -> Iterator[Batch]:
    """Reads the files of a delivery; each of its tables gives at least one batch, which may be empty.

    Where `rows_are_cases`, each stretch of rows comes twice with the same positions: as "events", then as "cases".

    Args:
        layout: how to read them.
        files: the files of each of the layout's own tables; under "events" where tables have no files.
        on_progress: called with a file's name and the number of rows read so far.
        tidied_counts: takes up per column of the export how many texts had blanks or invisible characters taken away.
    """
    counts = Counter() if tidied_counts is None else tidied_counts
    if layout.format == "xes":
        yield from _of_log(layout, files["events"], on_progress, counts)
        return
    for table, source in read_tables(layout).items():
        count = 0
        for part in source.each:
            for path in (path for path in files.get(table, ()) if gives(part, path)):
                for received in _needed(layout, part, table, path, on_progress):
                    rows = tidied(received, counts, _keys_of(part.columns), _keys_of(part.columns, PERSONS))
                    rows = given(rows, part.where_given) if part.where_given else rows
                    yield from _batches(layout, part, table, rows, count)
                    count += rows.height
        if not count:
            yield from _batches(
                layout, source.each[0], table, nothing_received(needed_names(layout, source, table), ""), 0
            )


def originals(layout: Layout, paths: Sequence[Path], table: str, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The original text of refused rows, batch by batch; of a workbook or a database the row as a JSON object.

    Args:
        layout: how the files were read.
        paths: the files of the table.
        table: the table.
        wanted: `source_file`, `source_row` of the rows asked for.

    Yields:
        One row per row asked for: `source_file`, `source_row`, `original`; in the order of files and rows.
    """
    for path in paths:
        for place, texts in _texts(layout, path, table, wanted):
            while some := list(islice(texts, BATCH)):
                yield pl.DataFrame([(place, row, text) for row, text in some], schema=ORIGINALS, orient="row")


def heads(layout: Layout, path: Path, table: str) -> Iterator[tuple[str, Head | None]]:
    """The places of a table in a file, each with what stands before its first row; None where it is no CSV.

    Args:
        layout: how the file was read.
        path: the file.
        table: the table.
    """
    source = layout.tables["events" if table == "cases" and rows_are_cases(layout) else table]
    if layout.format == "xes":
        yield path.name, None
        return
    for part in source.each:
        if gives(part, path):
            yield place_in(layout, part, path), source_head(layout, part, path, needed_names(layout, part, table))


def _texts(
    layout: Layout, path: Path, table: str, wanted: pl.DataFrame
) -> Iterator[tuple[str, Iterator[tuple[int, str]]]]:
    """Each place in the file that has rows asked for, and their texts."""
    source = layout.tables["events" if table == "cases" and rows_are_cases(layout) else table]
    seen = set()
    for part in source.each if layout.format != "xes" else (source,):
        place = place_in(layout, part, path)
        rows = wanted.filter(pl.col("source_file") == place)["source_row"].unique().sort()
        if rows.is_empty() or place in seen or not gives(part, path):
            continue
        seen.add(place)
        if layout.format == "xes":
            yield place, xes_originals(path, rows, "traces" if table == "cases" else "events", layout.encodings)
        else:
            yield place, source_originals(layout, part, path, needed_names(layout, part, table), rows)


def _needed(layout: Layout, source: TableSource, table: str, path: Path, on_progress: OnProgress) -> Iterator[Received]:
    """The rows of a source as its reader gives them."""
    yield from read_source(layout, source, path, needed_names(layout, source, table), on_progress)


def _keys_of(columns: Mapping[str, str], keys: Sequence[str] = KEYS) -> set[str]:
    """The export's columns that are keys, or of that kind."""
    return {part for column in keys for part in columns.get(column, "").split(JOINT) if part}


def _batches(layout: Layout, source: TableSource, table: str, rows: Received, first: int) -> Iterator[Batch]:
    frame = _part(layout, source, table, rows, first)
    yield Batch(table, frame)
    if table == "events" and rows_are_cases(layout):
        of_cases = _part(layout, source, "cases", rows, first).with_columns(frame["case_id"])
        yield Batch("cases", without_totals(without_rounded(of_cases)))


def _of_log(layout: Layout, paths: Sequence[Path], on_progress: OnProgress, counts: Counter[str]) -> Iterator[Batch]:
    cases, events = layout.tables["cases"], layout.tables["events"]
    trace_keys, event_keys = needed_names(layout, cases, "cases"), needed_names(layout, events, "events")
    count = {"traces": 0, "events": 0}
    for path in paths:
        first_trace = count["traces"]
        for some in read_xes(
            path, trace_keys=trace_keys, event_keys=event_keys, encodings=layout.encodings, on_progress=on_progress
        ):
            first, count[some.kind] = count[some.kind], count[some.kind] + some.rows.height
            columns = (cases if some.kind == "traces" else events).columns
            rows = tidied(some.rows, counts, _keys_of(columns), _keys_of(columns, PERSONS))
            if some.kind == "traces":
                yield Batch("cases", _part(layout, cases, "cases", rows, first), some.left)
            else:
                yield Batch(
                    "events",
                    _part(layout, events, "events", rows, first).with_columns(
                        rows.values[TRANSITION].alias("transition"),
                        rows.values[INSTANCE].alias("instance"),
                        (some.trace_rows + first_trace).alias("trace_position"),
                    ),
                    some.left,
                    some.spans,
                )


def needed_names(layout: Layout, source: TableSource, table: str) -> list[str]:
    """The export's columns that a source needs for a table (and for the cases on its rows), each once."""
    named = list(_named(layout, source, table).values())
    if table == "events" and rows_are_cases(layout):
        named += _named(layout, source, "cases").values()
    if source.where_given:
        named.append(source.where_given)
    if table == "events":
        named += source.not_completed_where
    return list(dict.fromkeys(part for name in named for part in name.split(JOINT)))


def _named(layout: Layout, source: TableSource, table: str) -> dict[str, str]:
    """Our columns of a table to the export's, without those that constants give."""
    on_rows = table == "cases" and rows_are_cases(layout)
    named = dict(source.case if on_rows else source.columns)
    if table == "events" and layout.activity_labels:
        named["activity_label"] = layout.activity_labels
    if table == "cases":
        named |= source.case_extra
    constants = _constants(layout, source, table)
    return {column: name for column, name in named.items() if column not in constants}


def _constants(layout: Layout, source: TableSource, table: str) -> dict[str, str | None]:
    """The columns of a table that constants give; one part of a limit replaces all, save the unit of given lengths."""
    own = EVENT_CONSTANTS if table == "events" else TABLE_COLUMNS["cases"] if table == "cases" else ()
    on_rows = table == "cases" and rows_are_cases(layout)
    columns, of_source = (source.case, {}) if on_rows else (source.columns, source.constants)
    constants = {**of_source, **{column: value for column, value in layout.constants.items() if column in own}}
    given: dict[str, str | None] = {}
    for name in LIMITS:
        parts = [f"{name}_{part}" for part in LIMIT_PARTS]
        said = set(parts) & set(constants)
        if said == {f"{name}_unit"}:
            if f"{name}_length" not in columns:  # the lengths stand in another part of the table
                del constants[f"{name}_unit"]
        elif said and set(parts) <= set(TABLE_COLUMNS[table]):
            given |= dict.fromkeys(parts)
    return given | constants


def _part(layout: Layout, source: TableSource, table: str, rows: Received, first: int) -> pl.DataFrame:
    """The columns of one table of the contract, null where neither the export nor a constant gives them.

    Its positions begin at `first`.
    """
    named, constants = _named(layout, source, table), _constants(layout, source, table)
    extra = {"events": ("activity_label",), "cases": tuple(layout.case_extra)}.get(table, ())
    absent = {column: constants.get(column) for column in (*TABLE_COLUMNS[table], *extra) if column not in named}
    place = rows.place.select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("position"),
        "source_file",
        "source_line",
        "source_row",
        rule="fault",
    )
    values = place.hstack([_value(rows, source, table, column, name) for column, name in named.items()])
    return (
        without_totals(without_rounded(without_words_for_none(values)))
        .with_columns(pl.lit(value, pl.String).alias(column) for column, value in absent.items())
        .with_columns(
            pl.when(pl.col(f"{name}_length").is_not_null()).then(f"{name}_unit").alias(f"{name}_unit")
            for name in LIMITS
            if f"{name}_length" in named and absent.get(f"{name}_unit")
        )
        .select(*place.columns, *TABLE_COLUMNS[table], *extra)
    )


def _value(rows: Received, source: TableSource, table: str, column: str, name: str) -> pl.Series:
    """One of our columns: several of the export together are one text, and missing where one of them is."""
    parts = name.split(JOINT)
    text = pl.col(name) if len(parts) == 1 else pl.concat_str(parts, separator="/")
    if column in source.values:
        words = source.values[column]
        text = text.str.strip_chars().replace(list(words), list(words.values()))
    if table == "events" and column == "completed_at":
        for state, values in source.not_completed_where.items():
            text = pl.when(~pl.col(state).str.strip_chars().is_in(values).fill_null(False)).then(text)
    return rows.values.select(text.alias(column)).to_series()

"""Original texts of refused rows without what is personal in them.

What the layout does not name may be anything, a telephone number too: only cells of columns that it names and does
not call personal stay as they are, and of those that hold a time, a limit or a yes and no only such that look like
one, for in a row with a value too many a name may stand there. Every other cell becomes its pseudonym. A row that
cannot be taken apart is withheld: its place in `exports/` is told instead.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import polars as pl

from efficacy_analytics.lake.cells.amounts import NO, YES, limit_of
from efficacy_analytics.lake.layouts.keys import JOINT, is_text
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.privacy.key import Key
from efficacy_analytics.lake.privacy.pseudonyms import pseudonym
from efficacy_analytics.lake.readers.columns import plain
from efficacy_analytics.lake.readers.csv import Head

NO_HEADER = Head("", (), ",")
Written = Callable[[str, str], str]
TIME = r"\d{1,2}[:时]\d\d([:分]\d\d秒?([.,]\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?"
LIKE_A_TIME = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?"
    rf"|((19|20)\d\d[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?|\d{{1,2}}[-/.]\d{{1,2}}[-/.](\d\d)?\d\d)([T\s]+{TIME})?"
    r"|\d{1,5}([.,]\d{1,9})?",  # the day's number, as Excel has it
    re.ASCII,
)
TRANSITION = "lifecycle:transition"


def without_personal(
    refused: pl.DataFrame,
    layout: Layout,
    table: str,
    key: Key | None,
    *,
    delivery: str,
    headers: Mapping[str, Head | None],
) -> pl.DataFrame:
    """Refused rows with originals that may be kept.

    Args:
        refused: has `source_file`, `original`, and `source_line` or (from 0) `source_row`.
        layout: which columns it names, and which of them are personal.
        table: the table of the contract.
        key: None where no column is personal: then nothing is changed.
        delivery: its name, to say where a withheld row stands.
        headers: of CSV files, by name.
    """
    if key is None:
        return refused
    written = _written(layout, table, key)
    place = pl.col("source_line") if "source_line" in refused.columns else pl.col("source_row") + 1
    unit = "line" if "source_line" in refused.columns else "row"
    texts = [
        None if text is None else _taken_apart(text, layout.format, written, headers.get(file) or NO_HEADER)
        or f"withheld: {unit} {number} of exports/{delivery}/{file}"
        for file, number, text in refused.select("source_file", place, "original").iter_rows()
    ]  # fmt: skip
    return refused.with_columns(original=pl.Series(texts, dtype=pl.String))


def _written(layout: Layout, table: str, key: Key) -> Written:
    """What is written for the cell of a column: the cell itself or its pseudonym."""
    texts, typed, personal = _columns(layout, table)

    def written(column: str, cell: str) -> str:
        name = plain(column)
        may_stay = name in texts or (name in typed and _is_typed(cell))
        return cell if not cell.strip() or (may_stay and name not in personal) else pseudonym(cell, key)

    return written


def _columns(layout: Layout, table: str) -> tuple[set[str], set[str], set[str]]:
    """The export's columns that the layout names for a table: of text, of other types, and the personal ones."""
    parts = [table] if layout.has_files else ["events", "cases"]
    sources = [source for part in parts if part in layout.tables for source in layout.tables[part].each]
    named = [
        (ours, other)
        for source in sources
        for columns in (source.columns, source.case, source.case_extra)
        for ours, theirs in columns.items()
        for name in theirs.split(JOINT)
        for other in (name, *source.others.get(name, ()))
    ]
    texts: set[str] = {TRANSITION} if layout.format == "xes" else set()
    typed: set[str] = set()
    personal: set[str] = set()
    for ours, theirs in named:
        group = personal if ours in layout.personal else texts if is_text(ours) else typed
        group.add(plain(theirs))
    return texts | ({plain(layout.activity_labels)} if layout.activity_labels else set()), typed, personal


def _is_typed(cell: str) -> bool:
    known = cell.strip().lower()
    return bool(LIKE_A_TIME.fullmatch(cell.strip())) or known in (*YES, *NO) or limit_of(cell) is not None


def _taken_apart(text: str, form: str, written: Written, header: Head) -> str | None:
    """The text with other cells; None where it cannot be taken apart."""
    try:
        if form == "csv":
            return _of_csv(text, written, header)
        return _of_xes(text, written) if form == "xes" else _of_json(text, written)
    except (csv.Error, expat.ExpatError, ValueError):
        return None


def _of_csv(text: str, written: Written, header: Head) -> str | None:
    columns, delimiter = header.columns, header.delimiter
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
    if len(rows) != 1 or len(rows[0]) != len(columns):
        return None
    kept = io.StringIO()
    cells = [written(name, cell) for name, cell in zip(columns, rows[0], strict=True)]
    csv.writer(kept, lineterminator="", delimiter=delimiter).writerow(cells)
    return kept.getvalue()


def _of_json(text: str, written: Written) -> str | None:
    row: Any = json.loads(text)
    if not isinstance(row, dict):
        return None
    cells = {name: None if value is None else written(name, str(value)) for name, value in row.items()}
    return json.dumps(cells, ensure_ascii=False)


def _of_xes(text: str, written: Written) -> str:
    """The attributes of a trace or event, without comments, other texts and what is nested in them."""
    kept: list[str] = []
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            kept.append(f"<{tag}>")
        elif depth == 2 and "key" in attributes:
            name = attributes["key"]
            cell = written(name, attributes.get("value", ""))
            kept.append(f"<{tag} key={quoteattr(name)} value={quoteattr(cell)}/>")

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(text.encode(), False)  # a trace is cut off at its first event
    if not kept:
        raise ValueError
    return "".join(kept)

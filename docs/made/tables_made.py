"""Every table: what it says in both languages, how it is made, what it can be asked, and its columns.

Columns are those of the table itself, made of a small demonstration city.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from efficacy_analytics.documents.tables.headings import explained, written_heading
from efficacy_analytics.findings.catalogue.finding_tables import FINDING_TABLES
from efficacy_analytics.findings.catalogue.log_tables import LOG_TABLES
from efficacy_analytics.findings.catalogue.supervision_tables import SUPERVISION_TABLES
from efficacy_analytics.findings.catalogue.table import Table
from efficacy_analytics.workflows.lake import Lake
from efficacy_analytics.workflows.steps import make_city
from made.written import cell, code, docstring, table

CASES = 800
KINDS = {
    pl.String: "text", pl.Boolean: "true or false", pl.Date: "day", pl.Datetime: "instant", pl.List: "list",
    pl.Categorical: "text", pl.Enum: "text", pl.Struct: "record", pl.Duration: "length of time", pl.Null: "empty",
}  # fmt: skip
GROUPS = {
    "tables_of_the_log": ("Tables of the log 日志表", LOG_TABLES),
    "tables_of_findings": ("Tables of findings 研判表", FINDING_TABLES),
    "tables_of_supervision": ("Tables of supervision 督办表", SUPERVISION_TABLES),
}
HEADS = ("column 列", "holds", "unit", "中文", "English", "说明", "meaning")


def pages() -> dict[str, str]:
    """A page for each group of tables."""
    schemas = table_schemas()
    return {page: group_page(title, entries, schemas) for page, (title, entries) in GROUPS.items()}


def table_schemas() -> dict[str, Mapping[str, pl.DataType]]:
    """The columns of every table, asked of a small city."""
    with tempfile.TemporaryDirectory(prefix="efficacy-docs-") as scratch:
        lake = Lake(Path(scratch) / "lake")
        exports = make_city(Path(scratch) / "city", cases=CASES, seed=7)
        lake.ingest(exports, "city")
        lake.publish()
        log = lake.log(language="en")
        entries = [entry for _, group in GROUPS.values() for entry in group]
        return {entry.name: getattr(log, entry.name)().frame.schema for entry in entries}


def group_page(title: str, entries: tuple[Table, ...], schemas: Mapping[str, Mapping[str, pl.DataType]]) -> str:
    """The page of a group of tables."""
    head = f"# {title}\n\nAsk for one by `efficacy show NAME`, or by `log.NAME()` in Python.\n\n"
    return head + "\n".join(table_part(entry, schemas[entry.name]) for entry in entries)


def table_part(entry: Table, schema: Mapping[str, pl.DataType]) -> str:
    """What a page says of one table."""
    options = [
        (code(name), code("" if one.default is one.empty else repr(entry.fixed.get(name, one.default))))
        for name, one in entry.options().items()
    ]
    asked = f"\n{table(('option', 'usual value'), options)}\n" if options else ""
    rows = [column_row(name, kind) for name, kind in schema.items()]
    kept = "Every run of the findings keeps it." if entry.is_in_runs else "Made when it is asked for."
    of = " In a run it is made of all cases, accepted whenever." if entry.is_of_history else ""
    text = docstring(entry.function())
    return f"## {entry.name}\n\n{entry.zh}。{entry.en}.\n\n{text}\n{kept}{of}\n{asked}\n{table(HEADS, rows)}"


def column_row(name: str, kind: pl.DataType) -> tuple[str, ...]:
    """A column with what it holds, its unit and its words."""
    words = [cell(written_heading(name, language)) for language in ("zh", "en")]
    meanings = [cell(explained(name, language) or "–") for language in ("zh", "en")]
    return code(name), holds(kind), unit_of(name, kind), *words, *meanings


def holds(kind: pl.DataType) -> str:
    """What a column holds, in plain words."""
    if kind.is_integer():
        return "whole number"
    return KINDS.get(kind.base_type(), "number")


def unit_of(name: str, kind: pl.DataType) -> str:
    """The unit that the name of a column of numbers tells."""
    if not kind.is_numeric():
        return "–"
    marks = ("working_days", "seconds", "days", "hours", "minutes", "share", "count", "points", "rank")
    found = next((mark for mark in marks if mark in name.split("_") or f"_{mark}" in name or name == mark), "–")
    return {"share": "0 to 1", "count": "count", "working_days": "working days"}.get(found, found)

"""Where the contract's columns stand in an export: a layout, checked and complete, as a value."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from efficacy_analytics.lake.layouts.sources import TableSource, source_of


@dataclass(frozen=True)
class Layout:
    """A layout, checked and complete.

    Attributes:
        name: the file's name without `.toml`.
        tables: the tables the export gives. Without `[table.NAME]` these are `events` and `cases`, both
            read from the same rows, or from traces and their events (XES).
        encodings: the encodings tried in turn; none: UTF-8, then GB18030, and XES as it declares.
        delimiter: between the values of a CSV; None: told by the header.
        header_line: the line of the header; None: the first that names the columns.
        sheet: the sheet of a workbook without tables; None for its first.
        time_format: a strptime format, or several apart by `EITHER`; None for ISO 8601.
        case_extra: further columns of a case, our name to the export's.
        constants: contract column to the value it has on every row.
        personal: the columns, ours and those of `case_extra`, that come into the lake as pseudonyms only.
        office_hours: as written; empty where the calendar's own hours hold.
        source_name: what the source is called, where that is not the layout's name.
        step_order: by what the steps of a case are ordered: "start" (completion where none is known), "completion", or
            "file", as they stand there.
        adds: each delivery only adds steps to the cases there are; else it gives its cases as a whole.
    """

    name: str
    format: str
    calendar: str
    tables: Mapping[str, TableSource]
    time_zone: str | None = None
    verdict_by: str = "date"
    activity_labels: str | None = None
    encodings: tuple[str, ...] = ()
    delimiter: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    personal: tuple[str, ...] = ()
    time_format: str | None = None
    case_extra: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    office_hours: Mapping[str, Any] = field(default_factory=dict)
    source_name: str | None = None
    adds: bool = False
    step_order: str = "start"

    @property
    def has_files(self) -> bool:
        """Whether each table has a file, a sheet or a database table of its own."""
        return any(source.is_apart for source in self.tables.values())

    @property
    def is_keyed(self) -> bool:
        """Whether single rows are changed and deleted by their key; else a delivery gives its cases as a whole."""
        return "row_key" in self.tables["events"].columns

    @property
    def source(self) -> str:
        """The first half of a case's business key: its own name, else the layout's, and its constant department."""
        department = self.constants.get("department")
        name = self.source_name or self.name
        return f"{name}/{department}" if department else name

    def content(self) -> dict[str, Any]:
        """The layout as plain values, for the delivery's record and its hash; what is empty is left out."""
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        tables = {
            table: {key: value for key, value in source.items() if value or key == "columns"}
            for table, source in plain["tables"].items()
        }
        unsaid = {"source_name": None, "adds": False, "step_order": "start"}
        said = {key: value for key, value in plain.items() if key not in unsaid or value != unsaid[key]}
        return {**said, "tables": tables}


def layout_of(content: Mapping[str, Any]) -> Layout:
    """The layout that a delivery's record tells of, as `Layout.content` gave it."""
    tables = {table: source_of(source) for table, source in content["tables"].items()}
    lists = {key: tuple(value) for key, value in content.items() if isinstance(value, list)}
    return Layout(**{**content, **lists, "tables": tables})

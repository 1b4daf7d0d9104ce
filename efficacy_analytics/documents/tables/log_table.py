"""A table of a log: a polars frame in every use, and in a notebook a table for people."""

import functools
from pathlib import Path
from typing import Any, Final

import polars as pl

from efficacy_analytics.documents.tables.cells import Reading, shown_columns
from efficacy_analytics.documents.tables.table_html import Written, table_html
from efficacy_analytics.errors import CallError
from efficacy_analytics.system.arguments import checked
from efficacy_analytics.vocabulary import Language

KEPT: Final = (
    "head", "tail", "limit", "slice", "filter", "sort", "select", "drop", "with_columns", "unique", "reverse",
    "top_k", "bottom_k", "drop_nulls",
)  # fmt: skip
"""What is done to a table and gives a table for people again."""


class LogTable(pl.DataFrame):
    """A frame that knows how its readers want it.

    Codes, seconds and instants stay as they are in it; only what is shown is put in words.
    """

    _reading: Reading = Reading()
    _title: str = ""
    _definition: str = ""
    _written: Written | None = None

    @property
    def frame(self) -> pl.DataFrame:
        """The raw polars frame, without a reader."""
        return pl.DataFrame(self)

    @property
    def language(self) -> Language:
        """Of headings and names."""
        return self._reading.language

    def explain(self) -> "LogTable":
        """What each column says: one row per column with its heading, its name in the frame, and its meaning."""
        shown = shown_columns(self.frame.head(0), self._reading)
        zh = self.language == "zh"
        names = ("标题", "列", "含义") if zh else ("Heading", "Column", "Meaning")
        rows = [(one.heading, one.name, one.meaning) for one in shown]
        return log_table(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"), self._reading)

    @property
    def definition(self) -> str:
        """How the table is made: formula, grain, columns, source; empty for one that was put together by hand."""
        return self._definition

    @checked
    def to_excel(self, path: Path | str) -> Path:
        """Writes a workbook: headings in words, names beside codes, figures one can calculate with.

        Durations are in hours, shares per cent, instants in local time; texts are never formulas.

        Args:
            path: where to; `.xlsx`.

        Raises:
            CallError: there is no such folder.
        """
        from efficacy_analytics.documents.tables.spreadsheet import write_workbook

        return write_workbook(self.frame, self._reading, _place(path), title=self._title)

    @checked
    def to_csv(self, path: Path | str) -> Path:
        """Writes the raw frame as CSV, as `efficacy show --format csv` does: codes, seconds, ISO times, no formulas.

        Raises:
            CallError: there is no such folder.
        """
        from efficacy_analytics.system.tabulate import csv_text

        file = _place(path)
        file.write_text(csv_text(self.frame), encoding="utf-8")
        return file

    def _repr_html_(self, *, _from_series: bool = False) -> str:
        return table_html(
            self.frame, self._reading, title=self._title, definition=self._definition, written=self._written
        )

    @checked
    def like(self, frame: pl.DataFrame) -> "LogTable":
        """Another frame for the same readers, under the same title."""
        return log_table(frame, self._reading, title=self._title, definition=self._definition)


def log_table(
    frame: pl.DataFrame, reading: Reading, *, title: str = "", definition: str = "", written: Written | None = None
) -> LogTable:
    """A frame as a table for people.

    Args:
        frame: any frame; what its columns hold is told by their names.
        reading: how its readers want it.
        title: in one line, in their language.
        definition: how it is made, for those who ask.
        written: what the same table was written as before, for the same readers.
    """
    made = LogTable(frame)
    made._reading, made._title, made._definition, made._written = reading, title, definition, written
    return made


def _keeping(verb: str) -> Any:
    method = getattr(pl.DataFrame, verb)

    @functools.wraps(method)
    def kept(self: LogTable, *values: Any, **named: Any) -> LogTable:
        return self.like(method(self, *values, **named))

    return kept


for _verb in KEPT:
    setattr(LogTable, _verb, _keeping(_verb))


def _place(path: Path | str) -> Path:
    """The path of a file to be written, into a folder that is there."""
    file = Path(path)
    if "\0" in str(file) or file.is_dir():
        raise CallError(f"{str(path)!r} is no name of a file.", hint='such as "departments.xlsx"')
    if not file.parent.is_dir():
        raise CallError(f"there is no folder {file.parent}.", hint="make it, or name another one")
    return file

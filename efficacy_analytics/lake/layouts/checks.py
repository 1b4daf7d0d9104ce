"""Can a layout be used as it is written? Its words are known, and every table has the columns it needs."""

import re

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.cells.stamps import EITHER
from efficacy_analytics.lake.cells.time_formats import checked_formats
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.layouts.sources import TableSource
from efficacy_analytics.lake.readers.decompression import is_encoding

_NAME = re.compile(r"\w+")
_DELIMITER = re.compile(r"[\t -~]")


def checked(layout: Layout) -> Layout:
    """The layout, if it can be used.

    Raises:
        LayoutError: a word is unknown, a table lacks a column it needs, or a time format reads no stamp whole.
    """
    _check_word(layout, "format", layout.format, keys.FORMATS, "is not read")
    _check_word(layout, "verdict_by", layout.verdict_by, keys.VERDICTS, "is unknown")
    _check_word(layout, "order", layout.step_order, keys.ORDERS, "is unknown")
    for encoding in layout.encodings:
        _check_encoding(layout, encoding)
    if layout.time_format is not None:
        checked_formats(layout.time_format.split(EITHER), layout.name)
    if layout.delimiter is not None and not _DELIMITER.fullmatch(layout.delimiter):
        raise LayoutError(
            f"layout '{layout.name}': delimiter '{layout.delimiter}' is not one character of ASCII.",
            hint='"," ";" "|" or "\\t"; leave it out to have it told by the header',
        )
    _check_extra(layout)
    _check_required(layout)
    return layout


def _check_word(layout: Layout, key: str, value: str, known: tuple[str, ...], problem: str) -> None:
    if value not in known:
        raise LayoutError(f"layout '{layout.name}': {key} '{value}' {problem}.", hint=f"supported: {', '.join(known)}")


def _check_encoding(layout: Layout, encoding: str) -> None:
    if not is_encoding(encoding):
        raise LayoutError(
            f"layout '{layout.name}': encoding '{encoding}' is unknown.",
            hint="leave it out for UTF-8 or GB18030, which are told apart by themselves",
        )


def _check_extra(layout: Layout) -> None:
    for column in layout.case_extra:
        if column in keys.TAKEN_BY_CASES or not _NAME.fullmatch(column):
            raise LayoutError(
                f"layout '{layout.name}': [case_extra] cannot name a column '{column}'.",
                hint="letters, digits and _ only, and none of the contract's own columns",
            )


def _check_required(layout: Layout) -> None:
    if layout.format == "database" and not layout.has_files:
        raise LayoutError(
            f"layout '{layout.name}': a database has tables.", hint='write [table.events] with table = "schema.table"'
        )
    if "events" not in layout.tables:
        raise LayoutError(f"layout '{layout.name}' has no events.", hint="add [table.events]")
    for table, source in layout.tables.items():
        for part in source.each:
            for column in keys.REQUIRED_COLUMNS[table]:
                if not _is_given(layout, table, part, column):
                    section = f"table.{table}" if layout.has_files else "event"
                    raise LayoutError(
                        f"layout '{layout.name}': [{section}] names no column for '{column}'.",
                        hint=f'add {column} = "the export\'s column"',
                    )


def _is_given(layout: Layout, table: str, source: TableSource, column: str) -> bool:
    """Whether a column is named, constant, or known from elsewhere: a trace's id, or that of the row's event."""
    if column in source.columns or column in source.constants:
        return True
    if column == "case_id":
        return layout.format == "xes" or (table == "cases" and not source.is_apart)
    return table == "events" and column in set(keys.EVENT_CONSTANTS) & set(layout.constants)

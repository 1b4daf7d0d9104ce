"""Can a layout be used as it is written? Its words are known, and every table has the columns it needs."""

import re
from collections.abc import Collection, Mapping

from efficacy_analytics.clock.limits import UNITS
from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.cells.amounts import limit_of
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
    _check_limits(layout)
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


def check_constant_limits(constants: Mapping[str, str], columns: Collection[str], layout: str) -> None:
    """Refuses constants that are no limit: a unit alone is that of the lengths that a column gives.

    Args:
        constants: our column to its value.
        columns: ours that the export gives where the constants hold.
        layout: its name.

    Raises:
        LayoutError: a limit cannot be read, no column gives the lengths whose unit is constant, or another gives it.
    """
    for name in keys.LIMITS:
        parts = [constants[key] for part in keys.LIMIT_PARTS if (key := f"{name}_{part}") in constants]
        is_unit_alone = len(parts) == 1 and f"{name}_unit" in constants
        if parts and limit_of(" ".join(["1", *parts] if is_unit_alone else parts)) is None:
            what = "the unit of a" if is_unit_alone else "a"
            raise LayoutError(
                f"layout '{layout}': '{' '.join(parts)}' is not {what} {name} limit.",
                hint=f'write {name}_limit = "20 working_days"; units: {", ".join(UNITS)}',
            )
        if is_unit_alone and f"{name}_unit" in columns:
            raise LayoutError(
                f"layout '{layout}': {name}_unit is a column and a constant: which one holds is not said.",
                hint=f"leave one of the two out, or write {name}_limit = ... for all rows",
            )
        if is_unit_alone and f"{name}_length" not in columns:
            raise LayoutError(
                f"layout '{layout}': {name}_unit is constant, and no column gives {name}_length.",
                hint=f'name the column of the lengths, {name}_length = "…", or write {name}_limit = "20 working_days"',
            )


def case_columns(layout: Layout) -> set[str]:
    """Our columns of cases that an export gives: in a table of their own, or on the rows of steps."""
    parts = layout.tables["cases"].each if "cases" in layout.tables else ()
    return {column for part in parts for column in part.columns}


def _check_limits(layout: Layout) -> None:
    for source in layout.tables.values():
        for part in source.each:
            check_constant_limits(part.constants, part.columns, layout.name)


def _is_given(layout: Layout, table: str, source: TableSource, column: str) -> bool:
    """Whether a column is named, constant, or known from elsewhere: a trace's id, or that of the row's event."""
    if column in source.columns or column in source.constants:
        return True
    if column == "case_id":
        return layout.format == "xes" or (table == "cases" and not source.is_apart)
    return table == "events" and column in set(keys.EVENT_CONSTANTS) & set(layout.constants)

"""A table as a workbook: figures that can be calculated with, in the units people use, and texts that stay texts."""

import datetime as dt
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from efficacy_analytics.documents.tables.cells import (
    KEYS,
    POINTS,
    SHARES,
    TOTAL_IN_DAYS,
    Reading,
    ShownColumn,
    shown_columns,
)
from efficacy_analytics.documents.tables.table_html import spread
from efficacy_analytics.errors import CallError
from efficacy_analytics.vocabulary import Language

HOURS: Final = {"zh": "{}（小时）", "en": "{} (hours)"}
CODE: Final = {"zh": "{}（代码）", "en": "{} (code)"}
NAMES: Final = {"zh": ("标题", "列", "含义"), "en": ("Heading", "Column", "Meaning")}
SHEETS: Final = {"zh": ("数据", "各列含义"), "en": ("Data", "Columns")}
MOST_ROWS: Final = 1_048_575
"""That a sheet holds below its headings."""
SECONDS_A_DAY: Final = 86_400
NUMBER: Final = "{:,.1f}"
"""The longest that most numbers are shown."""
FORMS: Final = {
    "share": "0.0%", "hours": "#,##0.0", "whole": "#,##0", "key": "0", "number": "#,##0.0##",
    "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip


def write_workbook(frame: pl.DataFrame, reading: Reading, path: Path, *, title: str = "") -> Path:
    """Writes a frame and what its columns say.

    Args:
        frame: any frame.
        reading: in which language, with which names, in whose time.
        path: where to; `.xlsx`.
        title: of the document.

    Raises:
        CallError: the file's ending is another, or a sheet does not hold the rows.
    """
    import xlsxwriter

    if path.suffix.lower() != ".xlsx":
        raise CallError(f"{path.name} is no workbook.", hint="give a path that ends in .xlsx")
    if frame.height > MOST_ROWS:
        raise CallError(f"a sheet holds {MOST_ROWS:,} rows, the table has {frame.height:,}.", hint="use .to_csv(path)")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": dt.datetime(2000, 1, 1)})
        forms = {name: book.add_format({"num_format": form}) for name, form in FORMS.items()}
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        columns = shown_columns(frame, reading)
        data, words = (book.add_worksheet(name) for name in SHEETS[reading.language])
        _write_data(data, frame, columns, reading, forms, head)
        _write_columns(words, columns, reading.language, head, wrapped)
        for sheet in (data, words):
            _for_print(sheet)
    return path


def _write_data(
    sheet: Any, frame: pl.DataFrame, columns: list[ShownColumn], reading: Reading, forms: dict[str, Any], head: Any
) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    place = 0
    for shown in columns:
        heading, form, values = _values(frame[shown.name], shown, reading)
        written = [(heading, form, values)]
        if any(cell.code for cell in shown.cells):
            codes = [cell.code or cell.text for cell in shown.cells]
            written.append((CODE[reading.language].format(shown.heading), None, codes))
        for words, kind, cells in written:
            sheet.write_string(0, place, words, head)
            sheet.set_column(place, place, _width(words, cells))
            for row, value in enumerate(cells, 1):
                if value is not None:
                    sheet.write(row, place, value, forms[kind] if kind else None)
            place += 1
    if frame.width:
        sheet.autofilter(0, 0, max(frame.height, 1), place - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_rowcol_to_cell(max(frame.height, 1), place - 1)}"})


def _for_print(sheet: Any) -> None:
    """The headings stand on every screen and page, and all columns on one page of A4."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _write_columns(sheet: Any, columns: list[ShownColumn], language: Language, head: Any, wrapped: Any) -> None:
    for place, name in enumerate(NAMES[language]):
        sheet.write_string(0, place, name, head)
    for row, one in enumerate(columns, 1):
        for place, text in enumerate((one.heading, one.name, one.meaning)):
            sheet.write_string(row, place, text, wrapped)
    sheet.set_column(0, 1, 28)
    sheet.set_column(2, 2, 80)


def _values(values: pl.Series, shown: ShownColumn, reading: Reading) -> tuple[str, str | None, list[Any]]:
    """The heading, the form and the cells of a column."""
    name, kind = values.name, values.dtype
    if kind.is_numeric():
        if name == TOTAL_IN_DAYS:
            return shown.heading, "number", [None if one is None else one / SECONDS_A_DAY for one in values]
        if POINTS.search(name):
            return shown.heading, "number", [None if one is None else 100 * one for one in values]
        if "seconds" in name:
            hours = [None if one is None else one / 3600 for one in values]
            return HOURS[reading.language].format(shown.heading), "hours", hours
        form = "share" if SHARES.search(name) else "key" if KEYS.search(name) else None
        return shown.heading, form or ("whole" if kind.is_integer() else "number"), values.to_list()
    if isinstance(kind, pl.Datetime):
        zone = ZoneInfo(reading.zone)
        local = [one.astimezone(zone).replace(tzinfo=None) if one and one.tzinfo else one for one in values]
        return shown.heading, "moment", local
    if kind == pl.Date:
        return shown.heading, "day", values.to_list()
    return (
        shown.heading,
        None,
        [None if one is None else cell.text for one, cell in zip(values, shown.cells, strict=True)],
    )


def _width(heading: str, cells: list[Any]) -> float:
    """Letters across: Chinese ones count twice; a number is never too wide for its column."""
    numbers = [one for one in cells if isinstance(one, int | float) and not isinstance(one, bool)]
    longest = max((spread(str(one)) for one in cells[:200] if not isinstance(one, float)), default=8)
    widest = max(len(NUMBER.format(one)) for one in (max(numbers, default=0), min(numbers, default=0)))
    return float(min(max(10, longest + 2, widest + 2, spread(heading) / 2 + 3), 60))

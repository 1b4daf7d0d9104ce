"""The list of what must be attended to as a workbook, with columns in which to write who does it and what came of it.

交必办、办必果、果必报: who was told, what was answered, when it was done, when that was reported.
"""

import datetime as dt
import io
from typing import Any, Final

import polars as pl

from efficacy_analytics.vocabulary import Language, Words, heading

TITLE: Final[Words] = {"zh": "督办清单", "en": "To attend to"}
TO_FILL: Final[tuple[Words, ...]] = (
    {"zh": "交办给", "en": "Given to"},
    {"zh": "答复", "en": "Answer"},
    {"zh": "办结日期", "en": "Done on"},
    {"zh": "反馈日期", "en": "Reported on"},
)
WIDEST: Final = 40


def workbook(to_do: pl.DataFrame, language: Language, *, as_on: dt.date) -> bytes:
    """The workbook of a list in words; the same bytes for the same list, and no cell is ever a formula.

    Args:
        to_do: the list, as `to_do_list` gives it.
        language: "zh" or "en".
        as_on: the day of the list.
    """
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": TITLE[language], "created": dt.datetime(as_on.year, as_on.month, as_on.day)})
    sheet = book.add_worksheet(TITLE[language])
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#f1f4f7"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    heads = [*(heading(name, language) for name in to_do.columns), *(words[language] for words in TO_FILL)]
    for place, text in enumerate(heads):
        cells = to_do.to_series(place).to_list() if place < to_do.width else []
        sheet.set_column(place, place, min(WIDEST, 3 + max(_width(cell) for cell in (text, *cells))))
        sheet.write_string(0, place, text, head)
        for number, cell in enumerate(cells, start=1):
            _write(sheet, number, place, cell, day)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(to_do.height, 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return made.getvalue()


def _write(sheet: Any, row: int, place: int, cell: Any, day: Any) -> None:
    if isinstance(cell, dt.date):
        sheet.write_datetime(row, place, dt.datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    elif cell is not None:
        sheet.write_string(row, place, str(cell))


def _width(cell: Any) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(cell)) if cell is not None else 0

"""The cells of a workbook: what kind of value a column holds, how it looks, and how much room it takes."""

import datetime as dt
import math
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from efficacy_analytics.charts.style.text_width import BOLD_SPREAD, display_width
from efficacy_analytics.documents.blocks import Column
from efficacy_analytics.vocabulary import Language, Words

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

DAY_SECONDS: Final = 86_400.0
FONTS: Final[Words] = {"zh": "宋体", "en": "Calibri"}
FORMATS: Final[dict[str, str]] = {
    "count": "#,##0", "share": "0.0%", "seconds": "[=0]0;[<0.1]0.0000;#,##0.00", "number": "#,##0.00",
}  # fmt: skip
"""Of days, a few minutes are not zero."""
PRINTED: Final = re.compile(r"(?P<sign>[+−-]?)(?P<whole>0|[1-9][\d,]*)(?:\.(?P<part>\d+))?(?P<percent>%?)")
"""A figure as it is printed, nothing beside it; a code with a leading zero is none."""
MOST_DIGITS: Final = 15
"""Of a number in a workbook; a longer one is a code."""
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_FORMAT: Final = "yyyy-mm-dd"
EPOCH_YEAR: Final = 1900
"""With which the days of workbooks begin."""
UNITS: Final[dict[str, Words]] = {
    "count": {"zh": "整数", "en": "whole number"},
    "share": {"zh": "占比（%）", "en": "share (%)"},
    "seconds": {"zh": "天（24 小时）", "en": "days of 24 hours"},
    "number": {"zh": "数值", "en": "number"},
    "words": {"zh": "与正文相同", "en": "as printed"},
}
IN_DAYS: Final[Words] = {"zh": "{heading}（天）", "en": "{heading} (days)"}
SAYS_DAYS: Final = re.compile(r"天|\bdays?\b")
WIDEST: Final = 56
HEADING_LETTERS: Final = 16
"""Half-width letters of a line of a heading, if no word of it is longer."""
MARGIN: Final = 3
"""Half-width letters of a column beside its text: the button of the filter stands there."""
ROOM: Final = 0.9
"""Of a column's width, what each of several lines surely holds, however its words break."""
LINE_HEIGHT, TITLE_HEIGHT = 15.0, 22.0
"""Points of a row: of one line, of a title."""


class Forms:
    """How cells look, each made once."""

    def __init__(self, book: "xlsxwriter.Workbook", language: Language) -> None:
        self._book = book
        self._look = look = {"font_name": FONTS[language], "font_size": 11, "valign": "top"}
        head = {**look, "bold": True, "text_wrap": True, "top": 2, "bottom": 1, "valign": "bottom"}
        self.title = book.add_format({**look, "bold": True, "font_size": 14})
        self.head = book.add_format({**head, "align": "left", "indent": 1})  # without the side, it has no indent
        self.right_head = book.add_format({**head, "align": "right"})
        self.words = book.add_format({**look, "text_wrap": True, "align": "left", "indent": 1})
        self.remark = book.add_format({**look, "text_wrap": True, "align": "left"})
        self.right = book.add_format({**look, "align": "right"})
        self.link = book.add_format({**look, "align": "left", "indent": 1, "font_color": "#2b6a99", "underline": 1})
        self.numbers = {kind: book.add_format({**look, "num_format": form}) for kind, form in FORMATS.items()}
        self._as_printed: dict[str, Any] = {}

    def as_printed(self, form: str) -> Any:
        """The look of a number of that form, to the right."""
        if form not in self._as_printed:
            self._as_printed[form] = self._book.add_format({**self._look, "num_format": form, "align": "right"})
        return self._as_printed[form]


def kind_of(column: Column, values: Sequence[Any]) -> str:
    """What a column's values are, by the unit in its name; words where it shows more than one value, or no number."""
    known = [value for value in values if value is not None]
    if (
        not column.name
        or not known
        or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in known)
    ):
        return "words"
    if all(float(one).is_integer() for one in known) and "_seconds" not in column.name and "share" not in column.name:
        return "count"
    if "share" in column.name and all(0 <= one <= 1 for one in known):
        return "share"
    if "_seconds" in column.name:
        return "seconds"
    return "number"


def printed_number(text: str) -> tuple[float, str] | None:
    """The number that a printed figure says, and the form in which a workbook shows it alike; none for words."""
    found = PRINTED.fullmatch(text)
    digits = "".join(filter(str.isdigit, text))
    if found is None or len(digits) > MOST_DIGITS:
        return None
    part = found["part"] or ""
    number = float(f"{found['whole'].replace(',', '')}.{part or 0}")
    is_apart = "," in text or len(found["whole"]) < len("1000")
    form = ("#,##0" if is_apart else "0") + (f".{'0' * len(part)}" if part else "") + found["percent"]
    if found["percent"]:
        number = round(number / 100, len(part) + 2)
    if found["sign"]:
        form = f'+{form};"−"{form};{form}' if found["sign"] == "+" else f'{form};"{found["sign"]}"{form}'
    return (number if found["sign"] in ("", "+") else -number), form


def printed_day(text: str) -> dt.datetime | None:
    """The day that a printed day says, of those that workbooks know."""
    if not DAY.fullmatch(text):
        return None
    try:
        day = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year > EPOCH_YEAR else None


def write_figure(sheet: "Worksheet", row: int, place: int, text: str, forms: Forms) -> None:
    """A printed figure: a number or a day where it is one alone, to calculate with and to sort by; else its words."""
    number, day = printed_number(text), printed_day(text)
    if number:
        sheet.write_number(row, place, number[0], forms.as_printed(number[1]))
    elif day:
        sheet.write_datetime(row, place, day, forms.as_printed(DAY_FORMAT))
    else:
        sheet.write_string(row, place, text, forms.right)


def column_width(heading: str, texts: Sequence[str], kind: str, values: Sequence[Any]) -> float:
    """Half-width letters across: of the longest cell as printed or as the sheet shows it, and of the heading."""
    shown = [len(f"{value / DAY_SECONDS:,.2f}") for value in values if value is not None] if kind == "seconds" else []
    words = max((display_width(word) for word in heading.split()), default=0) if heading.isascii() else HEADING_LETTERS
    least = min(BOLD_SPREAD * display_width(heading), max(HEADING_LETTERS, BOLD_SPREAD * words))
    return min(max([*map(display_width, texts), *shown, least]), WIDEST)


def heading_line_count(heading: str, width: float) -> int:
    """Lines of a heading; its letters are bold."""
    room = (width + MARGIN - 1) / BOLD_SPREAD
    return len(textwrap.wrap(heading, max(1, int(room)))) if heading.isascii() else lines_of(heading, room)


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of so many half-width letters."""
    letters = display_width(text)
    return 1 if letters <= width else max(2, math.ceil(letters / (ROOM * width)))


def worded_heading(column: Column, kind: str, language: Language) -> str:
    """The heading, with the unit where it does not say it."""
    if kind != "seconds" or SAYS_DAYS.search(column.heading):
        return column.heading
    return IN_DAYS[language].format(heading=column.heading)

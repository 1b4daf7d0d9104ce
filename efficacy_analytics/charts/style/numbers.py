"""How a figure is written for a reader: durations, shares, counts, limits and dates in Chinese and in English.

Tables keep seconds and shares; only what is shown passes through here.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import TERMS, UNITS, Language

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0

DURATION_WORDS: Final[dict[str, dict[str, str]]] = {
    "none": {"zh": "<1 分钟", "en": "<1 min"},
    "minutes": {"zh": "{} 分钟", "en": "{} min"},
    "hours": {"zh": "{} 小时", "en": "{} h"},
    "days": {"zh": "{} 天", "en": "{} days"},
    "open_hours": {"zh": "{} 办公小时", "en": "{} office h"},
}
MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Written(str):
    """A number as it is written: `{count}` in a sentence is the text, `{count:case|cases}` the word for that number.

    Attributes:
        number: which it is.
    """

    number: int

    def __new__(cls, text: str, number: int) -> "Written":
        """The text of a number."""
        made = super().__new__(cls, text)
        made.number = number
        return made

    def __format__(self, words: str) -> str:
        return format(Count(self.number), words) if words else str(self)


def count(value: float | None, language: Language) -> Written:
    """A whole number with thousands set apart; a dash for none."""
    text = TERMS["none"][language] if value is None else f"{value:,.0f}"
    return Written(text, 0 if value is None else round(value))


def counted(value: float | None, language: Language, one: str, many: str) -> str:
    """A whole number, in English with the word for one or for several: "1 activity", "2 activities"."""
    written = count(value, language)
    return str(written) if language == "zh" else f"{written} {written:{one}|{many}}"


def number(value: float | None, language: Language) -> str:
    """A number with all its digits up to six decimals, thousands set apart, no idle zero; a dash for none."""
    if value is None:
        return TERMS["none"][language]
    text = f"{value + 0.0:,.6f}"  # no minus before a zero
    return text.rstrip("0").rstrip(".")


def share(value: float | None, language: Language) -> str:
    """A share as a percentage with one decimal; whole at 0 and 100."""
    if value is None:
        return TERMS["none"][language]
    return f"{value:.0%}" if value in (0, 1) else f"{value:.1%}"


def whole_share(value: float) -> str:
    """A share that was chosen, not measured: "95%"."""
    return f"{100 * value:g}%"


def interval(low: float | None, high: float | None, language: Language) -> str:
    """Two shares as an interval in per cent."""
    if low is None or high is None:
        return TERMS["none"][language]
    return f"{_bound(low)}–{_bound(high)}%"


def interval_said(low: float | None, high: float | None, language: Language) -> str:
    """An interval in brackets after the share it is of; nothing where there is none."""
    if low is None or high is None:
        return ""
    said = interval(low, high, language)
    return f"（95% 区间 {said}）" if language == "zh" else f" (95% interval {said})"


def days(seconds: float | None, language: Language) -> str:
    """Seconds as days, without the unit."""
    if seconds is None:
        return TERMS["none"][language]
    return _rounded(seconds / DAY)


def duration(seconds: float | None, language: Language, clock: str = "elapsed") -> str:
    """A length of time in the unit a reader would choose.

    Args:
        seconds: the length; none gives a dash.
        language: "zh" or "en".
        clock: "open" never counts in days, for an office day has no fixed length.
    """
    if seconds is None:
        return TERMS["none"][language]
    if seconds < MINUTE:
        return DURATION_WORDS["none"][language]
    if seconds < 1.5 * HOUR:
        return _worded("minutes", seconds / MINUTE, language)
    if clock == "open":
        return _worded("open_hours", seconds / HOUR, language)
    if seconds < 2 * DAY:
        return _worded("hours", seconds / HOUR, language)
    return _worded("days", seconds / DAY, language)


def counted_days(days: float | None, language: Language) -> str:
    """Days as the legal clock counts them: "3 天", "3 days"; a dash for none."""
    if days is None:
        return TERMS["none"][language]
    words = DURATION_WORDS["days"][language]
    return (words.removesuffix("s") if language == "en" and days == 1 else words).format(_rounded(days))


def limit(length: float | None, unit: str | None, language: Language) -> str:
    """A time limit with its unit: "20 个工作日", "on the spot"."""
    if length is None or unit is None:
        return TERMS["none"][language]
    if unit == "on_the_spot":
        return UNITS[unit][language]
    words = UNITS[unit][language]
    singular = words.removesuffix("s") if language == "en" and length == 1 else words
    return f"{number(length, language)} {singular}"


def date(day: dt.date, language: Language) -> str:
    """A date in words: 2025年7月1日, 1 July 2025."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def listed(names: Sequence[str], language: Language) -> str:
    """Names in a row: 甲、乙、丙 (many an office has 和 in its name); A, B and C."""
    comma, last = ("、", "、") if language == "zh" else (", ", " and ")
    return last.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def rows_told(title: str, row_count: int, language: Language) -> str:
    """A title with the number of rows below it, as a screen reader tells a chart."""
    rows = counted(row_count, language, "row", "rows")
    return f"{title}，共 {rows} 行" if language == "zh" else f"{title}, {rows}"


def more_rows(left_out: int, language: Language) -> str:
    """How many rows a table has besides those that are shown."""
    return TERMS["more_rows"][language].format(count=count(left_out, language))


def _bound(value: float) -> str:
    return f"{100 * value:.0f}" if value in (0, 1) else f"{100 * value:.1f}"


def _worded(unit: str, length: float, language: Language) -> str:
    number = f"{length:.0f}" if unit == "minutes" else _rounded(length)
    return DURATION_WORDS[unit][language].format(number)


def _rounded(length: float) -> str:
    """One decimal below 100, whole numbers with thousands set apart above, no idle zero."""
    text = f"{length:,.1f}" if abs(length) < 100 else f"{length:,.0f}"
    return text.removesuffix(".0")

"""An explanation as a text to read or print: a line a day, a long rest in one line."""

import datetime as dt
import unicodedata
from collections.abc import Iterator

import polars as pl

from efficacy_analytics.clock.rule_texts import weekday_text
from efficacy_analytics.errors import CallError
from efficacy_analytics.vocabulary import LANGUAGES, Language

MOST_COUNTED_LINES = 31
HEADING = {"zh": ("日期", "计数", "说明"), "en": ("Date", "Count", "Rule")}
TITLE = {"zh": "受理 {start}　到期 {due}", "en": "Accepted {start}, due {due}"}
SPAN = {"zh": "{first} 至 {last}", "en": "{first} to {last}"}


def explanation_text(frame: pl.DataFrame, language: Language) -> str:
    """The count as a text, its columns aligned.

    Days of rest for one reason are joined into a line; counted days only where there are more than a month of them.

    Args:
        frame: one row a day, as `due_explained` gives it.
        language: zh or en.

    Raises:
        CallError: there is no such language.
    """
    if language not in LANGUAGES:
        raise CallError(f"there is no language '{language}'.", hint=f"known: {', '.join(LANGUAGES)}")
    table = [HEADING[language], *_lines(frame, language)]
    widths = [max(_width(row[place]) for row in table) for place in (0, 1)]
    lines = [f"{_padded(row[0], widths[0])}  {_padded(row[1], widths[1])}  {row[2]}" for row in table]
    due = frame.filter("is_due")["day"]
    title = TITLE[language].format(
        start=_day(frame["day"][0], language), due=_day(due[-1], language) if due.len() else "—"
    )
    return "\n".join([title, "", *lines])


def _lines(frame: pl.DataFrame, language: Language) -> Iterator[tuple[str, str, str]]:
    joins_counted = frame["is_counted"].sum() > MOST_COUNTED_LINES
    may_join = ~pl.col("is_counted") | pl.lit(joins_counted)
    same = (
        pl.struct("is_counted", f"rule_{language}") == pl.struct("is_counted", f"rule_{language}").shift(1)
    ) & may_join
    runs = frame.with_columns((~same.fill_null(False)).cum_sum().alias("run"))
    for run in runs.partition_by("run", maintain_order=True):
        first, last = run.row(0, named=True), run.row(-1, named=True)
        days = _day(first["day"], language)
        if run.height > 1:
            days = SPAN[language].format(first=days, last=_day(last["day"], language))
        numbers = (
            f"{first['running_number']}–{last['running_number']}" if run.height > 1 else str(last["running_number"])
        )
        yield days, numbers if first["is_counted"] else "—", first[f"rule_{language}"]


def _day(day: dt.date, language: Language) -> str:
    return f"{day} {weekday_text(day.weekday(), language)}"


def _width(text: str) -> int:
    """Columns a terminal needs: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

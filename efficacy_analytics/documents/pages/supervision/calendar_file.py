"""Warnings as a calendar file (RFC 5545): one entry on the due day of each, to be opened in any calendar.

Written by hand: a few lines of text, folded and escaped as the standard says.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator

import polars as pl

from efficacy_analytics.vocabulary import Language, heading

LINE_BYTES = 75
SUMMARY = ("level", "case_id", "item")
CAUSE = ("level", "scope", "source", "case_id", "item", "department", "stage", "due_on")
"""What tells one entry from another; of those alike in all of it, their order."""
NAME = {"zh": "督办清单", "en": "Open cases to attend to"}


def calendar_file(to_do: pl.DataFrame, language: Language, *, as_on: dt.date) -> str:
    """The text of the calendar.

    Args:
        to_do: the list in words, as `to_do_list` gives it; what has no due date is left out.
        language: "zh" or "en".
        as_on: the day of the list, from which all its stamps are made.
    """
    due = to_do.filter(pl.col("due_on").is_not_null())
    numbered = due.with_columns(number=pl.int_range(pl.len()).over(CAUSE))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Efficacy Analytics//Supervision//EN",
        f"X-WR-CALNAME:{escaped(NAME[language])}",
        *(line for row in numbered.to_dicts() for line in _entry(row, language, as_on)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _entry(row: dict[str, object], language: Language, as_on: dt.date) -> list[str]:
    due_on, number = row["due_on"], row.pop("number")
    assert isinstance(due_on, dt.date)
    cause = "|".join([*(str(row[name]) for name in CAUSE), str(number)])
    told = [f"{heading(name, language)}: {row[name]}" for name in row if row[name] is not None and name != "reason"]
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(cause.encode()).hexdigest()[:24]}@efficacy-analytics",
        f"DTSTAMP:{as_on:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due_on + dt.timedelta(1):%Y%m%d}",
        f"SUMMARY:{escaped(' · '.join(str(row[name]) for name in SUMMARY if row[name] is not None))}",
        "DESCRIPTION:" + escaped("\n".join([str(row["reason"]), *told])),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """A text as the value of a property; a control character in it becomes a space."""
    plain = (
        text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r\n", "\n").replace("\n", "\\n")
    )
    return "".join(letter if letter.isprintable() else " " for letter in plain)


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 bytes, no character cut; each further part begins with a blank."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > LINE_BYTES:
            yield part
            part = " "
        part += letter
    yield part

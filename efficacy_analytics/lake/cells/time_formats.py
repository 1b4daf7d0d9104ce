"""Is a layout's time format read whole? Its directives are known, none lacks a part, and none leaves a doubt.

A format is refused before any stamp is read by it: a directive that depends on the place (`%x`), twelve hours without
AM or PM, hours without minutes, minutes without hours, a year without its day. Of several formats no two may read one
text as two moments: 03/04/2024 is the 3rd of April or the 4th of March in the whole column, never value by value.
"""

import re
from itertools import permutations

import polars as pl

from efficacy_analytics.errors import LayoutError

DIRECTIVE = re.compile(r"%([-_0]?(?:\.?[369]?f|:?z|.)|$)")
WHOLE = {"D": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "r": "%I:%M:%S %p"}
PARTS = {
    **dict.fromkeys(("Y", "y"), "year"),
    **dict.fromkeys(("m", "b", "B", "h"), "month"),
    **dict.fromkeys(("d", "e"), "day"),
    "j": "day of the year",
    **dict.fromkeys(("H", "k"), "hour"),
    **dict.fromkeys(("I", "l"), "hour of twelve"),
    **dict.fromkeys(("p", "P"), "AM or PM"),
    "M": "minute",
    "S": "second",
    **dict.fromkeys((".f", ".3f", ".6f", ".9f", "3f", "6f", "9f"), "fraction"),
    **dict.fromkeys(("z", ":z"), "offset"),
    **dict.fromkeys(("a", "A", "%"), ""),
}
OF_A_PLACE = ("x", "X", "c")
DOUBTFUL = ("2024-03-04 05:06:07", "2011-10-09 20:08:11", "2007-06-05 04:03:02")
"""Moments by which formats are told apart: day, month and year may each be taken for another."""


class TimeFormatError(LayoutError):
    """A time format by which no stamp would be read whole: nothing can be taken in by it."""

    exit_code = 3


def spelled_out(time_format: str) -> str:
    """The format with its abbreviations (`%F`, `%T`, …) written in full, and a fraction as its engine calls it.

    `.%f`, as Python writes it, would be read as so many nanoseconds: 0.5 s as 5 ns.
    """
    time_format = time_format.replace(".%f", "%.f")
    return DIRECTIVE.sub(lambda found: WHOLE.get(found[1], found[0]), time_format)


def has_time(time_format: str) -> bool:
    """Whether a format gives a time of day."""
    return bool({"hour", "hour of twelve"} & _parts(time_format).keys())


def checked_formats(formats: list[str], layout: str) -> None:
    """Refuses formats that would lose or lack part of a stamp, or that read one text in two ways.

    Raises:
        TimeFormatError: one of them does.
    """
    for one in formats:
        fault = _fault(one)
        if fault:
            raise TimeFormatError(f"layout '{layout}': time_format '{one}' {fault[0]}.", hint=fault[1])
    for one, other in permutations(formats, 2):
        if _disagree(one, other):
            raise TimeFormatError(
                f"layout '{layout}': the time formats '{one}' and '{other}' read one text as two moments.",
                hint="keep the one in which the export writes all its stamps: no value tells day and month apart",
            )


def _parts(time_format: str) -> dict[str, str]:
    """What the directives give, and the directive that gives it."""
    names = [found[1].lstrip("-_0") or found[1] for found in DIRECTIVE.finditer(spelled_out(time_format))]
    return {PARTS.get(name, "unknown"): f"%{name}" for name in names if PARTS.get(name) != ""}


def _fault(time_format: str) -> tuple[str, str] | None:
    """What is wrong with a format, and what to do about it."""
    parts = _parts(time_format)
    if "unknown" in parts:
        name = parts["unknown"]
        if name[1:] in OF_A_PLACE:
            return f"has {name}, which depends on the place", "write it out, for example %m/%d/%y %H:%M:%S"
        if name == "%f":
            return "has %f, whose digits have no place", "write the fraction with its point: %S%.f; or %3f, %6f, %9f"
        return f"has {name}, which is not read", "a zone is named by time_zone; see the directives of strftime"
    needs = [
        ("hour of twelve", ("AM or PM",), "12 hours without AM or PM", "add %p, or write %H for 24 hours"),
        ("AM or PM", ("hour of twelve",), "AM or PM without 12 hours", "write %I for 12 hours"),
        ("fraction", ("second",), "a fraction without seconds", "add %S"),
        ("second", ("minute",), "seconds without minutes", "add %M"),
        ("minute", ("hour", "hour of twelve"), "minutes without an hour", "add %H"),
        ("hour", ("minute",), "an hour without minutes: the format may end before the value", "add %M"),
        ("hour of twelve", ("minute",), "an hour without minutes: the format may end before the value", "add %M"),
        ("offset", ("minute",), "an offset without a time of day", "add %H:%M"),
    ]
    for part, others, problem, hint in needs:
        if part in parts and not parts.keys() & set(others):
            return f"has {parts[part]}, {problem}", hint
    has_day = {"month", "day"} <= parts.keys() or "day of the year" in parts
    if "year" not in parts or not has_day:
        return "gives no whole day", "a stamp needs %Y (or %y), %m and %d"
    return None


def _disagree(one: str, other: str) -> bool:
    """Whether some text that the one writes is read by both, and as two moments."""
    for text in DOUBTFUL:
        moment = pl.Series([text]).str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC", time_unit="us")
        written = moment.dt.strftime(one)
        read = [_read(written, form) for form in (one, other)]
        if None not in read and read[0] != read[1]:
            return True
    return False


def _read(text: pl.Series, time_format: str) -> object:
    """What a format makes of a text; None where it does not fit."""
    zone = "UTC" if "offset" in _parts(time_format) else None
    if not has_time(time_format):
        read = text.str.to_date(time_format, strict=False).cast(pl.Datetime("us"))
    else:
        read = text.str.to_datetime(time_format, strict=False, time_unit="us", time_zone=zone).dt.replace_time_zone(
            None
        )
    moment = read.item()
    return moment if moment is not None and moment.year >= 1900 else None

"""The columns of a sample that hold times, the format of each, and the zone in which they may have been written.

A column may have days with and without a time of day, written in one way, or in several that their marks tell apart.
Day and month (or year) that could be either are decided by the columns together, or not at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product

import polars as pl

from efficacy_analytics.lake.cells.placeholders import stands_for_none
from efficacy_analytics.lake.cells.stamps import EITHER, read_stamps
from efficacy_analytics.lake.notices import Count

DATES = (
    *("%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d", "%Y%m%d"),
    *("%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y"),
    *("%m-%d-%Y", "%d-%m-%Y", "%m-%d-%y", "%d-%m-%y", "%y-%m-%d"),
    *("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y"),
)
TIMES = (
    *("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", " %H:%M:%S%.f", "%H%M%S", "%H:%M:%S"),
    *(" %H时%M分%S秒", "%H时%M分%S秒", " %H时%M分", "%H时%M分", " %H.%M.%S", " %H.%M", ", %H:%M", ", %H:%M:%S"),
)
SHAPES = {
    "%Y": r"\s*[+-]?\d+",
    **dict.fromkeys(("%y", "%m", "%d", "%H", "%I", "%M", "%S"), r"\s*\d{1,2}"),
    **dict.fromkeys(("%b", "%B"), r"\s*\pL+\.?"),
    "%p": r"\s*[\pL.]+",
    "%.f": r"(?:\.\d+)?",
}
ENOUGH_READABLE_SHARE = 0.95
ISO_DATE = "%Y-%m-%d"
SAMPLED, LONGEST = 1_000, 40
MOST_WAYS, LATEST_MONTH = 3, 12


def time_formats(rows: pl.DataFrame) -> dict[str, str]:
    """The columns that hold times, and the format that reads them: "" is ISO 8601, several stand apart by `EITHER`."""
    return decided(forms_of(rows))


def decided(forms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The format of each column of times, where it is told.

    Where day, month and year could be either in all of a column, another column that can be read in one way only
    decides; if none does, the column is not among them.
    """
    sure = {date for read in forms.values() if len(read) == 1 for date in dates_of(read[0])}
    chosen = {
        name: [form for form in read if len(read) == 1 or _is_sure(form, read, sure)] for name, read in forms.items()
    }
    return {name: read[0] for name, read in chosen.items() if len(read) == 1}


def _is_sure(form: str, read: Sequence[str], sure: set[str]) -> bool:
    """Whether another column says of all in which a format differs from the others that it is so."""
    in_all = set.intersection(*(dates_of(one) for one in read))
    return dates_of(form) <= sure | in_all


def forms_of(rows: pl.DataFrame) -> dict[str, list[str]]:
    """Of the columns that hold times all formats that read them, a date written in one way with and without a time."""
    found = {name: _forms(texts.filter(~stands_for_none(texts))) for name, texts in _filled(rows)}
    return {name: forms for name, forms in found.items() if forms}


def iso_forms(texts: pl.Series) -> list[str]:
    """The formats that read a column of ISO 8601 beside others: with seconds, without a time, and what else it has."""
    written = _form_of(texts.drop_nulls(), ISO_DATE) if texts.drop_nulls().len() else None
    return [*(written.split(EITHER) if written else ()), f"{ISO_DATE} %H:%M:%S", ISO_DATE]


def _filled(rows: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    yield from ((name, rows[name].drop_nulls()) for name in rows.columns)


def _forms(texts: pl.Series) -> list[str]:
    some = texts.sample(min(texts.len(), SAMPLED), seed=1)
    if (
        some.is_empty()
        or _share(some.str.contains(r"[0-9]") & (some.str.len_chars() <= LONGEST)) < ENOUGH_READABLE_SHARE
    ):
        return []
    if _is_read(texts, "").all():
        return [""]
    forms = [form for date in DATES if (form := _form_of(some, date)) and _reads(texts, form)]
    if any(_is_read(texts, form).all() for form in forms):
        return forms
    return _forms_of_ways(texts, some) or forms or ([""] if _reads(texts, "") else [])


def _forms_of_ways(texts: pl.Series, some: pl.Series) -> list[str]:
    """The formats that together read a column whose days are written in several ways, each told by its marks.

    None where one of the ways has no day after the twelfth and day and month may stand either way: a spreadsheet writes
    in a way of its own those days alone that it took for others.
    """
    formats = [
        (way, forms) for way in _ways(some) if (forms := [one for date in DATES if (one := _form_of(way, date))])
    ]
    if not 2 <= len(formats) <= MOST_WAYS:
        return []
    dates = {date for _, forms in formats for form in forms for date in dates_of(form)}
    may_be_swapped = any(not date.startswith("%Y") and "%b" not in date.lower() for date in dates)
    if may_be_swapped and not all(_has_late_day(way, forms) for way, forms in formats):
        return []
    together = (EITHER.join(one) for one in product(*(forms for _, forms in formats)))
    return [form for form in together if _reads(texts, form)]


def _ways(texts: pl.Series) -> list[pl.Series]:
    """The texts by the way they are written: the year first or not, and the mark behind their first number."""
    ways = pl.DataFrame({"text": texts}).with_columns(
        is_year_first=pl.col("text").str.contains(r"^\s*[0-9]{4}[^0-9]"),
        mark=pl.col("text").str.extract(r"^\s*[0-9]+([^0-9])").fill_null(""),
    )
    return [way["text"] for way in ways.sort("is_year_first", "mark").partition_by("is_year_first", "mark")]


def _has_late_day(texts: pl.Series, forms: Sequence[str]) -> bool:
    """Whether a day after the twelfth stands among the texts, by whichever of the formats that read them."""
    return any((read_stamps(texts, zone="UTC", time_format=form).day.dt.day() > LATEST_MONTH).any() for form in forms)


def _form_of(some: pl.Series, date: str) -> str | None:
    """The date with those times of day that it takes to read a sample; None where it cannot be read so."""
    mark = re.sub(r"%[a-zA-Z]", "", date)[:1]
    if _share(some.str.contains(mark, literal=True)) < ENOUGH_READABLE_SHARE:
        return None
    unread, used = some, list[str]()
    for time in TIMES:
        if not unread.str.contains(shape_of(date + time)).any():
            continue
        is_read = _is_read(unread, date + time)
        if is_read.any():
            used.append(date + time)
            unread = unread.filter(~is_read)
        if unread.len() <= (1 - ENOUGH_READABLE_SHARE) * some.len():
            return EITHER.join(used)
    return None


@cache
def shape_of(form: str) -> str:
    """A pattern that every text has which the format reads (and others): much sooner tried than the format."""
    parts = re.split(r"(%\.?[a-zA-Z]|\s+)", form)
    return "^" + "".join(SHAPES.get(part, r"\s*" if part.isspace() else re.escape(part)) for part in parts) + r"\s*$"


def dates_of(form: str) -> set[str]:
    """How a format, or several apart by `EITHER`, write the date; "" for ISO 8601."""
    return {max((date for date in DATES if one.startswith(date)), key=len, default="") for one in form.split(EITHER)}


def said_of_form(texts: pl.Series, form: str) -> str:
    """What is to be confirmed of the format of a column: that it is several, and how many texts it does not read."""
    given = texts.drop_nulls()
    given = given.filter(~stands_for_none(given))
    unread = Count(int((~_is_read(given, form)).sum()))
    written = " or ".join(one or "ISO 8601" for one in form.split(EITHER))
    several = f"written in several ways, read as {written}" if len(dates_of(form)) > 1 else ""
    refused = (
        f"{unread} of {Count(given.len())} {unread:is|are} not written as {written}, as most are: "
        f"{unread:it|they} would be refused"
        if unread
        else ""
    )
    return "; ".join(one for one in (several, refused) if one)


def _share(flags: pl.Series) -> float:
    return int(flags.sum()) / flags.len()


def _is_read(texts: pl.Series, form: str) -> pl.Series:
    return ~read_stamps(texts, zone="UTC", time_format=form or None).unreadable


def _reads(texts: pl.Series, form: str) -> bool:
    return int((~_is_read(texts, form)).sum()) <= (1 - ENOUGH_READABLE_SHARE) * texts.len()


def zone_of(stamps: Sequence[pl.Series], words: str) -> dict[str, object]:
    """Zone and calendar to confirm: China's for names in Chinese; no zone where every stamp has an offset."""
    texts = (
        pl.concat([one.cast(pl.String).drop_nulls() for one in stamps]) if stamps else pl.Series([], dtype=pl.String)
    )
    has_offset = texts.str.contains(r"\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$")
    is_chinese = bool(re.search(r"[\u4e00-\u9fff]", words))
    zone = {} if texts.len() and has_offset.all() else {"time_zone": "Asia/Shanghai" if is_chinese else "UTC"}
    return {**zone, "calendar": "CN" if is_chinese else "weekdays"}

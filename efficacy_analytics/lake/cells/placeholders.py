"""What systems write where there is no date: the first or the last day they know.

A placeholder is no moment: 1900-01-01 and its like at the beginning of the day (on the wall or in UTC), the first
second of Unix, and the last days of the calendar. It stands for an empty cell and is counted. Such a day with another
time of day is a time that lost its day (a cell that held a time alone): it cannot be read. So do the words and marks
by which databases, spreadsheets and people say that there is nothing: NULL, NaT, N/A, a dash, 无.

Sources: day 0 of a workbook is 1899-12-30 (or 1904-01-01), SQL Server's first day 1753-01-01, .NET's 0001-01-01,
Unix begins 1970-01-01T00:00:00Z; MySQL writes 0000-00-00.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

NO_DAY = r"^0000-00-00(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?$"
WORDS_FOR_NONE = (
    *("null", "none", "nan", "nat", "<na>", "n/a", "na", "#n/a", "nil", "(null)", "(none)", "empty", "blank"),
    *("-", "--", "---", "–", "—", "/", "\\", ".", "?", "无", "空", "暂无", "未填", "未知"),
    *("n.v.t.", "nvt", "n.b.", "k.a.", "k. a.", "entf.", "entfällt", "n.d.", "n.p.", "nessuna", "nessuno"),
)
OF_TIMES = tuple(map(dt.date, (1, 1899, 1899, 1900, 1904), (1, 12, 12, 1, 1), (1, 30, 31, 1, 1)))
"""Days at which a time without a day ends up."""
FIRST_DAYS = (*OF_TIMES, dt.date(1753, 1, 1), dt.date(1970, 1, 1))
LAST_DAYS = (dt.date(9999, 12, 31), dt.date(9999, 1, 1), dt.date(2999, 12, 31))
DAY = dt.timedelta(days=1)
NEAR = sorted(
    {
        *FIRST_DAYS,
        *LAST_DAYS,
        *(day + DAY for day in FIRST_DAYS),
        *(day - DAY for day in (*FIRST_DAYS[1:], *LAST_DAYS)),
    }
)
LOCAL_MEAN_TIME = dt.timedelta(minutes=30)
"""How far midnight of a zone before 1910 may lie from that of the zone today."""


def placeholders_in(read: pl.DataFrame, zone: str | None) -> pl.Series:
    """Which stamps stand for no date.

    Args:
        read: `text`, `wall` (as written; null: not read), `offset_seconds` (null: none), `has_time`.
        zone: of stamps without an offset, and of the wall clock.
    """
    unread = read["text"].is_not_null() & read["wall"].is_null()
    no_day = unread & stands_for_none(read["text"]) if unread.any() else unread
    near = _near(read)
    if near is None:
        return no_day
    found = [
        row
        for row in near.select("wall", "offset_seconds").unique().rows()
        if any(_stands_for_none(moment) for moment in _moments(row[0], row[1], zone))
    ]
    known = pl.DataFrame(found, schema=dict(read.select("wall", "offset_seconds").schema), orient="row")
    marked = read.select("wall", "offset_seconds").join(
        known.with_columns(found=pl.lit(True)),
        on=["wall", "offset_seconds"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return marked["found"].fill_null(False) & read["wall"].is_not_null() | no_day


def stands_for_none(text: pl.Series) -> pl.Series:
    """Which texts say by a word, a mark or noughts that there is no date."""
    is_word = text.str.strip_chars().str.to_lowercase().is_in(WORDS_FOR_NONE)
    return (is_word | text.str.contains(NO_DAY)).fill_null(False)


def times_without_a_day(read: pl.DataFrame) -> pl.Series:
    """Which stamps are a time of day at the day at which a system counts its first day: their day is not known."""
    first = read["wall"].dt.year().min()  # a year alone: that of a moment may be none that Python knows
    if first is None or first > 1904:  # type: ignore[operator]
        return pl.repeat(False, read.height, dtype=pl.Boolean, eager=True)
    day = pl.col("wall").dt.date()
    return read.select((day.is_in(OF_TIMES) & (pl.col("wall").dt.time() != dt.time())).fill_null(False)).to_series()


def _near(read: pl.DataFrame) -> pl.DataFrame | None:
    """The stamps at one of those days or beside it; None where there are none, as mostly."""
    years = read["wall"].dt.year()
    first, last = years.min(), years.max()
    if first is None or (first > 1970 and last < 2998):  # type: ignore[operator]
        return None
    near = read.filter(pl.col("wall").dt.date().is_in(NEAR))
    return near if near.height else None


def _moments(wall: dt.datetime, offset_seconds: int | None, zone: str | None) -> list[dt.datetime]:
    """The moment as written, on the clock of the zone, and in UTC."""
    try:
        if offset_seconds is None:
            there = wall.replace(tzinfo=ZoneInfo(zone)) if zone else None
            return [wall, *([there.astimezone(dt.UTC).replace(tzinfo=None)] if there else [])]
        utc = (wall - dt.timedelta(seconds=offset_seconds)).replace(tzinfo=dt.UTC)
        here = [utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)] if zone else []
        return [wall, utc.replace(tzinfo=None), *here]
    except OverflowError:
        return [wall]


def _stands_for_none(moment: dt.datetime) -> bool:
    if moment.date() in LAST_DAYS:
        return True
    after_midnight = moment - dt.datetime.combine(moment.date(), dt.time())
    slack = LOCAL_MEAN_TIME if moment.year < 1910 else dt.timedelta()
    return moment.date() in FIRST_DAYS and after_midnight <= slack

"""Stamps of an export: which instant they mean, and what the clock on the wall showed.

Read as ISO 8601 (`2024-03-29T10:00:00+08:00`, `2024-03-29 10:00`, `2024-03-29` …), or by the layout's
`time_format`, of several by the first that fits. A stamp with an offset is an instant as it stands; one without is
read in the layout's zone. An hour that a change to winter time repeats is read as the first of the two; an hour that
a change to summer time leaves out has no instant. A day alone is its first instant, and is known to be one. Years
before 1900 and after 9998 are not read; what systems write where there is no date is told apart (`placeholders`).
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache, lru_cache

import polars as pl
from polars.exceptions import ComputeError, InvalidOperationError

from efficacy_analytics.lake.cells.placeholders import placeholders_in, times_without_a_day
from efficacy_analytics.lake.cells.time_formats import has_time, spelled_out

EITHER = "\x1e"


INSTANT = pl.Datetime("us", "UTC")
WALL = pl.Datetime("us")
# Digits are those of ASCII: in a pattern of the engine \d is a digit of any script, which no number is read from.
OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-8])(?::?[0-5][0-9])?)"
TIME = r"[ T][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{TIME}(?: ?{OFFSET})?)?$"
SECONDS = "%Y-%m-%d %H:%M:%S"
UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$"
PLAIN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"
YEARS = (1900, 9998)
MOST_STEADY_MONTHS = 600
DAY_LENGTH, MINUTE_LENGTH = len("2024-03-29"), len("2024-03-29 10:00")


@dataclass(frozen=True)
class Stamps:
    """Stamps of one column, read.

    Attributes:
        at: the instant; null where there is none.
        local: what the wall clock showed: of the layout's zone, else of the stamp's own offset.
        on: the local date.
        day: the same, and the day as written of a local time that does not exist.
        has_time: the text gives a time of day.
        unreadable: there is a text, and it is not a stamp.
        impossible: the local time does not exist in the zone.
        needs_zone: neither the stamp nor the layout says which zone.
        is_utc: the stamp is given in UTC, and no zone says which local day that is.
        placeholder: what systems write where there is no date: it stands for none.
    """

    at: pl.Series
    local: pl.Series
    on: pl.Series
    day: pl.Series
    has_time: pl.Series
    unreadable: pl.Series
    impossible: pl.Series
    needs_zone: pl.Series
    is_utc: pl.Series
    placeholder: pl.Series


def is_time_zone(name: str) -> bool:
    """Whether the IANA zone is known to the engine."""
    try:
        pl.Series([0]).cast(WALL).dt.replace_time_zone(name)
    except (ComputeError, InvalidOperationError, ValueError):
        return False
    return True


def read_stamps(text: pl.Series, *, zone: str | None, time_format: str | None = None) -> Stamps:
    """Reads a column of stamps.

    Args:
        text: one text or null per row.
        zone: the IANA zone of stamps without an offset, and of the wall clock.
        time_format: a strptime format, or several apart by `EITHER`; None for ISO 8601.
    """
    if text.null_count() == text.len():
        return _none_given(text.len())
    frame = pl.DataFrame({"text": text}).select(pl.col("text").str.strip_chars())
    written = _walls(frame, time_format)
    placeholder = placeholders_in(written, zone)
    in_range = pl.col("wall").dt.year().is_between(*YEARS)
    is_moment = in_range & ~pl.lit(placeholder) & ~pl.lit(times_without_a_day(written))
    walls = written.with_columns(wall=pl.when(is_moment).then("wall"))
    steady_seconds = _steady_seconds(walls, zone)
    if steady_seconds is None:
        read = walls.with_columns(at=_instant(zone)).with_columns(local=_wall_clock(zone))
    else:  # no clock changes in these months: one subtraction
        at = (pl.col("wall") - pl.duration(seconds=steady_seconds)).dt.replace_time_zone("UTC")
        read = walls.with_columns(at=at, local=pl.col("wall"))
    is_read = pl.col("wall").is_not_null()
    naive = is_read & pl.col("offset_seconds").is_null()
    return Stamps(
        at=read["at"],
        local=read["local"],
        on=read["local"].dt.date(),
        day=read.select(pl.coalesce("local", "wall").dt.date()).to_series(),
        has_time=read["has_time"],
        unreadable=read.select(pl.col("text").is_not_null() & ~is_read & ~pl.lit(placeholder)).to_series(),
        impossible=read.select(naive & pl.col("at").is_null() & pl.lit(zone is not None)).to_series(),
        needs_zone=read.select(naive & pl.lit(zone is None)).to_series(),
        is_utc=read.select(
            is_read & (pl.col("offset_seconds") == 0).fill_null(False) & pl.lit(zone is None)
        ).to_series(),
        placeholder=placeholder,
    )


@lru_cache(maxsize=8)
def _none_given(count: int) -> Stamps:
    """A column that the export does not have."""
    no = pl.repeat(False, count, dtype=pl.Boolean, eager=True)
    at, local, on = (pl.repeat(None, count, dtype=kind, eager=True) for kind in (INSTANT, WALL, pl.Date()))
    return Stamps(at, local, on, on, no, no, no, no, is_utc=no, placeholder=no)


def _walls(frame: pl.DataFrame, time_format: str | None) -> pl.DataFrame:
    if not time_format:
        return _by_iso(frame)
    first, *others = [_by_format(frame, one) for one in time_format.split(EITHER)]
    for other in others:
        is_read = first["wall"].is_not_null()
        first = first.select(column.zip_with(is_read, other[column.name]) for column in first)
    return first


def _by_iso(frame: pl.DataFrame) -> pl.DataFrame:
    """The wall clock as written, the offset in seconds (null: none), whether there is a time of day."""
    if frame["text"].str.contains(PLAIN).all():  # the common form, read at once
        wall = pl.col("text").str.to_datetime(SECONDS, strict=False, time_unit="us")
        return frame.with_columns(
            wall=wall, offset_seconds=pl.lit(None, pl.Int64), has_time=pl.col("text").is_not_null()
        )
    if frame["text"].str.contains(UTC).all():  # as typed columns are written
        wall = pl.col("text").str.to_datetime(f"{SECONDS}Z", strict=False, time_unit="us")
        return frame.with_columns(wall=wall, offset_seconds=pl.lit(0, pl.Int64), has_time=pl.col("text").is_not_null())
    text = pl.when(pl.col("text").str.contains(ISO)).then(pl.col("text"))
    tail = text.str.slice(MINUTE_LENGTH)
    offset = tail.str.extract(rf"({OFFSET})$")
    marked = pl.col("iso").str.len_bytes() > MINUTE_LENGTH
    spelled = (
        pl.when(~pl.col("has_time"))
        .then(pl.col("iso") + " 00:00:00")
        .when(marked)
        .then(pl.col("iso").str.slice(0, MINUTE_LENGTH) + pl.col("seconds"))
        .otherwise(pl.col("iso") + ":00")
        .str.replace("T", " ", literal=True)
    )
    return (
        frame.with_columns(iso=text, offset=offset)
        .with_columns(
            has_time=(pl.col("iso").str.len_bytes() > DAY_LENGTH).fill_null(False),
            seconds=pl.coalesce(
                pl.col("iso").str.slice(MINUTE_LENGTH).str.extract(r"^(:[0-9]{2}(?:\.[0-9]+)?)"), pl.lit(":00")
            ),
        )
        .with_columns(
            wall=spelled.str.to_datetime(f"{SECONDS}%.f", strict=False, time_unit="us"),
            offset_seconds=_offset_seconds(pl.col("offset")),
        )
        .select("text", "wall", "offset_seconds", "has_time")
    )


def _offset_seconds(offset: pl.Expr) -> pl.Expr:
    digits = offset.str.replace_all(r"\D", "").str.pad_end(4, "0")
    size = digits.str.slice(0, 2).cast(pl.Int64) * 3600 + digits.str.slice(2, 2).cast(pl.Int64) * 60
    return pl.when(offset.str.starts_with("-")).then(-size).otherwise(size)


def _by_format(frame: pl.DataFrame, time_format: str) -> pl.DataFrame:
    text = pl.col("text")
    if "%z" in time_format or "%:z" in time_format:
        wall = text.str.to_datetime(
            spelled_out(time_format), strict=False, time_unit="us", time_zone="UTC"
        ).dt.replace_time_zone(None)
        return frame.with_columns(wall=wall, offset_seconds=pl.lit(0, pl.Int64), has_time=pl.lit(True))
    is_timed = has_time(time_format)
    parsed = text.str.to_datetime if is_timed else text.str.to_date
    wall = parsed(spelled_out(time_format), strict=False).cast(WALL)
    return frame.with_columns(wall=wall, offset_seconds=pl.lit(None, pl.Int64), has_time=pl.lit(is_timed))


def _steady_seconds(walls: pl.DataFrame, zone: str | None) -> int | None:
    """The zone's offset from UTC, if no stamp has its own and it is the same from the first to the last of them."""
    first, last = walls["wall"].min(), walls["wall"].max()
    if zone is None or first is None or walls["offset_seconds"].null_count() < walls.height:
        return None
    months = (last.year - first.year) * 12 + last.month - first.month + 1  # type: ignore[union-attr]
    if months > MOST_STEADY_MONTHS:
        return None
    starts = [first.month - 1 + place for place in range(months)]  # type: ignore[union-attr]
    offsets = {_offset_in(zone, first.year + start // 12, start % 12 + 1) for start in starts}  # type: ignore[union-attr]
    return offsets.pop() if len(offsets) == 1 else None


@cache
def _offset_in(zone: str, year: int, month: int) -> int | None:
    """The zone's offset in seconds, if it is the same at every quarter of an hour of a month and the hour after it."""
    first = dt.datetime(year, month, 1)
    until = dt.datetime(year + month // 12, month % 12 + 1, 1, 1)
    walls = pl.datetime_range(first, until, "15m", time_unit="us", eager=True)
    at = walls.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")
    offsets = (walls - at.dt.replace_time_zone(None)).dt.total_seconds().unique()
    return offsets.item() if offsets.len() == 1 else None


def _instant(zone: str | None) -> pl.Expr:
    shifted = (pl.col("wall") - pl.duration(seconds=pl.col("offset_seconds"))).dt.replace_time_zone("UTC")
    if zone is None:
        return shifted
    in_zone = _in_zone(pl.col("wall"), zone)
    # A day whose midnight the change to summer time leaves out begins an hour later.
    day_begins = pl.when(~pl.col("has_time")).then(_in_zone(pl.col("wall") + pl.duration(hours=1), zone))
    return pl.when(pl.col("offset_seconds").is_null()).then(pl.coalesce(in_zone, day_begins)).otherwise(shifted)


def _in_zone(wall: pl.Expr, zone: str) -> pl.Expr:
    return wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _wall_clock(zone: str | None) -> pl.Expr:
    if zone is None:
        return pl.col("wall")
    return pl.col("at").dt.convert_time_zone(zone).dt.replace_time_zone(None)

"""The columns of a sample that hold times, the format of each, and the zone in which they may have been written.

Day and month that could be either are decided by the columns together, or not at all.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from efficacy_analytics.lake.cells.stamps import read_stamps

TIME_FORMATS = (
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d%H%M%S", "%Y%m%d"),
    *("%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y %H:%M"),
    *("%d/%m/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y", "%d/%m/%y"),
)
ENOUGH_READABLE_SHARE = 0.95


def time_formats(rows: pl.DataFrame) -> dict[str, str]:
    """The columns that hold times, and the format by which they are read; "" for ISO 8601."""
    return decided(forms_of(rows))


def decided(forms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The format of each column of times, where it is told.

    Where day and month could be either in all of a column, another column that can be read in one way only decides; if
    none does, the column is not among them.
    """
    sure = {read[0] for read in forms.values() if len(read) == 1}
    chosen = {name: [form for form in read if len(read) == 1 or form in sure] for name, read in forms.items()}
    return {name: read[0] for name, read in chosen.items() if len(read) == 1}


def forms_of(rows: pl.DataFrame) -> dict[str, list[str]]:
    """Of the columns that hold times the format that reads them, and the one with day and month the other way."""
    found = {}
    for name in rows.columns:
        texts = rows[name].drop_nulls()
        form = next((form for form in ("", *TIME_FORMATS) if texts.len() and _reads(texts, form)), None)
        if form is not None:
            other = form.replace("%m/%d", "%d/%m")
            found[name] = [form, other] if other != form and _reads(texts, other) else [form]
    return found


def _reads(texts: pl.Series, form: str) -> bool:
    some = texts.sample(min(texts.len(), 1000), seed=1)
    for part in (some, texts):
        unreadable = read_stamps(part, zone="UTC", time_format=form or None).unreadable.sum()
        if unreadable > (1 - ENOUGH_READABLE_SHARE) * part.len():
            return False
    return True


def zone_of(stamps: Sequence[pl.Series], words: str) -> dict[str, object]:
    """Zone and calendar to confirm: China's for names in Chinese; no zone where every stamp has an offset."""
    texts = (
        pl.concat([one.cast(pl.String).drop_nulls() for one in stamps]) if stamps else pl.Series([], dtype=pl.String)
    )
    has_offset = texts.str.contains(r"\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$")
    is_chinese = bool(re.search(r"[\u4e00-\u9fff]", words))
    zone = {} if texts.len() and has_offset.all() else {"time_zone": "Asia/Shanghai" if is_chinese else "UTC"}
    return {**zone, "calendar": "CN" if is_chinese else "weekdays"}

"""A time limit, and what stops it, as values.

A limit is written "5", "56 calendar_days", "5个工作日", "24小时", "2个月" or "即办", in simplified or
traditional characters ("14個工作天"); plain 天 or 日 is refused, as it
may mean working or calendar days. A stop from s until e takes out the days after s up to and including e.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from efficacy_analytics.errors import CallError

UNITS = ("working_days", "calendar_days", "hours", "months", "on_the_spot")
WORDS = {
    **{unit: unit for unit in UNITS},
    **{unit.removesuffix("s"): unit for unit in UNITS if unit.endswith("s")},
    "工作日": "working_days",
    "自然日": "calendar_days",
    "日历日": "calendar_days",
    **dict.fromkeys(("business_day", "business_days", "werkdag", "werkdagen"), "working_days"),
    **dict.fromkeys(("arbeitstag", "arbeitstage", "arbeitstagen"), "working_days"),
    **dict.fromkeys(("kalenderdag", "kalenderdagen", "kalendertag", "kalendertage"), "calendar_days"),
    **dict.fromkeys(("工作天", "营业日", "營業日"), "working_days"),
    **dict.fromkeys(("日曆天", "日历天", "日曆日"), "calendar_days"),
    **dict.fromkeys(("小时", "小時"), "hours"),
    "月": "months",
    **dict.fromkeys(("即办", "即辦", "当场", "當場", "当日", "當日"), "on_the_spot"),
}
WRITTEN = re.compile(r"(\d{1,5})?\s*[个個]?\s*([^\d\s].*)?")


@dataclass(frozen=True)
class Limit:
    """A length in a unit; `on_the_spot` has the length 0."""

    length: int
    unit: str = "working_days"

    def __str__(self) -> str:
        return self.unit if self.unit == "on_the_spot" else f"{self.length} {self.unit}"


@dataclass(frozen=True)
class Stop:
    """A span in which the clock stands still; without an end it is still open."""

    from_on: dt.date
    until_on: dt.date | None = None
    kind: str = "suspension"


def parsed_limit(text: str, *, unit: str = "working_days") -> Limit:
    """A limit from its text; `unit` is meant where the text names none.

    Raises:
        CallError: the text is no limit, or a unit is unknown or could mean two things.
    """
    if unit not in UNITS:
        raise CallError(f"'{unit}' is no unit of a limit.", hint=f"known: {', '.join(UNITS)}")
    written = WRITTEN.fullmatch(text.strip())
    length, word = written.groups() if written else (None, None)
    meant = unit if word is None else WORDS.get(word.strip().lower().replace(" ", "_").replace("-", "_"))
    if meant == "on_the_spot" and length in (None, "0"):
        return Limit(0, "on_the_spot")
    if length is None or meant is None or meant == "on_the_spot":
        raise CallError(
            f"a limit cannot be read from {text!r}.",
            hint='write "5", "56 calendar_days", "5个工作日", "24 hours", "2 months" or "on_the_spot"',
        )
    return Limit(int(length), meant)


def stopped_spans(
    stops: Iterable[Stop], *, as_on: dt.date, takes_out_first_day: bool = False
) -> list[tuple[dt.date, dt.date]]:
    """The union of stops as disjoint spans in order; each takes out the days after its first up to its second.

    Overlapping and adjoining stops become one, an open stop runs until `as_on`, and a stop that ends before it
    starts takes out nothing.
    """
    shift = dt.timedelta(days=1 if takes_out_first_day else 0)
    closed = [(stop.from_on - shift, as_on if stop.until_on is None else stop.until_on, stop) for stop in stops]
    spans: list[tuple[dt.date, dt.date]] = []
    for from_on, until_on, stop in sorted(closed, key=lambda span: span[:2]):
        if until_on < stop.from_on or until_on <= from_on:
            continue
        if spans and from_on <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until_on))
        else:
            spans.append((from_on, until_on))
    return spans

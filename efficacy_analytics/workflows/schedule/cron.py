"""A cron line as sets of numbers, which mean the same to cron, to systemd and to the scheduler.

Three readings differ from one program to another and are settled here: Sunday is 0 and 7, as in cron; a line names days
of the month or weekdays, not both (cron takes either, the others both); and every line has a zone of its own.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from efficacy_analytics.errors import CallError

PART: Final = re.compile(r"(\*|\d+|[a-z]{3})(?:-(\d+|[a-z]{3}))?(?:/(\d+))?")
WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIELDS: Final[dict[str, tuple[int, int]]] = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
    "weekday": (0, 6),
}
HINT: Final = "minute, hour, day of the month, month, weekday: such as `30 2 * * *`, every night at half past two"
HOUR: Final = dt.timedelta(hours=1)
Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Cron:
    """The moments of a cron line, each field as the numbers it names, in order; Sunday is 0."""

    minute: Numbers
    hour: Numbers
    day: Numbers
    month: Numbers
    weekday: Numbers

    def line(self) -> str:
        """As cron writes it."""
        return " ".join(_listed(getattr(self, field), *FIELDS[field]) for field in FIELDS)

    def on_calendar(self, zone: str) -> str:
        """As systemd writes it: `Mon,Fri *-*-* 02:30:00 Asia/Shanghai`."""
        days = "" if len(self.weekday) == 7 else ",".join(WEEKDAYS[one].capitalize() for one in self.weekday) + " "
        month, day = (_listed(getattr(self, field), *FIELDS[field], digits=2) for field in ("month", "day"))
        hour, minute = (_listed(getattr(self, field), *FIELDS[field], digits=2) for field in ("hour", "minute"))
        return f"{days}*-{month}-{day} {hour}:{minute}:00 {zone}"

    def fields(self) -> dict[str, str]:
        """As the scheduler's trigger takes it, weekdays by name: it would count Monday as 0."""
        named = {field: ",".join(map(str, getattr(self, field))) for field in ("minute", "hour", "day", "month")}
        return {**named, "second": "0", "day_of_week": ",".join(WEEKDAYS[one] for one in self.weekday)}

    def earlier(self, hours: int) -> "Cron":
        """The same moments on a clock that is so many hours behind.

        Raises:
            CallError: days of the month would move, which a cron line cannot say.
        """
        moved = [hour - hours for hour in self.hour]
        turns = {hour // 24 for hour in moved}
        is_every_day = len(self.weekday) == 7
        if turns != {0} and (len(self.day) < 31 or len(self.month) < 12 or not (is_every_day or len(turns) == 1)):
            raise CallError(f"'{self.line()}' cannot be said in the zone of this machine.", hint=ZONE_HINT)
        weekday = tuple(sorted((one + min(turns)) % 7 for one in self.weekday)) if len(turns) == 1 else self.weekday
        return replace(self, hour=tuple(sorted(hour % 24 for hour in moved)), weekday=weekday)


ZONE_HINT: Final = "let systemd do it (--print systemd), whose timers know zones, or set the machine to the zone"


def _listed(numbers: Numbers, first: int, last: int, digits: int = 1) -> str:
    return "*" if len(numbers) == last - first + 1 else ",".join(f"{number:0{digits}d}" for number in numbers)


def cron_of(text: str) -> Cron:
    """The moments that a line of five fields names.

    Raises:
        CallError: it is no such line, or it names both days of the month and weekdays.
    """
    words = text.lower().split()
    if len(words) != len(FIELDS):
        raise CallError(f"'{text}' is no cron line of five fields.", hint=HINT)
    found = {field: _numbers(text, field, word) for field, word in zip(FIELDS, words, strict=True)}
    if len(found["day"]) < 31 and len(found["weekday"]) < 7:
        raise CallError(
            f"'{text}' names days of the month and weekdays, which programs read differently.", hint="name one of them"
        )
    return Cron(**found)


def _numbers(text: str, field: str, word: str) -> Numbers:
    first, last = FIELDS[field]
    named: set[int] = set()
    for part in word.split(","):
        match = PART.fullmatch(part)
        if not match or (match[2] and match[1] == "*"):
            raise CallError(f"'{text}': '{part}' is no {field}.", hint=HINT)
        begins = first if match[1] == "*" else _number(match[1], field)
        open_end = last if match[1] == "*" or match[3] else begins
        ends = _number(match[2], field) if match[2] else open_end
        step = int(match[3] or 1)
        most = 7 if field == "weekday" else last
        if not first <= begins <= ends <= most or not step:
            raise CallError(f"'{text}': '{part}' is no {field}, which goes from {first} to {most}.", hint=HINT)
        named |= {one % 7 if field == "weekday" else one for one in range(begins, ends + 1, step)}
    return tuple(sorted(named))


def _number(word: str, field: str) -> int:
    names: Sequence[str] = {"weekday": WEEKDAYS, "month": ("", *MONTHS)}.get(field, ())
    if word.isdigit():
        return int(word)
    return names.index(word) if word in names else -1


def hours_ahead(zone: str, year: int, machine: dt.tzinfo | None = None) -> int:
    """By how many hours a zone is ahead of this machine's, all the year.

    Args:
        zone: the zone.
        year: the year.
        machine: instead of this machine's zone.

    Raises:
        CallError: it is not the same all the year, or no whole number of hours.
    """
    days = [dt.datetime(year, month, 1, 12, tzinfo=dt.UTC) for month in range(1, 13)]
    ahead = {(_offset(day.astimezone(ZoneInfo(zone))) - _offset(day.astimezone(machine))) for day in days}
    if len(ahead) != 1 or (difference := ahead.pop()) % HOUR:
        raise CallError(
            f"cron knows only the zone of this machine, and {zone} keeps no distance to it.", hint=ZONE_HINT
        )
    return difference // HOUR


def _offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta()

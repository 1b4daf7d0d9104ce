"""When an office is open: up to three stretches a day, by weekday.

Hours are written "09:00-12:00". An ordinary weekend day is open only where its name is given hours of its own;
a weekend day worked in exchange for a holiday keeps the hours of workdays unless its name says otherwise.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from efficacy_analytics.clock.reference import reference_rows
from efficacy_analytics.errors import LayoutError

Stretch: TypeAlias = tuple[int, int]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_STRETCHES = 3
WRITTEN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class OfficeHours:
    """Open stretches in seconds since midnight.

    Attributes:
        workdays: the stretches of any working day.
        by_weekday: the stretches of single weekdays (0 is Monday), which replace the general ones.
    """

    workdays: tuple[Stretch, ...] = ()
    by_weekday: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)

    def stretches(self, weekday: int, *, is_working_day: bool, is_ordinary_weekend: bool) -> tuple[Stretch, ...]:
        """The stretches open on a day of that weekday (0 is Monday)."""
        if is_working_day:
            return self.by_weekday.get(weekday, self.workdays)
        return self.by_weekday.get(weekday, ()) if is_ordinary_weekend else ()


def parsed_office_hours(written: Mapping[str, Sequence[str]]) -> OfficeHours:
    """Office hours from what a layout writes: `{"workdays": ["09:00-12:00", …], "monday": […]}`.

    Raises:
        LayoutError: a key is no day, a stretch is not written HH:MM-HH:MM, ends before it starts or overlaps
            another, or a day has more than three.
    """
    for key in written:
        if key not in ("workdays", *WEEKDAYS):
            raise LayoutError(
                f"office hours have an unknown day '{key}'.", hint=f"known: workdays, {', '.join(WEEKDAYS)}"
            )
    parsed = {key: _stretches(key, texts) for key, texts in written.items()}
    return OfficeHours(
        parsed.get("workdays", ()),
        {number: parsed[name] for number, name in enumerate(WEEKDAYS) if name in parsed},
    )


def kept_office_hours(calendar: str, *, reference: Path) -> OfficeHours:
    """The hours kept as data for a calendar, or for a department's own ("CN/code").

    A department's rows lie in `calendar/departments/office_hours.csv`, a calendar's in `calendar/office_hours.csv`,
    where `*` stands for every other calendar.
    """
    base, _, department = calendar.partition("/")
    folder = reference / "calendar"
    own = [
        row
        for row in reference_rows(
            folder / "departments" / "office_hours.csv", "calendar", "department", "days", "hours"
        )
        if (row["calendar"], row["department"]) == (base, department)
    ]
    general = reference_rows(folder / "office_hours.csv", "calendar", "days", "hours")
    named = [row for row in general if row["calendar"] == base]
    rows = own or named or [row for row in general if row["calendar"] == "*"]
    return parsed_office_hours({row["days"]: row["hours"].split() for row in rows})


def _stretches(day: str, texts: Sequence[str]) -> tuple[Stretch, ...]:
    found = tuple(sorted(_stretch(day, text) for text in texts))
    if len(found) > MOST_STRETCHES:
        raise LayoutError(f"office hours of {day} have {len(found)} stretches.", hint="give at most three")
    for (_, closes), (opens, _) in pairwise(found):
        if opens < closes:
            raise LayoutError(f"office hours of {day} overlap: {', '.join(texts)}.", hint="join the stretches into one")
    return found


def _stretch(day: str, text: str) -> Stretch:
    written = WRITTEN.fullmatch(text.strip())
    numbers = [int(part) for part in written.groups()] if written else []
    opens, closes = (numbers[0] * 3600 + numbers[1] * 60, numbers[2] * 3600 + numbers[3] * 60) if written else (0, 0)
    if not written or numbers[1] > 59 or numbers[3] > 59 or not (0 <= opens <= DAY_SECONDS >= closes):
        raise LayoutError(f"office hours of {day} cannot be read: {text!r}.", hint='write them as "09:00-12:00"')
    if opens >= closes:
        first, second = f"{numbers[0]:02}:{numbers[1]:02}-24:00", f"00:00-{numbers[2]:02}:{numbers[3]:02}"
        raise LayoutError(
            f"office hours of {day} cannot be read: {text!r} ends before it starts.",
            hint=f'a night shift is two stretches, "{first}" and "{second}", the second on the day that follows: '
            f"give it to the weekdays it falls on, as {WEEKDAYS[1]} = […]",
        )
    return opens, closes

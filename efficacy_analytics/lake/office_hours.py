"""Office hours of a layout: who works when, on which days.

`[office_hours]` holds for everyone, `[office_hours.resource.NAME]` and `[office_hours.department.NAME]` for
one. A day has up to three stretches such as "09:00-12:00", in order and apart.
"""

import re
from typing import Any

from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layout_keys import DAYS

STRETCH = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")
MOST_STRETCHES = 3
OF_ONE = ("resource", "department")


def checked_hours(entry: Any, name: str) -> dict[str, Any]:
    """The office hours as written, once every key is known and every stretch can be read.

    Raises:
        LayoutError: a key is unknown, or a stretch cannot be read, ends before it begins, or overlaps.
    """
    hours = _table(entry, name, "office_hours")
    _check_days({day: value for day, value in hours.items() if day not in OF_ONE}, name, "office_hours")
    for kind in OF_ONE:
        for who, days in _table(hours.get(kind, {}), name, f"office_hours.{kind}").items():
            section = f"office_hours.{kind}.{who}"
            _check_days(_table(days, name, section), name, section)
    return hours


def _check_days(days: dict[str, Any], name: str, section: str) -> None:
    for day, stretches in days.items():
        if day not in DAYS:
            raise LayoutError(
                f"layout '{name}' has an unknown key '{day}' in [{section}].",
                hint=f"known: {', '.join(DAYS)}" + (", resource, department" if section == "office_hours" else ""),
            )
        if not _is_in_order(stretches):
            raise LayoutError(
                f"layout '{name}': the hours of '{day}' in [{section}] cannot be read.",
                hint=f'write up to {MOST_STRETCHES} stretches in order, such as ["09:00-12:00", "13:30-17:00"]',
            )


def _is_in_order(stretches: Any) -> bool:
    if not isinstance(stretches, list) or len(stretches) > MOST_STRETCHES:
        return False
    moments = ["00:00"]
    for stretch in stretches:
        if not isinstance(stretch, str) or not STRETCH.fullmatch(stretch):
            return False
        opens, closes = stretch.split("-")
        if not moments[-1] <= opens < closes:
            return False
        moments.append(closes)
    return True


def _table(entry: Any, name: str, section: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise LayoutError(f"layout '{name}': '{section}' must be a table.", hint=f"write [{section}]")
    return entry

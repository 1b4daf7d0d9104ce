"""Office hours of a layout: who works when, on which days.

`[office_hours]` holds for everyone, `[office_hours.resource.NAME]` and `[office_hours.department.NAME]` for
one. A day has up to three stretches such as "09:00-12:00", apart from one another.
"""

from typing import Any

from efficacy_analytics.clock.office_hours import parsed_office_hours
from efficacy_analytics.errors import LayoutError
from efficacy_analytics.lake.layouts.values import table_of

OF_ONE = ("resource", "department")


def checked_hours(entry: Any, name: str) -> dict[str, Any]:
    """The office hours as written, once every day is known and every stretch can be read.

    Args:
        entry: what stands under `[office_hours]`.
        name: the layout's name, for messages.

    Raises:
        LayoutError: a key is no day, or a stretch cannot be read, ends before it starts, or overlaps.
    """
    hours = table_of(entry, name, "office_hours")
    _check_days({day: texts for day, texts in hours.items() if day not in OF_ONE}, name, "office_hours")
    for kind in OF_ONE:
        for who, days in table_of(hours.get(kind, {}), name, f"office_hours.{kind}").items():
            section = f"office_hours.{kind}.{who}"
            _check_days(table_of(days, name, section), name, section)
    return hours


def _check_days(days: dict[str, Any], name: str, section: str) -> None:
    for day, texts in days.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise LayoutError(
                f"layout '{name}': '{day}' in [{section}] must be a list of stretches.",
                hint='write it as ["09:00-12:00", "13:30-17:00"]',
            )
    try:
        parsed_office_hours(days)
    except LayoutError as fault:
        raise LayoutError(f"layout '{name}', [{section}]: {fault.problem}", hint=fault.hint) from None

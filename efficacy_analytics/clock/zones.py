"""On which clock does a limit in hours run? 24 hours are 24 hours, also in the night in which the clock is changed.

Source: the table of zones of the IANA time zone database (zone.tab): which zones a country has.
"""

import datetime as dt
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from efficacy_analytics.errors import CallError

TABLE = "zone.tab"
ONE_CLOCK = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin"}
"""Countries that have several zones by the table and one clock by law."""


def zone_of_calendar(calendar: str) -> str:
    """The zone of a calendar's country.

    Raises:
        CallError: it has several, or none is known.
    """
    country = calendar.partition("/")[0].partition("-")[0]
    known = (ONE_CLOCK[country],) if country in ONE_CLOCK else zones_of_countries().get(country, ())
    if len(known) == 1:
        return known[0]
    problem = f"has {len(known)} time zones" if known else "has no time zone that is known"
    raise CallError(
        f"calendar {calendar} {problem}: a limit in hours runs on one.",
        hint=f"add --zone {known[0] if known else 'Europe/Amsterdam'}",
    )


@cache
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """The zones of each country, by its code."""
    found: dict[str, list[str]] = {}
    for line in _table().splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def _table() -> str:
    """The table of zones as the system or the package tzdata has it; empty where neither does."""
    for folder in TZPATH:
        if (Path(folder) / TABLE).is_file():
            return (Path(folder) / TABLE).read_text(encoding="utf-8")
    try:
        return (files("tzdata.zoneinfo") / TABLE).read_text(encoding="utf-8")
    except ModuleNotFoundError:
        return ""


def on_the_clock(accepted_at: dt.datetime, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Where the hands of the zone's clock stand, when a clock that is never changed shows a moment.

    Args:
        accepted_at: the local moment at which both show the same.
        moment: of the clock that is never changed.
        zone: the zone.

    Returns:
        The local moment, with its offset.
    """
    return (accepted_at.replace(tzinfo=zone).astimezone(dt.UTC) + (moment - accepted_at)).astimezone(zone)


def never_changed(accepted_at: dt.datetime, local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What a clock that is never changed shows at a local moment: the other way of `on_the_clock`."""
    elapsed = local.replace(tzinfo=zone).astimezone(dt.UTC) - accepted_at.replace(tzinfo=zone).astimezone(dt.UTC)
    return accepted_at + elapsed

"""Editions of a lake for an attack: of all its cases, of every month, quarter and the year, and of two days."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from efficacy_analytics.errors import CannotAnswerError, EmptyCohortError
from efficacy_analytics.event_log.cohort import EVERYTHING, Cohort, open_log
from efficacy_analytics.findings.disclosure.public_findings import TOTALS, Asked, PublicFindings
from support.attacker import Edition, half_protected, recovered
from support.sparse_lake import YEAR, second_day, sparse_lake

FEWEST = 5
BELIEVED_NOISE = (0, 4, 8)
OF_GROUPS = ("log_summary", "on_time", "on_time_by_item", "activities", "directly_follows")
ALL = (*OF_GROUPS, "variants", "bottlenecks", "contributions", "on_time_by_month", "departments", "activity_names")
QUARTERS = tuple(f"{YEAR}Q{number}" for number in range(1, 5))
MONTHS = tuple(f"{YEAR}-{number:02}" for number in range(1, 13))


def edition(
    lake: Path, names: Sequence[str] = ALL, *, period: str = "", parts: Sequence[str] = (), day: int = 0
) -> Edition:
    """What is published of a lake as it stands, and the truth.

    Args:
        lake: the lake.
        names: the tables.
        period: of which cases; by default all.
        parts: the periods it is made up of.
        day: the number of the snapshot.
    """
    cohort = EVERYTHING
    if period:
        cohort = Cohort(*days_of(period))
    with open_log(lake, cohort) as log:
        asked = Asked(log, cohort.as_dict())
        public = PublicFindings(asked, FEWEST)
        raw = {name: asked.table(name) for name in names}
        try:
            shown = {name: public.table(name) for name in (*names, TOTALS)}
        except CannotAnswerError:  # too few cases in all: nothing is published, and that there are some is not known
            shown = {name: rows.clear() for name, rows in raw.items()}
    return Edition(shown, raw, period, parts, day)


def days_of(period: str) -> tuple[dt.date, dt.date]:
    """The first day of a year, quarter or month, and the day after its last."""
    year, rest = int(period[:4]), period[4:]
    first, length = (1, 12) if not rest else (3 * int(rest[1:]) - 2, 3) if "Q" in rest else (int(rest[1:]), 1)
    months = 12 * year + first - 1 + length
    return dt.date(year, first, 1), dt.date(months // 12, months % 12 + 1, 1)


def year_of_editions(lake: Path) -> Iterator[Edition]:
    """Twelve months, four quarters and the year."""
    yield edition(lake, ALL[:-1], period=str(YEAR), parts=QUARTERS)
    for number, quarter in enumerate(QUARTERS):
        yield edition(lake, OF_GROUPS, period=quarter, parts=MONTHS[3 * number : 3 * number + 3])
    for month in MONTHS:
        with suppress(EmptyCohortError):
            yield edition(lake, OF_GROUPS, period=month)


def without_protection(editions: Sequence[Edition]) -> list[Edition]:
    """The same editions with counts of 1 to 4 blanked and nothing else done."""
    return [replace(one, shown=half_protected(one.raw)) for one in editions]


def departments_of_items(folder: Path) -> dict[str, str]:
    """Which item belongs to which department, as everybody knows."""
    rows = pl.read_csv(folder / "first" / "items.csv")
    return dict(rows.select("item", "office").iter_rows())


def attacked(
    folder: Path, seed: int, *, over_time: bool, beliefs: Sequence[int] = BELIEVED_NOISE
) -> dict[str, list[str]]:
    """What an attacker gets of a sparse lake, by how it was published and what it believes of the noise.

    Args:
        folder: where the lake is made.
        seed: of what is drawn.
        over_time: with months, quarters, the year, and the day after; else all cases of one day.
        beliefs: by how much it may believe that counts were moved.
    """
    lake = sparse_lake(folder, seed, days=2 if over_time else 1)
    editions = [edition(lake)]
    if over_time:
        editions += year_of_editions(lake)
        second_day(folder)
        editions += [edition(lake, day=1), edition(lake, ALL[:-1], period=str(YEAR), day=1)]
    departments = departments_of_items(folder)
    found = {f"noise {noise}": recovered(editions, departments, noise=noise) for noise in beliefs}
    return found | {"unprotected": recovered(without_protection(editions), departments, noise=0)}

"""On which day is a snapshot judged, and does a single row make it? A stamp far from all others is told with its row.

Without a day said, open cases are judged on the last day with an event or a completion. One mistyped year would judge
every open case years later: where few rows lie far beyond the bulk of the data, they are named.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.event_log.snapshots import Snapshot, open_snapshot
from efficacy_analytics.lake.delivery import Delivery, deliveries
from efficacy_analytics.settings import AS_SHIPPED, Settings

FAR: Final = dt.timedelta(days=90)
FEW_SHARE: Final = 0.001
FEWEST: Final = 3
SHOWN: Final = 3
DAYS: Final = {"events": "completed_local", "cases": "completed_on"}


def judged_on(snapshot: Snapshot, *, in_force: Settings = AS_SHIPPED) -> dt.date:
    """The day on which the open cases of a snapshot are judged.

    Args:
        snapshot: which.
        in_force: the settings by which whoever asks opens it: one process opens a file in one way.
    """
    with open_snapshot(snapshot, in_force=in_force) as engine:
        day: dt.date = engine.run("snapshot_facts")["as_on"].item()
    return day


def days_after(lake: Path, day: dt.date, *, as_known_on: dt.date | None = None) -> tuple[dt.date, int] | None:
    """What the data tells of later than a day on which open cases are judged.

    Args:
        lake: the lake's folder.
        day: of judgement.
        as_known_on: leave out what was delivered later than this day.

    Returns:
        The last day on which something ended, and how many rows tell of ends after `day`; None where there are none.
    """
    later = _days(_known(lake, as_known_on)).filter(pl.col("day") > day)
    return (later["day"][0], int(later["rows"].sum())) if later.height else None


def stray_last_days(lake: Path, *, as_known_on: dt.date | None = None) -> tuple[dt.date, list[str]] | None:
    """The rows that alone make the last day of the data.

    Args:
        lake: the lake's folder.
        as_known_on: leave out what was delivered later than this day.

    Returns:
        The last day without them, and where the first of them stand (`file, line`); None where the last days follow
        on one another: no gap of more than `FAR` is followed by at most `FEWEST` rows, or one in a thousand.
    """
    chosen = _known(lake, as_known_on)
    days = _days(chosen)
    if days.height < 2:
        return None
    counted = days.with_columns(
        gap=pl.col("day") - pl.col("day").shift(-1), beyond=pl.col("rows").cum_sum(), before=pl.col("day").shift(-1)
    )
    few = max(FEWEST, int(days["rows"].sum()) * FEW_SHARE)
    stray = counted.filter((pl.col("gap") > FAR) & (pl.col("beyond") <= few))
    if not stray.height:
        return None
    before: dt.date = stray["before"][-1]
    return before, _places(chosen, before)


def _known(lake: Path, as_known_on: dt.date | None) -> list[Delivery]:
    """The deliveries up to a day."""
    return [one for one in deliveries(lake) if as_known_on is None or one.delivered_on <= as_known_on]


def _frames(chosen: Sequence[Delivery]) -> list[pl.LazyFrame]:
    """The days of all rows that say that something ended: `day`, `source_file`, `source_line`."""
    return [
        pl.scan_parquet(file).select(pl.col(column).cast(pl.Date).alias("day"), "source_file", "source_line")
        for one in chosen
        for table, column in DAYS.items()
        if (file := one.folder / f"{table}.parquet").is_file()
    ]


def _days(chosen: Sequence[Delivery]) -> pl.DataFrame:
    """`day` and its `rows`, the last day first."""
    counts = [frame.drop_nulls("day").group_by("day").agg(rows=pl.len()) for frame in _frames(chosen)]
    return pl.concat(counts).group_by("day").agg(pl.col("rows").sum()).sort("day", descending=True).collect()


def _places(chosen: Sequence[Delivery], before: dt.date) -> list[str]:
    beyond = pl.concat([frame.filter(pl.col("day") > before) for frame in _frames(chosen)]).collect()
    rows = beyond.unique(["source_file", "source_line"]).sort("day", "source_file", "source_line", descending=True)
    shown = [f"{row['source_file']}, line {row['source_line']} ({row['day']})" for row in rows.head(SHOWN).to_dicts()]
    return shown + ([f"and {rows.height - SHOWN} more"] if rows.height > SHOWN else [])

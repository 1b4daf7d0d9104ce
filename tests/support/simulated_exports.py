"""Exports of many items of one kind of times, and the limits that the command line gives them.

Days are working days of a calendar without holidays, five of which make a week of `simulated_items`.
"""

import datetime as dt
import sys
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.cli import main
from efficacy_analytics.findings.limits.fit import Times
from efficacy_analytics.settings import set_by
from efficacy_analytics.statistics.log_rank import Integers
from support.simulated_items import DAYS, MEAN_DAYS, Draw, Kind

FIRST: Final = dt.date(2023, 7, 3)
WORKING_DAYS: Final = DAYS // 7 * 5
LAST: Final = FIRST + dt.timedelta(days=DAYS - 3)
QUARTER: Final = 65
SHAPES: Final = ("whole", "closed", "closed_but_one", "completed_quarter")
"""With its open cases; without; without, one forgotten; of cases accepted until a quarter ago."""
LAYOUT: Final = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "weekdays"

[event]
case_id = "case"
activity = "step"
completed_at = "ended"

[case]
department = "office"
item = "item"
accepted_at = "accepted"
completed_at = "completed"

[constants]
promised_limit = "250 working_days"
"""


def export(folder: Path, draw: Draw, kind: Kind, count: int, items: int, *, shape: str = "whole") -> None:
    """One file of the events of so many items with so many cases each, and the layout that reads it."""
    folder.mkdir(parents=True)
    (folder / "layout.toml").write_text(LAYOUT)
    tables = [_cases(draw, kind, count, shape).with_columns(item=pl.lit(f"i{item:03d}")) for item in range(items)]
    cases = (
        pl.concat(tables).with_row_index("number").with_columns(case=pl.format("c{}", "number"), office=pl.lit("d1"))
    )
    begun = cases.with_columns(step=pl.lit("acceptance"), ended=pl.col("accepted"))
    ended = cases.with_columns(step=pl.lit("decision"), ended=pl.col("completed")).filter(
        pl.col("completed").is_not_null()
    )
    columns = ("case", "step", "ended", "office", "item", "accepted", "completed")
    pl.concat([begun, ended]).select(columns).write_csv(folder / "events.csv")


def drawn_working_times(draw: Draw, kind: Kind, count: int) -> Times:
    """The cases of one item of such an export, as its limits see them."""
    accepted, days = _drawn(draw, kind, count, WORKING_DAYS)
    age = WORKING_DAYS - 1 - accepted
    return Times(_calendar_day(accepted), np.minimum(days, age), days > age)


def _drawn(draw: Draw, kind: Kind, count: int, until: int) -> tuple[Integers, Integers]:
    """On which working day cases are accepted, and how many each takes."""
    accepted = np.sort(draw.integers(0, until, count))
    factors = kind.factors(draw, _calendar_day(accepted))
    return accepted, np.ceil(draw.gamma(2, MEAN_DAYS / 2, count) * factors).astype(np.int64)


def _calendar_day(working_day: Integers) -> Integers:
    return np.asarray(7 * (working_day // 5) + working_day % 5)


def _cases(draw: Draw, kind: Kind, count: int, shape: str) -> pl.DataFrame:
    """The cases of one item: when accepted and completed."""
    accepted, days = _drawn(draw, kind, count, WORKING_DAYS - (QUARTER if shape == "completed_quarter" else 0))
    ended = accepted + days
    is_open = ended >= WORKING_DAYS
    kept = ~is_open if shape.startswith("closed") else np.ones(count, dtype=bool)
    if shape == "closed_but_one":
        kept[-1] = True
    table = pl.DataFrame({"accepted": accepted, "completed": ended, "is_open": is_open}).filter(pl.Series(kept))
    return table.select(accepted=_moment("accepted"), completed=pl.when(~pl.col("is_open")).then(_moment("completed")))


def _moment(working_day: str) -> pl.Expr:
    """Ten in the morning of a working day, counted from the first."""
    days = 7 * (pl.col(working_day) // 5) + pl.col(working_day) % 5
    return (pl.lit(FIRST) + pl.duration(days=days)).dt.strftime("%Y-%m-%d 10:00:00")


def limits_by_command(folder: Path, *, share: float) -> pl.DataFrame:
    """The table `limits` of an export, taken in, published and asked for with the program's own words."""
    lake, settings = folder / "lake", folder / "settings.toml"
    settings.write_text(f"[guarantee]\nshare = {share}\n")
    with set_by(settings):
        if not lake.exists():
            _call("ingest", folder / "events.csv", "--layout", folder / "layout.toml", "--lake", lake)
            _call("publish", "--as-on", LAST, "--lake", lake)
        _call("show", "limits", "--format", "parquet", "--output", folder / "limits.parquet", "--lake", lake)
    return pl.read_parquet(folder / "limits.parquet")


def _call(*words: object) -> None:
    before, sys.argv = sys.argv, ["efficacy", *(str(word) for word in words), "--quiet"]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise AssertionError(words) from end
    finally:
        sys.argv = before

"""Times and shares as they may be published: so coarse, or of so many cases, that they are nobody's."""

from collections.abc import Sequence
from typing import Final

import polars as pl

DIGITS: Final = 2
FINE_SECONDS: Final = 5_400
"""Below this a time is told in minutes, from here on in hours."""
HOUR_SECONDS: Final = 3_600
DAY_SECONDS: Final = 86_400
FIRST_IN_DAYS_SECONDS: Final = 2 * DAY_SECONDS
"""From here on a time is told in days, unless it is of office hours."""
OF_MEDIAN: Final = 2
"""A median is shown of so many times `fewest` cases: `fewest` lie on each side of it."""
OF_NINTH_DECILE: Final = 10
"""So is the time within which nine in ten are done: `fewest` of these take longer."""
OF_SHARE: Final = 10
"""So is a share of cases: the noise of its count moves it by some four points, of more cases by less."""
P_STEPS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
"""A chance is told as the next of these above it: its digits would tell the counts it was worked out from."""


def coarse(column: str) -> pl.Expr:
    """A time or a sum of times to two digits of the unit in which it is told, seconds never finer than to the minute.

    Two digits of the seconds would be three of the days: 1,800,000 seconds are 20.8 days.
    """
    told = pl.col(column)
    if "_seconds" not in column:
        return pl.when(told == 0).then(0.0).otherwise(told.round_sig_figs(DIGITS)).alias(column)
    hours = _to_digits_of(told, HOUR_SECONDS)
    is_in_days = (told.abs() >= FIRST_IN_DAYS_SECONDS) & pl.lit("open_seconds" not in column)
    coarser = pl.when(is_in_days).then(_to_digits_of(told, DAY_SECONDS)).otherwise(hours)
    return pl.when(told.abs() < FINE_SECONDS).then((told / 60).round() * 60).otherwise(coarser).alias(column)


def _to_digits_of(seconds: pl.Expr, unit_seconds: int) -> pl.Expr:
    """Seconds as two digits of a unit of so many seconds."""
    return ((seconds / unit_seconds).round_sig_figs(DIGITS) * unit_seconds).round()


def whole_points(column: str) -> pl.Expr:
    """A share to whole percents."""
    return pl.col(column).round(2)


def stepped(column: str) -> pl.Expr:
    """A chance as the next step above it."""
    fitting = [pl.when(pl.col(column) <= step).then(pl.lit(step)) for step in P_STEPS]
    return pl.coalesce(fitting).alias(column)


def only_of(rows: pl.DataFrame, columns: Sequence[str], count: str, fewest: int) -> pl.DataFrame:
    """Columns without the values of rows whose shown count is smaller."""
    return rows.with_columns(pl.when(pl.col(count) >= fewest).then(pl.col(column)).alias(column) for column in columns)

"""The rule that sets a limit from the times of one item: only since the last change, open cases censored."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.statistics.changes import Booleans, Integers, last_change
from efficacy_analytics.statistics.survival import UNKNOWN_AGE, breach_share_high, safe_limit
from efficacy_analytics.statistics.tolerance import fewest_cases

NO_DAY: Final = -(1 << 20)
"""The day number of all cases of an item where no day of acceptance is known."""


@dataclass(frozen=True)
class Times:
    """The cases of one item in the order of acceptance.

    Attributes:
        day: of acceptance, days since 1970-01-01.
        counted_days: how long the case took, or has taken so far where it is open; `UNKNOWN_AGE` where not known.
        is_open: whether it is not completed.
    """

    day: Integers
    counted_days: Integers
    is_open: Booleans

    def where(self, kept: Booleans) -> "Times":
        """Some of the cases."""
        return Times(self.day[kept], self.counted_days[kept], self.is_open[kept])

    @property
    def completed_days(self) -> pl.Series:
        """The times of the completed cases."""
        return pl.Series(self.counted_days[~self.is_open], dtype=pl.Int64)

    @property
    def open_days(self) -> pl.Series:
        """The ages of the open cases."""
        return pl.Series(self.counted_days[self.is_open], dtype=pl.Int64)

    def longer(self, days: int) -> int:
        """How many cases took longer than so many days, open ones that are older among them."""
        known = self.counted_days != UNKNOWN_AGE
        return int((known & (self.counted_days > days)).sum())

    def judged(self, days: int) -> int:
        """How many cases are known to have kept or broken a limit of so many days."""
        return int((~self.is_open).sum()) + self.where(self.is_open).longer(days)

    def share_high(self, days: int, confidence: float) -> float:
        """The upper bound of the share of cases that take longer."""
        return breach_share_high(self.completed_days, self.open_days, days, confidence=confidence)


@dataclass(frozen=True)
class Rule:
    """What a limit has to keep.

    Attributes:
        share: of future cases that must keep the limit.
        confidence: that the limit is long enough.
        change_level: the chance of seeing a change in an item's times where there is none.
    """

    share: float
    confidence: float
    change_level: float


@dataclass(frozen=True)
class Fit:
    """What the rule says of an item.

    Attributes:
        used: the cases used, those since the last change.
        has_changed: whether earlier ones were left out.
        safe_days: the limit, or none.
        method: how it was found.
        censored_count: open cases younger than it.
        reason: why there is none: `too_few_cases` or `too_many_open`.
        missing_count: how many completed cases it would take.
    """

    used: Times
    has_changed: bool
    safe_days: int | None = None
    method: str | None = None
    censored_count: int | None = None
    reason: str | None = None
    missing_count: int | None = None

    @property
    def used_on(self) -> tuple[dt.date | None, dt.date | None]:
        """The days of acceptance of the first and the last case used."""
        day = self.used.day
        if not day.size or day[0] == NO_DAY:
            return None, None
        first, last = (dt.date(1970, 1, 1) + dt.timedelta(days=int(one)) for one in day[[0, -1]])
        return first, last


def fitted(times: Times, rule: Rule) -> Fit:
    """The shortest safe limit from the cases since the last change."""
    known = times.where(times.counted_days != UNKNOWN_AGE)
    first = last_change(known.day, known.counted_days, known.is_open, level=rule.change_level)
    used = times if first is None else times.where(times.day >= first)
    try:
        found = safe_limit(used.completed_days, used.open_days, share=rule.share, confidence=rule.confidence)
    except TooFewCasesError as fault:
        few = np.size(used.day) < fewest_cases(rule.share, rule.confidence)
        reason = "too_few_cases" if few else "too_many_open"
        return Fit(used, first is not None, reason=reason, missing_count=fault.missing_count)
    return Fit(used, first is not None, found.days, found.method, found.censored_count)

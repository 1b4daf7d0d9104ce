"""The times of one item, the rule that sets a limit from them, and what it says."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from efficacy_analytics.statistics.changes import Spell, last_spell
from efficacy_analytics.statistics.dependence import Exceedance
from efficacy_analytics.statistics.log_rank import Booleans, Integers
from efficacy_analytics.statistics.pace import Growth, recent_pace_bound
from efficacy_analytics.statistics.survival import UNKNOWN_AGE, SurvivalCurve, breach_share_high, survival_curve

NO_DAY: Final = -(1 << 20)
"""The day number of all cases of an item where no day of acceptance is known."""


@dataclass(frozen=True)
class Times:
    """The cases of one item in the order of acceptance; what several rules ask of them is worked out once.

    Attributes:
        day: of acceptance, days since 1970-01-01.
        needed_days: how long the case took, or has taken so far where it is open; `UNKNOWN_AGE` where not known.
        is_open: whether it is not completed.
        spells: by the level of changes, the cases since the last change.
        since: by the first day of acceptance, the cases accepted from then on.
        paces: by confidence and dispersion, by how much times may have grown in the last weeks.
    """

    day: Integers
    needed_days: Integers
    is_open: Booleans
    spells: dict[float, Spell] = field(default_factory=dict, init=False, repr=False, compare=False)
    since: dict[int, "Times"] = field(default_factory=dict, init=False, repr=False, compare=False)
    paces: dict[tuple[float, float], float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def where(self, kept: Booleans) -> "Times":
        """Some of the cases."""
        return Times(self.day[kept], self.needed_days[kept], self.is_open[kept])

    def last_spell(self, level: float) -> Spell:
        """The cases since the last change, of those whose time or age is known; `statistics.changes.last_spell`."""
        if level not in self.spells:
            known = self.known
            self.spells[level] = last_spell(known.day, known.needed_days, known.is_open, level=level)
        return self.spells[level]

    def accepted_since(self, day: int) -> "Times":
        """The cases accepted from a day on."""
        if day not in self.since:
            self.since[day] = self.where(self.day >= day)
        return self.since[day]

    def recent_pace(self, confidence: float, dispersion: float) -> float:
        """By how much times may have grown in the last weeks; `statistics.pace.recent_pace_bound`."""
        asked = (confidence, dispersion)
        if asked not in self.paces:
            self.paces[asked] = recent_pace_bound(
                self.day, self.needed_days, self.is_open, confidence=confidence, dispersion=dispersion
            )
        return self.paces[asked]

    @cached_property
    def completed_days(self) -> pl.Series:
        """The times of the completed cases."""
        return pl.Series(self.needed_days[~self.is_open], dtype=pl.Int64)

    @cached_property
    def open_days(self) -> pl.Series:
        """The ages of the open cases."""
        return pl.Series(self.needed_days[self.is_open], dtype=pl.Int64)

    def longer(self, days: int) -> int:
        """How many cases took longer than so many days, open ones that are older among them."""
        known = self.needed_days != UNKNOWN_AGE
        return int((known & (self.needed_days > days)).sum())

    def judged(self, days: int) -> int:
        """How many cases are known to have kept or broken a limit of so many days."""
        return int((~self.is_open).sum()) + self.where(self.is_open).longer(days)

    def share_high(self, days: int, confidence: float, dispersion: float) -> float:
        """The upper bound of the share of cases that take longer, n cases counting as n / dispersion."""
        done, age = self.completed_days, self.open_days
        return breach_share_high(done, age, days, confidence=confidence, dispersion=dispersion, curve=self.curve)

    @cached_property
    def curve(self) -> SurvivalCurve:
        """What the times and the ages of the open cases say of the share that takes longer."""
        return survival_curve(self.completed_days.to_numpy(), self.open_days.to_numpy())

    @cached_property
    def growth(self) -> Growth:
        """What the cases say of the growth of times."""
        return Growth(self.day, self.needed_days, self.is_open)

    @cached_property
    def exceedance(self) -> Exceedance:
        """What the cases say of how those over a limit go together."""
        return Exceedance(self.day, self.needed_days, self.is_open)

    @cached_property
    def known(self) -> "Times":
        """The cases whose time or age is known."""
        is_known = self.needed_days != UNKNOWN_AGE
        return self if is_known.all() else self.where(is_known)

    @property
    def last_on(self) -> dt.date | None:
        """The last day of acceptance; none where no day is known."""
        return None if not self.day.size or self.day[-1] == NO_DAY else _on(self.day[-1])

    @property
    def span_days(self) -> int:
        """From the first day of acceptance to the last."""
        return int(self.day[-1] - self.day[0]) if self.day.size else 0


@dataclass(frozen=True)
class Rule:
    """What a limit has to keep.

    Attributes:
        share: of future cases that must keep the limit.
        confidence: that the limit is long enough; of several items, that all limits are.
        change_level: the chance of seeing a change in an item's times where there is none.
        item_count: how many items are judged together.
    """

    share: float
    confidence: float
    change_level: float
    item_count: int = 1

    @property
    def item_confidence(self) -> float:
        """That the limit of one item is long enough: 1 - (1 - confidence) / item_count (Bonferroni)."""
        return 1 - (1 - self.confidence) / self.item_count


@dataclass(frozen=True)
class Fit:
    """What the rule says of an item.

    Attributes:
        used: the cases used, those since the last change.
        has_changed: whether earlier ones were left out.
        dispersion: how many times fewer independent cases they are worth, as to the share over a limit.
        recent_dispersion: the same as to the pace of four weeks.
        growth_dispersion: the same as to the pace of all weeks.
        level_dispersion: the same as to the pace of the whole stretch, against that of another.
        steady_days: the limit if times neither changed in the last weeks nor grow, or none.
        safe_days: the limit, or none.
        method: how it was found.
        censored_count: open cases younger than steady_days.
        recent_pace_high: the factor by which times may have grown in the last weeks.
        trend_pace_high: the one by which those of the next quarter may be longer than those used; null where the cases
            span less than half a year.
        swing_pace_high: the one by which another stretch as long may be slower where queues swing; null above twenty.
        reason: why there is no limit, or why it is longer than steady_days.
        missing_count: how many completed cases it would take.
    """

    used: Times
    has_changed: bool
    dispersion: float = 1.0
    recent_dispersion: float = 1.0
    growth_dispersion: float = 1.0
    level_dispersion: float = 1.0
    steady_days: int | None = None
    safe_days: int | None = None
    method: str | None = None
    censored_count: int | None = None
    recent_pace_high: float | None = None
    trend_pace_high: float | None = None
    swing_pace_high: float | None = None
    reason: str | None = None
    missing_count: int | None = None

    @property
    def effective_count(self) -> int:
        """How many independent cases the used ones are worth."""
        return int(self.used.day.size / self.dispersion)

    @property
    def used_on(self) -> tuple[dt.date | None, dt.date | None]:
        """The days of acceptance of the first and the last case used."""
        day = self.used.day
        if not day.size or day[0] == NO_DAY:
            return None, None
        return _on(day[0]), _on(day[-1])


def _on(day: np.int64) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))

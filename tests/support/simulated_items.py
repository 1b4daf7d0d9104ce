"""Items whose times are known to be steady, to change, to share queues or to grow, and what limits they are given.

Two years of acceptance; times gamma distributed with shape 2 and a mean of 8 days, in whole days begun, longer by a
factor that depends on the day of acceptance. Cases not completed by the end are open. The truth is the distribution of
the quarter that follows: after a change the new one, of queues that swing their long-run mixture, of a trend its
continuation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from efficacy_analytics.findings.limits.fit import Fit, Rule, Times
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.findings.limits.safe_limits import limit_at_lower_share

Floats: TypeAlias = npt.NDArray[np.float64]
Draw: TypeAlias = np.random.Generator

WEEKS = 104
DAYS = 7 * WEEKS
MEAN_DAYS = 8.0
TRUTH_SIZE = 2_000_000
QUARTER_SHARE = 91 / DAYS
IN_FORCE = {"limit_days": 250, "statutory_cap_days": None, "floor_days": None}
"""A limit that every safe one is shorter than."""


@dataclass(frozen=True)
class Kind:
    """How much longer times are: by the day of acceptance, and in the quarter that follows."""

    factors: Callable[[Draw, npt.NDArray[np.int64]], Floats]
    factors_to_come: Callable[[Draw, int], Floats]


def steady() -> Kind:
    return Kind(lambda draw, day: np.ones(day.size), lambda draw, size: np.ones(size))


def changed(factor: float, weeks: int) -> Kind:
    """Times longer by a factor since so many weeks before the end."""
    return Kind(
        lambda draw, day: np.where(day >= DAYS - 7 * weeks, factor, 1.0), lambda draw, size: np.full(size, factor)
    )


def shared_queue(spread: float, correlation: float) -> Kind:
    """The level of each week is lognormal and depends on that of the week before (autoregressive)."""

    def levels(draw: Draw, day: npt.NDArray[np.int64]) -> Floats:
        level = draw.normal(size=WEEKS)
        for week in range(1, WEEKS):
            level[week] = correlation * level[week - 1] + np.sqrt(1 - correlation**2) * level[week]
        return np.asarray(np.exp(spread * level)[day // 7])

    return Kind(levels, lambda draw, size: np.asarray(np.exp(spread * draw.normal(size=size))))


def growing(share: float) -> Kind:
    """Times that grow in a straight line by so much in two years, and go on growing."""
    return Kind(
        lambda draw, day: 1 + share * day / DAYS,
        lambda draw, size: 1 + share * (1 + QUARTER_SHARE * draw.random(size)),
    )


def season(share: float) -> Kind:
    """Times that go up and down by so much within a year, and up in the quarter to come."""
    return Kind(
        lambda draw, day: 1 + share * np.sin(4 * np.pi * day / DAYS),
        lambda draw, size: 1 + share * np.sin(4 * np.pi * QUARTER_SHARE * draw.random(size)),
    )


KINDS: dict[str, Kind] = {
    "steady": steady(),
    **{
        f"changed x{factor:g}, {weeks} weeks ago": changed(factor, weeks)
        for factor in (1.5, 2, 3)
        for weeks in (4, 5, 10)
    },
    **{
        f"shared queue, {spread:g} / {correlation:g}": shared_queue(spread, correlation)
        for spread, correlation in ((0.2, 0), (0.3, 0.8), (0.3, 0.95), (0.5, 0.9))
    },
    **{f"growing by {share:.0%} in two years": growing(share) for share in (0.2, 0.5, 1.0)},
    "season of 30%": season(0.3),
}


def drawn_times(draw: Draw, kind: Kind, count: int, *, queue: int | None = None) -> Times:
    """The cases of one item, as known at the end; items of one number share their queue."""
    day = np.sort(draw.integers(0, DAYS, count))
    factors = kind.factors(draw if queue is None else np.random.default_rng(queue), day)
    days = np.ceil(draw.gamma(2, MEAN_DAYS / 2, count) * factors).astype(np.int64)
    age = DAYS - day
    return Times(day, np.minimum(days, age), days > age)


Drawing: TypeAlias = Callable[[Draw, Kind, int], Times]


@cache
def true_quantile(name: str, share: float) -> int:
    """The limit that exactly that share of the cases to come keep, in whole days."""
    draw = np.random.default_rng(99)
    days = np.ceil(draw.gamma(2, MEAN_DAYS / 2, TRUTH_SIZE) * KINDS[name].factors_to_come(draw, TRUTH_SIZE))
    return int(np.partition(days, int(np.ceil(share * TRUTH_SIZE)) - 1)[int(np.ceil(share * TRUTH_SIZE)) - 1])


@dataclass(frozen=True)
class Outcome:
    """What became of many samples of one kind.

    Attributes:
        offered_share: of the samples that get a limit.
        too_short_share: of the limits, those that fewer than the promised share of the cases to come keep.
        too_short_of_all_share: the same of all samples.
        price_share: the median of limit over true quantile, less 1.
        steady_too_short_share, steady_price_share: the same of the limits that would do if nothing had changed.
        lower_share, lower_too_short_share: of the samples, those refused that get a limit for a lower share of cases,
            and of these those too short for that share.
    """

    offered_share: float
    too_short_share: float
    too_short_of_all_share: float
    price_share: float
    steady_too_short_share: float
    steady_price_share: float
    lower_share: float
    lower_too_short_share: float


def outcome(
    name: str, count: int, *, share: float, rounds: int, seed: int = 1, drawn: Drawing = drawn_times
) -> Outcome:
    """What the rule says of so many samples of so many cases, at 95 % confidence and a change level of 1 %."""
    draw, rule = np.random.default_rng([seed, count]), Rule(share, 0.95, 0.01)
    samples = [drawn(draw, KINDS[name], count) for _ in range(rounds)]
    fits = [fitted(times, rule) for times in samples]
    refused = (times for times, fit in zip(samples, fits, strict=True) if fit.safe_days is None)
    offered = (limit_at_lower_share(IN_FORCE, times, rule) for times in refused)
    lower = [(found["lower_share"], found["lower_share_days"]) for found in offered if found]
    limits = [fit.safe_days for fit in fits if fit.safe_days is not None]
    steady_limits = [fit.steady_days for fit in fits if fit.steady_days is not None]
    quantile = true_quantile(name, share)
    short, steady_short = (np.array(some) < quantile for some in (limits, steady_limits))
    return Outcome(
        len(limits) / rounds,
        float(short.mean()) if limits else 0.0,
        float(short.sum() / rounds),
        float(np.median(limits) / quantile - 1) if limits else 0.0,
        float(steady_short.mean()) if steady_limits else 0.0,
        float(np.median(steady_limits) / quantile - 1) if steady_limits else 0.0,
        len(lower) / rounds,
        float(np.mean([days < true_quantile(name, at) for at, days in lower])) if lower else 0.0,
    )


def noise(rounds: int) -> float:
    """Three standard errors of a share of 5 % of so many."""
    return float(3 * np.sqrt(0.05 * 0.95 / max(1, rounds)))


def plan_is_kept(
    draw: Draw, names: list[str], count: int, *, share: float, queue: int | None = None
) -> tuple[bool, int]:
    """Whether no limit of a plan for all these items is too short, and how many get one: 95 % for all together.

    Where a number is given the items share one queue.
    """
    rule = Rule(share, 0.95, 0.01, item_count=len(names))
    fits: list[tuple[str, Fit]] = [
        (name, fitted(drawn_times(draw, KINDS[name], count, queue=queue), rule)) for name in names
    ]
    given = [(name, fit.safe_days) for name, fit in fits if fit.safe_days is not None]
    return all(days >= true_quantile(name, share) for name, days in given), len(given)

"""Whether safe limits keep what they promise, over many random samples of five kinds.

Of each sample a limit is found, and the true share of the distribution that keeps it is compared with the promised one.
A sample that is refused promises nothing and is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.statistics.survival import log_log_band, safe_limit, survival_curve

Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True)
class Kind:
    """A distribution of whole days, how many cases a sample has, and over how many days they were accepted."""

    draw: Draw
    cases: tuple[int, int]
    span: int | None = None


def mixture(draw: np.random.Generator, size: int) -> np.ndarray:
    slow = draw.random(size) < 0.1
    return np.where(slow, draw.poisson(40, size), draw.poisson(6, size))


KINDS = {
    "ties": Kind(lambda draw, size: draw.binomial(6, 0.4, size), (300, 1500)),
    "heavy tails": Kind(lambda draw, size: np.ceil(3 * draw.pareto(1.3, size)).astype(np.int64), (300, 1500)),
    "mixtures": Kind(mixture, (300, 1500)),
    "censoring": Kind(lambda draw, size: np.ceil(draw.gamma(1.5, 8, size)).astype(np.int64), (300, 1500), 200),
    "small n": Kind(lambda draw, size: draw.geometric(0.12, size), (59, 150), 120),
}
TRUTH_SIZE = 2_000_000


@dataclass(frozen=True)
class Coverage:
    """How often the promise was kept, how much longer than the true quantile the limits were, how many were refused."""

    kept_share: float
    longer_share: float
    refused_share: float
    log_log_share: float


def covered(kind: Kind, share: float, rounds: int, seed: int) -> Coverage:
    truth = np.sort(kind.draw(np.random.default_rng(99), TRUTH_SIZE))
    quantile = int(truth[int(np.ceil(share * TRUTH_SIZE)) - 1])
    draw = np.random.default_rng(seed)
    found = [limits_of(kind, draw, share) for _ in range(rounds)]
    limits = [own for own, _ in found if own is not None]
    band = [log_log for own, log_log in found if own is not None and log_log is not None]
    kept = [limit >= quantile for limit in limits]
    return Coverage(
        float(np.mean(kept)),
        float(np.median([limit / max(quantile, 1) - 1 for limit in limits])),
        1 - len(limits) / rounds,
        float(np.mean([limit >= quantile for limit in band])),
    )


def limits_of(kind: Kind, draw: np.random.Generator, share: float) -> tuple[int | None, int | None]:
    """The safe limit of one sample, and the one that the log-log band alone would give."""
    size = int(draw.integers(*kind.cases))
    times = kind.draw(draw, size)
    age = draw.integers(0, kind.span, size) if kind.span else np.full(size, 10_000)
    is_open = times > age
    done, ages = times[~is_open], age[is_open]
    try:
        own = safe_limit(pl.Series(done), pl.Series(ages), share=share, confidence=0.95).days
    except TooFewCasesError:
        return None, None
    curve = survival_curve(done, ages)
    reached = np.flatnonzero(log_log_band(curve, confidence=0.9)[1] <= 1 - share)
    return own, int(curve.days[reached[0]]) if reached.size else None


SHARES = {"small n": 0.95}


@pytest.mark.parametrize("name", KINDS)
def test_a_safe_limit_keeps_its_promise(name):
    # Binomial noise over 200 rounds: 0.95 - 3 * 0.0154.
    assert covered(KINDS[name], SHARES.get(name, 0.99), 200, seed=1).kept_share >= 0.904


@pytest.mark.deep
@pytest.mark.parametrize("name", KINDS)
def test_a_safe_limit_keeps_its_promise_in_2000_samples(name):
    # Over 2,000 rounds: 0.95 - 3 * 0.0049. Not needlessly long: at the median at most twice the true quantile.
    found = covered(KINDS[name], SHARES.get(name, 0.99), 2000, seed=2)
    assert found.kept_share >= 0.935
    assert found.longer_share <= 1.0

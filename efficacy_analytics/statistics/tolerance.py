"""How short a limit can be, so that a stated share of cases keeps it.

An order statistic of the observed durations is an upper confidence bound of a quantile, whatever the distribution:
the k-th smallest of n when P(Binomial(n, share) < k) >= confidence. Ties, which whole days always bring, only make the
bound safer. Cases known to be longer stand at the long end; what younger open cases do is in `survival`.

Source: S. S. Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical
Statistics 12(1), 1941.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import cache

from scipy.special import betainc

from efficacy_analytics.errors import CallError


def safe_rank(count: int, *, share: float, confidence: float, dispersion: float = 1.0) -> int:
    """The smallest k whose k-th smallest of `count` durations is a safe bound; `count + 1` if there is none.

    Args:
        count: of cases.
        share: the share of future cases that must keep the limit.
        confidence: the chance that the limit is long enough.
        dispersion: cases that depend on each other count as so many times fewer (`dependence`).

    Raises:
        CallError: `share` or `confidence` is not between 0 and 1.
    """
    _check(share, confidence)
    effective = count / dispersion
    return _first(
        range(1, count + 1), lambda rank: _is_supported(effective, (count - rank) / dispersion, share, confidence)
    )


@cache
def fewest_cases(share: float, confidence: float, *, longer_count: int = 0) -> int:
    """The fewest cases of which, with `longer_count` left out at the long end, the longest is a safe bound.

    The smallest n with P(Binomial(n, 1 - share) > longer_count) >= confidence: 59, 93, 124 … for 0.95 and
    0.95 with none, one, two … left out.

    Args:
        share: the share of future cases that must keep the limit.
        confidence: the chance that the limit is long enough.
        longer_count: cases known only to be longer than the bound, such as open ones.

    Raises:
        CallError: `share` or `confidence` is not between 0 and 1.
    """
    _check(share, confidence)
    enough = longer_count + 1
    while not _is_supported(enough, longer_count, share, confidence):
        enough *= 2
    return _first(range(longer_count + 1, enough), lambda count: _is_supported(count, longer_count, share, confidence))


def _is_supported(count: float, longer_count: float, share: float, confidence: float) -> bool:
    """Whether P(Binomial(count, 1 - share) > longer_count) reaches the confidence."""
    return bool(betainc(longer_count + 1, count - longer_count, 1 - share) >= confidence)


def _first(numbers: range, holds: Callable[[int], bool]) -> int:
    """The first number from which on it holds; the range's end if it holds for none."""
    return numbers.start + bisect_left(numbers, True, key=holds)


def _check(share: float, confidence: float) -> None:
    for name, value in (("share", share), ("confidence", confidence)):
        if not 0 < value < 1:
            raise CallError(f"{name} must lie between 0 and 1, got {value}.", hint="0.95 means 95 of 100")

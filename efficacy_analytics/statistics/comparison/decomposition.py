"""Why a figure changed: its change shared out over the factors it is made of, adding up exactly.

The effect of a factor is the mean, over all orders in which the factors could have changed one after the other, of
what the figure moves when this one changes (its Shapley value). No order is preferred, and nothing is left over. For
a figure of two periods it equals Das Gupta's standardisation.

Source: P. Das Gupta, "Standardization and decomposition of rates: a user's manual", US Bureau of the Census P23-186,
1993; A. F. Shorrocks, "Decomposition procedures for distributional analysis", Journal of Economic Inequality 11, 2013.
"""

import math
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Final, TypeVar

from efficacy_analytics.errors import CallError

Value = TypeVar("Value")
MOST_FACTORS: Final = 12
"""The figure is computed once for each subset of factors: 4,096 times for twelve."""


def shapley_effects(
    figure: Callable[[Mapping[str, Value]], float], before: Mapping[str, Value], after: Mapping[str, Value]
) -> dict[str, float]:
    """How much each factor moved a figure from one period to another.

    effect_i = sum over subsets S without i of |S|! (n - |S| - 1)! / n! (figure(S and i after) - figure(S after)).

    Args:
        figure: the figure of given factors; called once for each subset of those that differ.
        before: the factors of the earlier period, by name.
        after: those of the later period, of the same names.

    Returns:
        The effect of each factor in the unit of the figure; their sum is the change.

    Raises:
        CallError: the periods have other factors, or too many.
    """
    if before.keys() != after.keys():
        raise CallError(f"the factors differ: {', '.join(sorted(before.keys() ^ after.keys()))}.")
    names = list(before)
    if len(names) > MOST_FACTORS:
        raise CallError(f"{len(names)} factors are too many to share a change over.", hint=f"at most {MOST_FACTORS}")
    figures = {
        frozenset(changed): figure({name: (after if name in changed else before)[name] for name in names})
        for size in range(len(names) + 1)
        for changed in combinations(names, size)
    }
    return {name: _effect(name, names, figures) for name in names}


def _effect(name: str, names: list[str], figures: Mapping[frozenset[str], float]) -> float:
    others = [other for other in names if other != name]
    count = len(names)
    return math.fsum(
        math.factorial(size)
        * math.factorial(count - size - 1)
        / math.factorial(count)
        * (figures[frozenset((*changed, name))] - figures[frozenset(changed)])
        for size in range(count)
        for changed in combinations(others, size)
    )

"""Why a figure changed: its change shared out over the factors it is made of, adding up exactly.

The effect of a factor is the mean, over all orders in which the factors could have changed one after the other, of
what the figure moves when this one changes (its Shapley value). No order is preferred, and nothing is left over. For
a figure of two periods it equals Das Gupta's standardisation. Effects of pairs of periods do not chain: those from the
first to the second and from the second to the third do not add up to those from the first to the third. Das Gupta's
standardisation over all periods makes them (`chained_effects`).

Source: P. Das Gupta, "Standardization and decomposition of rates: a user's manual", US Bureau of the Census P23-186,
1993; A. F. Shorrocks, "Decomposition procedures for distributional analysis", Journal of Economic Inequality 11, 2013.
"""

import math
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final, TypeVar

import numpy as np

from efficacy_analytics.errors import CallError
from efficacy_analytics.statistics.proportions import Floats

Value = TypeVar("Value")
MOST_FACTORS: Final = 12
"""The figure is computed once for each subset of factors: 4,096 times for twelve."""


def shapley_effects(
    figure: Callable[[Mapping[str, Value]], float], before: Mapping[str, Value], after: Mapping[str, Value]
) -> dict[str, float]:
    """How much each factor moved a figure from one period to another.

    effect_i = sum over subsets S without i of |S|! (n - |S| - 1)! / n! (figure(S and i after) - figure(S after)). A
    factor that is the same in both periods has none.

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
    names = [name for name in before if not _is_same(before[name], after[name])]
    if len(names) > MOST_FACTORS:
        raise CallError(f"{len(names)} factors are too many to share a change over.", hint=f"at most {MOST_FACTORS}")
    figures = {
        frozenset(changed): figure({name: (after if name in changed else before)[name] for name in before})
        for size in range(len(names) + 1)
        for changed in combinations(names, size)
    }
    return {name: _effect(name, names, figures) if name in names else 0.0 for name in before}


def chained_effects(effects: Floats) -> Floats:
    """Effects between any two of several periods, made to chain.

    effect_ij = the mean over all periods k of (effect_ik + effect_kj): from i to j by way of each k. Then effect_ij +
    effect_jk = effect_ik; effects that added up to the change from i to j still do; of two periods nothing changes.

    Args:
        effects: of one factor or more, from each period (first axis) to each (second axis); from one to the other it
            is the negative of the way back.

    Returns:
        The same shape.
    """
    from_each, to_each = effects.mean(axis=1), effects.mean(axis=0)
    return np.asarray(from_each[:, None] + to_each[None, :])


def _is_same(before: Any, after: Any) -> bool:
    return bool(np.array_equal(before, after))


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

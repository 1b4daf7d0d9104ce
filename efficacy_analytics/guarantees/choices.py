"""One option from each group, so that the gain is largest at a bounded cost, or the cost least for a stated gain.

The problem is a multiple-choice knapsack; it is solved exactly, as an integer programme, with no gap left open.

Source: H. Kellerer, U. Pferschy, D. Pisinger, "Knapsack Problems", Springer 2004, chapter 11 (multiple-choice knapsack,
dominated options); Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
Programming Computation 10, 2018 (HiGHS, the solver).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from efficacy_analytics.errors import CannotAnswerError

Integers: TypeAlias = npt.NDArray[np.int64]


def most_gain(group: Integers, gain: Integers, cost: Integers, *, most_cost: int) -> Integers:
    """The options with the largest total gain whose total cost is at most `most_cost`; of several, the cheapest.

    Args:
        group: the group number of each option, from 0; every group has at least one option.
        gain: of each option, a whole number.
        cost: of each option, a whole number not below 0.
        most_cost: what the chosen options may cost together.

    Returns:
        The number of the chosen option of each group, in the order of the groups.

    Raises:
        CannotAnswerError: even the cheapest options cost more.
    """
    least = int(_total_of_best(group, -cost) * -1)
    if least > most_cost:
        raise CannotAnswerError(
            f"no choice costs at most {most_cost}; the cheapest costs {least}.", hint=f"allow at least {least}"
        )
    first = _solved(group, gain, cost, objective=-gain, most_cost=most_cost)
    return _solved(group, gain, cost, objective=cost, least_gain=int(gain[first].sum()))


def least_cost(group: Integers, gain: Integers, cost: Integers, *, least_gain: int) -> Integers:
    """The options with the least total cost whose total gain is at least `least_gain`; of several, the most gainful.

    Args:
        group: the group number of each option, from 0; every group has at least one option.
        gain: of each option, a whole number.
        cost: of each option, a whole number not below 0.
        least_gain: what the chosen options must bring together.

    Returns:
        The number of the chosen option of each group, in the order of the groups.

    Raises:
        CannotAnswerError: even the most gainful options bring less.
    """
    most = int(_total_of_best(group, gain))
    if most < least_gain:
        raise CannotAnswerError(f"no choice gains {least_gain}; the most is {most}.", hint=f"ask for at most {most}")
    first = _solved(group, gain, cost, objective=cost, least_gain=least_gain)
    return _solved(group, gain, cost, objective=-gain, most_cost=int(cost[first].sum()))


def _total_of_best(group: Integers, value: Integers) -> np.int64:
    best = np.full(int(group.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(best, group, value)
    return np.int64(best.sum())


def _solved(
    group: Integers,
    gain: Integers,
    cost: Integers,
    *,
    objective: Integers,
    most_cost: float = np.inf,
    least_gain: float = -np.inf,
) -> Integers:
    kept = _undominated(group, gain, cost)
    group_count = int(group.max()) + 1
    ones = sparse.csr_matrix((np.ones(len(kept)), (group[kept], np.arange(len(kept)))), shape=(group_count, len(kept)))
    found = milp(
        objective[kept].astype(np.float64),
        integrality=np.ones(len(kept)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(ones, 1, 1),
            LinearConstraint(sparse.csr_matrix(cost[kept].astype(np.float64)), -np.inf, most_cost),
            LinearConstraint(sparse.csr_matrix(gain[kept].astype(np.float64)), least_gain, np.inf),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None or found.status != 0:
        raise CannotAnswerError(f"the plan was not solved to its end: {found.message}", hint="ask for fewer items")
    chosen = kept[np.flatnonzero(found.x > 0.5)]
    return np.asarray(chosen[np.argsort(group[chosen], kind="stable")], dtype=np.int64)


def _undominated(group: Integers, gain: Integers, cost: Integers) -> Integers:
    """The options of each group than which no other of it gains as much for as little."""
    order = np.lexsort((np.arange(len(group)), -gain, cost, group))
    best = np.full(int(group.max()) + 1, np.iinfo(np.int64).min)
    kept = []
    for place in order:
        if gain[place] > best[group[place]]:
            best[group[place]] = gain[place]
            kept.append(place)
    return np.asarray(sorted(kept), dtype=np.int64)

"""One option from each group: what every total gain costs at least, and which options give it.

The problem is a multiple-choice knapsack. One pass over the groups keeps the least cost of every total gain
(Bellman's recursion), so that both questions, most gain at a cost and least cost for a gain, are answered exactly and
for every target at once.

Source: H. Kellerer, U. Pferschy, D. Pisinger, "Knapsack Problems", Springer 2004, section 11.5 (dynamic programming
for the multiple-choice knapsack problem).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from efficacy_analytics.errors import CallError, CannotAnswerError

Integers: TypeAlias = npt.NDArray[np.int64]

NEVER = np.iinfo(np.int64).max // 4
"""The cost of a gain that no choice has."""


@dataclass(frozen=True)
class Frontier:
    """The least cost of every total gain.

    Attributes:
        cost_of_gain: the least cost of a choice that gains exactly its place; above `NEVER` where there is none.
        taken: for each group and total gain of it and the groups before, the option that gives the least cost.
        gain: of each option.
    """

    cost_of_gain: Integers
    taken: npt.NDArray[np.int32]
    gain: Integers

    def most_gain(self, most_cost: int) -> Integers:
        """The options with the largest total gain whose total cost is at most `most_cost`; of several, the cheapest.

        Returns:
            The number of the chosen option of each group, in the order of the groups.

        Raises:
            CannotAnswerError: even the cheapest options cost more.
        """
        within = np.flatnonzero(self.cost_of_gain <= most_cost)
        if not within.size:
            least = int(self.cost_of_gain.min())
            raise CannotAnswerError(
                f"no choice costs at most {most_cost}; the cheapest costs {least}.", hint=f"allow at least {least}"
            )
        return self.options(int(within[-1]))

    def least_cost(self, least_gain: int) -> Integers:
        """The options with the least total cost whose total gain is at least `least_gain`; of several, the best gain.

        Returns:
            The number of the chosen option of each group, in the order of the groups.

        Raises:
            CannotAnswerError: even the most gainful options bring less.
        """
        enough = self.cost_of_gain[max(0, least_gain) :]
        if not enough.size or enough.min() >= NEVER:
            most = int(np.flatnonzero(self.cost_of_gain < NEVER)[-1])
            raise CannotAnswerError(
                f"no choice gains {least_gain}; the most is {most}.", hint=f"ask for at most {most}"
            )
        last_of_least = len(enough) - 1 - int(np.argmin(enough[::-1]))
        return self.options(max(0, least_gain) + last_of_least)

    def options(self, total_gain: int) -> Integers:
        """The cheapest options that gain exactly `total_gain` together, one a group, in the order of the groups."""
        chosen = np.empty(len(self.taken), dtype=np.int64)
        left = total_gain
        for group in range(len(self.taken) - 1, -1, -1):
            chosen[group] = self.taken[group, left]
            left -= int(self.gain[chosen[group]])
        return chosen


def frontier(group: Integers, gain: Integers, cost: Integers) -> Frontier:
    """What every total gain costs at least, when one option is taken from each group.

    cost(g, k) = min over the options o of group k of cost(g - gain(o), k - 1) + cost(o).

    Args:
        group: the group number of each option, from 0; every group has at least one option.
        gain: of each option, a whole number not below 0.
        cost: of each option, a whole number not below 0.

    Raises:
        CallError: a gain or cost is below 0, or a group has no option.
    """
    group_count = int(group.max()) + 1 if len(group) else 0
    if not group_count or len(np.unique(group)) != group_count or min(gain.min(), cost.min()) < 0:
        raise CallError("a choice needs an option in each group, and no gain or cost below 0.", hint="check the groups")
    most = np.zeros(group_count, dtype=np.int64)
    np.maximum.at(most, group, gain)
    size = int(most.sum()) + 1
    costs = np.full(size, NEVER, dtype=np.int64)
    costs[0] = 0
    taken = np.full((group_count, size), -1, dtype=np.int32)
    reached = 1
    for number in range(group_count):
        before, width = costs[:reached], reached + int(most[number])
        costs = np.full(size, NEVER, dtype=np.int64)
        for option in np.flatnonzero(group == number):
            places = slice(int(gain[option]), int(gain[option]) + reached)
            offered = before + cost[option]
            is_less = offered < costs[places]
            costs[places][is_less] = offered[is_less]
            taken[number, places][is_less] = option
        reached = width
    return Frontier(costs, taken, gain)

"""The best choice of one option a group against trying every choice there is, on small random problems."""

import itertools
import random

import numpy as np
import pytest

from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.statistics.choices import frontier

SEEDS = [*range(25), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(25, 500))]


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = random.Random(seed)
    rows = [
        (group, draw.randint(0, 12), draw.randint(0, 9))
        for group in range(draw.randint(1, 5))
        for _ in range(draw.randint(1, 4))
    ]
    group, gain, cost = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return group, gain, cost


def all_choices(group: np.ndarray, gain: np.ndarray, cost: np.ndarray) -> list[tuple[int, int]]:
    """Total gain and cost of every choice."""
    options = [np.flatnonzero(group == number) for number in range(group.max() + 1)]
    return [(gain[list(one)].sum(), cost[list(one)].sum()) for one in itertools.product(*options)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_choice_within_the_cost_gains_more(seed: int) -> None:
    group, gain, cost = drawn(seed)
    most_cost = random.Random(seed).randint(0, 20)
    within = [(gained, -paid) for gained, paid in all_choices(group, gain, cost) if paid <= most_cost]
    if not within:
        with pytest.raises(CannotAnswerError, match="no choice costs at most"):
            frontier(group, gain, cost).most_gain(most_cost)
        return
    chosen = frontier(group, gain, cost).most_gain(most_cost)
    assert group[chosen].tolist() == list(range(group.max() + 1))
    assert (gain[chosen].sum(), -cost[chosen].sum()) == max(within)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_choice_with_the_gain_costs_less(seed: int) -> None:
    group, gain, cost = drawn(seed)
    least_gain = random.Random(seed).randint(0, 40)
    enough = [(paid, -gained) for gained, paid in all_choices(group, gain, cost) if gained >= least_gain]
    if not enough:
        with pytest.raises(CannotAnswerError, match="no choice gains"):
            frontier(group, gain, cost).least_cost(least_gain)
        return
    chosen = frontier(group, gain, cost).least_cost(least_gain)
    assert (cost[chosen].sum(), -gain[chosen].sum()) == min(enough)

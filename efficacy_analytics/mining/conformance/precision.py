"""How much more a model allows than the log does.

Source: A. Adriansyah, J. Munoz-Gama, J. Carmona, B. F. van Dongen, W. M. P. van der Aalst, "Measuring precision of
modeled behavior", Information Systems and e-Business Management 13, 2015 (precision from one alignment per case).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol


class Walk(Protocol):
    """A model walked by its activities."""

    @property
    def start(self) -> Any: ...

    def steps(self, state: Any) -> Mapping[str, Iterable[Any]]: ...


def precision(model: Walk, runs: Iterable[tuple[Sequence[str], int]]) -> float:
    """The share of what the model allows that the cases also do, over all prefixes of its runs.

    precision = sum of w |done| / sum of w |allowed|, for each prefix that is followed by a step: w cases have it,
    `done` are the steps that follow it in the runs, `allowed` those the model could do next. 1 for no runs.

    Args:
        model: walked from its start.
        runs: sequences of activities that the model allows, each with its number of cases.
    """
    weights: dict[tuple[str, ...], int] = defaultdict(int)
    done: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for run, count in runs:
        for length, activity in enumerate(run):
            prefix = tuple(run[:length])
            weights[prefix] += count
            done[prefix].add(activity)
    states = _states(model, weights)
    done_sum = sum(weight * len(done[prefix]) for prefix, weight in weights.items())
    allowed_sum = sum(
        weight * len({activity for state in states[prefix] for activity in model.steps(state)})
        for prefix, weight in weights.items()
    )
    return done_sum / allowed_sum if allowed_sum else 1.0


def _states(model: Walk, prefixes: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], set[Any]]:
    """The states in which each prefix can leave the model; of a prefix, all shorter ones are prefixes too."""
    states: dict[tuple[str, ...], set[Any]] = {(): {model.start}}
    for prefix in sorted(prefixes, key=len):
        if prefix:
            before = states[prefix[:-1]]
            states[prefix] = {reached for state in before for reached in model.steps(state).get(prefix[-1], ())}
    return states

"""The fewest steps left out or added that make a case fit a process tree.

A search from the cheapest end (A*): each state is a place in the case and what remains of the tree. What it still costs
is never overrated: activities the tree cannot do any more must be added ones, and steps the case does not bring any
more must be left out. Between two agreeing steps those left out come first, so no two orders of the same deviations are
tried; equal costs are taken in a fixed order.

Sources: A. Adriansyah, "Aligning Observed and Modeled Behavior", TU Eindhoven 2014; D. Schuster, S. J. van Zelst,
W. M. P. van der Aalst, "Alignment Approximation for Process Trees", ICPM workshops 2020 (alignments on trees).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from efficacy_analytics.mining.conformance.residuals import Residuals

Move: TypeAlias = tuple[str | None, str | None]
"""What the case did and what the tree did; None where one of them did nothing."""

State: TypeAlias = tuple[int, int, bool]
"""How many steps of the case are done, what remains of the tree, and whether the last move was an added step."""

LOOK_AT_CLOCK_EVERY = 256


class _Back(NamedTuple):
    """From which state, by which move, a state was reached."""

    state: State
    move: Move


def alignment(sequence: Sequence[str], model: Residuals, is_time_up: Callable[[], bool]) -> list[Move] | None:
    """The moves of an alignment with the fewest deviations; None if the time was up before one was found.

    Args:
        sequence: the activities of a case, in order.
        model: the states of the tree.
        is_time_up: asked now and then.
    """
    left = _Left(sequence, model)
    start: State = (0, model.start, False)
    reached: dict[State, int] = {start: 0}
    back: dict[State, _Back] = {}
    queue = [(left.least(0, model.start), 0, 0, start)]
    count = 0
    while queue:
        _, _, _, state = heappop(queue)
        place, remaining, _ = state
        if state in left.closed:
            continue
        left.closed.add(state)
        if place == len(sequence) and remaining == model.done:
            return _told(state, back)
        if not len(left.closed) % LOOK_AT_CLOCK_EVERY and is_time_up():
            return None
        for cost, move, following in _moves(state, sequence, model):
            total = reached[state] + cost
            if total < reached.get(following, total + 1):
                reached[following] = total
                back[following] = _Back(state, move)
                left.closed.discard(following)
                count += 1
                estimate = total + left.least(following[0], following[1])
                heappush(queue, (estimate, -following[0], count, following))
    return None


class _Left:
    """What a state still costs at least, and which states are finished with."""

    def __init__(self, sequence: Sequence[str], model: Residuals) -> None:
        self._model = model
        self._counts = [Counter(sequence[place:]) for place in range(len(sequence) + 1)]
        self._sets = [frozenset(counts) for counts in self._counts]
        self._free: dict[frozenset[str], dict[int, int]] = {}
        self._known: dict[tuple[int, int], int] = {}
        self.closed: set[State] = set()

    def least(self, place: int, remaining: int) -> int:
        """Added steps the tree has no room for, and wanted steps the case does not bring."""
        key = (place, remaining)
        if key not in self._known:
            room = self._model.most(remaining)
            added = sum(count - min(count, room.get(name, 0)) for name, count in self._counts[place].items())
            brought = self._sets[place]
            skipped = self._model.fewest_without(remaining, brought, self._free.setdefault(brought, {}))
            self._known[key] = added + skipped
        return self._known[key]


def _moves(state: State, sequence: Sequence[str], model: Residuals) -> list[tuple[int, Move, State]]:
    """What can be done next: agree, leave out a step of the tree, add a step of the case; each with its cost."""
    place, remaining, was_added = state
    found: list[tuple[int, Move, State]] = []
    steps = model.steps(remaining)
    if place < len(sequence):
        activity = sequence[place]
        found += [(0, (activity, activity), (place + 1, after, False)) for after in steps.get(activity, ())]
        found.append((1, (activity, None), (place + 1, remaining, True)))
    elif model.fewest(remaining) == 0:
        found.append((0, (None, None), (place, model.done, False)))
    if not was_added or place == len(sequence):
        found += [(1, (None, step), (place, after, False)) for step, states in steps.items() for after in states]
    return found


def _told(state: State, back: dict[State, _Back]) -> list[Move]:
    moves = []
    while state in back:
        state, move = back[state]
        if move != (None, None):
            moves.append(move)
    return moves[::-1]

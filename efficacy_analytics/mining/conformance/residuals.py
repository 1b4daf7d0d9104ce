"""What remains to be done of a process tree after some steps, as numbered states.

A tree is read as an expression over activities. Its derivative by an activity is what remains once that activity is
done; what may be left out stays undecided until a step needs it, so optional parallel work does not multiply the
states. The states are made when they are first asked for, and equal remainders share a number.

Source: J. A. Brzozowski, "Derivatives of Regular Expressions", Journal of the ACM 11, 1964, here with interleaving.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeAlias

from efficacy_analytics.mining.models.process_tree import ProcessTree

Term: TypeAlias = tuple[Any, ...]
"""("do", activity) · ("then", states) · ("or", states) · ("and", states) · ("again", state): any number of times."""

UNLIMITED = 1 << 30
DONE: Term = ("then",)


class Residuals:
    """The states of a process tree: `start` is the whole tree, `steps` tells what follows a state."""

    def __init__(self, tree: ProcessTree) -> None:
        self._numbers: dict[Term, int] = {}
        self._terms: list[Term] = []
        self._steps: dict[int, dict[str, tuple[int, ...]]] = {}
        self._fewest: dict[int, int] = {}
        self._most: dict[int, dict[str, int]] = {}
        self.start = self._read(tree)

    @cached_property
    def done(self) -> int:
        """The state in which nothing remains."""
        return self._number(DONE)

    def steps(self, state: int) -> dict[str, tuple[int, ...]]:
        """The activities that can come next, by name, each with the states it leads to."""
        if state not in self._steps:
            found: dict[str, set[int]] = {}
            for activity, reached in self._derived(state):
                found.setdefault(activity, set()).add(reached)
            self._steps[state] = {activity: tuple(sorted(found[activity])) for activity in sorted(found)}
        return self._steps[state]

    def fewest(self, state: int) -> int:
        """How many steps at least lead from a state to the end."""
        if state not in self._fewest:
            self._fewest[state] = self._least(state, frozenset(), {})
        return self._fewest[state]

    def fewest_without(self, state: int, activities: frozenset[str], known: dict[int, int]) -> int:
        """The same, where steps of the given activities cost nothing; `known` keeps the answers for them."""
        return self._least(state, activities, known)

    def most(self, state: int) -> dict[str, int]:
        """How often at most each activity can still be done from a state; what is not named cannot."""
        if state not in self._most:
            self._most[state] = self._greatest(self._terms[state])
        return self._most[state]

    def _read(self, tree: ProcessTree) -> int:
        if tree.operator is None:
            return self._number(DONE) if tree.activity is None else self._number(("do", tree.activity))
        children = [self._read(child) for child in tree.children]
        if tree.operator == "loop":
            again = self._then([self._either(children[1:]), children[0]])
            return self._then([children[0], self._number(("again", again))])
        if tree.operator == "sequence":
            return self._then(children)
        return self._either(children) if tree.operator == "choice" else self._side_by_side(children)

    def _number(self, term: Term) -> int:
        if term not in self._numbers:
            self._numbers[term] = len(self._terms)
            self._terms.append(term)
        return self._numbers[term]

    def _then(self, states: Iterable[int]) -> int:
        flat: list[int] = []
        for state in states:
            term = self._terms[state]
            flat.extend(term[1:] if term[0] == "then" else [state])
        return flat[0] if len(flat) == 1 else self._number(("then", *flat))

    def _either(self, states: Iterable[int]) -> int:
        kept = sorted(set(states))
        return kept[0] if len(kept) == 1 else self._number(("or", *kept))

    def _side_by_side(self, states: Iterable[int]) -> int:
        kept = sorted(state for state in states if state != self.done)
        if not kept:
            return self.done
        return kept[0] if len(kept) == 1 else self._number(("and", *kept))

    def _derived(self, state: int) -> list[tuple[str, int]]:
        """Each next activity with what remains after it."""
        kind, *parts = self._terms[state]
        if kind == "do":
            return [(parts[0], self.done)]
        if kind == "again":
            return [(activity, self._then([rest, state])) for activity, rest in self._after(parts[0])]
        if kind == "or":
            return [pair for part in parts for pair in self._after(part)]
        if kind == "and":
            return [
                (activity, self._side_by_side([*parts[:place], rest, *parts[place + 1 :]]))
                for place, part in enumerate(parts)
                for activity, rest in self._after(part)
            ]
        found: list[tuple[str, int]] = []
        for place, part in enumerate(parts):
            found += [(activity, self._then([rest, *parts[place + 1 :]])) for activity, rest in self._after(part)]
            if self.fewest(part):
                break
        return found

    def _after(self, state: int) -> list[tuple[str, int]]:
        return [(activity, rest) for activity, states in self.steps(state).items() for rest in states]

    def _least(self, state: int, free: frozenset[str], known: dict[int, int]) -> int:
        if state not in known:
            kind, *parts = self._terms[state]
            if kind == "do":
                known[state] = int(parts[0] not in free)
            elif kind == "again":
                known[state] = 0
            elif kind == "or":
                known[state] = min(self._least(part, free, known) for part in parts)
            else:
                known[state] = sum(self._least(part, free, known) for part in parts)
        return known[state]

    def _greatest(self, term: Term) -> dict[str, int]:
        kind, *parts = term
        if kind == "do":
            return {parts[0]: 1}
        if kind == "again":
            return dict.fromkeys(self.most(parts[0]), UNLIMITED)
        counts: dict[str, int] = {}
        for activity, count in (pair for part in parts for pair in self.most(part).items()):
            joined = max(counts.get(activity, 0), count) if kind == "or" else counts.get(activity, 0) + count
            counts[activity] = min(joined, UNLIMITED)
        return counts

"""Process models that are no trees: Petri nets of pm4py, from a BPMN file or from the heuristics miner.

pm4py keeps places and transitions in sets ordered by memory address, so of several equally good alignments each run
finds another. Here the nodes are numbered and hash to their numbers: the same net gives the same alignment.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.models.discovery import from_pm4py
from efficacy_analytics.mining.models.process_tree import ProcessTree

Marking: TypeAlias = tuple[tuple[str, int], ...]


class Net(NamedTuple):
    """An accepting Petri net of pm4py: the net, its initial and its final marking."""

    net: Any
    initial: Any
    final: Any


@contextmanager
def quiet_pm4py() -> Iterator[Any]:
    """pm4py, imported when first needed, without its banner, progress bars and import warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys._pm4py_welcome_shown = True  # type: ignore[attr-defined]
        import pm4py
        from pm4py.util import constants

        constants.SHOW_PROGRESS_BAR = False
        yield pm4py


def heuristics_net(variants: pl.DataFrame, *, dependency_threshold: float = 0.5) -> Net:
    """The model of the heuristics miner, as a Petri net: what depends on what, by how often one follows the other.

    Args:
        variants: one row per variant, with `activities` (list) and `case_count`.
        dependency_threshold: from 0 to 1; pairs that depend less on each other are left out.

    Source: A. J. M. M. Weijters, W. M. P. van der Aalst, A. K. Alves de Medeiros, "Process Mining with the Heuristics
    Miner Algorithm", BETA 166, 2006; pm4py's implementation, given counts only.
    """
    known = variants.select(pl.col("activities").cast(pl.List(pl.String)), "case_count")
    rows = known.filter(pl.col("activities").list.len() > 0).sort("activities").rows()
    pairs: Counter[tuple[str, str]] = Counter()
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    occurrences: Counter[str] = Counter()
    for steps, count in rows:
        for pair in pairwise(steps):
            pairs[pair] += count
        for step in steps:
            occurrences[step] += count
        starts[steps[0]] += count
        ends[steps[-1]] += count
    with quiet_pm4py():
        from pm4py.algo.discovery.heuristics.variants import classic
        from pm4py.objects.conversion.heuristics_net.variants import to_petri_net

        options = {classic.Parameters.DEPENDENCY_THRESH: dependency_threshold}
        found = classic.apply_heu_dfg(
            dict(pairs),
            activities=sorted(occurrences),
            activities_occurrences=dict(occurrences),
            start_activities=dict(starts),
            end_activities=dict(ends),
            parameters=options,
        )
        return _numbered(Net(*to_petri_net.apply(found)))


def bpmn_model(content: bytes, name: str) -> ProcessTree | Net:
    """What a BPMN 2.0 model allows: a process tree where its gateways nest in pairs, else a Petri net.

    Args:
        content: what stands in the BPMN file.
        name: the file's name, to tell of it.

    Raises:
        CallError: it cannot be read as BPMN.
    """
    with quiet_pm4py() as pm4py:
        from pm4py.objects.bpmn.importer import importer

        hint = "export it again as BPMN 2.0 with one start and one end, and publish anew"
        try:
            net = Net(*pm4py.convert_to_petri_net(importer.deserialize(content)))
        except Exception as fault:
            raise CallError(f"{name} cannot be read as BPMN ({type(fault).__name__}).", hint=hint) from None
        if not any(one.label for one in net.net.transitions):
            raise CallError(f"{name} cannot be read as BPMN: it has no task.", hint=hint)
        try:
            return from_pm4py(pm4py.convert_to_process_tree(*net))
        except Exception:  # pm4py raises a bare one where blocks do not nest
            return _numbered(net)


class NetWalk:
    """A Petri net walked by the names of its steps; a state is the markings that a prefix can leave it in."""

    def __init__(self, net: Net) -> None:
        self._transitions = [_transition(one) for one in sorted(net.net.transitions, key=lambda one: str(one.name))]
        self.start = self._silently({tuple(sorted((place.name, count) for place, count in net.initial.items()))})

    def steps(self, state: frozenset[Marking]) -> dict[str, list[frozenset[Marking]]]:
        """The activities that can come next, each with the one state it leads to."""
        reached: dict[str, set[Marking]] = {}
        for marking in state:
            for one in self._transitions:
                following = _fired(marking, one) if one.label is not None else None
                if following is not None:
                    reached.setdefault(str(one.label), set()).add(following)
        return {label: [self._silently(markings)] for label, markings in reached.items()}

    def _silently(self, markings: set[Marking]) -> frozenset[Marking]:
        """The markings that silent steps lead to, those given included."""
        found, waiting = set(markings), list(markings)
        while waiting:
            marking = waiting.pop()
            for one in self._transitions:
                reached = _fired(marking, one) if one.label is None else None
                if reached is not None and reached not in found:
                    found.add(reached)
                    waiting.append(reached)
        return frozenset(found)


class _Transition(NamedTuple):
    """A transition: its label (None where silent), and how many marks it takes from and puts on each place."""

    label: str | None
    takes: dict[str, int]
    puts: dict[str, int]


def _transition(transition: Any) -> _Transition:
    takes = {arc.source.name: arc.weight for arc in transition.in_arcs}
    puts = {arc.target.name: arc.weight for arc in transition.out_arcs}
    return _Transition(transition.label, takes, puts)


def _fired(marking: Marking, step: _Transition) -> Marking | None:
    """The marking after a step, None where it cannot be done."""
    marks = dict(marking)
    for place, weight in step.takes.items():
        if marks.get(place, 0) < weight:
            return None
        marks[place] -= weight
    for place, weight in step.puts.items():
        marks[place] = marks.get(place, 0) + weight
    return tuple(sorted((place, count) for place, count in marks.items() if count))


class _Drawing:
    """A net under construction, whose nodes are numbered in the order they are put down."""

    def __init__(self, pm4py: Any) -> None:
        from pm4py.objects.petri_net.utils import petri_utils

        self._utils = petri_utils
        self.drawn = pm4py.PetriNet("procedure")
        self._node_types = _node_types(pm4py)
        self._count = 0

    def place(self) -> Any:
        place = self._node_types[0](f"p{self._next():05}")
        self.drawn.places.add(place)
        return place

    def transition(self, label: str | None, before: list[Any], after: list[Any]) -> None:
        transition = self._node_types[1](f"t{self._next():05}", label)
        self.drawn.transitions.add(transition)
        for place in before:
            self._utils.add_arc_from_to(place, transition, self.drawn)
        for place in after:
            self._utils.add_arc_from_to(transition, place, self.drawn)

    def _next(self) -> int:
        self._count += 1
        return self._count


def _node_types(pm4py: Any) -> tuple[type, type]:
    """pm4py's places and transitions, ordered in sets by their names and not by their addresses."""

    class Place(pm4py.PetriNet.Place):  # type: ignore[misc]  # pm4py has no types
        def __hash__(self) -> int:
            return int(self.name[1:])

    class Transition(pm4py.PetriNet.Transition):  # type: ignore[misc]
        def __hash__(self) -> int:
            return int(self.name[1:])

    return Place, Transition


def _numbered(net: Net) -> Net:
    """The same net with numbered nodes, in the order of labels and names."""
    with quiet_pm4py() as pm4py:
        from pm4py.objects.petri_net.obj import Marking

        drawing = _Drawing(pm4py)
        places = {place: drawing.place() for place in sorted(net.net.places, key=lambda place: str(place.name))}
        for transition in sorted(net.net.transitions, key=lambda one: (one.label or "", str(one.name))):
            before = sorted((places[arc.source] for arc in transition.in_arcs), key=lambda place: str(place.name))
            after = sorted((places[arc.target] for arc in transition.out_arcs), key=lambda place: str(place.name))
            drawing.transition(transition.label, before, after)
        initial, final = ({places[place]: count for place, count in one.items()} for one in (net.initial, net.final))
        return Net(drawing.drawn, Marking(initial), Marking(final))

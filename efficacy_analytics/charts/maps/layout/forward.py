"""Which way is forward on a map with loops: the order of activities that goes with most transitions.

Source: Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set problem", Information
Processing Letters 47, 1993; with transitions as weights, ties broken by name.
"""

from collections import defaultdict
from collections.abc import Iterable

from efficacy_analytics.charts.maps.layout.paths import END, START, Edge


def forward_order(counts: dict[Edge, int], nodes: Iterable[str]) -> list[str]:
    """The nodes from left to right, so that few transitions lead back.

    Args:
        counts: transitions per line.
        nodes: the nodes to order; START comes first and END last where they are among them.
    """
    given = set(nodes)
    left, right = [START] * (START in given), [END] * (END in given)
    remaining = sorted(given - {START, END})
    outward, inward = _weights(counts)
    leaving = {node: _sum(outward[node], remaining) for node in remaining}
    coming = {node: _sum(inward[node], remaining) for node in remaining}
    while remaining:
        sinks = [node for node in remaining if not leaving[node]]
        sources = [node for node in remaining if not coming[node] and leaving[node]]
        if sources or not sinks:
            chosen = max(sources or remaining, key=lambda node: leaving[node] - coming[node])
            left.append(chosen)
        else:
            chosen = sinks[-1]
            right.insert(0, chosen)
        remaining.remove(chosen)
        for weights, sums in ((inward, leaving), (outward, coming)):  # what went to it, or came from it, is gone
            for node, weight in weights[chosen].items():
                if node in sums:
                    sums[node] -= weight
    return left + right


def _weights(counts: dict[Edge, int]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    outward: dict[str, dict[str, int]] = defaultdict(dict)
    inward: dict[str, dict[str, int]] = defaultdict(dict)
    for (tail, head), count in counts.items():
        if tail != head:
            outward[tail][head] = count
            inward[head][tail] = count
    return outward, inward


def _sum(weights: dict[str, int], among: list[str]) -> int:
    return sum(weights.get(node, 0) for node in among)

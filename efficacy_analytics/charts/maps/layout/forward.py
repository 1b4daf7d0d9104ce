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
    while remaining:
        balance = {node: _sum(outward[node], remaining) - _sum(inward[node], remaining) for node in remaining}
        sinks = [node for node in remaining if not _sum(outward[node], remaining)]
        sources = [node for node in remaining if not _sum(inward[node], remaining) and node not in sinks]
        if sources or not sinks:
            chosen = max(sources or remaining, key=lambda node: balance[node])
            left.append(chosen)
        else:
            chosen = sinks[-1]
            right.insert(0, chosen)
        remaining.remove(chosen)
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

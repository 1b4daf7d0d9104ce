"""Where the boxes and lines of a directed graph go: Graphviz' dot, in a process of its own.

Every box has a fixed size, so that the layout depends on no installed font and is the same anywhere.
The layout of a dense graph can take minutes; the process is ended when it has used up its time of the processor. How
long that lasts by the clock depends on what else the machine does, and so decides nothing that is drawn.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = str(Path(__file__).resolve())
"""Started as a file, with nothing else of the package: what its charts import takes longer than a layout."""
POINTS_PER_INCH: Final = 72.0


class LayoutTimeoutError(Exception):
    """The layout was not ready in its time of the processor."""


def layout(graph: dict[str, Any], *, processor_seconds: float) -> dict[str, Any]:
    """Coordinates of a graph, in points, the origin at the top left.

    Args:
        graph: `attributes` of dot; `nodes` with `name`, `width`, `height`, `rank` ("source", "sink" or none);
            `edges` with `tail`, `head`, `weight` and `is_back` (leads back: laid out the other way round, so that
            the flow keeps its direction).
        processor_seconds: how long the layout may take, rounded up to whole seconds.

    Returns:
        `width`, `height`; per node `x`, `y`; per edge its Bézier control points `points` and its `tip`.

    Raises:
        LayoutTimeoutError: the time was over.
    """
    return dict(json.loads(_answer(json.dumps(graph), processor_seconds)))


@lru_cache(maxsize=64)
def _answer(question: str, processor_seconds: float) -> str:
    """What the child process writes; the same question has the same answer, and is asked once."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", PROGRAM, str(processor_seconds)],
        input=question,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    if done.returncode == -signal.SIGXCPU:
        raise LayoutTimeoutError(f"no layout within {processor_seconds:g} seconds of the processor")
    done.check_returncode()
    return done.stdout


def laid_out(graph: dict[str, Any]) -> dict[str, Any]:
    """`layout`, in this process and without a limit of time."""
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False, **graph["attributes"])
    for node in graph["nodes"]:
        size = {"width": node["width"] / POINTS_PER_INCH, "height": node["height"] / POINTS_PER_INCH}
        drawing.add_node(node["name"], label="", shape="box", fixedsize="true", **size)
        if node["rank"]:
            drawing.add_subgraph([node["name"]], rank=node["rank"])
    for number, edge in enumerate(graph["edges"]):
        way = "back" if edge["is_back"] else "forward"
        drawing.add_edge(*_ends(edge), key=str(number), weight=edge["weight"], dir=way)
    drawing.layout(prog="dot")
    left, bottom, right, top = (float(part) for part in drawing.graph_attr["bb"].split(","))
    return {
        "width": right - left,
        "height": top - bottom,
        "nodes": [_point(drawing.get_node(node["name"]).attr["pos"], top) for node in graph["nodes"]],
        "edges": [
            _edge(drawing.get_edge(*_ends(edge), key=str(number)), top) for number, edge in enumerate(graph["edges"])
        ],
    }


def _ends(edge: dict[str, Any]) -> tuple[str, str]:
    return (edge["head"], edge["tail"]) if edge["is_back"] else (edge["tail"], edge["head"])


def _edge(edge: Any, top: float) -> dict[str, Any]:
    """The curve from tail to head, and the tip; dot marks the tip by `e,` at the end or `s,` at the start."""
    parts = edge.attr["pos"].split()
    tips = [part[2:] for part in parts if part[1] == "," and part[0] in "es"]
    curve = [_point(part, top) for part in parts if part[0] not in "es"]
    is_reversed = any(part.startswith("s,") for part in parts)
    return {"points": curve[::-1] if is_reversed else curve, "tip": _point(tips[0], top) if tips else curve[-1]}


def _point(text: str, top: float) -> list[float]:
    x, y = text.split(",")
    return [float(x), top - float(y)]


if __name__ == "__main__":
    _, most_allowed = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = ceil(float(sys.argv[1]))
    most = wanted if most_allowed == resource.RLIM_INFINITY else min(wanted, most_allowed)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most_allowed))
    sys.stdout.write(json.dumps(laid_out(json.load(sys.stdin))))

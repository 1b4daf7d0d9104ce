"""A process tree as a BPMN 2.0 file that any modeller opens, with places for the shapes.

Blocks nest, so places follow from the tree: steps run from left to right, alternatives and parallel work stand below
each other, what repeats runs back from right to left. Numbers are counted, so the same tree gives the same bytes.

Source: OMG, "Business Process Model and Notation (BPMN), version 2.0", 2011, chapters 10 and 12 (interchange).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from efficacy_analytics.mining.models.process_tree import ProcessTree

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
PREFIXES = {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": LINES}

COLUMN, ROW = 150, 110
SIZES = {
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "task": (110, 80),
    "exclusiveGateway": (50, 50),
    "parallelGateway": (50, 50),
}
GATEWAYS = {"choice": "exclusiveGateway", "parallel": "parallelGateway", "loop": "exclusiveGateway"}
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Point: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """A node of the diagram, at the middle of a column and a row."""

    id: str
    kind: str
    name: str
    column: int
    row: int

    @property
    def middle(self) -> Point:
        return 100 + self.column * COLUMN, 100 + self.row * ROW

    @property
    def is_gateway(self) -> bool:
        return self.kind.endswith("Gateway")


@dataclass(frozen=True)
class Flow:
    """A sequence flow, along a row of its own where it leads past everything."""

    id: str
    source: Shape
    target: Shape
    row: int


@dataclass
class Drawing:
    """The shapes and flows put down so far."""

    names: Mapping[str, str]
    shapes: list[Shape] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def shape(self, kind: str, column: int, row: int, name: str = "") -> Shape:
        placed = Shape(f"{kind}_{len(self.shapes) + 1}", kind, UNPRINTABLE.sub("", name), column, row)
        self.shapes.append(placed)
        return placed

    def flow(self, source: Shape, target: Shape, row: int) -> None:
        self.flows.append(Flow(f"flow_{len(self.flows) + 1}", source, target, row))


@dataclass(frozen=True)
class Place:
    """Where a block starts: its leftmost column, its first row, and whether it runs to the right."""

    column: int
    row: int
    is_forward: bool = True


def bpmn_file(tree: ProcessTree, path: Path, *, names: Mapping[str, str] | None = None) -> None:
    """Writes the tree as a BPMN 2.0 file with its diagram.

    Args:
        tree: the process tree.
        path: the file to write; the same tree and names give the same bytes.
        names: shown instead of the activity's code.
    """
    drawing = Drawing(names or {})
    width, _ = _size(tree)
    start = drawing.shape("startEvent", 0, 0)
    ends = _put(drawing, tree, Place(1, 0))
    end = drawing.shape("endEvent", width + 1, 0)
    _link(drawing, start, ends, end, 0)
    path.write_bytes(_xml(drawing))


def _size(tree: ProcessTree) -> tuple[int, int]:
    """How many columns and rows a block takes."""
    if tree.operator is None:
        return (0 if tree.is_silent else 1), 1
    sizes = [_size(child) for child in tree.children]
    if tree.operator == "sequence":
        return sum(columns for columns, _ in sizes), max(rows for _, rows in sizes)
    return 2 + max(columns for columns, _ in sizes), sum(rows for _, rows in sizes)


def _put(drawing: Drawing, tree: ProcessTree, place: Place) -> tuple[Shape, Shape] | None:
    """Draws a block and gives its first and last shape; None where nothing happens."""
    if tree.is_silent:
        return None
    if tree.activity is not None:
        name = drawing.names.get(tree.activity, tree.activity)
        task = drawing.shape("task", place.column, place.row, name)
        return task, task
    return _sequence(drawing, tree, place) if tree.operator == "sequence" else _branches(drawing, tree, place)


def _sequence(drawing: Drawing, tree: ProcessTree, place: Place) -> tuple[Shape, Shape] | None:
    column = place.column
    blocks = []
    for child in tree.children if place.is_forward else reversed(tree.children):
        blocks.append(_put(drawing, child, Place(column, place.row, place.is_forward)))
        column += _size(child)[0]
    drawn = [block for block in (blocks if place.is_forward else reversed(blocks)) if block]
    for (_, last), (first, _) in pairwise(drawn):
        drawing.flow(last, first, place.row)
    return (drawn[0][0], drawn[-1][1]) if drawn else None


def _branches(drawing: Drawing, tree: ProcessTree, place: Place) -> tuple[Shape, Shape]:
    kind = GATEWAYS[str(tree.operator)]
    left = drawing.shape(kind, place.column, place.row)
    right = drawing.shape(kind, place.column + _size(tree)[0] - 1, place.row)
    first, last = (left, right) if place.is_forward else (right, left)
    row = place.row
    for number, child in enumerate(tree.children):
        is_back = tree.operator == "loop" and number > 0
        block = _put(drawing, child, Place(place.column + 1, row, place.is_forward != is_back))
        _link(drawing, last if is_back else first, block, first if is_back else last, row)
        row += _size(child)[1]
    return first, last


def _link(drawing: Drawing, source: Shape, block: tuple[Shape, Shape] | None, target: Shape, row: int) -> None:
    if block is None:
        drawing.flow(source, target, row)
    else:
        drawing.flow(source, block[0], row)
        drawing.flow(block[1], target, row)


def _waypoints(flow: Flow) -> list[Point]:
    """From border to border: down or up at a gateway of another row, level along the flow's own row."""
    level = 100 + flow.row * ROW
    start = _leaving(flow.source, flow.target, level)
    end = _leaving(flow.target, flow.source, level)
    return [*start, *reversed(end)]


def _leaving(shape: Shape, other: Shape, level: int) -> list[Point]:
    x, y = shape.middle
    wide, high = SIZES[shape.kind]
    if y != level:
        return [(x, y + high // 2), (x, level)]
    return [(x + wide // 2 if other.middle[0] > x else x - wide // 2, y)]


def _xml(drawing: Drawing) -> bytes:
    for prefix, space in PREFIXES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(f"{{{MODEL}}}definitions", {"id": "definitions", "targetNamespace": MODEL})
    process = ET.SubElement(root, f"{{{MODEL}}}process", {"id": "process", "isExecutable": "false"})
    for shape in drawing.shapes:
        _shape_xml(process, shape, drawing.flows)
    for flow in drawing.flows:
        ends = {"sourceRef": flow.source.id, "targetRef": flow.target.id}
        ET.SubElement(process, f"{{{MODEL}}}sequenceFlow", {"id": flow.id, **ends})
    diagram = ET.SubElement(root, f"{{{DIAGRAM}}}BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(diagram, f"{{{DIAGRAM}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    for shape in drawing.shapes:
        _bounds_xml(plane, shape)
    for flow in drawing.flows:
        edge = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNEdge", {"id": f"{flow.id}_di", "bpmnElement": flow.id})
        for x, y in _waypoints(flow):
            ET.SubElement(edge, f"{{{LINES}}}waypoint", {"x": str(x), "y": str(y)})
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _shape_xml(process: ET.Element, shape: Shape, flows: list[Flow]) -> None:
    incoming = [flow for flow in flows if flow.target is shape]
    outgoing = [flow for flow in flows if flow.source is shape]
    attributes = {"id": shape.id, "name": shape.name} if shape.name else {"id": shape.id}
    if shape.is_gateway:
        attributes["gatewayDirection"] = "Diverging" if len(outgoing) > 1 else "Converging"
    element = ET.SubElement(process, f"{{{MODEL}}}{shape.kind}", attributes)
    for tag, ends in (("incoming", incoming), ("outgoing", outgoing)):
        for flow in ends:
            ET.SubElement(element, f"{{{MODEL}}}{tag}").text = flow.id


def _bounds_xml(plane: ET.Element, shape: Shape) -> None:
    place = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNShape", {"id": f"{shape.id}_di", "bpmnElement": shape.id})
    (x, y), (wide, high) = shape.middle, SIZES[shape.kind]
    corner = {"x": str(x - wide // 2), "y": str(y - high // 2), "width": str(wide), "height": str(high)}
    ET.SubElement(place, f"{{{BOUNDS}}}Bounds", corner)

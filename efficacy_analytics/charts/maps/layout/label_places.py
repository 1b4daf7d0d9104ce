"""Where a line's label stands so that it covers no box and no other label.

The more important line chooses first: the place nearest the middle of its line that is free. A label that finds no
room is left out; its figures stay in the tooltip.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]

LABEL_WIDTH: Final = 46.0
LABEL_HEIGHT: Final = 26.0
ROOM: Final = 2.0
"""Pixels a label keeps from a box."""
PARTS: Final = 4
"""Into how many pieces the way from one point of a line to the next is cut."""


@dataclass(frozen=True)
class Box:
    """A rectangle by its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def covers(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


def label_places(
    lines: Iterable[Sequence[Point]], boxes: Iterable[Box], *, height: float = LABEL_HEIGHT
) -> list[Point | None]:
    """A place for the label of each line, most important line first.

    Args:
        lines: the points along each line.
        boxes: what no label may cover.
        height: of every label, in pixels.

    Returns:
        For each line the middle of its label, none where there is no room.
    """
    taken = [Box(box.x, box.y, box.width + 2 * ROOM, box.height + 2 * ROOM) for box in boxes]
    places: list[Point | None] = []
    for line in lines:
        labels = (Box(x, y, LABEL_WIDTH, height) for x, y in _from_the_middle(line))
        free = next((label for label in labels if not any(label.covers(box) for box in taken)), None)
        if free:
            taken.append(free)
        places.append((free.x, free.y) if free else None)
    return places


def _from_the_middle(line: Sequence[Point]) -> list[Point]:
    """Places along a line, the middle first; close enough that a gap just wide enough is not missed."""
    places = [
        (x + (next_x - x) * step / PARTS, y + (next_y - y) * step / PARTS)
        for (x, y), (next_x, next_y) in pairwise(line)
        for step in range(PARTS)
    ] + list(line[-1:])
    middle = (len(places) - 1) / 2
    order = sorted(range(len(places)), key=lambda number: (abs(number - middle), number))
    return [(round(places[number][0], 1), round(places[number][1], 1)) for number in order]

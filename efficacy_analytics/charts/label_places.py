"""Where a line's label stands so that it covers no box and no other label.

The more important line chooses first: the place nearest the middle of its line that is free. A label that finds no
room is left out; its figures stay in the tooltip.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]

LABEL_WIDTH: Final = 46.0
LABEL_HEIGHT: Final = 26.0
ROOM: Final = 2.0
"""Pixels a label keeps from a box."""


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
    middle = (len(line) - 1) / 2
    order = sorted(range(len(line)), key=lambda number: (abs(number - middle), number))
    return [line[number] for number in order]

"""Where a line's label stands so that it covers no box and no other label, and no other line runs through it.

The more important line chooses first: the place nearest the middle of its line that is free. Where other lines run
through every such place, it is the one that fewest points of them lie in. A label that finds no room is left out; its
figures stay in the tooltip. The disc of a marked line is never left out: a sentence names it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]

LABEL_WIDTH: Final = 46.0
LABEL_HEIGHT: Final = 26.0
LABELS: Final = {"right": (LABEL_WIDTH, LABEL_HEIGHT), "down": (108.0, 17.0)}
"""Width and height of a label by the way a map runs: two lines of text, or one."""
BESIDE: Final = 8.0
"""Pixels between a line and what stands beside it."""
MARK_SIZE: Final = 19.0
"""Of the numbered disc beside a label."""
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


@dataclass(frozen=True)
class Place:
    """Where a line is labelled: its words and the middle of its disc; none where there is no room, or no disc.

    `align` says what of the words stands there: their middle ("center"), beginning ("left") or end ("right").
    """

    words: Point | None
    mark: Point | None
    align: str = "center"


@dataclass(frozen=True)
class Offer:
    """A way to label a point of a line: how far the label's middle lies from it, its size, and what stands where."""

    offset: Point
    size: tuple[float, float]
    words: Point | None
    mark: Point | None
    align: str = "center"


NOWHERE: Final = Place(None, None)


def label_places(
    lines: Iterable[Sequence[Point]],
    boxes: Iterable[Box],
    *,
    size: tuple[float, float] = (LABEL_WIDTH, LABEL_HEIGHT),
    marked: Collection[int] = (),
) -> list[Place]:
    """A place for the label of each line, most important line first.

    Args:
        lines: the points along each line.
        boxes: what no label may cover: boxes, and the tips of lines.
        size: width and height of every label, in pixels.
        marked: the lines with a numbered disc, by their place; they choose first, and have a disc even where their
            words find no room: where it finds none itself, on the line, over as little as can be.

    Returns:
        For each line its place.
    """
    ways = [_from_the_middle(line) for line in lines]
    taken = _Taken([Box(box.x, box.y, box.width + 2 * ROOM, box.height + 2 * ROOM) for box in boxes])
    crossed = _Points(ways)
    places = [NOWHERE] * len(ways)
    lines_of_marked = [Box(x, y, ROOM, ROOM) for number in marked for x, y in ways[number]]
    for number in sorted(range(len(ways)), key=lambda one: (one not in marked, one)):
        if number not in marked:
            taken.add(*lines_of_marked)
            lines_of_marked = []
        offers = _marked_offers(*size) if number in marked else _offers(*size)
        tried = [(label, offer) for offer in offers for label in taken.free(ways[number], offer)]
        with_words = [one for one in tried if one[1].words is not None]
        found = _least_crossed(with_words or tried, number, crossed)
        if found is None and number in marked:
            found = taken.over_least(ways[number]), offers[-1]
        if found is not None:
            label, offer = found
            taken.add(label)
            places[number] = Place(_moved(label, offer.words), _moved(label, offer.mark), offer.align)
    return places


class _Taken:
    """What no label may cover, as one array: x and y of the middle, width and height."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = np.array([(box.x, box.y, box.width, box.height) for box in boxes], dtype=float).reshape(-1, 4)

    def add(self, *boxes: Box) -> None:
        """Takes the room of further boxes."""
        further = [(box.x, box.y, box.width, box.height) for box in boxes]
        self.boxes = np.concatenate([self.boxes, np.array(further, dtype=float).reshape(-1, 4)])

    def free(self, way: Sequence[Point], offer: Offer) -> list[Box]:
        """The labels of an offer along a line that cover nothing, in the order of the line's points."""
        labels = [(x + offer.offset[0], y + offer.offset[1]) for x, y in way]
        is_free = ~np.any(self._covered(labels, offer.size), axis=1)
        return [Box(*labels[number], *offer.size) for number in np.flatnonzero(is_free)]

    def over_least(self, way: Sequence[Point]) -> Box:
        """Where on its line a disc covers fewest boxes and labels, nearest the middle of those."""
        counts = np.count_nonzero(self._covered(way, (MARK_SIZE, MARK_SIZE)), axis=1)
        return Box(*way[int(np.argmin(counts))], MARK_SIZE, MARK_SIZE)

    def _covered(self, middles: Sequence[Point], size: tuple[float, float]) -> npt.NDArray[np.bool_]:
        """For each label (a row) and each taken box (a column), whether the two have a point in common."""
        middle_x, middle_y = np.array(middles, dtype=float).reshape(-1, 2).T[:, :, None]
        x, y, width, height = self.boxes.T
        is_near: npt.NDArray[np.bool_] = np.abs(middle_x - x) * 2 < width + size[0]
        is_near &= np.abs(middle_y - y) * 2 < height + size[1]
        return is_near


class _Points:
    """All points of all lines, each with the number of its line."""

    def __init__(self, ways: Sequence[Sequence[Point]]) -> None:
        self.x, self.y = np.array([point for way in ways for point in way], dtype=float).reshape(-1, 2).T.copy()
        self.lines = np.repeat(np.arange(len(ways)), [len(way) for way in ways])

    def within(self, label: Box, line: int) -> int:
        """How many points of other lines than `line` lie in a label."""
        is_near = (np.abs(self.x - label.x) * 2 < label.width) & (np.abs(self.y - label.y) * 2 < label.height)
        return int(np.count_nonzero(is_near & (self.lines != line)))


def _least_crossed(tried: Sequence[tuple[Box, Offer]], line: int, crossed: _Points) -> tuple[Box, Offer] | None:
    """The first place that no other line runs through, else the first of those with fewest points of others."""
    least: tuple[int, tuple[Box, Offer]] | None = None
    for one in tried:
        count = crossed.within(one[0], line)
        if not count:
            return one
        if least is None or count < least[0]:
            least = count, one
    return least and least[1]


def _offers(width: float, height: float) -> list[Offer]:
    """On the line; where there is no room, beside it: a low label to the right or left, a high one above or below."""
    on_it = Offer((0.0, 0.0), (width, height), (0.0, 0.0), None)
    if width <= 3 * height:
        aside = height / 2 + BESIDE
        return [on_it, *(Offer((0.0, by), (width, height), (0.0, 0.0), None) for by in (-aside, aside))]
    half = width / 2
    right = Offer((half + BESIDE, 0.0), (width, height), (-half, 0.0), None, "left")
    return [on_it, right, Offer((-half - BESIDE, 0.0), (width, height), (half, 0.0), None, "right")]


def _marked_offers(width: float, height: float) -> list[Offer]:
    """The disc on the line with its words on either side, then all beside the line, then the disc alone."""
    alone = [(0.0, 0.0), (MARK_SIZE / 2 + BESIDE, 0.0), (-MARK_SIZE / 2 - BESIDE, 0.0)]
    with_words = _stacked(width, height) if width <= 3 * height else _side_by_side(width, height)
    return [*with_words, *(Offer(offset, (MARK_SIZE, MARK_SIZE), None, (0.0, 0.0)) for offset in alone)]


def _stacked(width: float, height: float) -> list[Offer]:
    """The words below the disc, or above it."""
    half, size = height / 2, (width, height + MARK_SIZE)
    aside = size[1] / 2 + BESIDE
    ways = [(half, 1), (-half, -1), (aside, 1), (-aside, -1)]
    return [Offer((0.0, by), size, (0.0, side * MARK_SIZE / 2), (0.0, -side * half)) for by, side in ways]


def _side_by_side(width: float, height: float) -> list[Offer]:
    """The words to the right of the disc, or to its left."""
    half, size = width / 2, (width + MARK_SIZE, max(height, MARK_SIZE))
    edge = MARK_SIZE / 2 - half + 2.0
    aside = size[0] / 2 + BESIDE
    ways = [(half, 1, "left"), (-half, -1, "right"), (aside, 1, "left"), (-aside, -1, "right")]
    return [Offer((by, 0.0), size, (side * edge, 0.0), (-side * half, 0.0), align) for by, side, align in ways]


def _moved(label: Box, by: Point | None) -> Point | None:
    return by and (round(label.x + by[0], 1), round(label.y + by[1], 1))


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

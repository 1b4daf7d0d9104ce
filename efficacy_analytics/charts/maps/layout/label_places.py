"""Where a line's label stands: beside its own line or on it, over no box and no other label, with no other line near.

The more important line chooses first, the numbered ones before all: the place nearest the middle of its line that is
free. A label whose every place is taken, or crossed by another line, is left out: its figures stay in the tooltip.
The disc of a numbered line is never left out, and always lies on its own line: a sentence names it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[float, float]
Points: TypeAlias = npt.NDArray[np.float64]
"""One row per point: x, y."""

LABEL_WIDTH: Final = 46.0
LABEL_HEIGHT: Final = 26.0
LABELS: Final = {"right": (LABEL_WIDTH, LABEL_HEIGHT), "down": (108.0, 17.0)}
"""Width and height of a label by the way a map runs: two lines of text, or one."""
BESIDE: Final = (2.0, 7.0)
"""Pixels between the edge of a line and the words beside it, the second where a tip is in the way."""
APART: Final = 1.5
"""Pixels that words keep from the edge of other lines, beside their own one further than from it."""
THIN: Final = 3.0
"""Pixels; words stand on a line that is thinner, for it hides nothing of them, and rather beside a wider one."""
MARK_SIZE: Final = 19.0
"""Of the numbered disc beside a label."""
MARK: Final = (MARK_SIZE, MARK_SIZE)
ROOM: Final = 2.0
"""Pixels a label keeps from a box."""
PARTS: Final = 4
"""Into how many pieces the way from one point of a line to the next is cut."""
TOGETHER: Final = 16
"""How many places are looked at together: most lines find theirs among the first."""


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

    `align` says what of the words stands there: their middle ("center"), beginning ("left") or end ("right"); `shape`
    which of the shapes of its words was taken.
    """

    words: Point | None
    mark: Point | None
    align: str = "center"
    shape: int = 0


@dataclass(frozen=True)
class Line:
    """A line and its label.

    Attributes:
        way: the points along it.
        width: pixels, where it is drawn widest.
        shapes: width and height of its words, in pixels, in each way they can be written, the best one first.
    """

    way: Sequence[Point]
    width: float
    shapes: Sequence[Size]


@dataclass(frozen=True)
class Offer:
    """Places along a line, in the order in which they are tried; each array has one row per place.

    Attributes:
        words: the middle of the words; none for a disc alone.
        marks: the middle of the disc; none for words alone.
        sides: 1 where the words begin next to the line or disc, -1 where they end there, else 0.
        size: width and height of the words.
        shape: which of the shapes of the words it is.
        apart: pixels between the words and other lines.
        mark_apart: pixels between the disc and other lines.
        avoids_own: whether the words keep from their own line too.
    """

    words: Points | None
    marks: Points | None
    sides: npt.NDArray[np.float64]
    size: Size
    shape: int = 0
    apart: float = APART
    mark_apart: float = APART
    avoids_own: bool = False


NO_LINE: Final = -1
NOWHERE: Final = Place(None, None)
ALIGNS: Final = {0: "center", 1: "left", -1: "right"}
SIDES: Final = {align: side for side, align in ALIGNS.items()}


def label_places(
    lines: Iterable[Sequence[Point]],
    boxes: Iterable[Box],
    *,
    size: Size = (LABEL_WIDTH, LABEL_HEIGHT),
    shapes: Sequence[Sequence[Size]] | None = None,
    widths: Sequence[float] | None = None,
    marked: Collection[int] = (),
) -> list[Place]:
    """A place for the label of each line, most important line first.

    Args:
        lines: the points along each line.
        boxes: what no label may cover: boxes, and the tips of lines.
        size: width and height of every label, in pixels.
        shapes: per line the sizes its label may have instead, the best one first.
        widths: how wide each line is drawn, in pixels; by default it has no width.
        marked: the lines with a numbered disc, by their place; they choose first, and have a disc even where their
            words find no room: where it finds none itself, over as few boxes and lines as can be.

    Returns:
        For each line its place.
    """
    ways = list(lines)
    drawn = [
        Line(way, 0.0 if widths is None else widths[number], [size] if shapes is None else shapes[number])
        for number, way in enumerate(ways)
    ]
    taken = _Taken([Box(box.x, box.y, box.width + 2 * ROOM, box.height + 2 * ROOM) for box in boxes])
    pieces = _Pieces(drawn)
    places = [NOWHERE] * len(drawn)
    for number in sorted(range(len(drawn)), key=lambda one: (one not in marked, one)):
        line = drawn[number]
        if number in marked:
            found = _marked(line, number, taken, pieces)
        else:
            found = _first_of(_offers(line), number, taken, pieces) or NOWHERE
        taken.add(*_rooms(found, line))
        places[number] = found
    return places


def _marked(line: Line, number: int, taken: "_Taken", pieces: "_Pieces") -> Place:
    """Of a numbered line the disc with words next to it; else each by itself; else words where the line hides them."""
    whole = _first_of(_marked_offers(line), number, taken, pieces)
    if whole is not None:
        return whole
    alone = _first_of(_discs_alone(line), number, taken, pieces)
    disc = alone or Place(None, taken.over_least(_from_the_middle(line.way), pieces, number))
    beside = _first_of(_offers_beside(line), number, taken.beside(*_rooms(disc, line)), pieces)
    if beside is not None:
        return replace(beside, mark=disc.mark)
    way = _from_the_middle(line.way)
    return _first_of(_beside_disc(line, way, APART, avoids_own=False), number, taken, pieces) or disc


def _first_of(offers: Iterable[Offer], number: int, taken: "_Taken", pieces: "_Pieces") -> Place | None:
    """The first place of the first offer that has one."""
    return next(filter(None, (_first(offer, number, taken, pieces) for offer in offers)), None)


def _first(offer: Offer, number: int, taken: "_Taken", pieces: "_Pieces") -> Place | None:
    """The first place of an offer that covers nothing and that no other line runs through."""
    tried = np.flatnonzero(taken.leaves(offer.words, offer.size) & taken.leaves(offer.marks, MARK))
    for some in (tried[at : at + TOGETHER] for at in range(0, tried.size, TOGETHER)):
        crossed = np.zeros(some.size, dtype=bool)
        if offer.words is not None:
            left_out = NO_LINE if offer.avoids_own else number
            crossed |= pieces.crossing(offer.words[some], offer.size, offer.apart, left_out)
        if offer.marks is not None:
            crossed |= pieces.crossing(offer.marks[some], MARK, offer.mark_apart, number)
        if not crossed.all():
            return _place(offer, int(some[np.argmin(crossed)]))
    return None


def _place(offer: Offer, at: int) -> Place:
    """A place of an offer by the point where its words begin, end or have their middle."""
    side = int(offer.sides[at])
    words = None if offer.words is None else _rounded(offer.words[at] - (side * offer.size[0] / 2, 0.0))
    return Place(words, None if offer.marks is None else _rounded(offer.marks[at]), ALIGNS[side], offer.shape)


def _rooms(place: Place, line: Line) -> Iterator[Box]:
    """What a label takes from those that come after it."""
    if place.words is not None:
        x, y = place.words
        width, height = line.shapes[place.shape]
        yield Box(x + SIDES[place.align] * width / 2, y, width, height)
    if place.mark is not None:
        yield Box(*place.mark, *MARK)


class _Taken:
    """What no label may cover, as one array: x and y of the middle, width and height."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = np.array([(box.x, box.y, box.width, box.height) for box in boxes], dtype=float).reshape(-1, 4)

    def beside(self, *boxes: Box) -> "_Taken":
        """The same with further boxes; this one stays as it is."""
        other = _Taken([])
        other.boxes = self.boxes
        other.add(*boxes)
        return other

    def add(self, *boxes: Box) -> None:
        """Takes the room of further boxes."""
        further = [(box.x, box.y, box.width, box.height) for box in boxes]
        self.boxes = np.concatenate([self.boxes, np.array(further, dtype=float).reshape(-1, 4)])

    def leaves(self, middles: Points | None, size: Size) -> npt.NDArray[np.bool_]:
        """For each label whether it covers nothing; of none, that it is so."""
        return np.array([True]) if middles is None else ~np.any(self._covered(middles, size), axis=1)

    def over_least(self, way: Points, pieces: "_Pieces", line: int) -> Point:
        """Where on its line a disc covers least of boxes and labels, then of lines; of such, nearest the middle."""
        x, y, width, height = self.boxes.T
        common_x = (MARK_SIZE + width) / 2 - np.abs(way[:, :1] - x)
        common_y = (MARK_SIZE + height) / 2 - np.abs(way[:, 1:] - y)
        across = np.clip(common_x, 0, np.minimum(MARK_SIZE, width))
        down = np.clip(common_y, 0, np.minimum(MARK_SIZE, height))
        covered = np.round((across * down).sum(axis=1))
        return _rounded(way[np.lexsort((pieces.crossing(way, MARK, 0.0, line), covered))[0]])

    def _covered(self, middles: Points, size: Size) -> npt.NDArray[np.bool_]:
        """For each label (a row) and each taken box (a column), whether the two have a point in common."""
        middle_x, middle_y = middles.T[:, :, None]
        x, y, width, height = self.boxes.T
        is_near: npt.NDArray[np.bool_] = np.abs(middle_x - x) * 2 < width + size[0]
        is_near &= np.abs(middle_y - y) * 2 < height + size[1]
        return is_near


class _Pieces:
    """The straight pieces of all lines: middle, half the way along it, half its width, number of its line."""

    def __init__(self, lines: Sequence[Line]) -> None:
        ends = [np.array(line.way, dtype=float).reshape(-1, 2) for line in lines]
        first = np.concatenate([points[:-1] for points in ends] or [np.empty((0, 2))])
        last = np.concatenate([points[1:] for points in ends] or [np.empty((0, 2))])
        self.middle_x, self.middle_y = ((first + last) / 2).T.copy()
        self.half_x, self.half_y = ((last - first) / 2).T.copy()
        counts = [len(points) - 1 for points in ends]
        self.lines = np.repeat(np.arange(len(lines)), counts)
        self.half_widths = np.repeat([line.width / 2 for line in lines], counts)

    def crossing(self, middles: Points, size: Size, apart: float, left_out: int) -> npt.NDArray[np.bool_]:
        """For each label whether a line runs through it, or nearer than `apart`; but for the line `left_out`.

        A straight piece and a rectangle have no point in common where one of three directions separates them: across,
        down, and that at right angles to the piece.
        """
        (low_x, low_y), (high_x, high_y) = middles.min(axis=0), middles.max(axis=0)
        reach = self.half_widths + apart
        near = np.flatnonzero(
            (
                np.abs(self.middle_x - (low_x + high_x) / 2)
                < np.abs(self.half_x) + reach + (high_x - low_x + size[0]) / 2
            )
            & (
                np.abs(self.middle_y - (low_y + high_y) / 2)
                < np.abs(self.half_y) + reach + (high_y - low_y + size[1]) / 2
            )
            & (self.lines != left_out)
        )
        half_x, half_y = self.half_x[near], self.half_y[near]
        across, down = size[0] / 2 + reach[near], size[1] / 2 + reach[near]
        off_x = self.middle_x[near] - middles[:, :1]
        off_y = self.middle_y[near] - middles[:, 1:]
        meets = np.abs(off_x) < across + np.abs(half_x)
        meets &= np.abs(off_y) < down + np.abs(half_y)
        meets &= np.abs(off_x * half_y - off_y * half_x) < across * np.abs(half_y) + down * np.abs(half_x)
        crossed: npt.NDArray[np.bool_] = meets.any(axis=1)
        return crossed


def _offers(line: Line) -> Iterator[Offer]:
    """On a thin line, then beside it; beside a wide one first."""
    way = _from_the_middle(line.way)
    for shape, size in enumerate(line.shapes):
        on_it = Offer(way, None, np.zeros(len(way)), size, shape)
        beside = _offers_beside(line, (shape,))
        yield from [on_it, *beside] if line.width < THIN else [*beside, on_it]


def _offers_beside(line: Line, shapes: Sequence[int] | None = None) -> Iterator[Offer]:
    """Beside the line alone, in each of its shapes or in some."""
    way, across = _from_the_middle(line.way), _across(line.way)
    for shape in range(len(line.shapes)) if shapes is None else shapes:
        for gap in BESIDE:
            for by in (-across, across):
                yield _beside(line, way, by, gap, line.shapes[shape], shape)


def _beside(line: Line, way: Points, across: Points, gap: float, size: Size, shape: int) -> Offer:
    """The words close to the line on one side; they begin, or end, next to a line that is rather upright."""
    is_upright = np.abs(across[:, 0]) > np.abs(across[:, 1])
    half = size[0] / 2 * np.abs(across[:, 0]) + size[1] / 2 * np.abs(across[:, 1])
    away = half + line.width / 2 + gap
    sides = np.where(is_upright, np.sign(across[:, 0]), 0.0)
    return Offer(way + across * away[:, None], None, sides, size, shape, gap + APART)


def _marked_offers(line: Line) -> Iterator[Offer]:
    """The disc on the line, or close beside it, with words next to it, clear of the line where it is wide."""
    for marks, apart in _discs(line):
        yield from _beside_disc(line, marks, apart, avoids_own=True)
    if line.width < THIN:
        yield from _beside_disc(line, _from_the_middle(line.way), APART, avoids_own=False)


def _discs_alone(line: Line) -> Iterator[Offer]:
    for marks, apart in _discs(line):
        yield Offer(None, marks, np.zeros(len(marks)), MARK, mark_apart=apart)


def _discs(line: Line) -> Iterator[tuple[Points, float]]:
    """Where a disc may stand: on the line, then close beside it; and how far it keeps from other lines."""
    way, across = _from_the_middle(line.way), _across(line.way)
    yield way, APART
    for gap in BESIDE:
        for side in (-1, 1):
            yield way + side * across * (MARK_SIZE / 2 + line.width / 2 + gap), gap + APART


def _beside_disc(line: Line, marks: Points, mark_apart: float, *, avoids_own: bool) -> Iterator[Offer]:
    """Words next to discs."""
    for shape, size in enumerate(line.shapes):
        for step, side in _steps(size):
            sides = np.full(len(marks), float(side))
            yield Offer(marks + step, marks, sides, size, shape, BESIDE[0] + APART, mark_apart, avoids_own)


def _steps(size: Size) -> Iterator[tuple[Point, int]]:
    """From the middle of a disc to that of the words beside, below, above and at a corner, and their end next to it."""
    for gap in BESIDE:
        level, upright = (MARK_SIZE + size[0]) / 2 + gap, (MARK_SIZE + size[1]) / 2 + gap - BESIDE[0]
        yield from (((side * level, 0.0), side) for side in (1, -1))
        yield from (((0.0, by), 0) for by in (upright, -upright))
        yield from (((side * size[0] / 2, by), side) for by in (upright, -upright) for side in (1, -1))


def _rounded(point: Points) -> Point:
    return round(float(point[0]), 1), round(float(point[1]), 1)


def _from_the_middle(line: Sequence[Point]) -> Points:
    """Places along a line, the middle first; close enough that a gap just wide enough is not missed."""
    places = _along(line)
    return places[_middle_first(len(places))]


def _across(line: Sequence[Point]) -> Points:
    """At each place of `_from_the_middle` the direction at right angles to the line, of length one."""
    places = _along(line)
    onward = np.gradient(places, axis=0) if len(places) > 1 else np.array([(1.0, 0.0)])
    length = np.maximum(np.hypot(*onward.T), 1e-9)
    return (
        np.column_stack([-onward[:, 1], onward[:, 0]])[_middle_first(len(places))]
        / length[_middle_first(len(places)), None]
    )


def _middle_first(count: int) -> npt.NDArray[np.int64]:
    return np.argsort(np.abs(np.arange(count) - (count - 1) / 2), kind="stable")


def _along(line: Sequence[Point]) -> Points:
    """The points of a line and `PARTS` - 1 places between each and the next."""
    points = np.array(line, dtype=float).reshape(-1, 2)
    steps = np.arange(PARTS) / PARTS
    between = points[:-1, None] + (points[1:] - points[:-1])[:, None] * steps[:, None]
    return np.concatenate([between.reshape(-1, 2), points[-1:]])

"""How wide the columns of a printed table are, and how large its letters: nothing lies over its neighbour.

Figures are not broken while words can give way to them: first headings take more lines, then the letters are smaller,
then words take more lines; last a figure is broken between its number and its unit.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from efficacy_analytics.charts.style.text_width import BOLD_SPREAD, display_width
from efficacy_analytics.documents.blocks import Table

LINE_WIDTH: Final = 442.0
"""Points of a line of text: 156 mm."""
TEXT_SIZES: Final = (10.5, 9.5, 8.5, 7.5)
"""Points of the letters in a table, the largest that its columns leave room for."""
WIDEST_WORDS: Final = 26
"""Half-width letters of a column of words, from which on it is broken into lines."""
NARROWEST_WORDS: Final = 14
"""Half-width letters of a column of Chinese words where there is little room."""
HEADING_LENGTHS: Final = (11, 7)
"""Half-width letters of a line of a heading, where there is room and where there is little."""
CELL_PADDING: Final = 7.0
UNIT: Final = re.compile(r" ?[(（][^()（）]*[)）]$")
"""Of a heading: it is not broken."""
ROOM: Final = 0.5
"""Half-width letters left beside the longest cell."""

Widths = list[float]
"""Half-width letters of each column."""


def fitted(table: Table) -> tuple[float, list[float]]:
    """The size of the letters, and the width of each column in points: what figures do not need is left to words."""
    size, asked = next(_fitting(table))
    letters = _spread(table, asked, _room(table, size))
    return size, [width * size / 2 + CELL_PADDING for width in letters]


def _fitting(table: Table) -> Iterator[tuple[float, Widths]]:
    """Sizes and the widths asked for that a line has room for, the best first; at last those that need the least."""
    wide, low = HEADING_LENGTHS
    ways = [_asked(table, wide), _asked(table, low)]
    tight = [_asked(table, low, is_tight=True), _asked(table, low, is_tight=True, breaks_figures=True)]
    tried = [(size, ways[0]) for size in TEXT_SIZES[:-1]] + [(TEXT_SIZES[-2], ways[1])]
    tried += [(TEXT_SIZES[-1], asked) for asked in ways + tight]
    yield from ((size, asked) for size, asked in tried if sum(asked) <= _room(table, size))
    least = tight[-1]
    yield TEXT_SIZES[-1], [width * _room(table, TEXT_SIZES[-1]) / sum(least) for width in least]


def _room(table: Table, size: float) -> float:
    """Half-width letters that a line has for the cells of a table."""
    return (LINE_WIDTH - CELL_PADDING * len(table.columns)) / (size / 2)


def _asked(table: Table, length: int, *, is_tight: bool = False, breaks_figures: bool = False) -> Widths:
    """What each column needs, with headings in lines of `length`."""
    return [
        max(_heading(column.heading, length), _cells(cells, column.is_figure, is_tight, breaks_figures)) + ROOM
        for column, cells in zip(table.columns, _by_column(table), strict=True)
    ]


def _by_column(table: Table) -> list[list[str]]:
    return [[row[place] for row in table.rows] for place in range(len(table.columns))]


def _cells(cells: Sequence[str], is_figure: bool, is_tight: bool, breaks_figures: bool) -> float:
    """A figure is not broken; words are, into lines of one length where they are short and there is little room."""
    longest, word = _longest(cells), _longest_word(cells)
    if is_figure:
        return word if breaks_figures and word else longest
    if not is_tight:
        return max(min(longest, WIDEST_WORDS), min(word, WIDEST_WORDS))
    return max(min(word, WIDEST_WORDS), min(_line_of(longest, WIDEST_WORDS / 2 + 1), NARROWEST_WORDS))


def _heading(heading: str, length: float) -> float:
    """Half-width letters of the longest line of a heading: Chinese in lines of one length, Western words whole."""
    unit = UNIT.search(heading)
    name = heading[: unit.start()] if unit else heading
    own = BOLD_SPREAD * max(_longest_word([name]), display_width(unit[0].strip()) if unit else 0)
    wide = BOLD_SPREAD * display_width(heading)
    if wide <= length:
        return wide
    return max(own, BOLD_SPREAD * _line_of(display_width(name), length / BOLD_SPREAD))


def _line_of(width: float, length: float) -> float:
    """Half-width letters of a line, of words in lines of one length that are at most `length`."""
    if width <= length:
        return width
    return 2 * math.ceil(width / 2 / math.ceil(width / length))


def _spread(table: Table, asked: Widths, room: float) -> Widths:
    """What is left is given to words, then to whole headings, then to words again; without words, to all."""
    words = [place for place, column in enumerate(table.columns) if not column.is_figure]
    cells = _by_column(table)
    wanted = {place: max(0.0, _longest(cells[place]) + ROOM - asked[place]) for place in words}
    widths = list(asked)
    for number, place in enumerate(sorted(words, key=lambda one: wanted[one])):
        widths[place] += min(wanted[place], (room - sum(widths)) / (len(words) - number))
    full = [BOLD_SPREAD * display_width(column.heading) + ROOM for column in table.columns]
    for place in sorted(range(len(full)), key=lambda one: full[one] - widths[one]):
        if 0 < full[place] - widths[place] <= room - sum(widths):
            widths[place] = full[place]
    spare = max(0.0, room - sum(widths))
    if all(width >= whole for width, whole in zip(widths, full, strict=True)) or not words:
        return [width * (1 + spare / sum(widths)) for width in widths]
    return [width + (spare / len(words) if place in words else 0.0) for place, width in enumerate(widths)]


def _longest(cells: Sequence[str]) -> int:
    return max(map(display_width, cells), default=0)


def _longest_word(texts: Sequence[str]) -> int:
    """Of Western words, which are not broken; a Chinese one is broken anywhere."""
    words = [word for text in texts for word in text.split() if word.isascii()]
    return max(map(display_width, words), default=0)

"""How wide the columns of a Word table are, and how large its letters: figures whole, words in few lines."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from efficacy_analytics.charts.style.text_width import BOLD_SPREAD, display_width
from efficacy_analytics.documents.blocks import Table
from efficacy_analytics.documents.render.docx_styles import TEXT_WIDTH

FIGURE_SIZES: Final = (16.0, 14.0, 12.0)
"""Points of key figures, the largest at which none is broken; their names have those of a cell."""
SIZES: Final = (10.5, 9.0, 8.0, 7.0)
"""Points of the letters in a table, the largest at which no figure is broken."""
MILLIMETRES: Final = 25.4 / 72
CELL_MARGIN: Final = 1.3
"""Millimetres between the side of a cell and its text."""
PADDING: Final = 2 * CELL_MARGIN + 0.4
"""Millimetres of a cell's width that its text does not have, and a little that programs differ by."""


@dataclass(frozen=True)
class Least:
    """The half-width letters that columns have at least.

    Attributes:
        heading: of a line of a Chinese heading; a longer one has lines of about the same length.
        words: of a column of words; a longer word stays whole.
        figure: of a figure of several words; a longer one is broken between them.
    """

    heading: int
    words: float
    figure: float


ROOMY: Final = (Least(10, 16, math.inf), Least(6, 16, math.inf))
"""As columns are; the second where the letters were smaller else."""
CROWDED: Final = Least(6, 12, 12)
"""As they are of a table that has no room at any size that is read with ease."""
LONG_LIST: Final = 17
"""Rows from which a table has no larger letters than such as are near those of the text."""
MOST_LINES: Final = 3
"""Lines of a cell of words; rather than more of them, the letters are smaller."""
NEAR_THE_TEXT: Final = 9.0
"""Points of letters down to which names are kept in one line."""
READ_WITH_EASE: Final = 8.0
"""Points of letters than which no table has smaller ones only to save lines."""
UNIT: Final = re.compile(r"(?=（)")
"""Before what stands in brackets behind a Chinese heading."""
WHOLE_UNIT: Final = 10
"""Half-width letters of a heading, or of its brackets, that stay in one line where it has brackets."""


def fitted(table: Table) -> tuple[float, list[float]]:
    """The size of the letters and the width of each column in millimetres: figures whole, words share what is left.

    The size is the largest at which words have room and take one line, of those near that of the text; else the
    largest at which they take few lines; where they take many at every size, one that is still read with ease. A
    table that has room at none of these has its long figures broken, and then the smallest letters.
    """
    sizes = [size for size in SIZES if size <= NEAR_THE_TEXT] if len(table.rows) >= LONG_LIST else SIZES
    roomy = _tried(table, sizes, ROOMY)
    for most, smallest in ((1, NEAR_THE_TEXT), (MOST_LINES, READ_WITH_EASE)):
        for size, widths in roomy:
            if size >= smallest and _line_count(table, size, widths) <= most:
                return size, widths
    with_ease = [one for one in roomy if one[0] >= READ_WITH_EASE]
    crowded = _tried(table, [size for size in sizes if size <= READ_WITH_EASE], (CROWDED,))
    return (with_ease[-1:] or crowded[:1] or [_narrow(table)])[0]


def heading_lines(text: str, size: float, width: float) -> list[str]:
    """A Chinese heading in lines of about one length where it has several: a program leaves one letter for the last."""
    room = (width - PADDING) / (size / 2 * MILLIMETRES)
    if text.isascii() or display_width(text) <= room:
        return [text]
    parts = UNIT.split(text)
    if len(parts) > 1 and max(map(display_width, parts)) <= room:
        return parts
    longest = _heading_letters(text, max(2, int(room)))
    lines = [""]
    for letter in text:
        if display_width(lines[-1] + letter) > longest:
            lines.append("")
        lines[-1] += letter
    return lines


def figure_size(figures: Sequence[str]) -> float:
    """The points of key figures in columns of one width."""
    room = TEXT_WIDTH / len(figures) - PADDING
    longest = BOLD_SPREAD * max(map(display_width, figures))
    return next((size for size in FIGURE_SIZES if longest * size / 2 * MILLIMETRES <= room), FIGURE_SIZES[-1])


def _tried(table: Table, sizes: Sequence[float], leasts: Sequence[Least]) -> list[tuple[float, list[float]]]:
    """The sizes at which a table has room, with the widths of its columns, largest first."""
    tried = [(size, _widths(table, size, least)) for size in sizes for least in leasts]
    return [(size, widths) for size, widths in tried if widths]


def _narrow(table: Table) -> tuple[float, list[float]]:
    """The smallest letters, and columns as much too narrow as the line is short."""
    size, half = SIZES[-1], SIZES[-1] / 2 * MILLIMETRES
    fewest = [_fewest_letters(table, place, CROWDED) * half + PADDING for place in _places(table)]
    return size, [TEXT_WIDTH * one / sum(fewest) for one in fewest]


def _widths(table: Table, size: float, least: Least) -> list[float]:
    """The millimetres of each column at a size; none where the table has no room."""
    half = size / 2 * MILLIMETRES
    letters = [_fewest_letters(table, place, least) for place in _places(table)]
    longer = [_letters(table, place, least) - fewest for place, fewest in enumerate(letters)]
    spare = TEXT_WIDTH - sum(fewest * half + PADDING for fewest in letters)
    if spare < 0:
        return []
    given = min(1.0, spare / (sum(longer) * half)) if any(longer) else 0.0
    widths = [(fewest + more * given) * half + PADDING for fewest, more in zip(letters, longer, strict=True)]
    words = [place for place in _places(table) if not table.columns[place].is_figure] or list(_places(table))
    rest = (TEXT_WIDTH - sum(widths)) / len(words)
    return [width + rest * (place in words) for place, width in enumerate(widths)]


def _places(table: Table) -> range:
    return range(len(table.columns))


def _line_count(table: Table, size: float, widths: list[float]) -> int:
    """Lines of the cell of words that takes most."""
    half = size / 2 * MILLIMETRES
    words = [place for place in _places(table) if not table.columns[place].is_figure]
    return max(
        (
            math.ceil(display_width(row[place]) * half / (widths[place] - PADDING))
            for place in words
            for row in table.rows
        ),
        default=1,
    )


def _fewest_letters(table: Table, place: int, least: Least) -> float:
    """Half-width letters that a column has at least: a figure whole; of words the longest, and some to read by."""
    enough = least.figure if table.columns[place].is_figure else least.words
    return min(_letters(table, place, least), max(enough, _longest_word(table, place, least)))


def _longest_word(table: Table, place: int, least: Least) -> float:
    """Half-width letters of the longest word of a column; Chinese breaks anywhere."""
    parts = [word for row in table.rows for word in row[place].split()]
    widths = [display_width(word) if word.isascii() else min(display_width(word), least.words) for word in parts]
    return max([*widths, _heading_letters(table.columns[place].heading, least.heading)]) + 1.0


def _letters(table: Table, place: int, least: Least) -> float:
    """Half-width letters of the longest cell, and of the longest line of the heading."""
    longest = _heading_letters(table.columns[place].heading, least.heading)
    return max([display_width(row[place]) for row in table.rows] + [longest]) + 1.0


def _heading_letters(text: str, at_most: int) -> float:
    """Half-width letters of the longest line of a heading: words of letters stay whole, Chinese breaks anywhere."""
    if text.isascii():
        return BOLD_SPREAD * max((display_width(word) for word in text.split()), default=0)
    width = max(map(display_width, UNIT.split(text)))
    line_count = 1 if "（" in text and width <= WHOLE_UNIT else math.ceil(width / at_most)
    return 2.0 * math.ceil(width / line_count / 2)

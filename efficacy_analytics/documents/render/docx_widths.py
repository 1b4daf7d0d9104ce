"""How wide the columns of a Word table are, and how large its letters: figures whole, words in few lines."""

import math
from typing import Final

from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.documents.blocks import Table
from efficacy_analytics.documents.render.docx_styles import TEXT_WIDTH

SIZES: Final = (10.5, 9.0, 8.0, 7.0)
"""Points of the letters in a table, the largest at which no figure is broken."""
MILLIMETRES: Final = 25.4 / 72
CELL_MARGIN: Final = 1.3
"""Millimetres between the side of a cell and its text."""
PADDING: Final = 2 * CELL_MARGIN + 0.4
"""Millimetres of a cell's width that its text does not have, and a little that programs differ by."""
NARROWEST_WORDS: Final = 16
"""Half-width letters that a column of words keeps at least."""
HEADING_LETTERS: Final = (10, 6)
"""Half-width letters of a line of a Chinese heading, the fewer where else the letters were smaller; a longer heading
has lines of about the same length."""
MOST_LINES: Final = 3
"""Lines of a cell of words; rather than more of them, the letters are smaller."""
NEAR_THE_TEXT: Final = 9.0
"""Points of letters down to which names are kept in one line."""
READ_WITH_EASE: Final = 8.0
"""Points of letters than which no table has smaller ones only to save lines."""
BOLD_SPREAD: Final = 1.12
"""How much wider the bold letters of a heading are than those of the body."""


def fitted(table: Table) -> tuple[float, list[float]]:
    """The size of the letters and the width of each column in millimetres: figures whole, words share what is left.

    The size is the largest at which words have room and take one line, of those near that of the text; else the
    largest at which they take few lines; where they take many at every size, one that is still read with ease.
    """
    tried = [(size, _widths(table, size, heading)) for size in SIZES for heading in HEADING_LETTERS]
    roomy = [(size, widths) for size, widths in tried if widths]
    for most, smallest in ((1, NEAR_THE_TEXT), (MOST_LINES, READ_WITH_EASE)):
        for size, widths in roomy:
            if size >= smallest and _line_count(table, size, widths) <= most:
                return size, widths
    with_ease = [one for one in roomy if one[0] >= READ_WITH_EASE]
    return (with_ease[-1:] or roomy[:1] or [_narrow(table)])[0]


def heading_lines(text: str, size: float, width: float) -> list[str]:
    """A Chinese heading in lines of about one length where it has several: a program leaves one letter for the last."""
    room = (width - PADDING) / (size / 2 * MILLIMETRES)
    if text.isascii() or display_width(text) <= room:
        return [text]
    longest = _heading_letters(text, max(2, int(room)))
    lines = [""]
    for letter in text:
        if display_width(lines[-1] + letter) > longest:
            lines.append("")
        lines[-1] += letter
    return lines


def _narrow(table: Table) -> tuple[float, list[float]]:
    """The smallest letters, and columns as much too narrow as the line is short."""
    size, half = SIZES[-1], SIZES[-1] / 2 * MILLIMETRES
    fewest = [_fewest_letters(table, place, HEADING_LETTERS[-1]) * half + PADDING for place in _places(table)]
    return size, [TEXT_WIDTH * one / sum(fewest) for one in fewest]


def _widths(table: Table, size: float, heading: int) -> list[float]:
    """The millimetres of each column at a size, a line of a heading no longer than that; none where words lack room."""
    half = size / 2 * MILLIMETRES
    letters = [_fewest_letters(table, place, heading) for place in _places(table)]
    longer = [_letters(table, place, heading) - fewest for place, fewest in enumerate(letters)]
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


def _fewest_letters(table: Table, place: int, heading: int) -> float:
    """Half-width letters that a column has at least: a figure whole; of words the longest, and some to read by."""
    letters = _letters(table, place, heading)
    if table.columns[place].is_figure:
        return letters
    return min(letters, max(NARROWEST_WORDS, _longest_word(table, place, heading)))


def _longest_word(table: Table, place: int, heading: int) -> float:
    """Half-width letters of the longest word of a column of words; Chinese breaks anywhere."""
    parts = [word for row in table.rows for word in row[place].split()]
    widths = [display_width(word) if word.isascii() else min(display_width(word), NARROWEST_WORDS) for word in parts]
    return max([*widths, _heading_letters(table.columns[place].heading, heading)]) + 1.0


def _letters(table: Table, place: int, heading: int) -> float:
    """Half-width letters of the longest cell, and of the longest line of the heading."""
    longest = _heading_letters(table.columns[place].heading, heading)
    return max([display_width(row[place]) for row in table.rows] + [longest]) + 1.0


def _heading_letters(text: str, at_most: int) -> float:
    """Half-width letters of the longest line of a heading: words of letters stay whole, Chinese breaks anywhere."""
    if text.isascii():
        return BOLD_SPREAD * max((display_width(word) for word in text.split()), default=0)
    width = display_width(text)
    line_count = math.ceil(width / at_most)
    return 2.0 * math.ceil(width / line_count / 2)

"""How large what is written on a line of a map is, and how wide the line is drawn: what a label needs of room.

A letter is as wide as in the house's typeface at most, a Chinese character twice that, so that the map is the same on
every machine. The reader may choose the clock and the figure: a label is as wide as its widest words.
"""

from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.maps.layout.label_places import LABELS, Size
from efficacy_analytics.charts.maps.layout.paths import LENGTHS
from efficacy_analytics.charts.maps.rows import FIGURES, line_width, step_of, time_words
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.text_width import display_width
from efficacy_analytics.vocabulary import Language

STEP_WIDTHS: Final = (1.5, 1.9)
"""Pixels of a line that shows waiting at the first step, and how many more at each further one."""
SHORTER: Final = {"zh": (("办公", ""),), "en": (("office ", ""), (" days", " d"))}
"""What a label writes shorter: the clock stands in the title."""
FONT_SIZES: Final = {"right": 10.5, "down": 14.0}
"""Of the words on lines, in pixels, by the way a map runs: one that runs down is shrunk to a page."""
LETTER_WIDTH: Final = 0.56
"""Of a half-width letter, as a share of the size of the font."""
LINE_HEIGHT: Final = {"right": 12.0, "down": 15.0}
WAYS: Final = {"right": (True, False), "down": (False, True)}
"""Whether the count stands above the time, by the way a map runs, the better way first."""
BETWEEN: Final = " · "
"""Between the count and the time where both stand in one line."""


def widest(edges: pl.DataFrame) -> list[float]:
    """How wide each line is drawn at most, whatever of count and waiting it shows and on whatever clock."""
    first, further = STEP_WIDTHS
    step = pl.max_horizontal(step_of(clock) for clock in LENGTHS)
    width = pl.max_horizontal(line_width(edges), first + further * step)
    return [float(one) for one in edges.select(width=width)["width"]]


def label_shapes(edges: pl.DataFrame, language: Language, direction: str) -> list[list[Size]]:
    """Width and height of what is written on each line, in pixels: in the two ways, that of the direction first.

    Args:
        edges: one row per line with `transition_count` and the clock columns.
        language: of the words.
        direction: "right" or "down", the way the map runs.

    Returns:
        Per line its shapes, as `is_stacked` tells them apart; of a map without any time one, the room of a label.
    """
    told = [_told(row, language) for row in edges.iter_rows(named=True)]
    if not any(waits for _, waits in told):
        return [[LABELS[direction]]] * len(told)
    return [[_size(count, waits, stacked, direction) for stacked in WAYS[direction]] for count, waits in told]


def is_stacked(shape: int, direction: str) -> bool:
    """Whether the count of a line stands above its time, in a shape of `label_shapes`."""
    return WAYS[direction][shape]


def _told(row: dict[str, Any], language: Language) -> tuple[str, list[str]]:
    """The count of a line, and its time by all clocks and figures."""
    times = [(clock, row[f"{length}_{figure}"]) for clock, length in LENGTHS.items() for figure in FIGURES]
    waits = [_shorter(time_words(time, language, clock), language) for clock, time in times if time is not None]
    return figures.count(row["transition_count"], language), waits


def _size(count: str, waits: list[str], stacked: bool, direction: str) -> Size:
    wait = max(waits, key=display_width, default="")
    lines = list(filter(None, (count, wait)))
    if not stacked:
        lines = [BETWEEN.join(lines)]
    size = FONT_SIZES[direction]
    return max(map(display_width, lines)) * LETTER_WIDTH * size, size + LINE_HEIGHT[direction] * (len(lines) - 1)


def _shorter(words: str, language: Language) -> str:
    """A time as a label writes it."""
    for long, short in SHORTER[language]:
        words = words.replace(long, short)
    return words

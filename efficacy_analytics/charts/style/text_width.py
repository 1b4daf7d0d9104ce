"""How wide a name is and where it breaks, without asking any font.

A Chinese character counts two half-width characters; so boxes have the same size on every machine.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

LINE_LENGTH: Final = 18
MOST_LINES: Final = 3
BOLD_SPREAD: Final = 1.12
"""How much wider the bold letters of a heading are than those of the body."""


def display_width(text: str) -> int:
    """How wide a text is in half-width characters."""
    return len(text) if text.isascii() else sum(2 if _is_wide(character) else 1 for character in text)


def wrapped(text: str, length: int = LINE_LENGTH, most_lines: int = MOST_LINES) -> list[str]:
    """A name as lines of at most `length` half-width characters; cut with an ellipsis after `most_lines`."""
    lines = [""]
    for word in _words(text, length):
        if lines[-1] and display_width(lines[-1] + word.rstrip()) > length:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    lines = [line.rstrip() for line in lines]
    if len(lines) <= most_lines:
        return lines
    return [*lines[: most_lines - 1], shortened("".join(lines[most_lines - 1 :]), length)]


def shortened(text: str, length: int) -> str:
    """A text of at most `length` half-width characters, its end replaced by an ellipsis where it is longer."""
    if 2 * len(text) <= length:
        return text
    room = length
    for place, character in enumerate(text):
        room -= display_width(character)
        if room < 0:
            return _cut(text[:place], length - 1).rstrip("，,、 ") + "…"
    return text


def apart(labels: Sequence[str]) -> list[str]:
    """Labels of rows, each once: one that is shortened to the words of an earlier one is followed by a number."""
    told: list[str] = []
    for label in labels:
        numbered = (f"{label} ({number})" for number in range(2, len(labels) + 2))
        told.append(next(one for one in (label, *numbered) if one not in told and (one == label or one not in labels)))
    return told


def _cut(text: str, length: int) -> str:
    """The beginning of a text that is at most so wide."""
    while display_width(text) > length:
        text = text[:-1]
    return text


def _words(text: str, length: int) -> Iterator[str]:
    """The pieces between which a line may break: after a space, a hyphen or a stroke, and between wide characters."""
    word = ""
    for character in text:
        is_closing = character in "，。；：、）》”"
        if word and _is_wide(character) and not is_closing:
            yield word
            word = ""
        word += character
        if character in " -_/" or display_width(word) >= length:
            yield word
            word = ""
    if word:
        yield word


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"

"""How wide a name is and where it breaks, without asking any font.

A Chinese character counts two half-width characters; so boxes have the same size on every machine.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

LINE_LENGTH: Final = 18
MOST_LINES: Final = 3


def display_width(text: str) -> int:
    """How wide a text is in half-width characters."""
    return sum(2 if _is_wide(character) else 1 for character in text)


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
    if display_width(text) <= length:
        return text
    while display_width(text) > length - 1:
        text = text[:-1]
    return text.rstrip("，,、 ") + "…"


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

"""Which characters a file can hold: control characters can stand in none, and a typeface may lack one."""

import dataclasses
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
MISSING: Final = "\u3013"
"""〓, the printer's mark for a character that the typefaces lack."""


BREAK: Final = "\u200b"
"""A place where a line may be broken; seen by nobody."""


def without_controls(text: str) -> str:
    """A text without the characters that no XML and no page can hold."""
    return CONTROLS.sub("", text)


def displayable(value: Any, characters: frozenset[int]) -> Any:
    """Plain values whose texts hold only characters that can be shown; others are marked, control characters dropped.

    Args:
        value: texts, in lists and mappings, however deep.
        characters: those of the typefaces, as code points.
    """
    if isinstance(value, str):
        return "".join(
            one if ord(one) in characters or one.isspace() or one == BREAK else MISSING
            for one in without_controls(value)
        )
    if isinstance(value, dict):
        return {key: displayable(one, characters) for key, one in value.items()}
    return [displayable(one, characters) for one in value] if isinstance(value, list) else value


def cleaned(value: Any) -> Any:
    """A document, or a part of one, without control characters in any of its texts."""
    if isinstance(value, str):
        return without_controls(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [one.name for one in dataclasses.fields(value) if one.init]
        return dataclasses.replace(value, **{name: cleaned(getattr(value, name)) for name in fields})
    return [cleaned(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def characters_of(files: tuple[tuple[str, int], ...]) -> frozenset[int]:
    """The characters that typefaces have.

    Args:
        files: of each its file, and its place in the collection if it is one.
    """
    return frozenset().union(*(_characters(Path(file), place) for file, place in files))


def _characters(file: Path, place: int) -> Iterable[int]:
    from fontTools.ttLib import TTFont

    with file.open("rb") as opened:
        is_collection = opened.read(4) == b"ttcf"
        opened.seek(0)
        font = TTFont(opened, fontNumber=place if is_collection else -1, lazy=True)
        return list(font.getBestCmap())

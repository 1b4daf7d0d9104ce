"""Which column of a file is the one that was asked for? A column may have several names, or be missing.

A header is its words: what nobody sees in it (a byte order mark, zero-width characters), blanks of other kinds, line
ends, and letters put together from parts make no other header. Of two columns that differ in these alone, the one
that is written as asked for counts.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from efficacy_analytics.errors import InputRefusedError

INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters, but for tabs and line ends
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What nobody sees: control characters, joiners and fillers of no width, marks of direction, selectors of a variant."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_AMONG_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_LIKE_A_VALUE = re.compile(r"\d{4}[-/.年]\d|\d{6}")


@dataclass(frozen=True)
class Asked:
    """A column asked for.

    Attributes:
        name: its name, under which it is given.
        others: other names under which it may appear.
        may_lack: a file may be without it; its values are then null.
        is_time: its values are times or days: a plain number in a workbook is then a day's serial.
    """

    name: str
    others: tuple[str, ...] = ()
    may_lack: bool = False
    is_time: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.others)


@lru_cache(10_000)
def plain(name: str) -> str:
    """The words of a header, as they are compared."""
    words = " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", name)).split())
    return _AMONG_HAN.sub("", words)


def untidy(names: Iterable[str]) -> list[str]:
    """The headers, by their words, that have more in or around them than anybody sees; plain blanks around are none."""
    return [plain(name) for name in names if plain(name) != name.strip(" ")]


def places_in(header: Sequence[str], asked: Sequence[Asked]) -> list[int | None] | None:
    """The place of each column asked for, None for one that may be missing and is; None if the header lacks any.

    Of a column's names the first that the header has counts.
    """
    names = [name.strip() for name in header]
    places: list[int | None] = []
    for column in asked:
        found = _found(names, column)
        if len(found) > 1 or not (found or column.may_lack):
            return None
        places.append(found[0] if found else None)
    return places if any(place is not None for place in places) or not asked else None


def checked_header(file: str, header: Sequence[str], asked: Sequence[Asked]) -> list[int | None]:
    """The place of each column asked for, as `places_in` has it.

    Raises:
        InputRefusedError: the header has not all of them, or one more than once.
    """
    places = places_in(header, asked)
    if places is None:
        raise refused_columns(file, header, asked)
    return places


def found_count(header: Sequence[str], asked: Sequence[Asked]) -> int:
    """How many of the columns asked for a header has."""
    names = [name.strip() for name in header]
    return sum(bool(_found(names, column)) for column in asked)


def refused_columns(file: str, header: Sequence[str], asked: Sequence[Asked]) -> InputRefusedError:
    """What is wrong with a header: which column asked for it has not, or has more than once.

    What has few of the columns may be no header but a row in which a value is called like one, and what has dates or
    long numbers may have run together with a row: neither is repeated.
    """
    names = [name.strip() for name in header]
    found = found_count(names, asked)
    has_values = any(_LIKE_A_VALUE.search(name) for name in names)
    is_header = not has_values and found >= min(2, len(asked)) and found * 2 >= len(asked)
    few = "none of those" if not found else "some values, it seems, and" if has_values else "too few of those"
    known = ", ".join(name for name in names if name) if is_header else f"{few} asked for; is there a header?"
    for column in asked:
        count = len(_found(names, column))
        if count > 1 or not (count or column.may_lack):
            problem = "more than one column" if count else "no column"
            called = " or ".join(f"'{name}'" for name in column.names)
            misprint = _likest(names, column) if is_header and not count else None
            meant = f"is '{misprint}' a misprint of it? " if misprint else ""
            return InputRefusedError(
                f"{file} has {problem} {called}, which the layout names.", hint=f"{meant}its columns: {known}"
            )
    return InputRefusedError(f"{file} has none of the columns that the layout names.", hint=f"its columns: {known}")


def _likest(names: Sequence[str], column: Asked) -> str | None:
    """The header that is likest a column that is missing; None where none is like it."""
    words = {plain(name).lower(): name for name in names if name}
    found = [like for name in column.names for like in difflib.get_close_matches(plain(name).lower(), words, 1)]
    return words[found[0]] if found else None


def _found(names: Sequence[str], column: Asked) -> list[int]:
    for name in column.names:
        exact = [at for at, one in enumerate(names) if one == name]
        if found := exact or [at for at, one in enumerate(names) if plain(one) == plain(name)]:
            return found
    return []

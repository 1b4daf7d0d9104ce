"""Which column of a file is the one that was asked for? A column may have several names, or be missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from efficacy_analytics.errors import InputRefusedError

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


def refused_columns(file: str, header: Sequence[str], asked: Sequence[Asked]) -> InputRefusedError:
    """What is wrong with a header: which column asked for it has not, or has more than once.

    What has few of the columns may be no header but a row in which a value is called like one, and what has dates or
    long numbers may have run together with a row: neither is repeated.
    """
    names = [name.strip() for name in header]
    found_count = sum(bool(_found(names, column)) for column in asked)
    has_values = any(_LIKE_A_VALUE.search(name) for name in names)
    is_header = not has_values and found_count >= min(2, len(asked)) and found_count * 2 >= len(asked)
    few = "none of those" if not found_count else "some values, it seems, and" if has_values else "too few of those"
    known = ", ".join(name for name in names if name) if is_header else f"{few} asked for; is there a header?"
    for column in asked:
        count = len(_found(names, column))
        if count > 1 or not (count or column.may_lack):
            problem = "more than one column" if count else "no column"
            called = " or ".join(f"'{name}'" for name in column.names)
            return InputRefusedError(
                f"{file} has {problem} {called}, which the layout names.", hint=f"its columns: {known}"
            )
    return InputRefusedError(f"{file} has none of the columns that the layout names.", hint=f"its columns: {known}")


def _found(names: Sequence[str], column: Asked) -> list[int]:
    return next((found for name in column.names if (found := [at for at, one in enumerate(names) if one == name])), [])

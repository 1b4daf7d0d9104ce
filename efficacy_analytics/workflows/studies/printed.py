"""Whether a figure of ours is the one that was published, to the digits that were printed.

A printed figure stands for every value that rounds to it: ours is equal where it lies no further from it than half a
unit of its last printed digit. A printed day is equal to that day alone.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

SIGNIFICANT: Final = 12
"""Digits of a computed figure that are taken for true; what is behind them is the arithmetic's."""
MORE_DIGITS: Final = 2
"""Behind the point of a figure that differs, where none was printed and ours is no whole number."""


@dataclass(frozen=True)
class Compared:
    """A published figure beside ours.

    Attributes:
        ours: as it is printed beside the published one; as that one, where they are equal.
        difference: ours less the published one, "0" where they are equal; days where they are days.
        is_equal: to the digits that were printed.
    """

    ours: str
    difference: str
    is_equal: bool


def compared(published: str, ours: float | int | dt.date) -> Compared:
    """A figure of ours beside the published one.

    Args:
        published: as it was printed, without a unit: "1199", "43.55", "2018-08-17".
        ours: the figure, in the same unit; a day for a day.

    Raises:
        ValueError: what was published is neither a number nor a day, or ours is of another kind.
    """
    if isinstance(ours, dt.date):
        days = (ours - dt.date.fromisoformat(published)).days
        return Compared(ours.isoformat(), f"{days:+d}" if days else "0", days == 0)
    printed = Decimal(published)
    if not printed.is_finite():
        raise ValueError(f"{published!r} is no figure")
    digits = max(0, -int(printed.as_tuple().exponent))
    found = Decimal(f"{ours:.{SIGNIFICANT}g}")
    difference = found - printed
    if 2 * abs(difference) <= Decimal(1).scaleb(-digits):
        return Compared(f"{printed:.{digits}f}", "0", True)
    shown = digits if digits or found == found.to_integral() else MORE_DIGITS
    return Compared(f"{found:z.{shown}f}", f"{difference:+.{shown}f}", False)

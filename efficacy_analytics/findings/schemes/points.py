"""From values to points: parts, deductions and bonuses of a scheme, in exact fractions.

Nothing is rounded on the way: 5 of 6 is 5/6, never 83.33 %.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from efficacy_analytics.event_log.scheme_files import Bonus, Measured, Part

MOST_DENOMINATOR = 10**7
"""A share that the engine gives is a quotient of two counts of cases: the nearest one with so many is it again."""


@dataclass(frozen=True)
class Value:
    """A value of a unit in a period.

    Attributes:
        value: the number; of `of_count` where that is known.
        of_count: what the number is part of: answers, cases.
        source: where it comes from, as a reader may look it up.
    """

    value: Fraction
    of_count: Fraction | None
    source: str

    @property
    def share(self) -> Fraction | None:
        """The value as a part of one, where it is a number of so many."""
        return None if self.of_count is None else self.value / self.of_count


Lookup = Callable[[str, bool], Value | None]
"""The value of a name: entered, or (True) of an indicator."""


@dataclass(frozen=True)
class Points:
    """What a part is worth.

    Attributes:
        points: None where its value is missing.
        values: what it follows from, by name.
        variance: of the points by chance, as far as a value is a number of so many; 0 where it is taken for exact.
    """

    points: Fraction | None
    values: Mapping[str, Value]
    variance: float = 0.0


def exactly(number: float) -> Fraction:
    """The quotient of two whole numbers that a share was made of."""
    return Fraction(number).limit_denominator(MOST_DENOMINATOR)


def part_points(part: Part, lookup: Lookup) -> Points:
    """What one part of a score is worth."""
    if part.rule == "deductions":
        return _deducted(part, lookup)
    if part.rule == "levels":
        return _of_levels(part, lookup)
    value = _measured(part, lookup)
    if value is None:
        return Points(None, {})
    share = _share(value, part)
    return Points(_of_share(part, share), {part.called: value}, _variance(part, share, value.of_count))


def bonus_points(bonus: Bonus, lookup: Lookup) -> Points:
    """What a bonus is worth; 0 where its value is missing or it is void."""
    value = _measured(bonus, lookup)
    void = lookup(bonus.void_by, False) if bonus.void_by else None
    if value is None or (void is not None and void.value):
        return Points(Fraction(0), {bonus.void_by: void} if void is not None else {})
    number, start = value.share if value.share is not None else value.value, _number(bonus.from_value)
    if number < start:
        return Points(Fraction(0), {bonus.called: value})
    points = _number(bonus.first) + math.floor((number - start) / _number(bonus.step)) * _number(bonus.each)
    return Points(_at_most(points, bonus.most), {bonus.called: value})


def _measured(measured: Measured, lookup: Lookup) -> Value | None:
    return lookup(measured.indicator, True) if measured.indicator else lookup(measured.called, False)


def _share(value: Value, part: Part) -> Fraction:
    """The value as a part of the whole that is worth all points."""
    return value.share if value.share is not None else value.value / _number(part.whole)


def _of_share(part: Part, share: Fraction) -> Fraction:
    points = _number(part.points)
    if part.rule == "share":
        return max(points * share, _number(part.least))
    short = max(Fraction(0), _number(part.target or 0) - share * _number(part.whole))
    return max(points - _number(part.per_point or 0) * short, _number(part.least))


def _variance(part: Part, share: Fraction, of_count: Fraction | None) -> float:
    """Of the points, by the score's slope over a standard error of the share to both sides."""
    if of_count is None or not 0 <= share <= 1:
        return 0.0
    near = float((share * of_count + Fraction(1, 2)) / (of_count + 1))  # none of three may still be one of ten
    error = Fraction(math.sqrt(near * (1 - near) / float(of_count)))
    ends = [_of_share(part, min(max(share + side * error, Fraction(0)), Fraction(1))) for side in (-1, 1)]
    return float((ends[1] - ends[0]) / 2) ** 2


def _of_levels(part: Part, lookup: Lookup) -> Points:
    """The mean weight of the answers; a level that nobody chose counts no answer."""
    found = {level: lookup(f"{part.called}.{level}", False) for level in part.levels}
    values = {f"{part.called}.{level}": value for level, value in found.items() if value is not None}
    answers = sum((value.value for value in values.values()), Fraction(0))
    if not answers:
        return Points(None, values)
    weights = [(_number(part.levels[level]), value.value) for level, value in found.items() if value is not None]
    mean = sum((weight * count for weight, count in weights), Fraction(0)) / answers
    spread = sum((count * (weight - mean) ** 2 for weight, count in weights), Fraction(0)) / answers
    points = _number(part.points)
    return Points(max(points * mean, _number(part.least)), values, float(points**2 * spread / answers))


def _deducted(part: Part, lookup: Lookup) -> Points:
    """The part's points less what is deducted; what nobody entered did not happen."""
    left, values = _number(part.points), {}
    for name, deduction in part.deductions.items():
        value = lookup(name, False)
        if value is not None:
            values[name] = value
            times = math.floor(value.value / _number(deduction.step))
            left -= _at_most(times * _number(deduction.each), deduction.most)
    return Points(max(left, _number(part.least)), values)


def _at_most(points: Fraction, most: float | None) -> Fraction:
    return points if most is None else min(points, _number(most))


def _number(declared: float) -> Fraction:
    """The number as it is written in the scheme: 0.1 is a tenth."""
    return Fraction(str(declared))

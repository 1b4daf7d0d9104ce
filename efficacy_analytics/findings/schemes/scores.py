"""The score of each unit in each period, and the totals of longer periods."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from efficacy_analytics.event_log.scheme_files import Bonus, Part, Scheme, Total
from efficacy_analytics.findings.schemes.periods import part_key, parts_of, period_around, period_length
from efficacy_analytics.findings.schemes.points import Lookup, Points, bonus_points, part_points

CASES_IN_PART: Final = "cases_in_part"
NO_PARTS: Final[tuple[tuple[Part | Bonus, Points], ...]] = ()


@dataclass(frozen=True)
class Score:
    """What a unit came to in a period.

    Attributes:
        department: the unit.
        period: its name.
        score: exact; None where something that must not be missing is.
        variance: of the score by chance, of what is known of it; None where a part of it is taken for exact.
        missing: the parts, or the periods of a total, without a value.
        parts: what it is made of; nothing of a total.
        vetoes: the vetoes entered.
        honours: the honours entered.
        not_scored_because: why there is no score, where it is not for what is `missing`.
    """

    department: str
    period: str
    score: Fraction | None
    variance: float | None
    missing: tuple[str, ...] = ()
    parts: tuple[tuple[Part | Bonus, Points], ...] = NO_PARTS
    vetoes: tuple[str, ...] = ()
    honours: tuple[str, ...] = ()
    not_scored_because: str = ""


def unscored(score: Score) -> Score:
    """A score taken back, since the chosen cases are only a part of those of its unit in its period."""
    return replace(score, score=None, variance=None, not_scored_because=CASES_IN_PART)


def unit_score(scheme: Scheme, department: str, period: str, lookup: Lookup) -> Score:
    """The score of a unit in a period of the scheme's own length.

    (points of the parts, those left out standing for the rest, and of the bonuses) x the unit's coefficient.
    """
    parts = tuple((part, part_points(part, lookup)) for part in scheme.part)
    bonuses = tuple((bonus, bonus_points(bonus, lookup)) for bonus in scheme.bonus)
    known = [(part, found) for part, found in parts if found.points is not None]
    missing = tuple(part.name for part, found in parts if found.points is None)
    whole = Score(department, period, None, None, missing, (*parts, *bonuses), *_entered(scheme, lookup))
    is_open = any(part.missing == "unscored" for part in scheme.part if part.name in missing)
    if is_open or not known:
        return whole
    stands_for = _stands_for(scheme, missing)
    points = sum((found.points for _, found in known if found.points is not None), Fraction(0)) * stands_for
    points += sum((found.points for _, found in bonuses if found.points is not None), Fraction(0))
    weight = lookup(scheme.coefficient, False) if scheme.coefficient else None
    factor = stands_for * (weight.value if weight is not None else 1)
    is_by_chance = all(found.variance > 0 for _, found in known)
    variance = float(factor) ** 2 * sum(found.variance for _, found in known) if is_by_chance else None
    return replace(whole, score=points * (weight.value if weight is not None else 1), variance=variance)


def totals(total: Total, scores: Iterable[Score]) -> list[Score]:
    """The scores of longer periods: the weighted mean of the shorter ones, from their exact scores.

    Vetoes and honours of a part hold for the whole.
    """
    by_unit: dict[tuple[str, str], dict[str, Score]] = {}
    for one in scores:
        by_unit.setdefault((one.department, period_around(one.period, total.to)), {})[one.period] = one
    return [_total(total, unit, period, parts) for (unit, period), parts in sorted(by_unit.items())]


def _total(total: Total, department: str, period: str, parts: Mapping[str, Score]) -> Score:
    wanted = parts_of(period, period_length(next(iter(parts))))
    known = {name: parts[name].score for name in wanted if name in parts and parts[name].score is not None}
    missing = tuple(name for name in wanted if name not in known)
    vetoes = tuple(sorted({one for part in parts.values() for one in part.vetoes}))
    honours = tuple(sorted({one for part in parts.values() for one in part.honours}))
    whole = Score(department, period, None, None, missing, NO_PARTS, vetoes, honours)
    if not known or (missing and total.missing == "unscored"):
        return whole
    weight = {
        name: Fraction(str(total.weights.get(part_key(name), 0))) if total.weights else Fraction(1) for name in known
    }
    sum_of = sum(weight.values(), Fraction(0))
    if not sum_of:
        return whole
    score = sum((weight[name] * value for name, value in known.items() if value is not None), Fraction(0)) / sum_of
    variances = [(weight[name] / sum_of, parts[name].variance) for name in known]
    is_by_chance = all(variance is not None for _, variance in variances)
    variance = sum(float(by) ** 2 * (of or 0.0) for by, of in variances) if is_by_chance else None
    return replace(whole, score=score, variance=variance)


def _entered(scheme: Scheme, lookup: Lookup) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The vetoes and honours of a unit: those entered with a number other than 0."""

    def is_entered(name: str) -> bool:
        value = lookup(name, False)
        return value is not None and bool(value.value)

    return (
        tuple(one.name for one in scheme.veto if is_entered(one.name)),
        tuple(one.name for one in scheme.honour if is_entered(one.name)),
    )


def _stands_for(scheme: Scheme, missing: tuple[str, ...]) -> Fraction:
    """By how much the parts that are there are raised for those that are left out."""
    out = {part.name for part in scheme.part if part.name in missing and part.missing == "left_out"}
    whole = sum((Fraction(str(part.points)) for part in scheme.part), Fraction(0))
    there = sum((Fraction(str(part.points)) for part in scheme.part if part.name not in out), Fraction(0))
    return whole / there if there else Fraction(1)

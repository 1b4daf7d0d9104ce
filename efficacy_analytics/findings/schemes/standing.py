"""Where a unit stands in a period: rank, grade, places, and what it has held for several periods running."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from efficacy_analytics.event_log.scheme_files import Grade, Place, Scheme, Streak
from efficacy_analytics.findings.schemes.periods import period_index, period_length, period_place
from efficacy_analytics.findings.schemes.scores import Score
from efficacy_analytics.statistics.comparison.rank_sets import simultaneous_rank_sets


@dataclass(frozen=True)
class Standing:
    """Where a score stands among those of its period.

    Attributes:
        rank: 1 is the highest; equal scores share the better rank. None without a score, or without another one.
        tied_count: other units of the same score.
        ranks: the ranks that cannot be ruled out, best and worst; None where chance in the scores is not known.
        grade_by_score: the grade of the score alone.
        grade: after honours, and then after vetoes.
        places: the places held; none by a score that stands alone.
    """

    rank: int | None
    tied_count: int
    ranks: tuple[int, int] | None
    grade_by_score: Grade | None
    grade: Grade | None
    places: tuple[str, ...]


def rounded(score: Fraction, digits: int) -> float:
    """The number as it is printed: half a last digit goes up, away from 0."""
    scaled = abs(score) * 10**digits
    return math.copysign(math.floor(scaled + Fraction(1, 2)) / 10**digits, score) if score else 0.0


def standings(scheme: Scheme, scores: Sequence[Score], confidence: float) -> list[Standing]:
    """Where each score of one period stands; by exact scores, never by printed ones."""
    known = [one.score for one in scores if one.score is not None]
    ranks = _rank_sets(scores, confidence)
    return [_standing(scheme, one, known, ranks.get(one.department)) for one in scores]


def streaks(scheme: Scheme, scores: Mapping[str, Sequence[tuple[Score, Standing]]]) -> dict[tuple[str, str], list[str]]:
    """What follows for a department in a period: the names of the streaks that have reached their length.

    A period that is not scored, and one that is not there, ends what was held: what is not known is not held against
    anybody. A streak goes on over the end of a year unless it is said to lie within one.

    Args:
        scheme: whose streaks.
        scores: of each department, in the order of the periods.

    Returns:
        Per department and period, the streaks reached, as `name x periods held`.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for streak in scheme.streak:
        for department, all_of in scores.items():
            of_length = [pair for pair in all_of if period_length(pair[0].period) == (streak.of or scheme.period)]
            for period, held in _runs(streak, of_length):
                if held >= streak.length:
                    found.setdefault((department, period), []).append(f"{streak.name} x{held}")
    return found


def _runs(streak: Streak, scores: Sequence[tuple[Score, Standing]]) -> list[tuple[str, int]]:
    runs: list[tuple[str, int]] = []
    held, last = 0, None
    for score, standing in scores:
        index = period_index(score.period)
        is_next = last is not None and index == last + 1
        if streak.is_within_year and period_place(score.period)[1] == 1:
            is_next = False
        held = (held + 1 if is_next else 1) if _is_held(streak, score, standing) else 0
        last = index
        runs.append((score.period, held))
    return runs


def _is_held(streak: Streak, score: Score, standing: Standing) -> bool:
    if score.score is None:
        return False
    if streak.place:
        return streak.place in standing.places
    if streak.grade:
        return standing.grade is not None and standing.grade.name == streak.grade
    return streak.below is not None and score.score < Fraction(str(streak.below))


def _standing(scheme: Scheme, score: Score, known: Sequence[Fraction], ranks: tuple[int, int] | None) -> Standing:
    if score.score is None:
        return Standing(None, 0, None, None, None, ())
    by_score = next((grade for grade in scheme.grade if score.score >= Fraction(str(grade.least))), None)
    graded = _graded(scheme, score, by_score)
    if len(known) == 1:
        return Standing(None, 0, None, by_score, graded, ())
    rank = 1 + sum(other > score.score for other in known)
    from_end = 1 + sum(other < score.score for other in known)
    places = tuple(one.name for one in scheme.place if _is_placed(one, score.score, rank, from_end))
    return Standing(rank, known.count(score.score) - 1, ranks, by_score, graded, places)


def _is_placed(place: Place, score: Fraction, rank: int, from_end: int) -> bool:
    if (rank if place.end == "first" else from_end) > place.count:
        return False
    return place.below is None or score < Fraction(str(place.below))


def _graded(scheme: Scheme, score: Score, by_score: Grade | None) -> Grade | None:
    """The grade with its honours, and no better than a veto allows."""
    if by_score is None:
        return None
    names = [grade.name for grade in scheme.grade]
    at = names.index(by_score.name)
    for honour in scheme.honour:
        if honour.name in score.honours and by_score.name in honour.from_grades:
            at = max(0, at - honour.shift)
    for veto in scheme.veto:
        if veto.name in score.vetoes:
            at = max(at, names.index(veto.grade_at_most))
    return scheme.grade[at]


def _rank_sets(scores: Sequence[Score], confidence: float) -> dict[str, tuple[int, int]]:
    known = [one for one in scores if one.score is not None]
    if len(known) < 2 or any(not one.variance for one in known):
        return {}
    sets = simultaneous_rank_sets(
        [float(one.score or 0) for one in known],
        [math.sqrt(one.variance or 0.0) for one in known],
        confidence=confidence,
    )
    ends = zip(sets.lowest_rank.tolist(), sets.highest_rank.tolist(), strict=True)
    return {one.department: pair for one, pair in zip(known, ends, strict=True)}

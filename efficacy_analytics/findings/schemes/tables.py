"""Scores by the schemes an office declares: what each unit came to, what it is made of, where it stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.scheme_files import Named, Part, Scheme, read_scheme
from efficacy_analytics.findings.performance.indicators import INDICATORS, indicators_of_periods
from efficacy_analytics.findings.schemes.periods import lies_within, period_index, period_length
from efficacy_analytics.findings.schemes.points import Lookup, Value, exactly
from efficacy_analytics.findings.schemes.scores import Score, totals, unit_score, unscored
from efficacy_analytics.findings.schemes.standing import Standing, rounded, standings, streaks

Coverage = Callable[[str, str], bool]
"""Whether the cohort has all cases of a department in a period."""
ORDER: Final = ("month", "quarter", "half", "year")
SCORES: Final = {
    "scheme": pl.String, "period": pl.String, "department": pl.String, "score": pl.Float64,
    "printed_score": pl.Float64, "rank": pl.Int64, "tied_count": pl.Int64, "unit_count": pl.Int64,
    "best_rank": pl.Int64, "worst_rank": pl.Int64, "ranking": pl.String, "grade_by_score": pl.String,
    "grade": pl.String, "grade_because": pl.String, "places": pl.String, "streaks": pl.String,
    "pay_factor": pl.Float64, "missing_parts": pl.String,
    "not_scored_because": pl.String,
}  # fmt: skip
PARTS: Final = {
    "scheme": pl.String, "period": pl.String, "department": pl.String, "part": pl.String, "points": pl.Float64,
    "most_points": pl.Float64, "name": pl.String, "value": pl.Float64, "of_count": pl.Float64,
    "value_source": pl.String,
}  # fmt: skip


@question
def scheme_scores(log: Session, *, scheme: str | None = None, confidence: float = 0.95) -> pl.DataFrame:
    """The score of each unit in each period of a scheme, its grade, rank and places, and what follows from them.

    Scores, ranks and grades go by exact numbers; `printed_score` alone is rounded. Ranks that chance leaves open are
    known where every part is a number of so many (answers, cases): then `ranking` is `told` where each unit has one
    rank, else `not_told`; where a part is entered without them it is `not_known`. Where one unit alone has a score it
    is `alone`: it has no rank and no place.

    A scheme that asks for indicators scores a unit in those periods alone of which the cohort has all its cases.

    Args:
        log: the engine of a cohort; indicators are of its cases, by the period of their acceptance.
        scheme: the name of one; by default all of which anything is entered in `scores.csv`.
        confidence: of the rank sets of a period together.

    Returns:
        One row per scheme, period (shorter ones first) and department: `score` (null where what must not be missing
        is), `printed_score`, `rank` (1: highest; equal scores share the better one), `tied_count`, `unit_count` (with
        a score), `best_rank`, `worst_rank`, `ranking`, `grade_by_score`, `grade` (after honours, then vetoes),
        `grade_because`, `places`, `streaks` (each with how many periods it is held), `pay_factor`, `missing_parts`,
        `not_scored_because` (`part_missing`, or `cases_in_part`: the cohort has only a part of the unit's cases).

    Raises:
        CallError: there is no such scheme, or it asks for an indicator that there is not.
    """
    rows: list[tuple[Any, ...]] = []
    for one in _asked(log, scheme):
        rows += _rows_of_scores(one, _all_scores(log, one), confidence)
    return pl.DataFrame(rows, schema=SCORES, orient="row")


@question
def scheme_parts(log: Session, *, scheme: str | None = None) -> pl.DataFrame:
    """What each score is made of, down to the rows that were entered and the cases behind an indicator.

    Args:
        log: the engine of a cohort.
        scheme: the name of one; by default all of which anything is entered.

    Returns:
        One row per scheme, period, department, part and value of it (one row without a value where it has none):
        `points` and `most_points` of the part, `name` of the value, `value`, `of_count` (what it is a number of),
        `value_source` (`scores.csv` and its row, or the indicator and its cases).

    Raises:
        CallError: there is no such scheme, or it asks for an indicator that there is not.
    """
    rows: list[tuple[Any, ...]] = []
    for one in _asked(log, scheme):
        for score in _all_scores(log, one):
            rows += _rows_of_parts(one, score)
    return pl.DataFrame(rows, schema=PARTS, orient="row")


@question
def scheme_words(log: Session) -> pl.DataFrame:
    """What the names in the tables of scores say.

    Args:
        log: the engine of a cohort.

    Returns:
        One row per scheme and name in it, as declared: `scheme`, `name`, `kind` (`scheme`, `part`, `bonus`, `grade`,
        `veto`, `honour`, `place`, `streak`), `zh`, `en`; of the scheme itself `source_zh` and `source_en`.
    """
    rows: list[tuple[str | None, ...]] = []
    for one in _declared(log).values():
        rows.append((one.name, one.name, "scheme", one.zh, one.en, one.source_zh, one.source_en))
        kinds: tuple[Sequence[Named], ...] = (
            one.part, one.bonus, one.grade, one.veto, one.honour, one.place, one.streak,
        )  # fmt: skip
        for kind, named in zip(("part", "bonus", "grade", "veto", "honour", "place", "streak"), kinds, strict=True):
            rows += [(one.name, each.name, kind, each.zh, each.en, None, None) for each in named]
    columns = ("scheme", "name", "kind", "zh", "en", "source_zh", "source_en")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def scored(scheme: Scheme, lookups: Mapping[tuple[str, str], Lookup]) -> list[Score]:
    """The scores of all units and periods of a scheme, then those of its totals, each length in order.

    Args:
        scheme: the scheme.
        lookups: what values each department has in each period of the scheme's length.
    """
    scores = [unit_score(scheme, unit, period, lookups[unit, period]) for unit, period in sorted(lookups)]
    of_length = {scheme.period: scores}
    for total in scheme.total:
        of_length[total.to] = totals(total, scores)
    return [one for length in ORDER for one in sorted(of_length.get(length, []), key=_when)]


def placed(scheme: Scheme, scores: Sequence[Score], confidence: float = 0.95) -> list[tuple[Score, Standing]]:
    """Each score with where it stands among those of its period."""
    found: list[tuple[Score, Standing]] = []
    for _, group in groupby(scores, key=lambda one: one.period):
        of_period = list(group)
        found += zip(of_period, standings(scheme, of_period, confidence), strict=True)
    return found


def _when(score: Score) -> tuple[int, str]:
    return period_index(score.period), score.department


def _declared(log: Session) -> dict[str, Scheme]:
    return {name: read_scheme(text, f"{name}.toml") for name, text in log.run("office_schemes").rows()}


def _asked(log: Session, name: str | None) -> list[Scheme]:
    declared = _declared(log)
    if name is not None and name not in declared:
        raise CallError(f"there is no scheme '{name}'.", hint=f"one of: {', '.join(declared) or 'none'}")
    entered = set(log.run("office_scores")["scheme"])
    unknown = sorted(entered - declared.keys())
    if unknown:
        raise CallError(f"scores.csv has the unknown scheme '{unknown[0]}'.", hint=f"one of: {', '.join(declared)}")
    return [one for one in declared.values() if one.name == name or (name is None and one.name in entered)]


def _all_scores(log: Session, scheme: Scheme) -> list[Score]:
    has_all = _coverage(log, scheme)
    values = _entered(log, scheme)
    for (unit, period), of_unit in _indicated(log, scheme, has_all).items():
        if any(part.entered or not part.indicator for part in scheme.part) and (unit, period) not in values:
            continue  # a unit is scored where something is entered for it, unless nothing needs to be
        values.setdefault((unit, period), {}).update(of_unit)
    found = scored(scheme, {key: _lookup(of_unit) for key, of_unit in values.items()})
    return [one if has_all(one.department, one.period) else unscored(one) for one in found]


def _coverage(log: Session, scheme: Scheme) -> Coverage:
    """Whether a score may rest on the cohort: an indicator of some cases of a unit is no figure of the unit."""
    if not indicators_of(scheme) or "cohort_asked" not in log.tables():
        return lambda department, period: True
    asked = log.sql("select * from cohort_asked").row(0, named=True)
    is_narrowed = asked["item"] is not None or asked["condition"] is not None

    def has_all(department: str, period: str) -> bool:
        is_of_unit = not is_narrowed and asked["department"] in (None, department)
        return is_of_unit and lies_within(period, asked["accepted_from"], asked["accepted_until"])

    return has_all


def _lookup(values: Mapping[tuple[str, bool], Value]) -> Lookup:
    return lambda name, is_indicator: values.get((name, is_indicator))


def _entered(log: Session, scheme: Scheme) -> dict[tuple[str, str], dict[tuple[str, bool], Value]]:
    rows = log.run("office_scores").filter(
        (pl.col("scheme") == scheme.name)
        & pl.col("period").map_elements(lambda name: period_length(name) == scheme.period, return_dtype=pl.Boolean)
    )
    found: dict[tuple[str, str], dict[tuple[str, bool], Value]] = {}
    for row in rows.iter_rows(named=True):
        of_count = None if row["of_value"] is None else Fraction(row["of_value"])
        value = Value(Fraction(row["value"]), of_count, f"scores.csv, row {row['row_number']}")
        found.setdefault((row["department"], row["period"]), {})[row["name"], False] = value
    return found


def indicators_of(scheme: Scheme) -> list[str]:
    """The indicators that a scheme asks for.

    Raises:
        CallError: it asks for one that there is not.
    """
    names = [one.indicator for one in (*scheme.part, *scheme.bonus) if one.indicator]
    known = [one.name for one in INDICATORS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CallError(f"scheme '{scheme.name}' asks for the unknown indicator '{unknown[0]}'.", hint=", ".join(known))
    return names


def _indicated(log: Session, scheme: Scheme, has_all: Coverage) -> dict[tuple[str, str], dict[tuple[str, bool], Value]]:
    names = indicators_of(scheme)
    found: dict[tuple[str, str], dict[tuple[str, bool], Value]] = {}
    if not names:
        return found
    for row in indicators_of_periods(log, names=tuple(dict.fromkeys(names)), period=scheme.period).iter_rows(
        named=True
    ):
        of_unit = found.setdefault((row["department"], row["period"]), {})
        for name in names if has_all(row["department"], row["period"]) else ():
            value, cases = row[name], row[f"{name}_case_count"]
            if value is not None:
                share = exactly(value)
                of_count = None if cases is None else Fraction(cases)
                number = share if of_count is None else share * of_count
                of_unit[name, True] = Value(number, of_count, f"{name}, {row['case_count']} cases")
    return found


def _rows_of_scores(scheme: Scheme, scores: Sequence[Score], confidence: float) -> Iterable[tuple[Any, ...]]:
    found = placed(scheme, scores, confidence)
    by_department: dict[str, list[tuple[Score, Standing]]] = {}
    for score, standing in found:
        by_department.setdefault(score.department, []).append((score, standing))
    reached = streaks(scheme, by_department)
    counts: dict[str, int] = {}
    for score, _ in found:
        counts[score.period] = counts.get(score.period, 0) + (score.score is not None)
    for score, standing in found:
        best, worst = standing.ranks or (None, None)
        grade, by_score = standing.grade, standing.grade_by_score
        held = ", ".join(reached.get((score.department, score.period), ()))
        yield (
            scheme.name, score.period, score.department,
            None if score.score is None else float(score.score),
            None if score.score is None else rounded(score.score, scheme.digits),
            standing.rank, standing.tied_count, counts[score.period], best, worst,
            _ranking(found, score.period), by_score and by_score.name, grade and grade.name,
            ", ".join((*score.honours, *score.vetoes)), ", ".join(standing.places), held,
            grade and grade.pay_factor, ", ".join(score.missing),
            None if score.score is not None else score.not_scored_because or "part_missing",
        )  # fmt: skip


def _ranking(found: Sequence[tuple[Score, Standing]], period: str) -> str:
    of_period = [standing for score, standing in found if score.period == period and score.score is not None]
    ranks = [standing.ranks for standing in of_period]
    if len(of_period) == 1:
        return "alone"
    if any(pair is None for pair in ranks):
        return "not_known"
    return "told" if all(pair is not None and pair[0] == pair[1] for pair in ranks) else "not_told"


def _rows_of_parts(scheme: Scheme, score: Score) -> Iterable[tuple[Any, ...]]:
    for part, found in score.parts:
        most = part.points if isinstance(part, Part) else part.most
        points = None if found.points is None else float(found.points)
        head = (scheme.name, score.period, score.department, part.name, points, most)
        for name, value in found.values.items():
            of_count = None if value.of_count is None else float(value.of_count)
            yield (*head, name, float(value.value), of_count, value.source)
        if not found.values:
            yield (*head, None, None, None, None)

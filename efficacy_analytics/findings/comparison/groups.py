"""The cases that had come due, in groups of like cases of each department, with what was to be expected of each.

The expectation knows the work: kind, channel, season, limit, whether the clock was stopped, and the item; it is what
the typical department would have had with it. A value that one department alone has (its own item, a limit that only it
knows) cannot be told from the department: it gets no effect of its own, and how many cases are of such items is counted
(`own_item_count`).
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.comparison.case_mix import Expectation, calibration, expected_shares

FACTORS: Final = ("kind", "channel", "season", "limit_class", "has_stop", "item")
SHARED: Final = tuple(f"shared_{factor}" for factor in FACTORS)
KEYS: Final = (*SHARED, "department")
WORDS: Final = ("department", "item", "kind", "channel", "season", "limit_class", "has_stop", "month")
MOST_NUMBERS: Final = 1 << 63
"""So many places a whole number tells apart."""


@question
def comparable_groups(log: Session) -> pl.DataFrame:
    """Like cases of each department with their expected share of late ones.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.

    Returns:
        One row per department, item, kind, channel, season (quarter of acceptance), limit, stop and month of the due
        date, in their order, null last: those, each of the factors again as `shared_…` (null where one department alone
        has the value), `due_count`, `late_count`, `not_yet_due_count`, `without_limit_count`, `apart_count`,
        `expected_late_share` (of the cases due, at the typical department) and `fitted_late_share` (at its own). All
        words but the department's are enumerations: fractions summed up by one enumeration alone, as polars does it,
        depend in their last bits on the number of threads.
    """
    groups = _ordered(log)
    like = _like(groups)
    fit = _fit(log, like)
    shares = like.select("place").with_columns(
        expected_late_share=pl.Series(fit.typical), fitted_late_share=pl.Series(fit.fitted)
    )
    joined = groups.join(shares, on="place", how="left", maintain_order="left").drop("place")
    return joined.with_columns(pl.col("department").cast(pl.String))


def words_of(coded: pl.Series) -> list[str]:
    """The words that the numbers of a column of `comparable_groups` stand for, in their order."""
    return coded.dtype.categories.to_list() if isinstance(coded.dtype, pl.Enum) else []


def lay_out_groups(log: Session) -> None:
    """Has the groups of like cases at hand as `comparison_group`, counted once for as long as the cohort stays.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
    """

    def make() -> None:
        log.build("comparison_cases")
        log.build("comparison_groups")

    log.once(("comparison_group",), make)


def groups_due(log: Session) -> pl.DataFrame:
    """Like cases of each department and how many of them came due and were late, in no order; columns as above."""
    lay_out_groups(log)
    return log.run("comparison_group_counts")


def comparable_work(log: Session) -> Expectation:
    """The model of the groups of like cases, with how far the ratio of each department is known.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
    """
    kept: Expectation | None = log.answers.get((_fit,))
    return kept or _fit(log, _like(_ordered(log)))


def _fit(log: Session, like: pl.DataFrame) -> Expectation:
    """The model of the groups of like cases, in the order of `_like`: fitted once for all tables of a cohort.

    It alone is kept as an answer: without the groups themselves it is small, however large the log.
    """
    known = (_fit,)
    if known not in log.answers:
        numbers = like.with_columns(pl.col(SHARED).to_physical(), pl.col("department").cast(pl.String))
        log.answers[known] = expected_shares(numbers, SHARED, "department", "late_count", "due_count")
    kept: Expectation = log.answers[known]
    return kept


def _ordered(log: Session) -> pl.DataFrame:
    """The groups in the order of their words; `place` numbers those that are alike but for their month."""
    coded = _coded(groups_due(log))
    groups = _with_shared(coded.with_columns(place=_places(coded, WORDS)).sort("place"))
    return groups.with_columns(place=_places(groups, KEYS))


def _coded(groups: pl.DataFrame) -> pl.DataFrame:
    """The groups with numbers for their words, in the order of the words: grouping, sorting and joining takes half."""
    return groups.with_columns(pl.col(name).cast(pl.Enum(groups[name].unique().drop_nulls().sort())) for name in WORDS)


def _places(groups: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """One number for all words of a row, in the order of the words, null last: sorting by it takes a ninth."""
    places, count = pl.zeros(groups.height, pl.UInt64, eager=True), 1
    for name in names:
        own = len(words_of(groups[name]))
        if count * (own + 1) > MOST_NUMBERS:  # fewer numbers say the same order
            places = places.rank("dense").cast(pl.UInt64) - 1
            count = groups.height
        places = places * (own + 1) + groups[name].to_physical().cast(pl.UInt64).fill_null(own)
        count *= own + 1
    return places


def _with_shared(groups: pl.DataFrame) -> pl.DataFrame:
    return groups.with_columns(_shared(factor) for factor in FACTORS)


def _like(groups: pl.DataFrame) -> pl.DataFrame:
    """The groups of like cases of each department, whatever their month, in a total order."""
    like = groups.group_by("place").agg(pl.col(KEYS).first(), pl.col("due_count", "late_count").sum())
    return like.sort("place")


@question
def comparison_calibration(log: Session) -> pl.DataFrame:
    """Whether as many cases were late as the model of case mix and department says: ten bins of equally many cases due.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.

    Returns:
        One row per bin, least expectation first: `bin`, `due_count`, `expected_late_share`, `late_share`. None if
        nothing had come due.
    """
    groups = comparable_groups(log).filter(pl.col("due_count") > 0)
    bins = calibration(groups, "fitted_late_share", "late_count", "due_count")
    return bins.rename(
        {"case_count": "due_count", "expected_share": "expected_late_share", "observed_share": "late_share"}
    )


def _shared(factor: str) -> pl.Expr:
    """The value of a factor where several departments have cases of it that came due."""
    departments = pl.col("department").filter(pl.col("due_count") > 0).n_unique().over(factor)
    return pl.when(departments > 1).then(pl.col(factor)).alias(f"shared_{factor}")

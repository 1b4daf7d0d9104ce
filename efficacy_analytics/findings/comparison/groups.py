"""The cases that had come due, in groups of like cases of each department, with what was to be expected of each.

The expectation knows the work: kind, channel, season, limit, whether the clock was stopped, and the item; it is what
the typical department would have had with it. A value that one department alone has (its own item, a limit that only it
knows) cannot be told from the department: it gets no effect of its own, and how many cases are of such items is counted
(`own_item_count`).
"""

from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.statistics.comparison.case_mix import Expectation, calibration, expected_shares

FACTORS: Final = ("kind", "channel", "season", "limit_class", "has_stop", "item")
SHARED: Final = tuple(f"shared_{factor}" for factor in FACTORS)
KEYS: Final = (*SHARED, "department")


@question
def comparable_groups(log: Session) -> pl.DataFrame:
    """Like cases of each department with their expected share of late ones.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.

    Returns:
        One row per department, item, kind, channel, season (quarter of acceptance), limit, stop and month of the due
        date: those, each of the factors again as `shared_…` (null where one department alone has the value),
        `due_count`, `late_count`, `not_yet_due_count`, `without_limit_count`, `apart_count`, `expected_late_share` (of
        the cases due, at the typical department) and `fitted_late_share` (at its own).
    """
    groups = _with_shared(_coded(groups_due(log)))
    like = _like(groups)
    fit = _fit(log, like)
    shares = like.select(KEYS).with_columns(
        expected_late_share=pl.Series(fit.typical), fitted_late_share=pl.Series(fit.fitted)
    )
    joined = groups.join(shares, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col(pl.Enum).cast(pl.String))


def comparable_work(log: Session) -> Expectation:
    """The model of the groups of like cases, with how far the ratio of each department is known.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
    """
    return _fit(log, _like(_with_shared(_coded(groups_due(log)))))


def _fit(log: Session, like: pl.DataFrame) -> Expectation:
    """The model of the groups of like cases, in the order of `_like`: fitted once for all tables of a cohort.

    It alone is kept as an answer: without the groups themselves it is small, however large the log.
    """
    known = (_fit,)
    if known not in log.answers:
        texts = like.with_columns(pl.col(pl.Enum).cast(pl.String))
        log.answers[known] = expected_shares(texts, SHARED, "department", "late_count", "due_count")
    kept: Expectation = log.answers[known]
    return kept


def _coded(groups: pl.DataFrame) -> pl.DataFrame:
    """The groups with numbers for their words, in the order of the words: grouping, sorting and joining takes half."""
    words = ("department", *FACTORS)
    return groups.with_columns(pl.col(name).cast(pl.Enum(groups[name].unique().drop_nulls().sort())) for name in words)


def _with_shared(groups: pl.DataFrame) -> pl.DataFrame:
    return groups.with_columns(_shared(factor) for factor in FACTORS)


def _like(groups: pl.DataFrame) -> pl.DataFrame:
    """The groups of like cases of each department, whatever their month, in a total order."""
    return groups.group_by(KEYS).agg(pl.col("due_count", "late_count").sum()).sort(KEYS, nulls_last=True)


def groups_due(log: Session) -> pl.DataFrame:
    """Like cases of each department and how many of them came due and were late; columns as `comparable_groups`."""
    log.build("comparison_cases")
    return log.run("comparison_groups")


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

"""The chance of breach of each open case, and which of them to attend to first."""

import datetime as dt

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import TooFewCasesError
from efficacy_analytics.findings.supervision.chances.choice import Chosen, choose_method
from efficacy_analytics.findings.supervision.chances.methods import METHODS
from efficacy_analytics.findings.supervision.chances.rows import as_known, day_rows, lay_out_cases, past_rows
from efficacy_analytics.findings.supervision.day import judged_day


@question
def breach_chances(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """The chance that each open case that is not late yet breaks its limit, by what is known on a day.

    Args:
        log: the engine of a cohort of a snapshot.
        as_on: the day; by default that of the snapshot.

    Returns:
        One row per open case with a due date in days that is not late, the likeliest breach first: `attention_rank`,
        `case_key`, `department`, `item`, `stage`, `holder`, `due_on`, `used_share`, `is_stopped`, `chance`, `method`
        (`share`, `remaining`, `logistic`), and `expected_breach_count`, the chances down to this row added up: what
        attending to so many cases could avoid at most. Where fewer than 30 late cases, or than 30 that kept their
        limit, are known by that day, no chance is told: `chance`, `method` and `expected_breach_count` are null, and
        the cases stand by due date.
    """
    day = judged_day(log, as_on)
    lay_out_cases(log, day)
    past = past_rows(log, day)
    return ranked(day_rows(log, day, day), _chosen(past, day))


@question
def chance_trials(log: Session, *, as_on: dt.date | None = None) -> pl.DataFrame:
    """How each way to a chance did on the last part of the past, and which one holds on a day.

    Returns:
        One row per method: `method`, `is_chosen`, `auc` and `brier` of the trial (null where the past was too short for
        one), `case_count` and `late_count` of the fates known by that day. None is chosen where fewer than 30 late
        cases, or than 30 that kept their limit, are known.
    """
    day = judged_day(log, as_on)
    lay_out_cases(log, day)
    rows = past_rows(log, day)
    chosen = _chosen(rows, day)
    fates = as_known(rows, day).filter(pl.col("is_known")).group_by("case_key").agg(pl.col("is_late").first())
    trials = chosen.trials if chosen else {}
    return pl.DataFrame(
        {
            "method": list(METHODS),
            "is_chosen": [chosen is not None and name == chosen.name for name in METHODS],
            "auc": [trials[name].auc if name in trials else None for name in METHODS],
            "brier": [trials[name].brier if name in trials else None for name in METHODS],
            "case_count": [fates.height] * len(METHODS),
            "late_count": [int(fates["is_late"].sum())] * len(METHODS),
        },
        schema_overrides={"auc": pl.Float64, "brier": pl.Float64},
    )


def _chosen(rows: pl.DataFrame, day: dt.date) -> Chosen | None:
    """The method that holds; none where too little is known to tell chances from."""
    try:
        return choose_method(rows, day)
    except TooFewCasesError:
        return None


def ranked(rows: pl.DataFrame, chosen: Chosen | None) -> pl.DataFrame:
    """Rows of one day with their chances, the likeliest breach first, then by due date and case."""
    told = chosen.chance(rows) if chosen and rows.height else [None] * rows.height
    chance = pl.Series("chance", told, dtype=pl.Float64).round(10)  # the last bits depend on the processor
    used_share = pl.col("counted_days") / pl.col("allowed_days")
    return (
        rows.with_columns(chance, used_share=used_share, method=pl.lit(chosen.name if chosen else None, pl.String))
        .sort("chance", "due_on", "case_key", descending=[True, False, False])
        .with_columns(expected_breach_count=pl.col("chance").cum_sum())
        .with_row_index("attention_rank", offset=1)
        .with_columns(pl.col("department", "item", "stage", "holder").replace("", None))
        .select(
            "attention_rank", "case_key", "department", "item", "stage", "holder", "due_on", "used_share", "is_stopped",
            "chance", "method", "expected_breach_count",
        )
    )  # fmt: skip

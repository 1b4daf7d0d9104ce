"""Why a card is withdrawn: what the data of today say of its subject as on the day it was given."""

import datetime as dt
from typing import Final

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.supervision.day import lay_out_day

SUBJECT: Final = ("source", "case_id", "complaint_id", "scope", "stage", "first_event_number")
"""What tells one subject of a card from another."""
REASONS: Final = (
    *("not_open", "stage_over", "complaint_over", "no_limit", "clock_stopped", "due_later", "ladder_changed"),
)
"""By what is known today the case was not open on that day; the stage was over in time, or none; the complaint was
answered, or is none; no limit held for it; the clock stood still; it was due later; or another ladder holds."""


@question
def standing_subjects(log: Session, *, as_on: dt.date) -> pl.DataFrame:
    """What a card of a day may be about, and when it was due.

    Args:
        log: the engine of all cases of a snapshot.
        as_on: the day.

    Returns:
        One row per open case, stage of one and unanswered complaint, columns as `SUBJECT`, and `due_then_on` (null:
        no limit holds for it), `was_under_way` (a stage not over, or over late), `was_past_due`, `was_stopped`.
    """
    lay_out_day(log, as_on)
    return log.run("supervision_standing", as_on=as_on)


def with_reasons(log: Session, cards: pl.DataFrame, *, given_on: dt.date) -> pl.DataFrame:
    """Cards given on one day without a cause, with the `reason` of each, one of `REASONS`.

    Args:
        log: the engine of all cases of a snapshot.
        cards: rows of the record of cards, without its `reason`.
        given_on: the day on which they all were given.
    """
    standing = standing_subjects(log, as_on=given_on)
    open_cases = standing.filter(pl.col("scope") == "case").select("source", "case_id", is_case_open=True)
    joined = cards.join(
        standing.with_columns(is_there=True), on=list(SUBJECT), how="left", nulls_equal=True, maintain_order="left"
    ).join(open_cases, on=["source", "case_id"], how="left", maintain_order="left")
    is_there, scope = pl.col("is_there").is_not_null(), pl.col("scope")
    limited = log.sql("select stage from stage_limits union select activity from stage_limits")["stage"]
    has_no_limit = is_there & pl.col("due_then_on").is_null() | (scope == "stage") & ~pl.col("stage").is_in(
        limited.implode()
    )
    reason = (
        pl.when((scope != "complaint") & pl.col("is_case_open").is_null()).then(pl.lit("not_open"))
        .when((scope == "complaint") & ~is_there).then(pl.lit("complaint_over"))
        .when((scope == "complaint") & has_no_limit).then(pl.lit("ladder_changed"))
        .when(has_no_limit).then(pl.lit("no_limit"))
        .when(~is_there).then(pl.lit("stage_over"))
        .when(pl.col("was_past_due")).then(pl.lit("ladder_changed"))
        .when(pl.col("was_stopped")).then(pl.lit("clock_stopped"))
        .when(pl.col("due_then_on") > pl.col("due_on")).then(pl.lit("due_later"))
        .when((scope == "stage") & ~pl.col("was_under_way")).then(pl.lit("stage_over"))
        .otherwise(pl.lit("ladder_changed"))
    )  # fmt: skip
    return joined.with_columns(reason=reason).select(*cards.columns, "reason")

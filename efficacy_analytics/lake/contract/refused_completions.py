"""Cases whose completion was refused: they are not open, and nobody knows whether they are late.

A refused row leaves its case standing. Where that row said that the case was over, its case would seem open for ever:
it is noted here, and the clock judges it no more (docs/assumptions.md, A25).
"""

import polars as pl

OF_CASE, OF_LAST_STEP = "completion_refused", "last_step_refused"
NOTES = {"case_id": pl.String, "note": pl.String}
SAY_NOTHING = (
    *("row_twice", "row_key_twice", "start_without_complete", "start_aborted", "transition_not_kept"),
    *("case_deleted", "case_refused", "case_unknown", "completed_at_missing", "deleted"),
)
"""Rules of rows that are no completion, or whose completion stands on another row."""


def refused_completions(steps: pl.DataFrame, rows: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """The cases of a partition that stand although a row with their completion was refused.

    Args:
        steps: settled steps with `case_id`, `position`, `started_at`, `completed_at`, `rule`.
        rows: settled rows that give cases, with `case_id`, `completed_at`, `rule`.
        cases: the cases that came of them.

    Returns:
        `case_id` and `note`: `completion_refused` where the case's own completion was, `last_step_refused` where a
        step was that would have been its last.
    """
    ended = cases.filter(pl.col("completed_at").is_not_null())["case_id"]
    of_case = _gave_completion(rows).filter(~pl.col("case_id").is_in(ended.implode()))
    notes = [
        frame.select("case_id").unique().sort("case_id").with_columns(note=pl.lit(note))
        for frame, note in ((of_case, OF_CASE), (_last_steps(steps), OF_LAST_STEP))
    ]
    there = cases["case_id"]
    return pl.concat(notes).filter(pl.col("case_id").is_in(there.implode()))


def _gave_completion(rows: pl.DataFrame) -> pl.DataFrame:
    """The refused rows that have a completion, readable or not."""
    refused = rows.filter(pl.col("rule").is_not_null() & pl.col("case_id").is_not_null())
    is_unread = pl.col("rule").str.starts_with("completed_at_")
    return refused.filter(~pl.col("rule").is_in(SAY_NOTHING) & (pl.col("completed_at").is_not_null() | is_unread))


def _last_steps(steps: pl.DataFrame) -> pl.DataFrame:
    """The refused steps after which none of their case was completed: by time, else by their place."""
    refused = _gave_completion(steps)
    if refused.is_empty():
        return refused
    kept = steps.filter(pl.col("rule").is_null() & pl.col("completed_at").is_not_null())
    lasts = kept.group_by("case_id").agg(last_at=pl.col("completed_at").max(), last_position=pl.col("position").max())
    ended_at = pl.max_horizontal("started_at", "completed_at")
    is_later = pl.coalesce(ended_at >= pl.col("last_at"), pl.col("position") > pl.col("last_position"))
    return refused.join(lasts, on="case_id", how="left").filter(pl.col("last_position").is_null() | is_later)

"""What a log's steps are grouped by in a picture: activities as they are, or the stages they belong to."""

from typing import Final, Literal, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.stages import activity_stages

Level: TypeAlias = Literal["activity", "stage"]

LEVELS: Final = ("activity", "stage")


def put_step_groups(log: Session, by: Level) -> None:
    """Makes the temporary table `step_group`: the stage of each activity; empty by activity.

    Raises:
        CallError: `by` is neither.
    """
    if by not in LEVELS:
        raise CallError(f"steps are not grouped by '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    known = pl.DataFrame(schema={"activity": pl.String, "step": pl.String})
    if by == "stage":
        known = activity_stages(log).select("activity", pl.col("stage").alias("step")).drop_nulls()
    log.put_temporary("step_group", known)


@question
def stage_variants(log: Session) -> pl.DataFrame:
    """The sequences of stages that cases follow, steps of one stage in a row counting once.

    Returns:
        One row per sequence, most frequent first: `activities` (list, of stages), `case_count`, `case_share`,
        `case_share_cumulated`, median throughput in seconds on the elapsed and the open clock.
    """
    put_step_groups(log, "stage")
    return log.run("stage_variants")

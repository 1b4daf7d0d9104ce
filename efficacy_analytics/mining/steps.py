"""What a log's steps are grouped by in a picture: activities as they are, or the stages they belong to."""

from typing import Final, Literal, TypeAlias

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.mining.declared import give

Level: TypeAlias = Literal["activity", "stage"]

LEVELS: Final = ("activity", "stage")
GROUPS: Final[dict[str, pl.DataType]] = {"activity": pl.String(), "step": pl.String()}


def put_step_groups(log: DuckdbEngine, by: Level) -> None:
    """Makes the temporary table `step_group`: the stage of each activity that has one; empty by activity.

    Raises:
        CallError: `by` is neither.
    """
    if by not in LEVELS:
        raise CallError(f"steps are not grouped by '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    known = pl.DataFrame(schema=GROUPS)
    if by == "stage" and "activities" in log.tables():
        known = log.run("activity_names").select("activity", pl.col("stage").alias("step")).drop_nulls()
    give(log, "step_group", known)

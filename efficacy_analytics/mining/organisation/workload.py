"""Which desks hang on one officer, and how much work arrives at, leaves and lies at each stage.

Sources: J. D. C. Little, "A Proof for the Queuing Formula L = λW", Operations Research 9, 1961; H. Nguyen, M. Dumas,
A. H. M. ter Hofstede, M. La Rosa, F. M. Maggi, "Business Process Performance Mining with Staged Process Flows",
CAiSE 2016; C. Roser, M. Nakano, M. Tanaka, "Shifting Bottleneck Detection", WSC 2002 (the momentary bottleneck).
"""

from typing import Literal

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError

PERIODS = ("month", "all")


@question
def single_points(log: Session, *, least_share: float = 0.8, fewest_steps: int = 20) -> pl.DataFrame:
    """Desks where one officer does almost everything (no AB角), and the days files lay there in the officer's absence.

    A desk is an activity of a department. Absent is an officer on a working day, between the first and the last day
    seen, without any completed step. A file lies on the days after the latest earlier completion of its case and before
    the completion of the step.

    Args:
        log: the engine of a cohort, with the view `cohort_events` and the table `calendar`.
        least_share: from 0 to 1; an officer with more than this share of the desk's steps is a single point.
        fewest_steps: desks with fewer steps are left out.

    Returns:
        One row per desk, most idle first: `department`, `activity`, `resource`, `event_count`, `resource_share`,
        `resource_count`, `absent_days`, `idle_days` (of those, with a file lying), `idle_case_days` (files times days).
    """
    return log.run("organisation_single_points", least_share=least_share, fewest_steps=fewest_steps)


@question
def stage_flow(log: Session, *, by: Literal["month", "all"] = "month") -> pl.DataFrame:
    """Arrivals, departures and work in progress of each stage, and how far Little's law holds.

    Little's law: the mean queue is the arrivals per day times the mean stay (L = λW). Over the whole log it holds
    exactly; in a month the gap says that the stage fills up (above 0) or empties, and where it does not fit what the
    queue did, that events are missing. A visit is a run of steps of one stage; it arrives when the step before it is
    completed. Where the log knows no stages, each activity is one. What an open case waits for next is not known and
    is not counted.

    Args:
        log: the engine of a cohort, with the view `cohort_events`.
        by: `month` or `all`, the whole log in one period (`month` null).

    Returns:
        One row per stage and period: `stage`, `month` (its first day), `day_count`, `arrival_count`,
        `departure_count`, `queue_count_mean`, `queue_count_end`, `stay_days_mean` (calendar days, of those who depart;
        null without any), `little_queue_count`, `little_gap`.

    Raises:
        CallError: `by` is neither.
    """
    if by not in PERIODS:
        raise CallError(f"stage_flow knows no period '{by}'.", hint=f"one of: {', '.join(PERIODS)}")
    _count_days(log)
    return log.run("flow_periods", by=by)


@question
def bottleneck_days(log: Session) -> pl.DataFrame:
    """The momentary bottleneck: the stage where most files lie at the end of each day.

    Returns:
        One row per day with any file lying: `day`, `stage`, `queue_count`, `queue_share` (of all files lying).
    """
    _count_days(log)
    return log.run("flow_bottlenecks")


@question
def momentary_bottlenecks(log: Session) -> pl.DataFrame:
    """How long each stage was the momentary bottleneck.

    Returns:
        One row per stage that ever was, most days first: `stage`, `day_count`, `day_share` (of the days with any file
        lying), `longest_days` (its longest run of days on end), `queue_count_mean`, `queue_count_highest`.
    """
    days = bottleneck_days(log)
    changes = (pl.col("stage") != pl.col("stage").shift()) | (pl.col("day").diff().dt.total_days() != 1)
    runs = days.with_columns(changes.fill_null(True).cum_sum().alias("run"))
    longest = runs.group_by("stage", "run").len().group_by("stage").agg(pl.col("len").max().alias("longest_days"))
    counted = days.group_by("stage", maintain_order=True).agg(
        pl.len().alias("day_count"),
        pl.col("queue_count").mean().alias("queue_count_mean"),
        pl.col("queue_count").max().alias("queue_count_highest"),
    )
    return (
        counted.join(longest, on="stage")
        .with_columns((pl.col("day_count") / max(days.height, 1)).alias("day_share"))
        .with_columns(pl.col("day_count", "longest_days").cast(pl.Int64))
        .select("stage", "day_count", "day_share", "longest_days", "queue_count_mean", "queue_count_highest")
        .sort(["day_count", "stage"], descending=[True, False])
    )


def _count_days(log: Session) -> None:
    known = pl.DataFrame(schema={"activity": pl.String, "stage": pl.String})
    stages = log.run("activity_names").select(known.columns) if "activities" in log.tables() else known
    log.put_temporary("flow_stage", stages.drop_nulls())
    log.build("flow_days")

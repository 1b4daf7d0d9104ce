"""The first measures of a log: its size, activities, directly-follows pairs, variants and cases.

Each is one query over the cohort's views; what it counts stands in the query's header.
"""

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import keeps


@question
def log_summary(log: Session) -> pl.DataFrame:
    """How large the log is: cases, events, activities, variants, resources, first and last moment.

    Returns:
        One row: `case_count`, `event_count`, `activity_count`, `variant_count`, `resource_count`,
        `undated_case_count` (cases of no period, for want of any day: outside of a cohort with a period, inside of one
        without), `first_at`, `last_at`, `step_order` (as `step_order` gives it).
    """
    return log.run("log_summary").with_columns(step_order=pl.lit(step_order(log)))


def step_order(log: Session) -> str:
    """By what the steps of the cases are ordered, for all that depends on what comes next: variants, pairs, waiting.

    Returns:
        "start" where starts are recorded, else "completion"; "file" where a layout asks for the order of the file.
        Several, apart by commas, where deliveries differ.
    """
    if "deliveries" not in log.tables():  # a log in memory has no layout
        return "start"
    return str(log.run("step_orders")["step_order"][0])


@question
def activities(log: Session) -> pl.DataFrame:
    """How often each activity happens and in how many cases, how often it repeats, starts or ends a case.

    Returns:
        One row per activity, most frequent first: counts, medians of waiting and service in seconds on the elapsed
        and the open clock, and the share of its events whose start was recorded.
    """
    return log.run("activities")


@question
def directly_follows(log: Session) -> pl.DataFrame:
    """How often one activity directly follows another, and after how long.

    The length of a transition runs from the completion of the first to the start of the next (its completion where
    no start is recorded), never below zero; quantiles are exact. A snapshot keeps the table of its whole log.

    Returns:
        One row per pair, most frequent first: `transition_count`, `case_count`, and mean, median and 90th percentile
        in seconds on the elapsed and the open clock.
    """
    return log.run("directly_follows_kept" if keeps(log, "kept_directly_follows") else "directly_follows")


@question
def variants(log: Session) -> pl.DataFrame:
    """The sequences of activities that cases follow.

    Returns:
        One row per variant, most frequent first: `variant_key`, `activities` (list), `case_count`, `case_share`,
        `case_share_cumulated` (with all more frequent ones), median throughput in seconds on the elapsed and the open
        clock, `step_order` (by what the steps are ordered, as in `log_summary`).
    """
    return log.run("variants").with_columns(step_order=pl.lit(step_order(log)))


@question
def cases(log: Session) -> pl.DataFrame:
    """The cases of the cohort with their verdicts.

    Returns:
        One row per case in the order of the deliveries, with all columns of the published table.
    """
    return log.run("cohort_cases")


@question
def activity_names(log: Session) -> pl.DataFrame:
    """What each activity of the snapshot is called: one row per activity with `stage`, `name_zh`, `name_en`."""
    return log.run("activity_names")


@question
def department_names(log: Session) -> pl.DataFrame:
    """What each department of the snapshot is called: one row per department with `name_zh`, `name_en`."""
    return log.run("department_names")


@question
def item_names(log: Session) -> pl.DataFrame:
    """What each item of the snapshot is called: one row per item with `name_zh`, `name_en`."""
    return log.run("item_names")

"""Start and complete events of one activity become one activity instance.

Per case and activity, in the order of the log, a complete takes the oldest start that none has taken (first in,
first out). A complete without a start is an instance without a start; a start that no complete takes is refused, as
is every other transition but `schedule`, which only announces a step: it is accepted and no instance. An event without
a transition counts as a complete.
"""

import polars as pl

START, COMPLETE, SCHEDULE = "start", "complete", "schedule"


def has_pairs(events: pl.DataFrame) -> bool:
    """Whether any event is something else than a complete."""
    return bool((events["transition"] != COMPLETE).any())


def paired(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The instances of a log's events, and the events that are none.

    Args:
        events: judged, in order of `position`; has `case_id`, `activity`, `started_at` and `started_local` (the stamp
            of a start), `resource`, `rule`, `transition` and the columns of its place.

    Returns:
        Instances: one row per complete, `started_at` from its start where that has been found, with the start's
        place as `start_position`, `start_line` and `start_row`, and its `rule` where the complete has none of its own.
        The others: starts without a complete, and transitions not kept, with `rule`.
    """
    numbered = _numbered(events)
    starts = numbered.filter((pl.col("transition") == START) & pl.col("is_paired"))
    instances = (
        numbered.filter(pl.col("transition") == COMPLETE)
        .join(_as_starts(starts), on=["case_id", "activity", "number"], how="left", maintain_order="left")
        .with_columns(
            *(pl.coalesce(f"start_{name}", name).alias(name) for name in ("started_at", "started_local")),
            resource=pl.coalesce("resource", "start_resource"),
            rule=pl.coalesce("rule", "start_rule"),
        )
    )
    others = numbered.filter(
        ~pl.col("transition").is_in([START, COMPLETE, SCHEDULE])
        | ((pl.col("transition") == START) & ~pl.col("is_paired"))
    ).with_columns(
        rule=pl.when(pl.col("transition") == START)
        .then(pl.lit("start_without_complete"))
        .otherwise(pl.lit("transition_not_kept"))
    )
    helpers = ("start_started_at", "start_started_local", "start_resource", "start_rule", "number", "is_paired")
    return instances.drop(*helpers, "transition"), others


def _numbered(events: pl.DataFrame) -> pl.DataFrame:
    """Numbers starts, and the completes that take one, per case and activity: equal numbers belong together.

    A complete finds no start exactly where completes outnumber starts more than ever before.
    """
    of_one = ["case_id", "activity"]
    is_start, is_complete = pl.col("transition") == START, pl.col("transition") == COMPLETE
    step = pl.when(is_complete).then(1).when(is_start).then(-1).otherwise(0)
    is_known = pl.all_horizontal(pl.col(of_one).is_not_null())
    surplus = step.cum_sum().over(of_one)
    without = pl.max_horizontal(pl.col("surplus").cum_max().over(of_one), pl.lit(0))
    takes = is_complete & (pl.col("without") == pl.col("without").shift(1, fill_value=0).over(of_one))
    return (
        events.with_columns(surplus=surplus)
        .with_columns(without=without)
        .with_columns(takes=takes & is_known)
        .with_columns(
            number=pl.when(is_start)
            .then(is_start.cast(pl.Int64).cum_sum().over(of_one))
            .when("takes")
            .then(pl.col("takes").cast(pl.Int64).cum_sum().over(of_one))
        )
        .with_columns(taken=pl.col("takes").cast(pl.Int64).sum().over(of_one))
        .with_columns(
            is_paired=pl.when(is_start).then((pl.col("number") <= pl.col("taken")) & is_known).otherwise("takes")
        )
        .drop("surplus", "without", "takes", "taken")
    )


def _as_starts(starts: pl.DataFrame) -> pl.DataFrame:
    return starts.select(
        "case_id",
        "activity",
        "number",
        start_started_at="started_at",
        start_started_local="started_local",
        start_resource="resource",
        start_rule="rule",
        start_position="position",
        start_line="source_line",
        start_row="source_row",
    )

"""The stages on a map: what they are called, what they hold, and which boxes open one."""

from typing import Final, TypeAlias

import polars as pl

from efficacy_analytics.vocabulary import LANGUAGES, STAGES, Language, Words

Drawn: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]
"""Boxes and lines with their places."""
MOST_HELD: Final = 4
"""Activities that a stage tells when pointed at."""


def opening(drawn: Drawn) -> Drawn:
    """A drawn map of stages whose boxes open."""
    nodes, edges = drawn
    is_stage = pl.col("kind") == "activity"
    kind = pl.when(is_stage).then(pl.lit("stage")).otherwise("kind").alias("kind")
    return nodes.with_columns(kind, opens=pl.when(is_stage).then("activity")), edges


def holding(drawn: Drawn, activities: pl.DataFrame, activity_stages: pl.DataFrame | None, names: pl.DataFrame) -> Drawn:
    """A drawn map of stages that tell their most frequent activities."""
    if activity_stages is None:
        return drawn
    nodes, edges = drawn
    called = names.select("activity", "name")
    order = ["event_count", "activity"]
    known = activities.select("activity", "event_count").join(activity_stages, on="activity", how="inner")
    held = (
        known.join(called, on="activity", how="left")
        .with_columns(pl.coalesce("name", "activity").alias("name"))
        .sort(order, descending=[True, False])
        .group_by("stage", maintain_order=True)
        .agg(pl.col("name").head(MOST_HELD).str.join("; ").alias("holds"))
    )
    return nodes.join(held, left_on="activity", right_on="stage", how="left", maintain_order="left"), edges


def opening_neighbours(drawn: Drawn) -> Drawn:
    """A drawn stage whose neighbours open."""
    nodes, edges = drawn
    is_neighbour = pl.col("kind").is_in(["came_from", "went_to"])
    return nodes.with_columns(opens=pl.when(is_neighbour).then(pl.col("activity").str.slice(1))), edges


def stage_title(stage: str) -> Words:
    """What a stage is called; one without a name keeps its code."""
    return {spoken: STAGES.get(stage, {}).get(spoken, stage) for spoken in LANGUAGES}


def stage_names(language: Language) -> pl.DataFrame:
    """The stages that have a name: `activity`, `name`."""
    rows = [(stage, words[language]) for stage, words in STAGES.items()]
    return pl.DataFrame(rows, schema={"activity": pl.String, "name": pl.String}, orient="row")


def with_stages(names: pl.DataFrame, language: Language) -> pl.DataFrame:
    """The names of activities, and those of the stages that are no activities too."""
    return pl.concat([names.select("activity", "name"), stage_names(language)]).unique(
        "activity", keep="first", maintain_order=True
    )

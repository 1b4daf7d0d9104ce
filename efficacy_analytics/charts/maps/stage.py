"""A stage opened: its activities with the flows among them, and the stages beside it at the borders.

To the left stand the stages that cases came from, to the right those they went to. The most frequent activities and
neighbours are shown, so that the picture keeps to its number of boxes.
"""

from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.layout.paths import CAME_FROM, WENT_TO, clock_columns, paths
from efficacy_analytics.charts.maps.layout.placing import PROCESSOR_SECONDS, map_layout
from efficacy_analytics.vocabulary import Language

MOST_NEIGHBOURS: Final = 5
"""On each side."""
SIDES: Final = {"from": CAME_FROM, "to": WENT_TO}


def stage_layout(
    stage: str,
    directly_follows: pl.DataFrame,
    activities: pl.DataFrame,
    borders: pl.DataFrame,
    *,
    names: pl.DataFrame,
    most_nodes: int = 28,
    direction: str = "right",
    language: Language = "zh",
    processor_seconds: float = PROCESSOR_SECONDS,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Boxes and lines of one stage, as `map_layout` gives them; neighbours are of kind `came_from` and `went_to`.

    Args:
        stage: its name, as in `borders`.
        directly_follows: the table of that name, among the activities of the stage.
        activities: the table of that name, those of the stage.
        borders: the table `stage_borders`.
        names: `activity` and `name`, of activities and of stages.
        most_nodes: how many activities are shown at most, beside neighbours and ends.
        direction: "right" or "down", the way the map runs.
        language: of what stands on the lines.
        processor_seconds: time of the processor for one layout.
    """
    crossed = _crossed(stage, borders)
    lines = _lines(directly_follows, crossed)
    shown = activities.sort("event_count", "activity", descending=[True, False]).head(most_nodes)
    neighbours = _neighbours(crossed)
    inside = _ends_of(shown)
    return map_layout(
        lines,
        pl.concat([inside, neighbours]),
        names=pl.concat([names.select("activity", "name"), _neighbour_names(neighbours, names)]),
        most_nodes=most_nodes + 2 * MOST_NEIGHBOURS,
        most_edges=2 * shown.height + neighbours.height,
        direction=direction,
        language=language,
        processor_seconds=processor_seconds,
    )


def has_paths(stage: str, directly_follows: pl.DataFrame, activities: pl.DataFrame, borders: pl.DataFrame) -> bool:
    """Whether a stage has a line to draw; of an edition for the public all may be withheld. Arguments as above."""
    crossed = _crossed(stage, borders)
    boxes = pl.concat([_ends_of(activities), _neighbours(crossed)])
    return not paths(_lines(directly_follows, crossed), boxes).is_empty()


def _lines(directly_follows: pl.DataFrame, crossed: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([_pairs(directly_follows), _pairs(crossed)])


def _crossed(stage: str, borders: pl.DataFrame) -> pl.DataFrame:
    """The flows over the borders to the most frequent neighbours, as lines between keys."""
    here = borders.filter(pl.col("stage") == stage).with_columns(
        key=pl.concat_str(pl.col("side").replace_strict(SIDES), "neighbour")
    )
    use = here.group_by("side", "key").agg(pl.col("transition_count").sum().alias("use"))
    order = ["side", "use", "key"]
    kept = use.sort(order, descending=[False, True, False]).group_by("side", maintain_order=True).head(MOST_NEIGHBOURS)
    enters = pl.col("side") == "from"
    return here.join(kept, on=["side", "key"], how="semi", maintain_order="left").with_columns(
        pl.when(enters).then("key").otherwise("activity").alias("activity"),
        pl.when(enters).then("activity").otherwise("key").alias("next_activity"),
    )


def _neighbours(crossed: pl.DataFrame) -> pl.DataFrame:
    """The neighbours as boxes; a start or an end of their own, so that they need no other way in or out."""
    count = pl.col("transition_count").sum()
    return (
        crossed.group_by("key", "side", maintain_order=True)
        .agg(count.alias("event_count"), pl.lit(None).alias("case_count"))
        .select(
            pl.col("key").alias("activity"),
            "event_count",
            "case_count",
            pl.when(pl.col("side") == "from").then("event_count").otherwise(0).alias("start_case_count"),
            pl.when(pl.col("side") == "to").then("event_count").otherwise(0).alias("end_case_count"),
        )
        .cast(dict.fromkeys(("event_count", "case_count", "start_case_count", "end_case_count"), pl.Int64))
    )


def _ends_of(shown: pl.DataFrame) -> pl.DataFrame:
    counts = pl.col("event_count", "case_count", "start_case_count", "end_case_count").cast(pl.Int64)
    return shown.select(pl.col("activity").cast(pl.String), counts)


def _pairs(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.select(
        pl.col("activity", "next_activity").cast(pl.String),
        pl.col("transition_count", "case_count").cast(pl.Int64),
        *clock_columns(lines),
    )


def _neighbour_names(neighbours: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    known = dict(names.select("activity", "name").iter_rows())
    keys = neighbours["activity"].to_list()
    called = [known.get(key[1:], key[1:]) for key in keys]
    return pl.DataFrame({"activity": keys, "name": called}, schema={"activity": pl.String, "name": pl.String})

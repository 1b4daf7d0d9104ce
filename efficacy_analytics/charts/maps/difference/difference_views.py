"""The views of a difference map, the boxes of both groups together: activities, or stages first and each opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.book import MapBook, Picture, View
from efficacy_analytics.charts.maps.difference.difference_map import difference_picture, difference_spec
from efficacy_analytics.charts.maps.layout.paths import CLOCK_COLUMNS
from efficacy_analytics.charts.maps.layout.placing import map_layout
from efficacy_analytics.charts.maps.stage import stage_layout
from efficacy_analytics.charts.maps.stages import (
    Drawn,
    holding,
    opening,
    opening_neighbours,
    stage_names,
    stage_title,
    with_stages,
)
from efficacy_analytics.charts.maps.views import ALL, OPENED, ROOM, STAGES_FIRST, TITLES, fitting, shown_note
from efficacy_analytics.vocabulary import LANGUAGES, Language, Words

TITLE: Final = {"zh": "{b} 与 {a} 的差异", "en": "{b} against {a}"}
TITLE_OF_STAGE: Final = {"zh": "{b} 与 {a} 的差异：阶段 {stage}", "en": "{b} against {a}: stage {stage}"}
HOW_TO_READ: Final = {
    "zh": "蓝色：{b} 较短（或走的办件较少）；橙色：较长（或较多）；线越粗，两者合计走得越多。"
    "实线表示差异显著：等待按办件取平均后用曼—惠特尼检验，占比用费希尔精确检验，全部流转的错误发现率控制在 5% 以内；"
    "灰色虚线为不显著、办件太少或未作比较。",
    "en": "Blue: {b} is shorter (or fewer of its cases go this way); orange: longer (or more); lines are wider the "
    "more both use them. Solid lines are significant: waits, averaged per case, by the Mann–Whitney test, shares by "
    "Fisher's exact test, with false discoveries over all paths kept to 5%. Grey dashes are not significant, have too "
    "few cases or are not compared.",
}
COUNTS: Final = ("event_count", "case_count", "start_case_count", "end_case_count")


@dataclass(frozen=True)
class DifferenceTables:
    """What a difference map is made of; without the tables of stages it shows activities.

    Attributes:
        activities: the tables `activities` of A and B.
        differences: the table `differences` of activities.
        activity_stages: the stage of each activity, or none.
        stages: the tables `stages` of A and B, or none.
        stage_differences: the table `differences` of stages, or none.
        stage_borders: the tables `stage_borders` of A and B, or none.
    """

    activities: tuple[pl.DataFrame, pl.DataFrame]
    differences: pl.DataFrame
    activity_stages: pl.DataFrame | None = None
    stages: tuple[pl.DataFrame, pl.DataFrame] | None = None
    stage_differences: pl.DataFrame | None = None
    stage_borders: tuple[pl.DataFrame, pl.DataFrame] | None = None


def difference_book(
    tables: DifferenceTables,
    names: Mapping[Language, pl.DataFrame],
    groups: tuple[str, str],
    language: Language = "zh",
) -> MapBook:
    """The difference map with all its views.

    Args:
        tables: what it is made of.
        names: of activities, by language: `activity`, `name`.
        groups: what A and B are called.
        language: the one it opens in.
    """
    views = tuple(_views(tables, names, groups))
    return MapBook({spoken: difference_spec(spoken, groups) for spoken in LANGUAGES}, views, language)


def _views(tables: DifferenceTables, names: Mapping[Language, pl.DataFrame], groups: tuple[str, str]) -> Iterator[View]:
    boxes = _united(tables.activities, "activity")
    pairs = _pairs(tables.differences)
    if tables.stages is None or tables.stage_differences is None or tables.stage_borders is None:
        most = fitting(pairs, boxes, names, ROOM)
        drawn = {spoken: map_layout(pairs, boxes, names=called, most_nodes=most) for spoken, called in names.items()}
        yield _view(ALL, TITLES[ALL], drawn, tables.differences, boxes, groups)
        return
    stages = _united(tables.stages, "stage")
    most = fitting(_pairs(tables.stage_differences), stages, {spoken: stage_names(spoken) for spoken in names}, ROOM)
    whole_views = {}
    for spoken, called in names.items():
        drawn_stages = map_layout(
            _pairs(tables.stage_differences),
            stages,
            names=stage_names(spoken),
            most_nodes=most,
            most_edges=most * 3 // 2,
        )
        whole_views[spoken] = holding(opening(drawn_stages), boxes, tables.activity_stages, called)
    yield _view(STAGES_FIRST, TITLES[STAGES_FIRST], whole_views, tables.stage_differences, stages, groups)
    borders = pl.concat(tables.stage_borders).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in CLOCK_COLUMNS
    )
    keys = ["stage", "side", "neighbour", "activity", *CLOCK_COLUMNS]
    borders = (
        borders.group_by(keys, maintain_order=True).agg(pl.col("transition_count", "case_count").sum()).sort(keys[:4])
    )
    for stage in stages["activity"]:
        yield _opened(stage, tables, borders, names, groups)


def _opened(
    stage: str,
    tables: DifferenceTables,
    borders: pl.DataFrame,
    names: Mapping[Language, pl.DataFrame],
    groups: tuple[str, str],
) -> View:
    if tables.activity_stages is None:
        raise ValueError("the map has no stages to open")
    mine = tables.activity_stages.filter(pl.col("stage") == stage)
    boxes = _united(tables.activities, "activity").join(mine, on="activity", how="semi", maintain_order="left")
    pairs = _pairs(tables.differences)
    drawn = {
        spoken: opening_neighbours(
            stage_layout(stage, pairs, boxes, borders, names=with_stages(called, spoken), most_nodes=OPENED)
        )
        for spoken, called in names.items()
    }
    return _view(stage, stage_title(stage), drawn, tables.differences, boxes, groups)


def _view(
    key: str,
    title: Words,
    drawn: Mapping[Language, Drawn],
    differences: pl.DataFrame,
    boxes: pl.DataFrame,
    groups: tuple[str, str],
) -> View:
    is_whole = key in (ALL, STAGES_FIRST)
    pictures: dict[Language, Picture] = {}
    notes: Words = {}
    for spoken, (nodes, edges) in drawn.items():
        words = TITLE if is_whole else TITLE_OF_STAGE
        called = words[spoken].format(a=groups[0], b=groups[1], stage=title[spoken])
        pictures[spoken] = difference_picture(nodes, edges, differences, spoken, title=called)
        shown = shown_note(key if is_whole else "stage", nodes, boxes, spoken)
        space = "" if spoken == "zh" else " "
        notes[spoken] = HOW_TO_READ[spoken].format(a=groups[0], b=groups[1]) + space + shown
    return View(key, title, pictures, notes)


def _united(tables: tuple[pl.DataFrame, pl.DataFrame], key: str) -> pl.DataFrame:
    """The boxes of both groups with their counts together, most events first."""
    name = pl.col(key).cast(pl.String).alias("activity")
    counts = pl.concat(table.select(name, pl.col(COUNTS).cast(pl.Int64)) for table in tables)
    together = counts.group_by("activity").agg(pl.col(COUNTS).sum())
    return together.sort("event_count", "activity", descending=[True, False])


def _pairs(differences: pl.DataFrame) -> pl.DataFrame:
    """The lines of both groups with their counts together; times are told by the differences alone."""
    return differences.select(
        "activity",
        "next_activity",
        *(
            (pl.col(f"{name}_a") + pl.col(f"{name}_b")).cast(pl.Int64).alias(name)
            for name in ("transition_count", "case_count")
        ),
        *(pl.lit(None, pl.Float64).alias(name) for name in CLOCK_COLUMNS),
    )

"""The pictures a process map consists of: all activities at once, or stages first and each stage opened.

A log with more activities than a picture holds shows stages; a stage is opened on demand. No view has more than forty
boxes, and both languages show the same activities.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.book import MapBook, Picture, View
from efficacy_analytics.charts.maps.causes import HEIGHT_WITH_BAR, cause_totals
from efficacy_analytics.charts.maps.layout.placing import map_boxes, map_layout
from efficacy_analytics.charts.maps.process_map import map_spec, most_time, picture
from efficacy_analytics.charts.maps.rows import clocks_of
from efficacy_analytics.charts.maps.stage import has_paths, stage_layout
from efficacy_analytics.charts.maps.stages import (
    Drawn,
    holding,
    opening,
    opening_neighbours,
    stage_names,
    stage_title,
    with_stages,
)
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.vocabulary import LANGUAGES, Language, Words

MOST_BOXES: Final = 40
"""In any view, start and end included."""
ENDS: Final = 2
TRIED: Final = (38, 30, 24, 20, 18, 16, 14, 12, 10, 8)
"""Activities of one map, tried in turn until it fits in both languages."""
OPENED: Final = 18
"""Activities of an opened stage; more of them make a picture that nobody reads."""
PAGE_WIDTH: Final = 2600.0
"""At most this many pixels: a wide screen shows it whole, a narrow one scrolls."""
STAGES_FIRST: Final = "stages"
ALL: Final = "activities"
TITLES: Final = {
    ALL: {"zh": "全部环节", "en": "All activities"},
    STAGES_FIRST: {"zh": "全部阶段", "en": "All stages"},
    "map": {"zh": "流程图", "en": "Process map"},
    "of_stages": {"zh": "流程图：各阶段之间的流转", "en": "Process map: how cases pass through the stages"},
    "stage": {
        "zh": "阶段 {stage}：其中的环节，来自和去往的阶段",
        "en": "Stage {stage}: its activities, where cases came from and went to",
    },
}  # fmt: skip
SHOWN: Final = {
    ALL: {
        "zh": "显示 {count} 种环节中最常见的 {shown} 种，覆盖环节记录的 {share}。",
        "en": "The {shown} most frequent of {count} {count:activity|activities} are shown, {share} of all events.",
    },
    "whole": {"zh": "显示全部 {count} 种环节。", "en": "All {count} {count:activity|activities} are shown."},
    "alone": {"zh": "只有一种环节。", "en": "There is one activity alone."},
    STAGES_FIRST: {
        "zh": "显示 {count} 个阶段中最常见的 {shown} 个，覆盖环节记录的 {share}；"
        "点击方框或在“显示”中选择，展开一个阶段。",
        "en": "The {shown} most frequent of {count} {count:stage|stages} are shown, {share} of all events; "
        "click a box, or choose under “Show”, to open a stage.",
    },
    "stage": {
        "zh": "显示本阶段 {count} 种环节中最常见的 {shown} 种，覆盖其记录的 {share}；"
        "虚线框为来自（左）和去往（右）的阶段。",
        "en": "The {shown} most frequent of the stage's {count} {count:activity|activities} are shown, {share} of its "
        "events; "
        "dashed boxes are stages that cases came from (left) and went to (right).",
    },
}


@dataclass(frozen=True)
class Room:
    """How much a picture may hold.

    Attributes:
        most_nodes: boxes, ends included.
        page_width: pixels across; fewer boxes are shown where they would need more.
        page_height: pixels down, likewise.
        direction: "right", or "down" in a document, whose own text says where to look first on the first map.
    """

    most_nodes: int = MOST_BOXES
    page_width: float = PAGE_WIDTH
    page_height: float = float("inf")
    direction: str = "right"


ROOM: Final = Room()


@dataclass(frozen=True)
class MapTables:
    """What a process map is made of: finding tables under their names; without those of stages there are no stages.

    Attributes:
        activities: the table `activities`.
        directly_follows: the table of that name.
        activity_stages: the table of that name, or none.
        stages: the table of that name, or none.
        stage_follows: the table of that name, or none.
        stage_borders: the table of that name, or none.
        waiting_causes: the table of that name, or none: then lines carry no causes.
    """

    activities: pl.DataFrame
    directly_follows: pl.DataFrame
    activity_stages: pl.DataFrame | None = None
    stages: pl.DataFrame | None = None
    stage_follows: pl.DataFrame | None = None
    stage_borders: pl.DataFrame | None = None
    waiting_causes: pl.DataFrame | None = None

    def has_stages_first(self, most_nodes: int = MOST_BOXES) -> bool:
        """Whether there are more activities than one picture holds, and fewer stages than activities."""
        return (
            self.stages is not None
            and self.activities.height > most_nodes
            and self.stages.height < self.activities.height
        )


def map_book(
    tables: MapTables,
    names: Mapping[Language, pl.DataFrame],
    language: Language = "zh",
    *,
    languages: tuple[Language, ...] = LANGUAGES,
    room: Room = ROOM,
) -> MapBook:
    """The process map with all its views, for a page or a notebook.

    Args:
        tables: what it is made of.
        names: of activities, by language: `activity`, `name`.
        language: the one it opens in.
        languages: those the reader can switch to.
        room: how much a picture may hold.
    """
    views = tuple(_views(tables, names, languages, room))
    clocks = _clocks(tables, room)
    has_causes = tables.waiting_causes is not None
    specs = {spoken: map_spec(spoken, clocks, has_causes=has_causes, direction=room.direction) for spoken in languages}
    return MapBook(specs, views, language)


def _clocks(tables: MapTables, room: Room) -> tuple[str, ...]:
    """The clocks on which every view has lengths."""
    shown = [tables.directly_follows]
    if tables.stage_follows is not None and tables.has_stages_first(room.most_nodes):
        shown.append(tables.stage_follows)
    return tuple(clock for clock in clocks_of(shown[0]) if all(clock in clocks_of(one) for one in shown))


def first_layout(
    tables: MapTables, names: Mapping[Language, pl.DataFrame], language: Language, room: Room = ROOM
) -> Drawn:
    """Boxes and lines of the view that a map opens with: stages, or all activities; arguments as for `map_book`."""
    if tables.has_stages_first(room.most_nodes):
        pairs, boxes = stage_tables(tables)
        called = {spoken: stage_names(spoken) for spoken in names}
        most = fitting(pairs, boxes, called, room)
        drawn = map_layout(
            pairs,
            boxes,
            names=called[language],
            most_nodes=most,
            most_edges=most * 3 // 2,
            direction=room.direction,
            language=language,
        )
        return holding(opening(drawn), tables.activities, tables.activity_stages, names[language])
    pairs, boxes = tables.directly_follows, tables.activities
    most = fitting(pairs, boxes, names, room)
    height = None if tables.waiting_causes is None else HEIGHT_WITH_BAR
    return map_layout(
        pairs,
        boxes,
        names=names[language],
        most_nodes=most,
        label_height=height,
        direction=room.direction,
        language=language,
    )


def stage_tables(tables: MapTables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables of stages as a map of activities has them: pairs, and boxes."""
    if tables.stages is None or tables.stage_follows is None:
        raise ValueError("the map has no stages")
    pairs = tables.stage_follows.rename({"stage": "activity", "next_stage": "next_activity"})
    return pairs, tables.stages.rename({"stage": "activity"})


def fitting(
    pairs: pl.DataFrame,
    boxes: pl.DataFrame,
    names: Mapping[Language, pl.DataFrame],
    room: Room,
) -> int:
    """The most boxes whose map still fits the page, whatever the language of their names."""
    tried = [most for most in TRIED if most <= room.most_nodes - ENDS] or [max(room.most_nodes - ENDS, 1)]
    return next((most for most in tried if _fits(pairs, boxes, names, most, room)), tried[-1])


def width_of(nodes: pl.DataFrame) -> float:
    """Where the last box of a layout ends, in pixels."""
    return max((nodes["x"] + nodes["width"] / 2).to_list(), default=0.0)


def height_of(nodes: pl.DataFrame) -> float:
    """Where the lowest box of a layout ends, in pixels."""
    return max((nodes["y"] + nodes["height"] / 2).to_list(), default=0.0)


def _first_note(kind: str, drawn: Drawn, boxes: pl.DataFrame, language: Language, room: Room) -> str:
    return (shown_note(kind, drawn[0], boxes, language) if room.direction == "down"
            else _note(kind, drawn, boxes, language))  # fmt: skip


def _note(kind: str, drawn: Drawn, boxes: pl.DataFrame, language: Language) -> str:
    """Where to look first, and how much the view shows."""
    told = (most_time(drawn[1], language), shown_note(kind, drawn[0], boxes, language))
    return ("" if language == "zh" else " ").join(filter(None, told))


def shown_note(kind: str, nodes: pl.DataFrame, boxes: pl.DataFrame, language: Language) -> str:
    """How many of the boxes there are a view shows, and what share of the events."""
    shown = nodes.filter(pl.col("kind").is_in(["activity", "stage"]))
    everything = sum(boxes["event_count"].to_list())
    if shown.height == boxes.height and kind == ALL:
        one_or_all = "alone" if boxes.height == 1 else "whole"
        return SHOWN[one_or_all][language].format(count=figures.count(boxes.height, language))
    return SHOWN[kind][language].format(
        count=figures.count(boxes.height, language),
        shown=figures.count(shown.height, language),
        share=figures.share(sum(shown["event_count"].to_list()) / everything if everything else None, language),
    )


def _fits(
    pairs: pl.DataFrame, boxes: pl.DataFrame, names: Mapping[Language, pl.DataFrame], most: int, room: Room
) -> bool:
    tried = (
        map_boxes(pairs, boxes, names=called, most_nodes=most, direction=room.direction) for called in names.values()
    )
    return all(width_of(nodes) <= room.page_width and height_of(nodes) <= room.page_height for nodes in tried)


def _views(
    tables: MapTables, names: Mapping[Language, pl.DataFrame], languages: tuple[Language, ...], room: Room
) -> Iterator[View]:
    if not tables.has_stages_first(room.most_nodes):
        yield _all_activities(tables, names, languages, room)
        return
    yield _all_stages(tables, names, languages, room)
    for stage in stage_tables(tables)[1]["activity"]:
        if has_paths(stage, tables.directly_follows, _activities_of(tables, stage), _borders(tables)):
            yield _opened(tables, stage, names, languages, room)


def _all_activities(
    tables: MapTables, names: Mapping[Language, pl.DataFrame], languages: tuple[Language, ...], room: Room
) -> View:
    causes = None if tables.waiting_causes is None else cause_totals(tables.waiting_causes)
    pictures: dict[Language, Picture] = {}
    notes: Words = {}
    for spoken in languages:
        drawn = first_layout(tables, names, spoken, room)
        pictures[spoken] = picture(*drawn, spoken, causes=causes)
        notes[spoken] = _first_note(ALL, drawn, tables.activities, spoken, room)
    return View(ALL, TITLES[ALL], pictures, notes)


def _all_stages(
    tables: MapTables, names: Mapping[Language, pl.DataFrame], languages: tuple[Language, ...], room: Room
) -> View:
    drawn = {spoken: first_layout(tables, names, spoken, room) for spoken in languages}
    pictures = {spoken: picture(*both, spoken, title=TITLES["of_stages"][spoken]) for spoken, both in drawn.items()}
    boxes = stage_tables(tables)[1]
    notes: Words = {spoken: _first_note(STAGES_FIRST, both, boxes, spoken, room) for spoken, both in drawn.items()}
    return View(STAGES_FIRST, TITLES[STAGES_FIRST], pictures, notes)


def _activities_of(tables: MapTables, stage: str) -> pl.DataFrame:
    """The activities of a stage that are shown."""
    if tables.activity_stages is None:
        raise ValueError("the map has no stages to open")
    mine = tables.activity_stages.filter(pl.col("stage") == stage)
    return tables.activities.join(mine, on="activity", how="semi", maintain_order="left")


def _borders(tables: MapTables) -> pl.DataFrame:
    if tables.stage_borders is None:
        raise ValueError("the map has no stages to open")
    return tables.stage_borders


def _opened(
    tables: MapTables,
    stage: str,
    names: Mapping[Language, pl.DataFrame],
    languages: tuple[Language, ...],
    room: Room,
) -> View:
    boxes = _activities_of(tables, stage)
    pictures: dict[Language, Picture] = {}
    notes: Words = {}
    called = stage_title(stage)
    for spoken in languages:
        drawn = opening_neighbours(
            stage_layout(
                stage,
                tables.directly_follows,
                boxes,
                _borders(tables),
                names=with_stages(names[spoken], spoken),
                most_nodes=OPENED,
                direction=room.direction,
                language=spoken,
            )
        )
        pictures[spoken] = picture(*drawn, spoken, title=TITLES["stage"][spoken].format(stage=called[spoken]))
        notes[spoken] = _note("stage", drawn, boxes, spoken)
    return View(stage, called, pictures, notes)

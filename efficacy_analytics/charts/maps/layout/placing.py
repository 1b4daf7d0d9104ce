"""Where the activities and paths of a process map stand.

The most frequent activities are shown; boxes are as wide as their words, Chinese characters counted double, and so
the map is the same on every machine. The coordinates are Graphviz' (dot), the lines are drawn from its curves.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.maps.layout.dot import LayoutTimeoutError, layout
from efficacy_analytics.charts.maps.layout.forward import forward_order
from efficacy_analytics.charts.maps.layout.label_places import LABELS, Box, Size, label_places
from efficacy_analytics.charts.maps.layout.label_sizes import is_stacked, label_shapes, widest
from efficacy_analytics.charts.maps.layout.paths import (
    CAME_FROM,
    END,
    LENGTHS,
    START,
    WENT_TO,
    is_marked,
    most_used,
    paths,
)
from efficacy_analytics.charts.style.text_width import display_width, wrapped
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.vocabulary import Language

CHARACTER_WIDTHS: Final = {"right": 6.4, "down": 8.0}
"""Of a half-width letter in a box, in pixels, by the way a map runs: what is shrunk to a page has larger letters."""
LINE_HEIGHT: Final = 15.0
END_SIZE: Final = 30.0
KINDS: Final = {START[0]: "start", END[0]: "end", CAME_FROM: "came_from", WENT_TO: "went_to"}
"""What a box is, by the first character of its key; any other is an activity."""
RANKS: Final = {"start": "source", "came_from": "source", "end": "sink", "went_to": "sink"}
CURVE_STEPS: Final = 12
PROCESSOR_SECONDS: Final = 20.0
TIP_SIZE: Final = 11.0
TIP_AREA: Final = (45.0, 14.0)
"""Square pixels of a tip, and how many more for each pixel of its line's width."""
GRAPHS: Final = {
    "right": {"rankdir": "LR", "nodesep": "0.25", "ranksep": "0.88", "splines": "true"},
    "down": {"rankdir": "TB", "nodesep": "0.4", "ranksep": "0.35", "splines": "true"},
}
"""How dot draws a map, by the way it runs: to the right on a screen, down on a page."""

NODE_COLUMNS: Final = [
    "activity", "kind", "name", "label", "event_count", "case_count", "shown_from", "x", "y", "width", "height",
]  # fmt: skip


def map_layout(
    directly_follows: pl.DataFrame,
    activities: pl.DataFrame,
    *,
    names: pl.DataFrame | None = None,
    most_nodes: int = 40,
    most_edges: int | None = None,
    label_height: float | None = None,
    direction: str = "right",
    language: Language = "zh",
    processor_seconds: float = PROCESSOR_SECONDS,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Boxes and lines of a process map with their coordinates.

    Args:
        directly_follows: one row per pair with `activity`, `next_activity`, `transition_count`, `case_count` and
            `elapsed_seconds_…`, `open_seconds_…` (`mean`, `median`, `p90`).
        activities: one row per activity with `event_count`, `case_count`, `start_case_count`, `end_case_count`.
        names: `activity` and `name`, what to write instead of the code; by default the code.
        most_nodes: how many activities are shown at most, the most frequent ones.
        most_edges: how many lines are shown at most, beside those that connect; by default two per activity.
        label_height: room for what stands on a line, in pixels; by default that of its words.
        direction: "right" or "down", the way the map runs.
        language: of what stands on the lines.
        processor_seconds: time of the processor for one layout; when it is over, half of the lines are tried.

    Returns:
        nodes: one row per box that a line leads to or from, most frequent first, then start and end: `activity`
        (null at the ends), `kind` (`activity`, `came_from`, `went_to`, `start`, `end`), `name`, `label` (its lines),
        `event_count`, `case_count`, `shown_from`, `x`, `y` (its middle, origin at the top left), `width`, `height`,
        in pixels.
        edges: one row per line, most important first: `activity`, `next_activity` (null at the ends), `name`,
        `next_name`, `transition_count`, `case_count`, the clock columns, `shown_from` (share of the transitions
        on more important lines: a slider at s shows the lines below s), `xs`, `ys` (points along it), `tip_x`,
        `tip_y`, `tip_angle` (degrees clockwise from upwards), `label_x`, `label_y` (null where a label has no room),
        `label_align`, `label_is_stacked` (its count above its time), `mark_x`, `mark_y` (of the lines that hold most
        time on any clock).

    Raises:
        CannotAnswerError: there is no activity, or no layout within the time.
    """
    nodes, edges, placed = _laid_out(
        directly_follows, activities, names, most_nodes, most_edges, processor_seconds, direction
    )
    width, _ = LABELS[direction]
    shapes = [[(width, label_height)]] * edges.height if label_height else label_shapes(edges, language, direction)
    placed_edges = _placed_edges(edges, nodes, placed, shapes)
    is_above = pl.col("label_shape").map_elements(lambda shape: is_stacked(shape, direction), return_dtype=pl.Boolean)
    return _placed_nodes(nodes, placed), placed_edges.with_columns(label_is_stacked=is_above).drop("label_shape")


def map_boxes(
    directly_follows: pl.DataFrame,
    activities: pl.DataFrame,
    *,
    names: pl.DataFrame | None = None,
    most_nodes: int = 40,
    direction: str = "right",
) -> pl.DataFrame:
    """The boxes of a process map alone, as `map_layout` places them: what is needed to know its size."""
    nodes, _, placed = _laid_out(directly_follows, activities, names, most_nodes, None, PROCESSOR_SECONDS, direction)
    return _placed_nodes(nodes, placed)


def _laid_out(
    directly_follows: pl.DataFrame,
    activities: pl.DataFrame,
    names: pl.DataFrame | None,
    most_nodes: int,
    most_edges: int | None,
    processor_seconds: float,
    direction: str,
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """The boxes and lines of a map, and where the layout puts them."""
    chosen = activities.sort("event_count", "activity", descending=[True, False]).head(most_nodes)
    lines = paths(directly_follows, chosen)
    if lines.is_empty():
        raise CannotAnswerError("there is no activity to draw.", hint="widen the cohort")
    wanted = 2 * chosen.height if most_edges is None else most_edges
    for most in (wanted, wanted // 2, wanted // 4, 0):
        edges = most_used(lines, most)
        nodes = _nodes(chosen, edges, names, CHARACTER_WIDTHS[direction])
        try:
            return nodes, edges, layout(_graph(nodes, edges, direction), processor_seconds=processor_seconds)
        except LayoutTimeoutError:
            continue
    raise CannotAnswerError(
        f"a map of {chosen.height} activities found no layout in {processor_seconds:g} seconds of the processor.",
        hint="ask for fewer activities",
    )


def _nodes(chosen: pl.DataFrame, edges: pl.DataFrame, names: pl.DataFrame | None, letter_width: float) -> pl.DataFrame:
    """The boxes with their words and sizes; `key` is the activity, START or END."""
    key = pl.col("activity").cast(pl.String)
    boxes = chosen.select(key.alias("key"), pl.col("event_count", "case_count").cast(pl.Int64))
    used = _first_shown(edges)
    ends = pl.DataFrame({"key": [START, END]})
    known = {} if names is None else dict(names.select(key, pl.col("name")).drop_nulls().iter_rows())
    keys = [*boxes["key"], *ends["key"]]
    labels = [[] if is_end(name) else wrapped(known.get(name, name)) for name in keys]
    return (
        pl.concat([boxes, ends], how="diagonal")
        .with_columns(
            pl.Series("name", [None if is_end(name) else known.get(name, name) for name in keys], dtype=pl.String),
            pl.Series("label", labels, dtype=pl.List(pl.String)),
            pl.Series("width", [_box_width(lines, letter_width) for lines in labels], dtype=pl.Float64),
            pl.Series("height", [_box_height(lines) for lines in labels], dtype=pl.Float64),
        )
        .join(used, on="key", how="inner", maintain_order="left")
    )


def kind_of(key: str) -> str:
    """What a key of the map stands for."""
    return KINDS.get(key[:1], "activity")


def is_end(key: str) -> bool:
    """Whether a key is the start or the end of the map."""
    return key in (START, END)


def _first_shown(edges: pl.DataFrame) -> pl.DataFrame:
    sides = [edges.select(pl.col(side).alias("key"), "shown_from") for side in ("activity", "next_activity")]
    return pl.concat(sides).group_by("key").agg(pl.col("shown_from").min())


def _box_width(lines: Sequence[str], letter_width: float) -> float:
    return max(map(_line_width, lines)) * letter_width + 14 if lines else END_SIZE


def _line_width(line: str) -> float:
    """In half-width characters; a capital is wider than most."""
    return display_width(line) + 0.25 * sum(character.isupper() for character in line)


def _box_height(lines: Sequence[str]) -> float:
    return (len(lines) + 1) * LINE_HEIGHT + 9 if lines else END_SIZE


def _graph(nodes: pl.DataFrame, edges: pl.DataFrame, direction: str) -> dict[str, Any]:
    counts = {(row[0], row[1]): row[2] for row in edges.select("activity", "next_activity", "transition_count").rows()}
    place = {key: number for number, key in enumerate(forward_order(counts, nodes["key"]))}
    return {
        "attributes": GRAPHS[direction],
        "nodes": [
            {
                "name": str(place[row["key"]]),
                "width": row["width"],
                "height": row["height"],
                "rank": RANKS.get(kind_of(row["key"])),
            }
            for row in nodes.iter_rows(named=True)
        ],
        "edges": [
            {
                "tail": str(place[row["activity"]]),
                "head": str(place[row["next_activity"]]),
                "weight": 1 + round(math.log2(max(row["importance"], 1.0))),
                "is_back": place[row["activity"]] > place[row["next_activity"]],
            }
            for row in edges.iter_rows(named=True)
        ],
    }


def _placed_nodes(nodes: pl.DataFrame, placed: dict[str, Any]) -> pl.DataFrame:
    return nodes.with_columns(
        pl.Series("kind", [kind_of(key) for key in nodes["key"]]),
        pl.when(pl.col("name").is_not_null()).then(pl.col("key")).alias("activity"),
        pl.Series("x", [round(x, 1) for x, _ in placed["nodes"]]),
        pl.Series("y", [round(y, 1) for _, y in placed["nodes"]]),
    ).select(NODE_COLUMNS)


def _placed_edges(
    edges: pl.DataFrame, nodes: pl.DataFrame, placed: dict[str, Any], shapes: Sequence[Sequence[Size]]
) -> pl.DataFrame:
    known = dict(nodes.select("key", "name").iter_rows())
    keys = {side: edges[side].to_list() for side in ("activity", "next_activity")}
    named = {side: [None if is_end(key) else key for key in keys[side]] for side in keys}
    drawn = [_drawn(edge) for edge in placed["edges"]]
    boxes = [
        Box(x, y, width, height)
        for (x, y), (width, height) in zip(placed["nodes"], nodes.select("width", "height").rows(), strict=True)
    ]
    lines = [list(zip(line["xs"], line["ys"], strict=True)) for line in drawn]
    widths = widest(edges)
    tips = [Box(line["tip_x"], line["tip_y"], *_tip(width)) for line, width in zip(drawn, widths, strict=True)]
    marks = edges.select(is_marked=pl.any_horizontal(is_marked(clock) for clock in LENGTHS))["is_marked"].arg_true()
    labels = label_places(lines, [*boxes, *tips], shapes=shapes, widths=widths, marked=set(marks))
    return edges.with_columns(
        pl.Series("activity", named["activity"], dtype=pl.String),
        pl.Series("next_activity", named["next_activity"], dtype=pl.String),
        pl.Series("name", [known[key] for key in keys["activity"]], dtype=pl.String),
        pl.Series("next_name", [known[key] for key in keys["next_activity"]], dtype=pl.String),
        *(pl.Series(column, [line[column] for line in drawn]) for column in drawn[0]),
        *(
            pl.Series(f"{part}_{axis}", [point and point[at] for point in points], dtype=pl.Float64)
            for part, points in (("label", [one.words for one in labels]), ("mark", [one.mark for one in labels]))
            for at, axis in enumerate("xy")
        ),
        pl.Series("label_align", [one.align for one in labels], dtype=pl.String),
        pl.Series("label_shape", [one.shape for one in labels], dtype=pl.Int64),
    ).drop("importance", "is_connecting")


def _tip(line_width: float) -> Size:
    """The room of a line's tip: the wider the line, the larger."""
    side = max(TIP_SIZE, math.sqrt(TIP_AREA[0] + TIP_AREA[1] * line_width))
    return side, side


def _drawn(edge: dict[str, Any]) -> dict[str, Any]:
    """A line as points, and its tip."""
    curve = _curve(edge["points"])
    tip, before = edge["tip"], curve[-1]
    angle = math.degrees(math.atan2(tip[0] - before[0], before[1] - tip[1]))
    return {
        "xs": [round(x, 1) for x, _ in curve],
        "ys": [round(y, 1) for _, y in curve],
        "tip_x": round((tip[0] + before[0]) / 2, 1),
        "tip_y": round((tip[1] + before[1]) / 2, 1),
        "tip_angle": round(angle, 1),
    }


def _curve(points: list[list[float]]) -> list[tuple[float, float]]:
    """Points along the cubic Bézier pieces that share their ends."""
    steps = [step / CURVE_STEPS for step in range(1, CURVE_STEPS + 1)]
    curve = [(points[0][0], points[0][1])]
    for first in range(0, len(points) - 3, 3):
        piece = points[first : first + 4]
        curve += [(_bezier(piece, t, 0), _bezier(piece, t, 1)) for t in steps]
    return curve


def _bezier(piece: list[list[float]], t: float, axis: int) -> float:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return sum(weight * point[axis] for weight, point in zip(weights, piece, strict=True))

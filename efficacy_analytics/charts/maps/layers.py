"""The parts of a process map as layers of a drawing: boxes, lines with their tips, labels on a pale ground."""

import json
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.maps.layout.placing import TIP_AREA
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import Language, heading

MARGIN: Final = 8.0
BOXES: Final = "boxes"
LINES: Final = "lines"
"""Names of the data that a picture brings."""
BOX_SIZES: Final = {"right": (12.0, 11.0, 6), "down": (14.5, 12.5, 4)}
"""Of names and counts in a box, and from its edge to the name, in pixels, by the way a map runs."""
MARK_AREA: Final = 270.0
"""Square pixels of the numbered discs."""
SHOWN: Final = "datum.shown_from * 100 < shown"
IS_END: Final = "(datum.kind == 'start' || datum.kind == 'end')"
IS_NEIGHBOUR: Final = "(datum.kind == 'came_from' || datum.kind == 'went_to')"
IS_STACK: Final = "isValid(datum.opens)"
SLIDER: Final = {"zh": "显示的流转占比（%）", "en": "Transitions shown (%)"}
HOLDS: Final = {"zh": "最常见的环节", "en": "Most frequent"}
CROSSED: Final = {"zh": "往来次数", "en": "Transitions"}
KIND_FILL: Final = {"activity": theme.NODE, "stage": "#dfe9f2", "came_from": theme.PAPER, "went_to": theme.PAPER}


@dataclass(frozen=True)
class Plane:
    """How large the drawing plane of a map is, in pixels; the origin is at the top left."""

    width: float
    height: float


def x_of(field: str) -> alt.X:
    """A horizontal position; the drawing's own width says how far the plane goes."""
    domain: list[Any] = [-MARGIN, alt.expr(f"width - {MARGIN:g}")]
    return alt.X(f"{field}:Q").scale(domain=domain, nice=False, zero=False).axis(None)


def y_of(field: str) -> alt.Y:
    """A vertical position, downwards."""
    domain: list[Any] = [alt.expr(f"height - {MARGIN:g}"), -MARGIN]
    return alt.Y(f"{field}:Q").scale(domain=domain, nice=False, zero=False).axis(None)


def title_param() -> alt.Parameter:
    """The title of the picture."""
    return alt.param("map_title", value="")


def plane_of(nodes: pl.DataFrame, edges: pl.DataFrame) -> Plane:
    """The plane that holds all boxes and lines."""
    lines = edges.select(pl.col("xs").list.max().max(), pl.col("ys").list.max().max()).row(0)
    boxes = nodes.select((pl.col("x") + pl.col("width") / 2).max(), (pl.col("y") + pl.col("height") / 2).max()).row(0)
    return Plane(*(float(round(max(line or 0.0, box))) for line, box in zip(lines, boxes, strict=True)))


def slider(language: Language, shown: int) -> alt.Parameter:
    """How many of the transitions are shown, in per cent."""
    return alt.param("shown", value=shown, bind=alt.binding_range(min=5, max=100, step=5, name=SLIDER[language]))


def line_layers(lines: alt.Chart, *, stroke: str, tooltips: list[alt.Tooltip], look: dict[str, Any]) -> list[alt.Chart]:
    """The curves and their tips.

    Args:
        lines: a chart of the lines' rows.
        stroke: an expression for the width of a line, in pixels.
        tooltips: the tooltip.
        look: the encodings of colour and dashes; a tip takes the colour only.
    """
    measured = lines.transform_calculate(stroke=stroke)
    curves = (
        measured.transform_flatten(["xs", "ys"])
        .transform_window(step="row_number()", groupby=["line"])
        .mark_line(strokeCap="butt")
        .encode(
            x=x_of("xs"),
            y=y_of("ys"),
            detail="line:N",
            order="step:Q",
            strokeWidth=alt.StrokeWidth("stroke:Q").scale(None).legend(None),
            tooltip=tooltips,
            **look,
        )
    )
    tips = (
        measured.transform_calculate(tip_size=f"{TIP_AREA[0]:g} + {TIP_AREA[1]:g} * datum.stroke")
        .mark_point(shape="triangle", filled=True, opacity=1)
        .encode(
            x=x_of("tip_x"),
            y=y_of("tip_y"),
            angle=alt.Angle("tip_angle:Q").scale(None),
            size=alt.Size("tip_size:Q").scale(None).legend(None),
            tooltip=tooltips,
            color=look["color"],
        )
    )
    return [curves, tips]


def box_layers(boxes: alt.Chart, language: Language, *, direction: str = "right") -> list[alt.Chart]:
    """The boxes with their words and counts, a second edge behind those that open, and the round ends.

    Args:
        boxes: a chart of the boxes' rows.
        language: of the tooltips.
        direction: "right" or "down", the way the map runs.
    """
    name_size, count_size, inset = BOX_SIZES[direction]
    tooltips = alt.expr(_told(language))
    steps = boxes.transform_filter(f"!{IS_END}")
    ends = boxes.transform_filter(IS_END)
    place: dict[str, Any] = {"x": x_of("x"), "y": y_of("y")}
    edges: dict[str, Any] = {"x": x_of("left"), "x2": "right:Q", "y": y_of("top"), "y2": "bottom:Q"}
    behind = (
        steps.transform_filter(f"{IS_STACK} && datum.kind == 'stage'")
        .mark_rect(fill=theme.PAPER, stroke=theme.MUTED, strokeWidth=1, cornerRadius=4, xOffset=3, x2Offset=3)
        .encode(**edges, yOffset=alt.value(3))
    )
    fill = alt.Fill("kind:N").scale(domain=list(KIND_FILL), range=list(KIND_FILL.values())).legend(None)
    frame: dict[str, Any] = {"stroke": theme.MUTED, "strokeWidth": 1, "cornerRadius": 4}
    inside = steps.transform_filter(f"!{IS_NEIGHBOUR}").mark_rect(tooltip=tooltips, **frame)
    beside = steps.transform_filter(IS_NEIGHBOUR).mark_rect(strokeDash=[4, 3], tooltip=tooltips, **frame)
    frames = [one.encode(**edges, fill=fill) for one in (inside, beside)]
    words: dict[str, Any] = {"lineBreak": "\n", "lineHeight": 15}
    cursor = alt.expr(f"{IS_STACK} ? 'pointer' : 'default'")
    name = steps.mark_text(
        fontSize=name_size, baseline="top", color=theme.INK, cursor=cursor, tooltip=tooltips, **words
    ).encode(x=x_of("x"), y=y_of("top"), yOffset=alt.value(inset), text="words:N")
    count = steps.mark_text(fontSize=count_size, baseline="bottom", color=theme.MUTED, tooltip=tooltips).encode(
        x=x_of("x"), y=y_of("bottom"), yOffset=alt.value(2 - inset), text="event_count:N"
    )
    disc = ends.mark_circle(size=900, color=theme.MUTED, opacity=1).encode(**place)
    end_name = ends.mark_text(fontSize=11, color=theme.PAPER).encode(**place, text="name:N")
    return [behind, *frames, name, count, disc, end_name]


def _told(language: Language) -> str:
    """What a box says when pointed at: its counts; a stage, what it holds."""
    counts = f"{_quoted(heading('event_count', language))}: datum.event_count"
    cases = f"{_quoted(heading('case_count', language))}: datum.case_count"
    activity = f"{{{_quoted(heading('activity', language))}: datum.name, {counts}, {cases}}}"
    holds = f"{_quoted(HOLDS[language])}: datum.holds"
    stage = f"{{{_quoted(heading('stage', language))}: datum.name, {counts}, {cases}, {holds}}}"
    beside = f"{{{_quoted(heading('stage', language))}: datum.name, {_quoted(CROSSED[language])}: datum.event_count}}"
    return f"datum.kind == 'stage' ? {stage} : {IS_NEIGHBOUR} ? {beside} : {activity}"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def label_layers(
    lines: alt.Chart,
    *,
    words: str,
    tooltips: list[alt.Tooltip],
    lift: int = 0,
    colour: Any = theme.INK,
    size: float = 10.5,
    line_height: float = 12.0,
) -> list[alt.Chart]:
    """What stands on each line that has room for it, on a pale ground.

    Args:
        lines: a chart of the lines' rows.
        words: an expression for a list of at most two lines of text; an empty one writes nothing.
        tooltips: the tooltip.
        lift: pixels upwards.
        colour: of the words, or an expression for it.
        size: of the words, in pixels.
        line_height: from one line of text to the next, in pixels.
    """
    places = lines.transform_filter("datum.label_x != null").transform_calculate(words=words)
    raised = alt.expr(f"(length(datum.words) > 1 ? {-line_height / 2:g} : 0) - {lift}")
    text: dict[str, Any] = {"fontSize": size, "lineHeight": line_height, "baseline": "middle", "dy": raised}
    text["align"] = alt.expr("datum.label_align || 'center'")
    place: dict[str, Any] = {"x": x_of("label_x"), "y": y_of("label_y"), "text": "words:N", "tooltip": tooltips}
    halo = places.mark_text(stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", **text).encode(**place)
    return [halo, places.mark_text(color=colour, **text).encode(**place)]


def mark_layers(lines: alt.Chart) -> list[alt.Chart]:
    """The numbered discs of the lines that hold most time.

    Args:
        lines: a chart of these lines' rows, with `place`.
    """
    place: dict[str, Any] = {"x": x_of("mark_x"), "y": y_of("mark_y")}
    disc = lines.mark_circle(size=MARK_AREA, color=theme.TIME_SCALE[-1], opacity=1).encode(**place)
    number = lines.mark_text(fontSize=11.5, fontWeight=700, color=theme.PAPER, baseline="middle")
    return [disc, number.encode(**place, text="place:N")]

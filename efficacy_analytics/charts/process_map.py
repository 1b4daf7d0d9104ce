"""How cases run, and where they wait.

Boxes are activities, lines lead to the next one: the wider, the more often; the darker, the longer the median wait.
A slider takes away the less used lines; it works in a saved page and in JupyterLab, without a network.
"""

from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts import theme
from efficacy_analytics.charts.map_rows import box_rows, line_rows, paces
from efficacy_analytics.vocabulary import CLOCKS, Language, heading

TITLE: Final = {"zh": "流程图：办件怎样流转，在哪里等待", "en": "Process map: how cases run, and where they wait"}
DESCRIPTION: Final = {
    "zh": "流程图，{nodes} 个环节、{edges} 条流转；线越粗次数越多，颜色越深等待越长。",
    "en": "Process map of {nodes} activities and {edges} paths; wider lines are used more, darker ones wait longer.",
}
LEGEND: Final = {"zh": "环节之间的中位时间（{clock}）", "en": "Median time in between ({clock})"}
SLIDER: Final = {"zh": "显示的流转占比（%）", "en": "Transitions shown (%)"}
TOOLTIP: Final = {
    "name": {"zh": "从", "en": "From"},
    "next_name": {"zh": "到", "en": "To"},
    "median": {"zh": "中位数", "en": "Median"},
    "mean": {"zh": "平均", "en": "Mean"},
    "p90": {"zh": "九成不超过", "en": "90% within"},
}
MARGIN: Final = 8.0
SHOWN: Final = "datum.shown_from * 100 < shown"


@dataclass(frozen=True)
class Plane:
    """The drawing plane of a map: pixels, the origin at the top left."""

    width: float
    height: float

    def x(self, field: str) -> alt.X:
        """A horizontal position."""
        return alt.X(f"{field}:Q").scale(domain=[-MARGIN, self.width + MARGIN], nice=False, zero=False).axis(None)

    def y(self, field: str) -> alt.Y:
        """A vertical position, downwards."""
        return alt.Y(f"{field}:Q").scale(domain=[self.height + MARGIN, -MARGIN], nice=False, zero=False).axis(None)


def process_map(
    nodes: pl.DataFrame, edges: pl.DataFrame, language: Language = "zh", *, clock: str = "elapsed", shown: int = 100
) -> alt.LayerChart:
    """The process map with a slider for less used lines.

    Args:
        nodes: boxes as `map_layout` gives them.
        edges: lines as `map_layout` gives them.
        language: "zh" or "en".
        clock: "elapsed" or "open", which median colours the lines.
        shown: where the slider stands at first, in per cent of the transitions.
    """
    slider = alt.param("shown", value=shown, bind=alt.binding_range(min=5, max=100, step=5, name=SLIDER[language]))
    boxes = alt.Chart(box_rows(nodes, language)).transform_filter(SHOWN)
    lines = alt.Chart(line_rows(edges, language, clock)).transform_filter(SHOWN)
    plane = _plane(nodes, edges)
    activity_count = nodes.filter(pl.col("kind") == "activity").height
    return (
        alt.layer(
            *_lines(lines, plane, language, clock), *_boxes(boxes, plane, language), *_labels(lines, plane, language)
        )
        .add_params(slider)
        .properties(
            width=plane.width + 2 * MARGIN,
            height=plane.height + 2 * MARGIN,
            title=TITLE[language],
            description=DESCRIPTION[language].format(nodes=activity_count, edges=edges.height),
        )
        .configure(**theme.config())
    )


def _plane(nodes: pl.DataFrame, edges: pl.DataFrame) -> Plane:
    lines = edges.select(pl.col("xs").list.max().max(), pl.col("ys").list.max().max()).row(0)
    boxes = nodes.select((pl.col("x") + pl.col("width") / 2).max(), (pl.col("y") + pl.col("height") / 2).max()).row(0)
    return Plane(*(float(round(max(line or 0.0, box))) for line, box in zip(lines, boxes, strict=True)))


def _lines(lines: alt.Chart, plane: Plane, language: Language, clock: str) -> list[alt.Chart]:
    legend = alt.Legend(
        title=LEGEND[language].format(clock=CLOCKS[clock][language]),
        orient="top",
        titleOrient="left",
        titleLimit=400,
        symbolType="stroke",
        symbolStrokeWidth=5,
    )
    scale = alt.Scale(domain=paces(clock, language), range=list(theme.WAITING_SCALE))
    colour = alt.when("datum.pace == null").then(alt.value(theme.RULE)).otherwise(
        alt.Color("pace:N", scale=scale, legend=legend)
    )  # fmt: skip
    told = _line_tooltip(language)
    curves = (
        lines.transform_flatten(["xs", "ys"])
        .transform_window(step="row_number()", groupby=["line"])
        .mark_line(strokeCap="round")
        .encode(
            x=plane.x("xs"),
            y=plane.y("ys"),
            detail="line:N",
            order="step:Q",
            color=colour,
            strokeWidth=alt.StrokeWidth("width:Q").scale(None).legend(None),
            tooltip=told,
        )
    )
    tips = lines.mark_point(shape="triangle", filled=True, opacity=1).encode(
        x=plane.x("tip_x"),
        y=plane.y("tip_y"),
        angle=alt.Angle("tip_angle:Q").scale(None),
        size=alt.Size("tip_size:Q").scale(None).legend(None),
        color=colour,
        tooltip=told,
    )
    return [curves, tips]


def _line_tooltip(language: Language) -> list[alt.Tooltip]:
    counts = [alt.Tooltip(f"{name}:N", title=heading(name, language)) for name in ("transition_count", "case_count")]
    words = {name: alt.Tooltip(f"{name}:N", title=title[language]) for name, title in TOOLTIP.items()}
    return [words["name"], words["next_name"], *counts, words["median"], words["mean"], words["p90"]]


def _boxes(boxes: alt.Chart, plane: Plane, language: Language) -> list[alt.Chart]:
    """The boxes, their words and their counts, and the round ends."""
    told = [
        alt.Tooltip("name:N", title=heading("activity", language)),
        alt.Tooltip("event_count:N", title=heading("event_count", language)),
        alt.Tooltip("case_count:N", title=heading("case_count", language)),
    ]
    steps = boxes.transform_filter("datum.kind == 'activity'")
    ends = boxes.transform_filter("datum.kind != 'activity'")
    place: dict[str, Any] = {"x": plane.x("x"), "y": plane.y("y")}
    frame = steps.mark_rect(fill=theme.NODE, stroke=theme.MUTED, strokeWidth=1, cornerRadius=4).encode(
        x=plane.x("left"), x2="right:Q", y=plane.y("top"), y2="bottom:Q", tooltip=told
    )
    words: dict[str, Any] = {"lineBreak": "\n", "lineHeight": 15}
    name = steps.mark_text(fontSize=12, baseline="top", color=theme.INK, **words).encode(
        x=plane.x("x"), y=alt.Y("top:Q").axis(None), yOffset=alt.value(6), text="words:N", tooltip=told
    )
    count = steps.mark_text(fontSize=11, baseline="bottom", color=theme.MUTED).encode(
        x=plane.x("x"), y=alt.Y("bottom:Q").axis(None), yOffset=alt.value(-4), text="event_count:N", tooltip=told
    )
    disc = ends.mark_circle(size=900, color=theme.MUTED, opacity=1).encode(**place)
    end_name = ends.mark_text(fontSize=11, color=theme.PAPER).encode(**place, text="name:N")
    return [frame, name, count, disc, end_name]


def _labels(lines: alt.Chart, plane: Plane, language: Language) -> list[alt.Chart]:
    """Count and median on each line that has room for them, on a pale ground."""
    places = lines.transform_filter("datum.label_x != null").transform_calculate(
        words="datum.median == '—' || datum.median == '–' ? [datum.transition_count]"
        " : [datum.transition_count, datum.median]"
    )
    lift = alt.expr("length(datum.words) > 1 ? -6 : 0")
    text: dict[str, Any] = {"fontSize": 10.5, "lineHeight": 12, "baseline": "middle", "dy": lift}
    place: dict[str, Any] = {"x": plane.x("label_x"), "y": plane.y("label_y"), "text": "words:N"}
    place["tooltip"] = _line_tooltip(language)
    halo = places.mark_text(stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", **text).encode(**place)
    return [halo, places.mark_text(color=theme.INK, **text).encode(**place)]

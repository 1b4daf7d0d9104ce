"""How cases run, and where they wait.

Boxes are activities or stages, lines lead to the next one: the wider, the more often; the darker, the longer the wait.
Native controls below the picture choose the clock, the figure and what the lines show, and a slider takes away the
less used lines; all of it works in a saved page and in JupyterLab, without a network.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.maps.book import Picture, composed
from efficacy_analytics.charts.maps.causes import BARS, cause_bars, cause_rows, causes_switch
from efficacy_analytics.charts.maps.layers import (
    BOXES,
    LINES,
    MARGIN,
    SHOWN,
    box_layers,
    label_layers,
    line_layers,
    plane_of,
    slider,
    title_param,
)
from efficacy_analytics.charts.maps.rows import FIGURES, box_rows, clocks_of, line_rows, paces
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.specification import drawing_ours, specification
from efficacy_analytics.vocabulary import CLOCKS, Language, heading

TITLE: Final = {"zh": "流程图：办件怎样流转，在哪里等待", "en": "Process map: how cases run, and where they wait"}
DESCRIPTION: Final = {
    "zh": "流程图，{nodes} 个环节、{edges} 条流转；线越粗次数越多，颜色越深等待越长。",
    "en": "Process map of {nodes} activities and {edges} paths; wider lines are used more, darker ones wait longer.",
}
LEGEND: Final = {"zh": "环节之间的时间", "en": "Time in between"}
CLOCK: Final = {"zh": "时钟", "en": "Clock"}
FIGURE: Final = {"zh": "时间取", "en": "Time as"}
MEASURE: Final = {"zh": "线条表示", "en": "Lines show"}
MEASURES: Final = {
    "both": {"zh": "频次与等待", "en": "frequency and waiting"},
    "frequency": {"zh": "频次", "en": "frequency"},
    "waiting": {"zh": "等待", "en": "waiting"},
}
TOOLTIP: Final = {
    "name": {"zh": "从", "en": "From"},
    "next_name": {"zh": "到", "en": "To"},
    "median": {"zh": "中位数", "en": "Median"},
    "mean": {"zh": "平均", "en": "Mean"},
    "p90": {"zh": "九成不超过", "en": "90% within"},
}
SHORTER: Final = {"zh": ("办公", ""), "en": ("office ", "")}
"""Left out of a label, for the clock stands in the title."""
STROKE: Final = (
    "measure == 'waiting' ? (isValid(datum[clock + '_' + figure + '_step'])"
    " ? 1.5 + 1.9 * datum[clock + '_' + figure + '_step'] : 1) : datum.width"
)
TIME: Final = "isValid(datum[clock + '_' + figure + '_step'])"


def process_map(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    language: Language = "zh",
    *,
    clock: str = "elapsed",
    shown: int = 100,
    title: str = "",
    causes: pl.DataFrame | None = None,
) -> alt.LayerChart:
    """The process map with its controls: clock, figure, what lines show, and a slider for less used lines.

    Args:
        nodes: boxes as `map_layout` gives them; a box with `opens` leads to another map.
        edges: lines as `map_layout` gives them.
        language: "zh" or "en".
        clock: "elapsed" or "open", on which clock the map opens.
        shown: where the slider stands at first, in per cent of the transitions.
        title: of the picture; by default what a process map is.
        causes: waiting by cause, as `cause_totals` gives it; none for no bars.
    """
    drawn = picture(nodes, edges, language, title=title, causes=causes)
    clocks = tuple(clocks_of(edges))
    spec = map_spec(language, clocks, clock=clock, shown=shown, has_causes=causes is not None)
    return alt.LayerChart.from_dict(composed(spec, drawn), validate=False)


def picture(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    language: Language,
    *,
    title: str = "",
    causes: pl.DataFrame | None = None,
) -> Picture:
    """What `map_spec` draws: arguments as for `process_map`."""
    plane = plane_of(nodes, edges)
    datasets = {BOXES: box_rows(nodes, language).to_dicts(), LINES: line_rows(edges, language).to_dicts()}
    if causes is not None:
        datasets[BARS] = cause_rows(edges, causes, language).to_dicts()
    box_count = nodes.filter(~pl.col("kind").is_in(["start", "end"])).height
    return Picture(
        width=plane.width + 2 * MARGIN,
        height=plane.height + 2 * MARGIN,
        title=title or TITLE[language],
        description=DESCRIPTION[language].format(nodes=box_count, edges=edges.height),
        datasets=datasets,
    )


@cache
@drawing_ours()
def map_spec(
    language: Language,
    clocks: tuple[str, ...],
    *,
    clock: str = "elapsed",
    shown: int = 100,
    has_causes: bool = False,
) -> dict[str, Any]:
    """The drawing of any process map, without its data; `composed` puts a picture in.

    Args:
        language: "zh" or "en".
        clocks: those the reader can choose.
        clock: on which clock the map opens.
        shown: where the slider stands at first.
        has_causes: whether lines carry bars of causes.
    """
    boxes = alt.Chart(alt.NamedData(BOXES)).transform_filter(SHOWN)
    lines = alt.Chart(alt.NamedData(LINES)).transform_filter(SHOWN)
    tooltips = _tooltip(language)
    timed = lines.transform_calculate(
        pace="measure == 'frequency' ? null : datum[clock + '_' + figure + '_step']",
        **{name: f"datum[clock + '_{name}']" for name in FIGURES},
    )
    controls = [*_controls(clocks, language, clock), slider(language, shown)]
    if has_causes:
        controls.append(causes_switch(language))
    drawing = (
        alt.layer(
            *line_layers(timed, stroke=STROKE, tooltips=tooltips, look={"color": _colour(clocks, language)}),
            *box_layers(boxes, language),
            *label_layers(timed, words=_label(language), tooltips=tooltips, lift=4 if has_causes else 0),
            *([cause_bars(language)] if has_causes else []),
        )
        .add_params(title_param(), *controls)
        .resolve_scale(fill="independent")
        .properties(title=alt.TitleParams(alt.expr(_title(language))))
        .configure(**theme.config())
    )
    return specification(drawing)


def _controls(clocks: Sequence[str], language: Language, clock: str) -> list[alt.Parameter]:
    shown = {
        "clock": (CLOCK, clock if clock in clocks else clocks[0], {name: CLOCKS[name] for name in clocks}),
        "figure": (FIGURE, FIGURES[0], {name: TOOLTIP[name] for name in FIGURES}),
        "measure": (MEASURE, "both", MEASURES),
    }
    return [
        alt.param(
            name,
            value=value,
            bind=alt.binding_select(
                options=list(choices), labels=[words[language] for words in choices.values()], name=title[language]
            ),
        )
        for name, (title, value, choices) in shown.items()
    ]


def _title(language: Language) -> str:
    """The title with the clock and the figure shown, as an expression."""
    clocks = json.dumps({name: words[language] for name, words in CLOCKS.items()}, ensure_ascii=False)
    named = json.dumps({name: TOOLTIP[name][language].lower() for name in FIGURES}, ensure_ascii=False)
    before, between, after = ("（", "，", "）") if language == "zh" else (" (", ", ", ")")
    return f"map_title + '{before}' + {clocks}[clock] + '{between}' + {named}[figure] + '{after}'"


def _colour(clocks: Sequence[str], language: Language) -> Any:
    words = {clock: paces(clock, language) for clock in clocks}
    hidden = alt.expr("measure == 'frequency' ? 0 : 1")
    legend = alt.Legend(
        title=LEGEND[language],
        labelExpr=f"{json.dumps(words, ensure_ascii=False)}[clock][datum.value]",
        orient="top",
        titleOrient="left",
        titleLimit=400,
        symbolType="stroke",
        symbolStrokeWidth=5,
        columnPadding=22,
        labelOpacity=hidden,
        symbolOpacity=hidden,
        titleOpacity=hidden,
    )
    scale = alt.Scale(domain=list(range(len(theme.WAITING_SCALE))), range=list(theme.WAITING_SCALE))
    plain = alt.expr(f"measure == 'frequency' ? '{theme.MUTED}' : '{theme.RULE}'")
    return alt.when("!isValid(datum.pace)").then(alt.value(plain)).otherwise(
        alt.Color("pace:O", scale=scale, legend=legend)
    )  # fmt: skip


def _label(language: Language) -> str:
    long, short = SHORTER[language]
    wait = f"replace(datum[clock + '_' + figure], '{long}', '{short}')"
    if language == "en":
        wait = f"replace({wait}, ' days', ' d')"
    return (
        f"measure == 'frequency' || !{TIME} ? (measure == 'waiting' ? [''] : [datum.transition_count])"
        f" : measure == 'waiting' ? [{wait}] : [datum.transition_count, {wait}]"
    )


def _tooltip(language: Language) -> list[alt.Tooltip]:
    counts = [alt.Tooltip(f"{name}:N", title=heading(name, language)) for name in ("transition_count", "case_count")]
    words = {name: alt.Tooltip(f"{name}:N", title=title[language]) for name, title in TOOLTIP.items()}
    return [words["name"], words["next_name"], *counts, words["median"], words["mean"], words["p90"]]

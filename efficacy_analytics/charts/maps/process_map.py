"""How cases run, and where they wait.

Boxes are activities or stages, lines lead to the next one: the wider, the more often; the darker, the more of all time
between steps lies there. The three lines that hold most are numbered, the others are quiet.
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
    mark_layers,
    plane_of,
    slider,
    title_param,
)
from efficacy_analytics.charts.maps.layout.label_sizes import BETWEEN, FONT_SIZES, LINE_HEIGHT, SHORTER, STEP_WIDTHS
from efficacy_analytics.charts.maps.layout.paths import is_marked
from efficacy_analytics.charts.maps.rows import FIGURES, STEP_WORDS, box_rows, clocks_of, line_rows
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.specification import drawing_ours, specification
from efficacy_analytics.vocabulary import CLOCKS, Language, heading

TITLE: Final = {"zh": "流程图：办件怎样流转，在哪里等待", "en": "Process map: how cases run, and where they wait"}
DESCRIPTION: Final = {
    "zh": "流程图，{nodes} 个环节、{edges} 条流转；线越粗次数越多，颜色越深，占环节间隔总时间越多。{marked}",
    "en": "Process map of {nodes} {nodes:activity|activities} and {edges} {edges:path|paths}; wider lines are used "
    "more, darker ones hold more of "
    "all time between steps. {marked}",
}
LEGEND: Final = {"zh": "占环节间隔总时间", "en": "Share of all time between steps"}
MARKED: Final = {
    "one": {
        "zh": "{mark}“{name}”到“{next_name}”占 {share}（{count} 次，中位数 {median}，平均 {mean}）",
        "en": "{mark} from “{name}” to “{next_name}”, {share} ({count} {count:time|times}, median {median}, mean "
        "{mean})",
    },
    "one_untimed": {
        "zh": "{mark}“{name}”到“{next_name}”占 {share}（{count} 次，平均 {mean}）",
        "en": "{mark} from “{name}” to “{next_name}”, {share} ({count} {count:time|times}, mean {mean})",
    },
    "all": {
        "zh": "先看图中{marks}，环节间隔总时间（自然时间）最多的{size}处：{listed}。",
        "en": "Look first at {marks}, where most of all time between steps lies: {listed}.",
    },
    "all_few": {
        "zh": "环节间隔总时间（自然时间）最多的{size}处见图中{marks}：{listed}；次数太少，不足以断定先看何处。",
        "en": "Most of all time between steps lies at {marks}: {listed}; too seldom to say where to look first.",
    },
}
MARKS: Final = "①②③"
FEWEST_TIMES: Final = 10
"""How often one of the numbered lines was taken before it is said to look there first."""
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
    "share": LEGEND,
}
STROKE: Final = (
    f"measure == 'waiting' ? (isValid(datum[clock + '_step']) ? {STEP_WIDTHS[0]} + {STEP_WIDTHS[1]} * "
    "datum[clock + '_step'] : 1) : datum.width"
)
TIME: Final = "isValid(datum[clock + '_step'])"
QUIET: Final = f"measure != 'frequency' && {TIME} && datum[clock + '_step'] < 1"
IS_MARKED: Final = "isValid(datum.mark_x) && isValid(datum[clock + '_place']) && measure != 'frequency'"


def process_map(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    language: Language = "zh",
    *,
    clock: str = "elapsed",
    shown: int = 100,
    title: str = "",
    causes: pl.DataFrame | None = None,
    direction: str = "right",
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
        direction: "right" or "down", as the layout was made.
    """
    drawn = picture(nodes, edges, language, title=title, causes=causes)
    clocks = tuple(clocks_of(edges))
    spec = map_spec(language, clocks, clock=clock, shown=shown, has_causes=causes is not None, direction=direction)
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
        description=DESCRIPTION[language]
        .format(
            nodes=figures.count(box_count, language),
            edges=figures.count(edges.height, language),
            marked=most_time(edges, language),
        )
        .strip(),
        datasets=datasets,
    )


def most_time(edges: pl.DataFrame, language: Language) -> str:
    """Where most time lies, as a sentence on the numbered lines of a map; empty where none is numbered.

    Args:
        edges: lines as `map_layout` gives them.
        language: "zh" or "en".
    """
    rows = edges.filter(is_marked("elapsed")).sort("elapsed_share", descending=True, maintain_order=True)
    told = [
        MARKED["one" if row["elapsed_seconds_median"] is not None else "one_untimed"][language].format(
            mark=mark,
            name=row["name"],
            next_name=row["next_name"],
            share=figures.share(row["elapsed_share"], language),
            count=figures.count(row["transition_count"], language),
            median=figures.duration(row["elapsed_seconds_median"], language),
            mean=figures.duration(row["elapsed_seconds_mean"], language),
        )
        for mark, row in zip(MARKS, rows.iter_rows(named=True), strict=False)
    ]
    if not told:
        return ""
    listed = ("；" if language == "zh" else "; ").join(told)
    size = "一两三"[len(told) - 1]
    often = rows["transition_count"].ge(FEWEST_TIMES).any()
    said = MARKED["all" if often else "all_few"][language]
    return said.format(marks=MARKS[: len(told)], size=size, listed=listed)


@cache
@drawing_ours()
def map_spec(
    language: Language,
    clocks: tuple[str, ...],
    *,
    clock: str = "elapsed",
    shown: int = 100,
    has_causes: bool = False,
    direction: str = "right",
) -> dict[str, Any]:
    """The drawing of any process map, without its data; `composed` puts a picture in.

    Args:
        language: "zh" or "en".
        clocks: those the reader can choose.
        clock: on which clock the map opens.
        shown: where the slider stands at first.
        has_causes: whether lines carry bars of causes.
        direction: "right" or "down", the way the map runs.
    """
    boxes = alt.Chart(alt.NamedData(BOXES)).transform_filter(SHOWN)
    lines = alt.Chart(alt.NamedData(LINES)).transform_filter(SHOWN)
    tooltips = _tooltip(language)
    timed = lines.transform_calculate(
        pace="measure == 'frequency' ? null : datum[clock + '_step']",
        **{name: f"datum[clock + '_{name}']" for name in (*FIGURES, "share")},
    )
    controls = [*_controls(clocks, language, clock), slider(language, shown)]
    if has_causes:
        controls.append(causes_switch(language))
    drawing = (
        alt.layer(
            *line_layers(timed, stroke=STROKE, tooltips=tooltips, look={"color": _colour(language)}),
            *box_layers(boxes, language, direction=direction),
            *label_layers(
                timed,
                words=_label(language),
                tooltips=tooltips,
                lift=4 if has_causes else 0,
                size=FONT_SIZES[direction],
                line_height=LINE_HEIGHT[direction],
                colour=alt.expr(f"{QUIET} ? '{theme.MUTED}' : '{theme.INK}'"),
            ),
            *mark_layers(timed.transform_filter(IS_MARKED).transform_calculate(place="datum[clock + '_place']")),
            *([cause_bars(language)] if has_causes else []),
        )
        .add_params(title_param(), *controls)
        .resolve_scale(fill="independent")
        .properties(title=alt.TitleParams(alt.expr(f"[map_title, {_subtitle(language)}]")))
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


def _subtitle(language: Language) -> str:
    """The clock and the figure shown, as an expression."""
    clocks = json.dumps({name: words[language] for name, words in CLOCKS.items()}, ensure_ascii=False)
    named = json.dumps({name: TOOLTIP[name][language].lower() for name in FIGURES}, ensure_ascii=False)
    between = "，" if language == "zh" else ", "
    return f"{clocks}[clock] + '{between}' + {named}[figure]"


def _colour(language: Language) -> Any:
    hidden = alt.expr("measure == 'frequency' ? 0 : 1")
    legend = alt.Legend(
        title=LEGEND[language],
        labelExpr=f"{json.dumps(STEP_WORDS[language], ensure_ascii=False)}[datum.value]",
        orient="top",
        titleOrient="top",
        titleLimit=400,
        symbolType="stroke",
        symbolStrokeWidth=5,
        columns=3 if language == "en" else 5,
        columnPadding=14,
        labelOpacity=hidden,
        symbolOpacity=hidden,
        titleOpacity=hidden,
    )
    scale = alt.Scale(domain=list(range(len(theme.TIME_SCALE))), range=list(theme.TIME_SCALE))
    plain = alt.expr(f"measure == 'frequency' ? '{theme.MUTED}' : '{theme.RULE}'")
    return alt.when("!isValid(datum.pace)").then(alt.value(plain)).otherwise(
        alt.Color("pace:O", scale=scale, legend=legend)
    )  # fmt: skip


def _label(language: Language) -> str:
    """The count and the time of a line as an expression: below each other, or in one line."""
    wait = "datum[clock + '_' + figure]"
    for long, short in SHORTER[language]:
        wait = f"replace({wait}, '{long}', '{short}')"
    both = (
        f"(datum.label_is_stacked ? [datum.transition_count, {wait}] : [datum.transition_count + '{BETWEEN}' + {wait}])"
    )
    return (
        f"measure == 'frequency' || !{TIME} ? (measure == 'waiting' ? [''] : [datum.transition_count])"
        f" : measure == 'waiting' ? [{wait}] : {both}"
    )


def _tooltip(language: Language) -> list[alt.Tooltip]:
    counts = [alt.Tooltip(f"{name}:N", title=heading(name, language)) for name in ("transition_count", "case_count")]
    words = {name: alt.Tooltip(f"{name}:N", title=title[language]) for name, title in TOOLTIP.items()}
    return [words["name"], words["next_name"], *counts, *(words[name] for name in ("share", *FIGURES))]

"""Where two groups of cases differ, as a map: the ways of both, coloured by how much more or less B has than A.

Blue: B is shorter, or fewer of its cases go that way; orange: longer, or more of them. A solid coloured line is more
than chance, a grey dashed one may be chance.
"""

import json
from functools import cache
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.maps.book import Picture
from efficacy_analytics.charts.maps.difference.difference_rows import CLOCKS as TIMED
from efficacy_analytics.charts.maps.difference.difference_rows import SHARE, STEP_WORDS, STEPS, difference_rows
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
from efficacy_analytics.charts.maps.rows import box_rows
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.specification import drawing_ours, specification
from efficacy_analytics.vocabulary import CLOCKS, Language

DIVERGING: Final = ("#1d4f7c", "#4f8bbb", "#9cc3e0", "#8a939c", "#ebbd7d", "#d3791f", "#8a3f0c")
"""Blue for less, orange for more, told apart by colour-blind readers; in the middle grey."""
UNSURE: Final = "#b9c0c7"
COMPARE: Final = {"zh": "比较", "en": "Compare"}
COMPARED: Final = {
    "wait": {"zh": "等待的中位数", "en": "median waits"},
    SHARE: {"zh": "走这条路的办件占比", "en": "shares of cases that go this way"},
}
CLOCK: Final = {"zh": "时钟", "en": "Clock"}
LEGEND: Final = {"zh": "{b} 比 {a}", "en": "{b} against {a}"}
DESCRIPTION: Final = {
    "zh": "差异图，{nodes} 个环节、{edges} 条流转；蓝色为较短或较少，橙色为较长或较多，灰色虚线为不显著。",
    "en": "Difference map of {nodes} {nodes:activity|activities} and {edges} {edges:path|paths}; blue is shorter or "
    "fewer, orange longer or more, "
    "grey dashes are not significant.",
}
TOLD: Final = {
    "name": {"zh": "从", "en": "From"},
    "next_name": {"zh": "到", "en": "To"},
    "of_a": {"zh": "甲", "en": "A"},
    "of_b": {"zh": "乙", "en": "B"},
    "difference": {"zh": "相差", "en": "Difference"},
    "verdict": {"zh": "检验", "en": "Test"},
}
MEASURE: Final = f"(compare == '{SHARE}' ? '{SHARE}' : clock)"


def difference_picture(
    nodes: pl.DataFrame, edges: pl.DataFrame, differences: pl.DataFrame, language: Language, *, title: str
) -> Picture:
    """What `difference_spec` draws.

    Args:
        nodes: boxes as `map_layout` gives them, of both groups together.
        edges: lines as `map_layout` gives them, of both groups together.
        differences: the table of that name.
        language: "zh" or "en".
        title: of the picture.
    """
    plane = plane_of(nodes, edges)
    lines = difference_rows(edges, differences, language)
    box_count = nodes.filter(~pl.col("kind").is_in(["start", "end"])).height
    return Picture(
        width=plane.width + 2 * MARGIN,
        height=plane.height + 2 * MARGIN,
        title=title,
        description=DESCRIPTION[language].format(
            nodes=figures.count(box_count, language), edges=figures.count(edges.height, language)
        ),
        datasets={BOXES: box_rows(nodes, language).to_dicts(), LINES: lines.to_dicts()},
    )


@cache
@drawing_ours()
def difference_spec(language: Language, names: tuple[str, str]) -> dict[str, Any]:
    """The drawing of any difference map, without its data.

    Args:
        language: "zh" or "en".
        names: what the groups are called, A and B.
    """
    boxes = alt.Chart(alt.NamedData(BOXES)).transform_filter(SHOWN)
    lines = alt.Chart(alt.NamedData(LINES)).transform_filter(SHOWN)
    compared = lines.transform_calculate(
        difference_step=f"datum[{MEASURE} + '_step']",
        is_sure=f"datum[{MEASURE} + '_sure']",
        of_a=f"group_a + ' · ' + datum[{MEASURE} + '_a'] + ' (' + datum.transitions_a + ' ×)'",
        of_b=f"group_b + ' · ' + datum[{MEASURE} + '_b'] + ' (' + datum.transitions_b + ' ×)'",
        difference=f"datum[{MEASURE} + '_difference']",
        verdict=f"datum[{MEASURE} + '_verdict']",
    )
    tooltips = [alt.Tooltip(f"{name}:N", title=words[language]) for name, words in TOLD.items()]
    dash = alt.when("datum.is_sure").then(alt.value([1, 0])).otherwise(alt.value([5, 4]))
    look = {"color": _colour(language, names), "strokeDash": dash}
    drawing = (
        alt.layer(
            *line_layers(compared, stroke="datum.width", tooltips=tooltips, look=look),
            *box_layers(boxes, language),
            *label_layers(compared, words=_label(language), tooltips=tooltips),
        )
        .add_params(title_param(), *_groups(names), *_controls(language), slider(language, 100))
        .resolve_scale(fill="independent")
        .properties(title=alt.TitleParams(alt.expr(_title(language))))
        .configure(**theme.config())
    )
    return specification(drawing)


def _named(words: str, names: tuple[str, str]) -> str:
    return words.format(a=names[0], b=names[1])


def _groups(names: tuple[str, str]) -> list[alt.Parameter]:
    """What the groups are called, as values: Vega-Lite compiles the title of a tooltip, and a name is no expression."""
    return [alt.param(f"group_{letter}", value=name) for letter, name in zip("ab", names, strict=True)]


def _controls(language: Language) -> list[alt.Parameter]:
    choices = {"compare": (COMPARE, COMPARED), "clock": (CLOCK, {name: CLOCKS[name] for name in TIMED})}
    return [
        alt.param(
            name,
            value=next(iter(options)),
            bind=alt.binding_select(
                options=list(options), labels=[words[language] for words in options.values()], name=title[language]
            ),
        )
        for name, (title, options) in choices.items()
    ]


def _title(language: Language) -> str:
    clocks = json.dumps({name: CLOCKS[name][language] for name in TIMED}, ensure_ascii=False)
    what = json.dumps({name: words[language] for name, words in COMPARED.items()}, ensure_ascii=False)
    before, between, after = ("（", "，", "）") if language == "zh" else (" (", ", ", ")")
    clock = f"(compare == '{SHARE}' ? '' : '{between}' + {clocks}[clock])"
    return f"map_title + '{before}' + {what}[compare] + {clock} + '{after}'"


def _colour(language: Language, names: tuple[str, str]) -> Any:
    words = json.dumps(
        {measure: list(tooltips[language]) for measure, tooltips in STEP_WORDS.items()}, ensure_ascii=False
    )
    legend = alt.Legend(
        title=_named(LEGEND[language], names),
        labelExpr=f"{words}[{MEASURE}][datum.value + {-STEPS[0]}]",
        orient="top",
        titleOrient="left",
        titleLimit=400,
        symbolType="stroke",
        symbolStrokeWidth=5,
    )
    scale = alt.Scale(domain=list(STEPS), range=list(DIVERGING))
    return alt.when("!datum.is_sure").then(alt.value(UNSURE)).otherwise(
        alt.Color("difference_step:O", scale=scale, legend=legend)
    )  # fmt: skip


def _label(language: Language) -> str:
    words = "datum.difference"
    for long, short in {
        "zh": (("办公", ""), (" 个百分点", "")),
        "en": (("office ", ""), (" days", " d"), (" points", "")),
    }[language]:
        words = f"replace({words}, '{long}', '{short}')"
    return f"datum.difference_step ? [{words}] : ['']"

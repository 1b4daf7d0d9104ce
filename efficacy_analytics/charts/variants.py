"""Which ways cases take: the most frequent variants as rows of numbered arrows, with how many go there and how long.

An arrow carries the number of its activity, which the legend names: nothing is told by colour alone.
"""

from collections import Counter
from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import shortened
from efficacy_analytics.vocabulary import Language, heading

TITLE: Final = {"zh": "变体：办件走过的路线", "en": "Variants: the ways cases take"}
SLIDER: Final = {"zh": "显示的变体数", "en": "Variants shown"}
LEGEND: Final = {"zh": "环节", "en": "Activities"}
STEP: Final = {"zh": "第几步", "en": "Step"}
MORE: Final = "+{}"
HEADS: Final = ("rank", "case_count", "case_share", "case_share_cumulated", "elapsed_seconds_median")
HEAD_WORDS: Final = {
    "zh": ("序号", "办件", "占比", "累计", "全程中位数"),
    "en": ("Rank", "Cases", "Share", "Sum", "Median"),
}
ARROW: Final = "M-1,-0.8L0.62,-0.8L1,0L0.62,0.8L-1,0.8L-0.62,0Z"
HEAD_PLACES: Final = (24, 76, 128, 182, 250)
LEFT: Final = 268
STEP_WIDTH: Final = 25
ROW: Final = 26
NAME_LENGTH: Final = 34
DARK: Final = (1, 6, 8)
"""Places in `theme.CATEGORIES` of the colours on which a number is white."""


def variant_strips(
    variants: pl.DataFrame,
    names: pl.DataFrame,
    language: Language = "zh",
    *,
    top: int = 25,
    shown: int = 12,
    most_steps: int = 24,
) -> alt.LayerChart:
    """Rows of arrows, the most frequent variant first, with a slider for how many.

    Args:
        variants: the table `variants` or `stage_variants`.
        names: one row per activity with its `name`.
        language: "zh" or "en".
        top: how many variants the picture holds.
        shown: where the slider stands at first.
        most_steps: longer variants are cut there and say how many steps more they have.
    """
    chosen = variants.head(top).with_row_index("rank", offset=1)
    steps, legend = _steps(chosen, dict(names.rows()), language, most_steps)
    slider = alt.param(
        "variants_shown", value=min(shown, chosen.height),
        bind=alt.binding_range(min=1, max=max(chosen.height, 1), step=1, name=SLIDER[language]),
    )  # fmt: skip
    longest = int(steps["step"].max() or 1) if steps.height else 1  # type: ignore[arg-type]
    width = LEFT + STEP_WIDTH * (longest + 2)
    y = alt.Y("rank:O").axis(None).scale(type="point", padding=0.5)
    x = alt.X("x:Q").scale(domain=[0, width], nice=False, zero=False).axis(None)
    return (
        alt.layer(*_arrows(steps, legend, x, y, language), _figures(chosen, x, y, language), _heads(x, language))
        .add_params(slider)
        .properties(
            width=width,
            height=alt.Step(ROW),
            title=alt.Title(TITLE[language], offset=30),
            description=figures.rows_told(TITLE[language], chosen.height, language),
        )
        .configure(**theme.config())
    )


def _arrows(steps: pl.DataFrame, legend: list[str], x: alt.X, y: alt.Y, language: Language) -> list[alt.Chart]:
    colours = [*theme.CATEGORIES, theme.OVERALL]
    scale = alt.Scale(domain=legend, range=[colours[min(place, len(colours) - 1)] for place in range(len(legend))])
    tooltips = [
        alt.Tooltip("name:N", title=heading("activity", language)),
        alt.Tooltip("step:Q", title=STEP[language]),
        alt.Tooltip("rank:O", title=heading("rank", language)),
    ]
    shown = alt.Chart(steps).transform_filter("datum.rank <= variants_shown").encode(x=x, y=y, tooltip=tooltips)
    named = alt.Legend(
        title=LEGEND[language], orient="bottom", columns=4, labelLimit=230, symbolType="square", symbolStrokeWidth=0,
        symbolSize=140,
    )  # fmt: skip
    arrows = (
        shown.transform_filter("datum.name != null")
        .mark_point(shape=ARROW, filled=True, opacity=1, size=560)
        .encode(color=alt.Color("label:N").scale(scale).legend(named))
    )
    inside = shown.mark_text(fontSize=10.5, fontWeight=600, dx=1).encode(
        text="mark:N", color=alt.when("datum.is_on_dark").then(alt.value(theme.PAPER)).otherwise(alt.value(theme.INK))
    )
    return [arrows, inside]


def _figures(chosen: pl.DataFrame, x: alt.X, y: alt.Y, language: Language) -> alt.Chart:
    """What stands before the arrows: number, cases, share, cumulated share, median."""
    rows = [
        {"rank": row["rank"], "x": place, "words": words}
        for row in chosen.iter_rows(named=True)
        for place, words in zip(HEAD_PLACES, _told(row, language), strict=True)
    ]
    schema = {"rank": pl.Int64, "x": pl.Int64, "words": pl.String}
    table = alt.Chart(pl.DataFrame(rows, schema=schema)).transform_filter("datum.rank <= variants_shown")
    return table.mark_text(align="right", fontSize=11.5, color=theme.INK).encode(x=x, y=y, text="words:N")


def _told(row: dict[str, float], language: Language) -> list[str]:
    return [
        str(row["rank"]),
        figures.count(row["case_count"], language),
        figures.share(row["case_share"], language),
        figures.share(row["case_share_cumulated"], language),
        figures.duration(row["elapsed_seconds_median"], language),
    ]


def _heads(x: alt.X, language: Language) -> alt.Chart:
    rows = pl.DataFrame({"x": HEAD_PLACES, "words": HEAD_WORDS[language]})
    return (
        alt.Chart(rows)
        .mark_text(align="right", fontSize=11, color=theme.MUTED)
        .encode(x=x, y=alt.value(-10), text="words:N")
    )


def _steps(
    chosen: pl.DataFrame, names: dict[str, str], language: Language, most_steps: int
) -> tuple[pl.DataFrame, list[str]]:
    """One row per arrow, and the legend: numbers of the activities, the most frequent first."""
    sequences = chosen.select("rank", "activities", "case_count").rows()
    counted: Counter[str] = Counter()
    for _, sequence, count in sequences:
        for activity in sequence[:most_steps]:
            counted[activity] += count
    numbers = {
        activity: place for place, activity in enumerate(sorted(counted, key=lambda one: (-counted[one], one)), 1)
    }
    called = {one: f"{number}  {shortened(names.get(one, one), NAME_LENGTH)}" for one, number in numbers.items()}
    rows = [
        {
            "rank": rank, "step": step, "x": LEFT + STEP_WIDTH * (step - 0.5), "name": names.get(activity, activity),
            "label": called[activity], "mark": str(numbers[activity]),
            "is_on_dark": numbers[activity] in DARK,
        }
        for rank, sequence, _ in sequences
        for step, activity in enumerate(sequence[:most_steps], 1)
    ]  # fmt: skip
    rows += [
        {
            "rank": rank, "step": most_steps, "x": LEFT + STEP_WIDTH * (most_steps + 0.5), "name": None, "label": None,
            "mark": MORE.format(len(sequence) - most_steps), "is_on_dark": False,
        }
        for rank, sequence, _ in sequences if len(sequence) > most_steps
    ]  # fmt: skip
    schema = {
        "rank": pl.Int64, "step": pl.Int64, "x": pl.Float64, "name": pl.String, "label": pl.String, "mark": pl.String,
        "is_on_dark": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema), list(called.values())

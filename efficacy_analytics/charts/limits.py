"""Which time limits could be shorter, and by how much."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import shortened
from efficacy_analytics.vocabulary import TERMS, UNITS, Language, heading

TITLE: Final = {"zh": "从现行时限到可保证时限", "en": "From the limit in force to the safe limit"}
AXIS: Final = {"zh": "时限（{unit}）", "en": "Limit ({unit})"}
IN_FORCE: Final = {"zh": "现行时限", "en": "Limit in force"}
LABEL_LENGTH: Final = 44
ROW_HEIGHT: Final = 24


def limit_dumbbells(limits: pl.DataFrame, language: Language = "zh", *, top: int = 12) -> alt.LayerChart:
    """For each item that can be shortened: the limit in force, the safe one, and the line between; most saved first.

    Limits of one unit only, the one most items have, so that lengths can be compared.

    Args:
        limits: the table `limits`, its items and departments by name.
        language: "zh" or "en".
        top: how many items to draw.
    """
    free = limits.filter(pl.col("kind") == "free")
    unit = _most_common_unit(free)
    rows = _rows(free.filter(pl.col("limit_unit") == unit), language, top)
    names = [IN_FORCE[language], heading("safe_days", language)]
    tooltips = [
        alt.Tooltip("item:N", title=heading("item", language)),
        alt.Tooltip("department:N", title=heading("department", language)),
        alt.Tooltip("limit_days:Q", title=names[0]),
        alt.Tooltip("safe_days:Q", title=names[1]),
        alt.Tooltip("saved_days:Q", title=heading("saved_days", language)),
        alt.Tooltip("completed_count:Q", title=heading("completed_count", language), format=","),
    ]
    axis = alt.Axis(title=AXIS[language].format(unit=UNITS[unit][language].removeprefix("个")), tickMinStep=1)
    base = alt.Chart(rows).encode(y=alt.Y("label:N").sort(None).title(None).axis(domain=False, ticks=False))
    scale = alt.Scale(domain=names, range=[theme.PROMISED, theme.SAFE])
    dots = (
        base.transform_fold(["limit_days", "safe_days"], as_=["side", "days"])
        .transform_calculate(side=f"datum.side == 'limit_days' ? '{names[0]}' : '{names[1]}'")
        .mark_circle(size=90, opacity=1)
        .encode(
            x=alt.X("days:Q").axis(axis).scale(zero=True),
            color=alt.Color("side:N").scale(scale).legend(orient="top", title=None),
            tooltip=tooltips,
        )
    )
    line = base.mark_rule(color=theme.RULE, strokeWidth=4).encode(x="limit_days:Q", x2="safe_days:Q", tooltip=tooltips)
    return (
        alt.layer(line, dots)
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def _most_common_unit(free: pl.DataFrame) -> str:
    counted = free["limit_unit"].drop_nulls().value_counts().sort("count", "limit_unit", descending=[True, False])
    return str(counted["limit_unit"][0]) if counted.height else "working_days"


def _rows(free: pl.DataFrame, language: Language, top: int) -> pl.DataFrame:
    shown = free.sort("saved_days", "department", "item", descending=[True, False, False]).head(top)
    items = shown["item"].fill_null(TERMS["none"][language]).to_list()
    numbers = range(1, len(items) + 1)
    return shown.select(
        "limit_days", "safe_days", "saved_days", "completed_count", pl.col("department").cast(pl.String)
    ).with_columns(
        pl.Series("item", items, dtype=pl.String),
        pl.Series(
            "label",
            [f"{number}  {shortened(item, LABEL_LENGTH)}" for number, item in zip(numbers, items, strict=True)],
            dtype=pl.String,
        ),
    )

"""What a total of days saved costs in cases above the shorter limits."""

import math
from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import UNITS, Language, heading

TITLE: Final = {"zh": "压缩天数与按时办结率", "en": "Days saved against the share on time"}
SAVED: Final = {"zh": "可压缩合计（{unit}）", "en": "Saved, all items ({unit})"}
SHARE: Final = {"zh": "以往办件的按时办结率", "en": "Past cases that would keep the limits"}
SLIDER: Final = {"zh": "按时办结率不低于（%）", "en": "At least on time (%)"}
TOTAL: Final = {"zh": "时限合计", "en": "All limits"}
CHOSEN: Final = {
    "zh": "'压缩 ' + datum.saved_days_total + '，时限合计 ' + datum.limit_days_total + '（{unit}）'",
    "en": "datum.saved_days_total + ' saved, all limits ' + datum.limit_days_total + ' ({unit})'",
}
HEIGHT: Final = 300
MOST_POINTS: Final = 1500
LEAST_SHARE: Final = 0.5


def plan_curve(frontier: pl.DataFrame, language: Language = "zh") -> alt.LayerChart:
    """The most days saved for each share on time, with a slider that reads the best plan for a target.

    Args:
        frontier: the table of `plan_frontier`; what fewer than half of the cases would keep is not drawn.
        language: "zh" or "en".
    """
    unit = UNITS[frontier["limit_unit"][0]][language].removeprefix("个")
    saved = SAVED[language].format(unit=unit)
    likely = frontier.filter(pl.col("on_time_share") >= LEAST_SHARE)
    shown = likely.gather_every(likely.height // MOST_POINTS + 1)
    best = math.floor(1000 * max(shown["on_time_share"], default=1.0)) / 10
    slider = alt.param(
        "asked",
        value=min(best, 95.0),
        bind=alt.binding_range(min=100 * LEAST_SHARE, max=best, step=0.1, name=SLIDER[language]),
    )
    tooltips = [
        alt.Tooltip("saved_days_total:Q", title=saved, format=","),
        alt.Tooltip("limit_days_total:Q", title=TOTAL[language], format=","),
        alt.Tooltip("on_time_share:Q", title=SHARE[language], format=".2%"),
        alt.Tooltip("breach_count:Q", title=heading("breach_count", language), format=","),
    ]
    base = alt.Chart(shown)
    x = alt.X("saved_days_total:Q").title(saved)
    y = alt.Y("on_time_share:Q").title(SHARE[language]).axis(format="%").scale(zero=False)
    line = base.mark_line(color=theme.SAFE, strokeWidth=2.5, clip=True).encode(x=x, y=y)
    reach = base.mark_circle(size=30, opacity=0).encode(x=x, y=y, tooltip=tooltips)
    best_plan = base.transform_filter("datum.on_time_share * 100 >= asked - 1e-9").transform_window(
        place="row_number()", sort=[alt.SortField("saved_days_total", order="descending")]
    ).transform_filter("datum.place == 1")  # fmt: skip
    dot = best_plan.mark_circle(size=140, color=theme.LATE, opacity=1).encode(x=x, y=y, tooltip=tooltips)
    words = (
        best_plan.transform_calculate(words=CHOSEN[language].format(unit=unit))
        .mark_text(align="left", dx=10, dy=-10, fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text="words:N")
    )
    return (
        alt.layer(line, reach, dot, words)
        .add_params(slider)
        .properties(
            width=theme.WIDTH,
            height=HEIGHT,
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], shown.height, language),
        )
        .configure(**theme.config())
    )

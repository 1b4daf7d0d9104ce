"""How long the cases of one item took, beside its limits."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import UNITS, Language, heading

TITLE: Final = {"zh": "办结用时分布", "en": "How long completed cases took"}
AXIS: Final = {"zh": "所需时间（{unit}）", "en": "Time needed ({unit})"}
HEIGHT: Final = 150


def limit_histogram(
    times: pl.DataFrame, limit_days: int | None, safe_days: int | None, unit: str, language: Language = "zh"
) -> alt.LayerChart:
    """Completed cases by the days they needed, with the limit in force and the safe limit as lines.

    Args:
        times: one row per number of days needed, with `needed_days` and `case_count`.
        limit_days: the limit in force; none draws no line.
        safe_days: the safe limit; none draws no line.
        unit: of the limit, as the tables name it.
        language: "zh" or "en".
    """
    axis = alt.Axis(
        title=AXIS[language].format(unit=UNITS[unit][language].removeprefix("个")), tickMinStep=1, grid=False
    )
    bars = (
        alt.Chart(times.with_columns(until=pl.col("needed_days") + 0.45, since=pl.col("needed_days") - 0.45))
        .mark_rect(color=theme.RULE)
        .encode(
            x=alt.X("since:Q").axis(axis).scale(nice=False),
            x2="until:Q",
            y=alt.Y("case_count:Q").title(heading("case_count", language)).axis(tickMinStep=1, format=",d"),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("needed_days:Q", title=heading("needed_days", language)),
                alt.Tooltip("case_count:Q", title=heading("case_count", language), format=","),
            ],
        )
    )
    marks = {theme.PROMISED: limit_days, theme.SAFE: safe_days}
    lines = [
        alt.Chart(pl.DataFrame({"days": [days + 0.5]})).mark_rule(color=colour, strokeWidth=2.5).encode(x="days:Q")
        for colour, days in marks.items()
        if days is not None
    ]
    return (
        alt.layer(bars, *lines)
        .properties(
            width=theme.WIDTH,
            height=HEIGHT,
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], times.height, language),
        )
        .configure(**theme.config())
    )

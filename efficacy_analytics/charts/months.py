"""How long cases wait for each step, month by month: a row per step, a column per month, darker the longer."""

from collections.abc import Callable
from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts import figures, theme
from efficacy_analytics.vocabulary import CLOCKS, Language, heading

TITLE: Final = {
    "waiting": {"zh": "各受理月份的等待时间中位数（{clock}）", "en": "Median wait by month of acceptance ({clock})"},
    "between_completions": {
        "zh": "各受理月份与前一完成之间的时间中位数（{clock}）",
        "en": "Median time since the completion before, by month of acceptance ({clock})",
    },
}
MONTH: Final = {"zh": "受理月份", "en": "Month of acceptance"}
MEDIAN: Final = {"zh": "中位数", "en": "Median"}
HOURS: Final = {"zh": "中位数（小时）", "en": "Median (hours)"}
MEAN: Final = {"zh": "平均", "en": "Mean"}
OPEN: Final = {"zh": "该月尚未办结", "en": "Of the month still open"}
LEAST: Final = 360.0
"""Seconds; shorter medians have its colour, since the scale is one of ratios."""
ROW: Final = 24
COLUMN: Final = 26


def month_heat(waits: pl.DataFrame, language: Language = "zh", *, clock: str = "elapsed", top: int = 15) -> alt.Chart:
    """A square per step and month; steps in which most time lies at the top.

    Args:
        waits: the table `waiting_by_month` on that clock, its steps by name.
        language: "zh" or "en".
        clock: "elapsed" or "open".
        top: how many steps to draw.
    """
    kinds = waits.group_by("time_kind").agg(pl.col("waiting_count").sum()).sort("waiting_count", "time_kind")
    kind = kinds["time_kind"][-1] if kinds.height else "waiting"
    known = waits.filter(pl.col("time_kind") == kind)
    unit = f"waiting_{clock}_seconds"
    totals = (
        known.group_by("step")
        .agg(pl.col(f"{unit}_total").sum())
        .sort(f"{unit}_total", "step", descending=[True, False])
    )
    steps = totals["step"].head(top).to_list()
    title = TITLE[kind][language].format(clock=CLOCKS[clock][language])
    months = known["month"].n_unique()
    return (
        alt.Chart(_rows(known.filter(pl.col("step").is_in(steps)), unit, clock, language))
        .mark_rect(stroke=theme.PAPER, strokeWidth=1)
        .encode(
            x=alt.X("month:O").axis(title=MONTH[language], labelAngle=-90 if months > 9 else 0, domain=False),
            y=alt.Y("step:N").sort(steps).axis(title=None, domain=False, ticks=False),
            color=alt.Color("hours:Q")
            .scale(type="log", range=list(theme.WAITING_SCALE), interpolate="lab", nice=False)
            .legend(title=HOURS[language], orient="top", titleOrient="left", gradientLength=260, format="~g"),
            tooltip=[
                alt.Tooltip("step:N", title=heading("activity", language)),
                alt.Tooltip("month:O", title=MONTH[language]),
                alt.Tooltip("median:N", title=MEDIAN[language]),
                alt.Tooltip("mean:N", title=MEAN[language]),
                alt.Tooltip("cases:N", title=heading("case_count", language)),
                alt.Tooltip("open:N", title=OPEN[language]),
            ],
        )
        .properties(
            width=COLUMN * max(months, 8),
            height=ROW * max(len(steps), 1),
            title=title,
            description=figures.rows_told(title, len(steps), language),
        )
        .configure(**theme.config())
    )


def _rows(waits: pl.DataFrame, unit: str, clock: str, language: Language) -> pl.DataFrame:
    median = pl.col(f"{unit}_median")
    return waits.select(
        "month",
        "step",
        (pl.max_horizontal(median, pl.lit(LEAST)) / figures.HOUR).round(2).alias("hours"),
        _told(median, "median", lambda value: figures.duration(value, language, clock)),
        _told(pl.col(f"{unit}_mean"), "mean", lambda value: figures.duration(value, language, clock)),
        _told(pl.col("case_count"), "cases", lambda value: figures.count(value, language)),
        pl.format(
            "{} / {}",
            _told(pl.col("month_open_count"), "of", lambda value: figures.count(value, language)),
            _told(pl.col("month_case_count"), "all", lambda value: figures.count(value, language)),
        ).alias("open"),
    )


def _told(column: pl.Expr, name: str, written: Callable[[float], str]) -> pl.Expr:
    return column.map_elements(written, return_dtype=pl.String).alias(name)

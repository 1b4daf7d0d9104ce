"""How long cases wait for each step, month by month: a row per step, a column per month, darker the longer."""

from collections.abc import Callable
from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import CLOCKS, Language, heading

TITLE: Final = {
    "waiting": {
        "zh": "各受理月份的等待时间：{measure}，{clock}，小时",
        "en": "Waiting by month of acceptance: {measure} in hours, {clock}",
    },
    "between_completions": {
        "zh": "各受理月份与前一完成之间的时间：{measure}，{clock}，小时",
        "en": "Time since the completion before, by month of acceptance: {measure} in hours, {clock}",
    },
}
MEASURES: Final = {"median": {"zh": "中位数", "en": "median"}, "mean": {"zh": "平均", "en": "mean"}}
MONTH: Final = {"zh": "受理月份", "en": "Month of acceptance"}
MEDIAN: Final = {"zh": "中位数", "en": "Median"}
HOURS: Final = {"zh": "小时", "en": "Hours"}
MEAN: Final = {"zh": "平均", "en": "Mean"}
OPEN: Final = {"zh": "该月尚未办结", "en": "Of the month still open"}
LEAST: Final = 360.0
"""Seconds; shorter waits have its colour, since the scale is one of ratios."""
ROW: Final = 24
PLACE: Final = 860
"""Pixels that the columns share."""
COLUMN: Final = (20, 56)
"""The narrowest and the widest column; numbers stand in those of at least `NUMBERED`."""
NUMBERED: Final = 30
DARK_FROM: Final = 0.65
"""From this share of the scale on a number is white."""


def month_heat(
    waits: pl.DataFrame,
    language: Language = "zh",
    *,
    clock: str = "elapsed",
    measure: str = "mean",
    top: int = 15,
) -> alt.LayerChart:
    """A square per step and month with its hours; steps in which most time lies at the top.

    Args:
        waits: the table `waiting_by_month` on that clock, its steps by name.
        language: "zh" or "en".
        clock: "elapsed" or "open".
        measure: "mean" (times how many, it is the total) or "median", which is drawn; both are told when pointed at.
        top: how many steps to draw.
    """
    kind, known = _of_one_kind(waits)
    unit = f"waiting_{clock}_seconds"
    order = [pl.col(f"{unit}_total").sum().alias("total")]
    totals = known.group_by("step").agg(order).sort("total", "step", descending=[True, False])
    steps = totals["step"].head(top).to_list()
    title = TITLE[kind][language].format(clock=CLOCKS[clock][language], measure=MEASURES[measure][language])
    months = known["month"].n_unique()
    column = min(max(PLACE // max(months, 1), COLUMN[0]), COLUMN[1])
    places = pl.DataFrame({"step": steps}, schema={"step": known.schema["step"]})
    in_order = places.join(known, on="step", how="left", maintain_order="left_right").select(known.columns)
    rows = _rows(in_order, unit, clock, measure, language)
    squares = alt.Chart(rows).encode(
        x=alt.X("month:O").axis(title=MONTH[language], labelAngle=0 if column > 50 else -90, domain=False),
        y=alt.Y("step:N").sort(None).axis(title=None, domain=False, ticks=False),
        tooltip=_tooltip(language),
    )
    colour = (
        alt.Color("hours:Q")
        .scale(type="log", range=list(theme.WAITING_SCALE), interpolate="lab", nice=False)
        .legend(title=HOURS[language], orient="top", titleOrient="left", gradientLength=260, format="~g")
    )
    ink = alt.when("datum.is_on_dark").then(alt.value(theme.PAPER)).otherwise(alt.value(theme.INK))
    numbers = squares.mark_text(fontSize=10.5).encode(text="number:N", color=ink)
    drawn = squares.mark_rect(stroke=theme.PAPER, strokeWidth=1).encode(color=colour)
    return (
        alt.layer(drawn, *([numbers] if column >= NUMBERED else []))
        .properties(
            width=column * max(months, 1),
            height=ROW * max(len(steps), 1),
            title=title,
            description=figures.rows_told(title, len(steps), language),
        )
        .configure(**theme.config())
    )


def _of_one_kind(waits: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """Waiting, or time between completions, whichever there is more of: the two do not belong in one picture."""
    kinds = waits.group_by("time_kind").agg(pl.col("waiting_count").sum()).sort("waiting_count", "time_kind")
    kind = str(kinds["time_kind"][-1]) if kinds.height else "waiting"
    return kind, waits.filter(pl.col("time_kind") == kind)


def _tooltip(language: Language) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("step:N", title=heading("activity", language)),
        alt.Tooltip("month:O", title=MONTH[language]),
        alt.Tooltip("median:N", title=MEDIAN[language]),
        alt.Tooltip("mean:N", title=MEAN[language]),
        alt.Tooltip("cases:N", title=heading("case_count", language)),
        alt.Tooltip("open:N", title=OPEN[language]),
    ]


def _rows(waits: pl.DataFrame, unit: str, clock: str, measure: str, language: Language) -> pl.DataFrame:
    hours = pl.col(f"{unit}_{measure}") / figures.HOUR
    shown = pl.max_horizontal(hours, pl.lit(LEAST / figures.HOUR))
    place = (shown.log() - shown.log().min()) / (shown.log().max() - shown.log().min())
    return waits.select(
        "month",
        "step",
        shown.round(2).alias("hours"),
        (place > DARK_FROM).fill_null(False).alias("is_on_dark"),
        _told(hours, "number", lambda value: f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")),
        _told(pl.col(f"{unit}_median"), "median", lambda value: figures.duration(value, language, clock)),
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

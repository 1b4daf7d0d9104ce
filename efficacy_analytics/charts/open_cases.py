"""What is open: by department and colour, and how much comes, goes and stays."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.vocabulary import COLOURS, Language, heading

STOCK_TITLE: Final = {"zh": "各部门在办件及其预警", "en": "Open cases by department and warning"}
FLOW_TITLE: Final = {"zh": "每周收件、办结与周末存量", "en": "Arrivals, departures and stock by week"}
PALETTE: Final = {
    "red": "#a63d17", "yellow": "#e3b65b", "reminder": "#7dbde0", "green": "#3f9a7e", "stopped": "#8a939c",
    "no_limit": "#cfd5db",
}  # fmt: skip
FLOW_PALETTE: Final = {"arrival_count": "#7dbde0", "departure_count": "#3f9a7e", "stock_count": theme.INK}
ROW_HEIGHT: Final = 20
LABEL_LENGTH: Final = 30


def stock_bars(stock: pl.DataFrame, language: Language = "zh", *, top: int = 30) -> alt.LayerChart:
    """A bar of open cases per department, most overdue first, divided by colour.

    Args:
        stock: the table `open_stock`, its departments by name.
        language: "zh" or "en".
        top: how many departments to draw.
    """
    counts = stock.group_by("department").agg(
        pl.col([f"{colour}_count" for colour in PALETTE]).sum(), pl.col("case_count").sum()
    )
    shown = counts.sort("red_count", "yellow_count", "case_count", "department", descending=[True, True, True, False])
    shown = departments_named(shown.head(top), language)
    labels = apart([shortened(name, LABEL_LENGTH) for name in shown["department"]])
    shown = shown.with_columns(pl.Series("label", labels, dtype=pl.String))
    order = list(PALETTE)
    rows = shown.unpivot(
        [f"{colour}_count" for colour in PALETTE], index=["label", "department"], variable_name="kind",
        value_name="count",
    ).with_columns(
        kind=pl.col("kind").str.strip_suffix("_count"),
    ).with_columns(
        place=pl.col("kind").replace_strict({name: place for place, name in enumerate(order)}, return_dtype=pl.Int64),
        words=pl.col("kind").replace_strict({name: COLOURS[name][language] for name in order}, return_dtype=pl.String),
    )  # fmt: skip
    scale = alt.Scale(domain=[COLOURS[name][language] for name in order], range=list(PALETTE.values()))
    bars = (
        alt.Chart(rows.filter(pl.col("count") > 0))
        .mark_bar()
        .encode(
            y=alt.Y("label:N").sort(shown["label"].to_list()).title(None).axis(domain=False, ticks=False),
            x=alt.X("count:Q").title(heading("open_count", language)).axis(tickMinStep=1),
            color=alt.Color("words:N").scale(scale).legend(orient="top", title=None),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("department:N", title=heading("department", language)),
                alt.Tooltip("words:N", title=heading("colour", language)),
                alt.Tooltip("count:Q", title=heading("case_count", language)),
            ],
        )
    )
    return (
        alt.layer(bars)
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(shown.height, 1),
            title=STOCK_TITLE[language],
            description=figures.rows_told(STOCK_TITLE[language], shown.height, language),
        )
        .configure(**theme.config())
    )


def flow_lines(flow: pl.DataFrame, language: Language = "zh", *, weeks: int = 53) -> alt.LayerChart:
    """Lines of what arrives and ends in each week, and of the stock at its end.

    Args:
        flow: the table `open_flow`.
        language: "zh" or "en".
        weeks: how many weeks to draw: seven days each, the last of them up to the last day; a first one that is not
            whole is left out.
    """
    ago = (pl.col("day").max() - pl.col("day")).dt.total_days() // 7
    by_week = (
        flow.with_columns(ago=ago)
        .group_by("ago")
        .agg(
            pl.col("day").max().alias("week"),
            pl.col("arrival_count", "departure_count").sum(),
            pl.col("stock_count").sort_by("day").last(),
            day_count=pl.len(),
        )
        .sort("week")
    )
    weekly = by_week.filter((pl.col("day_count") == 7) | (pl.col("ago") == 0)).tail(weeks)
    names = {name: heading(name, language) for name in FLOW_PALETTE}
    rows = weekly.unpivot(list(FLOW_PALETTE), index="week", variable_name="kind", value_name="count").with_columns(
        words=pl.col("kind").replace_strict(names, return_dtype=pl.String)
    )
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("week:T")
            .title(None)
            .axis(format="%Y-%m", tickCount={"interval": "month", "step": 1}, labelOverlap=True, grid=False),
            y=alt.Y("count:Q").title(heading("case_count", language)),
            color=alt.Color("words:N")
            .scale(alt.Scale(domain=list(names.values()), range=list(FLOW_PALETTE.values())))
            .legend(orient="top", title=None),
            tooltip=[
                alt.Tooltip("week:T", title=heading("day", language), format="%Y-%m-%d"),
                alt.Tooltip("words:N", title=heading("kind", language)),
                alt.Tooltip("count:Q", title=heading("case_count", language)),
            ],
        )
    )
    return (
        alt.layer(lines)
        .properties(
            width=theme.WIDTH,
            height=220,
            title=FLOW_TITLE[language],
            description=figures.rows_told(FLOW_TITLE[language], weekly.height, language),
        )
        .configure(**theme.config())
    )

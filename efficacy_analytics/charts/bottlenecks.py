"""Between which steps cases wait longest, and how sure that is."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.intervals import axis_title, interval_lines, with_telling_intervals
from efficacy_analytics.charts.style.text_width import display_width, shortened
from efficacy_analytics.vocabulary import Language, heading

TITLE: Final = {
    "waiting": {"zh": "等待时间集中在哪里", "en": "Where the waiting lies"},
    "between_completions": {"zh": "时间集中在哪些环节之间", "en": "Between which steps the time lies"},
}
SHARE: Final = {"zh": "占全部时间的比重", "en": "Share of the total"}
LINE_LENGTH: Final = 42
BAR_HEIGHT: Final = 26
TWO_LINES_HEIGHT: Final = 36


def bottleneck_bars(ranking: pl.DataFrame, language: Language = "zh", *, top: int = 10) -> alt.LayerChart:
    """Bars of each segment's share of all waiting with its interval, largest first.

    Args:
        ranking: the table `bottlenecks`, its activities by name.
        language: "zh" or "en".
        top: how many segments to draw.
    """
    kind = ranking["time_kind"][0] if ranking.height else "waiting"
    rows = with_telling_intervals(_rows(ranking.sort("rank").head(top), language))
    tooltips = [
        alt.Tooltip("segment:N", title=heading("segment", language)),
        alt.Tooltip("share:N", title=heading("share_of_total", language)),
        alt.Tooltip("interval:N", title=heading("share_interval", language)),
        alt.Tooltip("median:N", title=heading("waiting_elapsed_seconds_median", language)),
        alt.Tooltip("cases:N", title=heading("case_count", language)),
    ]
    axis = alt.Axis(format=".0%", title=axis_title(rows, SHARE[language], language), tickCount=6, tickMinStep=0.01)
    label = alt.Axis(domain=False, ticks=False, title=None, labelExpr="split(datum.label, '\\n')")
    bars = alt.Chart(rows).encode(y=alt.Y("label:N").sort(None).axis(label))
    return (
        alt.layer(
            bars.mark_bar(color=theme.WAITING, height=14, cornerRadiusEnd=2).encode(
                x=alt.X("share_of_total:Q").axis(axis), tooltip=tooltips
            ),
            *interval_lines(bars, rows, tooltip=tooltips),
        )
        .properties(
            width=theme.WIDTH,
            height=_height(rows),
            title=TITLE[kind][language],
            description=figures.rows_told(TITLE[kind][language], rows.height, language),
        )
        .configure(**theme.config())
    )


def _label(rank: int, activity: str, next_activity: str) -> str:
    """A segment in one line, or where it is long in two."""
    one_line = f"{rank}  {activity} → {next_activity}"
    if display_width(one_line) <= LINE_LENGTH:
        return one_line
    return f"{rank}  {shortened(activity, LINE_LENGTH)}\n→ {shortened(next_activity, LINE_LENGTH)}"


def _height(rows: pl.DataFrame) -> int:
    is_long = rows["label"].str.contains("\n").any()
    return (TWO_LINES_HEIGHT if is_long else BAR_HEIGHT) * max(rows.height, 1)


def _rows(ranking: pl.DataFrame, language: Language) -> pl.DataFrame:
    segments = [f"{first} → {second}" for first, second in ranking.select("activity", "next_activity").rows()]
    labels = [_label(*row) for row in ranking.select("rank", "activity", "next_activity").rows()]
    shares = ranking.select("share_of_total", "share_low", "share_high").rows()
    return ranking.select("share_of_total", "share_low", "share_high").with_columns(
        pl.Series("segment", segments, dtype=pl.String),
        pl.Series("label", labels, dtype=pl.String),
        pl.Series("share", [figures.share(share, language) for share, _, _ in shares], dtype=pl.String),
        pl.Series("interval", [figures.interval(low, high, language) for _, low, high in shares], dtype=pl.String),
        pl.Series("cases", [figures.count(n, language) for n in ranking["case_count"]], dtype=pl.String),
        pl.Series(
            "median",
            [figures.duration(seconds, language) for seconds in ranking["waiting_elapsed_seconds_median"]],
            dtype=pl.String,
        ),
    )

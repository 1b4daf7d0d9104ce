"""What each wait and each step adds to the whole time: bars whose lengths add up to it."""

from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.intervals import axis_title, interval_lines, with_telling_intervals
from efficacy_analytics.charts.style.text_width import display_width, shortened
from efficacy_analytics.vocabulary import PARTS, Language, heading

TITLE: Final = {"zh": "全程时间由哪些部分构成", "en": "What the whole time is made of"}
SHARE: Final = {"zh": "占全程时间的比重", "en": "Share of the whole time"}
PART: Final = {"zh": "部分", "en": "Part"}
PART_KIND: Final = {"zh": "类别", "en": "Kind"}
MEAN: Final = {"zh": "平均每次", "en": "Mean each time"}
COLOURS: Final = {"waiting": theme.WAITING, "between_completions": theme.OVERALL, "service": theme.ON_TIME}
LINE_LENGTH: Final = 40
BAR_HEIGHT: Final = 26
TWO_LINES_HEIGHT: Final = 36


def contribution_bars(
    parts: pl.DataFrame, language: Language = "zh", *, clock: str = "elapsed", top: int = 12
) -> alt.LayerChart:
    """Bars of each part's share of the whole time with its interval, largest first, coloured by kind.

    Args:
        parts: the table `contributions` on that clock, its activities by name.
        language: "zh" or "en".
        clock: "elapsed", "open" or "counted".
        top: how many parts to draw.
    """
    rows = with_telling_intervals(_rows(parts.drop_nulls("share_of_total").sort("rank").head(top), language, clock))
    title = axis_title(rows, SHARE[language], language)
    kinds = [kind for kind in COLOURS if kind in parts["kind"].unique().to_list()]
    scale = alt.Scale(domain=[PARTS[kind][language] for kind in kinds], range=[COLOURS[kind] for kind in kinds])
    tooltips = [
        alt.Tooltip("part:N", title=PART[language]),
        alt.Tooltip("kind:N", title=PART_KIND[language]),
        alt.Tooltip("share:N", title=heading("share_of_total", language)),
        alt.Tooltip("interval:N", title=heading("share_interval", language)),
        alt.Tooltip("mean:N", title=MEAN[language]),
        alt.Tooltip("excess:N", title=heading("excess_days", language)),
        alt.Tooltip("cases:N", title=heading("case_count", language)),
    ]
    label = alt.Axis(domain=False, ticks=False, title=None, labelExpr="split(datum.label, '\\n')")
    bars = alt.Chart(rows).encode(y=alt.Y("label:N").sort(None).axis(label), tooltip=tooltips)
    is_long = rows["label"].str.contains("\n").any()
    return (
        alt.layer(
            bars.mark_bar(height=14, cornerRadiusEnd=2).encode(
                x=alt.X("share_of_total:Q").axis(format=".0%", title=title, tickCount=6, tickMinStep=0.01),
                color=alt.Color("kind:N")
                .scale(scale)
                .legend(title=None, orient="top", symbolType="square", symbolStrokeWidth=0),
            ),
            *interval_lines(bars, rows),
        )
        .properties(
            width=theme.WIDTH,
            height=(TWO_LINES_HEIGHT if is_long else BAR_HEIGHT) * max(rows.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def part_name(row: dict[str, Any]) -> str:
    """What a part is called: a pair of activities, or the activity that serves."""
    return f"{row['activity']} → {row['next_activity']}" if row["next_activity"] else str(row["activity"])


def _rows(parts: pl.DataFrame, language: Language, clock: str) -> pl.DataFrame:
    mean = "counted_days_mean" if clock == "counted" else f"{clock}_seconds_mean"
    rows = [
        {
            "label": _label(row["rank"], row),
            "part": part_name(row),
            "kind": PARTS[row["kind"]][language],
            "share_of_total": row["share_of_total"],
            "share_low": row["share_low"],
            "share_high": row["share_high"],
            "share": figures.share(row["share_of_total"], language),
            "interval": figures.interval(row["share_low"], row["share_high"], language),
            "mean": f"{row[mean]:.1f}" if clock == "counted" else figures.duration(row[mean], language, clock),
            "excess": figures.count(row["excess_days"], language),
            "cases": figures.count(row["case_count"], language),
        }
        for row in parts.iter_rows(named=True)
    ]
    shares = dict.fromkeys(("share_of_total", "share_low", "share_high"), pl.Float64)
    texts = dict.fromkeys(("label", "part", "kind", "share", "interval", "mean", "excess", "cases"), pl.String)
    schema: dict[str, Any] = {**texts, **shares}
    return pl.DataFrame(rows, schema=schema)


def _label(rank: int, row: dict[str, Any]) -> str:
    one_line = f"{rank}  {part_name(row)}"
    if display_width(one_line) <= LINE_LENGTH or not row["next_activity"]:
        return shortened(one_line, LINE_LENGTH)
    return f"{rank}  {shortened(row['activity'], LINE_LENGTH)}\n→ {shortened(row['next_activity'], LINE_LENGTH)}"

"""Why files wait: the causes of each segment side by side, and what would be gained without each of them."""

from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import display_width, shortened
from efficacy_analytics.vocabulary import CAUSES, Language, heading

TITLE: Final = {"zh": "各区段为什么等待", "en": "Why files wait, segment by segment"}
DAYS: Final = {"zh": "等待时间合计（件·天）", "en": "Waiting in all (case-days)"}
SHARE: Final = {"zh": "占本区段等待", "en": "Share of the segment's waiting"}
GAIN: Final = {
    "zh": "消除某一原因后，全部时间中真正在办理的比重",
    "en": "How much of all time would be work without each cause",
}
EFFICIENCY: Final = {
    "zh": "办理时间占比（灰：现状；蓝：消除后）",
    "en": "Share of time that is work (grey: now; blue: without it)",
}
WITHOUT: Final = {"zh": "消除后", "en": "Without it"}
NOW: Final = {"zh": "现状", "en": "Now"}
OF_ALL: Final = {"zh": "占全部等待", "en": "Share of all waiting"}
LINE_LENGTH: Final = 40
BAR_HEIGHT: Final = 26
TWO_LINES_HEIGHT: Final = 36


def cause_bars(segments: pl.DataFrame, language: Language = "zh", *, top: int = 10) -> alt.Chart:
    """A bar per segment, longest waiting first, divided by cause.

    Args:
        segments: the table `waiting_by_segment`, its activities by name.
        language: "zh" or "en".
        top: how many segments to draw.
    """
    rows = _cause_rows(segments.head(top), language)
    labels = rows["label"].unique(maintain_order=True).to_list()
    height = TWO_LINES_HEIGHT if any("\n" in label for label in labels) else BAR_HEIGHT
    axis = alt.Axis(domain=False, ticks=False, title=None, labelExpr="split(datum.label, '\\n')")
    colour = alt.Color("cause:N").scale(
        domain=[words[language] for words in CAUSES.values()], range=[theme.CAUSES[cause] for cause in CAUSES]
    )
    return (
        alt.Chart(rows)
        .mark_bar(height=15, stroke=theme.PAPER, strokeWidth=0.6)
        .encode(
            x=alt.X("days:Q").axis(title=DAYS[language], tickCount=6),
            y=alt.Y("label:N").sort(None).axis(axis),
            color=colour.legend(
                title=None, orient="top", symbolType="square", symbolStrokeWidth=0, columns=7, labelFontSize=11.5
            ),
            order="place:Q",
            tooltip=[
                alt.Tooltip("segment:N", title=heading("segment", language)),
                alt.Tooltip("cause:N", title=heading("cause", language)),
                alt.Tooltip("told_days:N", title=DAYS[language]),
                alt.Tooltip("share:N", title=SHARE[language]),
                alt.Tooltip("transitions:N", title=heading("transition_count", language)),
            ],
        )
        .properties(
            width=theme.WIDTH,
            height=height * max(len(labels), 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], len(labels), language),
        )
        .configure(**theme.config())
    )


def cause_effects(effects: pl.DataFrame, language: Language = "zh") -> alt.LayerChart:
    """From the share of time that is work now to what it would be without each cause.

    Args:
        effects: the table `waiting_effects`.
        language: "zh" or "en".
    """
    rows = _effect_rows(effects, language)
    y = alt.Y("cause:N").sort(None).axis(domain=False, ticks=False, title=None)
    tooltips = [
        alt.Tooltip("cause:N", title=heading("cause", language)),
        alt.Tooltip("waiting_share:N", title=OF_ALL[language]),
        alt.Tooltip("told_now:N", title=NOW[language]),
        alt.Tooltip("told_without:N", title=WITHOUT[language]),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltips)
    axis = alt.Axis(format=".1~%", title=EFFICIENCY[language], tickCount=6)
    now = alt.X("now:Q").axis(axis).scale(zero=False, nice=False, padding=44)
    return (
        alt.layer(
            base.mark_rule(color=theme.RULE, strokeWidth=3).encode(x=now, x2="without:Q"),
            base.mark_circle(color=theme.OVERALL, size=70, opacity=1).encode(x=now),
            base.mark_circle(color=theme.SAFE, size=95, opacity=1).encode(x=alt.X("without:Q")),
            base.mark_text(align="left", dx=9, fontSize=11.5).encode(x=alt.X("without:Q"), text="told_without:N"),
        )
        .properties(
            width=theme.WIDTH,
            height=BAR_HEIGHT * max(rows.height, 1),
            title=GAIN[language],
            description=figures.rows_told(GAIN[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def _cause_rows(segments: pl.DataFrame, language: Language) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for rank, row in enumerate(segments.iter_rows(named=True), start=1):
        for place, (cause, words) in enumerate(CAUSES.items()):
            seconds, whole = row[f"{cause}_seconds"], row["waiting_seconds"]
            rows.append({
                "label": _label(rank, row["activity"], row["next_activity"]),
                "segment": f"{row['activity']} → {row['next_activity']}",
                "cause": words[language],
                "place": place,
                "days": seconds / figures.DAY,
                "told_days": figures.days(seconds, language),
                "share": figures.share(seconds / whole if whole else None, language),
                "transitions": figures.count(row["transition_count"], language),
            })  # fmt: skip
    texts = ("label", "segment", "cause", "told_days", "share", "transitions")
    schema: dict[str, Any] = dict.fromkeys(texts, pl.String) | {"place": pl.Int64, "days": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def _label(rank: int, activity: str, next_activity: str) -> str:
    one_line = f"{rank}  {activity} → {next_activity}"
    if display_width(one_line) <= LINE_LENGTH:
        return one_line
    return f"{rank}  {shortened(activity, LINE_LENGTH)}\n→ {shortened(next_activity, LINE_LENGTH)}"


def _effect_rows(effects: pl.DataFrame, language: Language) -> pl.DataFrame:
    rows = [
        {
            "cause": CAUSES[row["cause"]][language],
            "now": row["efficiency_share"],
            "without": row["efficiency_without_share"],
            "waiting_share": figures.share(row["waiting_share"], language),
            "told_now": figures.share(row["efficiency_share"], language),
            "told_without": figures.share(row["efficiency_without_share"], language),
        }
        for row in effects.iter_rows(named=True)
    ]
    texts = ("cause", "waiting_share", "told_now", "told_without")
    schema: dict[str, Any] = dict.fromkeys(texts, pl.String) | {"now": pl.Float64, "without": pl.Float64}
    return pl.DataFrame(rows, schema=schema)

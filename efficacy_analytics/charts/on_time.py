"""Who keeps the time limits, and which differences are more than chance."""

from typing import Final, Literal

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.vocabulary import TERMS, Language, heading

TITLE: Final = {"zh": "各部门按时办结率（95% 区间）", "en": "Share on time by department (95% interval)"}
POSITIONS: Final = {
    "below": {"zh": "低于总体", "en": "below the overall share"},
    "like": {"zh": "与总体无显著差别", "en": "not distinguishable from it"},
    "above": {"zh": "高于总体", "en": "above it"},
}
COLOURS: Final = {"below": theme.LATE, "like": theme.OVERALL, "above": theme.ON_TIME}
LABEL_LENGTH: Final = 34
ROW_HEIGHT: Final = 22
NEAR_THE_END: Final = 0.75
"""Overall share from which there is no room for its words to the right of its line."""


def on_time_intervals(
    on_time: pl.DataFrame, language: Language = "zh", *, overall: float | None = None, top: int = 30
) -> alt.LayerChart:
    """A dot and its interval per department, lowest share first, beside the overall share.

    Args:
        on_time: the table `on_time`, its departments by name.
        language: "zh" or "en".
        overall: the share of all departments together; where it is not given, that of the table, if the table holds
            every count. Without any, no line is drawn and nothing is said of where a department lies.
        top: how many departments to draw, those with the most judged cases.
    """
    overall = _of_all(on_time) if overall is None else overall
    rows = _rows(on_time, language, overall, top)
    tooltips = [
        alt.Tooltip("department:N", title=heading("department", language)),
        alt.Tooltip("share:N", title=heading("on_time_share", language)),
        alt.Tooltip("interval:N", title=heading("on_time_interval", language)),
        alt.Tooltip("judged:N", title=heading("judged_count", language)),
        *([] if overall is None else [alt.Tooltip("position:N", title=heading("kind", language))]),
    ]
    words = [POSITIONS[position][language] for position in POSITIONS]
    scale = alt.Scale(domain=words, range=list(COLOURS.values()))
    legend = alt.Legend(orient="top", title=None, symbolType="circle")
    dots = alt.Chart(rows).encode(
        y=alt.Y("label:N").sort(None).title(None).axis(domain=False, ticks=False, grid=True),
        color=alt.value(theme.OVERALL) if overall is None else alt.Color("position:N").scale(scale).legend(legend),
        tooltip=tooltips,
    )
    axis = alt.Axis(format=".0%", title=heading("on_time_share", language), tickCount=6, tickMinStep=0.01)
    return (
        alt.layer(
            *_overall(overall, language),
            dots.mark_rule(strokeWidth=2).encode(
                x=alt.X("on_time_share_low:Q").axis(axis).scale(zero=False, nice=True), x2="on_time_share_high:Q"
            ),
            dots.mark_circle(size=60, opacity=1).encode(x="on_time_share:Q"),
        )
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def position(low: float, high: float, overall: float | None) -> str:
    """Whether an interval lies below or above the overall share, or holds it (`like`)."""
    if overall is None or low <= overall <= high:
        return "like"
    return "below" if high < overall else "above"


def _of_all(on_time: pl.DataFrame) -> float | None:
    """The share of all rows together; none where a count is withheld or nothing is judged."""
    counts = on_time.select("judged_count", "late_count")
    judged, late = (int(counts[name].sum()) for name in counts.columns)
    return None if counts.null_count().sum_horizontal().item() or not judged else 1 - late / judged


def _rows(on_time: pl.DataFrame, language: Language, overall: float | None, top: int) -> pl.DataFrame:
    judged = on_time.filter(pl.col("on_time_share").is_not_null())
    shown = judged.sort("judged_count", "department", descending=[True, False]).head(top)
    shown = shown.sort("on_time_share", "department")
    bounds = shown.select("on_time_share", "on_time_share_low", "on_time_share_high").rows()
    names = departments_named(shown, language)["department"].to_list()
    return shown.select("on_time_share", "on_time_share_low", "on_time_share_high").with_columns(
        pl.Series("department", names, dtype=pl.String),
        pl.Series("label", apart([shortened(name, LABEL_LENGTH) for name in names]), dtype=pl.String),
        pl.Series("share", [figures.share(share, language) for share, _, _ in bounds], dtype=pl.String),
        pl.Series("interval", [figures.interval(low, high, language) for _, low, high in bounds], dtype=pl.String),
        pl.Series("judged", [figures.count(n, language) for n in shown["judged_count"]], dtype=pl.String),
        pl.Series(
            "position",
            [POSITIONS[position(low, high, overall)][language] for _, low, high in bounds],
            dtype=pl.String,
        ),
    )


def _overall(overall: float | None, language: Language) -> list[alt.Chart]:
    if overall is None:
        return []
    words = f"{TERMS['overall'][language]} {figures.share(overall, language)}"
    side: Literal["left", "right"] = "left" if overall < NEAR_THE_END else "right"
    base = alt.Chart(pl.DataFrame({"overall": [overall], "words": [words]})).encode(x="overall:Q")
    line = base.mark_rule(color=theme.MUTED, strokeDash=[4, 3])
    label = base.mark_text(color=theme.MUTED, fontSize=11, align=side, dx=4 if side == "left" else -4, dy=-6).encode(
        text="words:N", y=alt.value(0)
    )
    return [line, label]

"""How long cases take, group beside group: bar the middle half, line the middle eight tenths, mark the median."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.vocabulary import TERMS, Language

DAYS: Final = {"zh": "天", "en": "Days"}
LIMIT: Final = {"zh": "{days} 天", "en": "{days} {days:day|days}"}
GROUP: Final = {"zh": "分组", "en": "Group"}
COUNT: Final = {"zh": "件数", "en": "Cases"}
MARKS: Final = {
    "days_p10": {"zh": "第 10 百分位（天）", "en": "10th percentile (days)"},
    "days_p25": {"zh": "第 25 百分位（天）", "en": "25th percentile (days)"},
    "days_median": {"zh": "中位数（天）", "en": "Median (days)"},
    "days_p75": {"zh": "第 75 百分位（天）", "en": "75th percentile (days)"},
    "days_p90": {"zh": "第 90 百分位（天）", "en": "90th percentile (days)"},
}
HOW_TO_READ: Final = {
    "zh": "色条为中间一半，细线为中间八成，白线为中位数",
    "en": "Bar: the middle half; line: the middle eight tenths; white: the median",
}
LABEL_LENGTH: Final = 34
ROW_HEIGHT: Final = 26


def time_bands(
    bands: pl.DataFrame, language: Language = "zh", *, title: str, limit_days: int | None = None
) -> alt.LayerChart:
    """A band per group, in the order of the rows.

    Args:
        bands: `name`, `case_count`, `days_p10`, `days_p25`, `days_median`, `days_p75`, `days_p90`.
        language: "zh" or "en".
        title: what is drawn.
        limit_days: drawn as a line across all groups.
    """
    labels = apart(
        [shortened(name, LABEL_LENGTH) for name in bands["name"].cast(pl.String).fill_null(TERMS["none"][language])]
    )
    rows = bands.with_columns(pl.Series("label", labels, dtype=pl.String))
    tooltips = [
        alt.Tooltip("name:N", title=GROUP[language]),
        alt.Tooltip("case_count:Q", title=COUNT[language], format=","),
        *(alt.Tooltip(f"{name}:Q", title=words[language], format=",.1f") for name, words in MARKS.items()),
    ]
    drawn = alt.Chart(rows).encode(
        y=alt.Y("label:N").sort(None).title(None).axis(domain=False, ticks=False, labelLimit=300), tooltip=tooltips
    )
    axis = alt.Axis(title=DAYS[language], tickCount=6, grid=True)
    layers = [
        drawn.mark_rule(strokeWidth=2, color=theme.OVERALL).encode(
            x=alt.X("days_p10:Q").axis(axis).scale(zero=True, nice=True), x2="days_p90:Q"
        ),
        drawn.mark_bar(height=12, color=theme.ON_TIME).encode(x="days_p25:Q", x2="days_p75:Q"),
        drawn.mark_tick(thickness=3, height=12, color="white").encode(x="days_median:Q"),
        *_limit(limit_days, language),
    ]
    return (
        alt.layer(*layers)
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows.height, 1),
            title=alt.TitleParams(title, subtitle=HOW_TO_READ[language]),
            description=figures.rows_told(title, rows.height, language),
        )
        .configure(**theme.config())
    )


def _limit(days: int | None, language: Language) -> list[alt.Chart]:
    if days is None:
        return []
    line = alt.Chart(
        pl.DataFrame({"days": [days], "told": [LIMIT[language].format(days=figures.count(days, language))]})
    )
    rule = line.mark_rule(color=theme.LATE, strokeDash=[4, 3]).encode(x="days:Q")
    words = line.mark_text(color=theme.LATE, align="left", dx=4, dy=-6, baseline="bottom").encode(
        x="days:Q", y=alt.value(0), text="told:N"
    )
    return [rule, words]

"""How cases pass the segments of a path: lines from when they enter to when they leave, dark where they take long.

Steep lines are fast, slanted ones slow; lines that cross overtake; many that end in one point move as a batch.
"""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import shortened
from efficacy_analytics.vocabulary import Language, heading

TITLE: Final = {"zh": "性能谱：办件怎样通过各区段", "en": "Performance spectrum: how cases pass each segment"}
LEGEND: Final = {"zh": "本区段用时", "en": "Time in the segment"}
QUARTERS: Final = {
    "zh": ("最短的四分之一", "较短", "较长", "最长的四分之一"),
    "en": ("shortest quarter", "below the median", "above the median", "longest quarter"),
}
HEAD: Final = {
    "zh": "{segment} · {count} 次 · 后来先办 {overtaken} · 成批 {batch}",
    "en": "{segment} · {count} {count:passage|passages} · out of turn {overtaken} · in batches {batch}",
}
FROM: Final = {"zh": "进入时段起于", "en": "Enter from"}
UNTIL: Final = {"zh": "离开时段起于", "en": "Leave from"}
BAND: Final = 74
HEAD_SHARE: Final = 0.3
"""Of a band's height, what its words take."""
WIDEST: Final = 2.6
LINE_LENGTH: Final = 70
PLACES: Final = {"from_at": "from_x", "until_at": "until_x"}
"""Within a stretch the quarters stand side by side, the shortest first, so that none hides another."""
COLOURS: Final = theme.WAITING_SCALE[:1] + theme.WAITING_SCALE[1:3] + theme.WAITING_SCALE[4:]


def performance_spectrum_lines(
    spectrum: pl.DataFrame, discipline: pl.DataFrame, language: Language = "zh", *, width: int = 860
) -> alt.LayerChart:
    """Each segment a band: lines from the top, where passages begin, to the bottom, where they end.

    Args:
        spectrum: the table `performance_spectrum`, its activities by name.
        discipline: the table `queue_discipline`, its activities by name.
        language: "zh" or "en".
        width: of the picture, in pixels.
    """
    rows, heads = _lines(spectrum, language), _heads(discipline, spectrum, language)
    y = alt.Y("top:Q").scale(domain=[discipline.height, 0], nice=False, zero=False).axis(None)
    time = alt.X("from_x:T").scale(type="utc", nice=False).axis(title=None, grid=True, format="%Y-%m-%d", labelAngle=0)
    colour = alt.Color("class:N").scale(domain=list(QUARTERS[language]), range=list(COLOURS))
    lines = alt.Chart(rows).mark_rule(opacity=0.75, strokeCap="round").encode(
        x=time, x2="until_x:T", y=y, y2="bottom:Q",
        color=colour.legend(title=LEGEND[language], orient="top", symbolType="stroke", titleOrient="left"),
        strokeWidth=alt.StrokeWidth("line_width:Q").scale(None).legend(None),
        order="quarter:Q",
        tooltip=[
            alt.Tooltip("segment:N", title=heading("segment", language)),
            alt.Tooltip("from_at:T", title=FROM[language], format="%Y-%m-%d %H:%M"),
            alt.Tooltip("until_at:T", title=UNTIL[language], format="%Y-%m-%d %H:%M"),
            alt.Tooltip("class:N", title=LEGEND[language]),
            alt.Tooltip("count:N", title=heading("transition_count", language)),
        ],
    )  # fmt: skip
    words = (
        alt.Chart(heads)
        .mark_text(align="left", baseline="top", fontSize=12, dy=5, color=theme.INK)
        .encode(y=y, x=alt.value(0), text="words:N")
    )
    return (
        alt.layer(lines, words)
        .properties(
            width=width,
            height=BAND * max(discipline.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], discipline.height, language),
        )
        .configure(**theme.config())
    )


def _lines(spectrum: pl.DataFrame, language: Language) -> pl.DataFrame:
    names = dict(enumerate(QUARTERS[language], start=1))
    aside = pl.duration(seconds=(pl.col("width_seconds") * (2 * pl.col("quarter") - 1)) // 8)
    band = pl.col("position").cast(pl.Int64)
    used = (pl.col("transition_count") / pl.col("transition_count").max().over("position")).sqrt()
    return spectrum.select(
        "quarter",
        pl.format("{} → {}", "activity", "next_activity").alias("segment"),
        *(pl.col(name).dt.replace_time_zone(None) for name in ("from_at", "until_at")),
        *((pl.col(name).dt.replace_time_zone(None) + aside).alias(drawn) for name, drawn in PLACES.items()),
        (band - 1 + HEAD_SHARE).alias("top"),
        (band - 0.06).alias("bottom"),
        pl.col("quarter").replace_strict(names, return_dtype=pl.String).alias("class"),
        (0.6 + (WIDEST - 0.6) * used).round(2).alias("line_width"),
        _counted(pl.col("transition_count"), language).alias("count"),
    )


def _heads(discipline: pl.DataFrame, spectrum: pl.DataFrame, language: Language) -> pl.DataFrame:
    words = [
        HEAD[language].format(
            segment=shortened(f"{row['activity']} → {row['next_activity']}", LINE_LENGTH),
            count=figures.count(row["transition_count"], language),
            overtaken=figures.share(row["fifo_violation_share"], language),
            batch=figures.share(row["batch_share"], language),
        )
        for row in discipline.iter_rows(named=True)
    ]
    return pl.DataFrame({"top": [float(place) - 1 for place in discipline["position"]], "words": words})


def _counted(column: pl.Expr, language: Language) -> pl.Expr:
    return column.map_elements(lambda value: figures.count(value, language), return_dtype=pl.String)

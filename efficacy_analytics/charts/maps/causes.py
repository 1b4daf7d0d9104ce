"""Why files wait, on the lines of a process map: a small stacked bar below the figures of each line that has room."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.maps.layers import SHOWN, x_of, y_of
from efficacy_analytics.charts.maps.layout.label_places import LABEL_HEIGHT
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import CAUSES, Language, heading

BAR_WIDTH: Final = 44.0
BAR_BELOW: Final = 9.0
"""From the middle of a label to the upper edge of its bar."""
BAR_HEIGHT: Final = 6.0
HEIGHT_WITH_BAR: Final = LABEL_HEIGHT + 10.0
BEFORE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a bar lies to the left of the point where its words begin, have their middle or end."""
BARS: Final = "bars"
PATH: Final = {"zh": "流转", "en": "Path"}
SWITCH: Final = {"zh": "显示等待原因", "en": "Show causes of waiting"}
SHARE: Final = {"zh": "占该流转等待", "en": "Share of its waiting"}


def cause_totals(waiting_causes: pl.DataFrame) -> pl.DataFrame:
    """Waiting by cause per pair of activities, whoever did them.

    Args:
        waiting_causes: the table of that name.

    Returns:
        One row per pair: `activity`, `next_activity`, and `<cause>_seconds` of the seven causes.
    """
    sums = [pl.col(f"{cause}_seconds").sum() for cause in CAUSES]
    return waiting_causes.group_by("activity", "next_activity", maintain_order=True).agg(sums)


def cause_rows(edges: pl.DataFrame, totals: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row per piece of a bar: its line, cause, edges and share in words; none for lines without room."""
    labelled = edges.with_row_index("line").filter(pl.col("label_x").is_not_null())
    whole = pl.sum_horizontal(f"{cause}_seconds" for cause in CAUSES)
    found = labelled.join(totals, on=["activity", "next_activity"], how="inner", maintain_order="left").filter(
        whole > 0
    )
    rows = []
    for row in found.iter_rows(named=True):
        parts = {cause: row[f"{cause}_seconds"] for cause in CAUSES}
        left, total = row["label_x"] - BEFORE[row["label_align"]] * BAR_WIDTH, sum(parts.values())
        for cause, seconds in parts.items():
            if seconds <= 0:
                continue
            right = left + BAR_WIDTH * seconds / total
            share = figures.share(seconds / total, language)
            top = row["label_y"] + BAR_BELOW
            rows.append(
                (row["line"], row["shown_from"], CAUSES[cause][language], share, f"{row['name']} → {row['next_name']}",
                 round(left, 1), round(right, 1), top, top + BAR_HEIGHT)
            )  # fmt: skip
            left = right
    names = ["line", "shown_from", "cause", "share", "path", "left", "right", "top", "bottom"]
    return pl.DataFrame(rows, schema=names, orient="row")


def cause_bars(language: Language) -> alt.Chart:
    """The bars, shown while the switch is on."""
    shown = alt.expr("causes ? 1 : 0")
    legend = alt.Legend(
        title=heading("cause", language), orient="top", titleOrient="left", symbolType="square", columns=7,
        labelOpacity=shown, symbolOpacity=shown, titleOpacity=shown,
    )  # fmt: skip
    scale = alt.Scale(domain=[words[language] for words in CAUSES.values()], range=[theme.CAUSES[c] for c in CAUSES])
    tooltips = {"path": PATH[language], "cause": heading("cause", language), "share": SHARE[language]}
    return (
        alt.Chart(alt.NamedData(BARS))
        .transform_filter(f"causes && {SHOWN}")
        .mark_rect(stroke=theme.PAPER, strokeWidth=0.5)
        .encode(
            x=x_of("left"),
            x2="right:Q",
            y=y_of("top"),
            y2="bottom:Q",
            fill=alt.Fill("cause:N", scale=scale, legend=legend),
            tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in tooltips.items()],
        )
    )


def causes_switch(language: Language) -> alt.Parameter:
    """Whether the bars are shown."""
    return alt.param("causes", value=True, bind=alt.binding_checkbox(name=SWITCH[language]))

"""Intervals of shares as lines of a chart: drawn where they tell something, and told of on the axis."""

from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import Language, Words

LINE: Final[Words] = {"zh": "{title}（横线为 95% 区间）", "en": "{title} (line: 95% interval)"}
WITHOUT_LINE: Final[Words] = {
    "zh": "没有横线的，区间为 0–100%，其占比无从确定。",
    "en": " A bar without a line has an interval of 0–100%: of its share nothing is sure.",
}
BOUNDS: Final = ("share_low", "share_high")


def with_telling_intervals(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, without the bounds of an interval from none to all: it tells nothing, and shortens all bars."""
    low, high = BOUNDS
    is_telling = (pl.col(low) > 0) | (pl.col(high) < 1)
    return rows.with_columns(pl.when(is_telling).then(bound).alias(bound) for bound in BOUNDS)


def told_of_bars_without(rows: pl.DataFrame, language: Language) -> str:
    """The sentence on bars without a line where others have one; empty where there are none."""
    lines = with_telling_intervals(rows)
    return WITHOUT_LINE[language] if _are_drawn(lines) and lines[BOUNDS[0]].count() < rows[BOUNDS[0]].count() else ""


def axis_title(rows: pl.DataFrame, title: str, language: Language) -> str:
    """The title of the axis, with what the lines are where there are any."""
    return LINE[language].format(title=title) if _are_drawn(rows) else title


def interval_lines(bars: alt.Chart, rows: pl.DataFrame, **encoded: Any) -> list[alt.Chart]:
    """The layer of lines over the bars; none where there is no interval."""
    low, high = BOUNDS
    lines = bars.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=f"{low}:Q", x2=f"{high}:Q", **encoded)
    return [lines] if _are_drawn(rows) else []


def _are_drawn(rows: pl.DataFrame) -> bool:
    return rows[BOUNDS[0]].count() > 0

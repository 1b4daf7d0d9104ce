"""What a reader sees of a process map's boxes and lines: words, widths and steps of waiting.

Here figures become words; positions are those of the layout.
"""

from typing import Final

import polars as pl

from efficacy_analytics.charts import figures
from efficacy_analytics.vocabulary import TERMS, Language

STEPS: Final = {
    "elapsed": (
        (3600.0, {"zh": "1 小时以内", "en": "up to 1 hour"}),
        (86400.0, {"zh": "1 天以内", "en": "up to 1 day"}),
        (3 * 86400.0, {"zh": "3 天以内", "en": "up to 3 days"}),
        (10 * 86400.0, {"zh": "10 天以内", "en": "up to 10 days"}),
        (float("inf"), {"zh": "10 天以上", "en": "more than 10 days"}),
    ),
    "open": (
        (1800.0, {"zh": "半小时以内", "en": "up to half an hour"}),
        (4 * 3600.0, {"zh": "4 小时以内", "en": "up to 4 hours"}),
        (16 * 3600.0, {"zh": "16 小时以内", "en": "up to 16 hours"}),
        (56 * 3600.0, {"zh": "56 小时以内", "en": "up to 56 hours"}),
        (float("inf"), {"zh": "56 小时以上", "en": "more than 56 hours"}),
    ),
}
"""Upper ends of the colour steps: the same on every map, so that maps can be compared."""
WIDEST_LINE: Final = 9.0


def box_rows(nodes: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row per box: its edges, its words, its counts."""
    ends = {"start": TERMS["start"][language], "end": TERMS["end"][language]}
    return nodes.select(
        "kind",
        "shown_from",
        "x",
        "y",
        (pl.col("x") - pl.col("width") / 2).round(1).alias("left"),
        (pl.col("x") + pl.col("width") / 2).round(1).alias("right"),
        (pl.col("y") - pl.col("height") / 2).round(1).alias("top"),
        (pl.col("y") + pl.col("height") / 2).round(1).alias("bottom"),
        pl.col("label").list.join("\n").alias("words"),
        pl.col("name").fill_null(pl.col("kind").replace(ends)),
        _counted("event_count", language),
        _counted("case_count", language),
    )


def line_rows(edges: pl.DataFrame, language: Language, clock: str) -> pl.DataFrame:
    """One row per line: its points, its width, its step of waiting (none at the ends), its figures in words."""
    used = pl.col("transition_count") / (edges["transition_count"].max() or 1)
    rows = edges.with_row_index("line")
    return rows.select(
        *("line", "shown_from", "xs", "ys", "tip_x", "tip_y", "tip_angle", "label_x", "label_y"),
        pl.col("name").fill_null(TERMS["start"][language]),
        pl.col("next_name").fill_null(TERMS["end"][language]),
        (1.0 + (WIDEST_LINE - 1.0) * used).round(2).alias("width"),
        (50 + 130 * used).round(0).alias("tip_size"),
        _pace(clock, language).alias("pace"),
        _counted("transition_count", language),
        _counted("case_count", language),
        *(_lasting(clock, figure, language) for figure in ("mean", "median", "p90")),
    )


def paces(clock: str, language: Language) -> list[str]:
    """The steps of waiting in words, shortest first."""
    return [words[language] for _, words in STEPS[clock]]


def _pace(clock: str, language: Language) -> pl.Expr:
    median = pl.col(f"{clock}_seconds_median")
    words = pl.lit(None, dtype=pl.String)
    for limit, names in reversed(STEPS[clock]):
        words = pl.when(median <= limit).then(pl.lit(names[language])).otherwise(words)
    return words


def _counted(column: str, language: Language) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda value: figures.count(value, language), return_dtype=pl.String, skip_nulls=False
    )


def _lasting(clock: str, figure: str, language: Language) -> pl.Expr:
    column = pl.col(f"{clock}_seconds_{figure}").alias(figure)
    return column.map_elements(
        lambda value: figures.duration(value, language, clock), return_dtype=pl.String, skip_nulls=False
    )

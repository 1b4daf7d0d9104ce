"""What a reader sees of a process map's boxes and lines: words, widths and steps of waiting.

Here figures become words; positions are those of the layout.
"""

from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.layout.paths import LENGTHS
from efficacy_analytics.charts.style import numbers as figures
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
    "counted": (
        (0.0, {"zh": "当天", "en": "the same day"}),
        (1.0, {"zh": "1 天以内", "en": "up to 1 day"}),
        (3.0, {"zh": "3 天以内", "en": "up to 3 days"}),
        (10.0, {"zh": "10 天以内", "en": "up to 10 days"}),
        (float("inf"), {"zh": "10 天以上", "en": "more than 10 days"}),
    ),
}
"""Upper ends of the colour steps: the same on every map, so that maps can be compared."""
WIDEST_LINE: Final = 9.0
FIGURES: Final = ("median", "mean", "p90")
ENDS: Final = ("start", "end")


def box_rows(nodes: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row per box: its edges, its words, its counts."""
    ends = {"start": TERMS["start"][language], "end": TERMS["end"][language]}
    told = {name: pl.lit(None, pl.String) for name in ("opens", "holds") if name not in nodes.columns}
    return nodes.with_columns(**told).select(
        "kind",
        pl.when(~pl.col("kind").is_in(ENDS)).then("activity").alias("activity"),
        "opens",
        "holds",
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


def line_rows(edges: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row per line: its points, its width, and on each clock its figures in words and its step of waiting.

    `elapsed_median` and the like are words, `elapsed_median_step` the number of the step, none at the ends.
    """
    used = pl.col("transition_count") / (edges["transition_count"].max() or 1)
    rows = edges.with_row_index("line")
    timed = [(clock, figure) for clock in clocks_of(edges) for figure in FIGURES]
    return rows.select(
        *(
            "line",
            "activity",
            "next_activity",
            "shown_from",
            "xs",
            "ys",
            "tip_x",
            "tip_y",
            "tip_angle",
            "label_x",
            "label_y",
        ),
        pl.col("name").fill_null(TERMS["start"][language]),
        pl.col("next_name").fill_null(TERMS["end"][language]),
        (1.0 + (WIDEST_LINE - 1.0) * used).round(2).alias("width"),
        _counted("transition_count", language),
        _counted("case_count", language),
        *(_lasting(clock, figure, language) for clock, figure in timed),
        *(_step(clock, figure) for clock, figure in timed),
    )


def clocks_of(edges: pl.DataFrame) -> list[str]:
    """The clocks on which any line has a length; the elapsed one always."""
    known = {clock: f"{LENGTHS[clock]}_median" for clock in STEPS}
    return [
        clock
        for clock, column in known.items()
        if clock == "elapsed" or (column in edges.columns and edges[column].count())
    ]


def paces(clock: str, language: Language) -> list[str]:
    """The steps of waiting in words, shortest first."""
    return [words[language] for _, words in STEPS[clock]]


def _step(clock: str, figure: str) -> pl.Expr:
    length = pl.col(f"{LENGTHS[clock]}_{figure}")
    step = pl.lit(None, dtype=pl.Int64)
    for number, (limit, _) in reversed(list(enumerate(STEPS[clock]))):
        step = pl.when(length <= limit).then(number).otherwise(step)
    return step.alias(f"{clock}_{figure}_step")


def _counted(column: str, language: Language) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda value: figures.count(value, language), return_dtype=pl.String, skip_nulls=False
    )


def _lasting(clock: str, figure: str, language: Language) -> pl.Expr:
    column = pl.col(f"{LENGTHS[clock]}_{figure}").alias(f"{clock}_{figure}")
    return column.map_elements(
        lambda value: (
            figures.counted_days(value, language) if clock == "counted" else figures.duration(value, language, clock)
        ),
        return_dtype=pl.String,
        skip_nulls=False,
    )

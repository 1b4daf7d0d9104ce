"""What a reader sees of a process map's boxes and lines: words, widths and steps of waiting.

Here figures become words; positions are those of the layout.
"""

from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.layout.paths import LENGTHS, is_marked
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.vocabulary import TERMS, Language

STEPS: Final = (0.01, 0.05, 0.10, 0.20, float("inf"))
"""Upper ends of the colour steps, as shares of all time between steps: the same on every map."""
STEP_WORDS: Final = {
    "zh": ("不足 1%", "1–5%", "5–10%", "10–20%", "20% 以上"),
    "en": ("below 1%", "1–5%", "5–10%", "10–20%", "20% or more"),
}
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

    `elapsed_median` and the like are words, `elapsed_share` the share of all time between steps in words,
    `elapsed_step` the number of its step, none at the ends, `elapsed_place` that of the three that hold most.
    """
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
            "label_align",
            "label_is_stacked",
            "mark_x",
            "mark_y",
        ),
        pl.col("name").fill_null(TERMS["start"][language]),
        pl.col("next_name").fill_null(TERMS["end"][language]),
        line_width(edges).alias("width"),
        _counted("transition_count", language),
        _counted("case_count", language),
        *(_lasting(clock, figure, language) for clock, figure in timed),
        *(words for clock in clocks_of(edges) for words in (_share(clock, language), step_of(clock), _place(clock))),
    )


def line_width(edges: pl.DataFrame) -> pl.Expr:
    """How wide a line is drawn where it shows how often it is used, in pixels."""
    used = pl.col("transition_count") / (edges["transition_count"].max() or 1)
    return (1.0 + (WIDEST_LINE - 1.0) * used).round(2)


def step_of(clock: str) -> pl.Expr:
    """The number of the step of waiting on a clock, `<clock>_step`; null where no time is known."""
    share = pl.col(f"{clock}_share")
    step = pl.lit(None, dtype=pl.Int64)
    for number, limit in reversed(list(enumerate(STEPS))):
        step = pl.when(share < limit).then(number).otherwise(step)
    return step.alias(f"{clock}_step")


def time_words(length: float | None, language: Language, clock: str) -> str:
    """A length on a clock in words: seconds, or the days that the law counts."""
    return figures.counted_days(length, language) if clock == "counted" else figures.duration(length, language, clock)


def clocks_of(edges: pl.DataFrame) -> list[str]:
    """The clocks on which any line has a length; the elapsed one always."""
    known = {clock: f"{LENGTHS[clock]}_median" for clock in LENGTHS}
    return [
        clock
        for clock, column in known.items()
        if clock == "elapsed" or (column in edges.columns and edges[column].count())
    ]


def _share(clock: str, language: Language) -> pl.Expr:
    return pl.col(f"{clock}_share").map_elements(
        lambda value: figures.share(value, language), return_dtype=pl.String, skip_nulls=False
    )


def _place(clock: str) -> pl.Expr:
    place = pl.col(f"{clock}_share").rank("ordinal", descending=True).cast(pl.Int64)
    return pl.when(is_marked(clock)).then(place).alias(f"{clock}_place")


def _counted(column: str, language: Language) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda value: figures.count(value, language), return_dtype=pl.String, skip_nulls=False
    )


def _lasting(clock: str, figure: str, language: Language) -> pl.Expr:
    column = pl.col(f"{LENGTHS[clock]}_{figure}").alias(f"{clock}_{figure}")
    return column.map_elements(
        lambda value: time_words(value, language, clock),
        return_dtype=pl.String,
        skip_nulls=False,
    )

"""What a reader sees of the lines of a difference map: how much more or less B has than A, and if that is chance."""

from collections.abc import Callable
from typing import Final

import polars as pl

from efficacy_analytics.charts.maps.rows import WIDEST_LINE
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.vocabulary import TERMS, Language

CLOCKS: Final = ("elapsed", "open")
SHARE: Final = "share"
LIMITS: Final = {
    "elapsed": (3600.0, 86400.0, 3 * 86400.0),
    "open": (1800.0, 4 * 3600.0, 16 * 3600.0),
    SHARE: (0.01, 0.05, 0.15),
}
"""From which size a difference has the first, second and third step of colour: the same on every map."""
STEPS: Final = (-3, -2, -1, 0, 1, 2, 3)
STEP_WORDS: Final = {
    "elapsed": {
        "zh": (
            "短 3 天以上", "短 1–3 天", "短 1 小时–1 天", "相差不到 1 小时",
            "长 1 小时–1 天", "长 1–3 天", "长 3 天以上",
        ),
        "en": (
            "over 3 days shorter", "1–3 days", "1 hour–1 day", "under 1 hour",
            "1 hour–1 day", "1–3 days", "over 3 days longer",
        ),
    },
    "open": {
        "zh": (
            "短 16 小时以上", "短 4–16 小时", "短 0.5–4 小时", "相差不到半小时",
            "长 0.5–4 小时", "长 4–16 小时", "长 16 小时以上",
        ),
        "en": (
            "over 16 h shorter", "4–16 h", "0.5–4 h", "under half an hour",
            "0.5–4 h", "4–16 h", "over 16 h longer",
        ),
    },
    SHARE: {
        "zh": (
            "低 15 个百分点以上", "低 5–15", "低 1–5", "相差不到 1",
            "高 1–5", "高 5–15", "高 15 个百分点以上",
        ),
        "en": ("over 15 points lower", "5–15", "1–5", "under 1 point", "1–5", "5–15", "over 15 points higher"),
    },
}  # fmt: skip
SURE: Final = {
    True: {"zh": "显著", "en": "significant"},
    False: {"zh": "不显著或办件太少", "en": "not significant, or too few cases"},
}


def difference_rows(edges: pl.DataFrame, differences: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row per line: points, width by the use in both groups, and per measure words, step and whether it is sure.

    Args:
        edges: lines as `map_layout` gives them.
        differences: the table of that name.
        language: "zh" or "en".

    Returns:
        Beside the places, for `elapsed`, `open` and `share`: `…_a`, `…_b`, `…_difference` in words, `…_step` (-3 to 3,
        none where nothing is compared), `…_sure`; and `transitions_a`, `transitions_b`.
    """
    found = edges.with_row_index("line").join(
        differences, on=["activity", "next_activity"], how="left", maintain_order="left"
    )
    used = pl.col("transition_count") / (edges["transition_count"].max() or 1)
    return found.select(
        *("line", "shown_from", "xs", "ys", "tip_x", "tip_y", "tip_angle", "label_x", "label_y"),
        pl.col("name").fill_null(TERMS["start"][language]),
        pl.col("next_name").fill_null(TERMS["end"][language]),
        (1.0 + (WIDEST_LINE - 1.0) * used).round(2).alias("width"),
        *(
            _told(f"transition_count_{side}", lambda n: figures.count(n, language), f"transitions_{side}")
            for side in "ab"
        ),
        *(column for clock in CLOCKS for column in _waits(clock, language)),
        *_shares(language),
    )


def _waits(clock: str, language: Language) -> list[pl.Expr]:
    def told(seconds: float | None) -> str:
        return figures.duration(seconds, language, clock)

    def signed(seconds: float | None) -> str:
        return TERMS["none"][language] if seconds is None else _signed(seconds, told(abs(seconds)))

    sides = [_told(f"{clock}_seconds_median_{side}", told, f"{clock}_{side}") for side in "ab"]
    difference = f"{clock}_seconds_difference"
    sure = pl.col(f"is_{clock}_significant")
    return [
        *sides,
        _told(difference, signed, f"{clock}_difference"),
        _step(difference, clock),
        *_sure(sure, clock, language),
    ]


def _shares(language: Language) -> list[pl.Expr]:
    points = {"zh": "{} 个百分点", "en": "{} points"}[language]

    def told(share: float | None) -> str:
        return figures.share(share, language)

    def signed(share: float | None) -> str:
        return TERMS["none"][language] if share is None else _signed(share, points.format(f"{abs(100 * share):.1f}"))

    sides = [_told(f"case_share_{side}", told, f"{SHARE}_{side}") for side in "ab"]
    difference = "case_share_difference"
    sure = pl.col("is_case_share_significant")
    return [
        *sides,
        _told(difference, signed, f"{SHARE}_difference"),
        _step(difference, SHARE),
        *_sure(sure, SHARE, language),
    ]


def _told(column: str, words: Callable[[float | None], str], name: str) -> pl.Expr:
    return pl.col(column).map_elements(words, return_dtype=pl.String, skip_nulls=False).alias(name)


def _signed(value: float, words: str) -> str:
    return words if not value else f"{'+' if value > 0 else '−'}{words}"


def _step(column: str, measure: str) -> pl.Expr:
    size = pl.sum_horizontal((pl.col(column).abs() >= limit).cast(pl.Int64) for limit in LIMITS[measure])
    step = pl.when(pl.col(column).is_not_null()).then(size * pl.col(column).sign().cast(pl.Int64))
    return step.alias(f"{measure}_step")


def _sure(sure: pl.Expr, measure: str, language: Language) -> list[pl.Expr]:
    known = sure.fill_null(value=False)
    words = pl.when(known).then(pl.lit(SURE[True][language])).otherwise(pl.lit(SURE[False][language]))
    return [known.alias(f"{measure}_sure"), words.alias(f"{measure}_verdict")]

"""Where in time the steps of all cases lie: a dotted chart whose dots are counts, not cases."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.vocabulary import Language, heading

TITLE: Final = {
    "calendar": {"zh": "点图：环节落在何时", "en": "Dotted chart: when steps happen"},
    "acceptance": {"zh": "点图：环节发生在办件开始后多久", "en": "Dotted chart: how long into a case its steps happen"},
}  # fmt: skip
CASES: Final = {"zh": "办件（按开始先后，自上而下）", "en": "Cases, those that began first at the top"}
SINCE: Final = {"zh": "办件开始后（天）", "en": "Days since the case began"}
STEP: Final = {"zh": "最多的环节（阶段）", "en": "Most frequent step or stage"}
OTHERS: Final = {"zh": "其他", "en": "Others"}
SHARE: Final = {"zh": "占本格", "en": "Share of the dot"}
AT: Final = {"zh": "时段起于", "en": "From"}
HOURS_A_DAY: Final = 24
ROW: Final = 13


def event_dots(
    density: pl.DataFrame,
    language: Language = "zh",
    *,
    against: str = "calendar",
    steps: Sequence[str] | None = None,
    width: int = 760,
) -> alt.Chart:
    """Dots as large as the number of steps, coloured by the most frequent one.

    Args:
        density: the table `event_density`, its steps by name.
        language: "zh" or "en".
        against: "calendar" or "acceptance", as the table was made.
        steps: which take the colours, in this order, so that several charts agree; by default the most frequent.
        width: of the picture, in pixels.
    """
    rows, kinds = _rows(density, language, against, steps or leading_steps(density))
    is_cut = OTHERS[language] in kinds
    colours = [*theme.CATEGORIES[: len(kinds) - is_cut], *([theme.OVERALL] if is_cut else [])]
    legend: dict[str, Any] = {
        "title": STEP[language],
        "orient": "right",
        "symbolType": "circle",
        "symbolStrokeWidth": 0,
    }
    place = "at:T" if against == "calendar" else "at:Q"
    axis = {"title": None, "format": "%Y-%m", "grid": True} if against == "calendar" else {"title": SINCE[language]}
    x = alt.X(place).axis(**axis)
    return (
        alt.Chart(rows)
        .mark_circle(opacity=0.9)
        .encode(
            x=x.scale(type="utc", padding=10) if against == "calendar" else x.scale(padding=10, nice=False),
            y=alt.Y("case_bin:Q")
            .scale(reverse=True, nice=False)
            .axis(labels=False, ticks=False, title=CASES[language]),
            size=alt.Size("event_count:Q").scale(type="sqrt", range=[3, 150]).legend(None),
            color=alt.Color("kind:N").scale(domain=kinds, range=colours).legend(**legend),
            tooltip=[
                alt.Tooltip("told_at:N", title=AT[language]),
                alt.Tooltip("step:N", title=STEP[language]),
                alt.Tooltip("share:N", title=SHARE[language]),
                alt.Tooltip("count:N", title=heading("event_count", language)),
            ],
        )
        .properties(
            width=width,
            height=ROW * max(int(density["case_bin"].max() or 0) + 1, 12),  # type: ignore[arg-type]
            title=TITLE[against][language],
            description=figures.rows_told(TITLE[against][language], density.height, language),
        )
        .configure(**theme.config())
    )


def leading_steps(density: pl.DataFrame) -> list[str]:
    """The steps that are the most frequent of any dot, those of the most events first."""
    counted = density.group_by("step").agg(pl.col("event_count").sum())
    return counted.sort(["event_count", "step"], descending=[True, False])["step"].to_list()


def _rows(
    density: pl.DataFrame, language: Language, against: str, most: Sequence[str]
) -> tuple[pl.DataFrame, list[str]]:
    kept = list(most)[: len(theme.CATEGORIES) - (1 if len(most) > len(theme.CATEGORIES) else 0)]
    kinds = kept if len(kept) == len(most) else [*kept, OTHERS[language]]
    hours = pl.col("at_hours") + pl.col("width_hours") / 2
    if against == "calendar":
        at = (hours * 3_600_000).cast(pl.Int64).cast(pl.Datetime("ms"))
        told = (pl.col("at_hours") * 3_600_000).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d")
    else:
        at = hours / HOURS_A_DAY
        told = (pl.col("at_hours") / HOURS_A_DAY).round(1).cast(pl.String)
    rows = density.select(
        "case_bin",
        "event_count",
        "step",
        at.alias("at"),
        told.alias("told_at"),
        pl.when(pl.col("step").is_in(kept)).then("step").otherwise(pl.lit(OTHERS[language])).alias("kind"),
        _told("step_share", "share", lambda one: figures.share(one, language)),
        _told("event_count", "count", lambda one: figures.count(one, language)),
    )  # fmt: skip
    return rows, kinds


def _told(column: str, name: str, written: Callable[[float], str]) -> pl.Expr:
    return pl.col(column).map_elements(written, return_dtype=pl.String).alias(name)

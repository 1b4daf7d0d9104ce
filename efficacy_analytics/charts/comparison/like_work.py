"""Departments on like work: late cases against those to be expected, and the ranks that are left open."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.vocabulary import Language, Words, heading

FUNNEL_TITLE: Final = {
    "zh": "逾期件数与同类办件预期件数之比（漏斗图）",
    "en": "Late cases over those to be expected of like work (funnel)",
}
RANKS_TITLE: Final = {
    "zh": "各部门名次的可能范围（同时成立）",
    "en": "Ranks each department may have (all at once)",
}
PLACES: Final[dict[str, Words]] = {
    "below": {"zh": "少于预期", "en": "fewer than expected"},
    "within": {"zh": "与预期无显著差别", "en": "not told apart from expected"},
    "above": {"zh": "多于预期", "en": "more than expected"},
}
COLOURS: Final = {"below": theme.ON_TIME, "within": theme.OVERALL, "above": theme.LATE}
EXACT: Final[Words] = {"zh": "99.8% 精确界限", "en": "99.8% limits, exact"}
WIDENED: Final[Words] = {"zh": "99.8% 界限，计入部门间差异", "en": "99.8% limits, widened by the spread"}
LAST: Final[Words] = {"zh": "可能在后三名", "en": "may be among the last three"}
NOT_LAST: Final[Words] = {"zh": "不在后三名", "en": "not among the last three"}
ONE_STROKE, TWO_STROKES = "M-1,0L1,0", "M-1,-0.5L1,-0.5M-1,0.5L1,0.5"
"""Marks of the limits, as paths."""
LABEL_LENGTH: Final = 34
ROW_HEIGHT: Final = 20
MOST_LABELS: Final = 6
"""Departments that are named in the funnel: those with most late cases beyond what was expected, outside the limits."""
LEAST_TOP, MOST_TOP = 2.5, 8.0
"""The funnel reaches at least and at most so many times what was expected. What lies higher stands at its upper edge as
a triangle, with its ratio; limits go on beyond, where little is expected."""


def comparison_funnel(comparison: pl.DataFrame, language: Language = "zh") -> alt.LayerChart:
    """A dot per department: how many late cases were to be expected, and how many times as many there were.

    Strokes mark each department's limits: they depend on how far its work is known too. Colour goes by the limits
    that are widened by the spread between departments where they are known, else by the exact ones; one with too few
    cases to be ranked is not coloured.

    Args:
        comparison: the table `department_comparison`, its departments by name.
        language: "zh" or "en".
    """
    rows = _funnel_rows(comparison, language)
    words = [PLACES[place][language] for place in PLACES]
    x = alt.X("expected:Q").title(heading("expected_late_count", language)).scale(zero=True)
    y = alt.Y("ratio:Q").title(heading("late_ratio", language)).axis(format=".1f").scale(domain=[0, _top(comparison)])
    dots = alt.Chart(rows).encode(x=x, y=y)
    shape = alt.Shape("is_beyond:N").scale(domain=[False, True], range=["circle", "triangle-up"]).legend(None)
    names = [*(("department", "ratio_told", "late", "expected_told", "place"))]
    titles = ("department", "late_ratio", "late_count", "expected_late_count", "kind")
    tooltips = [
        alt.Tooltip(f"{name}:N", title=heading(title, language)) for name, title in zip(names, titles, strict=True)
    ]
    colour = (
        alt.Color("place:N")
        .scale(alt.Scale(domain=words, range=list(COLOURS.values())))
        .legend(orient="top", title=None, symbolType="circle", labelLimit=0)
    )
    limits = _limits(comparison, language)
    there = set(limits["kind"].to_list())
    marks = {
        kind[language]: mark for kind, mark in ((EXACT, ONE_STROKE), (WIDENED, TWO_STROKES)) if kind[language] in there
    }
    at_limits = alt.Chart(limits).encode(x="expected:Q")
    spans = at_limits.mark_rule(strokeWidth=1, clip=True, color=theme.RULE).encode(y="low:Q", y2="high:Q")
    kinds = (
        alt.Shape("kind:N")
        .scale(domain=list(marks), range=list(marks.values()))
        .legend(
            orient="bottom",
            title=None,
            labelLimit=0,
            symbolFillColor="transparent",
            symbolStrokeColor=theme.MUTED,
            symbolStrokeWidth=1.2,
            symbolSize=140,
        )
    )
    ends = [
        at_limits.mark_point(size=90, strokeWidth=1.4, filled=False, clip=True, opacity=1, color=theme.MUTED).encode(
            y=f"{side}:Q", shape=kinds
        )
        for side in ("low", "high")
    ]
    one = alt.Chart(pl.DataFrame({"one": [1.0]})).mark_rule(color=theme.INK, strokeWidth=1).encode(y="one:Q")
    return (
        alt.layer(
            alt.layer(spans, *ends),
            one,
            dots.mark_point(size=70, opacity=1, filled=True).encode(color=colour, shape=shape, tooltip=tooltips),
            *(
                dots.transform_filter(f"datum.is_beyond == {str(beyond).lower()}")
                .mark_text(align="left", dx=8, dy=dy, fontSize=11, color=theme.INK)
                .encode(text="label:N")
                for beyond, dy in ((False, -5), (True, 6))
                if (rows["is_beyond"] == beyond).any()
            ),
        )
        .resolve_scale(shape="independent")
        .properties(
            width=theme.WIDTH,
            height=320,
            title=FUNNEL_TITLE[language],
            description=figures.rows_told(FUNNEL_TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def rank_sets(comparison: pl.DataFrame, language: Language = "zh") -> alt.LayerChart:
    """A line per department from the best to the worst rank it may have; rank 1 has fewest late cases for its work.

    Args:
        comparison: the table `department_comparison`, its departments by name.
        language: "zh" or "en".
    """
    rows = _rank_rows(comparison, language)
    words = [NOT_LAST[language], LAST[language]]
    lines = alt.Chart(rows).encode(
        y=alt.Y("label:N").sort(None).title(None).axis(domain=False, ticks=False, grid=True),
        color=alt.Color("last:N")
        .scale(alt.Scale(domain=words, range=[theme.OVERALL, theme.LATE]))
        .legend(orient="top", title=None, symbolType="circle"),
        tooltip=[
            alt.Tooltip("department:N", title=heading("department", language)),
            alt.Tooltip("ranks:N", title=heading("rank", language)),
        ],
    )
    axis = alt.Axis(format="d", title=heading("possible_ranks", language), tickMinStep=1)
    return (
        alt.layer(
            lines.mark_rule(strokeWidth=4).encode(
                x=alt.X("best_rank:Q").axis(axis).scale(zero=False, nice=True), x2="worst_rank:Q"
            ),
            lines.mark_circle(size=45, opacity=1).encode(x="best_rank:Q"),
            lines.mark_circle(size=45, opacity=1).encode(x="worst_rank:Q"),
        )
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows.height, 1),
            title=RANKS_TITLE[language],
            description=figures.rows_told(RANKS_TITLE[language], rows.height, language),
        )
        .configure(**theme.config())
    )


def place_of(row: dict[str, object]) -> str:
    """`below`, `within` or `above` the limits at 99.8 %: of the widened funnel where it is known, else the exact one.

    At 95 % one in twenty of many departments would be named by chance; at 99.8 % hardly ever one of all.
    """
    band = str(row["overdispersed_band"] or row["exact_band"] or "within")
    return band.removeprefix("far_") if band.startswith("far_") else "within"


def _funnel_rows(comparison: pl.DataFrame, language: Language) -> pl.DataFrame:
    known = comparison.drop_nulls("late_ratio").sort("department", nulls_last=True)
    places = ["within" if row["not_ranked_because"] else place_of(row) for row in known.iter_rows(named=True)]
    names = departments_named(known, language)["department"].to_list()
    far = known.with_row_index("at").with_columns(pl.Series("place", places, dtype=pl.String))
    far = far.filter(pl.col("place") == "above").sort("late_ratio", "at", descending=[True, False])
    named = set(far["at"].head(MOST_LABELS).to_list())
    top = _top(known)
    beyond = [ratio > top for ratio in known["late_ratio"]]
    labels = [
        shortened(name, LABEL_LENGTH) + (f" {ratio:,.1f}×" if is_beyond else "") if at in named else ""
        for at, (name, ratio, is_beyond) in enumerate(zip(names, known["late_ratio"], beyond, strict=True))
    ]
    return pl.DataFrame(
        {
            "department": pl.Series(names, dtype=pl.String),
            "label": pl.Series(labels, dtype=pl.String),
            "expected": known["expected_late_count"],
            "ratio": known["late_ratio"].clip(upper_bound=top),
            "is_beyond": pl.Series(beyond, dtype=pl.Boolean),
            "ratio_told": pl.Series([f"{ratio:.2f}" for ratio in known["late_ratio"]], dtype=pl.String),
            "late": pl.Series([figures.count(n, language) for n in known["late_count"]], dtype=pl.String),
            "expected_told": pl.Series([f"{n:.1f}" for n in known["expected_late_count"]], dtype=pl.String),
            "place": pl.Series([PLACES[place][language] for place in places], dtype=pl.String),
        }
    )


def _top(comparison: pl.DataFrame) -> float:
    """How high the funnel reaches: beyond the ranked departments, and beyond the upper limit where it is lowest."""
    ranked = comparison.filter(pl.col("not_ranked_because").is_null())["late_ratio"].drop_nulls()
    lowest = comparison.drop_nulls("late_ratio")["exact_high_far"].drop_nulls()
    wanted = [1.15 * ratio for ratio in ranked] + ([1.1 * float(lowest.min())] if lowest.len() else [])  # type: ignore[arg-type]
    return min(max([LEAST_TOP, *wanted]), MOST_TOP)


def _limits(comparison: pl.DataFrame, language: Language) -> pl.DataFrame:
    """From where to where each department's ratio may lie by chance."""
    known = comparison.drop_nulls("late_ratio").sort("expected_late_count", "department", nulls_last=True)
    parts = [
        known.select(
            pl.col("expected_late_count").alias("expected"),
            pl.col(f"{kind}_low_far").cast(pl.Float64).alias("low"),
            pl.col(f"{kind}_high_far").cast(pl.Float64).alias("high"),
            pl.lit(words[language]).alias("kind"),
        )
        for kind, words in (("overdispersed", WIDENED), ("exact", EXACT))
    ]
    return pl.concat(parts).drop_nulls(["low", "high"])


def _rank_rows(comparison: pl.DataFrame, language: Language) -> pl.DataFrame:
    known = comparison.drop_nulls("worst_rank").sort("worst_rank", "best_rank", "department")
    names = departments_named(known, language)["department"].to_list()
    ranks = known.select("best_rank", "worst_rank")
    told = [str(best) if best == worst else f"{best}–{worst}" for best, worst in ranks.rows()]
    return ranks.with_columns(
        pl.Series("department", names, dtype=pl.String),
        pl.Series("label", apart([shortened(name, LABEL_LENGTH) for name in names]), dtype=pl.String),
        pl.Series("ranks", told, dtype=pl.String),
        pl.Series("last", [(LAST if is_last else NOT_LAST)[language] for is_last in known["may_be_last_three"]],
                  dtype=pl.String),
    )  # fmt: skip

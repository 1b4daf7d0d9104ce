"""Departments by indicators: where each share lies beside that of all together, told by shape and by colour."""

from typing import Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.findings.performance.indicator_list import INDICATORS
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, TERMS, Language, Words, heading

TITLE: Final[Words] = {"zh": "各{level}各项指标与总体之比", "en": "Shares of each {level} beside those of all together"}
POSITIONS: Final[dict[str, Words]] = {
    "better": {"zh": "优于总体", "en": "better than all together"},
    "worse": {"zh": "差于总体", "en": "worse than all together"},
    "above": {"zh": "高于总体（无优劣）", "en": "above, neither better nor worse"},
    "below": {"zh": "低于总体（无优劣）", "en": "below, neither better nor worse"},
    "within": {"zh": "与总体无显著差别", "en": "not told apart"},
}
SHAPES: Final = {
    "better": "triangle-up", "worse": "triangle-down", "above": "triangle-right", "below": "triangle-left",
    "within": "circle",
}  # fmt: skip
COLOURS: Final = {
    "better": theme.ON_TIME, "worse": theme.LATE, "above": theme.MUTED, "below": theme.MUTED, "within": theme.RULE,
}  # fmt: skip
SIZES: Final = {"within": 40}
LABEL_LENGTH: Final = 30
ROW_HEIGHT: Final = 24
MOST_ROWS: Final = 40


def indicator_matrix(positions: pl.DataFrame, language: Language = "zh", *, top: int = MOST_ROWS) -> alt.LayerChart:
    """A mark per department and indicator; its interval, the share of all and the cases stand in its tooltip.

    A triangle that points up is better, one that points down worse than all together, whatever its colour; a small dot
    is not told apart; no mark: nothing to count.

    Args:
        positions: the table `indicator_positions`; rows stand in the order of the codes, where it has those beside.
        language: "zh" or "en".
        top: how many rows to draw, those with most cases.
    """
    level = next(name for name in positions.columns if name != "indicator")
    rows = _rows(positions.rename({level: "level"}), level, language, top)
    shown = [place for place in POSITIONS if POSITIONS[place][language] in set(rows["place"])] or ["within"]
    domain = [POSITIONS[place][language] for place in shown]
    legend = alt.Legend(orient="top", title=None, labelLimit=0, columns=3)
    names = [_name(one, language) for one in dict.fromkeys(rows["indicator"])]
    title = TITLE[language].format(level=heading(level, language).lower())
    labels = list(dict.fromkeys(rows.sort("code", "label", nulls_last=True)["label"]))
    marks = (
        alt.Chart(rows)
        .mark_point(filled=True, opacity=1)
        .encode(
            x=alt.X("called:N").sort(names).title(None).axis(orient="top", labelAngle=-50, labelLimit=0, grid=True),
            y=alt.Y("label:N").sort(labels).title(None).axis(domain=False, ticks=False, grid=True),
            shape=alt.Shape("place:N").scale(domain=domain, range=[SHAPES[place] for place in shown]).legend(legend),
            color=alt.Color("place:N").scale(domain=domain, range=[COLOURS[place] for place in shown]).legend(legend),
            size=alt.Size("size:Q").scale(None).legend(None),
            tooltip=[
                alt.Tooltip("label:N", title=heading(level, language)),
                alt.Tooltip("called:N", title=heading("indicator", language)),
                alt.Tooltip("told:N", title=heading("value", language)),
                alt.Tooltip("interval:N", title=heading("on_time_interval", language)),
                alt.Tooltip("overall:N", title=heading("overall_value", language)),
                alt.Tooltip("cases:N", title=heading("of_case_count", language)),
                alt.Tooltip("place:N", title=heading("position", language)),
            ],
        )
    )
    return (
        alt.layer(marks)
        .properties(
            width=theme.WIDTH,
            height=ROW_HEIGHT * max(rows["label"].n_unique(), 1),
            title=title,
            description=figures.rows_told(title, rows.height, language),
        )
        .configure(**theme.config())
    )


def _rows(positions: pl.DataFrame, level: str, language: Language, top: int) -> pl.DataFrame:
    """The marks; a matrix is no ranking, so they go by the code of their level in every language."""
    code = f"{level}_code" if f"{level}_code" in positions.columns else "level"
    none = (DEPARTMENT_NOT_STATED if level == "department" else TERMS["none"])[language]
    named = positions.with_columns(pl.col(code).cast(pl.String).alias("code"), pl.col("level").fill_null(none))
    largest = (
        named.group_by("code").agg(pl.col("level").first(), pl.col("of_case_count").max())
        .sort("of_case_count", "code", descending=[True, False], nulls_last=True).head(top)
    )  # fmt: skip
    labels = apart([shortened(name, LABEL_LENGTH) for name in largest["level"]])
    called = dict(zip(largest["code"], labels, strict=True))
    kept = named.filter(pl.col("code").is_in(largest["code"].implode(), nulls_equal=True))
    return pl.DataFrame(
        [
            {
                "indicator": row["indicator"], "called": _name(row["indicator"], language),
                "label": called[row["code"]], "code": row["code"], "place": POSITIONS[row["position"]][language],
                "size": SIZES.get(row["position"], 120), "told": figures.share(row["value"], language),
                "interval": figures.interval(row["value_low"], row["value_high"], language),
                "overall": figures.share(row["overall_value"], language),
                "cases": figures.count(row["of_case_count"], language),
                "is_worse": row["position"] == "worse", "is_better": row["position"] == "better",
            }
            for row in kept.iter_rows(named=True)
        ],
        schema_overrides={"place": pl.String, "size": pl.Int64, "indicator": pl.String, "label": pl.String,
                          "code": pl.String, "is_worse": pl.Boolean, "is_better": pl.Boolean},
    ) if kept.height else pl.DataFrame(schema=_SCHEMA)  # fmt: skip


_SCHEMA: Final = {
    **dict.fromkeys(("indicator", "called", "label", "code", "place", "told", "interval", "overall"), pl.String),
    "cases": pl.String, "size": pl.Int64, "is_worse": pl.Boolean, "is_better": pl.Boolean,
}  # fmt: skip


def _name(indicator: str, language: Language) -> str:
    one = {each.name: each for each in INDICATORS}[indicator]
    return one.zh if language == "zh" else one.en

"""Why a late share changed, effect by effect, and whether late cases of a department rise, since when."""

from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.vocabulary import Language, Words, heading

CHANGE_TITLE: Final = {
    "zh": "逾期率为何变化：{department}，{before} 至 {after}",
    "en": "Why the late share changed: {department}, {before} to {after}",
}
NO_CHANGE_TITLE: Final = {
    "zh": "逾期率为何变化：没有前后两期",
    "en": "Why the late share changed: there are no two periods",
}
ALL: Final[Words] = {"zh": "全部部门", "en": "all departments"}
EFFECTS: Final[dict[str, Words]] = {
    "mix_effect": {"zh": "事项构成", "en": "mix of items"},
    "rate_effect": {"zh": "办理快慢", "en": "handling"},
    "rule_effect": {"zh": "时限变动", "en": "new limits"},
    "record_effect": {"zh": "延期停钟记录", "en": "records"},
    "entry_effect": {"zh": "新增事项", "en": "new items"},
    "exit_effect": {"zh": "退出事项", "en": "ended items"},
}
DIRECTIONS: Final[dict[str, Words]] = {
    "share": {"zh": "逾期率", "en": "late share"},
    "up": {"zh": "升高", "en": "raises it"},
    "down": {"zh": "降低", "en": "lowers it"},
}
COLOURS: Final = {"share": theme.OVERALL, "up": theme.LATE, "down": theme.ON_TIME}
POINTS: Final[Words] = {"zh": "{points} 个百分点", "en": "{points} points"}
COURSE_TITLE: Final = {
    "zh": "逾期是否上升：累计和占警戒线之比（CUSUM）",
    "en": "Whether late cases rise: the sum over its threshold (CUSUM)",
}
SCORE: Final[Words] = {"zh": "累计和 / 警戒线", "en": "Sum over its threshold"}
SIGNAL: Final[Words] = {"zh": "警戒线", "en": "threshold"}
OTHERS: Final[Words] = {"zh": "其他部门", "en": "other departments"}
MOST_NAMED: Final = 6


def change_waterfall(
    changes: pl.DataFrame, language: Language = "zh", *, department: str | None = None, until: str | None = None
) -> alt.LayerChart:
    """The late share of a period, each effect that moved it in points, and that of the next one.

    Args:
        changes: the table `late_share_changes`, its departments by name.
        language: "zh" or "en".
        department: the name of one; by default all together.
        until: the later period, such as 2025-Q3; by default the last one there is.
    """
    of_one = changes.filter(pl.col("department").eq_missing(pl.lit(department, dtype=pl.String)))
    chosen = of_one.filter(pl.col("period") == until) if until else of_one.sort("period").tail(1)
    steps = _steps(chosen.row(0, named=True), language) if chosen.height else []
    title = NO_CHANGE_TITLE[language]
    if chosen.height:
        row = chosen.row(0, named=True)
        title = CHANGE_TITLE[language].format(
            department=department or ALL[language], before=row["period_before"], after=row["period"]
        )
    rows = pl.DataFrame(steps, schema=_STEPS, orient="row")
    bars = alt.Chart(rows).encode(x=alt.X("step:N").sort(None).title(None).axis(labelAngle=0, labelLimit=140))
    share = alt.Y("from:Q").title(heading("late_share", language)).axis(format=".1%")
    kinds = [DIRECTIONS[kind][language] for kind in DIRECTIONS]
    colour = (
        alt.Color("kind:N")
        .scale(alt.Scale(domain=kinds, range=list(COLOURS.values())))
        .legend(orient="top", title=None, labelLimit=0)
    )
    return (
        alt.layer(
            bars.mark_bar(size=54).encode(y=share, y2="until:Q", color=colour, tooltip=["step:N", "told:N"]),
            bars.mark_text(dy=-8, fontSize=12, color=theme.INK).encode(y="top:Q", text="told:N"),
        )
        .properties(
            width=theme.WIDTH,
            height=300,
            title=title,
            description=figures.rows_told(title, rows.height, language),
        )
        .configure(**theme.config())
    )


def breach_course(scores: pl.DataFrame, language: Language = "zh") -> alt.LayerChart:
    """A line per department, the sum of what its cases say for a rise over its threshold; beyond 1 it signals.

    Args:
        scores: the table `breach_scores`, its departments by name.
        language: "zh" or "en".
    """
    rows = _course_rows(scores, language)
    named = rows.filter(pl.col("is_named"))["label"].unique().sort().to_list()
    words = [*named, OTHERS[language]]
    palette = [*theme.CATEGORIES[: len(named)], theme.RULE]
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=1.5, interpolate="step-after")
        .encode(
            x=alt.X("due_on:T").title(heading("due_on", language)).axis(format="%Y-%m"),
            y=alt.Y("score_ratio:Q").title(SCORE[language]),
            detail="department:N",
            color=alt.Color("label:N")
            .scale(alt.Scale(domain=words, range=palette))
            .legend(orient="top", title=None, labelLimit=0, columns=3),
            order=alt.Order("due_on:T"),
            tooltip=[
                alt.Tooltip("department:N", title=heading("department", language)),
                alt.Tooltip("due_on:T", title=heading("due_on", language), format="%Y-%m-%d"),
                alt.Tooltip("score_ratio:Q", title=SCORE[language], format=".2f"),
            ],
        )
    )
    one = alt.Chart(pl.DataFrame({"one": [1.0], "words": [SIGNAL[language]]})).encode(y="one:Q")
    return (
        alt.layer(
            lines,
            one.mark_rule(color=theme.INK, strokeDash=[5, 3]),
            one.mark_text(align="left", dx=4, dy=-6, color=theme.INK).encode(x=alt.value(0), text="words:N"),
        )
        .properties(
            width=theme.WIDTH,
            height=300,
            title=COURSE_TITLE[language],
            description=figures.rows_told(COURSE_TITLE[language], rows["department"].n_unique(), language),
        )
        .configure(**theme.config())
    )


_STEPS: Final = {
    "step": pl.String, "from": pl.Float64, "until": pl.Float64, "top": pl.Float64, "kind": pl.String,
    "told": pl.String,
}  # fmt: skip


def _steps(row: dict[str, Any], language: Language) -> list[tuple[str, float, float, float, str, str]]:
    """The bars from left to right: the share before, each effect from where the last one ended, the share after."""
    at = row["late_share_before"]
    share = DIRECTIONS["share"][language]
    steps = [(row["period_before"], 0.0, at, at, share, figures.share(at, language))]
    for name, words in EFFECTS.items():
        effect = row[name]
        kind = DIRECTIONS["up" if effect > 0 else "down" if effect < 0 else "share"][language]
        told = POINTS[language].format(points=f"{100 * effect:+.1f}".replace("-", "−"))
        steps.append((words[language], at, at + effect, max(at, at + effect), kind, told))
        at += effect
    after = row["late_share"]
    return [*steps, (row["period"], 0.0, after, after, share, figures.share(after, language))]


def _course_rows(scores: pl.DataFrame, language: Language) -> pl.DataFrame:
    """The rows of the chart: departments that ever signal by name, those that go furthest if they are many."""
    rows = departments_named(scores, language)
    highest = rows.filter(pl.col("is_signalled")).group_by("department").agg(pl.col("score_ratio").max())
    highest = highest.sort("score_ratio", "department", descending=[True, False]).head(MOST_NAMED)
    is_named = pl.col("department").is_in(highest["department"].implode())
    return rows.select(
        "department", "due_on", "score_ratio", is_named.alias("is_named"),
        pl.when(is_named).then("department").otherwise(pl.lit(OTHERS[language])).alias("label"),
    ).sort("is_named", "department", "due_on")  # fmt: skip

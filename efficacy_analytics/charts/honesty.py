"""How honest the records of each department are: the checks in words, and as a map of departments and checks."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style import theme
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.charts.style.text_width import apart, shortened
from efficacy_analytics.findings.honesty.catalogue import CHECKS, OBSTACLES, UNTOLD, VERDICTS
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, TERMS, Language, Words, heading

TITLE: Final[Words] = {
    "zh": "数据真实性：各部门、各项检查被扣的分",
    "en": "Honesty of the records: points lost by department and check",
}
LOST: Final[Words] = {"zh": "扣去该项分值的比例", "en": "Share of the check's points lost"}
WORDS: Final[dict[str, Words]] = {
    "check": {"zh": "检查", "en": "Check"},
    "count": {"zh": "件数", "en": "Count"},
    "share": {"zh": "占比", "en": "Share"},
    "points": {"zh": "扣分", "en": "Points lost"},
}
COUNTED: Final[Words] = {
    "zh": "各部门件数不足以要求说明，仍予列明：{title} {count} 件（{departments}）。",
    "en": "Too few in a department to ask about, but counted: {title}, {count} ({departments}).",
}
UNSEEN: Final[Words] = {
    "zh": "另有 {count} 件办件（{departments}）的办结记录在接收时被拒，例如办结早于收件：各项检查看不到其日期。",
    "en": "Completions refused at intake, such as one before the case was received: {count} ({departments}). No check "
    "sees the days of these cases.",
}
MOST_NAMES: Final = 5
NO_SCORE: Final[Words] = {"zh": "不计分", "en": "no score"}
SCALE: Final = ("#eef1f4", "#f0d9a4", "#dd8a2b", "#b9561a", "#7d2a12")
LABEL_LENGTH: Final = 30
CELL: Final = (30, 24)
"""Pixels of a square."""


def finding_sentence(row: Mapping[str, Any], settings: Mapping[str, Any], language: Language) -> str:
    """What a check found of a department, in words.

    Args:
        row: a row of the table `honesty_checks`, its department by name.
        settings: the settings of honesty by name; the sentences name their thresholds.
        language: "zh" or "en".
    """
    days = {
        name: figures.limit(value, "working_days", language)
        for name, value in settings.items()
        if name.endswith("_working_days")
    }
    thresholds = {**settings, **days, "warning_share": figures.whole_share(settings["warning_share"])}
    return CHECKS[row["code"]].sentence[language].format(
        department=row["department"] if row["department"] is not None else DEPARTMENT_NOT_STATED[language],
        count=figures.count(round(row["count"]), language),
        of=figures.count(row["of_count"], language),
        share=figures.share(row["share"], language),
        usual=figures.share(row["usual_share"] if row["usual_share"] is not None else row["expected_share"], language),
        usual_days=row["constant_days"],
        **thresholds,
    )  # fmt: skip


def counted_sentences(checks: pl.DataFrame, scores: pl.DataFrame, language: Language) -> list[str]:
    """What cannot be and yet is there, in numbers too small to name a department, and what no check could see.

    Args:
        checks: the table `honesty_checks`, its departments by name.
        scores: the table `honesty`, its departments by name.
        language: "zh" or "en".
    """
    impossible = [code for code, check in CHECKS.items() if check.test == "impossible"]
    is_counted = pl.col("code").is_in(impossible) & (pl.col("verdict") == "not_unusual") & (pl.col("count") > 0)
    counted = checks.filter(is_counted).sort("count", "department", descending=[True, False], nulls_last=True)
    unseen = scores.filter(pl.col("refused_completion_count") > 0)
    return [
        *(
            COUNTED[language].format(
                title=CHECKS[str(code)].title[language], **_of_departments(rows, "count", language)
            )
            for (code,), rows in counted.sort("code", maintain_order=True).group_by("code", maintain_order=True)
        ),
        *(
            [UNSEEN[language].format(**_of_departments(unseen, "refused_completion_count", language))]
            if unseen.height
            else []
        ),
    ]


def _of_departments(rows: pl.DataFrame, counted: str, language: Language) -> dict[str, str]:
    """The sum of a count and its departments, each with its own."""
    counts = [
        (name if name is not None else DEPARTMENT_NOT_STATED[language], round(count))
        for name, count in rows.select("department", counted).rows()
    ]
    told = [f"{name} {figures.count(count, language)}" for name, count in counts[:MOST_NAMES]]
    more = ("等" if language == "zh" else ", and others") if len(counts) > MOST_NAMES else ""
    return {
        "count": figures.count(sum(count for _, count in counts), language),
        "departments": figures.listed(told, language) + more,
    }


def honesty_map(
    checks: pl.DataFrame, scores: pl.DataFrame, language: Language = "zh", *, top: int = 40
) -> alt.LayerChart:
    """A square per department and check, darker the more of the check's points are lost; lowest score at the top.

    Args:
        checks: the table `honesty_checks`, its departments by name.
        scores: the table `honesty`, its departments by name.
        language: "zh" or "en".
        top: how many departments to draw.
    """
    labels = _labels(scores, language, top)
    rows = _rows(checks, labels, language)
    titles = [f"{code} {check.title[language]}" for code, check in CHECKS.items()]
    squares = alt.Chart(rows).encode(
        x=alt.X("check:N").sort(titles).axis(title=None, orient="top", labelAngle=-48, domain=False, ticks=False),
        y=alt.Y("label:N").sort(None).axis(title=None, domain=False, ticks=False),
        tooltip=[
            alt.Tooltip("label:N", title=heading("department", language)),
            alt.Tooltip("check:N", title=WORDS["check"][language]),
            alt.Tooltip("counted:N", title=WORDS["count"][language]),
            alt.Tooltip("told_share:N", title=WORDS["share"][language]),
            alt.Tooltip("points:N", title=WORDS["points"][language]),
            alt.Tooltip("told:N", title=heading("verdict", language)),
        ],
    )
    colour = (
        alt.Color("lost_share:Q")
        .scale(domain=[0, 1], range=list(SCALE), interpolate="lab")
        .legend(
            title=LOST[language],
            orient="bottom",
            format=".0%",
            gradientLength=220,
            titleLimit=520,
        )
    )
    drawn = squares.mark_rect(stroke=theme.PAPER, strokeWidth=1).encode(color=colour)
    marks = squares.mark_text(fontSize=11).encode(
        text="mark:N",
        color=alt.when("datum.lost_share > 0.55").then(alt.value(theme.PAPER)).otherwise(alt.value(theme.INK)),
    )
    return (
        alt.layer(drawn, marks)
        .properties(
            width=CELL[0] * len(titles),
            height=CELL[1] * max(labels.height, 1),
            title=TITLE[language],
            description=figures.rows_told(TITLE[language], labels.height, language),
        )
        .configure(**theme.config())
    )


def check_names(codes: str, language: Language) -> str:
    """Codes separated by spaces as titles; a dash for none."""
    return figures.listed([CHECKS[code].title[language] for code in codes.split()], language) or TERMS["none"][language]


def _labels(scores: pl.DataFrame, language: Language, top: int) -> pl.DataFrame:
    """The departments to draw, with what stands beside each: its name and its score."""
    shown = scores.sort("score", "department", nulls_last=True).head(top)
    names = departments_named(shown, language)["department"]
    told = [NO_SCORE[language] if score is None else f"{score:.0f}" for score in shown["score"]]
    labels = [f"{shortened(name, LABEL_LENGTH)}  {score}" for name, score in zip(names, told, strict=True)]
    return shown.select("department").with_columns(pl.Series("label", apart(labels), dtype=pl.String))


def _rows(checks: pl.DataFrame, labels: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One row a square: what it says when pointed at, and how dark it is."""
    shown = labels.join(checks, on="department", how="left", nulls_equal=True, maintain_order="left")
    schema = dict.fromkeys(("label", "check", "mark", "counted", "told_share", "points", "told"), pl.String)
    rows = [_square(row, language) for row in shown.iter_rows(named=True)]
    return pl.DataFrame(rows, schema={**schema, "lost_share": pl.Float64})


def _square(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    none = TERMS["none"][language]
    square = {"label": row["label"], "check": f"{row['code']} {CHECKS[row['code']].title[language]}"}
    if row["points_lost"] is None:
        colon = "：" if language == "zh" else ": "
        told = f"{VERDICTS[row['verdict']][language]}{colon}{OBSTACLES[row['obstacle']][language]}"
        nothing = dict.fromkeys(("mark", "counted", "told_share", "points"), none)
        return {**square, **nothing, "told": told, "lost_share": None}
    counts = (figures.count(round(row[name]), language) for name in ("count", "of_count"))
    return {
        **square,
        "mark": "●" if row["verdict"] == "stands_out" else "",
        "counted": " / ".join(counts),
        "told_share": figures.share(row["share"], language),
        "points": f"{row['points_lost']:.1f} / {row['weight']}",
        "told": VERDICTS[row["verdict"]][language],
        "lost_share": row["points_lost"] / row["weight"],
    }


def untold(checks: pl.DataFrame, language: Language) -> list[str]:
    """Of how many departments and checks there were too few rows for anything to be seen; nothing where there are none.

    Args:
        checks: the table `honesty_checks`.
        language: "zh" or "en".
    """
    count = checks.filter(pl.col("verdict") == "not_compared").height
    said = {"all": figures.count(checks.height, language), "count": figures.count(count, language)}
    return [UNTOLD[language].format(**said)] if count else []

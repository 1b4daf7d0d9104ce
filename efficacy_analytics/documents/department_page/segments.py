"""Where the time of a department goes: the place that holds most of it, and all of its segments."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, column, table_of
from efficacy_analytics.documents.briefing.sections.bottlenecks import FEWEST_CASES, of_several_kinds, without_time
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.tables.untimed_cases import untimed_steps
from efficacy_analytics.vocabulary import TIME_KINDS, Language, Words, heading

SENTENCES: Final[dict[str, Words]] = {
    "first": {
        "zh": "{kind}最多的是“{activity}”到“{next_activity}”，占本部门的 {share}，每次中位数 {median}；"
        "下一步先看这一处。",
        "en": "Most {kind} lies between “{activity}” and “{next_activity}”: {share} of the department's, a median of "
        "{median} each time. Look there first.",
    },
    "spread": {
        "zh": "{kind}分散在各处，最多的一处是“{activity}”到“{next_activity}”，占本部门的 {share}，"
        "每次中位数 {median}。",
        "en": "Its {kind} is spread over many places; the most lies between “{activity}” and “{next_activity}”: "
        "{share} of the department's, a median of {median} each time.",
    },
    "few": {
        "zh": "{kind}最多的是“{activity}”到“{next_activity}”，占本部门的 {share}，但只涉及 {cases}，"
        "不足以断定先看何处。",
        "en": "Most {kind} lies between “{activity}” and “{next_activity}”: {share} of the department's, but over "
        "{cases} only, too few to say where to look first.",
    },
}
CAPTION: Final[Words] = {
    "zh": "本部门各区段的用时（按占比排列）",
    "en": "Segments of the department, largest share first",
}
LEAST_SHARE: Final = 0.2
"""Of a department's waiting that one place holds before it is called the place to begin with."""


def why(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    """Where most of a department's time goes, and all its segments; how many steps stand at one moment."""
    yield from where_most(findings, code, language)
    untimed, rows = _segments(findings, code, language)
    if rows.height:
        yield table_of(rows, _segment_columns(language), language, caption=CAPTION[language])
    yield from untimed_steps(untimed, language)


def kind_of_place(row: dict[str, Any]) -> str:
    """Whether the segment that holds most of the time is the place to begin with (`first`), one of many, or of few."""
    if row["case_count"] < FEWEST_CASES:
        return "few"
    return "first" if row["share_of_total"] >= LEAST_SHARE else "spread"


def foremost(findings: Findings, code: str, language: Language) -> dict[str, Any] | None:
    """The segment that holds most of a department's time; none where there is no time between steps."""
    return next(_segments(findings, code, language)[1].head(1).iter_rows(named=True), None)


def where_most(findings: Findings, code: str, language: Language) -> Iterator[Paragraph]:
    """The sentence on the place that holds most of a department's time; none where there is no time between steps."""
    row = foremost(findings, code, language)
    if row is not None:
        yield Paragraph(
            SENTENCES[kind_of_place(row)][language].format(
                kind=TIME_KINDS[row["time_kind"]][language],
                activity=row["activity"],
                next_activity=row["next_activity"],
                share=figures.share(row["share_of_total"], language),
                cases=figures.counted(row["case_count"], language, "case", "cases"),
                median=figures.duration(row["waiting_elapsed_seconds_median"], language),
            )
        )


def _segments(findings: Findings, code: str, language: Language) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those of a department whose steps stand at one moment, and all others by their rank."""
    rows = readable(findings, "bottlenecks_by_department", language).filter(pl.col("department_code") == code)
    rows = of_several_kinds(rows.drop_nulls("share_of_total").sort("rank"), language)
    is_untimed = without_time(rows)
    return rows.filter(is_untimed), rows.filter(~is_untimed)


def _segment_columns(language: Language) -> list[Column]:
    def lasting(value: Any) -> str:
        return figures.duration(value, language)

    return [
        column("rank", language),
        Column(
            heading("segment", language),
            lambda row: f"{row['activity']} → {row['next_activity']}",
            False,
            meant="segment",
        ),
        column("case_count", language, lambda value: figures.count(value, language)),
        column("waiting_elapsed_seconds_median", language, lasting),
        column("waiting_elapsed_seconds_p90", language, lasting),
        column("share_of_total", language, lambda value: figures.share(value, language)),
    ]

"""How departments compare: their work, their time, and where it goes."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.totals import share_of_cases, total_of
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import TERMS, Language, heading

TITLE = {"zh": "部门比较", "en": "Departments compared"}
CAPTION = {
    "zh": "各部门办件量、时间与主要堵点（按办件量排列）",
    "en": "Departments by cases, with time and main bottleneck",
}
SHORT_CAPTION = {"zh": "各部门办件量与时间（按办件量排列）", "en": "Departments by cases, with time"}
SENTENCES = {
    "most": {
        "zh": "办件量最大的是{department}，{cases} 件，占全部的 {share}；其全程时间中位数为 {median}。",
        "en": "{department} had most cases: {cases}, {share} of all; half of its completed ones took {median} or less.",
    },
    "one": {
        "zh": "全部 {cases} 件均属{department}；办结件全程时间中位数为 {median}。",
        "en": "All {cases} {cases:case is|cases are} of one department, {department}; half of the completed ones took "
        "{median} or less.",
    },
    "one_untimed": {
        "zh": "全部 {cases} 件均属{department}。",
        "en": "All {cases} {cases:case is|cases are} of one department, {department}.",
    },
    "none": {
        "zh": "数据未注明部门，不作比较。",
        "en": "The data names no department: there is nothing to compare.",
    },
    "most_untimed": {
        "zh": "办件量最大的是{department}，{cases} 件，占全部的 {share}。",
        "en": "{department} had most cases: {cases}, {share} of all.",
    },
    "most_few": {
        "zh": "办件量最大的是{department}，{cases} 件。",
        "en": "{department} had most cases: {cases}.",
    },
    "several": {"zh": " {count} 个部门", "en": "{count} {count:department|departments}"},
    "slowest": {
        "zh": "办结不少于 {fewest} 件的部门中，全程时间中位数最长的是{department}（{median}），"
        "最短的是{other}（{other_median}）；事项不同，不宜据此直接排名。",
        "en": "Of departments with {fewest} completed cases or more, median time was longest in {department} "
        "({median}), shortest in {other} ({other_median}); their items differ, so this is no ranking.",
    },
}
MEDIAN = "throughput_elapsed_seconds_median"
MOST_NAMES = 3
FEWEST_CASES = 10
"""A median of fewer cases names no department."""


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Sentences on the largest, slowest and fastest department; a table of the largest."""
    table = _named(findings, language).sort("case_count", "department_code", descending=[True, False], nulls_last=True)
    yield Paragraph(_most(findings, table, language))
    enough = pl.col("completed_count") >= FEWEST_CASES
    timed = table.filter(enough & (pl.col(MEDIAN) > 0)).sort(MEDIAN, "department_code", nulls_last=True)
    alike: dict[str, list[str]] = {}
    for row in timed.iter_rows(named=True):
        alike.setdefault(_written(row, language), []).append(row["department"])
    if len(alike) > 1:
        (fastest, fast), *_, (slowest, slow) = alike.items()
        yield Paragraph(
            SENTENCES["slowest"][language].format(
                department=_some(slow, language),
                median=slowest,
                other=_some(fast, language),
                fewest=FEWEST_CASES,
                other_median=fastest,
            )
        )
    has_bottleneck = not table["bottleneck_activity"].is_null().all()
    columns = [*_columns(language), *(_bottleneck_columns(language) if has_bottleneck else [])]
    yield table_of(table, columns, language, caption=(CAPTION if has_bottleneck else SHORT_CAPTION)[language])


def _some(names: list[str], language: Language) -> str:
    """Departments whose medians are the same as they are written: up to three by name, of more how many there are."""
    if len(names) <= MOST_NAMES:
        return figures.listed(names, language)
    return SENTENCES["several"][language].format(count=Count(len(names)))


def _most(findings: Findings, table: pl.DataFrame, language: Language) -> str:
    """Which department had most cases, or that there is but one, or none that is named."""
    most = table.row(0, named=True)
    share = share_of_cases(findings, most["case_count"], total_of(findings, "departments", "case_count"))
    said = {"department": most["department"], "median": _written(most, language)}
    if table.height == 1 and share is not None:
        name = "none" if most["department_code"] is None else "one" if most[MEDIAN] else "one_untimed"
        return SENTENCES[name][language].format(cases=Count(most["case_count"]), **said)
    name = "most_few" if share is None else "most" if most[MEDIAN] else "most_untimed"
    cases, of_all = figures.count(most["case_count"], language), figures.share(share, language)
    return SENTENCES[name][language].format(cases=cases, share=of_all, **said)


def _written(row: dict[str, Any], language: Language) -> str:
    return figures.duration(row[MEDIAN], language)


def _named(findings: Findings, language: Language) -> pl.DataFrame:
    return departments_named(readable(findings, "departments", language), language)


def _columns(language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    return [
        column("department", language, is_figure=False),
        column("case_count", language, count),
        column("completed_count", language, count),
        column(MEDIAN, language, lambda value: figures.duration(value or None, language)),
    ]


def _bottleneck_columns(language: Language) -> list[Column]:
    return [
        Column(
            heading("bottleneck", language), lambda row: _bottleneck(row, language), is_figure=False, meant="bottleneck"
        ),
        Column(
            heading("share_of_department", language),
            lambda row: figures.share(row["bottleneck_share"], language),
            name="bottleneck_share",
        ),
    ]


def _bottleneck(row: dict[str, Any], language: Language) -> str:
    first, second = row["bottleneck_activity"], row["bottleneck_next_activity"]
    return f"{first} → {second}" if first and second else TERMS["none"][language]


SECTION = Section("departments", TITLE, SENTENCES, ("departments",), blocks)

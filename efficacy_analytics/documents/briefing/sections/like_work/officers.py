"""Whether it matters who decides: how much of the differences between like cases lies between officers, unnamed."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.vocabulary import Language, Words, heading

TABLE: Final = "officer_dispersion"
SHARE: Final = "between_officers_share"
TITLE: Final = {"zh": "由谁决定是否有别", "en": "Whether it matters who decides"}
CAPTION: Final = {
    "zh": "同类办件用时的差别中经办人之间所占（占比最高的列前）",
    "en": "Of the differences between like cases, the share that lies between officers, largest first",
}
SENTENCES: Final[dict[str, Words]] = {
    "some": {
        "zh": "在 {known} 个可判断的部门中，{count} 个的同类办件用时因决定人而异，超出偶然：{departments}。",
        "en": "Of {known} {known:department|departments} where it can be told, in {count} it matters by more than "
        "chance which officer decides like cases: {departments}.",
    },
    "none": {
        "zh": "在 {known} 个可判断的部门中，没有一个能认定同类办件的用时因决定人而异。",
        "en": "Of {known} {known:department|departments} where it can be told, in none does it matter by more than "
        "chance which officer decides like cases.",
    },
    "own": {
        "zh": "同类办件（不限于本期）用时的差别中，{share} 在决定人之间"
        "（95% 区间 {interval}，{officers} 名经办人）：{verdict}。",
        "en": "Of the differences in how long like cases of all periods take, {share} lies between the officers who "
        "decide (95% interval {interval}, {officers} officers): {verdict}.",
    },
}
VERDICTS: Final[dict[bool, Words]] = {
    True: {"zh": "由谁决定有别，超出偶然", "en": "it matters who decides, by more than chance"},
    False: {"zh": "未超出偶然", "en": "it may be chance"},
}
NAMED: Final[Words] = {"zh": "{department}（{share}）", "en": "{department} ({share})"}
NOTE: Final[Words] = {
    "zh": "依据全部办件，不限于本期；仅限内部，只论部门，不点名个人。各区间单独成立；“超出偶然”对所有部门一并成立。"
    "同类办件指同一事项、同几个月内由本部门多人决定的办件；"
    "办件的难易若有记录之外的不同，也会计入经办人之间。",
    "en": "This rests on all cases, not on those of this period alone; it is internal, of departments and never of "
    "officers by name. Each interval holds by itself, “more than chance” for all departments together. Like cases are "
    "those of one item that several officers of a department decided in the same months; what else an officer's cases "
    "have in common is counted as the officer's.",
}
MOST_NAMES: Final = 5


def is_shown(findings: Findings) -> bool:
    """Whether it can be told of any department."""
    return TABLE in findings.manifest["tables"] and findings.table(TABLE)[SHARE].count() > 0


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Where it matters, and the shares of all departments of which it can be told."""
    if not is_shown(findings):
        return
    table = departments_named(readable(findings, TABLE, language), language)
    known = table.drop_nulls(SHARE).sort(SHARE, "department_code", descending=[True, False])
    named = [
        NAMED[language].format(department=row["department"], share=figures.share(row[SHARE], language))
        for row in known.filter("is_beyond_chance").iter_rows(named=True)
    ]
    yield Paragraph(
        SENTENCES["some" if named else "none"][language].format(
            known=figures.count(known.height, language),
            count=figures.count(len(named), language),
            departments=figures.listed(named[:MOST_NAMES], language),
        )
    )
    yield table_of(known, _columns(language), language, caption=CAPTION[language])
    yield Paragraph(NOTE[language], kind="note")


def said_of(findings: Findings, code: str, language: Language) -> Iterator[str]:
    """The sentence on one department; none where it cannot be told."""
    if TABLE not in findings.manifest["tables"]:
        return
    for row in findings.table(TABLE).filter(pl.col("department") == code).drop_nulls(SHARE).iter_rows(named=True):
        yield SENTENCES["own"][language].format(
            share=figures.share(row[SHARE], language),
            interval=_interval(row, language),
            officers=figures.count(row["officer_count"], language),
            verdict=VERDICTS[row["is_beyond_chance"]][language],
        )


def _interval(row: dict[str, Any], language: Language) -> str:
    return figures.interval(row[f"{SHARE}_low"], row[f"{SHARE}_high"], language)


def _columns(language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    return [
        column("department", language, is_figure=False),
        column("officer_count", language, count),
        column("case_count", language, count),
        column(SHARE, language, lambda value: figures.share(value, language)),
        Column(heading("on_time_interval", language), lambda row: _interval(row, language), meant="share_interval"),
    ]


SECTION = Section("officers", TITLE, SENTENCES, (TABLE,), blocks, is_shown)

"""Where the time goes between the steps, and how sure the order is."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.bottlenecks import bottleneck_bars
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.intervals import told_of_bars_without
from efficacy_analytics.documents.blocks import (
    MOST_ROWS,
    Block,
    Chart,
    Column,
    Findings,
    Paragraph,
    Section,
    column,
    table_of,
)
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.tables.untimed_cases import untimed_steps
from efficacy_analytics.documents.totals import OF_WHAT_IS_SHOWN, is_for_the_public, total
from efficacy_analytics.vocabulary import TIME_KINDS, Language, heading

TITLE = {"zh": "堵点排名", "en": "Bottlenecks"}
MARK = {"zh": "（未记开始时间）", "en": " (start not recorded)"}
CAPTION = {"zh": "各区段的{kind}", "en": "Segments by {kind}"}
SENTENCES = {
    "first": {
        "zh": "{kind}最多的区段是“{activity}”到“{next_activity}”，占{whole}的 {share}{interval}，"
        "涉及 {cases} 件，每次中位数 {median}。",
        "en": "The segment from “{activity}” to “{next_activity}” holds most of the {kind}: {share} of {whole}"
        "{interval}, over {cases}, a median of {median} each time.",
    },
    "first_untimed": {
        "zh": "{kind}最多的区段是“{activity}”到“{next_activity}”，占全部的 {share}（95% 区间 {interval}），"
        "涉及 {cases} 件。",
        "en": "The segment from “{activity}” to “{next_activity}” holds most of the {kind}: {share} of it (95% "
        "interval {interval}), over {cases}.",
    },
    "three": {
        "zh": "前三个区段合计占 {share}。",
        "en": "The first three segments together hold {share}.",
    },
    "none": {
        "zh": "本期没有可比较的环节间隔。",
        "en": "There is no time between steps to compare.",
    },
}
WHOLE = {False: {"zh": "全部", "en": "it"}, True: {"zh": "所列区段合计", "en": "what the segments shown hold"}}
FEWEST_CASES: Final = 10
"""Cases that passed a segment before it is called the place to begin with: the share of fewer turns on one of them."""
NOTE = {
    "waiting": {
        "zh": "等待时间：自前一环节全部完成至本环节开始。区间由按办件重复抽样（自助法）得出。",
        "en": "Waiting: from the completion of what comes before to the start. Intervals by bootstrap over cases.",
    },
    "between_completions": {
        "zh": "数据未记录环节开始时间，因此列出两次完成之间的时间，其中既有等待也有办理，不称为等待时间。",
        "en": "Starts are not recorded: what is shown is the time between completions, which holds waiting and work.",
    },
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """A sentence on the first segment, the bars, the table."""
    ranking = of_several_kinds(readable(findings, "bottlenecks", language), language)
    ranking = ranking.drop_nulls("share_of_total").sort("rank")
    is_untimed = without_time(ranking)
    untimed, ranking = ranking.filter(is_untimed), ranking.filter(~is_untimed)
    if ranking.is_empty():
        yield Paragraph(SENTENCES["none"][language])
        yield from untimed_steps(untimed, language)
        return
    first = ranking.row(0, named=True)
    kind = TIME_KINDS[first["time_kind"]][language]
    yield Paragraph(
        SENTENCES["first" if first["waiting_elapsed_seconds_median"] is not None else "first_untimed"][language].format(
            kind=kind,
            activity=first["activity"],
            next_activity=first["next_activity"],
            share=figures.share(first["share_of_total"], language),
            whole=WHOLE[is_for_the_public(findings)][language],
            interval=figures.interval_said(first["share_low"], first["share_high"], language),
            cases=figures.counted(first["case_count"], language, "case", "cases"),
            median=figures.duration(first["waiting_elapsed_seconds_median"], language),
        )
    )
    if is_for_the_public(findings):
        yield Paragraph(OF_WHAT_IS_SHOWN[language])
    if ranking.height > 3:
        together = figures.share(total(ranking["share_of_total"].head(3)), language)
        yield Paragraph(SENTENCES["three"][language].format(share=together))
    note = NOTE[first["time_kind"]][language] + told_of_bars_without(ranking.head(MOST_ROWS), language)
    yield Chart(bottleneck_bars(ranking, language, top=MOST_ROWS), note)
    yield table_of(ranking, _columns(ranking, language), language, caption=CAPTION[language].format(kind=kind))
    yield from untimed_steps(untimed, language)


def without_time(segments: pl.DataFrame) -> pl.Series:
    """Whether the steps of a segment stand at one moment and no start is recorded: what lay between is not known."""
    is_untimed = (pl.col("time_kind") == "between_completions") & pl.col("waiting_elapsed_seconds_total").eq(0)
    return segments.select(is_untimed.fill_null(value=False).alias("is_untimed"))["is_untimed"]


def of_several_kinds(ranking: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Where waiting and time between completions stand in one ranking, the latter is marked as such."""
    if ranking["time_kind"].n_unique() < 2:
        return ranking
    is_other = pl.col("time_kind") == "between_completions"
    marked = pl.col("next_activity") + MARK[language]
    return ranking.with_columns(pl.when(is_other).then(marked).otherwise("next_activity").alias("next_activity"))


def _columns(ranking: pl.DataFrame, language: Language) -> list[Column]:
    """The columns of the ranking; intervals where there are any, for the public edition has none."""

    def count(value: Any) -> str:
        return figures.count(value, language)

    def lasting(value: Any) -> str:
        return figures.duration(value, language)

    interval = Column(
        heading("on_time_interval", language),
        lambda row: figures.interval(row["share_low"], row["share_high"], language),
        meant="share_interval",
    )
    return [
        column("rank", language),
        Column(
            heading("segment", language),
            lambda row: f"{row['activity']} → {row['next_activity']}",
            is_figure=False,
            meant="segment",
        ),
        column("case_count", language, count),
        column("waiting_elapsed_seconds_median", language, lasting),
        column("waiting_elapsed_seconds_p90", language, lasting),
        column("waiting_elapsed_seconds_total", language, lambda value: figures.days(value, language)),
        column("share_of_total", language, lambda value: figures.share(value, language)),
        *([interval] if ranking["share_low"].count() else []),
    ]


SECTION = Section("bottlenecks", TITLE, SENTENCES, ("bottlenecks",), blocks)

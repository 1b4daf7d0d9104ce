"""How cases run, and where they wait on their way."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.maps.views import MapTables, Room, first_layout, map_book, stage_tables
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Chart, Findings, Paragraph, Section
from efficacy_analytics.documents.labels import names_of
from efficacy_analytics.documents.totals import total, total_of
from efficacy_analytics.vocabulary import LANGUAGES, Language

PAGE_WIDTH = 1900.0
"""At most this many pixels: a wide screen shows it whole, a narrow one scrolls, a landscape page shrinks it."""
TABLES = ("activities", "directly_follows", "activity_stages", "stages", "stage_follows", "stage_borders")
FEWEST_SHARE = 0.05
"""A path counts as a common one from this share of the cases of the most used path."""

TITLE = {"zh": "流程图", "en": "The process"}
SENTENCES = {
    "coverage": {
        "zh": "流程图画出最常见的 {nodes} 种环节（共 {all_nodes} 种），覆盖全部环节流转的 {share}。",
        "en": "The map shows the {nodes} most frequent of {all_nodes} activities, and {share} of all transitions.",
    },
    "whole": {
        "zh": "流程图画出全部 {all_nodes} 种环节，覆盖全部环节流转的 {share}。",
        "en": "The map shows all {all_nodes} activities, and {share} of all transitions.",
    },
    "alone": {
        "zh": "流程图画出仅有的一种环节，覆盖全部环节流转的 {share}。",
        "en": "The map shows the only activity there is, and {share} of all transitions.",
    },
    "stages": {
        "zh": "办件共有 {all_nodes} 种环节，流程图先画出其所属的 {all_stages} 个阶段中的 {nodes} 个，"
        "覆盖阶段之间流转的 {share}；点击方框或在“显示”中选择，可展开一个阶段。",
        "en": "Cases have {all_nodes} activities; the map first shows {nodes} of their {all_stages} stages, and "
        "{share} of the transitions between stages. A click on a box, or a choice under “Show”, opens a stage.",
    },
    "longest": {
        "zh": "图中常见流转里，间隔最长的是“{activity}”到“{next_activity}”：{count} 次，中位数 {median}，"
        "十次中有一次超过 {p90}。",
        "en": "Of the common paths shown, the one from “{activity}” to “{next_activity}” takes longest: "
        "{count}, a median of {median}, and one in ten takes more than {p90}.",
    },
    "at_once": {
        "zh": "图中常见流转的间隔，中位数均不足一分钟。",
        "en": "On the common paths shown the median interval is nowhere as long as a minute.",
    },
}
NOTE = {
    "zh": "线的粗细表示流转次数，颜色深浅表示两环节之间的中位时间；框内数字为环节发生次数，线上为次数与中位时间。",
    "en": "Lines are wider the more often a path is taken, darker the longer its median; boxes give how often an "
    "activity happened.",
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Two sentences and the map."""
    kept = [name for name in TABLES if name in findings.manifest["tables"]]
    tables = MapTables(**{name: findings.table(name) for name in kept})
    names = {spoken: names_of(findings, "activity", spoken) for spoken in LANGUAGES}
    room = Room(findings.manifest["settings"]["map"]["most_nodes"], PAGE_WIDTH)
    nodes, edges = first_layout(tables, names, language, room)
    between = edges.drop_nulls(["activity", "next_activity"])
    yield Paragraph(_coverage(findings, tables, nodes, between, language, room))
    common = between.filter(pl.col("transition_count") >= FEWEST_SHARE * pl.col("transition_count").max())
    order = ["elapsed_seconds_median", "name", "next_name"]
    for row in common.sort(order, descending=[True, False, False]).head(1).iter_rows(named=True):
        yield Paragraph(_longest(row, language))
    yield Chart(map_book(tables, names, language, languages=(language,), room=room), NOTE[language], is_wide=True)


def _longest(row: dict[str, Any], language: Language) -> str:
    """The common path whose median is longest; where none lasts a minute, none is named."""
    median = row["elapsed_seconds_median"]
    if median is not None and median < figures.MINUTE:
        return SENTENCES["at_once"][language]
    return SENTENCES["longest"][language].format(
        activity=row["name"],
        next_activity=row["next_name"],
        count=figures.counted(row["transition_count"], language, "time", "times"),
        median=figures.duration(median, language),
        p90=figures.duration(row["elapsed_seconds_p90"], language),
    )


def _coverage(
    findings: Findings, tables: MapTables, nodes: pl.DataFrame, between: pl.DataFrame, language: Language, room: Room
) -> str:
    """How much of the log the map shows."""
    is_staged = tables.has_stages_first(room.most_nodes)
    boxes = stage_tables(tables)[1] if is_staged else tables.activities
    everything = total_of(findings, "stage_follows" if is_staged else "directly_follows", "transition_count")
    shown = total(between["transition_count"])
    told = {
        "nodes": figures.count(nodes["activity"].count(), language),
        "all_nodes": figures.count(tables.activities.height, language),
        "share": figures.share(min(1.0, shown / everything) if everything else None, language),
    }
    if is_staged:
        return SENTENCES["stages"][language].format(**told, all_stages=figures.count(boxes.height, language))
    is_whole = nodes["activity"].count() == tables.activities.height
    kind = "coverage" if not is_whole else "alone" if tables.activities.height == 1 else "whole"
    return SENTENCES[kind][language].format(**told)


SECTION = Section("process_map", TITLE, SENTENCES, TABLES, blocks)

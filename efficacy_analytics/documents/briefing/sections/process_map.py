"""How cases run, and where they wait on their way."""

from collections.abc import Iterator

import polars as pl

from efficacy_analytics.charts.maps.process_map import most_time
from efficacy_analytics.charts.maps.views import MapTables, Room, first_layout, map_book, stage_tables
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Chart, Findings, Paragraph, Section
from efficacy_analytics.documents.labels import names_of
from efficacy_analytics.documents.totals import OF_WHAT_IS_SHOWN, is_for_the_public, total, total_of
from efficacy_analytics.vocabulary import LANGUAGES, Language

PAGE_WIDTH, PAGE_HEIGHT = 760.0, 930.0
"""At most this many pixels: the map runs down the page, in a column of text, and its words stay readable on paper."""
TABLES = ("activities", "directly_follows", "activity_stages", "stages", "stage_follows", "stage_borders")

TITLE = {"zh": "流程图", "en": "The process"}
SENTENCES = {
    "coverage": {
        "zh": "流程图画出最常见的 {nodes} 种环节（共 {all_nodes} 种），覆盖全部环节流转的 {share}。",
        "en": "The map shows the {nodes} most frequent of {all_nodes} {all_nodes:activity|activities}, and {share} of "
        "all transitions.",
    },
    "whole": {
        "zh": "流程图画出全部 {all_nodes} 种环节，覆盖全部环节流转的 {share}。",
        "en": "The map shows all {all_nodes} {all_nodes:activity|activities}, and {share} of all transitions.",
    },
    "coverage_public": {
        "zh": "流程图画出公开所列 {all_nodes} 种环节中最常见的 {nodes} 种，覆盖全部环节流转的 {share}。",
        "en": "The map shows the {nodes} most frequent of the {all_nodes} {all_nodes:activity|activities} that are "
        "shown to the public, and {share} of all transitions.",
    },
    "whole_public": {
        "zh": "流程图画出公开所列的全部 {all_nodes} 种环节，覆盖全部环节流转的 {share}。",
        "en": "The map shows all {all_nodes} {all_nodes:activity|activities} that are shown to the public, and {share} "
        "of all transitions.",
    },
    "alone": {
        "zh": "办件各只有一个环节，没有流转可画。",
        "en": "Cases have a single step each: there are no paths to draw.",
    },
    "none": {
        "zh": "没有可公布的环节流转，不画流程图。",
        "en": "No path between steps can be shown: no map is drawn.",
    },
    "stages": {
        "zh": "办件共有 {all_nodes} 种环节，流程图先画出其所属的{stages}，"
        "覆盖阶段之间流转的 {share}；网页上点击方框或在“显示”中选择，可展开一个阶段。",
        "en": "Cases have {all_nodes} {all_nodes:activity|activities}; the map first shows {stages}, and "
        "{share} of the transitions between stages. On the web page a click on a box, or a choice under “Show”, opens "
        "a stage.",
    },
    "stages_public": {
        "zh": "公开所列的环节有 {all_nodes} 种，流程图先画出其所属的{stages}，"
        "覆盖阶段之间流转的 {share}；网页上点击方框或在“显示”中选择，可展开一个阶段。",
        "en": "{all_nodes} {all_nodes:activity is|activities are} shown to the public; the map first shows {stages}, "
        "and {share} of the transitions between stages. On the web page a click on a box, or a choice under “Show”, "
        "opens a stage.",
    },
}
STAGES = {
    "some": {
        "zh": " {all_stages} 个阶段中的 {nodes} 个",
        "en": "{nodes} of their {all_stages} {all_stages:stage|stages}",
    },
    "all": {"zh": "全部 {nodes} 个阶段", "en": "all their {nodes} {nodes:stage|stages}"},
}
NOTE = {
    "zh": "线越粗流转次数越多，颜色越深占环节间隔总时间越多；框内数字为环节发生次数，线上为次数与时间中位数。",
    "en": "Lines are wider the more often a path is taken, darker the more of all time between steps it holds; boxes "
    "give how often an activity happened, lines how often they are taken and the median time.",
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Where to look first, how much is shown, and the map."""
    kept = [name for name in TABLES if name in findings.manifest["tables"]]
    tables = MapTables(**{name: findings.table(name) for name in kept})
    if tables.directly_follows.drop_nulls(["activity", "next_activity"]).is_empty() and tables.activities.height != 1:
        yield Paragraph(SENTENCES["none"][language])
        return
    names = {spoken: names_of(findings, "activity", spoken) for spoken in LANGUAGES}
    room = Room(findings.manifest["settings"]["map"]["most_nodes"], PAGE_WIDTH, PAGE_HEIGHT, "down")
    nodes, edges = first_layout(tables, names, language, room)
    between = edges.drop_nulls(["activity", "next_activity"])
    if between.is_empty() and tables.activities.height == 1:
        yield Paragraph(SENTENCES["alone"][language])
        return
    first = most_time(edges, language)
    if first:
        yield Paragraph(first)
    if is_for_the_public(findings):
        yield Paragraph(OF_WHAT_IS_SHOWN[language])
    yield Paragraph(_coverage(findings, tables, nodes, between, language, room))
    yield Chart(map_book(tables, names, language, languages=(language,), room=room), NOTE[language])


def _coverage(
    findings: Findings, tables: MapTables, nodes: pl.DataFrame, between: pl.DataFrame, language: Language, room: Room
) -> str:
    """How much of the log the map shows; the rare activities are not known to the public edition."""
    edition = "_public" if is_for_the_public(findings) else ""
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
        word = STAGES["all" if nodes["activity"].count() == boxes.height else "some"][language]
        stages = word.format(nodes=told["nodes"], all_stages=figures.count(boxes.height, language))
        return SENTENCES[f"stages{edition}"][language].format(**told, stages=stages)
    is_whole = nodes["activity"].count() == tables.activities.height
    return SENTENCES[f"{'whole' if is_whole else 'coverage'}{edition}"][language].format(**told)


SECTION = Section("process_map", TITLE, SENTENCES, TABLES, blocks)

"""How cases run, and where they wait on their way."""

from collections.abc import Iterator, Mapping

import polars as pl

from efficacy_analytics.briefing.blocks import Block, Chart, Findings, Paragraph, Section
from efficacy_analytics.briefing.labels import names_of
from efficacy_analytics.briefing.totals import total
from efficacy_analytics.charts import figures
from efficacy_analytics.charts.map_layout import map_layout
from efficacy_analytics.charts.process_map import process_map
from efficacy_analytics.vocabulary import LANGUAGES, Language

MOST_NODES = (40, 30, 24, 20, 16, 12, 8)
"""Tried in turn until the map fits in both languages, so that both show the same activities."""
PAGE_WIDTH = 1900.0
"""At most this many pixels: a wide screen shows it whole, a narrow one scrolls, a landscape page shrinks it."""
FEWEST_SHARE = 0.05
"""A path counts as a common one from this share of the cases of the most used path."""

TITLE = {"zh": "流程图", "en": "The process"}
SENTENCES = {
    "coverage": {
        "zh": "流程图画出最常见的 {nodes} 种环节（共 {all_nodes} 种），覆盖全部环节流转的 {share}。",
        "en": "The map shows the {nodes} most frequent of {all_nodes} activities, and {share} of all transitions.",
    },
    "longest": {
        "zh": "图中常见流转里，间隔最长的是“{activity}”到“{next_activity}”：{count} 次，中位数 {median}，"
        "十次中有一次超过 {p90}。",
        "en": "Of the common paths shown, the one from “{activity}” to “{next_activity}” takes longest: {count} times, "
        "a median of {median}, and one in ten takes more than {p90}.",
    },
}
NOTE = {
    "zh": "线的粗细表示流转次数，颜色深浅表示两环节之间的中位时间；框内数字为环节发生次数，线上为次数与中位时间。",
    "en": "Lines are wider the more often a path is taken, darker the longer its median; boxes give how often an "
    "activity happened.",
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Two sentences and the map."""
    pairs, activities = findings.table("directly_follows"), findings.table("activities")
    names = {spoken: names_of(findings, "activity", spoken) for spoken in LANGUAGES}
    most = _fitting(pairs, activities, names, findings.manifest["settings"]["map"]["most_nodes"])
    nodes, edges = map_layout(pairs, activities, names=names[language], most_nodes=most)
    between = edges.drop_nulls(["activity", "next_activity"])
    shown, everything = total(between["transition_count"]), total(pairs["transition_count"])
    yield Paragraph(
        SENTENCES["coverage"][language].format(
            nodes=figures.count(nodes["activity"].count(), language),
            all_nodes=figures.count(activities.height, language),
            share=figures.share(shown / everything if everything else None, language),
        )
    )
    common = between.filter(pl.col("transition_count") >= FEWEST_SHARE * pl.col("transition_count").max())
    order = ["elapsed_seconds_median", "name", "next_name"]
    for row in common.sort(order, descending=[True, False, False]).head(1).iter_rows(named=True):
        yield Paragraph(
            SENTENCES["longest"][language].format(
                activity=row["name"],
                next_activity=row["next_name"],
                count=figures.count(row["transition_count"], language),
                median=figures.duration(row["elapsed_seconds_median"], language),
                p90=figures.duration(row["elapsed_seconds_p90"], language),
            )
        )
    yield Chart(process_map(nodes, edges, language), NOTE[language], is_wide=True)


def _fitting(
    pairs: pl.DataFrame, activities: pl.DataFrame, names: Mapping[Language, pl.DataFrame], most_allowed: int
) -> int:
    """The most activities whose map still fits, whatever the language of their names."""
    tried = [most for most in MOST_NODES if most <= most_allowed] or [most_allowed]
    return next((most for most in tried if _width(pairs, activities, names, most) <= PAGE_WIDTH), tried[-1])


def _width(pairs: pl.DataFrame, activities: pl.DataFrame, names: Mapping[Language, pl.DataFrame], most: int) -> float:
    layouts = (map_layout(pairs, activities, names=called, most_nodes=most)[0] for called in names.values())
    return max(total((nodes["x"] + nodes["width"] / 2).sort(descending=True).head(1)) for nodes in layouts)


SECTION = Section("process_map", TITLE, SENTENCES, ("directly_follows", "activities"), blocks)

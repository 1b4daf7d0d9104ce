"""Who keeps the time limits, and which differences are more than chance."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.on_time import POSITIONS, on_time_intervals, position
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.totals import overall_share
from efficacy_analytics.vocabulary import Language, heading

TITLE = {"zh": "按时办结", "en": "Time limits kept"}
CAPTION = {"zh": "各部门按时办结率（自低至高）", "en": "Share on time by department, lowest first"}
SENTENCES = {
    "below": {
        "zh": "总体按时办结率为 {overall}；按 95% 区间判断，明显低于总体的部门有 {count} 个：{names}。",
        "en": "{overall} were on time overall; judged by 95% intervals, {count} departments lie below that: {names}.",
    },
    "one_below": {
        "zh": "总体按时办结率为 {overall}；按 95% 区间判断，明显低于总体的部门只有{names}。",
        "en": "{overall} were on time overall; judged by its 95% interval, only {names} lies below that.",
    },
    "none_below": {
        "zh": "总体按时办结率为 {overall}；按 95% 区间判断，没有部门明显低于总体。",
        "en": "{overall} were on time overall; judged by 95% intervals, no department lies below that.",
    },
    "none_shown_below": {
        "zh": "总体按时办结率为 {overall}；按 95% 区间判断，所列部门中没有明显低于总体的。",
        "en": "{overall} were on time overall; judged by 95% intervals, none of the departments shown lies below that.",
    },
    "withheld": {
        "zh": "另有 {count} 个部门的按时办结率依据的办件过少，不予公布。",
        "en": "Shares that rest on too few cases are withheld; departments concerned: {count}.",
    },
    "not_judged": {
        "zh": "没有可判定是否逾期的办件。",
        "en": "No case can be judged late or in time.",
    },
}
NOTE = {
    "zh": "圆点为按时办结率，横线为其 95% 区间（Clopper–Pearson）；已逾期的在办件计为逾期；绿色通道与撤回的办件不计。",
    "en": "Dots are shares on time, lines their 95% intervals (Clopper–Pearson). Open cases past their date count as "
    "late; green-lane and withdrawn cases are left out.",
}
WITHOUT_NAME = {"zh": "未注明部门", "en": "Department not stated"}
MOST_NAMES = 5


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """A sentence on the departments below the whole, the intervals, the table."""
    table = readable(findings, "on_time", language).with_columns(pl.col("department").fill_null(WITHOUT_NAME[language]))
    judged = table.filter(pl.col("on_time_share").is_not_null()).sort("on_time_share", "department")
    overall = overall_share(findings)
    if judged.is_empty() or overall is None:
        yield Paragraph(SENTENCES["not_judged"][language])
        return
    below = judged.filter(pl.col("on_time_share_high") < overall)["department"].to_list()
    withheld = table.filter(pl.col("on_time_share").is_null() & (pl.col("judged_count").fill_null(1) > 0)).height
    yield Paragraph(_below(below, overall, language, is_whole=not withheld))
    if withheld:
        yield Paragraph(SENTENCES["withheld"][language].format(count=figures.count(withheld, language)))
    yield Chart(on_time_intervals(judged, language, overall=overall), NOTE[language])
    yield table_of(judged, _columns(overall, language), language, caption=CAPTION[language])


def _below(names: list[str], overall: float, language: Language, *, is_whole: bool) -> str:
    none = "none_below" if is_whole else "none_shown_below"
    which = none if not names else "one_below" if len(names) == 1 else "below"
    shown = figures.listed(names[:MOST_NAMES], language)
    if len(names) > MOST_NAMES:
        shown += "等" if language == "zh" else ", and others"
    return SENTENCES[which][language].format(overall=figures.share(overall, language), count=len(names), names=shown)


def _columns(overall: float, language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    return [
        column("department", language, is_figure=False),
        column("judged_count", language, count),
        column("late_count", language, count),
        column("open_count", language, count),
        column("on_time_share", language, lambda value: figures.share(value, language)),
        Column(
            heading("on_time_interval", language),
            lambda row: figures.interval(row["on_time_share_low"], row["on_time_share_high"], language),
        ),
        Column(
            heading("kind", language),
            lambda row: POSITIONS[position(row["on_time_share_low"], row["on_time_share_high"], overall)][language],
            is_figure=False,
        ),
    ]


SECTION = Section("on_time", TITLE, SENTENCES, ("on_time", "departments"), blocks)

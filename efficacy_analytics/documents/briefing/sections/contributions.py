"""What the whole time is made of, what could be saved, and, where the run knows, why files wait."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.causes import cause_bars
from efficacy_analytics.charts.contributions import contribution_bars, part_name
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
from efficacy_analytics.documents.totals import OF_WHAT_IS_SHOWN, is_for_the_public, total, total_of
from efficacy_analytics.vocabulary import CAUSES, PARTS, Language, heading

TITLE = {"zh": "时间构成与等待原因", "en": "What the time is made of, and why files wait"}
CAPTION = {"zh": "全程时间的构成（按占比排列）", "en": "Parts of the whole time, largest first"}
HEADINGS = {
    "part": {"zh": "部分", "en": "Part"},
    "kind": {"zh": "类别", "en": "Kind"},
    "share": {"zh": "占全程", "en": "Share of all time"},
    "tenth": {"zh": "缩短一成，每件少", "en": "A tenth less saves per case"},
}
SENTENCES = {
    "whole": {
        "zh": "全部办件的全程时间中，等待占 {waiting}，办理占 {service}。",
        "en": "Of the throughput time of all cases, {waiting} is waiting and {service} is service.",
    },
    "mixed": {
        "zh": "全部办件的全程时间中，等待占 {waiting}，办理占 {service}，另有 {between} 未记开始时间，不作区分。",
        "en": "Of the throughput time of all cases, {waiting} is waiting and {service} is service; for {between} no "
        "start is recorded, so that the two cannot be told apart.",
    },
    "between": {
        "zh": "数据未记录环节开始时间，等待与办理不作区分，以下为两次完成之间的时间。",
        "en": "Starts are not recorded: waiting and service cannot be told apart, and what follows is the time between "
        "completions.",
    },
    "first": {
        "zh": "占比最大的是“{part}”（{kind}），占 {share}{interval}；"
        "缩短一成，平均每件全程时间可减少 {saving}（{saving_share}）。",
        "en": "The largest part is “{part}” ({kind}): {share}{interval}. A tenth less there would take "
        "{saving} ({saving_share}) off the throughput time of the average case.",
    },
    "excess": {
        "zh": "超出最好四分之一部门中位数最多的是“{part}”（{kind}），各件共超出 {excess} 件·天，这是可节省的上限。",
        "en": "Above the median of the best quarter of departments cases lie furthest in “{part}” ({kind}): by "
        "{excess} {excess:case-day|case-days} together, and no more than that can be saved there.",
    },
    "causes": {
        "zh": "等待的最大原因是{cause}，占全部等待的 {share}；停钟与申请人合计占 {outside}，不计入机关用时。",
        "en": "The largest cause of waiting is “{cause}”, {share} of all waiting; clock stops and the applicant, which "
        "do not count against the office, make up {outside}.",
    },
    "apart": {
        "zh": "等待原因逐个环节计算等待，合计 {of_causes} 件·天；时间构成中的等待为 {of_parts} 件·天："
        "同一办件另一环节正在办理的时间在构成中计为办理，几个环节同时等待只计一次。",
        "en": "The causes count the wait of each step for itself, {of_causes} case-days together; among the parts "
        "waiting is {of_parts}: there the time in which another step of the case is being done is service, and steps "
        "that wait at once wait once.",
    },
    "one_activity": {
        "zh": "数据中每件只有一个环节，全程时间无从分解，也不能区分等待与办理。",
        "en": "Cases have one activity only: their time cannot be divided, nor waiting told from service.",
    },
    "none": {
        "zh": "本期没有可分解的全程时间。",
        "en": "There is no throughput time to divide.",
    },
}
NOTES = {
    "parts": {
        "zh": "各部分之和等于全程时间（自然时间）。缩短一成按各件实际路线推算，未计排队变化，为上限。",
        "en": "The parts add up to the throughput time (elapsed). A tenth less is replayed on each case’s path; queues "
        "are not, so it is an upper bound.",
    },
    "causes": {
        "zh": "灰色两项不计入机关用时；不在岗含夜间与休息日。",
        "en": "The two grey causes do not count against the office; nobody at work includes nights and days off.",
    },
}

FEWEST_DEPARTMENTS = 4
APART_SHARE = 0.05
"""Waiting in the causes and among the parts that differs by less needs no word."""


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Sentences on the parts, their bars and table; then the causes, where the run has them and the log can tell."""
    parts = readable(findings, "contributions", language).drop_nulls("share_of_total").sort("rank")
    if parts.is_empty() or is_undivided(findings):
        yield Paragraph(SENTENCES["none" if parts.is_empty() else "one_activity"][language])
        return
    yield Paragraph(_whole(findings, language))
    if is_for_the_public(findings):
        yield Paragraph(OF_WHAT_IS_SHOWN[language])
    yield Paragraph(_first(parts.row(0, named=True), language))
    most = parts.filter(pl.col("excess_days") >= 1).sort(["excess_days", "rank"], descending=[True, False])
    for row in most.head(1 if has_a_best_quarter(findings) else 0).iter_rows(named=True):
        excess = figures.count(row["excess_days"], language)
        yield Paragraph(SENTENCES["excess"][language].format(**_named(row, language), excess=excess))
    note = NOTES["parts"][language] + told_of_bars_without(parts.head(MOST_ROWS), language)
    yield Chart(contribution_bars(parts, language, top=MOST_ROWS), note)
    yield table_of(parts, _columns(parts, language), language, caption=CAPTION[language])
    yield from _causes(findings, language)


def is_undivided(findings: Findings) -> bool:
    """Whether cases have one activity alone, as in a log of requests with a day of receipt and one of closing."""
    return bool(findings.table("log_summary")["activity_count"][0] == 1)


def _whole(findings: Findings, language: Language) -> str:
    shares = {kind: total_of(findings, "contributions", "share_of_total", kind) or 0.0 for kind in PARTS}
    told = {
        "waiting": figures.share(shares["waiting"], language),
        "service": figures.share(shares["service"], language),
        "between": figures.share(shares["between_completions"], language),
    }
    if not shares["between_completions"]:
        return SENTENCES["whole"][language].format(waiting=told["waiting"], service=told["service"])
    if shares["waiting"] + shares["service"]:
        return SENTENCES["mixed"][language].format(**told)
    return SENTENCES["between"][language]


def _first(row: dict[str, Any], language: Language) -> str:
    return SENTENCES["first"][language].format(
        **_named(row, language),
        share=figures.share(row["share_of_total"], language),
        interval=figures.interval_said(row["share_low"], row["share_high"], language),
        saving=figures.duration(row["tenth_less_elapsed_seconds"], language),
        saving_share=figures.share(row["tenth_less_share"], language),
    )


def has_a_best_quarter(findings: Findings) -> bool:
    """Whether there are departments enough for a best quarter of them: of one alone it would be itself."""
    known = findings.table("departments")["department"].drop_nulls().n_unique()
    return known >= FEWEST_DEPARTMENTS


def _named(row: dict[str, Any], language: Language) -> dict[str, str]:
    words = PARTS[row["kind"]][language]
    return {"part": part_name(row), "kind": words if language == "zh" else words.lower()}


def _causes(findings: Findings, language: Language) -> Iterator[Block]:
    if "waiting_by_segment" not in findings.manifest["tables"]:
        return
    segments = readable(findings, "waiting_by_segment", language).drop_nulls([f"{cause}_seconds" for cause in CAUSES])
    is_known = findings.table("log_summary")["resource_count"][0] != 0
    started = total(segments["transition_count"]) - total(segments["estimated_start_count"])
    whole = total_of(findings, "waiting_by_segment", "waiting_seconds")
    if not is_known or not started or not whole:
        return
    seconds = {cause: total_of(findings, "waiting_by_segment", f"{cause}_seconds") or 0.0 for cause in CAUSES}
    largest = max(seconds, key=lambda cause: seconds[cause])
    words = CAUSES[largest][language]
    yield Paragraph(
        SENTENCES["causes"][language].format(
            cause=words if language == "zh" else words.lower(),
            share=figures.share(seconds[largest] / whole, language),
            outside=figures.share((seconds["clock_stop"] + seconds["applicant"]) / whole, language),
        )
    )
    yield from _apart(findings, whole, language)
    yield Chart(cause_bars(segments, language), NOTES["causes"][language])  # type: ignore[arg-type]


def _apart(findings: Findings, seconds_of_causes: float, language: Language) -> Iterator[Block]:
    """What waiting is in the causes and among the parts, where the two are not about the same."""
    kinds = ("waiting", "between_completions")
    of_parts = sum(total_of(findings, "contributions", "elapsed_seconds_total", kind) or 0.0 for kind in kinds)
    if abs(seconds_of_causes - of_parts) > APART_SHARE * seconds_of_causes:
        days = {"of_causes": seconds_of_causes / 86_400, "of_parts": of_parts / 86_400}
        told = {name: figures.count(round(value), language) for name, value in days.items()}
        yield Paragraph(SENTENCES["apart"][language].format(**told))


def _columns(parts: pl.DataFrame, language: Language) -> list[Column]:
    """The columns of the table; that of the kind only where there are several."""
    kind = Column(
        HEADINGS["kind"][language], lambda row: PARTS[row["kind"]][language], is_figure=False, meant="kind_of_part"
    )
    return [
        column("rank", language),
        Column(HEADINGS["part"][language], part_name, is_figure=False, meant="part"),
        *[kind] * (parts["kind"].n_unique() > 1),
        column("case_count", language, lambda value: figures.count(value, language)),
        Column(
            HEADINGS["share"][language],
            lambda row: figures.share(row["share_of_total"], language),
            name="share_of_total",
        ),
        Column(
            heading("on_time_interval", language),
            lambda row: figures.interval(row["share_low"], row["share_high"], language),
            meant="share_interval",
        ),
        column("excess_days", language, lambda value: figures.count(value, language)),
        Column(
            HEADINGS["tenth"][language],
            lambda row: figures.duration(row["tenth_less_elapsed_seconds"], language),
            name="tenth_less_elapsed_seconds",
        ),
    ]


SECTION = Section("contributions", TITLE, SENTENCES, ("contributions", "departments", "waiting_by_segment"), blocks)

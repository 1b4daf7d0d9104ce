"""How many cases came in, how many are done, how many in time."""

from collections.abc import Iterator, Mapping
from typing import Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Findings, KeyFigures, Paragraph, Section
from efficacy_analytics.documents.totals import has_completed, has_limits, late_figure, overall_share, total_of
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import UNDATED, Language, Words, heading

TITLE = {"zh": "基本情况", "en": "At a glance"}
SENTENCES = {
    "counts": {
        "zh": "本期收件 {cases} 件，其中{parts}；"
        "共记录环节 {events} 次，涉及 {activities} 种环节、{departments} 个部门。",
        "en": "Cases received: {cases}, of which {parts}. They left {events} of {activities}, in {departments}.",
    },
    "counts_of_no_department": {
        "zh": "本期收件 {cases} 件，其中{parts}；共记录环节 {events} 次，涉及 {activities} 种环节；数据未注明部门。",
        "en": "Cases received: {cases}, of which {parts}. They left {events} of {activities}; the data names no "
        "department.",
    },
    "some_undated": {
        "zh": "个别办件没有任何日期，不属于任何时期。",
        "en": "A few cases without any day belong to no period.",
    },
    "on_time": {
        "zh": "应办结日已过的 {judged} 件中，逾期 {late} 件，按时办结率为 {share}。",
        "en": "Cases whose due date has passed: {judged}; late: {late}; on time: {share}.",
    },
    "late_open": {
        "zh": "应办结日已过的 {late} 件，均未办结。",
        "en": "Cases whose due date has passed, none of them completed: {late}.",
    },
    "few_judged": {
        "zh": "应办结日已过的 {judged} 件，件数过少，不列逾期件数和按时办结率。",
        "en": "Cases whose due date has passed: {judged}; too few to tell how many of them were late.",
    },
    "no_limits": {
        "zh": "所附数据未给出办理时限，本期不判定是否逾期。",
        "en": "The data gives no time limits, so lateness is not judged here.",
    },
    "none_due": {
        "zh": "截至统计日，没有设有时限的办件到期，本期尚不判定是否逾期。",
        "en": "No case with a time limit has come due by the day of judgement, so lateness is not judged yet.",
    },
}
PARTS: Final[dict[str, Words]] = {
    "completed": {"zh": "办结 {count} 件", "en": "completed {count}"},
    "open": {"zh": "在办 {count} 件", "en": "open {count}"},
    "withdrawn": {"zh": "撤回 {count} 件", "en": "withdrawn {count}"},
    "not_accepted": {
        "zh": "不予受理 {count} 件（不计时限）",
        "en": "not accepted {count} (no time limit holds for them)",
    },
}
"""What became of the cases; of withdrawn and not accepted ones it is said only where there are some."""
ALWAYS: Final = ("completed", "open")
COUNTED: Final = (
    *("completed_count", "open_count", "withdrawn_count", "not_accepted_count"),
    *("judged_count", "late_count", "not_yet_due_count", "green_lane_count"),
)


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Key figures, and sentences that say them."""
    log = findings.table("log_summary").row(0, named=True)
    shares = findings.table("on_time")
    totals = {name: total_of(findings, "on_time", name) for name in COUNTED}
    overall = overall_share(findings)
    yield KeyFigures(
        [
            (heading("case_count", language), figures.count(log["case_count"], language)),
            (heading("completed_count", language), figures.count(totals["completed_count"], language)),
            (heading("open_count", language), figures.count(totals["open_count"], language)),
            late_figure(totals, language),
            *[(heading("on_time_share", language), figures.share(overall, language))] * has_completed(findings),
        ]
    )
    named = shares["department"].drop_nulls()
    yield Paragraph(
        SENTENCES["counts_of_no_department" if named.is_empty() else "counts"][language].format(
            cases=figures.count(log["case_count"], language),
            parts=figures.listed(_parts(totals, language), language),
            events=figures.counted(log["event_count"], language, "event", "events"),
            activities=figures.counted(log["activity_count"], language, "activity", "activities"),
            departments=figures.counted(named.len(), language, "department", "departments"),
        )
    )
    if log["undated_case_count"] != 0:
        yield Paragraph(_undated(log["undated_case_count"], language))
    if totals["judged_count"] == 0:
        yield Paragraph(SENTENCES["none_due" if has_limits(totals) else "no_limits"][language])
        return
    told = "on_time" if has_completed(findings) else "late_open"
    said = "few_judged" if totals["late_count"] is None else told
    yield Paragraph(
        SENTENCES[said][language].format(
            judged=figures.count(totals["judged_count"], language),
            late=figures.count(totals["late_count"], language),
            share=figures.share(overall, language),
        )
    )


def _parts(totals: Mapping[str, float | None], language: Language) -> list[str]:
    counts = {name: totals[f"{name}_count"] for name in PARTS}
    return [
        PARTS[name][language].format(count=figures.count(count, language))
        for name, count in counts.items()
        if count or name in ALWAYS
    ]


def _undated(count: int | None, language: Language) -> str:
    """The cases that belong to no period; of a public edition without their number, where they are few."""
    if count is None:
        return SENTENCES["some_undated"][language]
    return UNDATED[language].format(count=Count(count)) + ("。" if language == "zh" else ".")


SECTION = Section("summary", TITLE, SENTENCES, ("log_summary", "on_time", "departments", "on_time_by_month"), blocks)

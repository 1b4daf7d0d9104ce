"""How many cases came in, how many are done, how many in time."""

from collections.abc import Iterator

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Findings, KeyFigures, Paragraph, Section
from efficacy_analytics.documents.totals import overall_share, total_of
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import UNDATED, Language, heading

TITLE = {"zh": "基本情况", "en": "At a glance"}
SENTENCES = {
    "counts": {
        "zh": "本期受理办件 {cases} 件，其中办结 {completed} 件、在办 {open} 件；"
        "共记录环节 {events} 次，涉及 {activities} 种环节、{departments} 个部门。",
        "en": "Cases accepted: {cases}, of which completed {completed} and open {open}. They left {events} of "
        "{activities}, in {departments}.",
    },
    "withdrawn": {
        "zh": "另有 {withdrawn} 件由申请人撤回。",
        "en": "Withdrawn by the applicants: {withdrawn}.",
    },
    "some_undated": {
        "zh": "个别办件没有任何日期，不属于任何时期。",
        "en": "A few cases without any day belong to no period.",
    },
    "on_time": {
        "zh": "应办结日已过的 {judged} 件中，逾期 {late} 件，按时办结率为 {share}。",
        "en": "Cases whose due date has passed: {judged}; late: {late}; on time: {share}.",
    },
    "few_judged": {
        "zh": "应办结日已过的 {judged} 件，件数过少，不列逾期件数和按时办结率。",
        "en": "Cases whose due date has passed: {judged}; too few to tell how many of them were late.",
    },
    "no_limits": {
        "zh": "所附数据未给出办理时限，本期不判定是否逾期。",
        "en": "The data gives no time limits, so lateness is not judged here.",
    },
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Key figures, and sentences that say them."""
    log = findings.table("log_summary").row(0, named=True)
    shares = findings.table("on_time")
    counted = ("completed_count", "open_count", "judged_count", "late_count")
    totals = {name: total_of(findings, "on_time", name) for name in counted}
    overall = overall_share(findings)
    yield KeyFigures(
        [
            (heading("case_count", language), figures.count(log["case_count"], language)),
            (heading("completed_count", language), figures.count(totals["completed_count"], language)),
            (heading("open_count", language), figures.count(totals["open_count"], language)),
            (heading("late_count", language), figures.count(totals["late_count"], language)),
            (heading("on_time_share", language), figures.share(overall, language)),
        ]
    )
    yield Paragraph(
        SENTENCES["counts"][language].format(
            cases=figures.count(log["case_count"], language),
            completed=figures.count(totals["completed_count"], language),
            open=figures.count(totals["open_count"], language),
            events=figures.counted(log["event_count"], language, "event", "events"),
            activities=figures.counted(log["activity_count"], language, "activity", "activities"),
            departments=figures.counted(shares.height, language, "department", "departments"),
        )
    )
    if log["undated_case_count"] != 0:
        yield Paragraph(_undated(log["undated_case_count"], language))
    withdrawn = total_of(findings, "on_time", "withdrawn_count")
    if withdrawn:
        yield Paragraph(SENTENCES["withdrawn"][language].format(withdrawn=figures.count(withdrawn, language)))
    if totals["judged_count"] == 0:
        yield Paragraph(SENTENCES["no_limits"][language])
        return
    said = "few_judged" if totals["late_count"] is None else "on_time"
    yield Paragraph(
        SENTENCES[said][language].format(
            judged=figures.count(totals["judged_count"], language),
            late=figures.count(totals["late_count"], language),
            share=figures.share(overall, language),
        )
    )


def _undated(count: int | None, language: Language) -> str:
    """The cases that belong to no period; of a public edition without their number, where they are few."""
    if count is None:
        return SENTENCES["some_undated"][language]
    return UNDATED[language].format(count=Count(count)) + ("。" if language == "zh" else ".")


SECTION = Section("summary", TITLE, SENTENCES, ("log_summary", "on_time", "departments", "on_time_by_month"), blocks)

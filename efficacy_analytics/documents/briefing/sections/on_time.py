"""Who keeps the time limits, and which differences are more than chance."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.on_time import POSITIONS, on_time_intervals, position
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.totals import has_completed, overall_share, total_of
from efficacy_analytics.vocabulary import Language, heading

TITLE = {"zh": "按时办结", "en": "Time limits kept"}
CAPTION = {"zh": "各部门按时办结率（自低至高）", "en": "Share on time by department, lowest first"}
SENTENCES = {
    "below": {
        "zh": "总体按时办结率为 {overall}；按 95% 区间判断，明显低于总体的部门有 {count} 个：{names}。",
        "en": "{overall} were on time overall; judged by 95% intervals, {count} {count:department|departments} lie "
        "below that: {names}.",
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
    "beside": {
        "zh": "计入的是截至统计日应办结日已过的 {count} 件，不论是否办结。",
        "en": "Counted are the {count} {count:case|cases} whose due date has passed by the day of judgement, "
        "completed or not.",
    },
    "not_yet_due": {
        "zh": "另有 {count} 件尚未到期，不计。",
        "en": "Not yet due, and not counted: {count}.",
    },
    "without_verdict": {
        "zh": "另有 {count} 件没有应办结日或无从判定，不计。",
        "en": "Without a due date or a verdict, and not counted: {count}.",
    },
    "withdrawn_late": {
        "zh": "其中 {count} 件在逾期后由申请人撤回，计为逾期。",
        "en": "Of them, withdrawn after their due date and late: {count}.",
    },
    "by_extension": {
        "zh": "按时办结的办件中，{count} 件靠延期才按时；不计延期，按时办结率为 {share}。",
        "en": "Of those on time, {count} {count:was|were} so by an extension only; without extensions {share} were on "
        "time.",
    },
    "grounded": {
        "zh": "{count} 件扣除了行政许可法未列明的停止计时（如受理后的补正、中止）；"
        "不扣除这些天数，按时办结率为 {share}。",
        "en": "In {count} {count:case|cases} the clock was stopped for a reason that the licensing law does not name "
        "(such as a "
        "supplement after acceptance, or a suspension); where those days count, {share} were on time.",
    },
    "statute": {
        "zh": "按法定时限，已到期 {count} 件，按时 {share}。",
        "en": "By the statutory limit {count} {count:case was|cases were} due, and {share} of them on time.",
    },
    "green_lane": {
        "zh": "绿色通道已到期 {count} 件，另按法定时限判定，按时 {share}。",
        "en": "Green-lane cases are judged by the statute, apart: {count} {count:was|were} due, and {share} of them on "
        "time.",
    },
    "few_judged": {
        "zh": "已到期的办件过少，不列按时办结率。",
        "en": "Too few cases were due for a share on time to be told.",
    },
    "none_completed": {
        "zh": "没有办结的办件，不列按时办结率。",
        "en": "No case is completed, so no share on time is told.",
    },
    "not_judged": {
        "zh": "没有可判定是否逾期的办件。",
        "en": "No case can be judged late or in time.",
    },
}
NOTE = {
    "zh": "圆点为按时办结率，横线为其 95% 区间（Clopper–Pearson）。已逾期的在办件和逾期后撤回的办件计为逾期；"
    "未到期、到期前撤回、不予受理和绿色通道的办件不计。",
    "en": "Dots are shares on time, lines their 95% intervals (Clopper–Pearson). Open cases past their date and those "
    "withdrawn when they were late count as late; cases not yet due, withdrawn in time, not accepted or on the green "
    "lane are left out.",
}
MOST_NAMES = 5
COUNTED = (
    *(
        "judged",
        "late",
        "not_yet_due",
        "not_judged",
        "withdrawn_late",
        "by_extension",
        "ungrounded_stop",
        "late_with_grounded_stops",
    ),
    *("statutory_judged", "statutory_late", "green_lane_judged", "green_lane_late"),
)


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """A sentence on the departments below the whole, the intervals, the table."""
    table = departments_named(readable(findings, "on_time", language), language)
    judged = table.filter(pl.col("on_time_share").is_not_null()).sort(
        "on_time_share", "department_code", nulls_last=True
    )
    overall = overall_share(findings)
    if judged.is_empty() or overall is None:
        said = "few_judged" if has_completed(findings) else "none_completed"
        said = said if total_of(findings, "on_time", "judged_count") else "not_judged"
        yield Paragraph(SENTENCES[said][language])
        return
    below = judged.filter(pl.col("on_time_share_high") < overall)["department"].to_list()
    withheld = table.filter(pl.col("on_time_share").is_null() & (pl.col("judged_count").fill_null(1) > 0)).height
    yield Paragraph(_below(below, overall, language, is_whole=not withheld))
    if withheld:
        yield Paragraph(SENTENCES["withheld"][language].format(count=figures.count(withheld, language)))
    yield from _beside(findings, language)
    yield Chart(on_time_intervals(judged, language, overall=overall), NOTE[language])
    yield table_of(judged, _columns(overall, language), language, caption=CAPTION[language])


def _beside(findings: Findings, language: Language) -> Iterator[Block]:
    """How many cases are counted and how many not yet, and the other shares: each where its counts are known."""
    sums = {name: total_of(findings, "on_time", f"{name}_count") for name in COUNTED}
    judged, late = sums["judged"], sums["late"]
    if not judged or late is None:
        return
    counted = {"beside": judged, "not_yet_due": sums["not_yet_due"], "without_verdict": sums["not_judged"]}
    told = [
        SENTENCES[name][language].format(count=figures.count(count, language))
        for name, count in counted.items()
        if count
    ]
    yield Paragraph(("" if language == "zh" else " ").join(told))
    if sums["withdrawn_late"]:
        yield Paragraph(
            SENTENCES["withdrawn_late"][language].format(count=figures.count(sums["withdrawn_late"], language))
        )
    shares = {
        "by_extension": (sums["by_extension"], judged - late - (sums["by_extension"] or 0), judged),
        "grounded": (sums["ungrounded_stop"], judged - (sums["late_with_grounded_stops"] or 0), judged),
        "statute": (sums["statutory_judged"], *_kept(sums, "statutory")),
        "green_lane": (sums["green_lane_judged"], *_kept(sums, "green_lane")),
    }
    for name, (count, kept, whole) in shares.items():
        if count:
            said = {"count": figures.count(count, language), "share": figures.share(kept / whole, language)}
            yield Paragraph(SENTENCES[name][language].format(**said))


def _kept(sums: dict[str, float | None], judged_by: str) -> tuple[float, float]:
    judged = sums[f"{judged_by}_judged"] or 0.0
    return judged - (sums[f"{judged_by}_late"] or 0.0), judged


def _below(names: list[str], overall: float, language: Language, *, is_whole: bool) -> str:
    none = "none_below" if is_whole else "none_shown_below"
    which = none if not names else "one_below" if len(names) == 1 else "below"
    shown = figures.listed(names[:MOST_NAMES], language)
    if len(names) > MOST_NAMES:
        shown += "等" if language == "zh" else ", and others"
    return SENTENCES[which][language].format(
        overall=figures.share(overall, language), count=figures.count(len(names), language), names=shown
    )


def _columns(overall: float, language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    return [
        column("department", language, is_figure=False),
        column("judged_count", language, count),
        column("late_count", language, count),
        column("not_yet_due_count", language, count),
        column("open_count", language, count),
        column("on_time_share", language, lambda value: figures.share(value, language)),
        Column(
            heading("on_time_interval", language),
            lambda row: figures.interval(row["on_time_share_low"], row["on_time_share_high"], language),
            meant="share_interval",
        ),
        Column(
            heading("kind", language),
            lambda row: POSITIONS[position(row["on_time_share_low"], row["on_time_share_high"], overall)][language],
            is_figure=False,
            meant="position_of_share",
        ),
    ]


SECTION = Section("on_time", TITLE, SENTENCES, ("on_time", "departments"), blocks)

"""What a department's page says first: how it did, why, and what to do."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.sections import changes
from efficacy_analytics.documents.department_page.records import findings_on_records
from efficacy_analytics.documents.department_page.segments import kind_of_place
from efficacy_analytics.documents.department_page.standing import not_judged, share_verdict
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.vocabulary import REASONS, TIME_KINDS, Language, Words

SHORT: Final[dict[str, Words]] = {
    "how": {
        "zh": "办得怎样：收件 {cases} 件，办结 {completed} 件{open}{withdrawn}{not_accepted}{on_time}{median}。",
        "en": "How it did. {cases} {cases:case|cases} received, {completed} completed{open}{withdrawn}{not_accepted}"
        "{on_time}{median}.",
    },
    "open": {"zh": "，在办 {count} 件", "en": ", {count} open"},
    "withdrawn": {"zh": "，撤回 {count} 件", "en": ", {count} withdrawn"},
    "not_accepted": {"zh": "，不予受理 {count} 件（不计时限）", "en": ", {count} not accepted (without a time limit)"},
    "on_time": {
        "zh": "，按时办结率 {share}（已到期 {due} 件，逾期 {late} 件{beside}{like_work}）",
        "en": ", {share} on time ({late} of {due} due late{beside}{like_work})",
    },
    "beside": {"zh": "；全部部门 {overall}，{verdict}", "en": "; {overall} over all departments: {verdict}"},
    "median": {"zh": "，全程时间中位数 {median}", "en": ", a median throughput time of {median}"},
    "changed": {"zh": "变化：{changes}。", "en": "What changed: {changes}."},
    "records": {"zh": "引用前请先看：{finding}", "en": "Before this is quoted: {finding}"},
    "explain": {"zh": "先请该部门就其数据作出说明；", "en": "Have the department explain its records first. "},
    "none_late": {"zh": "没有逾期；", "en": "Nothing was late. "},
    "why": {
        "zh": "为什么：{none_late}{kind}的 {share} 在“{activity}”到“{next_activity}”，每次中位数 {median}。",
        "en": "Why. {none_late}{share} of its {kind} lies between “{activity}” and “{next_activity}”, a median of "
        "{median} each time.",
    },
    "why_spread": {
        "zh": "为什么：{none_late}没有突出的堵点，最多的一处是“{activity}”到“{next_activity}”，占{kind}的 {share}，"
        "每次中位数 {median}。",
        "en": "Why. {none_late}No place stands out: the most, {share} of its {kind}, lies between “{activity}” and "
        "“{next_activity}”, a median of {median} each time.",
    },
    "why_few": {
        "zh": "为什么：{none_late}{kind}的 {share} 在“{activity}”到“{next_activity}”，但只涉及 {cases}，不足以断定。",
        "en": "Why. {none_late}{share} of its {kind} lies between “{activity}” and “{next_activity}”, but over {cases} "
        "only: too few to tell.",
    },
    "do": {
        "zh": "怎么办：{explain}先加快“{activity}”到“{next_activity}”的衔接；{limits}。",
        "en": "What to do. {explain}Speed up the way from “{activity}” to “{next_activity}” first; {limits}.",
    },
    "do_spread": {
        "zh": "怎么办：{explain}没有可先着手的一处；{limits}。",
        "en": "What to do. {explain}There is no single place to begin with; {limits}.",
    },
    "do_few": {
        "zh": "怎么办：{explain}办件太少，不能断定先从何处着手；{limits}。",
        "en": "What to do. {explain}Too few cases to say where to begin; {limits}.",
    },
    "why_unknown": {
        "zh": "为什么：按记录，其各环节之间没有用时，时间花在哪里无从分解。",
        "en": "Why. By the records no time passes between its steps: where the time goes is not known.",
    },
    "do_unknown": {
        "zh": "怎么办：{explain}请先记录各环节的办理时间；{limits}。",
        "en": "What to do. {explain}Have the time of each step recorded first; {limits}.",
    },
    "why_first_steps": {
        "zh": "为什么：其办理的环节之前都没有其他环节，没有环节间隔可分解。",
        "en": "Why. No step of its follows another one of the case: there is no time between steps to divide.",
    },
    "do_first_steps": {
        "zh": "怎么办：{explain}没有环节间隔可缩短；{limits}。",
        "en": "What to do. {explain}There is no time between steps to shorten; {limits}.",
    },
    "free": {"zh": "可立即压缩时限的事项有 {items} 个", "en": "time limits that can be shortened now: {items}"},
    "none_free": {
        "zh": "时限暂不压缩（{reasons}）",
        "en": "leave the time limits as they are ({reasons})",
    },
    "reason": {"zh": "{count} 项{reason}", "en": "{count} {count:item|items}: {reason}"},
    "no_limits": {"zh": "数据中没有事项时限", "en": "the data has no limits of items"},
}
KINDS_OF_PLACE: Final = {"first": "", "spread": "_spread", "few": "_few"}
"""By the kind of the segment that holds most of the time, which sentences tell of it."""
LIKE_WORK: Final[dict[str, Words]] = {
    "above": {
        "zh": "；就其办件种类而言逾期偏多，须改进",
        "en": "; for its kinds of cases that is late more often than usual: it needs to act",
    },
    "within": {"zh": "；就其办件种类而言属通常水平", "en": "; for its kinds of cases that is usual"},
    "below": {"zh": "；就其办件种类而言逾期偏少", "en": "; for its kinds of cases that is late less often than usual"},
}


def in_short(findings: Findings, row: dict[str, Any], language: Language) -> Iterator[str]:
    """How the department did, why, and what to do."""
    code = row["department_code"]
    to_explain = findings_on_records(findings, code, language)
    yield _how_in_short(findings, row, to_explain, language)
    none_late = SHORT["none_late"][language] if row["on_time_share"] is not None and not row["late_count"] else ""
    next_step = {
        "explain": SHORT["explain"][language] if to_explain else "",
        "limits": _limits_in_short(findings, code, language),
    }
    rows = readable(findings, "bottlenecks_by_department", language).filter(pl.col("department_code") == code)
    foremost = rows.drop_nulls("share_of_total").sort("rank").head(1)
    if foremost.is_empty():
        kind = "first_steps" if rows.is_empty() else "unknown"
        yield SHORT[f"why_{kind}"][language]
        yield SHORT[f"do_{kind}"][language].format(**next_step)
    for first in foremost.iter_rows(named=True):
        place = {"activity": first["activity"], "next_activity": first["next_activity"]}
        kind = KINDS_OF_PLACE[kind_of_place(first)]
        yield SHORT[f"why{kind}"][language].format(
            **place,
            none_late=none_late,
            kind=TIME_KINDS[first["time_kind"]][language],
            share=figures.share(first["share_of_total"], language),
            cases=figures.counted(first["case_count"], language, "case", "cases"),
            median=figures.duration(first["waiting_elapsed_seconds_median"], language),
        )
        yield SHORT[f"do{kind}"][language].format(**place, **next_step)


def _how_in_short(findings: Findings, row: dict[str, Any], to_explain: list[str], language: Language) -> str:
    """Counts, share on time beside the whole and like work, median time, changes, and what its records are like."""
    median = row["throughput_elapsed_seconds_median"]

    def counted(name: str) -> str:
        count = row[f"{name}_count"]
        return SHORT[name][language].format(count=figures.count(count, language)) if count else ""

    told = SHORT["how"][language].format(
        cases=figures.count(row["case_count"], language),
        completed=figures.count(row["completed_count"], language),
        open=counted("open"),
        withdrawn=counted("withdrawn"),
        not_accepted=counted("not_accepted"),
        on_time=_on_time_in_short(findings, row, language),
        median="" if not median else SHORT["median"][language].format(median=figures.duration(median, language)),
    )
    said = [told] if row["on_time_share"] is not None else [told, not_judged(row, language)]
    own = changes.own_period(findings, row["department_code"])
    changed = [*changes.beyond_chance(findings, own, language, row["department_code"])] if own is not None else []
    if changed:
        said.append(SHORT["changed"][language].format(changes=("；" if language == "zh" else "; ").join(changed)))
    said += [SHORT["records"][language].format(finding=finding) for finding in to_explain[:1]]
    return (" " if language == "en" else "").join(said)


def _on_time_in_short(findings: Findings, row: dict[str, Any], language: Language) -> str:
    """A department's share on time: beside that of all where there are others, and like work where some were late."""
    if row["on_time_share"] is None:
        return ""
    beside = SHORT["beside"][language].format(
        overall=figures.share(row["overall_on_time_share"], language), verdict=share_verdict(row, language)
    )
    compared = findings.table("department_comparison").filter(pl.col("department") == row["department_code"])
    ranked = compared.drop_nulls("late_ratio").filter(pl.col("not_ranked_because").is_null())
    like_work = [LIKE_WORK[place_of(one)][language] for one in ranked.iter_rows(named=True)]
    return SHORT["on_time"][language].format(
        share=figures.share(row["on_time_share"], language),
        due=figures.count(row["judged_count"], language),
        late=figures.count(row["late_count"], language),
        beside=beside if findings.table("departments").height > 1 else "",
        like_work="".join(like_work) if row["late_count"] else "",
    )


def _limits_in_short(findings: Findings, code: str, language: Language) -> str:
    """How many limits of a department can be shortened now."""
    limits = findings.table("limits").filter(pl.col("department") == code).drop_nulls("limit_days")
    free = limits.filter(pl.col("kind") == "free").height
    kind = "free" if free else "no_limits" if limits.is_empty() else "none_free"
    counts = limits.drop_nulls("reason").group_by("reason").len().sort("len", "reason", descending=[True, False])
    reasons = [
        SHORT["reason"][language].format(reason=REASONS[reason][language], count=figures.count(count, language))
        for reason, count in counts.iter_rows()
    ]
    return SHORT[kind][language].format(items=figures.count(free, language), reasons=figures.listed(reasons, language))

"""One page for one department: how it did, on like work and beside former periods, why, and what would help.

Made of the finished tables of a run over all departments, so that each page compares with the same whole.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.honesty import counted_sentences, finding_sentence
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.briefing.sections import changes
from efficacy_analytics.documents.briefing.sections.bottlenecks import of_several_kinds
from efficacy_analytics.documents.briefing.sections.like_work import department_times, officers
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.limit_columns import limit_column
from efficacy_analytics.documents.totals import has_completed, late_figure
from efficacy_analytics.errors import ParameterError
from efficacy_analytics.vocabulary import BACKTESTS, KINDS, REASONS, TERMS, TIME_KINDS, VALUES, Language, Words, heading

TABLES: Final = (
    "departments", "period_changes", "department_comparison", "bottlenecks_by_department", "honesty",
    "honesty_checks", "limits", "on_time_by_month", "department_times", "officer_dispersion",
)  # fmt: skip
TITLES: Final[dict[str, Words]] = {
    "short": {"zh": "要点", "en": "In short"},
    "how": {"zh": "办得怎样", "en": "How it did"},
    "why": {"zh": "时间花在哪里", "en": "Where the time goes"},
    "records": {"zh": "数据须说明之处", "en": "What its records have to explain"},
    "what": {"zh": "时限与下一步", "en": "Limits, and what to do"},
}
SENTENCES: Final[dict[str, Words]] = {
    "share": {
        "zh": "按时办结率 {share}（95% 区间 {interval}），全部部门合计 {overall}：{verdict}。",
        "en": "On time: {share} (95% interval {interval}), {overall} over all departments: {verdict}.",
    },
    "share_alone": {
        "zh": "按时办结率 {share}（95% 区间 {interval}）。",
        "en": "On time: {share} (95% interval {interval}).",
    },
    "like_work": {
        "zh": "已到期 {due} 件中逾期 {late} 件，各部门办同类办件通常逾期 {expected} 件：{verdict}。",
        "en": "{late} of {due} {due:case|cases} due {late:was|were} late; departments usually have {expected} on the "
        "same kinds of cases: {verdict}.",
    },
    "not_ranked": {
        "zh": "不作同类办件比较的判断：{reason}。",
        "en": "No judgement against the same kinds of cases: {reason}.",
    },
    "first": {
        "zh": "{kind}最多的是“{activity}”到“{next_activity}”，占本部门的 {share}，每次中位数 {median}；"
        "下一步先看这一处。",
        "en": "Most {kind} lies between “{activity}” and “{next_activity}”: {share} of the department's, a median of "
        "{median} each time. Look there first.",
    },
    "spread": {
        "zh": "{kind}分散在各处，最多的一处是“{activity}”到“{next_activity}”，占本部门的 {share}，"
        "每次中位数 {median}。",
        "en": "Its {kind} is spread over many places; the most lies between “{activity}” and “{next_activity}”: "
        "{share} of the department's, a median of {median} each time.",
    },
    "shorten": {
        "zh": "有 {items} 个事项的时限可立即压缩。",
        "en": "Limits that can be shortened now: {items}.",
    },
    "none_shorter": {
        "zh": "没有时限可立即压缩的事项；原因见下表。",
        "en": "No limit can be shortened now; the table says why.",
    },
    "nothing_unusual": {
        "zh": "各项检查未见须说明的异常。",
        "en": "The checks found nothing that has to be explained.",
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
    "do": {
        "zh": "怎么办：{explain}先加快“{activity}”到“{next_activity}”的衔接；{limits}。",
        "en": "What to do. {explain}Speed up the way from “{activity}” to “{next_activity}” first; {limits}.",
    },
    "do_spread": {
        "zh": "怎么办：{explain}没有可先着手的一处；{limits}。",
        "en": "What to do. {explain}There is no single place to begin with; {limits}.",
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
"""The three answers that a reader looks for, on the first page."""
SHARE_VERDICTS: Final[dict[str, Words]] = {
    "below": {"zh": "明显低于合计", "en": "clearly below that"},
    "within": {"zh": "差别可能只是偶然", "en": "the difference may be chance"},
    "above": {"zh": "明显高于合计", "en": "clearly above that"},
}
LATE_VERDICTS: Final[dict[str, Words]] = {
    "above": {"zh": "超出部门之间通常的差距，须改进", "en": "more than departments usually differ, it needs to act"},
    "within": {"zh": "在部门之间通常的差距之内", "en": "within what departments usually differ"},
    "below": {"zh": "少得超出部门之间通常的差距，办得好", "en": "fewer than departments usually differ, well done"},
}
LIKE_WORK: Final[dict[str, Words]] = {
    "above": {
        "zh": "；就其办件种类而言逾期偏多，须改进",
        "en": "; for its kinds of cases that is late more often than usual: it needs to act",
    },
    "within": {"zh": "；就其办件种类而言属通常水平", "en": "; for its kinds of cases that is usual"},
    "below": {"zh": "；就其办件种类而言逾期偏少", "en": "; for its kinds of cases that is late less often than usual"},
}
CAPTIONS: Final[dict[str, Words]] = {
    "segments": {"zh": "本部门各区段的用时（按占比排列）", "en": "Segments of the department, largest share first"},
    "limits": {
        "zh": "本部门各事项的时限（依据事项的全部历史办件）",
        "en": "Limits of the department's items, by the whole history of each item",
    },
}
LEAST_SHARE: Final = 0.2
"""Of a department's waiting that one place holds before it is called the place to begin with."""


def department_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """The sections of a department's page.

    Raises:
        ParameterError: the run has no such department.
    """
    row = department_row(findings, code, language)
    made: dict[str, list[Block]] = {
        "short": [Paragraph(text) for text in _short(findings, row, language)],
        "how": [*_figures(row, language), *_how(findings, row, language)],
        "why": list(why(findings, code, language)),
        "records": list(_records(findings, code, language)),
        "what": list(_what(findings, code, language)),
    }
    return [Piece(name, TITLES[name][language], blocks) for name, blocks in made.items() if blocks]


def _short(findings: Findings, row: dict[str, Any], language: Language) -> Iterator[str]:
    """How the department did, why, and what to do."""
    code = row["department_code"]
    to_explain = _findings_on_records(findings, code, language)
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
        spread = "" if first["share_of_total"] >= LEAST_SHARE else "_spread"
        yield SHORT[f"why{spread}"][language].format(
            **place,
            none_late=none_late,
            kind=TIME_KINDS[first["time_kind"]][language],
            share=figures.share(first["share_of_total"], language),
            median=figures.duration(first["waiting_elapsed_seconds_median"], language),
        )
        yield SHORT[f"do{spread}"][language].format(**place, **next_step)


def _findings_on_records(findings: Findings, code: str, language: Language) -> list[str]:
    """What a department has to explain of its records, heaviest first, each in a sentence."""
    checks = readable(findings, "honesty_checks", language)
    found = checks.filter(pl.col("department_code") == code, pl.col("verdict") == "stands_out")
    settings = findings.manifest["settings"]["honesty"]
    ordered = found.sort("points_lost", "code", descending=[True, False])
    return [finding_sentence(row, settings, language) for row in ordered.iter_rows(named=True)]


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
    said = [told] if row["on_time_share"] is not None else [told, _not_judged(row, language)]
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
        overall=figures.share(row["overall_on_time_share"], language), verdict=_share_verdict(row, language)
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


def department_row(findings: Findings, code: str, language: Language) -> dict[str, Any]:
    """The row of a department in the table of departments, with its name.

    Raises:
        ParameterError: the run has no such department.
    """
    table = readable(findings, "departments", language).filter(pl.col("department_code") == code)
    if table.is_empty():
        known = sorted(findings.table("departments")["department"].drop_nulls())
        raise ParameterError(f"the run has no department '{code}'.", hint=f"one of: {', '.join(known)}")
    row = table.row(0, named=True)
    return row if has_completed(findings) else row | {"on_time_share": None}


def _not_judged(row: dict[str, Any], language: Language) -> str:
    """Why no share on time is told of a department."""
    return SENTENCES["none_completed" if row["judged_count"] else "not_judged"][language]


def _figures(row: dict[str, Any], language: Language) -> Iterator[Block]:
    counts = ("case_count", "completed_count", "open_count", *(["withdrawn_count"] if row["withdrawn_count"] else []))
    pairs = [(heading(name, language), figures.count(row[name], language)) for name in counts]
    median = "throughput_elapsed_seconds_median"
    is_told = row["on_time_share"] is not None or not row["judged_count"]
    yield KeyFigures(
        [
            *pairs,
            late_figure(row, language),
            *[(heading("on_time_share", language), figures.share(row["on_time_share"], language))] * is_told,
            (heading(median, language), figures.duration(row[median] or None, language)),
        ]
    )


def _how(findings: Findings, row: dict[str, Any], language: Language) -> Iterator[Block]:
    code = row["department_code"]
    own = changes.own_period(findings, code)
    if own is not None:
        yield from map(Paragraph, changes.said(findings, own, language, code))
    yield from map(Paragraph, judged_sentences(findings, row, language))
    yield from map(Paragraph, department_times.said_of(findings, code, language))
    yield from map(Paragraph, officers.said_of(findings, code, language))
    if own is not None:
        yield from changes.shown(findings, own, language, code)


def judged_sentences(findings: Findings, row: dict[str, Any], language: Language) -> Iterator[str]:
    """A department's share on time beside the whole, and its late cases beside those of like work."""
    is_alone = findings.table("departments").height == 1
    yield _share(row, language, is_alone=is_alone) if row["on_time_share"] is not None else _not_judged(row, language)
    compared = findings.table("department_comparison").filter(pl.col("department") == row["department_code"])
    for one in compared.drop_nulls("late_ratio").iter_rows(named=True):
        yield _like_work(one, language)


def _share(row: dict[str, Any], language: Language, *, is_alone: bool) -> str:
    return SENTENCES["share_alone" if is_alone else "share"][language].format(
        share=figures.share(row["on_time_share"], language),
        interval=figures.interval(row["on_time_share_low"], row["on_time_share_high"], language),
        overall=figures.share(row["overall_on_time_share"], language),
        verdict=_share_verdict(row, language),
    )


def _share_verdict(row: dict[str, Any], language: Language) -> str:
    low, high, overall = row["on_time_share_low"], row["on_time_share_high"], row["overall_on_time_share"]
    return SHARE_VERDICTS["below" if high < overall else "above" if low > overall else "within"][language]


def _like_work(row: dict[str, Any], language: Language) -> str:
    if row["not_ranked_because"]:
        reason = VALUES[row["not_ranked_because"]][language]
        return SENTENCES["not_ranked"][language].format(reason=reason)
    return SENTENCES["like_work"][language].format(
        due=figures.count(row["due_count"], language),
        late=figures.count(row["late_count"], language),
        expected=f"{row['expected_late_count']:.1f}",
        verdict=LATE_VERDICTS[place_of(row)][language],
    )


def why(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    """Where most of a department's time goes, and all its segments."""
    rows = readable(findings, "bottlenecks_by_department", language).filter(pl.col("department_code") == code)
    rows = of_several_kinds(rows.drop_nulls("share_of_total").sort("rank"), language)
    for row in rows.head(1).iter_rows(named=True):
        kind = "first" if row["share_of_total"] >= LEAST_SHARE else "spread"
        yield Paragraph(
            SENTENCES[kind][language].format(
                kind=TIME_KINDS[row["time_kind"]][language],
                activity=row["activity"],
                next_activity=row["next_activity"],
                share=figures.share(row["share_of_total"], language),
                median=figures.duration(row["waiting_elapsed_seconds_median"], language),
            )
        )
        yield table_of(rows, _segment_columns(language), language, caption=CAPTIONS["segments"][language])


def _segment_columns(language: Language) -> list[Column]:
    def lasting(value: Any) -> str:
        return figures.duration(value, language)

    return [
        column("rank", language),
        Column(heading("segment", language), lambda row: f"{row['activity']} → {row['next_activity']}", False),
        column("case_count", language, lambda value: figures.count(value, language)),
        column("waiting_elapsed_seconds_median", language, lasting),
        column("waiting_elapsed_seconds_p90", language, lasting),
        column("share_of_total", language, lambda value: figures.share(value, language)),
    ]


def _records(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    checks = readable(findings, "honesty_checks", language).filter(pl.col("department_code") == code)
    found = checks.filter(pl.col("verdict") == "stands_out").sort("points_lost", "code", descending=[True, False])
    settings = findings.manifest["settings"]["honesty"]
    for row in found.iter_rows(named=True):
        yield Paragraph(finding_sentence(row, settings, language))
    scores = readable(findings, "honesty", language).filter(pl.col("department_code") == code)
    counted = counted_sentences(checks, scores, language)
    for sentence in counted:
        yield Paragraph(sentence)
    if found.is_empty() and not counted:
        yield Paragraph(SENTENCES["nothing_unusual"][language])


def _what(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    rows = readable(findings, "limits", language).filter(pl.col("department_code") == code).drop_nulls("limit_days")
    if rows.is_empty():
        return
    free = rows.filter(pl.col("kind") == "free").height
    said = SENTENCES["shorten" if free else "none_shorter"][language]
    yield Paragraph(said.format(items=figures.count(free, language)))
    order = ["saved_days", "completed_count", "item_code"]
    ordered = rows.sort(order, descending=[True, True, False], nulls_last=True)
    yield table_of(ordered, _limit_columns(rows, language), language, caption=CAPTIONS["limits"][language])


def _limit_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    none = TERMS["none"][language]
    return [
        column("item", language, is_figure=False),
        limit_column("limit_days", rows, language),
        limit_column("safe_days", rows, language),
        column("completed_count", language, lambda value: figures.count(value, language)),
        column("kind", language, lambda kind: KINDS[kind][language], is_figure=False),
        column("reason", language, lambda reason: REASONS[reason][language] if reason else none, is_figure=False),
        column("backtest_verdict", language, lambda verdict: BACKTESTS[verdict][language], is_figure=False),
    ]

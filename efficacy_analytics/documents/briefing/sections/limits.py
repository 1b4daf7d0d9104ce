"""Which time limits could be shorter, and which the past cannot answer for."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.limits import limit_dumbbells
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.limit_columns import finding_columns, limit_column
from efficacy_analytics.documents.tables.unseen_weeks import unseen_columns, unseen_of_all
from efficacy_analytics.documents.tables.untimed_cases import untimed_of_all
from efficacy_analytics.documents.totals import items_said, total
from efficacy_analytics.vocabulary import BACKTESTS, LIMIT_WARNING, REASONS, TERMS, UNITS, Language

TITLE = {"zh": "时限压缩", "en": "Shorter limits"}
CAPTION = {
    "zh": "可直接压缩的时限（按可压缩天数排列）",
    "en": "Limits that can be shortened now, most days saved first",
}
UNDECIDED = {"zh": "事项时限的结论", "en": "Findings on the limits of items"}
SHORTER = {"zh": "时限 → 可保证时限", "en": "Limit → safe limit"}
AT_LOWER = {"zh": "较低比例下可保证", "en": "Can be promised for fewer"}
OFFER = {"zh": "{share}：{days}", "en": "{share}: {days}"}
LOWER = "lower_share"
BEYOND = "promises_beyond_statute"
SENTENCES = {
    "free": {
        "zh": "在 {all}中，{free} 个的时限可直接压缩："
        "按以往办件，有 {confidence} 的把握使至少 {share} 的办件按时办结。",
        "en": "Of {all}, {free} can have a shorter limit now: with {confidence} confidence at least "
        "{share} of "
        "cases would keep it, going by past cases.",
    },
    "none_free": {
        "zh": "在 {all}中，没有一个的时限可直接压缩："
        "以往办件不足以有 {confidence} 的把握，使至少 {share} 的办件在更短时限内办结。",
        "en": "Of {all}, none can have a shorter limit now: going by past cases, of no shorter limit it can be said "
        "with {confidence} confidence that at least {share} of cases would keep it.",
    },
    "together": {
        "zh": "逐个事项判断，可压缩 {single} 个；要求全部事项同时成立，可压缩 {together} 个（见压缩项目表）。",
        "en": "Judged singly, {single} {single:item|items} can be shortened; with one guarantee for all of them "
        "together, {together} "
        "(see the compression table).",
    },
    "history": {
        "zh": "结论依据各事项自最近一次变化以来的全部办件（{first} 至 {last} 受理），不限于本期。",
        "en": "This rests on all cases of each item since its last change (accepted {first} to {last}), not on those "
        "of this period alone.",
    },
    "history_alone": {
        "zh": "结论依据各事项自最近一次变化以来的全部办件，不限于本期。",
        "en": "This rests on all cases of each item since its last change, not on those of this period alone.",
    },
    "beyond_law": {
        "zh": "承诺时限长于法定时限的事项有 {count} 个，到期日比法定最多晚 {days} 天；"
        "按承诺按时而按法定已逾期的办件有 {late} 件。",
        "en": "Items whose promise is longer than the law: {count}, with cases due up to {days} {days:day|days} after "
        "the "
        "statutory date; cases that kept the promise and not the law: {late}.",
    },
    "most": {
        "zh": "可压缩最多的是“{item}”，由 {limit}减至 {safe}。",
        "en": "“{item}” can be shortened most: from {limit} to {safe}.",
    },
    "others": {
        "zh": "另有 {needs_change} 个须先改进流程，{refused} 个因样本不足或未设时限不下结论。",
        "en": "{needs_change} {needs_change:needs|need} a change first; for {refused} the data cannot say, or no limit "
        "is set.",
    },
    "all_refused": {
        "zh": "{refused} 个因样本不足或未设时限不下结论。",
        "en": "For {refused} the data cannot say, or no limit is set.",
    },
    "lower": {
        "zh": "不下结论的事项中，{count} 个可按较低比例压缩：如“{item}”，{reason}，不能保证 {share}；"
        "按 {lower} 的办件保证，可定为 {safe}。",
        "en": "Of those for which the data cannot say, {count} could be shorter for a lower share of cases: {share} "
        "cannot be promised for “{item}” ({reason}), but {lower} can: {safe}.",
    },
    "failed": {
        "zh": "回测未通过的有 {failed} 个：同一方法在以往各季度定出的时限，实际保证率低于 {share}，须先查明原因。",
        "en": "When tried on the past, the rule failed for {failed}: fewer than {share} kept the limits it would have "
        "set. Find out why before shortening them.",
    },
    "warning": LIMIT_WARNING,
    "none": {
        "zh": "数据中没有事项时限。",
        "en": "The data has no limits of items.",
    },
}
NOTE = {
    "zh": "可保证时限只依据最近一次变化以来的已有办件；在办件按已用天数计为删失，"
    "同受积压影响的办件折算为较少的独立办件，并为最近几周和下一季度可能的变慢留足余地；撤回的办件不用于推算，件数另列。仅画出同一单位的事项。",
    "en": "Safe limits rest on past cases since their last change; open cases are censored at their age, cases that "
    "share queues count as fewer, and the limits leave room for the pace that the last weeks and the next quarter may "
    "have. Withdrawn cases are not used, but counted beside. Items of one unit are shown.",
}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Sentences on what can be shortened, the picture of it, the table."""
    table = departments_named(readable(findings, "limits", language), language)
    if LOWER not in table.columns:
        table = table.with_columns(pl.lit(None).alias(LOWER), pl.lit(None).alias("lower_share_days"))
    kinds = dict(table["kind"].value_counts().rows())
    if table.is_empty() or table["limit_days"].is_null().all():
        yield Paragraph(SENTENCES["none"][language])
        return
    guarantee = findings.manifest["settings"]["guarantee"]
    yield Paragraph(
        SENTENCES["free" if kinds.get("free") else "none_free"][language].format(
            all=items_said(table, language),
            free=figures.count(kinds.get("free", 0), language),
            confidence=figures.whole_share(guarantee["confidence"]),
            share=figures.whole_share(guarantee["share"]),
        )
    )
    yield from _standing(findings, table, kinds.get("free", 0), language)
    yield from unseen_of_all(table, language)
    yield from untimed_of_all(table, language)
    order = ["saved_days", "completed_count", "department_code", "item_code"]
    free = table.filter(pl.col("kind") == "free").sort(order, descending=[True, True, False, False])
    for row in free.head(1).iter_rows(named=True):
        yield Paragraph(
            SENTENCES["most"][language].format(
                item=row["item"] or TERMS["no_item"][language],
                limit=figures.limit(row["limit_days"], row["limit_unit"], language),
                safe=figures.limit(row["safe_days"], row["limit_unit"], language),
            )
        )
    yield Paragraph(
        SENTENCES["others" if kinds.get("needs_change") else "all_refused"][language].format(
            needs_change=figures.count(kinds.get("needs_change", 0), language),
            refused=figures.count(kinds.get("refused", 0), language),
        )
    )
    yield from _at_lower_share(table, guarantee["share"], language)
    failed = table.filter((pl.col("backtest_verdict") == "failed") & pl.col("safe_days").is_not_null()).height
    if failed:
        yield Paragraph(
            SENTENCES["failed"][language].format(
                failed=figures.count(failed, language), share=figures.whole_share(guarantee["share"])
            )
        )
    if free.height:
        yield Paragraph(SENTENCES["warning"][language])
        yield Chart(limit_dumbbells(free, language), NOTE[language])
        columns = [*_columns(free, language), *unseen_columns(free, language)]
        yield table_of(free, columns, language, caption=CAPTION[language])
    else:
        offered_first = table.sort(LOWER, descending=True, nulls_last=True, maintain_order=True)
        columns = [*_undecided_columns(table, language), *unseen_columns(table, language)]
        if not table[LOWER].is_null().all():
            columns.append(Column(AT_LOWER[language], lambda row: _lower(row, language), meant="lower_share"))
        yield table_of(offered_first, columns, language, caption=UNDECIDED[language])


def _standing(findings: Findings, table: pl.DataFrame, free: int, language: Language) -> Iterator[Block]:
    """What the findings rest on, how many hold together, and which promises are longer than the law."""
    if free and "limit_plan" in findings.manifest["tables"]:
        together = findings.table("limit_plan").filter(pl.col("kind") == "free").height
        said = {"single": figures.count(free, language), "together": figures.count(together, language)}
        yield Paragraph(SENTENCES["together"][language].format(**said))
    days = (
        (table["used_from_on"].min(), table["used_last_on"].max()) if "used_from_on" in table.columns else (None, None)
    )
    if None in days:
        yield Paragraph(SENTENCES["history_alone"][language], kind="note")
    else:
        yield Paragraph(SENTENCES["history"][language].format(first=days[0], last=days[1]), kind="note")
    if BEYOND in findings.manifest["tables"] and (beyond := findings.table(BEYOND)).height:
        yield Paragraph(
            SENTENCES["beyond_law"][language].format(
                count=figures.count(beyond.select("department", "item").n_unique(), language),
                days=figures.count(max(beyond["longer_days_most"].to_list()), language),
                late=figures.count(total(beyond["late_by_statute_only_count"]), language),
            )
        )


def _at_lower_share(table: pl.DataFrame, share: float, language: Language) -> Iterator[Block]:
    """How many refused items could have a shorter limit at a lower share, and the one with the highest such share."""
    lower = table.filter(pl.col(LOWER).is_not_null())
    if lower.is_empty():
        return
    order = [LOWER, "completed_count", "department_code", "item_code"]
    row = lower.sort(order, descending=[True, True, False, False]).row(0, named=True)
    yield Paragraph(
        SENTENCES["lower"][language].format(
            count=figures.count(lower.height, language),
            item=row["item"] or TERMS["no_item"][language],
            reason=REASONS[row["reason"]][language],
            share=figures.whole_share(share),
            lower=figures.whole_share(row[LOWER]),
            safe=figures.limit(row["lower_share_days"], row["limit_unit"], language),
        )
    )


def _columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        limit_column("statutory_days", rows, language, unit="statutory_unit"),
        Column(SHORTER[language], lambda row: _shorter(row, language), meant="limit_and_safe"),
        limit_column("saved_days", rows, language),
        column("completed_count", language, lambda value: figures.count(value, language)),
        column("backtest_verdict", language, lambda verdict: BACKTESTS[verdict][language], is_figure=False),
    ]


def _undecided_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        limit_column("limit_days", rows, language),
        column("completed_count", language, lambda value: figures.count(value, language)),
        *finding_columns(language),
        column("missing_count", language, lambda value: figures.count(value, language)),
    ]


def _lower(row: dict[str, Any], language: Language) -> str:
    """The lower share that can be promised, and the limit."""
    if row[LOWER] is None:
        return TERMS["none"][language]
    days = figures.limit(row["lower_share_days"], row["limit_unit"], language)
    return OFFER[language].format(share=figures.whole_share(row[LOWER]), days=days)


def _shorter(row: dict[str, Any], language: Language) -> str:
    unit = UNITS[row["limit_unit"]][language].removeprefix("个")
    return f"{row['limit_days']} → {row['safe_days']} {unit}"


SECTION = Section("limits", TITLE, SENTENCES, ("limits", "limit_plan", BEYOND), blocks)

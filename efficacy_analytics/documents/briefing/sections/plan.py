"""The compression table of a catalogue (压缩项目表): what to shorten, all at once, and what stands in the way."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import (
    Block,
    Column,
    Findings,
    KeyFigures,
    Paragraph,
    Section,
    column,
    table_of,
)
from efficacy_analytics.documents.labels import in_words
from efficacy_analytics.documents.limit_columns import ON_THE_SPOT, limit_column, with_unit
from efficacy_analytics.documents.tables.unseen_weeks import unseen_columns, unseen_of_all
from efficacy_analytics.documents.tables.untimed_cases import untimed_of_all
from efficacy_analytics.documents.totals import items_said, total
from efficacy_analytics.vocabulary import REASONS, TERMS, UNITS, Language, Words

TITLE: Final = {"zh": "压缩项目表", "en": "Compression table"}
CAPTIONS: Final[dict[str, Words]] = {
    "free": {"zh": "可立即压缩的项目（按压缩天数排列）", "en": "Can be shortened now, most days saved first"},
    "change": {
        "zh": "须先改进流程的项目（按所需压减天数排列）",
        "en": "Need a change first, the smallest cut of a wait first",
    },
    "missing": {
        "zh": "样本不足的项目（按尚缺件数排列）",
        "en": "Too few cases for a guarantee, fewest missing first",
    },
}
SENTENCES: Final[dict[str, Words]] = {
    "guaranteed": {
        "zh": "在设有时限的 {items}中，{free} 个可立即压缩：有 {confidence} 的把握，"
        "所有压缩后的时限同时成立，各有至少 {share} 的办件按时办结。",
        "en": "Of {items} with a limit, {free} can be shortened now: with {confidence} confidence "
        "every one of "
        "the shorter limits, all at once, is kept by at least {share} of cases.",
    },
    "nothing": {
        "zh": "在设有时限的 {items}中，没有一个可立即压缩：要有 {confidence} 的把握使所有压缩后的时限同时成立、"
        "各有至少 {share} 的办件按时办结，现有办件尚不足以支持。",
        "en": "Of {items} with a limit, none can be shortened now: past cases do not support, with "
        "{confidence} "
        "confidence, shorter limits that are all at once kept by at least {share} of cases.",
    },
    "change": {
        "zh": "{change} 个须先改进流程，其中 {single} 个只需压减一处等待。",
        "en": "{change} {change:needs|need} a change first, {single} of them in a single wait.",
    },
    "change_only": {"zh": "{change} 个须先改进流程。", "en": "{change} {change:needs|need} a change first."},
    "refused": {
        "zh": "{refused} 个因样本不足不下结论。",
        "en": "For {refused} the data cannot say.",
    },
    "family": {
        "zh": "逐个事项的保证见上节；要同时保证 {items} 项时限，每项须按更高的把握判断，所需办件更多。",
        "en": "The section above judges each limit by itself. To hold for {items} {items:limit|limits} at once, each "
        "is judged at a higher confidence, which takes more cases.",
    },
    "none": {"zh": "数据中没有事项时限，无从压缩。", "en": "The data has no limits of items to be shortened."},
}
WORDS: Final[dict[str, Words]] = {
    "shorter": {"zh": "时限→建议", "en": "Limit → proposed"},
    "shorter_value": {"zh": "{limit}→{proposed} {unit}", "en": "{limit} → {proposed} {unit}"},
    "saved": {"zh": "可压缩（天）", "en": "Days saved"},
    "saved_value": {"zh": "{days} ({share})", "en": "{days} ({share})"},
    "over": {"zh": "超限/办件", "en": "Over / cases"},
    "saved_total": {"zh": "可立即压缩", "en": "Saved now"},
    "limit_total": {"zh": "现行时限合计", "en": "Limits in force"},
    "proposed_total": {"zh": "压缩后合计", "en": "After that"},
    "step": {"zh": "须压减的等待（或原因）", "en": "Wait to be cut, or why none"},
    "step_value": {"zh": "{first} → {next}：减 {days} 天", "en": "{first} → {next}: {days} d less"},
}

TOTALS: Final = {"limit_total": "limit_days", "proposed_total": "proposed_days", "saved_total": "saved_days"}


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """The guarantee in a sentence, totals, what is free, what needs a change and at which step."""
    plan = findings.table("limit_plan")
    if plan.is_empty():
        yield Paragraph(SENTENCES["none"][language])
        return
    guarantee = findings.manifest["settings"]["guarantee"]
    yield from told(plan, guarantee["share"], guarantee["confidence"], language)
    yield Paragraph(SENTENCES["family"][language].format(items=figures.count(plan.height, language)), kind="note")
    free, change, missing = (plan.filter(pl.col("kind") == kind) for kind in ("free", "needs_change", "refused"))
    shown = {
        "free": (free, free_columns(free, language)),
        "change": (_by(change, "step_needed_days"), _change_columns(change, language)),
    }
    if free.is_empty():
        shown["missing"] = (_by(missing, "missing_count"), _missing_columns(missing, language))
    for name, (part, columns) in shown.items():
        if part.height:
            shown_columns = [*columns, *unseen_columns(part, language)]
            named = _named(findings, part, language)
            yield table_of(named, shown_columns, language, caption=CAPTIONS[name][language])


def _named(findings: Findings, part: pl.DataFrame, language: Language) -> pl.DataFrame:
    return departments_named(in_words(findings, part, language), language)


def _by(part: pl.DataFrame, column_name: str) -> pl.DataFrame:
    return part.sort(column_name, "department", "item", nulls_last=True)


def told(plan: pl.DataFrame, share: float, confidence: float, language: Language) -> Iterator[Block]:
    """The sentences on a plan, and the totals of its limits, of each unit for itself."""
    kinds = dict(plan["kind"].value_counts().rows())
    said = {
        "items": items_said(plan, language),
        "free": figures.count(kinds.get("free", 0), language),
        "change": figures.count(kinds.get("needs_change", 0), language),
        "single": figures.count(plan["step_needed_days"].count(), language),
        "refused": figures.count(kinds.get("refused", 0), language),
        "share": figures.whole_share(share),
        "confidence": figures.whole_share(confidence),
    }
    sayable = {
        "guaranteed" if kinds.get("free") else "nothing": 1,
        "change" if plan["step_needed_days"].count() else "change_only": kinds.get("needs_change"),
        "refused": kinds.get("refused"),
    }
    for name in (name for name, count in sayable.items() if count):
        yield Paragraph(SENTENCES[name][language].format(**said))
    yield from unseen_of_all(plan, language)
    yield from untimed_of_all(plan, language)
    for unit in (one for one in UNITS if one != ON_THE_SPOT):
        of_unit = plan.filter((pl.col("limit_unit") == unit) & pl.col("proposed_days").is_not_null())
        if of_unit.height:
            yield KeyFigures(
                [
                    (with_unit(WORDS[name][language], unit, language), figures.count(total(of_unit[days]), language))
                    for name, days in TOTALS.items()
                ]
            )


def free_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    """The compression table: department, item, limits, days and share saved, breaches and cases."""
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        limit_column("statutory_days", rows, language, unit="statutory_unit"),
        Column(WORDS["shorter"][language], lambda row: _shorter(row, language), meant="limit_and_proposed"),
        Column(WORDS["saved"][language], lambda row: _saved(row, language), meant="days_saved"),
        Column(WORDS["over"][language], lambda row: _over(row, language), meant="over_of_cases"),
    ]


def step_column(language: Language) -> Column:
    """Which wait would have to be cut, and by how many days; where no single one would do, why nothing is proposed."""
    return Column(WORDS["step"][language], lambda row: _step(row, language), is_figure=False, meant="step_needed")


def _change_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        limit_column("limit_days", rows, language),
        Column(WORDS["over"][language], lambda row: _over(row, language), meant="over_of_cases"),
        step_column(language),
    ]


def _missing_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        limit_column("statutory_days", rows, language, unit="statutory_unit"),
        limit_column("limit_days", rows, language),
        column("case_count", language, lambda value: figures.count(value, language)),
        column("missing_count", language, lambda value: figures.count(value, language)),
    ]


def _limit(row: dict[str, Any], language: Language) -> str:
    return figures.limit(row["limit_days"], row["limit_unit"], language)


def _saved(row: dict[str, Any], language: Language) -> str:
    if not row["saved_days"]:
        return TERMS["none"][language]
    share = figures.share(row["saved_share"], language)
    return WORDS["saved_value"][language].format(days=row["saved_days"], share=share)


def _over(row: dict[str, Any], language: Language) -> str:
    return f"{figures.count(row['breach_count'], language)} / {figures.count(row['case_count'], language)}"


def _shorter(row: dict[str, Any], language: Language) -> str:
    if not row["saved_days"]:
        return _limit(row, language)
    unit = UNITS[row["limit_unit"]][language].removeprefix("个")
    return WORDS["shorter_value"][language].format(limit=row["limit_days"], proposed=row["proposed_days"], unit=unit)


def _step(row: dict[str, Any], language: Language) -> str:
    if row["step_needed_days"] is None:
        return REASONS[row["reason"]][language] if row["reason"] else TERMS["none"][language]
    return WORDS["step_value"][language].format(
        first=row["step_activity"], next=row["step_next_activity"], days=row["step_needed_days"]
    )


SECTION = Section("plan", TITLE, SENTENCES, ("limit_plan",), blocks)

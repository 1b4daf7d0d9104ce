"""The plan of a whole catalogue as a picture: what is guaranteed, and what any target would cost."""

from typing import Any, Final

import polars as pl

from efficacy_analytics.briefing.blocks import Block, Chart, Column, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.briefing.totals import total
from efficacy_analytics.charts import figures
from efficacy_analytics.charts.names import named, names_in
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.settings import settings
from efficacy_analytics.vocabulary import KINDS, LIMIT_WARNING, TERMS, UNITS, Language, Words

MOST_ROWS: Final = 30
NAMED: Final = {"department": ["department"], "item": ["item"], "activity": ["step_activity", "step_next_activity"]}
SENTENCES: Final[dict[str, Words]] = {
    "guaranteed": {
        "zh": "在 {items} 个设有时限的事项中，{free} 个可立即压缩：有 {confidence} 的把握，"
        "所有压缩后的时限各有至少 {share} 的办件按时办结。",
        "en": "Of {items} items with a limit, {free} can be shortened now: with {confidence} confidence every one of "
        "the shorter limits is kept by at least {share} of cases.",
    },
    "change": {
        "zh": "另有 {change} 个须先改进流程，其中 {single} 个只需压减一处等待；{refused} 个因样本不足不下结论。",
        "en": "{change} need a change first, {single} of them in a single wait; for {refused} the data cannot say.",
    },
}  # fmt: skip
NOTE: Final[Words] = {
    "zh": "曲线上每一点是一套时限：在同样的按时办结率下压缩天数最多。滑块给出目标，红点为最优方案。"
    "只依据以往办件，不含保证；只计以工作日为单位的时限。",
    "en": "Each point is a set of limits: no other saves more days at that share. The slider sets the target, the red "
    "point is the best plan. By past cases only, without a guarantee; limits in working days.",
}
CAPTION: Final[Words] = {"zh": "压缩项目表", "en": "Compression table"}
WORDS: Final[dict[str, Words]] = {
    "proposed_days": {"zh": "建议时限", "en": "Proposed"},
    "saved_total": {"zh": "可立即压缩合计", "en": "Saved now"},
    "limit_total": {"zh": "现行时限合计", "en": "Limits in force"},
    "step": {"zh": "须压减的等待", "en": "Wait to be cut"},
    "step_value": {"zh": "{first} → {next}，{days} 天", "en": "{first} → {next}, {days} days"},
    "days": {"zh": "{days} 天", "en": "{days} days"},
}


def plan_blocks(log: DuckdbEngine, language: Language) -> list[Block]:
    """Sentences on what is guaranteed, the curve of targets, and the compression table."""
    from efficacy_analytics.charts.plan_curve import plan_curve
    from efficacy_analytics.findings.limit_plan import limit_plan, plan_frontier

    plan = limit_plan(log)
    kinds = dict(plan["kind"].value_counts().rows())
    guarantee, working = settings().guarantee, plan.filter(pl.col("limit_unit") == "working_days")
    shown = _named(log, plan.sort(["saved_days", "step_needed_days", "department", "item"],
                                  descending=[True, False, False, False], nulls_last=True), language)  # fmt: skip
    told = {
        "items": figures.count(plan.height, language),
        "free": figures.count(kinds.get("free", 0), language),
        "change": figures.count(kinds.get("needs_change", 0), language),
        "single": figures.count(plan["step_needed_days"].count(), language),
        "refused": figures.count(kinds.get("refused", 0), language),
        "share": figures.whole_share(guarantee.share),
        "confidence": figures.whole_share(guarantee.confidence),
    }
    return [
        *(Paragraph(SENTENCES[name][language].format(**told)) for name in SENTENCES),
        KeyFigures(
            [
                (WORDS[name][language], WORDS["days"][language].format(days=figures.count(value, language)))
                for name, value in (
                    ("limit_total", total(working["limit_days"])),
                    ("saved_total", total(working["saved_days"])),
                )
            ]
        ),
        Chart(plan_curve(plan_frontier(log), language), NOTE[language]),
        table_of(shown, _columns(language), language, caption=CAPTION[language], most=MOST_ROWS),
        Paragraph(LIMIT_WARNING[language], kind="note"),
    ]


def _named(log: DuckdbEngine, plan: pl.DataFrame, language: Language) -> pl.DataFrame:
    for code, columns in NAMED.items():
        names = names_in(log.run(f"{code}_names"), code, language)
        for one in columns:
            plan = named(plan, one, names.rename({code: one}))
    return plan


def _columns(language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        column("department", language, is_figure=False),
        column("statutory_days", language),
        column("limit_days", language),
        Column(WORDS["proposed_days"][language], lambda row: str(row["proposed_days"])),
        column("saved_days", language),
        column("limit_unit", language, lambda unit: UNITS[unit][language].removeprefix("个"), is_figure=False),
        column("case_count", language, lambda value: figures.count(value, language)),
        column("breach_count", language, lambda value: figures.count(value, language)),
        column("kind", language, lambda kind: KINDS[kind][language], is_figure=False),
        Column(WORDS["step"][language], lambda row: _step(row, language), is_figure=False),
    ]


def _step(row: dict[str, Any], language: Language) -> str:
    if row["step_needed_days"] is None:
        return TERMS["none"][language]
    return WORDS["step_value"][language].format(
        first=row["step_activity"], next=row["step_next_activity"], days=row["step_needed_days"]
    )

"""The sections of a department's page, made of the finished tables of a run over all departments.

So each page compares with the same whole.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.briefing.sections import changes
from efficacy_analytics.documents.briefing.sections.like_work import department_times, officers
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.department_page.in_short import in_short
from efficacy_analytics.documents.department_page.records import records
from efficacy_analytics.documents.department_page.segments import why
from efficacy_analytics.documents.department_page.standing import department_row, judged_sentences
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.limit_columns import finding_columns, limit_column
from efficacy_analytics.documents.totals import late_figure
from efficacy_analytics.vocabulary import BACKTESTS, Language, Words, heading

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
    "shorten": {
        "zh": "有 {items} 个事项的时限可立即压缩。",
        "en": "Limits that can be shortened now: {items}.",
    },
    "none_shorter": {
        "zh": "没有时限可立即压缩的事项；原因见下表。",
        "en": "No limit can be shortened now; the table says why.",
    },
}
CAPTION: Final[Words] = {
    "zh": "本部门各事项的时限（依据事项的全部历史办件）",
    "en": "Limits of the department's items, by the whole history of each item",
}


def department_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """The sections of a department's page.

    Raises:
        ParameterError: the run has no such department.
    """
    row = department_row(findings, code, language)
    made: dict[str, list[Block]] = {
        "short": [Paragraph(text) for text in in_short(findings, row, language)],
        "how": [*_figures(row, language), *_how(findings, row, language)],
        "why": list(why(findings, code, language)),
        "records": list(records(findings, code, language)),
        "what": list(_what(findings, code, language)),
    }
    return [Piece(name, TITLES[name][language], blocks) for name, blocks in made.items() if blocks]


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


def _what(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    rows = readable(findings, "limits", language).filter(pl.col("department_code") == code).drop_nulls("limit_days")
    if rows.is_empty():
        return
    free = rows.filter(pl.col("kind") == "free").height
    said = SENTENCES["shorten" if free else "none_shorter"][language]
    yield Paragraph(said.format(items=figures.count(free, language)))
    order = ["saved_days", "completed_count", "item_code"]
    ordered = rows.sort(order, descending=[True, True, False], nulls_last=True)
    yield table_of(ordered, _limit_columns(rows, language), language, caption=CAPTION[language])


def _limit_columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    return [
        column("item", language, is_figure=False),
        limit_column("limit_days", rows, language),
        limit_column("safe_days", rows, language),
        column("completed_count", language, lambda value: figures.count(value, language)),
        *finding_columns(language),
        column("backtest_verdict", language, lambda verdict: BACKTESTS[verdict][language], is_figure=False),
    ]

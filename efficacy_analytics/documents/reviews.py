"""The review notice (测评通报): which departments did best and which must act, under rules that are said beside it.

Departments are judged on like work and never by a raw order: named are those that differ from what their work explains
by more than departments usually do, best and last; the others stand in one table with the range of their ranks.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, table_of
from efficacy_analytics.documents.briefing.sections import changes, scheme_scores
from efficacy_analytics.documents.briefing.sections.like_work import comparison
from efficacy_analytics.documents.briefing.sections.main_points import worst_sentence
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.vocabulary import Language, Words

TABLES: Final = (
    "departments", "department_comparison", "period_changes", "on_time_by_month", "honesty_checks",
    *scheme_scores.TABLES,
)  # fmt: skip
TITLES: Final[dict[str, Words]] = {
    "result": {"zh": "测评结果", "en": "Result"},
    "acts": {"zh": "须整改的部门", "en": "Departments that must act"},
    "rules": {"zh": "测评规则", "en": "Rules"},
}
SENTENCES: Final[dict[str, Words]] = {
    "best": {"zh": "通报表扬（{count} 个）：{departments}。", "en": "Commended ({count}): {departments}."},
    "worst": {"zh": "须整改（{count} 个）：{departments}。", "en": "Must act ({count}): {departments}."},
    "none_best": {
        "zh": "没有部门的逾期明显少于同类办件预期之数，不列前列名单。",
        "en": "No department had clearly fewer late cases than its work explains: no list of the best is made.",
    },
    "none_worst": {
        "zh": "没有部门的逾期明显多于同类办件预期之数，不列后列名单。",
        "en": "No department had clearly more late cases than its work explains: no list of the last is made.",
    },
    "too_few": {
        "zh": "可比的部门不足两个，不作测评。",
        "en": "Fewer than two departments can be compared: none is reviewed.",
    },
    "ask": {
        "zh": "请上列部门对照所列环节查明原因，书面报送整改措施和完成时间。",
        "en": "What is asked: to look into the steps named, and to report in writing what will change and by when.",
    },
    "ask_why": {
        "zh": "请上列部门查明原因，书面报送整改措施和完成时间。",
        "en": "What is asked: to find out why, and to report in writing what will change and by when.",
    },
}
CAPTION: Final[Words] = {
    "zh": "各部门测评（按逾期与预期之比，从低到高，不排名的列后）",
    "en": "All departments, lowest ratio of late cases to expected ones first, those not ranked last",
}
VERDICT: Final[Words] = {"zh": "结论", "en": "Verdict"}
VERDICTS: Final[dict[str, Words]] = {
    "below": {"zh": "表扬", "en": "commended"},
    "within": {"zh": "不分先后", "en": "not apart"},
    "above": {"zh": "须整改", "en": "must act"},
    "few": {"zh": "办件太少，不测评", "en": "too few cases, not reviewed"},
    "no_department": {"zh": "未注明部门，不测评", "en": "no department, not reviewed"},
}
RULES: Final[dict[str, Words]] = {
    "apart": {
        "zh": "名单只列与同类办件预期之数的差别超出部门间通常差异（无从计算时为超出偶然）的部门；名单内不分先后。",
        "en": "Named are only departments that differ from what their work explains by more than departments usually "
        "do (where that is not known: by more than chance); within a list there is no order.",
    },
}


def review_pieces(findings: Findings, language: Language) -> list[Piece]:
    """The lists and the table, what the last have to do, and the rules."""
    table = readable(findings, "department_comparison", language)
    table = departments_named(table, language).drop_nulls("late_ratio")
    table = comparison.with_findings(findings, table)
    ranked = table.filter(pl.col("not_ranked_because").is_null()).sort("late_ratio", "department_code")
    scores = scheme_scores.scheme_pieces(findings, language)
    if ranked.height < 2:
        return [Piece("result", TITLES["result"][language], [Paragraph(SENTENCES["too_few"][language])]), *scores]
    above = [row for row in ranked.iter_rows(named=True) if place_of(row) == "above"]
    pieces = [Piece("result", TITLES["result"][language], list(_result(findings, table, ranked, language)))]
    if above:
        texts = [worst_sentence(findings, row, language) for row in reversed(above)]
        segments = pl.col("bottleneck_activity", "bottleneck_next_activity", "bottleneck_share").is_not_null()
        waits = findings.table("departments").filter(pl.all_horizontal(segments))["department"].to_list()
        asked = "ask" if any(row["department_code"] in waits for row in above) else "ask_why"
        blocks = [*map(Paragraph, texts), Paragraph(SENTENCES[asked][language])]
        pieces.append(Piece("acts", TITLES["acts"][language], blocks))
    pieces += scores
    rules = [RULES["apart"][language], *(comparison.NOTE[name][language] for name in ("funnel", "ranks"))]
    return [*pieces, Piece("rules", TITLES["rules"][language], [Paragraph(text) for text in rules])]


def _result(findings: Findings, table: pl.DataFrame, ranked: pl.DataFrame, language: Language) -> Iterator[Block]:
    own = changes.own_period(findings)
    if own is not None:
        yield from map(Paragraph, changes.said(findings, own, language))
    names: dict[str, list[str]] = {"below": [], "within": [], "above": []}
    for row in ranked.iter_rows(named=True):
        names[place_of(row)].append(row["department"])
    for place, word in (("below", "best"), ("above", "worst")):
        said = SENTENCES[word if names[place] else f"none_{word}"][language]
        yield Paragraph(
            said.format(count=len(names[place]), departments=figures.listed(sorted(names[place]), language))
            if names[place]
            else said
        )
    rows = table.sort("not_ranked_because", "late_ratio", "department_code", nulls_last=[False, True, True])
    verdict = Column(VERDICT[language], lambda row: _verdict(row, language), is_figure=False, meant="verdict_of_review")
    columns = [*comparison.columns(language), verdict]
    yield table_of(rows, columns, language, caption=CAPTION[language], most=rows.height)


def _verdict(row: dict[str, Any], language: Language) -> str:
    because = row["not_ranked_because"]
    name = because if because in VERDICTS else "few" if because else place_of(row)
    return VERDICTS[name][language]

"""The honesty of the records as a picture: a map of departments and checks, and what is to be explained."""

from dataclasses import asdict
from typing import Final

import polars as pl

from efficacy_analytics.charts.honesty import finding_sentence, honesty_map, untold
from efficacy_analytics.documents.blocks import Block, Chart, Column, Paragraph, table_of
from efficacy_analytics.documents.pages.honesty_terminal import in_names, left_out
from efficacy_analytics.engine.session import Session
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.vocabulary import Language, Words

NOTE: Final[Words] = {
    "zh": "行为部门及其得分（满分 100），列为检查；颜色越深，扣去该项的分越多。● 表示与其他部门相比须说明，— "
    "表示缺少所需数据、无法检查。"
    "检查提出的是问题，不是结论。",
    "en": "Rows are departments with their score out of 100, columns are checks; the darker, the more of a "
    "check's points "
    "are lost. ● asks for an explanation, beside the other departments; – could not be checked for want of "
    "data. A check "
    "asks a question, it is no verdict.",
}
CAPTION: Final[Words] = {"zh": "各项检查及可能的正常原因", "en": "The checks, and what may be an innocent reason"}
HEADINGS: Final[dict[str, Words]] = {
    "check": {"zh": "检查", "en": "Check"},
    "innocent": {"zh": "可能的正常原因", "en": "May be innocent because"},
}


def honesty_blocks(log: Session, language: Language) -> list[Block]:
    """The map, a sentence for each finding, and the innocent explanations."""
    from efficacy_analytics.findings.honesty.audit import honesty, honesty_checks

    checks = honesty_checks(log)
    scores = in_names(log, honesty(log), language)
    named = in_names(log, checks, language)
    found = named.filter(pl.col("verdict") == "stands_out").sort("department", "code", nulls_last=True)
    legend = pl.DataFrame(
        [(f"{code} {check.title[language]}", check.innocent[language]) for code, check in CHECKS.items()],
        schema=["check", "innocent"],
        orient="row",
    )
    columns = [
        Column(HEADINGS["check"][language], lambda row: str(row["check"]), is_figure=False),
        Column(HEADINGS["innocent"][language], lambda row: str(row["innocent"]), is_figure=False),
    ]
    return [
        *(
            Paragraph(finding_sentence(row, asdict(log.settings.honesty), language))
            for row in found.iter_rows(named=True)
        ),
        *(Paragraph(sentence, kind="note") for sentence in (*untold(checks, language), *left_out(log, language))),
        Chart(honesty_map(named, scores, language), NOTE[language], is_wide=True),
        table_of(legend, columns, language, caption=CAPTION[language], most=legend.height),
    ]

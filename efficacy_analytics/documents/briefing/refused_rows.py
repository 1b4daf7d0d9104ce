"""What the head of a document says of the rows that intake refused: they are in none of its figures.

It stands in the record of the snapshot, of all that was delivered: a refused row belongs to no case, and to no period.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.totals import total_of
from efficacy_analytics.findings.disclosure.public_findings import REFUSED, TOTALS
from efficacy_analytics.lake.contract.refusal_rules import GROUPS
from efficacy_analytics.lake.notices import Count, Notice, noticed
from efficacy_analytics.vocabulary import Language, Words

SENTENCES: Final[dict[str, Words]] = {
    "refused": {
        "zh": "交来的数据共 {of} 行（不限本期），其中 {count} 行在接收时被退回，不计入任何数字：{groups}。",
        "en": "Of {of} {of:row|rows} delivered, whatever the period, {count} {count:was|were} refused at intake and "
        "{count:is|are} in no figure: {groups}.",
    },
    "group": {"zh": "{group} {count} 行", "en": "{count} {group}"},
    "corrected": {
        "zh": "退回的行中，{count} 行经改正后已接收。",
        "en": "Of those refused, {count} {count:was|were} corrected and taken in since.",
    },
    "public": {
        "zh": "交来的数据中约 {count} 行在接收时被退回，不计入任何数字。",
        "en": "Of the rows delivered, about {count} {count:was|were} refused at intake and {count:is|are} in no "
        "figure.",
    },
    "public_few": {
        "zh": "交来的数据中有少数几行在接收时被退回，不计入任何数字。",
        "en": "A few of the rows delivered were refused at intake and are in no figure.",
    },
}


def refused_rows(findings: Findings, language: Language) -> Iterator[str]:
    """That rows were refused, how many, for which kinds of reasons, and how many of them were corrected since.

    The public edition tells their number alone, moved as every count of it.

    Args:
        findings: as the edition shows them.
        language: of the sentences.
    """
    told = noticed(json.loads(findings.manifest["snapshot"].get("notices") or "[]"))
    refused = [one for one in told if one.code == REFUSED]
    if not refused:
        return
    if TOTALS in findings.manifest["tables"]:
        shown = total_of(findings, REFUSED, REFUSED)
        yield SENTENCES["public" if shown else "public_few"][language].format(count=figures.count(shown, language))
        return
    count = sum(one.count for one in refused)
    groups = figures.listed(_groups(refused, language), language)
    yield SENTENCES["refused"][language].format(of=Count(refused[0].of), count=Count(count), groups=groups)
    for one in told:
        if one.code == "rows_corrected":
            yield SENTENCES["corrected"][language].format(count=Count(one.count))


def _groups(refused: Sequence[Notice], language: Language) -> list[str]:
    said = [(Count(one.count), GROUPS[one.subject][language].format(count=Count(one.count))) for one in refused]
    return [SENTENCES["group"][language].format(count=count, group=group) for count, group in said]

"""What a department has to explain of its records, and how much of it was checked."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from efficacy_analytics.charts.honesty import counted_sentences, finding_sentence
from efficacy_analytics.documents.blocks import Block, Findings, Paragraph
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.vocabulary import Language, Words

NOTHING_UNUSUAL: Final[Words] = {
    "zh": "各项检查未见须说明的异常。",
    "en": "The checks found nothing that has to be explained.",
}


def findings_on_records(findings: Findings, code: str, language: Language) -> list[str]:
    """What a department has to explain of its records, heaviest first, each in a sentence."""
    checks = readable(findings, "honesty_checks", language)
    found = checks.filter(pl.col("department_code") == code, pl.col("verdict") == "stands_out")
    settings = findings.manifest["settings"]["honesty"]
    ordered = found.sort("points_lost", "code", descending=[True, False])
    return [finding_sentence(row, settings, language) for row in ordered.iter_rows(named=True)]


def records(findings: Findings, code: str, language: Language) -> Iterator[Block]:
    """Each finding of the checks, then how many cases were looked at."""
    found = findings_on_records(findings, code, language)
    checks = readable(findings, "honesty_checks", language).filter(pl.col("department_code") == code)
    scores = readable(findings, "honesty", language).filter(pl.col("department_code") == code)
    counted = counted_sentences(checks, scores, language)
    yield from map(Paragraph, [*found, *counted] or [NOTHING_UNUSUAL[language]])

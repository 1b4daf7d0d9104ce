"""Completed cases of which the export tells no moment before their completion: said wherever times of cases stand."""

from typing import Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Paragraph
from efficacy_analytics.vocabulary import Language, Words

COUNT: Final = "untimed_count"
SENTENCES: Final[dict[str, Words]] = {
    "cases": {
        "zh": "另有 {count} 件已办结的办件没有记录时间：数据只有办结时刻，不知何时受理，因此不计入用时和时限的推算。",
        "en": "No time is recorded for {count} completed {count:case|cases}: the data has the moment of completion and "
        "none before it. They are in no figure of days and no limit rests on them.",
    },
    "steps": {
        "zh": "有 {count} 次先后环节没有记录时间：两个环节记在同一时刻，其间用时不知，不列入排名。",
        "en": "No time is recorded for {count} {count:succession|successions} of steps: both steps stand at one "
        "moment. What lay between them is not known, and they are not ranked.",
    },
}


def untimed_of_all(items: pl.DataFrame, language: Language) -> list[Paragraph]:
    """The sentence on how many completed cases have no time; none where all have, or in runs before it was counted.

    Args:
        items: one row per item, with `untimed_count` of `limits`.
        language: "zh" or "en".
    """
    count = int(items[COUNT].sum()) if COUNT in items.columns else 0
    return _said("cases", count, language)


def untimed_steps(ranking: pl.DataFrame, language: Language) -> list[Paragraph]:
    """The sentence on successions of steps of one moment; none where there is no such segment.

    Args:
        ranking: the segments whose time is nil, as `bottlenecks` gives them.
        language: "zh" or "en".
    """
    return _said("steps", int(ranking["transition_count"].sum()), language)


def _said(name: str, count: int, language: Language) -> list[Paragraph]:
    text = SENTENCES[name][language].format(count=figures.count(count, language))
    return [Paragraph(text)] if count else []

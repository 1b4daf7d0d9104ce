"""The weeks before the day of the snapshot that a limit tells nothing of: said wherever the limit stands."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Column, Paragraph
from efficacy_analytics.vocabulary import TERMS, Language, Words, heading

UNSEEN: Final = {"kind": pl.String, "unseen_weeks": pl.Int32, "left_out_count": pl.Int64}
FEWEST_WEEKS: Final = 2
"""Shorter gaps between cases are told only where cases were left out."""
SENTENCES: Final[dict[str, Words]] = {
    "one": {
        "zh": "快照日之前最近 {weeks} 周受理的办件不在此结论之内{left_out}，其间若已变慢，此结论看不到。",
        "en": "Weeks before the day of the snapshot whose cases are not in this: {weeks}{left_out}. A change in them "
        "cannot be seen here.",
    },
    "all": {
        "zh": "有 {items} 个事项的结论不含快照日之前最近几周（至多 {weeks} 周）受理的办件{left_out}，"
        "其间若已变慢，结论看不到。",
        "en": "Items whose limit says nothing of the last weeks before the day of the snapshot: {items}, up to {weeks} "
        "weeks{left_out}. A change in them cannot be seen here.",
    },
    "left_out": {
        "zh": "（其中 {count} 件因数据看来不含在办件而不计）",
        "en": " (cases left out because the data seems to lack open ones: {count})",
    },
}


def unseen_of_one(row: Mapping[str, Any], language: Language) -> list[Paragraph]:
    """The sentence on one item's limit: how many weeks are not in it; none where the limit sees the last weeks.

    Args:
        row: with `kind`, `unseen_weeks` and `left_out_count` of `limits`.
        language: "zh" or "en".
    """
    return _said("one", pl.DataFrame([{name: row[name] for name in UNSEEN}], schema=UNSEEN), language)


def unseen_of_all(items: pl.DataFrame, language: Language) -> list[Paragraph]:
    """The sentence on many items: of how many the last weeks are not in the limit; none where there is no such item.

    Args:
        items: one row per item, with the columns of `limits`; of runs before there were such columns, without them.
        language: "zh" or "en".
    """
    return _said("all", items, language) if set(UNSEEN) <= set(items.columns) else []


def unseen_columns(items: pl.DataFrame, language: Language) -> list[Column]:
    """The column of the weeks that are not in a limit, where an item of the table has such weeks."""
    if not set(UNSEEN) <= set(items.columns) or items.filter(_is_unseen()).is_empty():
        return []
    return [Column(heading("unseen_weeks", language), lambda row: _unseen(row, language), name="unseen_weeks")]


def _unseen(row: Mapping[str, Any], language: Language) -> str:
    """The weeks that a limit says nothing of; none where there is no limit to say anything."""
    return TERMS["none"][language] if row["kind"] == "refused" else figures.count(row["unseen_weeks"], language)


def _is_unseen() -> pl.Expr:
    is_blind = (pl.col("unseen_weeks") >= FEWEST_WEEKS) | (pl.col("left_out_count") > 0)
    return (pl.col("kind") != "refused") & pl.col("unseen_weeks").is_not_null() & is_blind


def _said(name: str, items: pl.DataFrame, language: Language) -> list[Paragraph]:
    unseen = items.filter(_is_unseen())
    if unseen.is_empty():
        return []
    weeks, count = max(unseen["unseen_weeks"].to_list()), sum(unseen["left_out_count"].to_list())
    told = {"items": figures.count(unseen.height, language), "weeks": figures.count(weeks, language)}
    left_out = SENTENCES["left_out"][language].format(count=figures.count(count, language)) if count else ""
    text = SENTENCES[name][language].format(**told, left_out=left_out)
    return [Paragraph(text, kind="note")]

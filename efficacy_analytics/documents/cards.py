"""Notices of cards (黄牌、红牌) to one department: its open cases past their due day, and those that come near it.

Red: open, and late on the day of judgement. Yellow: open, in time, with at least `honesty.warning_share` of the limit
used. Cases outside the promise clock get none.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import in_words
from efficacy_analytics.vocabulary import UNITS, Language, Words, heading

TABLES: Final = ("cases", "departments", "period_changes", "on_time_by_month")
CARDS: Final[dict[str, Words]] = {
    "red": {"zh": "红牌：已逾期的在办件", "en": "Red card: open cases past their due day"},
    "yellow": {"zh": "黄牌：将要到期的在办件", "en": "Yellow card: open cases near their due day"},
}
SENTENCES: Final[dict[str, Words]] = {
    "red": {
        "zh": "在办件中已逾期 {count} 件，逾期最久的已超 {days}。请即办结并书面说明原因。",
        "en": "Open cases past their due day: {count}, the longest by {days}. Decide them now, and say in writing why.",
    },
    "yellow": {
        "zh": "在办件中已用去时限 {share} 以上而未逾期的 {count} 件，最早的只剩 {days}。请按期办结。",
        "en": "Open cases with at least {share} of their limit used: {count}, the first with {days} left. Decide them "
        "in time.",
    },
    "none": {
        "zh": "没有逾期或将要到期的在办件。",
        "en": "No open case is past its due day or near it.",
    },
}
LEFT: Final[dict[str, Words]] = {
    "red": {"zh": "已超", "en": "Over by"},
    "yellow": {"zh": "剩余", "en": "Left"},
}
ACCEPTED: Final[Words] = {"zh": "受理日", "en": "Accepted"}
FIGURES: Final[dict[str, Words]] = {
    "red": {"zh": "红牌", "en": "Red cards"},
    "yellow": {"zh": "黄牌", "en": "Yellow cards"},
}


def carded(findings: Findings) -> pl.DataFrame:
    """The open cases that get a card.

    Returns:
        The rows of `cases`, with `card` (`red` or `yellow`) and `left_days` (to the limit; over it as days below 0),
        the most urgent first.
    """
    share = findings.manifest["settings"]["honesty"]["warning_share"]
    open_cases = findings.table("cases").filter(pl.col("is_open") & pl.col("is_under_clock") & ~pl.col("is_withdrawn"))
    left = pl.coalesce("remaining_days", pl.col("limit_days") - pl.col("counted_days"))
    known = open_cases.filter(pl.col("limit_days").is_not_null() & pl.col("counted_days").is_not_null())
    near = pl.col("counted_days") >= share * pl.col("limit_days")
    card = pl.when(pl.col("is_late")).then(pl.lit("red")).when(near).then(pl.lit("yellow"))
    return known.with_columns(card=card, left_days=left).drop_nulls("card").sort("left_days", "due_on", "case_id")


def carded_departments(findings: Findings) -> list[str]:
    """The departments that get a notice, by their codes."""
    return sorted(carded(findings)["department"].drop_nulls().unique())


def card_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """The sections of a department's notice: red cards, then yellow ones."""
    rows = in_words(findings, carded(findings).filter(pl.col("department") == code), language)
    counts = {card: rows.filter(pl.col("card") == card) for card in CARDS}
    if rows.is_empty():
        return [Piece("none", CARDS["red"][language], [Paragraph(SENTENCES["none"][language])])]
    share = findings.manifest["settings"]["honesty"]["warning_share"]
    pieces = []
    for card, chosen in counts.items():
        if chosen.height:
            pieces.append(Piece(card, CARDS[card][language], list(_blocks(chosen, card, share, language))))
    first = pieces[0]
    total = KeyFigures([(FIGURES[card][language], str(chosen.height)) for card, chosen in counts.items()])
    return [Piece(first.name, first.title, [total, *first.blocks]), *pieces[1:]]


def _blocks(rows: pl.DataFrame, card: str, share: float, language: Language) -> Iterator[Block]:
    most = rows.row(0, named=True)
    yield Paragraph(
        SENTENCES[card][language].format(
            count=figures.count(rows.height, language), days=_days(most, language), share=figures.whole_share(share)
        )
    )
    yield table_of(rows, _columns(card, language), language, caption=CARDS[card][language], most=rows.height)


def _columns(card: str, language: Language) -> list[Column]:
    return [
        column("case_id", language, is_figure=False),
        column("item", language, is_figure=False),
        Column(ACCEPTED[language], lambda row: str(row["accepted_on"])),
        column("due_on", language),
        Column(
            heading("limit_days", language), lambda row: figures.limit(row["limit_days"], row["limit_unit"], language)
        ),
        Column(LEFT[card][language], lambda row: _days(row, language)),
    ]


def _days(row: dict[str, Any], language: Language) -> str:
    """How many days are left, or over, in the unit in which the limit is counted."""
    unit = row["counted_unit"] if row["counted_unit"] in UNITS else "working_days"
    return figures.limit(abs(row["left_days"]), unit, language)

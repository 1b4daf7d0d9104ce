"""Notices of cards (黄牌、红牌) to one department: its open cases past their due day, and those that come near it.

Which card a case has is said by the ladder of warnings of the lake (`reference/warnings.csv`), and a card has the
number under which it is on record: a notice, `efficacy warn` and the record speak of the same cards.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import in_words
from efficacy_analytics.findings.supervision.cards import with_cards
from efficacy_analytics.vocabulary import SCOPES, STAGES, TERMS, Language, Words

TABLES: Final = ("warnings", "departments", "period_changes", "on_time_by_month")
CARDS: Final[dict[str, Words]] = {
    "red": {"zh": "红牌：已逾期", "en": "Red cards: past the due day"},
    "yellow": {"zh": "黄牌：将要到期", "en": "Yellow cards: near the due day"},
}
SENTENCES: Final[dict[str, Words]] = {
    "red": {
        "zh": "红牌 {count} 张{days}。请即办结并书面说明原因。",
        "en": "Red cards: {count}{days}. Decide these cases now, and say in writing why.",
    },
    "yellow": {
        "zh": "黄牌 {count} 张{days}。请按期办结。",
        "en": "Yellow cards: {count}{days}. Decide these cases in time.",
    },
    "none": {
        "zh": "没有逾期或将要到期的在办件。",
        "en": "No open case is past its due day or near it.",
    },
}
FURTHEST: Final[dict[str, Words]] = {
    "red": {"zh": "，逾期最久的已超 {days}", "en": ", the longest over by {days}"},
    "yellow": {"zh": "，最早的只剩 {days}", "en": ", the first with {days} left"},
}
LEFT: Final[dict[str, Words]] = {
    "red": {"zh": "已超", "en": "Over by"},
    "yellow": {"zh": "剩余", "en": "Left"},
}
HEADINGS: Final[dict[str, Words]] = {
    "card": {"zh": "牌号", "en": "Card"},
    "what": {"zh": "对象", "en": "What"},
    "reason": {"zh": "事由", "en": "Reason"},
}
FIGURES: Final[dict[str, Words]] = {
    "red": {"zh": "红牌", "en": "Red cards"},
    "yellow": {"zh": "黄牌", "en": "Yellow cards"},
}
NOTE: Final[Words] = {
    "zh": "牌号即预警登记中的编号：同一事由只发一次；事后查明无此事由的撤销并注明原因。天数为工作日，按{day}计。",
    "en": "A card has its number in the record of cards: one cause has one card, withdrawn with the reason where it "
    "turns out that there was none. Days are working days, as of {day}.",
}


def carded(findings: Findings) -> pl.DataFrame:
    """The warnings that are cards.

    Returns:
        The rows of `warnings` of level `red` or `yellow`, with `card` (its number), the most urgent first.
    """
    held = findings.table("warnings").filter(pl.col("level").is_in(list(CARDS)))
    order = ["working_days_left", "due_on", "card"]
    return with_cards(held).sort(order, nulls_last=True)


def carded_departments(findings: Findings) -> list[str]:
    """The departments that get a notice, by their codes."""
    return sorted(carded(findings)["department"].drop_nulls().unique())


def card_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """The sections of a department's notice: red cards, then yellow ones."""
    rows = in_words(findings, carded(findings).filter(pl.col("department") == code), language)
    if rows.is_empty():
        return [Piece("none", CARDS["red"][language], [Paragraph(SENTENCES["none"][language])])]
    counts = {card: rows.filter(pl.col("level") == card) for card in CARDS}
    pieces = [
        Piece(card, CARDS[card][language], list(card_blocks(chosen, card, language)))
        for card, chosen in counts.items()
        if chosen.height
    ]
    first, last = pieces[0], pieces[-1]
    total = KeyFigures([(FIGURES[card][language], str(chosen.height)) for card, chosen in counts.items()])
    pieces[0] = Piece(first.name, first.title, [total, *first.blocks])
    note = Paragraph(NOTE[language].format(day=str(findings.manifest["snapshot"].get("as_on", ""))[:10]), kind="note")
    pieces[-1] = Piece(last.name, last.title, [*pieces[-1].blocks, note])
    return pieces


def card_blocks(rows: pl.DataFrame, card: str, language: Language) -> Iterator[Block]:
    """How many cards of a level there are and the furthest of them, then all in a table."""
    yield Paragraph(card_sentence(rows, card, language))
    yield table_of(rows, _columns(card, language), language, caption=CARDS[card][language], most=rows.height)


def card_sentence(rows: pl.DataFrame, card: str, language: Language) -> str:
    """How many cards of a level there are, the furthest of them, and what to do."""
    known = rows.drop_nulls("working_days_left")
    days = FURTHEST[card][language].format(days=_days(known.row(0, named=True), language)) if known.height else ""
    return SENTENCES[card][language].format(count=figures.count(rows.height, language), days=days)


def _columns(card: str, language: Language) -> list[Column]:
    stages = {code: words[language] for code, words in STAGES.items()}

    def what(row: dict[str, Any]) -> str:
        scope = SCOPES[row["scope"]][language]
        stage = stages.get(row["stage"], row["stage"])
        return f"{scope} {stage}" if row["scope"] == "stage" else scope

    return [
        Column(HEADINGS["card"][language], lambda row: str(row["card"]), is_figure=False),
        Column(_case_heading(language), lambda row: str(row["case_id"] or row["complaint_id"]), is_figure=False),
        column("item", language, is_figure=False),
        Column(HEADINGS["what"][language], what, is_figure=False),
        Column(HEADINGS["reason"][language], lambda row: str(row[f"name_{language}"] or row["warning"]), False),
        column("due_on", language),
        Column(LEFT[card][language], lambda row: _days(row, language)),
    ]


def _case_heading(language: Language) -> str:
    return column("case_id", language).heading


def _days(row: dict[str, Any], language: Language) -> str:
    """How many working days are left, or over."""
    left = row["working_days_left"]
    return TERMS["none"][language] if left is None else figures.limit(abs(left), "working_days", language)

"""Notices of cards (黄牌、红牌) to one department: its open cases past their due day, and those that come near it.

The cards are the yellow and red warnings of the ladder that the lake declares (`reference/warnings.csv`), on the day on
which the snapshot judges what is open, whenever it was accepted: the same that `efficacy warn --record` puts on record.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, KeyFigures, Paragraph, column, table_of
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import in_words
from efficacy_analytics.documents.limit_columns import limit_column
from efficacy_analytics.findings.supervision.cards import with_cards
from efficacy_analytics.vocabulary import SCOPES, STAGES, TERMS, Language, Words, heading

TABLES: Final = ("warnings", "cases", "departments", "period_changes", "on_time_by_month")
CARDS: Final[dict[str, Words]] = {
    "red": {"zh": "红牌", "en": "Red cards"},
    "yellow": {"zh": "黄牌", "en": "Yellow cards"},
}
SENTENCES: Final[dict[str, Words]] = {
    "red": {
        "zh": "红牌 {count} 件{over}，最早的应于{first}办结。请即办结并书面说明原因。",
        "en": "Red cards: {count}{over}, the first due on {first}. Decide {count:it|them} now, and say in writing why.",
    },
    "yellow": {
        "zh": "黄牌 {count} 件{over}，最早的应于{first}办结。请抓紧办结。",
        "en": "Yellow cards: {count}{over}, the first due on {first}. Decide {count:it|them} soon.",
    },
    "over": {"zh": "，其中已逾期 {count} 件", "en": ", of them past their due day {count}"},
    "none": {
        "zh": "没有逾期或将要到期的在办件。",
        "en": "No open case is past its due day or near it.",
    },
}
NUMBER: Final[Words] = {"zh": "牌号", "en": "Card"}
"""That under which it is on record: a notice, `efficacy warn` and the record speak of the same cards."""
ACCEPTED: Final[Words] = {"zh": "受理日", "en": "Accepted"}
WARNED_FOR: Final[Words] = {"zh": "事由", "en": "Given for"}
OFTEN_UNKNOWN: Final = ("item", "accepted_on", "limit_days")


def carded(findings: Findings) -> pl.DataFrame:
    """The warnings that are cards, the most urgent first.

    Returns:
        The yellow and red rows of `warnings`, with `card` (its number on record), and `accepted_on`, `limit_days` and
        `limit_unit` of their case where the run knows it.
    """
    cases = findings.table("cases").select("case_key", "accepted_on", "limit_days", "limit_unit")
    held = findings.table("warnings").filter(pl.col("level").is_in(list(CARDS)))
    return with_cards(held).join(cases, on="case_key", how="left", maintain_order="left")


def carded_departments(findings: Findings) -> list[str]:
    """The departments that get a notice, by their codes."""
    return sorted(carded(findings)["department"].drop_nulls().unique())


def card_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """The sections of a department's notice: red cards, then yellow ones."""
    rows = in_words(findings, carded(findings).filter(pl.col("department") == code), language)
    counts = {card: rows.filter(pl.col("level") == card) for card in CARDS}
    if rows.is_empty():
        return [Piece("none", CARDS["red"][language], [Paragraph(SENTENCES["none"][language])])]
    day = str(findings.manifest["snapshot"]["as_on"])[:10]
    pieces = [
        Piece(card, CARDS[card][language], list(card_blocks(chosen, card, day, language)))
        for card, chosen in counts.items()
        if chosen.height
    ]
    first = pieces[0]
    total = KeyFigures([(CARDS[card][language], str(chosen.height)) for card, chosen in counts.items()])
    return [Piece(first.name, first.title, [total, *first.blocks]), *pieces[1:]]


def card_blocks(rows: pl.DataFrame, card: str, day: str, language: Language) -> Iterator[Block]:
    """How many cards of a level there are, how many of them past their due day on a day, then all in a table."""
    due: Any = rows["due_on"].min()
    over = rows.filter(pl.col("due_on").cast(pl.String) < day).height
    yield Paragraph(
        SENTENCES[card][language].format(
            count=figures.count(rows.height, language),
            over=SENTENCES["over"][language].format(count=figures.count(over, language)) if over else "",
            first=figures.date(due, language) if due else TERMS["none"][language],
        )
    )
    yield table_of(rows, _columns(rows, language), language, caption=CARDS[card][language], most=rows.height)


def _columns(rows: pl.DataFrame, language: Language) -> list[Column]:
    """The columns of a table of cards; item, acceptance and limit where those of any of its cases are known."""
    nothing = TERMS["none"][language]
    columns = [
        Column(NUMBER[language], lambda row: str(row["card"]), False, meant="card_number"),
        Column(
            heading("case_id", language),
            lambda row: row["case_id"] or row["complaint_id"] or nothing,
            is_figure=False,
            meant="case_or_complaint",
        ),
        column("item", language, is_figure=False),
        Column(WARNED_FOR[language], lambda row: _warned_for(row, language), False, meant="warned_for"),
        Column(ACCEPTED[language], lambda row: str(row["accepted_on"] or nothing), name="accepted_on"),
        limit_column("limit_days", rows, language),
        column("due_on", language),
        column("working_days_left", language, lambda days: figures.count(days, language).replace("-", "−")),
    ]
    unknown = [name for name in OFTEN_UNKNOWN if rows[name].null_count() == rows.height]
    return [one for one in columns if (one.name or one.meant) not in unknown]


def _warned_for(row: dict[str, Any], language: Language) -> str:
    """What the warning is about: the case, a stage of it, or a complaint."""
    scope = SCOPES[row["scope"]][language]
    if row["scope"] != "stage":
        return scope
    return f"{scope}：{_stage(row, language)}" if language == "zh" else f"{scope}: {_stage(row, language)}"


def _stage(row: dict[str, Any], language: Language) -> str:
    stage = row["stage"] or ""
    return STAGES[stage][language] if stage in STAGES else stage

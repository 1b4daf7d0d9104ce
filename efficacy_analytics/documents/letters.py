"""The letter to a department's superior unit (函告): how it did, which cards it has, what is asked."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents import cards
from efficacy_analytics.documents.blocks import Block, Findings, Paragraph
from efficacy_analytics.documents.briefing.masthead import superior
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.department_page.segments import foremost, kind_of_place, where_most
from efficacy_analytics.documents.department_page.standing import department_row, judged_sentences
from efficacy_analytics.documents.labels import in_words
from efficacy_analytics.vocabulary import Language, Words

TABLES: Final = (
    "warnings", "cases", "departments", "department_comparison", "bottlenecks_by_department", "period_changes",
    "on_time_by_month",
)  # fmt: skip
TITLES: Final[dict[str, Words]] = {
    "matter": {"zh": "函告事项", "en": "What we write about"},
    "ask": {"zh": "商请事项", "en": "What we ask"},
    "cards": {"zh": "附：红牌办件", "en": "Attached: cases with a red card"},
}
SENTENCES: Final[dict[str, Words]] = {
    "to": {"zh": "{superior}：", "en": "To: {superior}"},
    "superior": {"zh": "上级主管单位", "en": "the superior unit"},
    "opening": {
        "zh": "{department}本期收件 {count} 件，已办结 {completed} 件，逾期 {late} 件，现函告如下。",
        "en": "{department} received {count} {count:case|cases} in the period, completed {completed}, and {late} "
        "{late:was|were} late.",
    },
    "opening_not_judged": {
        "zh": "{department}本期收件 {count} 件，已办结 {completed} 件，没有可判定是否逾期的办件，现函告如下。",
        "en": "{department} received {count} {count:case|cases} in the period and completed {completed}; none of them "
        "can be judged late or in time.",
    },
    "cards": {
        "zh": "截至数据之日，该部门有红牌 {red} 张、黄牌 {yellow} 张（不论办件何时受理）。",
        "en": "On the day of the data it has {red} red and {yellow} yellow {yellow:card|cards}, whenever the cases "
        "were accepted.",
    },
    "decide": {
        "zh": "请督促该部门即行办结所附红牌办件，并说明逾期原因。",
        "en": "See to it that the attached {red:case with a red card is|cases with a red card are} decided now, "
        "and why {red:it is|they are} late is said.",
    },
    "improve": {
        "zh": "请督促该部门就上述用时最多之处提出整改措施。",
        "en": "Please ask it for measures where most of its time goes, as said above.",
    },
    "answer": {"zh": "办理结果请函复。", "en": "Please answer in writing what was done."},
}


def lettered_departments(findings: Findings) -> list[str]:
    """The departments whose superiors are written to: with a red card, or more late cases than their work explains."""
    red = cards.carded(findings).filter(pl.col("level") == "red")["department"].drop_nulls()
    compared = findings.table("department_comparison").filter(pl.col("not_ranked_because").is_null())
    above = [row["department"] for row in compared.drop_nulls("late_ratio").iter_rows(named=True)
             if place_of(row) == "above"]  # fmt: skip
    return sorted({*red, *filter(None, above)})


def letter_pieces(findings: Findings, code: str, language: Language) -> list[Piece]:
    """What is written about, what is asked, and the red cards.

    Raises:
        ParameterError: the run has no such department.
    """
    row = department_row(findings, code, language)
    held = in_words(findings, cards.carded(findings).filter(pl.col("department") == code), language)
    red = held.filter(pl.col("level") == "red")
    matter = [Paragraph(text) for text in _matter(findings, row, held, language)]
    pieces = [
        Piece("matter", TITLES["matter"][language], matter),
        Piece("ask", TITLES["ask"][language], [Paragraph(text) for text in _asked(findings, code, red, language)]),
    ]
    if red.height:
        blocks: list[Block] = list(cards.card_blocks(red, "red", _day(findings), language))
        pieces.append(Piece("cards", TITLES["cards"][language], blocks))
    return pieces


def _matter(findings: Findings, row: dict[str, object], held: pl.DataFrame, language: Language) -> Iterator[str]:
    yield SENTENCES["to"][language].format(superior=superior(language) or SENTENCES["superior"][language])
    counts = {"count": "case_count", "completed": "completed_count", "late": "late_count"}
    told = {name: figures.count(row[column], language) for name, column in counts.items()}  # type: ignore[arg-type]
    opening = "opening" if row["judged_count"] else "opening_not_judged"
    yield SENTENCES[opening][language].format(department=row["department"], **told)
    code = str(row["department_code"])
    if row["judged_count"]:
        yield from judged_sentences(findings, row, language)
    if held.height:
        levels = dict(held["level"].value_counts().rows())
        yield SENTENCES["cards"][language].format(
            **{level: figures.count(levels.get(level, 0), language) for level in ("red", "yellow")}
        )
    yield from (block.text for block in where_most(findings, code, language))


def _asked(findings: Findings, code: str, red: pl.DataFrame, language: Language) -> Iterator[str]:
    if red.height:
        yield SENTENCES["decide"][language].format(red=figures.count(red.height, language))
    place = foremost(findings, code, language)
    if place is not None and kind_of_place(place) != "few":
        yield SENTENCES["improve"][language]
    yield SENTENCES["answer"][language]


def _day(findings: Findings) -> str:
    return str(findings.manifest["snapshot"]["as_on"])[:10]

"""Scores by the office's own schemes: who has which grade, and whether their ranks can be told.

Told is of each scheme the last period of its own that lies wholly in the period of the document: the score of another
period is none of its figures.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.findings.schemes.periods import lies_within, period_index, period_length
from efficacy_analytics.vocabulary import TERMS, Language, heading

TITLE = {"zh": "考核得分", "en": "Scores by scheme"}
TABLES = ("scheme_scores", "scheme_words")
WORDS = {
    "score": {"zh": "得分", "en": "Points"},
    "rank": {"zh": "名次", "en": "Rank"},
    "grade": {"zh": "等次", "en": "Grade"},
}
CAPTION = {"zh": "{scheme}，{period}", "en": "{scheme}, {period}"}
SENTENCES = {
    "scored": {
        "zh": "按《{scheme}》，{period} 计分 {count} 个单位，最高 {most} 分，最低 {least} 分。",
        "en": "By “{scheme}”, units scored in {period}: {count}; highest {most} points, lowest {least}.",
    },
    "told": {
        "zh": "各名次以 95% 的把握同时成立。",
        "en": "Each rank holds: all of them together with 95% confidence.",
    },
    "not_told": {
        "zh": "下表名次不能当真：以 95% 的把握，{count} 个单位的名次不止一种可能。",
        "en": "The ranks below cannot be told: with 95% confidence {count} {count:unit|units} may have more than one.",
    },
    "not_known": {
        "zh": "有的分项只填了得分、没有件数或票数，名次有多少出于偶然无从得知。",
        "en": "Some parts were entered as scores without numbers of answers or cases: how far ranks are chance is not "
        "known.",
    },
    "places": {
        "zh": "{place}：{units}。",
        "en": "{place}: {units}.",
    },
    "alone": {
        "zh": "只有一个单位有得分，不排名次。",
        "en": "One unit alone has a score: there are no ranks.",
    },
    "part_missing": {
        "zh": "《{scheme}》{period} 因缺少分项未计分：{units}。",
        "en": "By “{scheme}”, not scored in {period} because a part is missing: {units}.",
    },
    "cases_in_part": {
        "zh": "《{scheme}》{period} 因所选办件只是其该期办件的一部分未计分：{units}。",
        "en": "By “{scheme}”, not scored in {period} because the cases chosen are only a part of theirs: {units}.",
    },
    "no_period": {
        "zh": "《{scheme}》没有一个考核期整个落在本期之内，不刊得分；已有的考核期：{periods}。",
        "en": "No period of “{scheme}” lies wholly in the one told of here, so that no scores are printed; "
        "there are: {periods}.",
    },
}


def is_shown(findings: Findings) -> bool:
    """Whether any scheme has a period of its own within that of a document, which is of all departments' cases."""
    cohort = findings.manifest["cohort"]
    is_of_some = any(cohort.get(name) for name in ("department", "item", "where"))
    return not is_of_some and any(period for _, period in _periods(findings))


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Of each scheme with a period within that of the document: points, places, and whether the ranks can be told."""
    if is_shown(findings):
        yield from _told(findings, language, with_others=False)


def scheme_pieces(findings: Findings, language: Language) -> list[Piece]:
    """The same as a part of a document that says, too, of which scheme it prints no scores."""
    told = list(_told(findings, language, with_others=True))
    return [Piece("schemes", TITLE[language], told)] if told else []


def _told(findings: Findings, language: Language, *, with_others: bool) -> Iterator[Block]:
    periods = _periods(findings)
    words = _words(findings, language) if periods else {}
    for (scheme, known), period in periods:
        rows = readable(findings, "scheme_scores", language).filter(pl.col("scheme") == scheme)
        if period:
            yield from _of_one(rows.filter(pl.col("period") == period), words, scheme, language)
        elif with_others:
            told = SENTENCES["no_period"][language]
            yield Paragraph(
                told.format(scheme=words.get((scheme, scheme), scheme), periods=figures.listed(known, language))
            )


def _periods(findings: Findings) -> list[tuple[tuple[str, list[str]], str]]:
    """Each scheme with the periods of its own length that it scored, and the last one within the document's, or none.

    Periods of a total are longer ones, and stand after those of the scheme's own length.
    """
    if "scheme_scores" not in findings.manifest["tables"]:
        return []
    days = (findings.manifest["cohort"].get(name) for name in ("accepted_from", "accepted_until"))
    first_on, until_on = (dt.date.fromisoformat(day) if day else None for day in days)
    found: dict[str, list[str]] = {}
    for scheme, period in findings.table("scheme_scores").select("scheme", "period").unique(maintain_order=True).rows():
        known = found.setdefault(scheme, [])
        if not known or period_length(period) == period_length(known[0]):
            known.append(period)
    within = {scheme: [one for one in known if lies_within(one, first_on, until_on)] for scheme, known in found.items()}
    return [((scheme, known), max(within[scheme], key=period_index, default="")) for scheme, known in found.items()]


def _of_one(rows: pl.DataFrame, words: dict[tuple[str, str], str], scheme: str, language: Language) -> Iterator[Block]:
    called, period = words.get((scheme, scheme), scheme), str(rows["period"][0])
    scored = rows.drop_nulls("score").sort("rank", "department_code")
    if printed := scored["printed_score"].to_list():
        yield Paragraph(
            SENTENCES["scored"][language].format(
                scheme=called, period=period, count=scored.height,
                most=figures.number(max(printed), language),
                least=figures.number(min(printed), language),
            )
        )  # fmt: skip
        yield Paragraph(_ranking(scored, language))
    for place, units in _placed(scored):
        name = words.get((scheme, place), place)
        yield Paragraph(SENTENCES["places"][language].format(place=name, units=figures.listed(units, language)))
    for reason in ("part_missing", "cases_in_part"):
        if units := rows.filter(pl.col("not_scored_because") == reason)["department"].to_list():
            told = SENTENCES[reason][language]
            yield Paragraph(told.format(scheme=called, period=period, units=figures.listed(units, language)))
    if scored.height:
        caption = CAPTION[language].format(scheme=called, period=period)
        columns = list(_columns(scored, words, language))
        yield table_of(scored, columns, language, caption=caption, most=scored.height)


def _ranking(scored: pl.DataFrame, language: Language) -> str:
    kind = str(scored["ranking"][0])
    open_count = scored.filter(pl.col("best_rank") != pl.col("worst_rank")).height
    return SENTENCES[kind][language].format(count=figures.count(open_count, language))


def _placed(scored: pl.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Each place and streak that is held, with who holds it."""
    held: dict[str, list[str]] = {}
    for row in scored.iter_rows(named=True):
        streaks = [one.rpartition(" x")[0] for one in (row["streaks"] or "").split(", ")]
        for name in filter(None, [*(row["places"] or "").split(", "), *streaks]):
            held.setdefault(name, []).append(row["department"])
    yield from held.items()


def _words(findings: Findings, language: Language) -> dict[tuple[str, str], str]:
    rows = findings.table("scheme_words").iter_rows(named=True)
    return {(row["scheme"], row["name"]): str(row[language]) for row in rows}


def _columns(scored: pl.DataFrame, words: dict[tuple[str, str], str], language: Language) -> Iterator[Column]:
    """Unit, points and grade; ranks where there are any, and which are possible where that is known."""

    def called(row: dict[str, Any]) -> str:
        code = row["grade"]
        return words.get((row["scheme"], code), code) if code else TERMS["none"][language]

    yield column("department", language, is_figure=False)
    yield Column(
        WORDS["score"][language], lambda row: figures.number(row["printed_score"], language), name="printed_score"
    )
    if scored["rank"].count():
        yield Column(WORDS["rank"][language], lambda row: str(row["rank"]), name="rank")
    if scored["best_rank"].count():
        yield Column(heading("possible_ranks", language), _ranks, meant="ranks_by_score")
    yield Column(WORDS["grade"][language], called, is_figure=False, name="grade")


def _ranks(row: dict[str, Any]) -> str:
    return str(row["best_rank"]) if row["best_rank"] == row["worst_rank"] else f"{row['best_rank']}–{row['worst_rank']}"


SECTION = Section("schemes", TITLE, SENTENCES, TABLES, blocks, is_shown)

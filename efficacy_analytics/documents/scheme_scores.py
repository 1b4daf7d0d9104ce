"""Scores by the office's own schemes: who has which grade, and whether their ranks can be told."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, column, table_of
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import readable
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
        "zh": "名次在 95% 的把握下各自成立。",
        "en": "Each rank holds: all of them together with 95% confidence.",
    },
    "not_told": {
        "zh": "下表名次不能当真：以 95% 的把握，{count} 个单位的名次不止一种可能。",
        "en": "The ranks below cannot be told: with 95% confidence {count} units may have more than one.",
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
    "missing": {
        "zh": "因缺少分项未计分：{units}。",
        "en": "Not scored, because a part is missing: {units}.",
    },
}


def scheme_pieces(findings: Findings, language: Language) -> list[Piece]:
    """The scores as a part of a document; none where nothing is entered for any scheme."""
    if "scheme_scores" not in findings.manifest["tables"] or findings.table("scheme_scores").is_empty():
        return []
    return [Piece("schemes", TITLE[language], list(_blocks(findings, language)))]


def _blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Of each scheme its latest period: who has how many points, the places, and whether the ranks can be told."""
    scores = readable(findings, "scheme_scores", language)
    words = _words(findings, language)
    for scheme in scores["scheme"].unique(maintain_order=True):
        of_scheme = scores.filter(pl.col("scheme") == scheme)
        period = _latest(of_scheme)
        yield from _of_one(of_scheme.filter(pl.col("period") == period), words, scheme, language)


def _latest(scores: pl.DataFrame) -> str:
    """The last period of the scheme's own length: rows of shorter periods stand first."""
    first = str(scores["period"][0])
    own = scores.filter(pl.col("period").str.len_chars() == len(first))
    return str(own["period"].max())


def _of_one(rows: pl.DataFrame, words: dict[tuple[str, str], str], scheme: str, language: Language) -> Iterator[Block]:
    called, period = words.get((scheme, scheme), scheme), str(rows["period"][0])
    scored = rows.drop_nulls("score").sort("rank", "department_code")
    if scored.height:
        yield Paragraph(
            SENTENCES["scored"][language].format(
                scheme=called, period=period, count=scored.height,
                most=_points(scored["printed_score"].max()), least=_points(scored["printed_score"].min()),
            )
        )  # fmt: skip
        yield Paragraph(_ranking(scored, language))
    for place, units in _placed(scored):
        name = words.get((scheme, place), place)
        yield Paragraph(SENTENCES["places"][language].format(place=name, units=figures.listed(units, language)))
    if missing := rows.filter(pl.col("score").is_null())["department"].to_list():
        yield Paragraph(SENTENCES["missing"][language].format(units=figures.listed(missing, language)))
    if scored.height:
        caption = CAPTION[language].format(scheme=called, period=period)
        yield table_of(scored, _columns(words, scheme, language), language, caption=caption, most=scored.height)


def _ranking(scored: pl.DataFrame, language: Language) -> str:
    kind = str(scored["ranking"][0])
    open_count = scored.filter(pl.col("best_rank") != pl.col("worst_rank")).height
    return SENTENCES[kind][language].format(count=open_count)


def _placed(scored: pl.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Each place and streak that is held, with who holds it."""
    held: dict[str, list[str]] = {}
    for row in scored.iter_rows(named=True):
        for text in filter(None, (part for name in ("places", "streaks") for part in (row[name] or "").split(", "))):
            held.setdefault(text.partition(" ")[0], []).append(row["department"])
    yield from held.items()


def _words(findings: Findings, language: Language) -> dict[tuple[str, str], str]:
    rows = findings.table("scheme_words").iter_rows(named=True)
    return {(row["scheme"], row["name"]): _without_source(row, language) for row in rows}


def _without_source(row: dict[str, Any], language: Language) -> str:
    text = str(row[language])
    if row["kind"] != "scheme":
        return text
    return text.partition("（" if language == "zh" else " (")[0]


def _points(value: Any) -> str:
    return f"{value:g}"


def _columns(words: dict[tuple[str, str], str], scheme: str, language: Language) -> list[Column]:
    def called(value: Any) -> str:
        return words.get((scheme, str(value)), str(value)) if value else TERMS["none"][language]

    return [
        column("department", language, is_figure=False),
        Column(WORDS["score"][language], lambda row: _points(row["printed_score"]), name="printed_score"),
        Column(WORDS["rank"][language], lambda row: str(row["rank"]), name="rank"),
        Column(heading("possible_ranks", language), lambda row: _ranks(row, language)),
        Column(WORDS["grade"][language], lambda row: called(row["grade"]), is_figure=False, name="grade"),
    ]


def _ranks(row: dict[str, Any], language: Language) -> str:
    if row["best_rank"] is None:
        return TERMS["none"][language]
    return str(row["best_rank"]) if row["best_rank"] == row["worst_rank"] else f"{row['best_rank']}–{row['worst_rank']}"

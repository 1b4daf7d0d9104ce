"""How far the records can be trusted: before departments are compared, what each has to explain about its data."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.honesty import check_names, counted_sentences, finding_sentence, untold
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.findings.honesty.catalogue import CHECKS, OBSTACLES
from efficacy_analytics.vocabulary import TERMS, Language

TITLE = {"zh": "数据真实性", "en": "How honest the records are"}
CAPTION = {"zh": "各部门数据真实性得分（自低至高）", "en": "Score of the records by department, lowest first"}
SENTENCES = {
    "named": {
        "zh": "在比较各部门之前，先看数据是否可信。{made}{named} 个部门须就数据作出说明：{departments}；另外 {others} "
        "个在查过的各项中未见异常。",
        "en": "Before departments are compared: can their records be trusted? {made} With something to explain: "
        "{named} ({departments}). In these checks nothing unusual was found in the other {others}.",
    },
    "none_named": {
        "zh": "在比较各部门之前，先看数据是否可信。{made}查过的各项中，{others} 个部门均未见须说明的异常。",
        "en": "Before departments are compared: can their records be trusted? {made} In these nothing unusual was "
        "found in any of {others} {others:department|departments}.",
    },
    "made": {
        "zh": "{checks} 项检查中能够进行的有 {made} 项。",
        "en": "{made} of {checks} checks could be made.",
    },
    "not_compared": {
        "zh": "部门太少，各项检查不作部门间比较，只列数字。",
        "en": "There are too few departments to compare them; the checks give their figures only.",
    },
    "few_records": {
        "zh": "各项检查的记录都不足以在部门间比较，只列数字。",
        "en": "No check has enough records to compare departments; the checks give their figures only.",
    },
    "without_stops": {
        "zh": "剔除可疑停钟（{stops} 次）后，{department}的按时办结率由 {share} 降为 {without_stops}。",
        "en": "Without its {stops} suspicious clock {stops:stop|stops}, the share on time of {department} falls from "
        "{share} to "
        "{without_stops}.",
    },
    "public": {
        "zh": "各部门的数据在比较之前均已检查，得分见下表。",
        "en": "The records of every department were checked before departments are compared; the table has the scores.",
    },
    "public_none": {
        "zh": "各部门的数据均已检查；办件太少，得分不予公布。",
        "en": "The records of every department were checked; there are too few cases for scores to be published.",
    },
    "not_made": {
        "zh": "以下检查对所有部门都无法进行：{checks}。",
        "en": "These checks could be made for no department: {checks}.",
    },
}
NOTE = {
    "zh": "得分为 100 分减去各项检查所扣的分，无法检查的项目不计；检查提出的是问题，不是结论，"
    "每一项都可能有正常的原因。",
    "en": "The score is 100 less the points that the checks take; checks that cannot be made are left out. A "
    "check asks a "
    "question, it is no verdict: each may have an innocent answer.",
}
WORDS = {
    "score": {"zh": "得分", "en": "Score"},
    "made": {"zh": "已查项数", "en": "Checks made"},
    "stands_out": {"zh": "须说明", "en": "To be explained"},
    "without_stops": {"zh": "剔除可疑停钟后", "en": "Without suspicious stops"},
}
MOST_FINDINGS, MOST_NAMES = 8, 5


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Who has something to explain, each finding in a sentence, the scores, what could not be checked."""
    if "honesty_checks" not in findings.manifest["tables"]:
        yield from _scores_only(findings, language)
        return
    scores = _named(findings, "honesty", language).filter(pl.col("case_count") > 0)
    checks = _named(findings, "honesty_checks", language)
    settings = findings.manifest["settings"]["honesty"]
    is_compared = _is_compared(checks)
    if is_compared:
        yield Paragraph(_lead(scores, checks, language))
    else:
        has_few = scores.height < settings["fewest_departments"]
        yield Paragraph(SENTENCES["not_compared" if has_few else "few_records"][language])
    found = checks.filter(pl.col("verdict") == "stands_out").sort(
        "points_lost", "department_code", "code", descending=[True, False, False]
    )
    for row in found.head(MOST_FINDINGS).iter_rows(named=True):
        yield Paragraph(finding_sentence(row, settings, language))
    for sentence in counted_sentences(checks, scores, language):
        yield Paragraph(sentence)
    for row in scores.filter(pl.col("stands_out").str.contains("H16")).iter_rows(named=True):
        yield Paragraph(_without_stops(row, language))
    unmade = _unmade(checks)
    if unmade:
        yield Paragraph(SENTENCES["not_made"][language].format(checks=_with_reasons(checks, unmade, language)))
    for sentence in untold(checks, language) if is_compared else []:
        yield Paragraph(sentence)
    ordered = scores.sort("score", "department_code", nulls_last=True)
    yield table_of(ordered, _columns(language), language, caption=CAPTION[language])
    yield Paragraph(NOTE[language], kind="note")


def _scores_only(findings: Findings, language: Language) -> Iterator[Block]:
    """What may be published: the scores, without what a department has to explain."""
    scores = _named(findings, "honesty", language).filter(pl.col("score").is_not_null())
    if scores.is_empty():
        yield Paragraph(SENTENCES["public_none"][language])
        return
    yield Paragraph(SENTENCES["public"][language])
    yield table_of(
        scores.sort("score", "department_code", nulls_last=True),
        _columns(language)[:3],
        language,
        caption=CAPTION[language],
    )
    yield Paragraph(NOTE[language], kind="note")


def _named(findings: Findings, table: str, language: Language) -> pl.DataFrame:
    return departments_named(readable(findings, table, language), language)


def _is_compared(checks: pl.DataFrame) -> bool:
    """Whether any check told departments apart, or could have."""
    compared = [code for code, check in CHECKS.items() if check.test != "impossible"]
    told = checks.filter(pl.col("code").is_in(compared))["verdict"].is_in(["stands_out", "not_unusual"]).any()
    return told or bool((checks["verdict"] == "stands_out").any())


def _lead(scores: pl.DataFrame, checks: pl.DataFrame, language: Language) -> str:
    """Who is named, and how many others there are."""
    named = checks.filter(pl.col("verdict") == "stands_out")["department"].unique(maintain_order=True).to_list()
    others = figures.count(scores.filter(~pl.col("department").is_in(named)).height, language)
    count_made = len(CHECKS) - len(_unmade(checks))
    made = SENTENCES["made"][language].format(made=count_made, checks=len(CHECKS))
    if not named:
        return SENTENCES["none_named"][language].format(made=made, others=others)
    shown = figures.listed(named[:MOST_NAMES], language)
    if len(named) > MOST_NAMES:
        shown += "等" if language == "zh" else ", and others"
    return SENTENCES["named"][language].format(
        made=made, named=figures.count(len(named), language), departments=shown, others=others
    )


def _with_reasons(checks: pl.DataFrame, codes: list[str], language: Language) -> str:
    """The names of checks, those that could not be made for the same reasons together."""
    alike: dict[str, list[str]] = {}
    for code in codes:
        why = checks.filter(pl.col("code") == code)["obstacle"].drop_nulls().unique().sort().to_list()
        reasons = ("；" if language == "zh" else "; ").join(OBSTACLES[one][language] for one in why)
        alike.setdefault(reasons, []).append(code)
    if language == "zh":
        return "；".join(f"{check_names(' '.join(some), language)}（{why}）" for why, some in alike.items())
    return "; ".join(f"{check_names(' '.join(some), language)} ({why})" for why, some in alike.items())


def _without_stops(row: dict[str, Any], language: Language) -> str:
    return SENTENCES["without_stops"][language].format(
        department=row["department"],
        stops=figures.count(row["suspicious_count"], language),
        share=figures.share(row["on_time_share"], language),
        without_stops=figures.share(row["on_time_share_without_suspicious_stops"], language),
    )


def _unmade(checks: pl.DataFrame) -> list[str]:
    made = set(checks.filter(pl.col("verdict") != "cannot_be_checked")["code"].to_list())
    return [code for code in CHECKS if code not in made]


def _columns(language: Language) -> list[Column]:
    none = TERMS["none"][language]
    return [
        column("department", language, is_figure=False),
        Column(
            WORDS["score"][language],
            lambda row: none if row["score"] is None else f"{row['score']:.1f}",
            meant="honesty_score",
        ),
        Column(WORDS["made"][language], lambda row: f"{row['made_count']} / {row['check_count']}", meant="checks_made"),
        Column(
            WORDS["stands_out"][language],
            lambda row: check_names(row["stands_out"], language),
            is_figure=False,
            meant="stands_out",
        ),
        column("on_time_share", language, lambda value: figures.share(value, language)),
        Column(
            WORDS["without_stops"][language],
            lambda row: _share_without_stops(row, language),
            meant="share_without_stops",
        ),
    ]


SECTION = Section("honesty", TITLE, SENTENCES, ("honesty", "honesty_checks"), blocks)


def _share_without_stops(row: dict[str, Any], language: Language) -> str:
    return figures.share(row["on_time_share_without_suspicious_stops"], language)

"""The first page: what changed, who did best, who needs to act, where the time goes, what would help most."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.comparison.like_work import place_of
from efficacy_analytics.charts.contributions import part_name
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Findings, Paragraph, Section
from efficacy_analytics.documents.briefing.sections import changes
from efficacy_analytics.documents.briefing.sections.bottlenecks import FEWEST_CASES
from efficacy_analytics.documents.briefing.sections.contributions import has_a_best_quarter, is_undivided
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.totals import is_for_the_public
from efficacy_analytics.vocabulary import PARTS, TIME_KINDS, Language, Words

TITLE: Final = {"zh": "本期要点", "en": "Main points"}
SENTENCES: Final[dict[str, Words]] = changes.SENTENCES | {
    "best": {
        "zh": "与同类办件相比，逾期明显少于预期的是{departments}。",
        "en": "For their work, {departments} had clearly fewer late cases than expected.",
    },
    "worst": {
        "zh": "须改进的是{department}：逾期 {late} 件，同类办件预期 {expected} 件。",
        "en": "{department} needs to act: {late} late {late:case|cases} where its work would lead one to expect "
        "{expected}.",
    },
    "worst_too": {
        "zh": "须改进的还有{departments}。",
        "en": "{departments} {count:needs|need} to act too.",
    },
    "worst_wait": {
        "zh": "其{kind}最多在“{activity}”到“{next_activity}”，占该部门的 {share}。",
        "en": "Most of its {kind} lies between “{activity}” and “{next_activity}”: {share} of the department's.",
    },
    "not_apart": {
        "zh": "各部门的逾期与同类办件预期之数相差都未超出偶然，不分先后。",
        "en": "No department's late cases differ from what its work explains by more than chance: none is ranked.",
    },
    "not_apart_usually": {
        "zh": "各部门的逾期与同类办件预期之数相差都未超出部门间通常差异，不点名、不分先后{above}。",
        "en": "No department's late cases differ from what its work explains by more than departments usually differ: "
        "none is named.{above}",
    },
    "above_chance": {
        "zh": "；只论偶然，多于预期的部门有 {count} 个",
        "en": " Departments with more of them than chance alone explains: {count}.",
    },
    "cause": {
        "zh": "{kind}最多的是“{activity}”到“{next_activity}”，占{whole}的 {share}。",
        "en": "Most {kind} lies between “{activity}” and “{next_activity}”: {share} of {whole}.",
    },
    "cause_few": {
        "zh": "{kind}最多的是“{activity}”到“{next_activity}”，占{whole}的 {share}，但只涉及 {cases}，"
        "不足以断定先看何处。",
        "en": "Most {kind} lies between “{activity}” and “{next_activity}”: {share} of {whole}, but over {cases} only, "
        "too few to say where to look first.",
    },
    "next_step": {
        "zh": "下一步：“{part}”（{kind}）超出最好四分之一部门中位用时的办件，共超出 {days} 件·天，"
        "为各处之最；这是可节省的上限。",
        "en": "What to look at first: in “{part}” ({kind}) cases lie above the median of the best quarter of "
        "departments by {days} {days:case-day|case-days} together, more than anywhere else; no more than that can be "
        "saved there.",
    },
    "tenth_less": {
        "zh": "下一步：“{part}”（{kind}）占{whole}的 {share}，缩短一成，平均每件可少用 {saving}。",
        "en": "What would help most: “{part}” ({kind}) is {share} of {whole}; a tenth less of it would save "
        "{saving} per case.",
    },
    "shorten": {
        "zh": "可立即压缩的时限有 {items} 项，见文末压缩项目表。",
        "en": "Limits that can be shortened now: {items}; see the compression table.",
    },
}
WHOLE: Final[dict[str, dict[bool, Words]]] = {
    "segments": {
        False: {"zh": "全部", "en": "all"},
        True: {"zh": "公开所列区段合计", "en": "that of the segments shown to the public"},
    },
    "parts": {
        False: {"zh": "全程时间", "en": "the whole time"},
        True: {"zh": "公开所列各部分合计", "en": "the time of the parts shown to the public"},
    },
}
"""Of what a share is, in the internal edition and in the public one."""
MOST_NAMES: Final = 3
FAR_ABOVE: Final = "far_above"
"""The band beyond the outer limits of the funnel."""


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Changes in sentences and as a table, then best, worst, cause, and the next step."""
    own = changes.own_period(findings)
    if own is not None:
        yield from map(Paragraph, changes.said(findings, own, language))
    for text in (*_departments(findings, language), *_cause(findings, language), *_next_step(findings, language)):
        yield Paragraph(text)
    if own is not None:
        yield from changes.shown(findings, own, language)


def _departments(findings: Findings, language: Language) -> Iterator[str]:
    """Of the departments that are ranked: who did best, who needs to act and where its files wait."""
    if "department_comparison" not in findings.manifest["tables"]:
        return
    table = readable(findings, "department_comparison", language).drop_nulls("department")
    ranked = table.filter(pl.col("not_ranked_because").is_null()).sort("late_ratio", "department_code")
    if ranked.height < 2:
        return
    places = {row["department"]: place_of(row) for row in ranked.iter_rows(named=True)}
    best = [name for name, place in places.items() if place == "below"][:MOST_NAMES]
    if best:
        yield SENTENCES["best"][language].format(departments=figures.listed(best, language))
    above = [row for row in ranked.iter_rows(named=True) if places[row["department"]] == "above"]
    if above:
        yield worst_sentence(findings, above[-1], language)
        others = [row["department"] for row in reversed(above[:-1])]
        if others:
            yield SENTENCES["worst_too"][language].format(
                departments=figures.listed(others, language), count=figures.count(len(others), language)
            )
    elif not best:
        is_measured = not ranked["overdispersed_band"].is_null().all()
        count = ranked.filter(pl.col("exact_band") == FAR_ABOVE).height
        above_chance = SENTENCES["above_chance"][language].format(count=count) if count else ""
        yield SENTENCES["not_apart_usually" if is_measured else "not_apart"][language].format(above=above_chance)


def worst_sentence(findings: Findings, row: dict[str, Any], language: Language) -> str:
    """The department with most late cases for its work, and where its files wait."""
    said = SENTENCES["worst"][language].format(
        department=row["department"],
        late=figures.count(row["late_count"], language),
        expected=f"{row['expected_late_count']:.1f}",
    )
    waits = readable(findings, "departments", language).filter(pl.col("department_code") == row["department_code"])
    waits = waits.drop_nulls(["bottleneck_activity", "bottleneck_next_activity", "bottleneck_share"])
    for wait in waits.head(1).iter_rows(named=True):
        where = SENTENCES["worst_wait"][language].format(
            kind=TIME_KINDS[wait["bottleneck_time_kind"]][language],
            activity=wait["bottleneck_activity"],
            next_activity=wait["bottleneck_next_activity"],
            share=figures.share(wait["bottleneck_share"], language),
        )
        said += where if language == "zh" else f" {where}"
    return said


def _cause(findings: Findings, language: Language) -> Iterator[str]:
    ranking = readable(findings, "bottlenecks", language).drop_nulls("share_of_total").sort("rank")
    for row in ranking.head(1).iter_rows(named=True):
        yield SENTENCES["cause_few" if row["case_count"] < FEWEST_CASES else "cause"][language].format(
            kind=TIME_KINDS[row["time_kind"]][language],
            activity=row["activity"],
            next_activity=row["next_activity"],
            share=figures.share(row["share_of_total"], language),
            cases=figures.counted(row["case_count"], language, "case", "cases"),
            whole=WHOLE["segments"][is_for_the_public(findings)][language],
        )


def _next_step(findings: Findings, language: Language) -> Iterator[str]:
    """What would help most by the decomposition of the whole time, and which limits can be shortened.

    Where that lies with a part that few cases have, no part is named.
    """
    parts = readable(findings, "contributions", language).drop_nulls("share_of_total").sort("rank")
    if is_undivided(findings):
        parts = parts.clear()
    most = parts.filter(pl.col("excess_days") >= 1).sort(["excess_days", "rank"], descending=[True, False])
    by_excess = most.height > 0 and has_a_best_quarter(findings)
    for row in (most if by_excess else parts).head(1).filter(pl.col("case_count") >= FEWEST_CASES).to_dicts():
        yield _help(findings, row, language, by_excess=by_excess)
    free = findings.table("limit_plan").filter(pl.col("kind") == "free").height
    if free:
        yield SENTENCES["shorten"][language].format(items=figures.count(free, language))


def _help(findings: Findings, row: dict[str, Any], language: Language, *, by_excess: bool) -> str:
    """What a part brings: by how much it is above the best quarter of departments, or what a tenth less would save."""
    if by_excess:
        days = figures.count(row["excess_days"], language)
        return SENTENCES["next_step"][language].format(**_named(row, language), days=days)
    return SENTENCES["tenth_less"][language].format(
        **_named(row, language),
        share=figures.share(row["share_of_total"], language),
        whole=WHOLE["parts"][is_for_the_public(findings)][language],
        saving=figures.duration(row["tenth_less_elapsed_seconds"], language),
    )


def _named(row: dict[str, Any], language: Language) -> dict[str, str]:
    words = PARTS[row["kind"]][language]
    return {"part": part_name(row), "kind": words if language == "zh" else words.lower()}


SECTION = Section(
    "main_points",
    TITLE,
    SENTENCES,
    ("period_changes", "department_comparison", "departments", "bottlenecks", "contributions", "limit_plan"),
    blocks,
)

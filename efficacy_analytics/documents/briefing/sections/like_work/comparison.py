"""Departments on like work: who has more late cases than its work explains, and which ranks can be told apart."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from efficacy_analytics.charts.comparison.like_work import comparison_funnel, place_of
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named, named
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import in_words, name_of, names_of, readable
from efficacy_analytics.findings.comparison.departments import RANK_CONFIDENCE
from efficacy_analytics.vocabulary import TERMS, Language, heading

TITLE = {"zh": "同类办件比较", "en": "Departments on like work"}
CAPTION = {
    "zh": "实际逾期与同类办件预期逾期（按比值从高到低，不排名的列后）",
    "en": "Late cases and those to be expected of like work, highest ratio first, those not ranked last",
}
SENTENCES = {
    "above_usually": {
        "zh": "与同类办件相比，{departments}的逾期多于预期，超出部门间通常差异。",
        "en": "For their work, {departments} had more late cases than departments usually differ by.",
    },
    "none_above_usually": {
        "zh": "与同类办件相比，没有部门的逾期明显多于预期。",
        "en": "For their work, no department had more late cases than departments usually differ by.",
    },
    "above": {
        "zh": "与同类办件相比，{departments}的逾期多于预期，超出偶然；部门太少，无法计入部门间通常差异。",
        "en": "For their work, {departments} had more late cases than chance explains; departments are too few to tell "
        "how much they usually differ.",
    },
    "none_above": {
        "zh": "与同类办件相比，没有部门的逾期多到超出偶然。",
        "en": "For their work, no department had more late cases than chance explains.",
    },
    "last_three": {
        "zh": "可以认定的后三名（不分先后）：{departments}。",
        "en": "The last three, in no order, can be told: {departments}.",
    },
    "not_told": {
        "zh": "后三名无法认定：有 {count} 个部门都可能在其中；按原始按时率排出的后三名不能成立。",
        "en": "The last three cannot be told: {count} {count:department|departments} may be among them, and a raw "
        "order would name "
        "some of them by chance.",
    },
    "few": {
        "zh": "{count} 个部门办件或逾期太少，列出而不参加排名。",
        "en": "{count} {count:department has|departments have} too few cases, or too few late ones: "
        "{count:it is|they are} shown and not ranked.",
    },
    "turned": {
        "zh": "{one}的逾期率（{share}）高于{other}（{other_share}），但按同类办件比较并不更差：差别主要来自{work}。",
        "en": "{one} has a higher late share ({share}) than {other} ({other_share}), and yet does not do worse on like "
        "work: the difference comes mainly from {work}.",
    },
    "nothing_due": {
        "zh": "没有已到期、可判定的办件，不作同类办件比较。",
        "en": "No case with a limit has come due: departments are not compared on like work.",
    },
    "alone": {
        "zh": "只有一个部门有可比的办件，不作比较。",
        "en": "One department alone has cases that can be compared: there is nothing to compare it with.",
    },
    "none_ranked": {
        "zh": "{count} 个部门办件或逾期都太少，只列出，不作判断，也不排名。",
        "en": "All {count} {count:department has|departments have} too few cases, or too few late ones: "
        "{count:it is|they are} shown, and neither judged nor ranked.",
    },
    "two_not_ranked": {
        "zh": "两个部门办件或逾期都太少，只列出，不作判断，也不排名。",
        "en": "Both departments have too few cases, or too few late ones: they are shown, and neither judged nor "
        "ranked.",
    },
    "one_enough": {
        "zh": "只有{department}的办件足以判断，另有 {count} 个部门办件或逾期太少：只列出，不作判断，也不排名。",
        "en": "{department} alone has cases enough to be judged; {count} other {count:department has|departments have} "
        "too few cases, or too few late ones: all are shown, and none is judged or ranked.",
    },
    "to_explain": {
        "zh": "其中 {count} 个部门的数据须先作出说明（见“数据真实性”）：{departments}；说明之前，其逾期数不宜作结论。",
        "en": "The records of {count} of them have to be explained first (see “How honest the records are”): "
        "{departments}. Until then no conclusion should be drawn from {count:its|their} late cases.",
    },
    "internal": {
        "zh": "同类办件比较只在内部版刊出。",
        "en": "Departments are compared on like work in the internal edition only.",
    },
}
WORK = {
    "item": {"zh": "事项“{value}”", "en": "item “{value}”"},
    "kind": {"zh": "事项类型“{value}”", "en": "kind “{value}”"},
    "limit_class": {"zh": " {value}的时限", "en": "the limit of {value}"},
    "channel": {"zh": "渠道“{value}”", "en": "channel “{value}”"},
    "has_stop": {"zh": "停钟办件", "en": "cases whose clock was stopped"},
}
NOTE = {
    "funnel": {
        "zh": "预期件数指居中的部门办同样的件会有的逾期，由数据所载的事项类型、渠道、季节、时限、是否停钟与事项推算；"
        "未到期的不计。界限取 99.8%，以免部门多了总有一个偶然在外。",
        "en": "Expected is what the department in the middle would have had of the same work: kind, channel, season, "
        "limit, clock stops and item, as far as the data have them; cases not yet due are left out. Limits are at "
        "99.8%, lest of many departments one always lie outside by chance.",
    },
    "widened": {
        "zh": "两条界限并列：精确界限之外可能只是部门间的通常差异。",
        "en": "Both limits stand there: outside the exact ones may be no more than departments usually differ by.",
    },
    "ranks": {
        "zh": f"各部门名次范围以 {RANK_CONFIDENCE:.0%} 的把握同时成立；范围重叠的部门不能排出先后。",
        "en": f"The ranges hold for all departments together with {RANK_CONFIDENCE:.0%} confidence; departments whose "
        "ranges overlap cannot be put in order.",
    },
}
MOST_TURNED, MOST_NAMES = 1, 5
FEWEST_RANKED = 2


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """Who is above, whether the last three can be told, and one order that work turns round."""
    if "department_comparison" not in findings.manifest["tables"]:
        yield Paragraph(SENTENCES["internal"][language])
        return
    table = readable(findings, "department_comparison", language)
    table = departments_named(table, language)
    known = table.drop_nulls("late_ratio")
    if known.height < 2:
        yield Paragraph(SENTENCES["nothing_due" if not table["due_count"].sum() else "alone"][language])
        return
    table = with_findings(findings, table)
    known = table.drop_nulls("late_ratio")
    yield from map(Paragraph, _told(table, language))
    yield from map(Paragraph, _turned(findings, language))
    yield from map(Paragraph, _to_explain(known, language))
    if known["not_ranked_because"].is_null().sum() >= FEWEST_RANKED:
        yield Chart(comparison_funnel(known, language), _note(known, language))
    yield table_of(_rows(known), columns(language), language, caption=CAPTION[language])
    if not known["worst_rank"].is_null().all():
        yield Paragraph(NOTE["ranks"][language], kind="note")


def _note(known: pl.DataFrame, language: Language) -> str:
    """What the funnel shows; of the limits widened by the spread only where there are any."""
    widened = [] if known["overdispersed_band"].is_null().all() else ["widened"]
    return ("" if language == "zh" else " ").join(NOTE[name][language] for name in ("funnel", *widened))


def _rows(known: pl.DataFrame) -> pl.DataFrame:
    """The departments that are ranked, highest ratio first, then the others; a ratio to next to nothing is none."""
    is_ranked = pl.col("not_ranked_because").is_null()
    tells = is_ranked | (pl.col("expected_late_count") >= 1)
    shown = known.with_columns(pl.when(tells).then(name).alias(name) for name in ("late_ratio", "adjusted_late_share"))
    return shown.sort(
        is_ranked, "late_ratio", "department_code", descending=[True, True, False], nulls_last=[False, True, True]
    )


def _told(table: pl.DataFrame, language: Language) -> Iterator[str]:
    """Of the departments that have enough cases: who is above, and whether the last three can be told."""
    ranked = table.filter(pl.col("not_ranked_because").is_null())
    few = table.filter(pl.col("not_ranked_because").is_in(["few_cases", "few_expected"])).height
    if ranked.height < FEWEST_RANKED:
        enough = table.filter(pl.col("not_ranked_because") == "alone")["department"].to_list()
        said = SENTENCES["one_enough" if enough else "two_not_ranked" if few == 2 else "none_ranked"][language]
        yield said.format(count=figures.count(few, language), department=figures.listed(enough, language))
        return
    above = [row["department"] for row in ranked.iter_rows(named=True) if place_of(row) == "above"]
    measured = "" if ranked["overdispersed_band"].is_null().all() else "_usually"
    words = SENTENCES[("above" if above else "none_above") + measured][language]
    yield words.format(departments=figures.listed(above, language))
    last = ranked.filter(pl.col("is_last_three"))["department"].to_list()
    if last:
        yield SENTENCES["last_three"][language].format(departments=figures.listed(last, language))
    elif open_count := int(ranked["may_be_last_three"].fill_null(value=False).sum()):
        yield SENTENCES["not_told"][language].format(count=figures.count(open_count, language))
    if few:
        yield SENTENCES["few"][language].format(count=figures.count(few, language))


def _turned(findings: Findings, language: Language) -> Iterator[str]:
    """The order that is turned round by the most work."""
    comparison = findings.table("department_comparison")
    ranked = comparison.filter(pl.col("not_ranked_because").is_null())["department"].implode()
    both = pl.col("department").is_in(ranked) & pl.col("other_department").is_in(ranked)
    pairs = findings.table("comparison_reversals").filter(both & (pl.col("turned_by_points") > 0))
    largest = pairs.sort("turned_by_points", "department", "other_department", descending=[True, False, False])
    called = names_of(findings, "department", language).rename({"department": "other_department"})
    shown = named(in_words(findings, largest.head(MOST_TURNED), language), "other_department", called)
    for row in shown.iter_rows(named=True):
        yield SENTENCES["turned"][language].format(
            one=row["department"], share=figures.share(row["late_share"], language),
            other=row["other_department"], other_share=figures.share(row["other_late_share"], language),
            work=WORK[row["turned_by"]][language].format(value=_value(findings, row, language)),
        )  # fmt: skip


def with_findings(findings: Findings, table: pl.DataFrame) -> pl.DataFrame:
    """The departments with how many findings of the honesty audit stand against each.

    Returns:
        The table, and `finding_count`: how many checks each has to explain; null where the run has no audit.
    """
    if "honesty_checks" not in findings.manifest["tables"]:
        return table.with_columns(finding_count=pl.lit(None, dtype=pl.Int64))
    checks = findings.table("honesty_checks").rename({"department": "department_code"})
    counts = checks.group_by("department_code").agg(
        (pl.col("verdict") == "stands_out").sum().cast(pl.Int64).alias("finding_count")
    )
    return table.join(counts, on="department_code", how="left", nulls_equal=True, maintain_order="left")


def _to_explain(known: pl.DataFrame, language: Language) -> Iterator[str]:
    named = known.filter(pl.col("finding_count") > 0)["department"].to_list()
    if named:
        yield SENTENCES["to_explain"][language].format(
            count=figures.count(len(named), language),
            departments=figures.listed(named[:MOST_NAMES], language) + _more(named, language),
        )


def _more(named: list[str], language: Language) -> str:
    return "" if len(named) <= MOST_NAMES else "等" if language == "zh" else ", and others"


def _value(findings: Findings, row: dict[str, Any], language: Language) -> str:
    """The property that turns the order, as one says it: an item by its name, a limit with its unit."""
    value = str(row["turned_by_value"])
    if row["turned_by"] == "item":
        return name_of(findings, "item", value, language)
    length, _, unit = value.partition(" ")
    if row["turned_by"] == "limit_class" and length.isdigit() and unit:
        return figures.limit(int(length), unit, language)
    return value


def columns(language: Language) -> list[Column]:
    """The columns of departments on like work."""

    def count(value: Any) -> str:
        return figures.count(value, language)

    def ratio(value: Any) -> str:
        return TERMS["none"][language] if value is None else f"{value:.2f}"

    def adjusted(value: Any) -> str:
        return TERMS["none"][language] if value is None else figures.share(value, language)

    return [
        column("department", language, is_figure=False),
        column("due_count", language, count),
        column("late_count", language, count),
        column("expected_late_count", language, lambda value: f"{value:.1f}"),
        column("late_ratio", language, ratio),
        column("late_share", language, lambda value: figures.share(value, language)),
        column("adjusted_late_share", language, adjusted),
        Column(heading("possible_ranks", language), lambda row: _ranks(row, language), meant="ranks_on_like_work"),
        column("finding_count", language, count),
    ]


def _ranks(row: dict[str, Any], language: Language) -> str:
    if row["worst_rank"] is None:
        return TERMS["none"][language]
    return str(row["best_rank"]) if row["best_rank"] == row["worst_rank"] else f"{row['best_rank']}–{row['worst_rank']}"


SECTION = Section(
    "comparison", TITLE, SENTENCES, ("department_comparison", "comparison_reversals", "honesty_checks"), blocks
)

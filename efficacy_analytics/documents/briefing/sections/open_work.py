"""What is open on the day of judgement: how much, whose turn it is, whether it grows, and which warnings hold."""

import json
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.open_cases import PALETTE, flow_lines
from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import departments_named
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, Paragraph, Section, column, table_of
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.lake.notices import noticed
from efficacy_analytics.vocabulary import TERMS, TURNS, Language

TITLE = {"zh": "在办与预警", "en": "Open cases and warnings"}
CAPTION = {
    "zh": "各部门在办件及其预警（红牌最多者在前）",
    "en": "Open cases by department and warning, most red cards first",
}
WEEKS: Final = 4
LONG_OPEN: Final = "61+"
"""The class of the longest open cases, in working days since acceptance."""
MOST_DEPARTMENTS: Final = 12
SENTENCES = {
    "open": {
        "zh": "截至 {day} 在办 {open} 件：机关办 {office} 件，待申请人 {applicant} 件，特别程序中 {elsewhere} 件。"
        "受理已逾 60 个工作日的 {long} 件。",
        "en": "Open on {day}: {open}. For the office to act on: {office}; waiting for the applicant: {applicant}; in a "
        "special procedure: {elsewhere}. Accepted more than 60 working days ago: {long}.",
    },
    "undated": {
        "zh": "其中 {count} 件没有任何日期，不计入下列各周的存量。",
        "en": " No day is known of {count} of them: {count:it is|they are} not in the stock of the weeks below.",
    },
    "grown": {
        "zh": "近四周收件 {arrivals}，办结或终止 {departures}，在办由 {before} 件增至 {now} 件。",
        "en": "In the last four weeks {arrivals} came in and {departures} ended; the stock grew from {before} "
        "to {now}.",
    },
    "shrunk": {
        "zh": "近四周收件 {arrivals}，办结或终止 {departures}，在办由 {before} 件减至 {now} 件。",
        "en": "In the last four weeks {arrivals} came in and {departures} ended; the stock fell from {before} "
        "to {now}.",
    },
    "unchanged": {
        "zh": "近四周收件 {arrivals}，办结或终止 {departures}，在办仍为 {now} 件。",
        "en": "In the last four weeks {arrivals} came in and {departures} ended; the stock stayed at {now}.",
    },
    "warned": {
        "zh": "预警：红牌 {red}，黄牌 {yellow}，到期提醒 {reminder}；红牌最多的是{department}（{most}）。",
        "en": "Warnings: {red} red, {yellow} yellow, {reminder} {reminder:reminder|reminders}; the most red cards are "
        "those of "
        "{department} ({most}).",
    },
    "no_red": {
        "zh": "预警：没有红牌，黄牌 {yellow}，到期提醒 {reminder}。",
        "en": "Warnings: none red, {yellow} yellow, {reminder} {reminder:reminder|reminders}.",
    },
    "no_limits": {
        "zh": "在办件均未记录时限，无从预警。",
        "en": "No open case has a time limit on record: there is nothing to warn of.",
    },
    "no_warning": {
        "zh": "按申报的预警规则，没有预警。",
        "en": "By the ladder declared there is no warning.",
    },
    "none": {
        "zh": "截至统计日没有在办件。",
        "en": "No case is open on the day of judgement.",
    },
    "internal": {
        "zh": "在办件与预警只在内部版刊出。",
        "en": "Open cases and warnings are told in the internal edition only.",
    },
}
NOTE = {
    "zh": "在办件不论何时受理，一并计入；停钟期间不到期。预警按申报的预警规则，含环节与投诉。"
    "每周七日，末周止于统计日。",
    "en": "Whatever is open counts, whenever it was accepted; nothing falls due while its clock stands still. Warnings "
    "are those of the ladder declared, stages and complaints included. Weeks are seven days, the last up to the "
    "day of judgement.",
}
ASSUMED_DONE, NO_LADDER = "completed_by_last_step", "no_ladder"


def blocks(findings: Findings, language: Language) -> Iterator[Block]:
    """How much is open, how it changed, what is warned of; the flow by week, the stock by department."""
    if not set(TABLES) <= set(findings.manifest["tables"]):
        yield Paragraph(SENTENCES["internal"][language])
        return
    stock = departments_named(readable(findings, "open_stock", language), language)
    if stock.is_empty():
        yield Paragraph(SENTENCES["none"][language])
        yield from map(Paragraph, _noticed(findings, ASSUMED_DONE, language))
        return
    flow = findings.table("open_flow")
    yield Paragraph(_open(stock, flow, language))
    yield Paragraph(_changed(flow, language))
    yield from map(Paragraph, _noticed(findings, NO_LADDER, language) or [_warned(findings, stock, language)])
    yield Chart(flow_lines(flow, language), NOTE[language])
    yield table_of(
        _by_department(stock), _columns(language), language, caption=CAPTION[language], most=MOST_DEPARTMENTS
    )


def _noticed(findings: Findings, code: str, language: Language) -> list[str]:
    """What the snapshot says of itself by this code."""
    told = noticed(json.loads(findings.manifest["snapshot"].get("notices") or "[]"))
    return [notice.sentence(language) for notice in told if notice.code == code]


def _open(stock: pl.DataFrame, flow: pl.DataFrame, language: Language) -> str:
    turns = {turn: figures.count(int(stock[f"{turn}_count"].sum()), language) for turn in TURNS}
    open_count = int(stock["case_count"].sum())
    undated = open_count - _stock_now(flow)
    long_open = int(stock.filter(pl.col("open_for") == LONG_OPEN)["case_count"].sum())
    told = SENTENCES["open"][language].format(
        day=figures.date(flow["day"][-1], language) if flow.height else TERMS["none"][language],
        open=figures.count(open_count, language),
        long=figures.count(long_open, language),
        **turns,
    )
    return told + (SENTENCES["undated"][language].format(count=figures.count(undated, language)) if undated > 0 else "")


def _stock_now(flow: pl.DataFrame) -> int:
    return int(flow["stock_count"][-1]) if flow.height else 0


def _changed(flow: pl.DataFrame, language: Language) -> str:
    last = flow.tail(7 * WEEKS)
    arrivals, departures = int(last["arrival_count"].sum()), int(last["departure_count"].sum())
    now = _stock_now(flow)
    before = now - arrivals + departures
    kind = "grown" if now > before else "shrunk" if now < before else "unchanged"
    told = {"arrivals": arrivals, "departures": departures, "before": before, "now": now}
    return SENTENCES[kind][language].format(**{name: figures.count(value, language) for name, value in told.items()})


def _warned(findings: Findings, stock: pl.DataFrame, language: Language) -> str:
    warnings = departments_named(readable(findings, "warnings", language), language)
    levels = dict(warnings["level"].value_counts().rows())
    counts = {level: figures.count(levels.get(level, 0), language) for level in ("red", "yellow", "reminder")}
    red = warnings.filter(pl.col("level") == "red")
    if warnings.is_empty() and int(stock["no_limit_count"].sum()) == int(stock["case_count"].sum()):
        return SENTENCES["no_limits"][language]
    if warnings.is_empty():
        return SENTENCES["no_warning"][language]
    if red.is_empty():
        return SENTENCES["no_red"][language].format(**counts)
    most = (
        red.group_by("department", "department_code").len().sort("len", "department_code", descending=[True, False])
    ).row(0, named=True)
    return SENTENCES["warned"][language].format(
        **counts,
        department=most["department"],
        most=figures.count(most["len"], language),
    )


def _by_department(stock: pl.DataFrame) -> pl.DataFrame:
    counts = ["case_count", *(f"{colour}_count" for colour in PALETTE)]
    whole = stock.group_by("department", "department_code").agg(pl.col(counts).sum())
    order = ["red_count", "yellow_count", "case_count", "department_code"]
    return whole.sort(order, descending=[True, True, True, False], nulls_last=True)


def _columns(language: Language) -> list[Column]:
    def count(value: Any) -> str:
        return figures.count(value, language)

    return [
        column("department", language, is_figure=False),
        column("case_count", language, count),
        *(column(f"{colour}_count", language, count) for colour in PALETTE),
    ]


TABLES: Final = ("open_stock", "open_flow", "warnings")
SECTION = Section("open_work", TITLE, SENTENCES, TABLES, blocks)

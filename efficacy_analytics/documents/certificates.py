"""The certificate of one item's time limit (时限证书): what can be promised, on what evidence, and how to recompute it.

One page, made of finished tables. Every number is that of `limits` and `limit_backtests` on the snapshot it names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Chart, Column, Findings, KeyFigures, Paragraph, Table
from efficacy_analytics.documents.content import Piece
from efficacy_analytics.documents.labels import name_of
from efficacy_analytics.documents.tables.unseen_weeks import unseen_of_one
from efficacy_analytics.errors import CallError, ParameterError
from efficacy_analytics.vocabulary import BACKTESTS, LIMIT_WARNING, METHODS, REASONS, TERMS, Language, Words, heading

STATEMENTS: Final[dict[str, Words]] = {
    "safe": {
        "zh": "“{item}”（{department}）：有 {confidence} 的把握，今后至少 {share} 的办件能在 {safe}内办结。",
        "en": "“{item}” ({department}): with {confidence} confidence at least {share} of future cases are done "
        "within {safe}.",
    },
    "refused": {
        "zh": "“{item}”（{department}）：现有数据不足以作出保证（{reason}{missing}）。",
        "en": "“{item}” ({department}): the data cannot support a guarantee ({reason}{missing}).",
    },
    "unsafe": {
        "zh": "“{item}”（{department}）：现行时限 {limit}尚不能保证（{reason}）。",
        "en": "“{item}” ({department}): the limit in force, {limit}, cannot be guaranteed yet ({reason}).",
    },
    "lower": {
        "zh": "若按 {share} 的办件保证，时限可定为 {safe}。",
        "en": "A limit of {safe} can be promised for {share} of cases.",
    },
    "missing": {"zh": "，尚缺 {count} 件", "en": ", {count} {count:case|cases} missing"},
    "failed": {
        "zh": "本规则在该事项的回测中未通过：实际保证率 {achieved}，低于承诺的 {share}；上述保证不宜采用。",
        "en": "The rule failed when it was tried on this item's past: {achieved} kept the limit, below the {share} "
        "promised. The guarantee above should not be relied on.",
    },
}
PACES: Final = ("swing_pace_high", "recent_pace_high", "trend_pace_high")
CAPTIONS: Final[dict[str, Words]] = {
    "evidence": {"zh": "依据", "en": "Evidence"},
    "source": {"zh": "数据与版本", "en": "Data and versions"},
}
HEADINGS: Final[dict[str, Words]] = {
    "what": {"zh": "项目", "en": "What"},
    "value": {"zh": "内容", "en": "Value"},
    "changed": {"zh": "，此前的办件因用时已变不计", "en": "; earlier cases left out, since times have changed"},
    "unchanged": {"zh": "，期内未见用时变化", "en": "; no change of times was found"},
    "snapshot": {"zh": "快照", "en": "Snapshot"},
    "content": {"zh": "内容校验值（SHA-256）", "en": "Content (SHA-256)"},
    "as_on": {"zh": "数据截至", "en": "As on"},
    "calendar": {"zh": "日历", "en": "Calendar"},
    "calendar_value": {
        "zh": "{calendar}，{first} 至 {last}，工作日 {days} 天",
        "en": "{calendar}, {first} to {last}, {days} working {days:day|days}",
    },
    "code": {"zh": "程序版本", "en": "Program"},
    "tried": {
        "zh": "{verdict}：{periods} 期 {cases} 件中 {breaches} 件超限，保证率 {achieved}（承诺 {share}）",
        "en": "{verdict}: over {periods} {periods:period|periods} {breaches} of {cases} {cases:case|cases} broke it, "
        "{achieved} kept it "
        "({share} promised)",
    },
    "untried": {"zh": "样本不足，无法回测", "en": "too few cases to try"},
    "safe_breach_share_high": {"zh": "{name}", "en": "Safe limit: {name}"},
}  # fmt: skip
NOTE: Final[dict[bool, Words]] = {
    True: {
        "zh": "每根柱为已办结件数；灰线为现行时限，蓝线为可保证时限。",
        "en": "Bars count completed cases; the grey line is the limit in force, the blue one the safe limit.",
    },
    False: {
        "zh": "每根柱为已办结件数；灰线为现行时限。",
        "en": "Bars count completed cases; the grey line is the limit in force.",
    },
}
"""By whether there is a safe limit."""


@dataclass(frozen=True)
class Evidence:
    """What the certificate of one item is made of.

    Attributes:
        limit: the row of the table `limits`.
        backtest: the row of `limit_backtests`.
        times: the table `limit_time_counts`.
        facts: of the snapshot: its name, hash, day, calendars and program.
        confidence: of the guarantee.
        share: of future cases that are to keep the limit.
        item: its name.
        department: its name.
    """

    limit: Mapping[str, Any]
    backtest: Mapping[str, Any]
    times: pl.DataFrame
    facts: Mapping[str, Any]
    confidence: float
    share: float
    item: str
    department: str


def certificate(found: Evidence, language: Language) -> list[Block]:
    """What is guaranteed, key figures, the times, the evidence, and where all of it comes from."""
    from efficacy_analytics.charts.limit_times import limit_histogram

    row, tried = found.limit, found.backtest
    unit = row["limit_unit"] or "working_days"
    histogram = limit_histogram(found.times, row["limit_days"], row["safe_days"], unit, language)
    return [
        Paragraph(_statement(found, language)),
        *([Paragraph(_lower(row, language))] if row["lower_share"] else []),
        *([Paragraph(_failed(tried, language))] if tried["verdict"] == "failed" else []),
        *unseen_of_one(row, language),
        KeyFigures(_key_figures(row, language)),
        Chart(histogram, NOTE[row["safe_days"] is not None][language]),
        _table("evidence", _evidence(row, tried, language), language),
        Paragraph(LIMIT_WARNING[language], kind="note"),
        _table("source", _sources(found.facts, language), language),
    ]


def one_item(limits: pl.DataFrame) -> dict[str, Any]:
    """The row of the one item of a cohort.

    Raises:
        CallError: the cohort holds several items, or none.
    """
    if limits.height != 1:
        raise CallError(
            f"a certificate is for one item of one department; the cohort has {limits.height}.",
            hint="choose with --item CODE and --department CODE",
        )
    return limits.row(0, named=True)


def _statement(found: Evidence, language: Language) -> str:
    row = found.limit
    kind = "safe" if row["safe_days"] is not None else "refused" if row["kind"] == "refused" else "unsafe"
    missing = row["missing_count"]
    return STATEMENTS[kind][language].format(
        item=found.item,
        department=found.department,
        confidence=figures.whole_share(found.confidence),
        share=figures.whole_share(found.share),
        safe=figures.limit(row["safe_days"], row["limit_unit"], language),
        limit=figures.limit(row["limit_days"], row["limit_unit"], language),
        reason=REASONS[row["reason"]][language] if row["reason"] else "",
        missing=STATEMENTS["missing"][language].format(count=figures.count(missing, language)) if missing else "",
    )


def _lower(row: Mapping[str, Any], language: Language) -> str:
    return STATEMENTS["lower"][language].format(
        share=figures.whole_share(row["lower_share"]),
        safe=figures.limit(row["lower_share_days"], row["limit_unit"], language),
    )


def _failed(tried: Mapping[str, Any], language: Language) -> str:
    return STATEMENTS["failed"][language].format(
        achieved=figures.share(tried["achieved_share"], language), share=figures.whole_share(tried["promised_share"])
    )


def _key_figures(row: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    units = {"statutory_days": "statutory_unit"}
    return [
        (heading(name, language), figures.limit(row[name], row[units.get(name, "limit_unit")], language))
        for name in ("statutory_days", "promised_days", "safe_days", "saved_days")
    ]


def _evidence(row: Mapping[str, Any], tried: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    none = TERMS["none"][language]
    seldom = ("unseen_weeks", "steady_days", *PACES, "floor_days", "shrunk_breach_share")
    since = HEADINGS["changed" if row["has_changed"] else "unchanged"][language]
    lines = {
        "used_from_on": f"{row['used_from_on']}{since}" if row["used_from_on"] else none,
        "unseen_weeks": figures.count(row["unseen_weeks"], language),
        "used_count": figures.count(row["used_count"], language),
        "effective_count": figures.count(row["effective_count"], language),
        "censored_count": figures.count(row["censored_count"], language),
        "method": METHODS[row["method"]][language] if row["method"] else none,
        "steady_days": figures.limit(row["steady_days"], row["limit_unit"], language),
        **{pace: _factor(row[pace], language) for pace in PACES},
        "breach_count": figures.count(row["breach_count"], language),
        "breach_share_high": figures.share(row["breach_share_high"], language),
        "safe_breach_count": figures.count(row["safe_breach_count"], language),
        "safe_breach_share_high": figures.share(row["safe_breach_share_high"], language),
        "floor_days": figures.limit(row["floor_days"], row["limit_unit"], language),
        "shrunk_breach_share": figures.share(row["shrunk_breach_share"], language),
        "backtest_verdict": _tried(tried, language),
    }
    return [
        (_name(name, language), value) for name, value in lines.items() if name not in seldom or row[name] is not None
    ]


def _name(name: str, language: Language) -> str:
    """What a line of evidence is called, where the heading of its column alone would be that of another line too."""
    told = heading(name, language)
    return HEADINGS[name][language].format(name=told) if name in HEADINGS else told


def _factor(pace: float | None, language: Language) -> str:
    return TERMS["none"][language] if pace is None else f"× {pace:.2f}"


def _tried(tried: Mapping[str, Any], language: Language) -> str:
    if not tried["case_count"]:
        return HEADINGS["untried"][language]
    return HEADINGS["tried"][language].format(
        verdict=BACKTESTS[tried["verdict"]][language],
        periods=figures.count(tried["period_count"], language),
        cases=figures.count(tried["case_count"], language),
        breaches=figures.count(tried["breach_count"], language),
        achieved=figures.share(tried["achieved_share"], language),
        share=figures.whole_share(tried["promised_share"]),
    )


def _sources(facts: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    calendars = [
        HEADINGS["calendar_value"][language].format(
            calendar=one["calendar"],
            first=one["first_on"],
            last=one["last_on"],
            days=figures.count(one["working_day_count"], language),
        )
        for one in json.loads(facts["calendars"])
    ]
    lines = [("snapshot", facts["snapshot"]), ("content", facts["content_sha256"]), ("as_on", str(facts["as_on"]))]
    lines += [("calendar", text) for text in calendars] + [("code", facts["code_version"])]
    return [(HEADINGS[name][language], value) for name, value in lines]


def _table(name: str, rows: list[tuple[str, str]], language: Language) -> Table:
    columns = [
        Column(HEADINGS[one][language], str, is_figure=False, meant=f"certified_{one}") for one in ("what", "value")
    ]
    return Table(CAPTIONS[name][language], columns, [list(row) for row in rows])


TABLES: Final = ("limits", "limit_backtests", "limit_time_counts", "on_time_by_month")
TITLE: Final[Words] = {"zh": "可保证的时限", "en": "The limit that can be guaranteed"}


def certified_items(findings: Findings) -> list[str]:
    """The items that get a certificate unasked: those whose limit the plan shortens, as `department/item`."""
    plan = findings.table("limit_plan").filter(pl.col("kind") == "free").drop_nulls(["department", "item"])
    return [
        f"{row[0]}/{row[1]}" for row in plan.select("department", "item").unique().sort("department", "item").rows()
    ]


def item_named(limits: pl.DataFrame, about: str) -> tuple[str, str]:
    """Department and item of `department/item`.

    Raises:
        ParameterError: the run has no such item.
    """
    known = {f"{row[0]}/{row[1]}": row for row in limits.select("department", "item").drop_nulls().rows()}
    if about not in known:
        raise ParameterError(
            f"the run has no item '{about}'.", hint=f"DEPARTMENT/ITEM, one of: {', '.join(sorted(known)[:20])}"
        )
    return known[about]


def certificate_pieces(findings: Findings, about: str, language: Language) -> list[Piece]:
    """The certificate as the one section of a document of a cohort of that item alone."""
    row = one_item(findings.table("limits"))
    department, item = item_named(findings.table("limits"), about)
    guarantee = findings.manifest["settings"]["guarantee"]
    evidence = Evidence(
        limit=row,
        backtest=findings.table("limit_backtests").row(0, named=True),
        times=findings.table("limit_time_counts").select("needed_days", "case_count"),
        facts=findings.manifest["snapshot"],
        confidence=guarantee["confidence"],
        share=guarantee["share"],
        item=name_of(findings, "item", item, language),
        department=name_of(findings, "department", department, language),
    )
    return [Piece("certificate", TITLE[language], certificate(evidence, language))]

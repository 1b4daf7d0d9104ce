"""The certificate of one item's time limit (时限证书): what can be promised, on what evidence, and how to recompute it.

One page. Every number is that of the tables `limits` and `limit_backtests` on the snapshot it names.
"""

import json
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.charts.style.names import names_in
from efficacy_analytics.documents.blocks import Block, Chart, Column, KeyFigures, Paragraph, Table
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
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
    "missing": {"zh": "，尚缺 {count} 件", "en": ", {count} cases missing"},
    "failed": {
        "zh": "本规则在该事项的回测中未通过：实际保证率 {achieved}，低于承诺的 {share}；上述保证不宜采用。",
        "en": "The rule failed when it was tried on this item's past: {achieved} kept the limit, below the {share} "
        "promised. The guarantee above should not be relied on.",
    },
}
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
        "en": "{calendar}, {first} to {last}, {days} working days",
    },
    "code": {"zh": "程序版本", "en": "Program"},
    "tried": {
        "zh": "{verdict}：{periods} 期 {cases} 件中 {breaches} 件超限，保证率 {achieved}（承诺 {share}）",
        "en": "{verdict}: over {periods} periods {breaches} of {cases} cases broke it, {achieved} kept it "
        "({share} promised)",
    },
    "untried": {"zh": "样本不足，无法回测", "en": "too few cases to try"},
}  # fmt: skip
NOTE: Final[Words] = {
    "zh": "每根柱为已办结件数；灰线为现行时限，蓝线为可保证时限。",
    "en": "Bars count completed cases; the grey line is the limit in force, the blue one the safe limit.",
}


def certificate_blocks(log: Session, language: Language) -> list[Block]:
    """The certificate of the one item of a cohort.

    Args:
        log: the engine of a cohort of one item of one department.
        language: "zh" or "en".

    Raises:
        CallError: the cohort holds several items, or none.
    """
    from efficacy_analytics.charts.limit_times import limit_histogram
    from efficacy_analytics.findings.limits.backtests import limit_backtests
    from efficacy_analytics.findings.limits.case_times import limit_times
    from efficacy_analytics.findings.limits.safe_limits import limits

    found = limits(log)
    if found.height != 1:
        raise CallError(
            f"a certificate is for one item of one department; the cohort has {found.height}.",
            hint="choose with --item CODE and --department CODE",
        )
    row = found.row(0, named=True)
    tried = limit_backtests(log).row(0, named=True)
    times = limit_times(log).filter(~pl.col("is_open")).group_by("needed_days").len("case_count").sort("needed_days")
    histogram = limit_histogram(
        times, row["limit_days"], row["safe_days"], row["limit_unit"] or "working_days", language
    )
    return [
        Paragraph(_statement(log, row, language)),
        *([Paragraph(_failed(tried, language))] if tried["verdict"] == "failed" else []),
        KeyFigures(_key_figures(row, language)),
        Chart(histogram, NOTE[language]),
        _table("evidence", _evidence(row, tried, language), language),
        Paragraph(LIMIT_WARNING[language], kind="note"),
        _table("source", _sources(log, language), language),
    ]


def _statement(log: Session, row: dict[str, Any], language: Language) -> str:
    guarantee = log.settings.guarantee
    kind = "safe" if row["safe_days"] is not None else "refused" if row["kind"] == "refused" else "unsafe"
    missing = row["missing_count"]
    return STATEMENTS[kind][language].format(
        item=_called(log, "item", row["item"], language),
        department=_called(log, "department", row["department"], language),
        confidence=figures.whole_share(guarantee.confidence),
        share=figures.whole_share(guarantee.share),
        safe=figures.limit(row["safe_days"], row["limit_unit"], language),
        limit=figures.limit(row["limit_days"], row["limit_unit"], language),
        reason=REASONS[row["reason"]][language] if row["reason"] else "",
        missing=STATEMENTS["missing"][language].format(count=figures.count(missing, language)) if missing else "",
    )


def _failed(tried: dict[str, Any], language: Language) -> str:
    return STATEMENTS["failed"][language].format(
        achieved=figures.share(tried["achieved_share"], language), share=figures.whole_share(tried["promised_share"])
    )


def _called(log: Session, code: str, value: str | None, language: Language) -> str:
    if value is None:
        return TERMS["none"][language]
    names = names_in(log.run(f"{code}_names"), code, language)
    return str(dict(names.rows()).get(value, value))


def _key_figures(row: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    units = {"statutory_days": "statutory_unit"}
    return [
        (heading(name, language), figures.limit(row[name], row[units.get(name, "limit_unit")], language))
        for name in ("statutory_days", "promised_days", "safe_days", "saved_days")
    ]


def _evidence(row: dict[str, Any], tried: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    none = TERMS["none"][language]
    seldom = ("steady_days", "recent_pace_high", "trend_pace_high", "floor_days", "shrunk_breach_share")
    since = HEADINGS["changed" if row["has_changed"] else "unchanged"][language]
    lines = {
        "used_from_on": f"{row['used_from_on']}{since}" if row["used_from_on"] else none,
        "used_count": figures.count(row["used_count"], language),
        "effective_count": figures.count(row["effective_count"], language),
        "censored_count": figures.count(row["censored_count"], language),
        "method": METHODS[row["method"]][language] if row["method"] else none,
        "steady_days": figures.limit(row["steady_days"], row["limit_unit"], language),
        "recent_pace_high": _factor(row["recent_pace_high"], language),
        "trend_pace_high": _factor(row["trend_pace_high"], language),
        "breach_count": figures.count(row["breach_count"], language),
        "breach_share_high": figures.share(row["breach_share_high"], language),
        "safe_breach_count": figures.count(row["safe_breach_count"], language),
        "safe_breach_share_high": figures.share(row["safe_breach_share_high"], language),
        "floor_days": figures.limit(row["floor_days"], row["limit_unit"], language),
        "shrunk_breach_share": figures.share(row["shrunk_breach_share"], language),
        "backtest_verdict": _tried(tried, language),
    }
    return [
        (heading(name, language), value) for name, value in lines.items() if name not in seldom or row[name] is not None
    ]


def _factor(pace: float | None, language: Language) -> str:
    return TERMS["none"][language] if pace is None else f"× {pace:.2f}"


def _tried(tried: dict[str, Any], language: Language) -> str:
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


def _sources(log: Session, language: Language) -> list[tuple[str, str]]:
    facts = log.run("snapshot_facts").row(0, named=True)
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
    columns = [Column(HEADINGS[one][language], str, is_figure=False) for one in ("what", "value")]
    return Table(CAPTIONS[name][language], columns, [list(row) for row in rows])

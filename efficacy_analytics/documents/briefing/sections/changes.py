"""A period beside the one before it (环比) and the same one a year before (同比): in sentences, and as a table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Block, Column, Findings, Paragraph, table_of
from efficacy_analytics.documents.totals import late_count, share_of_cases
from efficacy_analytics.vocabulary import TERMS, Language, Words, heading

Row: TypeAlias = Mapping[str, Any]
CHANCE: Final = 0.05
MOST_OPEN_SHARE: Final = 0.05
"""With a larger share of its cases still open a period is not compared: mainly its fast cases are known."""
SENTENCES: Final[dict[str, Words]] = {
    "received": {"zh": "本期收件 {count} 件{changes}。", "en": "Cases received: {count}{changes}."},
    "on_time_change": {"zh": "按时办结率 {share}{changes}。", "en": "On time: {share}{changes}."},
    "time_change": {
        "zh": "全程时间（自首个环节至末个环节）中位数 {time}{changes}。",
        "en": "Median throughput time, from the first step to the last: {time}{changes}.",
    },
    "still_open": {
        "zh": "本期尚有 {count} 件在办（{share}），按时办结率与用时暂不与往期比较。",
        "en": "{count} {count:case|cases} ({share}) {count:is|are} still open: shares on time and times are not yet "
        "compared with former periods.",
    },
    "few_still_open": {
        "zh": "本期尚有 {count} 件在办，按时办结率与用时暂不与往期比较。",
        "en": "{count} {count:case is|cases are} still open: shares on time and times are not yet compared with "
        "former periods.",
    },
    "not_whole": {
        "zh": "数据中本期尚不完整，不与往期比较。",
        "en": "The data does not hold the whole of this period: it is not compared with former ones.",
    },
    "not_held": {
        "zh": "数据中没有完整的{periods}，不作比较。",
        "en": "The data does not hold the whole of {periods}; nothing is compared with it.",
    },
}
PERIODS: Final[dict[str, Words]] = {
    "before": {"zh": "上期", "en": "the period before"},
    "year_before": {"zh": "去年同期", "en": "the same period a year before"},
}
RELATIVE: Final[dict[str, Words]] = {"before": {"zh": "环比", "en": "than in the period before"},
                                     "year_before": {"zh": "同比", "en": "than a year before"}}  # fmt: skip
AS_BEFORE: Final = {name: words["en"].replace("than", "as", 1) for name, words in RELATIVE.items()}
"""In English that which is alike is "the same as" what that which is not is more "than"."""
WORDS: Final[dict[str, Words]] = {
    "more": {"zh": "{relative}增长 {size}", "en": "{size} more {relative}"},
    "less": {"zh": "{relative}下降 {size}", "en": "{size} fewer {relative}"},
    "same": {"zh": "{relative}持平", "en": "the same {as_before}"},
    "points_up": {"zh": "{relative}提高 {size} 个百分点（{told}）", "en": "{size} points higher {relative} ({told})"},
    "points_down": {"zh": "{relative}降低 {size} 个百分点（{told}）", "en": "{size} points lower {relative} ({told})"},
    "longer": {"zh": "{relative}延长 {size}（{told}）", "en": "{size} longer {relative} ({told})"},
    "shorter": {"zh": "{relative}缩短 {size}（{told}）", "en": "{size} shorter {relative} ({told})"},
    "points": {"zh": "{size} 个百分点", "en": "{size} points"},
}
TOLD: Final[dict[bool, Words]] = {
    True: {"zh": "超出偶然", "en": "more than chance"},
    False: {"zh": "未超出偶然", "en": "may be chance"},
}
CHANGED: Final[dict[str, Words]] = {
    "share": {"zh": "按时办结率{change}", "en": "share on time {change}"},
    "time": {"zh": "全程时间中位数{change}", "en": "median time {change}"},
}
CAPTION: Final[Words] = {"zh": "主要指标及其变化", "en": "Main figures and their changes"}
COLUMNS: Final[dict[str, Words]] = {
    "figure": {"zh": "指标", "en": "Figure"},
    "this": {"zh": "本期", "en": "This period"},
    "before": {"zh": "上期", "en": "Period before"},
    "before_change": {"zh": "环比", "en": "Change"},
    "year_before": {"zh": "去年同期", "en": "Year before"},
    "year_before_change": {"zh": "同比", "en": "Change"},
}
NOTE: Final[Words] = {
    "zh": "环比与上期相比，同比与去年同期相比；星号（*）：差别超出偶然（按时办结率用 Fisher 精确检验，中位数用 "
    "Price–Bonett 检验，水平 5%）。各期均按同一天的数据判定。因四舍五入，各数之和可能与合计略有出入。",
    "en": "Changes on the period before and on the same period a year before; an asterisk (*) marks what is more than "
    "chance (Fisher's exact test for shares, Price and Bonett's for medians, at 5%). All periods are judged on "
    "the same day. Figures may not add up through rounding.",
}
FIGURES: Final = (
    "case_count", "completed_count", "late_count", "on_time_share", "throughput_elapsed_seconds_median"
)  # fmt: skip


def own_period(findings: Findings, department: str | None = None) -> Row | None:
    """The cohort's own period, all departments together or one; none where nothing is compared."""
    if "period_changes" not in findings.manifest["tables"]:
        return None
    return _period(findings, "this", department)


def former_periods(findings: Findings, department: str | None = None) -> dict[str, Row]:
    """The periods before that the data holds whole, by their names; none beside a period that is not whole itself."""
    own = own_period(findings, department)
    if own is None or not own["is_whole"]:
        return {}
    found = {name: _period(findings, name, department) for name in periods_asked(findings)}
    return {name: row for name, row in found.items() if row is not None and row["is_whole"]}


def periods_asked(findings: Findings) -> list[str]:
    """The periods that there are to compare with: of a year, the one before and the one a year before are the same."""
    spans = findings.table("period_changes").filter("is_total").select("period", "accepted_from")
    first = dict(spans.rows())
    is_year = "before" in first and first.get("before") == first.get("year_before")
    return ["before"] if is_year else list(PERIODS)


def _period(findings: Findings, name: str, department: str | None) -> Row | None:
    chosen = pl.col("is_total") if department is None else ~pl.col("is_total") & (pl.col("department") == department)
    periods = findings.table("period_changes").filter(pl.col("period") == name)
    rows = periods.filter(chosen)
    if periods.filter("is_total")["completed_count"].eq(0).any():
        rows = rows.with_columns(on_time_share=pl.lit(None, pl.Float64))  # those alone are judged that are late
    return rows.row(0, named=True) if rows.height else None


def said(findings: Findings, own: Row, language: Language, department: str | None = None) -> Iterator[str]:
    """How many cases, how many on time, how long: each with its changes, as far as they can be told."""
    former = former_periods(findings, department)
    count, share = own["case_count"], own["on_time_share"]
    if count is not None:
        changes = _all(former, language, lambda row, name: _counted(count, row["case_count"], name, language))
        yield SENTENCES["received"][language].format(count=figures.count(count, language), changes=changes)
    compared = {} if is_young(own) else former
    if share is not None:
        changes = _all(compared, language, lambda row, name: _shared(share, row, name, language))
        yield SENTENCES["on_time_change"][language].format(share=figures.share(share, language), changes=changes)
    time = own["throughput_elapsed_seconds_median"]
    if time:  # where most cases begin and end at one instant the data tells no time
        changes = _all(compared, language, lambda row, name: _timed(time, row, name, language))
        yield SENTENCES["time_change"][language].format(time=figures.duration(time, language), changes=changes)
    if is_young(own):
        open_share = share_of_cases(findings, own["open_count"], count)
        told = {"count": figures.count(own["open_count"], language), "share": figures.share(open_share, language)}
        yield SENTENCES["still_open" if open_share is not None else "few_still_open"][language].format(**told)


def beyond_chance(findings: Findings, own: Row, language: Language, department: str | None = None) -> Iterator[str]:
    """The changes of the share on time and of the median time that are more than chance, each in some words."""
    share, time = own["on_time_share"], own["throughput_elapsed_seconds_median"]
    compared = {} if is_young(own) else former_periods(findings, department)
    for name, row in compared.items():
        if share is not None and is_told(row["on_time_p"]) and (change := _shared(share, row, name, language)):
            yield CHANGED["share"][language].format(change=change)
        if time and is_told(row["throughput_p"]) and (change := _timed(time, row, name, language)):
            yield CHANGED["time"][language].format(change=change)


def is_young(own: Row) -> bool:
    """Whether so many cases of a period are open that it cannot be compared yet."""
    if not own["case_count"] or own["open_count"] is None:
        return False
    return bool(own["open_count"] > MOST_OPEN_SHARE * own["case_count"])


def shown(findings: Findings, own: Row, language: Language, department: str | None = None) -> Iterator[Block]:
    """The main figures of the periods side by side, and what is not held."""
    periods: dict[str, Row] = {"this": own, **former_periods(findings, department)}
    if not own["is_whole"]:
        yield Paragraph(SENTENCES["not_whole"][language], kind="note")
        return
    missing = [PERIODS[name][language] for name in periods_asked(findings) if name not in periods]
    if missing:
        yield Paragraph(SENTENCES["not_held"][language].format(periods=figures.listed(missing, language)), kind="note")
    if len(periods) == 1:
        return
    rows = pl.DataFrame([_row(name, periods, language) for name in FIGURES])
    columns = [
        Column(words[language], lambda row, name=name: str(row[name]), name != "figure", meant=f"period_{name}")  # type: ignore[misc]
        for name, words in COLUMNS.items()
        if name.removesuffix("_change") in ("figure", *periods)
    ]
    yield table_of(rows, columns, language, caption=CAPTION[language])
    yield Paragraph(NOTE[language], kind="note")


def _row(name: str, periods: Mapping[str, Row], language: Language) -> dict[str, str]:
    row = {"figure": heading(name, language)}
    for period, of_period in periods.items():
        row[period] = _written(name, _figure(name, of_period), language)
        if period != "this":
            row[f"{period}_change"] = _change(name, periods["this"], of_period, language)
    return row


def _figure(name: str, of_period: Row) -> Any:
    """A figure of a period; where most cases begin and end at one instant the data tells no time, and not 0."""
    if "_seconds" in name:
        return of_period[name] or None
    return late_count(of_period) if name == "late_count" else of_period[name]


def _written(name: str, value: Any, language: Language) -> str:
    if name.endswith("_share"):
        return figures.share(value, language)
    return figures.duration(value, language) if "_seconds" in name else figures.count(value, language)


def _change(name: str, own: Row, former: Row, language: Language) -> str:
    new, old = _figure(name, own), _figure(name, former)
    if new is None or old is None or (name not in ("case_count",) and is_young(own)):
        return TERMS["none"][language]
    sign = "+" if new > old else "−" if new < old else ""
    if name.endswith("_share"):
        sign = sign if round(abs(100 * (new - old)), 1) else ""  # nothing is said of its direction where 0.0 is printed
        return f"{sign}{_points(new - old, language)}{_star(former['on_time_p'])}"
    if "_seconds" in name:
        size = figures.duration(abs(new - old), language) if new != old else "0"
        return f"{sign}{size}{_star(former['throughput_p'])}"
    return f"{sign}{figures.share(abs(new - old) / old, language)}" if old else TERMS["none"][language]


def _star(chance: float | None) -> str:
    return "*" if is_told(chance) else ""


def is_told(chance: float | None) -> bool:
    """Whether a difference is more than chance."""
    return chance is not None and chance < CHANCE


def _points(difference: float, language: Language) -> str:
    return WORDS["points"][language].format(size=f"{abs(100 * difference):.1f}")


def _all(former: Mapping[str, Row], language: Language, one: Callable[[Row, str], str]) -> str:
    """The changes on all former periods, each after a comma."""
    comma = "，" if language == "zh" else ", "
    return "".join(comma + text for name, row in former.items() if (text := one(row, name)))


def _counted(new: int, old: int | None, name: str, language: Language) -> str:
    if not old:
        return ""
    word = "more" if new > old else "less" if new < old else "same"
    size = figures.share(abs(new - old) / old, language)
    return WORDS[word][language].format(**_relative(name, language), size=size)


def _shared(new: float, former: Row, name: str, language: Language) -> str:
    old = former["on_time_share"]
    if old is None:
        return ""
    word = "same" if f"{100 * abs(new - old):.1f}" == "0.0" else "points_up" if new > old else "points_down"
    return WORDS[word][language].format(
        **_relative(name, language),
        size=f"{abs(100 * (new - old)):.1f}",
        told=_told(former["on_time_p"], language),
    )


def _timed(new: float, former: Row, name: str, language: Language) -> str:
    old = former["throughput_elapsed_seconds_median"]
    if old is None:
        return ""
    word = "same" if new == old else "longer" if new > old else "shorter"
    size, told = figures.duration(abs(new - old), language), _told(former["throughput_p"], language)
    return WORDS[word][language].format(**_relative(name, language), size=size, told=told)


def _relative(name: str, language: Language) -> dict[str, str]:
    """The words for a former period: that more is than it, and that something is the same as in it."""
    return {"relative": RELATIVE[name][language], "as_before": AS_BEFORE[name]}


def _told(chance: float | None, language: Language) -> str:
    return TOLD[is_told(chance)][language]

"""One line of answer to a question, computed: the sentences of the briefing where it asks the same, else those here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import sentences
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.lake.notices import Count
from efficacy_analytics.vocabulary import CAUSES, TIME_KINDS, Language, Words

Row = Mapping[str, Any]
TEXT: Final[dict[str, Words]] = {
    "variants": {
        "zh": "{count} 种路线；最常见的一种有 {cases} 件，占 {share}，最常见的十种合计占 {ten}。",
        "en": "{count} {count:way|ways}; the most frequent has {cases} {cases:case|cases}, {share} of all, the "
        "ten most frequent {ten}.",
    },
    "on_time_by_month": {
        "zh": "按受理月份，按时办结率最低的是 {low}（{low_share}），最高的是 {high}（{high_share}）；"
        "近月尚有未到期的办件。",
        "en": "By month of acceptance the share on time was lowest in {low} ({low_share}) and highest in {high} "
        "({high_share}); recent months still hold cases that are not due.",
    },
    "waiting_effects": {
        "zh": "等待的最大原因是{cause}，占 {share}；若没有它，全程中办理所占由 {now} 升为 {then}。",
        "en": "The largest cause of waiting is “{cause}”, {share} of it; without it work would be {then} of the time, "
        "not {now}.",
    },
    "queue_discipline": {
        "zh": "最常后来先办的区段是“{one}”到“{other}”：同时在途的两件中有 {share}。",
        "en": "Cases overtake each other most from “{one}” to “{other}”: {share} of those under way together.",
    },
    "waiting_by_month": {
        "zh": "{kind}最久的是 {month} 受理的办件在“{step}”之前：中位数 {median}。",
        "en": "The {kind} was longest before “{step}” in cases accepted in {month}: a median of {median}.",
    },
    "limit_backtests": {
        "zh": "以往各季度检验：通过 {passed} 个事项，未通过 {failed} 个，{rest} 个样本不足。",
        "en": "Tried on past quarters: {passed} {passed:item|items} passed, {failed} failed, {rest} {rest:has|have} "
        "too few cases.",
    },
    "limit_bunching": {
        "zh": "{count} 个事项的办结明显堆积在时限之前，多耗 {days} 件·天；{rest} 个未见或样本不足。",
        "en": "In {count} {count:item|items} cases pile up just below the limit, {days} {days:case-day|case-days} held "
        "back; "
        "in {rest} they do not, or are too few.",
    },
    "parallel_steps": {
        "zh": "{count} 对环节有理由考虑并联；其中合计可节省最多的一对约 {days} 天。",
        "en": "{count} {count:pair|pairs} of steps could be done side by side; the one that saves most, about {days} "
        "{days:day|days} in all.",
    },
    "comparison_calibration": {
        "zh": "办件按预期逾期率分为 {count} 组，实际与预期最多相差 {points} 个百分点。",
        "en": "In {count} {count:group|groups} by expected late share, actual and expected differ by at most {points} "
        "points.",
    },
    "late_share_changes": {
        "zh": "{before} 到 {period}，逾期率由 {was} 变为 {now}：构成 {mix}，办理 {rate}，时限变动 {rule}，"
        "延期与停钟记录 {record}，事项进出 {moved}（百分点）。",
        "en": "From {before} to {period} the late share went from {was} to {now}: mix {mix}, handling {rate}, "
        "limits that changed {rule}, recorded stops and extensions {record}, items that came and went {moved} "
        "(points).",
    },
    "department_times": {
        "zh": "在能比较的 {count} 个部门中，办理同样事项用时长于居中部门的有 {longer} 个，短于的有 {shorter} 个，"
        "其余分不出。",
        "en": "Of {count} {count:department|departments} that can be compared, {longer} {longer:takes|take} longer for "
        "the same items than the one in the middle, {shorter} {shorter:is|are} quicker, the others cannot "
        "be told apart.",
    },
    "officer_dispersion": {
        "zh": "在能判断的 {count} 个部门中，{sure} 个部门的快慢确与由谁决定有关，超出偶然。",
        "en": "In {sure} of {count} {count:department|departments} where it can be told, it matters who decides: more "
        "lies between officers than chance explains.",
    },
    "breach_watch": {
        "zh": "{count} 个部门的逾期发出过上升信号，最早自 {since} 起。",
        "en": "Late cases rose with a signal in {count} {count:department|departments}, the first since {since}.",
    },
    "none": {"zh": "按现有办件，此处没有可说的。", "en": "These cases give nothing to say here."},
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Sentences that answer a question; a notebook shows them as one line."""

    sentences: tuple[str, ...]
    language: Language

    def __str__(self) -> str:
        return ("" if self.language == "zh" else " ").join(self.sentences)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f'<p class="ea-answer" style="font-size:15px;font-weight:600;margin:4px 0">{escape(str(self))}</p>'


def answered(log: Any, name: str, most: int) -> Answer:
    """The answer of that name.

    Raises:
        CallError: there is none of that name.
    """
    if name in ANSWERS:
        words = ANSWERS[name](log)
        return Answer(
            (TEXT[name][log.language].format(**words) if words else TEXT["none"][log.language],), log.language
        )
    if name not in SECTIONS:
        known = [*SECTIONS, *ANSWERS]
        raise CallError(
            f"there is no answer '{name}'.", hint=f"one of: {', '.join(get_close_matches(name, known) or known)}"
        )
    try:
        said = sentences(SECTIONS[name].blocks(log, log.language))
    except CannotAnswerError as fault:
        said = [fault.problem]
    return Answer(tuple(said[:most]) or (TEXT["none"][log.language],), log.language)


def _variants(log: Any) -> Row | None:
    table = log.table("variants").frame
    if table.is_empty():
        return None
    ten = sum(table["case_share"].head(10).to_list())
    first = table.row(0, named=True)
    shares = {"share": figures.share(first["case_share"], log.language), "ten": figures.share(ten, log.language)}
    return {"count": Count(table.height), "cases": Count(first["case_count"]), **shares}


def _months(log: Any) -> Row | None:
    table = log.table("on_time_by_month").frame.drop_nulls("on_time_share").sort("on_time_share", "month")
    if table.is_empty():
        return None
    low, high = table.row(0, named=True), table.row(-1, named=True)
    return {"low": low["month"], "low_share": figures.share(low["on_time_share"], log.language),
            "high": high["month"], "high_share": figures.share(high["on_time_share"], log.language)}  # fmt: skip


def _effects(log: Any) -> Row | None:
    row = _first(log.table("waiting_effects").frame.sort("waiting_seconds", "cause", descending=[True, False]))
    return row and {
        "cause": CAUSES[row["cause"]][log.language], "share": figures.share(row["waiting_share"], log.language),
        "now": figures.share(row["efficiency_share"], log.language),
        "then": figures.share(row["efficiency_without_share"], log.language),
    }  # fmt: skip


def _discipline(log: Any) -> Row | None:
    table = log.readable("queue_discipline").frame.drop_nulls("fifo_violation_share")
    row = _first(table.sort("fifo_violation_share", "position", descending=[True, False]))
    return row and {"one": row["activity"], "other": row["next_activity"],
                    "share": figures.share(row["fifo_violation_share"], log.language)}  # fmt: skip


def _heat(log: Any) -> Row | None:
    table = log.readable("waiting_by_month").frame.drop_nulls("waiting_elapsed_seconds_median")
    often = table.filter(pl.col("waiting_count") >= MOST_OFTEN)
    row = _first(often.sort("waiting_elapsed_seconds_median", "month", "step", descending=[True, False, False]))
    return row and {"month": row["month"], "step": row["step"], "kind": TIME_KINDS[row["time_kind"]][log.language],
                    "median": figures.duration(row["waiting_elapsed_seconds_median"], log.language)}  # fmt: skip


def _backtests(log: Any) -> Row:
    verdicts = log.table("limit_backtests").frame["verdict"].to_list()
    passed, failed = verdicts.count("passed"), verdicts.count("failed")
    counts = {"passed": passed, "failed": failed, "rest": len(verdicts) - passed - failed}
    return {name: Count(count) for name, count in counts.items()}


def _bunching(log: Any) -> Row:
    table = log.table("limit_bunching").frame
    found = table.filter(pl.col("verdict") == "bunched")
    days = round(sum(found["held_back_days"].drop_nulls().to_list()))
    return {"count": Count(found.height), "days": Count(days), "rest": Count(table.height - found.height)}


def _parallel(log: Any) -> Row | None:
    found = log.table("parallel_steps").frame.filter("is_candidate")
    days = found["saved_days_total"].drop_nulls().to_list()
    return {"count": Count(found.height), "days": Count(max(days))} if days else None


def _calibration(log: Any) -> Row | None:
    table = log.table("comparison_calibration").frame
    apart = (table["late_share"] - table["expected_late_share"]).abs().drop_nulls().to_list()
    return {"count": Count(table.height), "points": f"{100 * max(apart):.1f}"} if apart else None


def _changes(log: Any) -> Row | None:
    table = log.table("late_share_changes").frame.filter(pl.col("department").is_null())
    row = _first(table.sort("period", descending=True))
    return row and {
        "before": row["period_before"], "period": row["period"],
        "was": figures.share(row["late_share_before"], log.language),
        "now": figures.share(row["late_share"], log.language), "mix": _points(row["mix_effect"]),
        "rate": _points(row["rate_effect"]), "rule": _points(row["rule_effect"]),
        "record": _points(row["record_effect"]), "moved": _points(row["entry_effect"] + row["exit_effect"]),
    }  # fmt: skip


def _times(log: Any) -> Row | None:
    found = log.table("department_times").frame.drop_nulls("position")["position"].to_list()
    longer, shorter = Count(found.count("longer")), Count(found.count("shorter"))
    return {"count": len(found), "longer": longer, "shorter": shorter} if found else None


def _officers(log: Any) -> Row | None:
    beyond = log.table("officer_dispersion").frame["is_beyond_chance"].drop_nulls().to_list()
    return {"count": Count(len(beyond)), "sure": Count(sum(beyond))} if beyond else None


def _watch(log: Any) -> Row | None:
    since = log.table("breach_watch").frame.drop_nulls("signalled_on")["began_on"].drop_nulls().to_list()
    return {"count": Count(len(since)), "since": min(since)} if since else None


def _first(table: pl.DataFrame) -> dict[str, Any] | None:
    return table.row(0, named=True) if table.height else None


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"


MOST_OFTEN: Final = 20
"""Waits from which a month's median is spoken of."""
ANSWERS: Final[dict[str, Callable[[Any], Row | None]]] = {
    "variants": _variants, "on_time_by_month": _months, "waiting_effects": _effects, "queue_discipline": _discipline,
    "waiting_by_month": _heat, "limit_backtests": _backtests, "limit_bunching": _bunching, "parallel_steps": _parallel,
    "comparison_calibration": _calibration, "late_share_changes": _changes, "breach_watch": _watch,
    "department_times": _times, "officer_dispersion": _officers,
}  # fmt: skip

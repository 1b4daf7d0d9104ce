"""Why a case is late, in one sentence a case: which steps took longer than usual, and whose they are."""

from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.pages.supervision.to_do import in_words
from efficacy_analytics.engine.session import Session
from efficacy_analytics.vocabulary import DEPARTMENT_NOT_STATED, TERMS, Language, Words

MOST_PARTS: Final = 3
SENTENCES: Final[dict[str, Words]] = {
    "over": {
        "zh": "“{item}”已计时{counted}，超过时限{over}。",
        "en": "{item}: {counted} counted, {over} over the limit.",
    },
    "rest_days": {
        "zh": "“{item}”已计时{counted}，逾期只在非工作日。",
        "en": "{item}: {counted} counted, overrun on rest days only.",
    },
    "parts": {"zh": "超出的天数归于：{parts}。", "en": "The overrun is divided among: {parts}."},
    "rest": {"zh": "其余 {days}归于另外 {count} 处", "en": "{days} elsewhere ({count})"},
    "waiting": {
        "zh": "等待{activity}（{department}）{days}——等了 {took} 天，通常 {usual} 天",
        "en": "waiting for {activity} ({department}) {days}: it took {took}, {usual} are usual",
    },
    "work": {
        "zh": "办理{activity}（{department}）{days}——用了 {took} 天，通常 {usual} 天",
        "en": "work on {activity} ({department}) {days}: it took {took}, {usual} are usual",
    },
    "after_last_step": {
        "zh": "最后一个环节之后无人办理（{department}）{days}——已有 {took} 天，通常 {usual} 天",
        "en": "nothing done after the last step ({department}) {days}: {took} so far, {usual} are usual",
    },
    "applicant": {
        "zh": "申请人办理{activity} {days}——用了 {took} 天，不归责于机关",
        "en": "the applicant's {activity} {days}: it took {took}, not charged to the office",
    },
}
"""Of each late case, and of each part of an overrun by its cause."""


def breach_explanations(log: Session, causes: pl.DataFrame, language: Language) -> pl.DataFrame:
    """One sentence on each late case.

    Args:
        log: the engine of the cohort, for names.
        causes: the table `breach_causes`.
        language: "zh" or "en".

    Returns:
        One row per late case in their order: `case_id`, `department` and `overrun_days` (of the case), `explanation`.
        The parts named are those with the most days of the overrun, at most three; the rest is added up.
    """
    units = dict(log.sql("select case_key, counted_unit from cohort_cases where is_late").rows())
    homes = log.sql("select case_key, cast(department as varchar) as home from cohort_cases where is_late")
    known = causes.join(homes, on="case_key", how="left", maintain_order="left")
    words = in_words(log, known.with_columns(pl.coalesce("department", "home").alias("department")), language)
    rows = [
        (
            part["case_id"][0],
            part["home"][0],
            part["case_overrun_days"][0],
            _explained(part.to_dicts(), units.get(key) or "working_days", language),
        )
        for (key,), part in words.group_by("case_key", maintain_order=True)
    ]
    schema = {"case_id": pl.String, "department": pl.String, "overrun_days": pl.Int32, "explanation": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _explained(parts: list[dict[str, Any]], unit: str, language: Language) -> str:
    counted, over = sum(part["days"] for part in parts), parts[0]["case_overrun_days"]
    first = SENTENCES["over" if over else "rest_days"][language].format(
        item=parts[0]["item"] or TERMS["none"][language],
        counted=figures.limit(counted, unit, language),
        over=figures.limit(over, unit, language),
    )
    charged = sorted((part for part in parts if part["overrun_days"] > 0), key=lambda part: -part["overrun_days"])
    if not charged:
        return first
    told = [_part(part, language) for part in charged[:MOST_PARTS]]
    rest = charged[MOST_PARTS:]
    if rest:
        days = _days(sum(part["overrun_days"] for part in rest), language)
        told.append(SENTENCES["rest"][language].format(days=days, count=len(rest)))
    parted = ("；" if language == "zh" else "; ").join(told)
    return first + (" " if language == "en" else "") + SENTENCES["parts"][language].format(parts=parted)


def _part(part: dict[str, Any], language: Language) -> str:
    return SENTENCES[part["cause"]][language].format(
        activity=part["activity"] or "",
        department=part["department"] or DEPARTMENT_NOT_STATED[language],
        days=_days(part["overrun_days"], language),
        took=part["days"],
        usual=_number(part["usual_days"] or 0),
    )


def _days(days: float, language: Language) -> str:
    number = _number(days)
    return f"{number} 天" if language == "zh" else f"{number} day" if number == "1" else f"{number} days"


def _number(days: float) -> str:
    """With at most one decimal, none where it is whole."""
    return f"{days:.1f}".removesuffix(".0")

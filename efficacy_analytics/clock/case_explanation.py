"""Why the clock judges a case of a snapshot as it does: its dates, its limit, its stops, and the count day by day."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from efficacy_analytics.clock.calendar_days import working_calendar
from efficacy_analytics.clock.explain import Count, explanation
from efficacy_analytics.clock.explanation_text import explanation_text
from efficacy_analytics.clock.flags import FLAGS
from efficacy_analytics.clock.legal import spans_of_case
from efficacy_analytics.clock.limits import Limit, Stop
from efficacy_analytics.clock.rule_texts import limit_text
from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.settings import ClockSettings
from efficacy_analytics.vocabulary import Language

WORDS: dict[str, dict[str, str]] = {
    "case": {"zh": "办件 {case_id}", "en": "Case {case_id}"},
    "limit": {"zh": "时限：{limit}", "en": "Limit: {limit}"},
    "stated": {"zh": "到期日 {due} 由业务系统给出", "en": "The due date {due} was given by the export"},
    "completed": {"zh": "办结：{day}", "en": "Completed: {day}"},
    "open": {"zh": "未办结（截至 {day}）", "en": "Open (as of {day})"},
    "counted": {
        "zh": "计时 {counted} {unit}，停止计时 {stopped} {unit}",
        "en": "Counted {counted} {unit}, stopped {stopped} {unit}",
    },
    "late": {"zh": "结论：逾期", "en": "Verdict: late"},
    "in_time": {"zh": "结论：未逾期", "en": "Verdict: in time"},
    "not_judged": {"zh": "结论：不作判定", "en": "Verdict: not judged"},
    "flag": {"zh": "注意：{text}", "en": "Note: {text}"},
}
COUNTED_UNITS = {
    "hours": {"zh": "小时", "en": "hours"},
    "working_days": {"zh": "个工作日", "en": "working days"},
    "calendar_days": {"zh": "个自然日", "en": "calendar days"},
}


@question
def case_days(engine: Session, case_id: str, *, source: str | None = None) -> pl.DataFrame:
    """The count of a case day by day, from acceptance to its due date, or to its end where that is later.

    Args:
        engine: a published snapshot.
        case_id: the case's number in its source.
        source: which source, where several have the number.

    Returns:
        One row a day: `day`, `is_counted`, `running_number`, `is_due`, `reason`, `rule_zh`, `rule_en`.

    Raises:
        CallError: there is no such case, or several sources have one.
        CannotAnswerError: the case was not accepted, or has neither a limit nor a due date.
        CalendarError: a day that is needed is outside the calendar.
    """
    return _days_of(engine, _case(engine, case_id, source))


@question
def case_explained(engine: Session, case_id: str, language: Language, *, source: str | None = None) -> str:
    """The verdict of a case and the count that leads to it, as a text.

    Args, Raises: as `case_days`.
    """
    case = _case(engine, case_id, source)
    lines = [_line("case", language, case_id=case_id), *_verdict_lines(case, language)]
    return "\n".join([*lines, "", explanation_text(_days_of(engine, case), language)])


def _case(engine: Session, case_id: str, source: str | None) -> dict[str, Any]:
    found = engine.run("clock_case", case_id=case_id)
    if source is not None:
        found = found.filter(pl.col("source") == source)
    if found.height != 1:
        raise CallError(
            f"{found.height} cases have the number asked for.",
            hint=f"name one source: {', '.join(found['source'].to_list())}"
            if found.height
            else "see `efficacy show cases`",
        )
    return found.row(0, named=True)


def _days_of(engine: Session, case: dict[str, Any]) -> pl.DataFrame:
    if case["began_on"] is None or (case["limit_length"] is None and case["stated_due_on"] is None):
        raise CannotAnswerError("the case was not accepted or has no limit: there is no count to show.")
    rules = ClockSettings(**engine.run("clock_settings_kept").row(0, named=True))
    table = engine.run("clock_case_stops", case_key=case["case_key"])
    stops = [
        Stop(row["stopped_from_on"], row["stopped_until_on"], row["kind"])
        for row in table.filter(pl.col("effect") == "stops").iter_rows(named=True)
    ]
    ended_on = case["ended_on"] if case["ended_on"] and case["ended_on"] <= case["as_on"] else None
    limit = Limit(case["limit_length"] or 0, case["limit_unit"])
    count = Count(
        working_calendar(engine.run("clock_case_days", case_key=case["case_key"])),
        case["began_local"] if limit.unit == "hours" else case["began_on"],
        limit,
        stops,
        spans_of_case(stops, case["began_on"], completed_on=ended_on, as_on=case["as_on"], rules=rules),
        case["extension_days"],
        {row["kind"]: row for row in table.iter_rows(named=True)},
        rules,
        ZoneInfo(case["time_zone"]) if limit.unit == "hours" else None,
    )
    until_on = ended_on or (case["as_on"] if case["is_late"] else None)
    return explanation(count, due=case["stated_due_on"], until_on=until_on)


def _verdict_lines(case: dict[str, Any], language: Language) -> list[str]:
    lines = []
    if case["limit_length"] is not None:
        limit = limit_text(case["limit_length"], case["limit_unit"], language, extension_days=case["extension_days"])
        lines.append(_line("limit", language, limit=limit))
    if case["stated_due_on"] is not None:
        lines.append(_line("stated", language, due=case["stated_due_on"]))
    lines.append(_line("open" if case["is_open"] else "completed", language, day=_end(case)))
    unit = {"months": "calendar_days", "on_the_spot": "working_days"}.get(case["limit_unit"], case["limit_unit"])
    if case["counted_days"] is not None:
        words = COUNTED_UNITS[unit][language]
        lines.append(_line("counted", language, counted=case["counted_days"], stopped=case["stopped_days"], unit=words))
    verdict = {True: "late", False: "in_time", None: "not_judged"}[case["is_late"]]
    lines.append(_line(verdict, language))
    texts = {flag.code: {"zh": flag.zh, "en": flag.en} for flag in FLAGS}
    return lines + [_line("flag", language, text=texts[code][language]) for code in case["clock_flags"]]


def _end(case: dict[str, Any]) -> dt.date | str:
    return case["as_on"] if case["is_open"] else case["ended_on"] or "—"


def _line(key: str, language: Language, **values: object) -> str:
    return WORDS[key][language].format(**values)

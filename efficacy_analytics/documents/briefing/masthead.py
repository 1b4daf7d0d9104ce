"""The head of a briefing: name, issue, issuer, date, period; all from the run, never from the clock on the wall.

The layout follows the bulletins of Chinese offices (简报): name in red, issue number below it, issuer at the left and
date at the right above a red rule, the grade at the top left.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.office import office_in_force
from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.documents.briefing.refused_rows import refused_rows
from efficacy_analytics.documents.briefing.sections.changes import own_period
from efficacy_analytics.documents.content import Masthead
from efficacy_analytics.documents.labels import name_of
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.lake.notices import noticed
from efficacy_analytics.vocabulary import EDITIONS, Language, Words

NAME: Final[Words] = {"zh": "行政效能简报", "en": "Administrative Efficacy Bulletin"}
ISSUE: Final[Words] = {"zh": "{year}年第{number}期", "en": "{year}, no. {number}"}
SPECIAL_ISSUE: Final[Words] = {"zh": "专题分析", "en": "Special issue"}
TITLE: Final[Words] = {"zh": "{period}行政审批效能分析", "en": "Approvals {period}"}
SCOPED_TITLE: Final[Words] = {"zh": "{scope}：{period}行政审批效能分析", "en": "{scope}: approvals {period}"}
PERIODS: Final[dict[int, Words]] = {
    1: {"zh": "{year}年{month}月", "en": "in {month_name} {year}"},
    3: {"zh": "{year}年第{ordinal}季度", "en": "in the {ordinal} quarter of {year}"},
    6: {"zh": "{year}年{half}半年", "en": "in the {ordinal} half of {year}"},
    12: {"zh": "{year}年", "en": "in {year}"},
}
"""Periods by their months."""
ORDINALS: Final = {"zh": "一二三四", "en": ("first", "second", "third", "fourth")}
JUDGED: Final[Words] = {
    "zh": "数据截至{day}，未办结的办件按该日判定。",
    "en": "Data up to {day}; open cases are judged on that day.",
}
UNFINISHED: Final[Words] = {
    "zh": "本期尚不完整：数据只到{day}，此后受理的办件不在其内。",
    "en": "The period is not complete: the data ends on {day}, and later acceptances are not in it.",
}
BEGUN_LATE: Final[Words] = {
    "zh": "本期尚不完整：数据晚于本期首日开始，此前受理的办件不在其内。",
    "en": "The period is not complete: the data begins after its first day, and earlier acceptances are not in it.",
}
WITH_A_GAP: Final[Words] = {
    "zh": "本期尚不完整：{first}至{last}没有一件受理的办件，按其余时间的收件量本应有不少，这段时间的数据可能缺失。",
    "en": "The period is not complete: no case was accepted from {first} to {last}, though by the other days many were "
    "to be expected; the data may lack these days.",
}
OPEN_ALONE: Final[Words] = {
    "zh": "所附数据只有在办件，没有一件办结：若导出时未含办结件，逾期数与按时办结率只说明这些在办件，不代表全部办件。",
    "en": "All cases of the data are open, none is completed: where completed cases were not exported, what is said of "
    "late cases and shares on time holds of the open ones alone, not of all cases received.",
}
SPAN: Final[Words] = {"zh": "{first}至{last}", "en": "from {first} to {last}"}


def masthead(findings: Findings, parameters: BriefingParameters) -> Masthead:
    """The head of a briefing.

    The issue number is the period's number in its year (month, quarter or half), unless one is given.
    """
    language = parameters.language
    cohort = findings.manifest["cohort"]
    first, until = _day(cohort.get("accepted_from")), _day(cohort.get("accepted_until"))
    words = period_words(first, until, language) if first and until else _months_covered(findings, language)
    scope = _scope(findings, language)
    issued_on = issue_day(findings, parameters)
    office = office_in_force()
    return Masthead(
        name=NAME[language],
        edition=EDITIONS[parameters.edition][language],
        issue=parameters.issue or issue_number(first, until, language),
        issuer=office.issuer_zh if language == "zh" else office.issuer_en,
        issued_on=figures.date(issued_on, language),
        title=(SCOPED_TITLE if scope else TITLE)[language].format(period=words, scope=scope),
        period=words,
        remarks=[
            *remarks(findings, language),
            *refused_rows(findings, language),
            *filter(None, [parameters.revision_note]),
        ],
        editor_note=office.editor_note_zh if language == "zh" else office.editor_note_en,
    )


def remarks(findings: Findings, language: Language) -> list[str]:
    """What must be known before reading: the day of judgement, and a period that the data does not hold whole."""
    day, own = judged_day(findings), own_period(findings)
    told = [JUDGED[language].format(day=figures.date(day, language))] if day else []
    if any(one.code == "open_cases_alone" for one in noticed(json.loads(_notices(findings)))):
        told.append(OPEN_ALONE[language])
    if own is None or own["is_whole"]:
        return told
    if own.get("gap_from"):
        told.append(_gap(own, language))
    last_on = own["accepted_until"] - dt.timedelta(days=1)
    if day and day < last_on:
        return [*told, UNFINISHED[language].format(day=figures.date(day, language))]
    return told if own.get("gap_from") else [*told, BEGUN_LATE[language]]


def _notices(findings: Findings) -> str:
    return findings.manifest["snapshot"].get("notices") or "[]"


def _gap(own: Mapping[str, Any], language: Language) -> str:
    """That no case was accepted on some days within the period."""
    first = max(own["gap_from"], own["accepted_from"])
    last = min(own["gap_until"], own["accepted_until"]) - dt.timedelta(days=1)
    return WITH_A_GAP[language].format(first=figures.date(first, language), last=figures.date(last, language))


def superior(language: Language) -> str:
    """To whom the office reports, in its own words; empty where the settings say nothing."""
    office = office_in_force()
    return office.report_to_zh if language == "zh" else office.report_to_en


def is_regular(cohort: Mapping[str, str | None]) -> bool:
    """Whether a cohort is all cases of a month, quarter, half or year: others are supplements (增刊)."""
    first, until = _day(cohort.get("accepted_from")), _day(cohort.get("accepted_until"))
    narrowed = any(cohort.get(name) for name in ("department", "item", "where"))
    return bool(first and until and not narrowed and _number_in_year(first, until))


def issue_day(findings: Findings, parameters: BriefingParameters) -> dt.date:
    """The day of a briefing: as given; else the day of judgement, and where that is not known the period's last day."""
    until = _day(findings.manifest["cohort"].get("accepted_until"))
    last_day = until - dt.timedelta(days=1) if until else None
    day = parameters.issued_on or judged_day(findings) or last_day
    if day is None:
        raise CannotAnswerError("the run tells no day.", hint="give one: --parameter issued_on=2025-10-17")
    return day


def judged_day(findings: Findings) -> dt.date | None:
    """The day on which open cases were judged, up to which the data reach."""
    return _day(str(findings.manifest["snapshot"].get("as_on") or "")[:10])


def period_words(first: dt.date, until: dt.date, language: Language) -> str:
    """A period as one says it: 2025年第三季度, the third quarter of 2025; else from day to day."""
    number, length = _number_in_year(first, until), _months_between(first, until)
    if number is None:
        last = until - dt.timedelta(days=1)
        return SPAN[language].format(first=figures.date(first, language), last=figures.date(last, language))
    return PERIODS[length][language].format(
        year=first.year, month=first.month, month_name=figures.MONTHS_EN[first.month - 1],
        ordinal=ORDINALS[language][(number - 1) % 4], half="上下"[(number - 1) % 2],
    )  # fmt: skip


def period_alone(words: str) -> str:
    """A period as `period_words` says it, where it stands alone: 2024, July 2025, Third quarter of 2025."""
    alone = words.removeprefix("in ").removeprefix("the ")
    return alone[:1].upper() + alone[1:]


def issue_number(first: dt.date | None, until: dt.date | None, language: Language) -> str:
    """The number of the issue in its year, or that it is a special one."""
    number = _number_in_year(first, until) if first and until else None
    if first is None or number is None:
        return SPECIAL_ISSUE[language]
    return ISSUE[language].format(year=first.year, number=number)


def _number_in_year(first: dt.date, until: dt.date) -> int | None:
    """Which month, quarter or half of its year a period is; none for any other period."""
    length = _months_between(first, until)
    is_regular = first.day == 1 and until.day == 1 and length in (1, 3, 6, 12) and (first.month - 1) % length == 0
    return (first.month - 1) // length + 1 if is_regular else None


def _months_between(first: dt.date, until: dt.date) -> int:
    return (until.year - first.year) * 12 + until.month - first.month


def _months_covered(findings: Findings, language: Language) -> str:
    """From the first to the last month of acceptance in the table of months."""
    months = findings.table("on_time_by_month")["month"].drop_nulls().sort()
    if months.is_empty():
        return ""
    first, last = (_month_words(month, language) for month in (months[0], months[-1]))
    one = first if language == "zh" else f"in {first}"
    return one if first == last else SPAN[language].format(first=first, last=last)


def _month_words(month: str, language: Language) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year}年{number}月" if language == "zh" else f"{figures.MONTHS_EN[number - 1]} {year}"


def _scope(findings: Findings, language: Language) -> str:
    cohort = findings.manifest["cohort"]
    chosen = [name_of(findings, code, cohort[code], language) for code in ("department", "item") if cohort.get(code)]
    return " · ".join(chosen)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

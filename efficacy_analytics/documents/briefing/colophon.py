"""What stands at the foot of a briefing: where its figures come from, how to read them, how to check them."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.masthead import masthead
from efficacy_analytics.documents.briefing.office import office_in_force
from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.documents.content import Colophon
from efficacy_analytics.findings.disclosure.rounding import OF_SHARE
from efficacy_analytics.lake.notices import notice_sentence, noticed
from efficacy_analytics.vocabulary import TERMS, Language, Words

TITLE: Final[Words] = {"zh": "数据与方法", "en": "Data and methods"}
LINES: Final[dict[str, Words]] = {
    "cohort": {
        "zh": "按受理日期选取办件，办件的全部环节一并计入；未办结的办件不剔除。",
        "en": "Cases are chosen by their day of acceptance, with all their steps; open cases are not dropped.",
    },
    "verdict": {
        "zh": "是否逾期按法定工作日历逐日计算，扣除依法不计入时限的时间，以当地日期判定。",
        "en": "Lateness is counted on the legal calendar, without time the law takes out, and judged by local date.",
    },
    "intervals": {
        "zh": "区间的置信水平为 95%；区间重叠的部门不宜分先后。",
        "en": "Intervals are at 95% confidence; departments whose intervals overlap should not be ranked.",
    },
    "verify": {
        "zh": "核验：运行 efficacy verify 本文件名，将由下列快照重算全部数字并逐一比对。",
        "en": "To check: run efficacy verify with this file; every figure is recomputed from the snapshot below and "
        "compared.",
    },
}
INSIDE: Final[Words] = {"zh": "本页附有所用数据。", "en": "The data used is inside this page."}
"""Of the page of a briefing; other documents and forms name their snapshot alone."""
SENT: Final[dict[str, Words]] = {
    "report_to": {"zh": "报", "en": "Reported to"},
    "send_to": {"zh": "送", "en": "Sent to"},
    "issue_to": {"zh": "发", "en": "Issued to"},
}
"""Superiors, others and subordinates, as the settings name them."""
COPIES: Final[Words] = {"zh": "（共印{count}份）", "en": "{count} {count:copy|copies} printed"}
PRINTED: Final[Words] = {"zh": "{day}印发", "en": "Issued on {day}"}
WITHHELD: Final[Words] = {
    "zh": "本期为公开版：件数均取 {fewest} 的整数倍，并按固定办法略有增减，故各数之和与合计可能不等；"
    "比例按所列件数计算，不足 {shares} 件的不列比例和逾期件数；时间取两位有效数字。"
    "件数过少的部门不列数字，以“{none}”表示；件数过少的环节、路径和事项不列出。",
    "en": "Public edition: every count is a multiple of {fewest}, moved a little by a fixed rule, so that parts need "
    "not add up to their total. Shares are made of the counts shown; of fewer than {shares} cases no share and no late "
    "cases are told. Times have two digits. A department of too few cases shows no figure (“{none}”); activities, "
    "paths and items of too few cases are left out.",
}
OF_FORM: Final = ("texts_tidied", "closed_days_unused")
"""Notices that count no cases."""
IN_HEAD: Final = ("rows_refused", "rows_corrected", "open_cases_alone")
"""Notices that the head tells."""
FACTS: Final[dict[str, Words]] = {
    "snapshot": {"zh": "数据快照", "en": "Snapshot"},
    "content_sha256": {"zh": "快照摘要 SHA-256", "en": "Snapshot's SHA-256"},
    "as_on": {"zh": "数据截至", "en": "Data as on"},
    "calendars": {"zh": "日历版本", "en": "Calendars"},
    "where": {"zh": "筛选条件", "en": "Condition"},
    "run": {"zh": "计算批次", "en": "Run"},
    "code_version": {"zh": "程序版本", "en": "Program version"},
}

WEEKDAYS: Final[Words] = {"zh": "周一至周五（不含节假日安排）", "en": "weekdays, without public holidays"}
CALENDAR: Final[Words] = {
    "zh": "{calendar}（{first_on} 至 {last_on}，{working_day_count} 个工作日）",
    "en": "{calendar} ({first_on} to {last_on}, {working_day_count} working days)",
}


def colophon(findings: Findings, parameters: BriefingParameters, *, holds_data: bool = False) -> Colophon:
    """The lines on method, the facts on origin with their names, and to whom the briefing goes.

    Args:
        findings: as the edition shows them.
        parameters: what was asked for.
        holds_data: whether the tables lie in the document itself.
    """
    language = parameters.language
    manifest = findings.manifest
    known = {
        **manifest["snapshot"],
        "where": manifest["cohort"].get("where"),
        "run": manifest["run"],
        "code_version": manifest["code_version"],
    }
    facts = [
        (words[language], _written(name, known[name], language)) for name, words in FACTS.items() if known.get(name)
    ]
    lines = [words[language] for words in (*LINES.values(), *([INSIDE] if holds_data else []))]
    if parameters.edition == "public":
        fewest = findings.manifest["settings"]["disclosure"]["fewest_cases"]
        told = {"fewest": fewest, "shares": OF_SHARE * fewest, "none": TERMS["none"][language]}
        lines.insert(0, WITHHELD[language].format(**told))
    office = office_in_force()
    sent = [(words[language], getattr(office, f"{name}_{language}")) for name, words in SENT.items()]
    return Colophon(
        TITLE[language],
        [*lines, *_notices(known, parameters)],
        facts,
        sent=[(word, whom) for word, whom in sent if whom],
        copies=COPIES[language].format(count=figures.count(office.copies, language)) if office.copies else "",
        printed_on=PRINTED[language].format(day=masthead(findings, parameters).issued_on),
    )


def _notices(known: Mapping[str, Any], parameters: BriefingParameters) -> list[str]:
    """What of the data was not used or was taken otherwise, in one line; in public only what tells of no case."""
    told = [one for one in noticed(json.loads(known.get("notices") or "[]")) if one.code not in IN_HEAD]
    if parameters.edition == "public":
        told = [notice for notice in told if notice.code in OF_FORM]
    return [notice_sentence(told, parameters.language)] if told else []


def _calendar(calendar: Mapping[str, Any], language: Language) -> str:
    """A calendar by its code, that of weekdays alone by its words, with its span and its working days."""
    name = WEEKDAYS[language] if calendar["calendar"] == "weekdays" else calendar["calendar"]
    return CALENDAR[language].format(**{**calendar, "calendar": name})


def _written(name: str, value: object, language: Language) -> str:
    if name == "as_on":
        return figures.date(dt.date.fromisoformat(str(value)[:10]), language)
    if name == "calendars":
        return "; ".join(_calendar(calendar, language) for calendar in json.loads(str(value)))
    return str(value)

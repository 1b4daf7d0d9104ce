"""The rule behind each day of a count, in Chinese and in English, as one would tell an applicant.

Chinese law is cited for Chinese calendars only. A reason is a code of the count: `start`, `workday`, `makeup`,
`weekend`, `holiday`, `closed`, `calendar_day`, `hours`, `stopped`, and for the end `last`, `rolled`.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from efficacy_analytics.vocabulary import UNITS, Language

Texts: TypeAlias = dict[str, dict[str, str]]

REASONS: Final[Texts] = {
    "start": {
        "zh": "受理当日不计入，{limit}自次日起算",
        "en": "day of acceptance, not counted: the limit of {limit} runs from the next day",
    },
    "start_stated": {"zh": "受理当日不计入", "en": "day of acceptance, not counted"},
    "start_on_the_spot": {"zh": "即办件，受理当日办结", "en": "on the spot: to be done on the day of acceptance"},
    "start_hours": {"zh": "{limit}自受理时刻起算", "en": "the limit of {limit} runs from the moment of acceptance"},
    "workday": {"zh": "工作日", "en": "working day"},
    "makeup": {"zh": "调休上班日{named}，按工作日计", "en": "make-up workday{named}, counts as a working day"},
    "weekend": {"zh": "休息日，不计", "en": "weekend, not counted"},
    "holiday": {"zh": "法定节假日{named}，不计", "en": "public holiday{named}, not counted"},
    "closed": {"zh": "本部门休息{named}，不计", "en": "office closed{named}, not counted"},
    "calendar_day": {"zh": "按自然日计", "en": "calendar day, counted"},
    "rest_day": {"zh": "休息日，按自然日仍计", "en": "rest day, counted as a calendar day"},
    "hours": {"zh": "当日计 {hours} 小时", "en": "{hours} hours counted on this day"},
    "stopped": {"zh": "停止计时{named}，不计", "en": "clock stopped{named}, not counted"},
    "rolling": {"zh": "期限末日遇休息日，顺延", "en": "the last day fell on a rest day: carried forward"},
    "rolled": {"zh": "顺延至此工作日", "en": "the working day it is carried forward to"},
    "beyond": {"zh": "已过到期日", "en": "after the due date"},
}
LAWS: Final[Texts] = {
    "start": {"zh": "民法典第二百零一条", "en": "Civil Code art. 201"},
    "start_stated": {"zh": "民法典第二百零一条", "en": "Civil Code art. 201"},
    "start_hours": {"zh": "民法典第二百零一条", "en": "Civil Code art. 201"},
    "weekend": {"zh": "行政许可法第八十二条", "en": "Administrative Licensing Law art. 82"},
    "holiday": {"zh": "行政许可法第八十二条", "en": "Administrative Licensing Law art. 82"},
    "rolling": {"zh": "民法典第二百零三条", "en": "Civil Code art. 203"},
    "last": {"zh": "民法典第二百零三条", "en": "Civil Code art. 203"},
    "month": {"zh": "民法典第二百零二条", "en": "Civil Code art. 202"},
}
ADDED: Final[Texts] = {
    "stops_tomorrow": {"zh": "；自次日起停止计时", "en": "; the clock stops from the next day"},
    "month": {"zh": "；到期月的对应日，无对应日则为月末日", "en": "; the same day of the month, or its last day"},
    "last": {"zh": "；到期日，当日结束前办结为按时", "en": "; due date, in time until the end of the day"},
    "last_hours": {"zh": "；{time} 到期", "en": "; due at {time}"},
}
HOLIDAYS_ZH: Final[dict[str, str]] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗日战争胜利70周年",
}


def rule_text(
    reason: str,
    language: Language,
    *,
    name: str = "",
    limit: str = "",
    hours: int = 0,
    law: str = "",
    added: tuple[str, ...] = (),
    time: str = "",
    is_chinese: bool,
) -> str:
    """The sentence behind one day.

    Args:
        reason: a key of REASONS.
        language: zh or en.
        name: of the holiday, or of what stops the clock.
        limit: the limit in words.
        hours: counted on the day, for a limit in hours.
        law: the source of a rule of the office's own table.
        added: keys of ADDED.
        time: of the due moment, for a limit in hours.
        is_chinese: whether Chinese law is cited.
    """
    shown = HOLIDAYS_ZH.get(name, name) if language == "zh" else name
    named = ({"zh": f"（{shown}）", "en": f" ({shown})"}[language]) if shown else ""
    text = REASONS[reason][language].format(named=named, limit=limit, hours=hours)
    laws = [law] if law else [LAWS[key][language] for key in (reason, *added) if key in LAWS and is_chinese]
    text += "".join(ADDED[key][language].format(time=time) for key in added)
    if not laws:
        return text
    return f"{text}（{'、'.join(laws)}）" if language == "zh" else f"{text} [{'; '.join(laws)}]"


def limit_text(length: int, unit: str, language: Language, *, extension_days: int = 0) -> str:
    """A limit in words: 5个工作日, 5 working days, 20个工作日（另延长10日）."""
    words = UNITS[unit][language]
    if unit != "on_the_spot":
        words = (
            f"{length}{words}" if language == "zh" else f"{length} {words.removesuffix('s') if length == 1 else words}"
        )
    if extension_days:
        words += f"（另延长{extension_days}日）" if language == "zh" else f" (extended by {extension_days} days)"
    return words


def weekday_text(weekday: int, language: Language) -> str:
    """The short name of a weekday (0 is Monday)."""
    names: Mapping[str, tuple[str, ...]] = {
        "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    }
    return names[language][weekday]

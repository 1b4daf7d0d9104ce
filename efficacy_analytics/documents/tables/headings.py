"""What a column of any table is called and what it says, in both languages, from the parts its name is made of.

A column with an entry in the vocabulary has that heading; the others are composed: `waiting_open_seconds_median` is the
waiting time, on the clock of office hours, its median.
"""

import re
from typing import Final

from efficacy_analytics.documents.tables.meanings import MEANINGS
from efficacy_analytics.vocabulary import CAUSES, CLOCKS, COLUMNS, TABLE_COLUMNS, Language, Words

TIMES: Final[dict[str, Words]] = {
    "": {"zh": "用时", "en": "Time"},
    "waiting": {"zh": "等待时间", "en": "Waiting"},
    "service": {"zh": "办理时间", "en": "Service"},
    "sojourn": {"zh": "逗留时间", "en": "Sojourn"},
    "throughput": {"zh": "全程时间", "en": "Throughput"},
    "handover": {"zh": "移交用时", "en": "Handover"},
    "repeat": {"zh": "重办用时", "en": "Repeats"},
    "repeat_service": {"zh": "重办办理", "en": "Service of repeats"},
    "tenth_less": {"zh": "缩短一成可省", "en": "Saved by a tenth less"},
}
STATISTICS: Final[dict[str, Words]] = {
    "median": {"zh": "中位数", "en": "median"},
    "mean": {"zh": "平均", "en": "mean"},
    "p90": {"zh": "九成不超过", "en": "90% within"},
    "total": {"zh": "合计", "en": "total"},
    "deviation": {"zh": "标准差", "en": "standard deviation"},
    "low": {"zh": "区间下端", "en": "interval from"},
    "high": {"zh": "区间上端", "en": "interval to"},
    "low_far": {"zh": "外区间下端", "en": "outer interval from"},
    "high_far": {"zh": "外区间上端", "en": "outer interval to"},
    "before": {"zh": "之前", "en": "before"},
    "after": {"zh": "之后", "en": "after"},
    "a": {"zh": "甲", "en": "A"},
    "b": {"zh": "乙", "en": "B"},
    "difference": {"zh": "差", "en": "difference"},
    "p": {"zh": "p 值", "en": "p-value"},
    "without_suspicious_stops": {"zh": "剔除可疑停钟", "en": "without suspicious stops"},
}
OTHERS: Final[dict[str, Words]] = {
    "other": {"zh": "另一{}", "en": "Other {}"},
    "bottleneck": {"zh": "堵点{}", "en": "Bottleneck: {}"},
    "is": {"zh": "{}的差异显著", "en": "Sure: {}"},
}
ENDINGS: Final = {"is": "_significant"}
SHORT: Final = ("elapsed_seconds_median", "waiting_elapsed_seconds_median", "waiting_elapsed_seconds_p90")
"""Columns whose words in the vocabulary are those of a printed table, where the caption says of what they are."""
BETWEEN: Final[dict[bool, Words]] = {
    False: {"zh": "两次完成之间", "en": "Between completions"},
    True: {"zh": "等待或两次完成之间", "en": "Waiting or between completions"},
}
"""What lengths before steps are called where starts are not recorded; by whether some are."""
TIME: Final = re.compile(r"^(?:(\w+?)_)??(?:(elapsed|open|counted)_)?(seconds|days)(?:_(\w+))?$")
SAID: Final[dict[str, Words]] = {
    "median": {"zh": "一半不超过此值", "en": "half lie at or below it"},
    "p90": {"zh": "九成不超过此值", "en": "nine of ten lie at or below it"},
    "low": {"zh": "95% 区间的下端", "en": "lower end of its 95% interval"},
    "high": {"zh": "95% 区间的上端", "en": "upper end of its 95% interval"},
    "elapsed": {"zh": "自然时间：昼夜与休息日都算", "en": "all time, nights and days off among it"},
    "open": {"zh": "只算办公时间", "en": "office hours only"},
    "counted": {
        "zh": "按时限的口径计天：扣除停钟，工作日或自然日",
        "en": "days as the limit counts them: working or calendar days, without clock stops",
    },
    "share": {"zh": "占比，以百分数表示；表中数值为 0 至 1", "en": "shown in per cent; 0 to 1 in the frame"},
    "seconds": {"zh": "按合适的单位显示；表中数值为秒", "en": "shown in the unit that fits; seconds in the frame"},
    "local": {"zh": "当地时间", "en": "local time"},
    "code": {"zh": "显示名称，旁为代码；表中为代码", "en": "the name, its code beside it; the code in the frame"},
}


def written_heading(column: str, language: Language) -> str:
    """What a column is called; its own name where no word is known."""
    if column in COLUMNS and column not in SHORT:
        return COLUMNS[column][language]
    if column in TABLE_COLUMNS:
        return TABLE_COLUMNS[column][language]
    if column in CLOCKS:
        return CLOCKS[column][language]
    return _of_causes(column, language) or _of_time(column, language) or _of_parts(column, language) or column


def between_heading(column: str, language: Language, *, has_waits: bool) -> str:
    """The heading of a column of waiting in a table that holds times between completions, which are no waiting."""
    return written_heading(column, language).replace(TIMES["waiting"][language], BETWEEN[has_waits][language])


def explained(column: str, language: Language, *, is_code: bool = False, zone: str = "") -> str:
    """What a column says: its meaning, clock, statistic and unit, as far as they are not plain.

    Args:
        column: its name in the frame.
        language: "zh" or "en".
        is_code: whether it holds codes that are shown by name.
        zone: of a column of local times.
    """
    marks = ["seconds"] if "seconds" in column else ["share"] if "share" in column else []
    marks += ["code"] if is_code else []
    parts = [SAID[mark][language] for mark in marks]
    if zone:
        parts.append(f"{SAID['local'][language]}（{zone}）" if language == "zh" else f"local time of {zone}")
    return _listed([meaning(column, language), *parts], language)


def meaning(column: str, language: Language) -> str:
    """What a column means, its clock and its statistic, however its values are shown; empty where it is plain."""
    marks = [mark for mark in ("elapsed", "open", "counted") if re.search(rf"(^|_){mark}_(seconds|days)", column)]
    marks += [mark for mark in ("median", "p90", "low", "high") if column.endswith(f"_{mark}")]
    known = MEANINGS[column][language] if column in MEANINGS else ""
    return _listed([known, *(SAID[mark][language] for mark in marks)], language)


def _listed(parts: list[str], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(filter(None, parts))


def clock_of(column: str) -> str:
    """The clock on which a column of seconds was measured."""
    return "open" if re.search(r"(^|_)open_seconds", column) else "elapsed"


def _of_causes(column: str, language: Language) -> str:
    cause = column.removesuffix("_seconds")
    return CAUSES[cause][language] if column != cause and cause in CAUSES else ""


def _of_time(column: str, language: Language) -> str:
    found = TIME.match(column)
    if found is None or (found[1] or "") not in TIMES or (found[4] and found[4] not in STATISTICS):
        return ""
    of, clock, _, statistic = found.groups()
    words = TIMES[of or ""][language]
    marks = [CLOCKS[clock][language]] if clock else []
    marks += [STATISTICS[statistic][language]] if statistic else []
    return _with(words, marks, language)


def _of_parts(column: str, language: Language) -> str:
    for ending in sorted(STATISTICS, key=len, reverse=True):
        base = column.removesuffix(f"_{ending}")
        if base != column:
            known = written_heading(base, language)
            return _with(known, [STATISTICS[ending][language]], language) if known != base else ""
    for beginning, words in OTHERS.items():
        base = column.removeprefix(f"{beginning}_").removesuffix(ENDINGS.get(beginning, ""))
        if base != column:
            known = written_heading(base, language)
            return words[language].format(known[:1].lower() + known[1:]) if known != base else ""
    return ""


def _with(words: str, marks: list[str], language: Language) -> str:
    if not marks:
        return words
    comma, opens, closes = ("，", "（", "）") if language == "zh" else (", ", " (", ")")
    joined = comma.join(marks)
    return f"{words.removesuffix(closes)}{comma if words.endswith(closes) else opens}{joined}{closes}"

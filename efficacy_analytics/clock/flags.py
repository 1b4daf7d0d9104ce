"""What may be wrong or special about a case's clock, each with its own code: marked, never dropped.

The queries of the clock mark a case by bits; the place of a code in FLAGS is its bit.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Flag:
    """A code of `clock_flags` and what it says to a reader."""

    code: str
    zh: str
    en: str


FLAGS: Final[tuple[Flag, ...]] = (
    Flag("no_limit", "无法定或承诺时限，不判定是否逾期", "no limit is known: whether it is late is not judged"),
    Flag(
        "overlapping_limits",
        "同一事项有两条有效期重叠的时限，取生效较晚者",
        "two limits of the item were in force: the later one judges",
    ),
    Flag("limit_longer_than_statutory", "承诺时限长于法定时限", "the promised limit is longer than the statutory one"),
    Flag("unknown_unit", "时限单位无法识别，该时限不用", "a limit's unit is unknown: that limit is not used"),
    Flag("negative_limit", "时限为负数，该时限不用", "a limit is negative: that limit is not used"),
    Flag("accepted_before_applied", "受理日期早于申请日期", "accepted before the application"),
    Flag(
        "completed_before_accepted",
        "办结日期早于受理日期，不判定是否逾期",
        "completed before acceptance: whether it is late is not judged",
    ),
    Flag("accepted_after_as_on", "统计日期时尚未受理", "accepted only after the date of the verdict"),
    Flag("completed_after_as_on", "统计日期时尚未办结", "completed only after the date of the verdict"),
    Flag("not_accepted", "尚未受理，时限未起算", "not accepted yet: the clock does not run"),
    Flag(
        "deemed_accepted",
        "逾期未告知补正，自收到材料之日起视为受理（行政许可法第三十二条）",
        "no notice in time: deemed accepted on receipt (Administrative Licensing Law art. 32)",
    ),
    Flag(
        "supplement_overdue",
        "补正通知晚于收到材料后五个工作日（行政许可法第三十二条）",
        "the notice of what is missing came after five working days (Administrative Licensing Law art. 32)",
    ),
    Flag("withdrawn", "申请人已撤回", "withdrawn by the applicant"),
    Flag("green_lane", "绿色通道件，不按承诺时限判定", "green lane: not judged by the promised limit"),
    Flag(
        "outside_calendar",
        "所需日期超出日历范围，有关天数不计算",
        "a day that is needed lies outside the calendar: what hangs on it is not computed",
    ),
    Flag("hours_without_moment", "按小时计的时限缺少受理时刻", "a limit in hours without the moment of acceptance"),
    Flag(
        "unknown_stop_kind",
        "停止计时的种类不在规则表中，未予扣除",
        "a stop of a kind that is not in the table of rules: not taken out",
    ),
    Flag("stop_ends_before_start", "停止计时的结束早于开始，未予扣除", "a stop ends before it starts: not taken out"),
    Flag(
        "stop_open",
        "停止计时尚无结束日期，计至统计日期",
        "a stop without an end: taken out up to the date of the verdict",
    ),
    Flag("stop_outside_case", "停止计时在办理期间之外，未予扣除", "a stop lies outside the case: not taken out"),
    Flag(
        "completion_refused",
        "办结记录未被接收，不判定是否逾期",
        "the row with its completion was refused: whether it is late is not judged",
    ),
    Flag(
        "extension_longer_than_law",
        "延期长于法定可延长的天数，按记录计",
        "an extension is longer than the law allows: it lasts as recorded",
    ),
    Flag(
        "extension_disagrees",
        "延期的天数与起止日期不符，按天数计",
        "an extension's number of days is not that of its dates: the number counts",
    ),
    Flag(
        "accepted_by_application",
        "无受理记录，自申请之日起算",
        "no acceptance is recorded: the clock starts on the day of application",
    ),
    Flag(
        "accepted_by_first_step",
        "无受理和申请记录，自首个环节之日起算",
        "neither acceptance nor application is recorded: the clock starts with the first step",
    ),
    Flag(
        "acceptance_refused",
        "不予受理，时限从未起算，不判定是否逾期",
        "acceptance was refused: the clock never ran, and whether it is late is not judged",
    ),
)

CODES: Final[tuple[str, ...]] = tuple(flag.code for flag in FLAGS)

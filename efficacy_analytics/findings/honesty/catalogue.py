"""What the honesty audit asks of the records: every check with its code, weight and words.

A check is a question, not a verdict: each has an innocent explanation beside it. A new check is one entry here and the
query that counts it (`Counted`); what needs more than a query is counted in `counts`.

Sources: public accounts of how such data are made to look good (docs/honesty.md); GB/T 39046-2020 Table 7, note (a
stage without an end is filled with its start).
"""

from dataclasses import dataclass
from typing import Final, Literal

from efficacy_analytics.vocabulary import Words

WEIGHTS: Final = {"high": 10, "medium": 6, "low": 3}
"""The points that a check can take, by severity."""


@dataclass(frozen=True)
class Check:
    """A check.

    Attributes:
        code: stable, from H01 on.
        name: what it is called in tables.
        severity: `high`, `medium` or `low`.
        test: how a department comes to be named: `share` against the others' shares, `impossible` where any number
            beyond the tolerated share is too many, `own` by a test of its own, `both` by that and against the others.
        tolerated_share: up to this share (beyond what is expected) no point is taken.
        full_share: from this share on all points are taken.
        margin_share: a named department exceeds the usual share by at least this much.
        title: what is counted.
        sentence: a finding in words; `{department}`, `{count}`, `{of}`, `{share}`, `{usual}` and the settings by name.
        innocent: what may be the reason without anybody's fault.
        counted: where its counts stand, if a query gives them as they are.
    """

    code: str
    name: str
    severity: Literal["high", "medium", "low"]
    test: Literal["share", "impossible", "own", "both"]
    tolerated_share: float
    full_share: float
    margin_share: float
    title: Words
    sentence: Words
    innocent: Words
    counted: "Counted | None" = None

    @property
    def weight(self) -> int:
        """The points it can take."""
        return WEIGHTS[self.severity]


@dataclass(frozen=True)
class Counted:
    """Where the counts of a check stand.

    Attributes:
        query: a query with a row per department.
        count: its column of what should be rare.
        of_count: its column of what was looked at.
        obstacle: why the check cannot be made where nothing was looked at in any department.
    """

    query: str
    count: str
    of_count: str
    obstacle: str


CHECKS: Final[dict[str, Check]] = {
    check.code: check
    for check in (
        Check(
            "H01", "entry_lag", "medium", "share", 0.10, 0.60, 0.05,
            {"zh": "事后补录", "en": "Keyed in late"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）在办理后超过 "
                   "{late_entry_working_days}才录入。",
             "en": "{department} keyed in {count} of {of} {of:step|steps} ({share}) more than "
                   "{late_entry_working_days} "
                   "after they happened."},
            {"zh": "线下办理、系统故障或数据交换的批次，也会造成晚录。",
             "en": "Work on paper, a system that was down, or the batches of a data exchange do the same."},
        ),
        Check(
            "H02", "bulk_entry", "high", "share", 0.05, 0.50, 0.05,
            {"zh": "集中补录", "en": "Keyed in late in bulk"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）在同一小时内成批补录（每批不少于 "
                   "{bulk_entry_count} 条）。",
             "en": "{department} keyed in {count} of {of} {of:step|steps} ({share}) late and in bulk: "
                   "{bulk_entry_count} "
                   "or more "
                   "within one hour."},
            {"zh": "系统恢复后的统一补传，或专人定期录入纸质台账。",
             "en": "A system that came back sends what it kept, or somebody types in the paper register once a week."},
        ),
        Check(
            "H03", "early_entry", "high", "impossible", 0.001, 0.05, 0.0,
            {"zh": "先录后办", "en": "Keyed in before it happened"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）在办理之前已经录入。",
             "en": "{department} keyed in {count} of {of} {of:step|steps} ({share}) before they happened."},
            {"zh": "两套系统的时钟不一致，或时区设置有误。",
             "en": "The clocks of two systems differ, or a time zone is set wrongly."},
        ),
        Check(
            "H04", "midnight", "low", "share", 0.01, 0.50, 0.05,
            {"zh": "零点时间", "en": "Stamps at midnight"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）的时间恰为零点：只有日期，没有时刻。",
             "en": "{department} has {count} of {of} {of:step|steps} ({share}) stamped at midnight exactly: a day, not "
                   "a time."},
            {"zh": "有的系统只保存日期；单独看不说明问题，但看不出先后和当日用时。",
             "en": "Some systems keep days only; that is no fault, but order and hours within a day cannot be seen."},
        ),
        Check(
            "H05", "round_minutes", "low", "share", 0.03, 0.50, 0.05,
            {"zh": "整点半点", "en": "On the hour or half hour"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）落在整点或半点（自然应为 {usual}）。",
             "en": "{department} has {count} of {of} {of:step|steps} ({share}) on the hour or half hour; {usual} would "
                   "be "
                   "usual."},
            {"zh": "预约办理、会议审批的时间本来就是整点。",
             "en": "Appointments and meetings are on the hour."},
        ),
        Check(
            "H06", "outside_hours", "low", "share", 0.05, 0.50, 0.05,
            {"zh": "非工作时间", "en": "Outside office hours"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）在非工作时间完成。",
             "en": "{department} completed {count} of {of} {of:step|steps} ({share}) outside office hours."},
            {"zh": "延时服务、值班、自动审批，或办公时间未在布局中写明。",
             "en": "Late opening, duty shifts, automatic approval, or office hours that the layout does not state."},
        ),
        Check(
            "H07", "same_second", "medium", "share", 0.02, 0.40, 0.02,
            {"zh": "同秒批量办结", "en": "Completed in the same second"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）与同一环节的其他记录在同一秒完成"
                   "（每次不少于 {same_second_count} 条）。",
             "en": "{department} completed {count} of {of} {of:step|steps} ({share}) in the same second as others of "
                   "the same "
                   "activity, {same_second_count} or more at once."},
            {"zh": "系统自动批处理，或一次签批一批同类事项。",
             "en": "A batch job of the system, or one signature for a list of like cases."},
        ),
        Check(
            "H08", "zero_length", "low", "share", 0.05, 0.60, 0.05,
            {"zh": "零时长环节", "en": "Steps without length"},
            {"zh": "{department}有 {count} 条环节记录（{of} 条中的 {share}）的开始与结束相同。",
             "en": "{department} has {count} of {of} {of:step|steps} ({share}) that end when they begin."},
            {"zh": "GB/T 39046 表7 规定，没有结束时间的环节以开始时间填写。",
             "en": "GB/T 39046 Table 7 has a stage without an end filled with its start."},
        ),
        Check(
            "H09", "out_of_order", "high", "impossible", 0.005, 0.10, 0.0,
            {"zh": "先后颠倒", "en": "Days out of order"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）先后颠倒：受理早于申请，或办结、"
                   "决定早于受理。",
             "en": "{department} has {count} of {of} {of:case|cases} ({share}) whose days are out of order: accepted "
                   "before the "
                   "application, or decided or completed before acceptance."},
            {"zh": "容缺受理、先办后补手续，或日期字段含义不同。",
             "en": "Acceptance in advance with papers to follow, or a date column that means something else."},
        ),
        Check(
            "H10", "no_end", "medium", "share", 0.02, 0.30, 0.03,
            {"zh": "有头无尾", "en": "Cases without an end"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）至今在办，且 {stale_days} "
                   "天以上没有任何环节。",
             "en": "{department} has {count} of {of} {of:case|cases} ({share}) still open without any step for "
                   "{stale_days} days."},
            {"zh": "中止后未恢复、申请人未补正，或办结未回传。",
             "en": "A suspension never lifted, an applicant who did not answer, or an ending that was not sent back."},
        ),
        Check(
            "H11", "late_acceptance", "medium", "share", 0.05, 0.50, 0.05,
            {"zh": "迟延受理", "en": "Accepted long after application"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）申请后超过 {acceptance_working_days}"
                   "才受理，"
                   "其间没有补正。",
             "en": "{department} accepted {count} of {of} {of:case|cases} ({share}) more than "
                   "{acceptance_working_days} "
                   "after the application, with no supplement between."},
            {"zh": "补正未登记，或受理前须现场核对、缴费。",
             "en": "A supplement that was not recorded, or a check or fee before acceptance."},
            Counted("honesty_case_counts", "accepted_late_count", "acceptance_count", "no_application_dates"),
        ),
        Check(
            "H12", "stop_in_danger", "medium", "own", 0.10, 0.50, 0.30,
            {"zh": "临期停钟", "en": "Clock stopped when in danger"},
            {"zh": "{department}某一种停钟 {of} 次中有 {count} 次（{share}）在时限用去 {warning_share} "
                   "之后才启动（按办件所处时间应为 {usual}）。",
             "en": "{department} opened {count} of {of} clock {of:stop|stops} of one kind ({share}) when "
                   "{warning_share} of the "
                   "limit was used up; {usual} would be usual for the time its cases spend there."},
            {"zh": "听证、评审本来就在审批末段。",
             "en": "Hearings and reviews come late in a procedure."},
        ),
        Check(
            "H13", "stop_dated_back", "high", "share", 0.02, 0.20, 0.05,
            {"zh": "倒签停钟", "en": "Clock stop dated back"},
            {"zh": "{department}有 {count} 次停钟（{of} 次中的 {share}）是事后录入的：晚于开始日 "
                   "{dated_back_working_days}"
                   "以上，或在时限已过之后。",
             "en": "{department} keyed in {count} of {of} clock {of:stop|stops} ({share}) afterwards: more than "
                   "{dated_back_working_days} after they began, or when the limit had passed."},
            {"zh": "停钟文书线下签发，系统登记滞后。",
             "en": "The decision was signed on paper and registered later."},
        ),
        Check(
            "H14", "stop_fits_overrun", "high", "own", 0.10, 0.50, 0.20,
            {"zh": "停钟恰抵逾期", "en": "Clock stop that fits the overrun"},
            {"zh": "{department}有 {count} 次停钟（同一种停钟中使办件免于逾期的 {of} 次中的 {share}）"
                   "恰好比逾期天数长同一个天数（{usual_days} 天）。",
             "en": "{department} has {count} clock {count:stop|stops} (of {of} of one kind that kept a case in time, "
                   "{share}) "
                   "longer than the overrun by the same number of days: {usual_days}."},
            {"zh": "固定期限的程序（如五日评审）也会使差值相同。",
             "en": "Procedures of a fixed length can make the difference the same."},
        ),
        Check(
            "H15", "stop_one_reason", "medium", "own", 0.20, 0.60, 0.20,
            {"zh": "停钟理由雷同", "en": "One reason for all stops"},
            {"zh": "{department}某一种停钟 {of} 次中有 {count} 次（{share}）使用同一理由（其他部门为 {usual}）。",
             "en": "{department} gave one and the same reason for {count} of {of} clock {of:stop|stops} of one kind "
                   "({share}); "
                   "{usual} elsewhere."},
            {"zh": "系统只提供下拉选项，或事项单一。",
             "en": "The form offers few choices, or the department has one kind of item."},
        ),
        Check(
            "H16", "on_time_without_suspicious_stops", "high", "share", 0.005, 0.10, 0.015,
            {"zh": "剔除可疑停钟后逾期", "en": "Late without suspicious stops"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）只因可疑停钟才按时办结。",
             "en": "{department} kept the limit in {count} of {of} {of:case|cases} ({share}) by suspicious clock stops "
                   "alone."},
            {"zh": "须逐件核对停钟文书；文书齐全的停钟应予保留。",
             "en": "The papers of each stop must be seen; a stop with papers stands."},
        ),
        Check(
            "H17", "bunching", "high", "own", 0.01, 0.12, 0.025,
            {"zh": "压线办结", "en": "Piled up at the limit"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）集中在时限最后两日办结，"
                   "同一事项、同一路径的办理时间本不应在此处有峰。",
             "en": "{department} completed {count} of {of} {of:case|cases} ({share}) in a peak on the last two days of "
                   "the limit "
                   "that the times of the same items and paths would not have."},
            {"zh": "公示期等固定天数恰与时限相近，或临期督办见效。",
             "en": "A notice of fixed length that ends near the limit, or reminders that work."},
        ),
        Check(
            "H18", "period_end", "medium", "both", 0.03, 0.25, 0.03,
            {"zh": "月末突击办结", "en": "Crowding at the month's end"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）在当月最后一个工作日办结（均匀应为 "
                   "{usual}）。",
             "en": "{department} completed {count} of {of} {of:case|cases} ({share}) on the last working day of a "
                   "month; "
                   "{usual} "
                   "would be even."},
            {"zh": "例会、结账或考核日定在月末。",
             "en": "A meeting or a closing of books is at the month's end."},
        ),
        Check(
            "H19", "stage_balance", "medium", "share", 0.01, 0.30, 0.02,
            {"zh": "进出不平", "en": "Comings and goings do not balance"},
            {"zh": "{department}有 {count} 件办件（{of} 件中的 {share}）的受理或办结没有对应环节：进、"
                   "出与在办对不上。",
             "en": "{department} has {count} of {of} {of:case|cases} ({share}) that came or went without a step on "
                   "that day: "
                   "arrivals, departures and stock do not balance."},
            {"zh": "环节未全部上传，或办结日取自另一系统。",
             "en": "Steps were not all sent, or the day of completion comes from another system."},
        ),
        Check(
            "H20", "withdrawn_after_due", "medium", "share", 0.05, 0.50, 0.15,
            {"zh": "逾期后撤回", "en": "Withdrawn after the due date"},
            {"zh": "{department}撤回的 {of} 件中有 {count} 件（{share}）在应办结日之后撤回（按办件所处时间及其他部门"
                   "应为 {usual}）。",
             "en": "{department} has {count} of {of} withdrawn cases ({share}) withdrawn after the due date; {usual} "
                   "would be usual for the time its cases spend there."},
            {"zh": "申请人久等后自行撤回；或撤回系补登。",
             "en": "Applicants who gave up waiting, or withdrawals that were registered later."},
        ),
    )
}  # fmt: skip

OBSTACLES: Final[dict[str, Words]] = {
    "no_rows": {"zh": "没有可查的记录", "en": "nothing to look at"},
    "no_entry_times": {"zh": "没有录入时间", "en": "no times of entry"},
    "no_officers": {
        "zh": "全部环节由申请人或非个人账号办理",
        "en": "all steps are the applicant's or of accounts that no single officer can be",
    },
    "days_only": {"zh": "时间只到日", "en": "stamps tell the day only"},
    "minutes_only": {"zh": "时间只到分", "en": "stamps tell the minute only"},
    "no_starts": {"zh": "没有开始时间", "en": "no starts of steps"},
    "starts_filled": {"zh": "开始与结束一律相同", "en": "every start equals its end"},
    "no_open_cases": {"zh": "没有在办件", "en": "the export holds no open case"},
    "no_application_dates": {"zh": "没有申请日期", "en": "no days of application"},
    "no_stops": {"zh": "没有停钟记录", "en": "no clock stops"},
    "no_stop_entry_times": {"zh": "停钟没有录入时间", "en": "no times of entry of clock stops"},
    "no_stop_reasons": {"zh": "停钟没有理由", "en": "no reasons of clock stops"},
    "no_withdrawals": {
        "zh": "没有既记应办结日、又记撤回之日的撤回件",
        "en": "no withdrawn cases with a due date and a day of withdrawal",
    },
    "no_limits": {"zh": "没有以天数写明的时限", "en": "no limits in days"},
    "days_from_steps": {"zh": "办件日期取自环节", "en": "the days of cases are those of their steps"},
    "days_elsewhere": {"zh": "办件日期与环节无关", "en": "the days of cases are not of their steps"},
    "nobody_to_compare": {"zh": "没有可比的部门", "en": "nobody to compare with"},
    "too_few_cases": {"zh": "办件太少", "en": "too few cases"},
}
"""Why a check cannot be made."""

VERDICTS: Final[dict[str, Words]] = {
    "stands_out": {"zh": "须说明", "en": "to be explained"},
    "not_unusual": {"zh": "未见异常", "en": "not unusual"},
    "not_compared": {"zh": "不作比较", "en": "not compared"},
    "cannot_be_checked": {"zh": "无法检查", "en": "cannot be checked"},
}
"""What a check says of a department. `not_compared`: too few departments or rows to tell; the figure stands."""
UNTOLD: Final[Words] = {
    "zh": "{all} 组部门与检查中，{count} 组因记录或部门太少，即使有问题也看不出来，不作比较。",
    "en": "Of {all} {all:pair|pairs} of a department and a check, {count} {count:is|are} not compared: with so few "
    "rows or departments nothing could be seen, whatever was done.",
}
"""Of how many departments and checks nothing unusual could have been found."""

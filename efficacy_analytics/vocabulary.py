"""What things are called, in Chinese and in English.

One place for the words an office reads: columns of the finding tables, stages of a limit's verdict, units, editions.
Data only. English titles are in sentence case; Chinese uses the terms of approval work (办件, 环节, 承诺时限).
"""

from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
Words: TypeAlias = dict[str, str]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

COLUMNS: Final[dict[str, Words]] = {
    "activity": {"zh": "环节", "en": "Activity"},
    "activity_count": {"zh": "环节种数", "en": "Activities"},
    "bottleneck": {"zh": "主要堵点", "en": "Main bottleneck"},
    "case_count": {"zh": "办件量", "en": "Cases"},
    "case_share": {"zh": "占比", "en": "Share"},
    "case_share_cumulated": {"zh": "累计占比", "en": "Cumulated share"},
    "cause": {"zh": "等待原因", "en": "Cause"},
    "case_id": {"zh": "办件编号", "en": "Case"},
    "completed_count": {"zh": "办结", "en": "Completed"},
    "counted_days": {"zh": "计时天数", "en": "Counted days"},
    "counted_days_median": {"zh": "计时天数中位数", "en": "Median counted days"},
    "department": {"zh": "部门", "en": "Department"},
    "due_on": {"zh": "应办结日", "en": "Due on"},
    "elapsed_seconds_median": {"zh": "全程时间中位数", "en": "Median throughput time"},
    "end_case_count": {"zh": "止于此", "en": "Ends here"},
    "event_count": {"zh": "环节记录", "en": "Events"},
    "first_at": {"zh": "最早记录", "en": "First event"},
    "is_late": {"zh": "逾期", "en": "Late"},
    "is_open": {"zh": "在办", "en": "Open"},
    "item": {"zh": "事项", "en": "Item"},
    "judged_count": {"zh": "已到期", "en": "Due"},
    "kind": {"zh": "结论", "en": "Finding"},
    "last_at": {"zh": "最晚记录", "en": "Last event"},
    "late_count": {"zh": "逾期", "en": "Late"},
    "due_count": {"zh": "到期", "en": "Due"},
    "expected_late_count": {"zh": "应有逾期", "en": "Late, expected"},
    "late_ratio": {"zh": "实际/应有", "en": "Actual / expected"},
    "late_share": {"zh": "逾期率", "en": "Late share"},
    "adjusted_late_share": {"zh": "调整后逾期率", "en": "Adjusted"},
    "possible_ranks": {"zh": "可能名次", "en": "Possible ranks"},
    "limit_days": {"zh": "时限", "en": "Limit"},
    "limit_unit": {"zh": "单位", "en": "Unit"},
    "missing_count": {"zh": "尚缺件数", "en": "Cases missing"},
    "next_activity": {"zh": "下一环节", "en": "Next activity"},
    "on_time_share": {"zh": "按时办结率", "en": "On time"},
    "on_time_interval": {"zh": "95% 区间", "en": "95% interval"},
    "open_count": {"zh": "在办", "en": "Open"},
    "not_judged_count": {"zh": "未判定", "en": "Not judged"},
    "not_yet_due_count": {"zh": "未到期", "en": "Not yet due"},
    "by_extension_count": {"zh": "延期后按时", "en": "On time by extension"},
    "withdrawn_late_count": {"zh": "逾期后撤回", "en": "Withdrawn late"},
    "promised_days": {"zh": "承诺时限", "en": "Promised limit"},
    "rank": {"zh": "序号", "en": "Rank"},
    "steps_a_day": {"zh": "每日环节数", "en": "Steps a day"},
    "night_share": {"zh": "夜间占比", "en": "Share by night"},
    "reason": {"zh": "说明", "en": "Reason"},
    "repeating_case_count": {"zh": "有重复的办件", "en": "Cases repeating it"},
    "resource_count": {"zh": "经办人", "en": "Officers"},
    "safe_days": {"zh": "可保证时限", "en": "Safe limit"},
    "saved_days": {"zh": "可压缩", "en": "Days saved"},
    "segment": {"zh": "区段", "en": "Segment"},
    "share_of_department": {"zh": "占本部门", "en": "Its share"},
    "share_interval": {"zh": "占比 95% 区间", "en": "95% interval of share"},
    "share_of_total": {"zh": "占比", "en": "Share of total"},
    "excess_days": {"zh": "可节省（件·天）", "en": "Excess (case-days)"},
    "stage": {"zh": "阶段", "en": "Stage"},
    "start_case_count": {"zh": "始于此", "en": "Starts here"},
    "undated_case_count": {"zh": "无日期办件", "en": "Cases without a day"},
    "step_order": {"zh": "环节排序依据", "en": "Steps ordered by"},
    "statutory_days": {"zh": "法定时限", "en": "Statutory limit"},
    "throughput_elapsed_seconds_median": {"zh": "全程时间中位数", "en": "Median throughput time"},
    "transition_count": {"zh": "流转次数", "en": "Transitions"},
    "variant_count": {"zh": "变体", "en": "Variants"},
    "waiting_elapsed_seconds_median": {"zh": "中位数", "en": "Median"},
    "waiting_elapsed_seconds_p90": {"zh": "九成不超过", "en": "90% within"},
    "waiting_elapsed_seconds_total": {"zh": "合计（件·天）", "en": "Total (case-days)"},
    "achieved_share": {"zh": "实际保证率", "en": "Share that kept it"},
    "backtest_case_count": {"zh": "回测办件", "en": "Cases tried"},
    "backtest_breach_count": {"zh": "回测超限", "en": "Broke it when tried"},
    "backtest_share": {"zh": "回测保证率", "en": "Kept when tried"},
    "backtest_verdict": {"zh": "回测", "en": "Back-test"},
    "breach_count": {"zh": "超限件数", "en": "Over the limit"},
    "breach_share_high": {"zh": "超限率上界", "en": "Breach rate at most"},
    "censored_count": {"zh": "短于时限的在办件", "en": "Open and younger"},
    "effective_count": {"zh": "相当于独立办件", "en": "Worth independent cases"},
    "excess_count": {"zh": "压线堆积件数", "en": "Excess below the limit"},
    "floor_days": {"zh": "环节法定下限", "en": "Stage limit"},
    "has_changed": {"zh": "期内有变化", "en": "Changed"},
    "held_back_count": {"zh": "压线办结件数", "en": "Held back"},
    "held_back_days": {"zh": "压线多耗（件·天）", "en": "Held back (case-days)"},
    "held_back_share": {"zh": "压线办结占比", "en": "Share held back"},
    "hurried_count": {"zh": "赶办件数", "en": "Hurried"},
    "item_kind": {"zh": "办件类型", "en": "Kind of item"},
    "method": {"zh": "方法", "en": "Method"},
    "period_count": {"zh": "回测期数", "en": "Periods tried"},
    "promised_share": {"zh": "承诺保证率", "en": "Share promised"},
    "recent_pace_high": {"zh": "最近几周至多慢至（倍）", "en": "Last weeks slower by at most (times)"},
    "safe_breach_count": {"zh": "超可保证时限件数", "en": "Over the safe limit"},
    "safe_breach_share_high": {"zh": "可保证时限下超限率上界", "en": "Breach rate at most"},
    "shrunk_breach_share": {"zh": "同类借力后的超限率", "en": "Breach rate by its kind"},
    "shrunk_probability": {"zh": "达标的后验概率", "en": "Probability it is safe"},
    "steady_days": {"zh": "若近期未变慢的时限", "en": "Limit if nothing changed lately"},
    "trend_pace_high": {"zh": "下季度至多慢至（倍）", "en": "Next quarter slower by at most (times)"},
    "undecided_count": {"zh": "未定件数", "en": "Undecided"},
    "used_count": {"zh": "所用办件", "en": "Cases used"},
    "used_last_on": {"zh": "所用数据截止日", "en": "Used until"},
    "used_from_on": {"zh": "所用数据起始日", "en": "Used from"},
    "verdict": {"zh": "结论", "en": "Verdict"},
}
"""Columns of the finding tables as headings; `*_interval`, `bottleneck` and `segment` join several columns."""

KINDS: Final[dict[str, Words]] = {
    "free": {"zh": "可直接压缩", "en": "can be shortened now"},
    "needs_change": {"zh": "须先改进流程", "en": "needs a change first"},
    "refused": {"zh": "暂不下结论", "en": "cannot be said yet"},
}
"""What the table of limits finds for an item."""

REASONS: Final[dict[str, Words]] = {
    "no_limit": {"zh": "未设时限", "en": "no limit is set"},
    "mixed_units": {"zh": "时限单位不一", "en": "limits of several units"},
    "too_few_cases": {"zh": "办件不足", "en": "too few cases"},
    "too_many_open": {"zh": "在办件过多", "en": "too many cases still open"},
    "queues_swing": {"zh": "积压起伏，独立样本不足", "en": "queues swell and shrink: too few independent cases"},
    "last_weeks_differ": {"zh": "最近几周明显变慢", "en": "the last weeks differ"},
    "last_weeks_few": {"zh": "最近几周办件太少，不能排除变慢", "en": "the last weeks hold too few cases to be sure"},
    "times_grow": {"zh": "用时呈上升趋势", "en": "times are growing"},
    "not_shorter": {"zh": "现有时限已是最短", "en": "the limit is already the shortest"},
    "above_limit": {"zh": "现有时限尚不能保证", "en": "the limit itself is not safe yet"},
    "above_statutory": {"zh": "超出法定时限", "en": "beyond the statutory limit"},
}
"""Why a limit is not shortened now."""

METHODS: Final[dict[str, Words]] = {
    "order_statistic": {"zh": "次序统计量（精确，不作分布假设）", "en": "order statistic (exact, distribution-free)"},
    "censored_band": {"zh": "含在办件的删失区间", "en": "band of censored times (some cases still open)"},
    "last_weeks": {"zh": "按最近几周可能的快慢放宽", "en": "raised to the pace the last weeks may have"},
    "trend": {"zh": "按下一季度可能的趋势放宽", "en": "raised to the pace of the next quarter"},
    "stage_limit": {"zh": "以环节时限为下限", "en": "raised to the limit of a stage within"},
}
"""How a safe limit was found."""

BACKTESTS: Final[dict[str, Words]] = {
    "passed": {"zh": "通过", "en": "passed"},
    "failed": {"zh": "未通过", "en": "failed"},
    "undecided": {"zh": "近期变慢，尚未见分晓", "en": "slower of late, not decided yet"},
    "not_testable": {"zh": "样本不足", "en": "too few cases"},
}
"""How the rule for safe limits did on the past of an item."""

BUNCHINGS: Final[dict[str, Words]] = {
    "bunched": {"zh": "有压线堆积", "en": "cases pile up below the limit"},
    "not_bunched": {"zh": "未见压线堆积", "en": "no pile below the limit"},
    "not_testable": {"zh": "样本不足，不下结论", "en": "too few cases to say"},
}
"""Whether cases pile up just below a limit."""

LIMIT_WARNING: Final[Words] = {
    "zh": "以往数据看不到时限改变后的行为：时限缩短，工作可能加快，也可能随时限填满；压缩后须继续监测。",
    "en": "Past data cannot see behaviour under another limit: work may speed up, or fill the time it is given. "
    "Watch what happens after the change.",
}
"""What must be said wherever a shorter limit is proposed."""

TIME_KINDS: Final[dict[str, Words]] = {
    "waiting": {"zh": "等待时间", "en": "waiting time"},
    "between_completions": {"zh": "两次完成之间的时间", "en": "time between completions"},
}
"""What a bottleneck's time is: waiting where starts are recorded, else the time between two completions."""

CAUSES: Final[dict[str, Words]] = {
    "clock_stop": {"zh": "停钟", "en": "Clock stopped"},
    "applicant": {"zh": "申请人", "en": "Applicant"},
    "batching": {"zh": "积批", "en": "Batching"},
    "contention": {"zh": "排队", "en": "Queue"},
    "prioritisation": {"zh": "插队", "en": "Overtaken"},
    "unavailability": {"zh": "不在岗", "en": "Nobody at work"},
    "extraneous": {"zh": "其他", "en": "Other"},
}
"""Why a file waits, in the order in which the causes take their part."""

PARTS: Final[dict[str, Words]] = {
    "waiting": {"zh": "等待", "en": "Waiting"},
    "between_completions": {"zh": "两次完成之间", "en": "Between completions"},
    "service": {"zh": "办理", "en": "Service"},
}
"""What the whole time is made of."""

STEP_ORDERS: Final[dict[str, Words]] = {
    "start": {"zh": "环节按开始时间排序。", "en": "Steps are ordered by their start."},
    "completion": {"zh": "环节按完成时间排序。", "en": "Steps are ordered by their completion."},
    "file": {"zh": "环节按文件中的顺序排列。", "en": "Steps stand in the order of the file."},
}
"""By what the steps of a case are ordered, in a sentence."""

UNDATED: Final[Words] = {
    "zh": "{count} 件没有任何日期，不属于任何时期",
    "en": "{count} {count:case|cases} without any day {count:belongs|belong} to no period",
}
"""What must be said beside a cohort where the days of some cases are not known."""

STAGES: Final[dict[str, Words]] = {
    "application": {"zh": "申请", "en": "Application"},
    "acceptance": {"zh": "受理", "en": "Acceptance"},
    "supplement": {"zh": "补正", "en": "Supplement"},
    "review": {"zh": "审查", "en": "Review"},
    "special_procedure": {"zh": "特别程序", "en": "Special procedure"},
    "decision": {"zh": "决定", "en": "Decision"},
    "delivery": {"zh": "送达", "en": "Delivery"},
}
"""Stages by the codes of our own layouts; another log's stages keep their code."""

UNITS: Final[dict[str, Words]] = {
    "working_days": {"zh": "个工作日", "en": "working days"},
    "calendar_days": {"zh": "个自然日", "en": "calendar days"},
    "hours": {"zh": "小时", "en": "hours"},
    "months": {"zh": "个月", "en": "months"},
    "on_the_spot": {"zh": "即办", "en": "on the spot"},
}
"""Units of a time limit, as they follow a number."""

CLOCKS: Final[dict[str, Words]] = {
    "elapsed": {"zh": "自然时间", "en": "elapsed time"},
    "open": {"zh": "办公时间", "en": "office hours"},
    "counted": {"zh": "计时时间", "en": "counted time"},
}
"""The three clocks."""

EDITIONS: Final[dict[str, Words]] = {
    "internal": {"zh": "内部资料", "en": "For internal use"},
    "public": {"zh": "公开", "en": "Public edition"},
}
"""Whom a briefing is for."""

TERMS: Final[dict[str, Words]] = {
    "start": {"zh": "开始", "en": "Start"},
    "end": {"zh": "结束", "en": "End"},
    "overall": {"zh": "总体", "en": "All"},
    "none": {"zh": "—", "en": "–"},
    "more_rows": {"zh": "另有 {count} 行未列出，见所附数据。", "en": "{count} more rows are in the attached data."},
}
"""Words that are no column: ends of the map, the overall line, an absent figure."""


def heading(column: str, language: Language) -> str:
    """The heading of a column; a column without an entry keeps its own name."""
    return COLUMNS.get(column, {}).get(language, column)


def order_words(step_order: str, language: Language) -> str:
    """By what steps are ordered, in a sentence for each of the orders that `log_summary` names."""
    return ("" if language == "zh" else " ").join(STEP_ORDERS[one][language] for one in step_order.split(", "))

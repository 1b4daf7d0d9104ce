"""What the columns of tables mean, in both languages; those too that a document makes of several columns."""

from typing import Final

from efficacy_analytics.vocabulary import Words

MEANINGS: Final[dict[str, Words]] = {
    "is_judged": {"zh": "办结且有到期日，或在办而已过到期日", "en": "completed with a due date, or open and past it"},
    "on_time_share": {"zh": "（可判定 − 逾期）/ 可判定", "en": "(judged − late) / judged"},
    "judged_count": {
        "zh": "办结且有到期日的办件，加在办而已过到期日的",
        "en": "completed cases with a due date, and open ones already past it",
    },
    "share_of_total": {
        "zh": "此段在全部之中的占比，各行相加为一",
        "en": "its part of the whole; the rows add up to one",
    },
    "excess_days": {
        "zh": "各件超出最好四分之一部门中位数的部分之和",
        "en": "over cases, what exceeds the median of the best quarter of departments",
    },
    "safe_days": {"zh": "按所述保证率与置信度的最短时限", "en": "the shortest limit with the stated guarantee"},
    "expected_late_count": {
        "zh": "居中的部门办同样的件会有的逾期",
        "en": "late cases that the department in the middle would have had of the same work",
    },
    "restricted_days_mean": {
        "zh": "长于该事项九成五办件的天数按其计；在办与撤回的按至少已历天数计",
        "en": "more days than 95 of 100 of the item take count as those; open and withdrawn cases as at least so long",
    },
    "expected_days_mean": {
        "zh": "居中的部门办同样事项会用的天数",
        "en": "what the department in the middle would take for the same items",
    },
    "between_officers_share": {
        "zh": "同类办件快慢的差异中，取决于由谁决定的部分；表中数值为 0 至 1",
        "en": "of the differences in how long like cases take, the part that lies between those who decide",
    },
    "late_ratio": {"zh": "实际逾期 / 预期逾期", "en": "late / expected to be late"},
    "rule_effect": {
        "zh": "同样的办件按本期时限与按前期时限判定之差，两期办件平均",
        "en": "the same cases by the limits of this period and by those of the one before, mean of both periods' cases",
    },
    "record_effect": {
        "zh": "仅因延期或无依据停钟才按时的办件，前期占比减本期占比",
        "en": "on time by an extension or a stop without ground alone: their share before less that of this period",
    },
    "rate_effect": {
        "zh": "扣除时限变动与记录之后，各事项自身的快慢",
        "en": "how fast each item was handled, limits that changed and records taken out",
    },
    "time_kind": {
        "zh": "有开始记录的为等待，否则为两次完成之间的时间",
        "en": "waiting where starts are recorded, else the time between completions",
    },
    "variant_key": {
        "zh": "同一环节序列的办件编号相同",
        "en": "the same for cases with the same sequence of activities",
    },
    "limit_days": {
        "zh": "判定所用的时限；单位见列名、格内或旁列",
        "en": "the limit that judges; its unit stands in the heading, in the cell or beside it",
    },
    "statutory_days": {"zh": "法律、法规、规章规定的时限", "en": "the limit that the law sets"},
    "saved_days": {"zh": "现行时限减去可保证的时限", "en": "the limit less the one that can be guaranteed"},
    "limit_and_safe": {
        "zh": "现行时限 → 按所述保证率与置信度的最短时限",
        "en": "the limit → the shortest one with the stated guarantee",
    },
    "limit_and_proposed": {
        "zh": "现行时限 → 建议时限；不建议缩短的只列现行时限",
        "en": "the limit → the proposed one; the limit alone where none is proposed",
    },
    "days_saved": {
        "zh": "现行时限减去建议时限，括号内为占现行时限的比例",
        "en": "the limit less the proposed one, in brackets its share of the limit",
    },
    "over_of_cases": {
        "zh": "所据办件中超过建议时限的件数 / 办件数",
        "en": "of the cases used, those over the proposed limit / cases",
    },
    "step_needed": {
        "zh": "须压减的一处等待及天数；单减一处仍不够的，为不下结论的原因",
        "en": "the wait to be cut, and by how many days; where no single one would do, why nothing is proposed",
    },
    "lower_share": {
        "zh": "按较低的保证率可以承诺的时限",
        "en": "the limit that can be promised at a lower share on time",
    },
    "missing_count": {
        "zh": "还须多少件办结的办件，才可下结论",
        "en": "how many more completed cases it would take to tell",
    },
    "unseen_weeks": {
        "zh": "快照日之前最近几周受理的办件不在此结论之内",
        "en": "weeks before the day of the snapshot whose cases are not in the finding",
    },
    "backtest_verdict": {
        "zh": "以早期办件定时限、以其后办件检验的结果",
        "en": "what came of limits set on earlier cases and tried on later ones",
    },
    "limit_kind": {
        "zh": "可否缩短：可立即压缩、须先改进流程、样本不足等",
        "en": "whether the limit can be shortened: now, after a change, or not told",
    },
    "limit_reason": {"zh": "为何得此结论", "en": "why it is so"},
    "case_count": {"zh": "所在行所指办件的件数", "en": "how many cases the row is about"},
    "completed_count": {"zh": "其中办结的件数", "en": "those of them that were completed"},
    "open_count": {"zh": "其中尚未办结的件数", "en": "those of them that are still open"},
    "not_yet_due_count": {"zh": "尚在办、未到应办结日的件数", "en": "open cases whose due day has not come"},
    "late_count": {
        "zh": "办结时已过应办结日的，加在办而已过应办结日的",
        "en": "cases completed after their due day, and open ones past it",
    },
    "due_count": {
        "zh": "设有时限且已可判定是否逾期的件数",
        "en": "cases with a limit of which it can be told whether they were late",
    },
    "late_share": {"zh": "逾期 / 到期", "en": "late / due"},
    "adjusted_late_share": {
        "zh": "假如办的是全部办件，会有的逾期率：逾期比 × 总逾期率",
        "en": "the share late that it would have with the work of all: late ratio × share late of all",
    },
    "finding_count": {
        "zh": "数据真实性检查中须说明的项数",
        "en": "checks of its records that found something to be explained",
    },
    "ranks_on_like_work": {
        "zh": "对全部部门同时有 99% 的把握的可能名次，1 为逾期最少",
        "en": "the ranks that are possible, for all departments together at 99% confidence; 1 has the fewest late",
    },
    "ranks_by_score": {
        "zh": "对全部单位同时有 95% 的把握的可能名次，1 为得分最高",
        "en": "the ranks that are possible, for all units together at 95% confidence; 1 has the highest score",
    },
    "rank": {"zh": "按表名所述次序的名次", "en": "its place in the order that the table is in"},
    "department": {"zh": "办理的部门", "en": "the department that handles the cases"},
    "item": {"zh": "申请办理的事项", "en": "what is applied for"},
    "items_of_cases": {"zh": "办件所属事项的个数", "en": "how many items the cases are of"},
    "officer_count": {"zh": "作出决定的经办人数", "en": "how many people decided"},
    "counted_unit": {"zh": "计天的单位：工作日或自然日", "en": "whether working or calendar days are counted"},
    "days_difference": {"zh": "平均天数减去预期天数", "en": "mean days less the expected ones"},
    "position_of_share": {
        "zh": "与总体相比：区间不含总体之值的为高或低",
        "en": "beside the whole: higher or lower only where the interval does not hold its share",
    },
    "position_of_times": {
        "zh": "与预期相比：区间不含零的为长或短",
        "en": "beside what is expected: longer or shorter only where the interval does not hold zero",
    },
    "share_interval": {"zh": "旁列占比的 95% 区间", "en": "95% interval of the share beside it"},
    "difference_interval": {"zh": "相差天数的 95% 区间", "en": "95% interval of the difference"},
    "verdict_of_review": {
        "zh": "测评结论：表扬、须整改，或不分先后",
        "en": "what the review says: commended, must act, or not apart",
    },
    "printed_score": {"zh": "按评分方案所得的分", "en": "points by the scheme"},
    "grade": {"zh": "按评分方案的等次", "en": "the grade by the scheme"},
    "honesty_score": {
        "zh": "100 分减去各项检查所扣之分，不能检查的不计",
        "en": "100 less the points that the checks take, those that cannot be made left out",
    },
    "checks_made": {"zh": "能做的检查 / 全部检查", "en": "checks that could be made / all checks"},
    "stands_out": {"zh": "须作说明的检查", "en": "the checks whose findings are to be explained"},
    "share_without_stops": {
        "zh": "把可疑的停钟当作未停，所得的按时办结率",
        "en": "the share on time if suspicious stops of the clock had not been",
    },
    "segment": {"zh": "相接的两个环节", "en": "two steps, one right after the other"},
    "bottleneck": {"zh": "本部门用时最多的区段", "en": "the segment that takes most of the department's time"},
    "bottleneck_share": {
        "zh": "该区段占本部门各区段用时的比例",
        "en": "its share of the department's time between steps",
    },
    "part": {
        "zh": "一个环节的办理，或两个环节之间的时间",
        "en": "the service of a step, or the time between two steps",
    },
    "kind_of_part": {
        "zh": "办理、等待，或未记开始时的两次完成之间",
        "en": "service, waiting, or between completions where no start is recorded",
    },
    "tenth_less_elapsed_seconds": {
        "zh": "此部分缩短一成，每件全程时间平均可减",
        "en": "how much the mean throughput time falls if this part takes a tenth less",
    },
    "red_count": {"zh": "按预警规则为红牌的在办件", "en": "open cases with a red card by the ladder of warnings"},
    "yellow_count": {"zh": "按预警规则为黄牌的在办件", "en": "open cases with a yellow card by the ladder of warnings"},
    "reminder_count": {"zh": "按预警规则临期的在办件", "en": "open cases with a reminder by the ladder of warnings"},
    "green_count": {"zh": "有时限而未到预警的在办件", "en": "open cases with a limit and no warning"},
    "stopped_count": {"zh": "停钟之中的在办件", "en": "open cases whose clock is stopped"},
    "no_limit_count": {"zh": "未记录时限的在办件", "en": "open cases without a limit on record"},
    "period_figure": {"zh": "所比的指标", "en": "the figure that is compared"},
    "period_this": {"zh": "本文所述的期间", "en": "the period that this document is about"},
    "period_before": {"zh": "紧接其前、同样长的期间", "en": "the period right before it, of the same kind"},
    "period_before_change": {
        "zh": "本期与上期相比；* 为差别超出偶然",
        "en": "this period beside the one before; * marks what is more than chance",
    },
    "period_year_before": {"zh": "上一年的同一期间", "en": "the same period a year before"},
    "period_year_before_change": {
        "zh": "本期与去年同期相比；* 为差别超出偶然",
        "en": "this period beside the same one a year before; * marks what is more than chance",
    },
    "card_number": {"zh": "在牌卡记录中的编号", "en": "its number in the record of cards"},
    "case_or_complaint": {
        "zh": "办件的编号，或投诉的编号",
        "en": "the number of the case, or of the complaint",
    },
    "warned_for": {
        "zh": "因何给牌：整件、某一环节或投诉",
        "en": "what the card is for: the case, a stage or a complaint",
    },
    "accepted_on": {"zh": "受理的日期", "en": "the day of acceptance"},
    "due_on": {"zh": "应当办结的最后一日", "en": "the last day on which it is in time"},
    "working_days_left": {
        "zh": "至应办结日还有几个工作日；负数为已过",
        "en": "working days until the due day; below zero: past it",
    },
    "certified_what": {"zh": "所述的项目", "en": "what is told"},
    "certified_value": {"zh": "其内容", "en": "what it is"},
}

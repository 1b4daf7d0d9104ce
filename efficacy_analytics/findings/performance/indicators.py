"""The indicators of approval work: each one aggregate over cases, at any level.

An indicator is one SQL expression over `cohort_cases`; the level is only the `group by`, so there are no averages of
averages. Each says how an open case, an open one past its due date, a case withdrawn in time and one withdrawn when it
was late, and a green-lane case count: `counted` (part of the figure), `against` (counted as a failure) or `left_out`.
Shares are null where nothing counts.

Source: the indicators real approval systems print (承诺提速, 办理提速, 按时办结率, 提前办结率, 当日办结率 …).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl

from efficacy_analytics.engine.question import question
from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError

Counts: TypeAlias = Literal["counted", "against", "left_out"]
Level: TypeAlias = Literal["all", "department", "item", "month"]

LEVELS: dict[str, str] = {
    "all": "'all'",
    "department": "cast(department as varchar)",
    "item": "cast(item as varchar)",
    "month": "substr(cast(accepted_on as varchar), 1, 7)",
}

COMPLETED = "not is_open and not is_withdrawn"
COMPLETED_UNDER_CLOCK = "not is_open and is_under_clock and limit_days is not null and counted_days is not null"
BOTH_LIMITS = """is_under_clock and promised_length is not null and (
            promised_unit = statutory_unit or (promised_unit = 'on_the_spot' and statutory_unit = 'working_days'))"""
BOTH_TIMES = f"{COMPLETED_UNDER_CLOCK} and counted_unit = statutory_unit"


@dataclass(frozen=True)
class Indicator:
    """One figure of approval work.

    Attributes:
        name: the column, its unit in its ending.
        sql: one aggregate over the columns of `cases`.
        unit: `cases`, `share` (0-1) or `days` (counted, of the limit's unit).
        better: which way is an improvement.
        zh: its name in Chinese.
        en: its name in English.
        open: how an open case not yet due counts.
        overdue_open: how an open case past its due date counts.
        withdrawn: how a case withdrawn before its due date counts.
        withdrawn_late: how a case withdrawn after it counts.
        green_lane: how a green-lane case counts.
    """

    name: str
    sql: str
    unit: Literal["cases", "share", "days"]
    better: Literal["higher", "lower", "neither"]
    zh: str
    en: str
    open: Counts = "left_out"
    overdue_open: Counts = "left_out"
    withdrawn: Counts = "left_out"
    withdrawn_late: Counts = "left_out"
    green_lane: Counts = "left_out"


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        name="completed_count",
        sql=f"count(*) filter (where {COMPLETED})",
        unit="cases",
        better="higher",
        zh="办结件数",
        en="Cases completed",
        green_lane="counted",
    ),
    Indicator(
        name="open_count",
        sql="count(*) filter (where is_open and not is_withdrawn)",
        unit="cases",
        better="lower",
        zh="在办件数",
        en="Cases open",
        open="counted",
        overdue_open="counted",
        green_lane="counted",
    ),
    Indicator(
        name="overdue_open_count",
        sql="count(*) filter (where verdict_class = 'overdue')",
        unit="cases",
        better="lower",
        zh="逾期未办结件数",
        en="Cases open and past their due date",
        overdue_open="counted",
    ),
    Indicator(
        name="on_time_share",
        sql="avg(cast(not is_late as integer)) filter (where is_judged)",
        unit="share",
        better="higher",
        zh="按时办结率",
        en="Share on time",
        overdue_open="against",
        withdrawn_late="against",
    ),
    Indicator(
        name="on_time_without_extensions_share",
        sql="avg(cast(verdict_class = 'on_time' as integer)) filter (where is_judged)",
        unit="share",
        better="higher",
        zh="按时办结率（不计延期）",
        en="Share on time as if nothing had been extended",
        overdue_open="against",
        withdrawn_late="against",
    ),
    Indicator(
        name="on_time_with_grounded_stops_share",
        sql="avg(cast(not is_late_with_ground as integer)) filter (where is_judged)",
        unit="share",
        better="higher",
        zh="按时办结率（只扣除法定停止计时）",
        en="Share on time where only stops that the licensing law names count",
        overdue_open="against",
        withdrawn_late="against",
    ),
    Indicator(
        name="statutory_on_time_share",
        sql="avg(cast(not is_late_by_statute as integer)) filter (where is_judged_by_statute)",
        unit="share",
        better="higher",
        zh="法定时限内办结率",
        en="Share within the statutory limit",
        overdue_open="against",
        withdrawn_late="against",
    ),
    Indicator(
        name="not_yet_due_count",
        sql="count(*) filter (where verdict_class = 'not_yet_due')",
        unit="cases",
        better="neither",
        zh="未到期件数",
        en="Cases not yet due",
        open="counted",
    ),
    Indicator(
        name="withdrawn_late_count",
        sql="count(*) filter (where verdict_class = 'withdrawn_late')",
        unit="cases",
        better="lower",
        zh="逾期后撤回件数",
        en="Cases withdrawn after their due date",
        withdrawn_late="counted",
    ),
    Indicator(
        name="early_completion_share",
        sql="""avg(cast(coalesce(completed_on < due_on and not is_open and not is_withdrawn, false) as integer))
            filter (where is_judged)""",
        unit="share",
        better="higher",
        zh="提前办结率",
        en="Share completed before the due date",
        overdue_open="against",
        withdrawn_late="against",
    ),
    Indicator(
        name="on_the_spot_share",
        sql=f"avg(cast(completed_on = accepted_on as integer)) filter (where {COMPLETED})",
        unit="share",
        better="higher",
        zh="当日办结率（即办率）",
        en="Share completed on the day of acceptance",
        green_lane="counted",
    ),
    Indicator(
        name="counted_days_mean",
        sql=f"""case when count(distinct counted_unit) filter (where {COMPLETED_UNDER_CLOCK}) = 1
            then avg(counted_days) filter (where {COMPLETED_UNDER_CLOCK}) end""",
        unit="days",
        better="lower",
        zh="平均办结时间（计时天数）",
        en="Mean counted days of completed cases (none where limits have several units)",
    ),
    Indicator(
        name="promise_speed_up_share",
        sql=f"""1 - sum(promised_length) filter (where {BOTH_LIMITS})
            / nullif(sum(statutory_length) filter (where {BOTH_LIMITS}), 0)""",
        unit="share",
        better="higher",
        zh="承诺提速",
        en="Promised limits shorter than statutory ones by",
        open="counted",
        overdue_open="counted",
    ),
    Indicator(
        name="actual_speed_up_share",
        sql=f"""1 - sum(counted_days) filter (where {BOTH_TIMES})
            / nullif(sum(statutory_length) filter (where {BOTH_TIMES}), 0)""",
        unit="share",
        better="higher",
        zh="办理提速",
        en="Counted time shorter than statutory limits by",
    ),
)


@question
def indicators(log: Session, *, by: Level = "department") -> pl.DataFrame:
    """Every indicator at one level.

    Args:
        log: the engine of a cohort, with the view `cohort_cases`.
        by: `all`, `department`, `item`, or `month` of acceptance (as 2024-03).

    Returns:
        One row per value of `by` (one row for `all`, without that column), in its order, null last: the value,
        `case_count`, and a column per indicator, named as it.

    Raises:
        CallError: `by` is none of the levels.
    """
    if by not in LEVELS:
        raise CallError(f"indicators know no level '{by}'.", hint=f"one of: {', '.join(LEVELS)}")
    figures = ", ".join(f"{indicator.sql} as {indicator.name}" for indicator in INDICATORS)
    text = f"""
        select {LEVELS[by]} as {by}, count(*) as case_count, {figures}
        from cohort_cases
        group by 1
        order by 1 nulls last
    """
    log.plan.append(f"indicators by {by}")
    found = log.sql(text)
    return found.drop("all") if by == "all" else found

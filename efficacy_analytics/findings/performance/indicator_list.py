"""The indicators of approval work, one declaration each.

An indicator is one SQL expression over the cases; the level is only the `group by`, so there are no averages of
averages. Each says how an open case, an open one past its due date, a case withdrawn in time and one withdrawn when it
was late, a green-lane case, one that an extension alone keeps in time, and one refused by the decision count: `counted`
(part of the figure), `against` (counted as a failure) or `left_out`. Shares are null where nothing counts, and every
figure where the sources record nothing of what it `needs`.

Source: the indicators real approval systems print (承诺提速, 办理提速, 按时办结率, 提前办结率, 当日办结率 …).
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypedDict, Unpack

Counts: TypeAlias = Literal["counted", "against", "left_out"]
Reason: TypeAlias = Literal["", "count", "ratio_of_sums", "mean", "median", "answers"]
"""Why a figure has no interval: it is a count of what happened; a quotient of two sums, whose terms are no trials of
one chance; a mean or a median, of which few cases tell no interval; a share of answers, of which one person may give
several."""

Record: TypeAlias = Literal[
    "completion", "limit", "status", "channel", "application", "clock_stops", "ratings", "complaints", "fees"
]
"""What a source records of its cases, or does not: the columns `has_…` of `indicator_records`."""
NOTHING_COUNTED: Final = "nothing_counted"
"""Why a figure is null though all it needs is recorded."""

COMPLETED: Final = "not is_open and not is_withdrawn and verdict_class != 'not_accepted'"
TIMED: Final = "not is_open and is_under_clock and limit_days is not null and counted_days is not null"
BOTH_LIMITS: Final = """is_under_clock and promised_length is not null and (
            promised_unit = statutory_unit or (promised_unit = 'on_the_spot' and statutory_unit = 'working_days'))"""
BOTH_TIMES: Final = f"{TIMED} and counted_unit = statutory_unit"
BOTH_PROMISED: Final = f"""{TIMED} and promised_length > 0 and (counted_unit = promised_unit)"""


class CountsOf(TypedDict, total=False):
    """How kinds of cases count, as far as it is said; see `Indicator`."""

    open: Counts
    overdue_open: Counts
    withdrawn: Counts
    withdrawn_late: Counts
    green_lane: Counts
    extended: Counts
    refused: Counts


@dataclass(frozen=True)
class Target:
    """What an indicator should reach, and who says so.

    Attributes:
        value: in the indicator's unit.
        zh: the source in Chinese.
        en: the source in English.
    """

    value: float
    zh: str
    en: str


@dataclass(frozen=True)
class Part:
    """A count, a sum, a mean, a median or a number of different values over some of the cases.

    Attributes:
        function: which of them.
        value: of what, of a case; empty for a count.
        where: the condition of the cases that count; empty for all.
    """

    function: Literal["count", "sum", "avg", "median", "different"]
    value: str = ""
    where: str = ""

    @property
    def sql(self) -> str:
        """The part as one aggregate over cases."""
        function, value = ("count", f"distinct {self.value}") if self.function == "different" else (
            self.function, self.value or "*"
        )  # fmt: skip
        return f"{function}({value})" + (f" filter (where {self.where})" if self.where else "")


@dataclass(frozen=True)
class Indicator:
    """One figure of approval work: an aggregate over cases, or the share of the cases `of` that are a `hit`.

    Attributes:
        name: the column, its unit in its ending.
        zh: its name in Chinese.
        en: its name in English.
        unit: `cases`, `share` (0-1), `days` (counted, of the limit's unit) or `amount`.
        better: which way is an improvement.
        aggregate: an expression with a place `{}` for each of its `parts`; empty for a share of cases.
        parts: the aggregates over the columns of the cases that the expression is made of.
        hit: a condition on a case; a case for which it is null counts in neither.
        of: the condition of the cases that the share is of.
        without_interval: why the figure has none; empty for a share of cases.
        target: what it should reach, where a source says so.
        needs: what must be recorded; it has no value where no case of the sources has it.
        open: how an open case not yet due counts.
        overdue_open: how an open case past its due date counts.
        withdrawn: how a case withdrawn before its due date counts.
        withdrawn_late: how a case withdrawn after it counts.
        green_lane: how a green-lane case counts.
        extended: how a completed case counts that an extension alone keeps in time.
        refused: how a case counts whose decision was a refusal.
    """

    name: str
    zh: str
    en: str
    unit: Literal["cases", "share", "days", "amount"] = "share"
    better: Literal["higher", "lower", "neither"] = "higher"
    aggregate: str = ""
    parts: tuple[Part, ...] = ()
    hit: str = ""
    of: str = ""
    without_interval: Reason = ""
    target: Target | None = None
    needs: tuple[Record, ...] = ()
    open: Counts = "left_out"
    overdue_open: Counts = "left_out"
    withdrawn: Counts = "left_out"
    withdrawn_late: Counts = "left_out"
    green_lane: Counts = "left_out"
    extended: Counts = "counted"
    refused: Counts = "counted"

    @property
    def formula(self) -> str:
        """What it is, as SQL reads it."""
        whole = self.aggregate.format(*(part.sql for part in self.parts))
        return " ".join((f"share of [{self.of}] with [{self.hit}]" if self.of else whole).split())


def _count(
    name: str, where: str, zh: str, en: str, better: Literal["higher", "lower", "neither"], *,
    needs: tuple[Record, ...] = (), **more: Unpack[CountsOf],
) -> Indicator:  # fmt: skip
    parts = (Part("count", where=where),)
    return Indicator(name, zh, en, "cases", better, "{}", parts, without_interval="count", needs=needs, **more)


def _sum(
    name: str, value: str, zh: str, en: str, better: Literal["higher", "lower", "neither"], *, needs: tuple[Record, ...]
) -> Indicator:
    parts = (Part("sum", value),)
    return Indicator(
        name, zh, en, "cases", better, "cast({} as bigint)", parts, without_interval="count", needs=needs, **ALL
    )


JUDGED: Final[CountsOf] = {"overdue_open": "against", "withdrawn_late": "against"}
ALL: Final[CountsOf] = {
    "open": "counted", "overdue_open": "counted", "withdrawn": "counted", "withdrawn_late": "counted",
    "green_lane": "counted",
}  # fmt: skip
UNITS: Final = Part("different", "counted_unit", TIMED)

INDICATORS: tuple[Indicator, ...] = (
    _count("completed_count", COMPLETED, "办结件数", "Cases completed", "higher", green_lane="counted"),
    _count("open_count", "is_open and not is_withdrawn", "在办件数", "Cases open", "lower", open="counted",
           overdue_open="counted", green_lane="counted", extended="left_out", refused="left_out",
              needs=("completion",)),
    _count("overdue_open_count", "verdict_class = 'overdue'", "逾期未办结件数", "Cases open and past their due date",
           "lower", overdue_open="counted", extended="left_out", refused="left_out", needs=("limit", "completion")),
    Indicator("on_time_share", "按时办结率", "Share on time", hit="not is_late", of="is_judged", **JUDGED,
              target=Target(0.99, "按时办结率不低于 99%", "at least 99% completed on time"), needs=("limit",)),
    Indicator("on_time_without_extensions_share", "按时办结率（不计延期）",
              "Share on time as if nothing had been extended", hit="verdict_class = 'on_time'", of="is_judged",
              extended="against", overdue_open="against", withdrawn_late="against", needs=("limit",)),
    Indicator("on_time_with_grounded_stops_share", "按时办结率（只扣除法定停止计时）",
              "Share on time where only stops that the licensing law names count", hit="not is_late_with_ground",
              of="is_judged", needs=("limit",), **JUDGED),
    Indicator("statutory_on_time_share", "法定时限内办结率", "Share within the statutory limit",
              hit="not is_late_by_statute", of="is_judged_by_statute", needs=("limit",), **JUDGED),
    _count("not_yet_due_count", "verdict_class = 'not_yet_due'", "未到期件数", "Cases not yet due", "neither",
           open="counted", extended="left_out", refused="left_out", needs=("limit",)),
    _count("withdrawn_late_count", "verdict_class = 'withdrawn_late'", "逾期后撤回件数",
           "Cases withdrawn after their due date", "lower", withdrawn_late="counted", extended="left_out",
           refused="left_out", needs=("limit", "status")),
    Indicator("early_completion_share", "提前办结率", "Share completed before the due date",
              hit="coalesce(completed_on < due_on and not is_open and not is_withdrawn, false)",
              of="is_judged", needs=("limit", "completion"), **JUDGED),
    Indicator("on_the_spot_share", "当日办结率（即办率）", "Share completed on the day of acceptance",
              hit="completed_on = accepted_on", of=COMPLETED, green_lane="counted",
              target=Target(0.90, "现场办结率不低于 90%", "at least 90% completed on the spot"), needs=("completion",)),
    Indicator("counted_days_mean", "平均办结时间（计时天数）",
              "Mean counted days of completed cases (none where limits have several units)", "days", "lower",
              "case when {} = 1 then {} end", (UNITS, Part("avg", "counted_days", TIMED)), without_interval="mean",
              needs=("limit",)),
    Indicator("promise_speed_up_share", "承诺提速", "Promised limits shorter than statutory ones by",
              aggregate="1 - {} / nullif({}, 0)",
              parts=(Part("sum", "promised_length", BOTH_LIMITS), Part("sum", "statutory_length", BOTH_LIMITS)),
              without_interval="ratio_of_sums", open="counted", overdue_open="counted", needs=("limit",)),
    Indicator("actual_speed_up_share", "办理提速", "Counted time shorter than statutory limits by",
              aggregate="1 - {} / nullif({}, 0)",
              parts=(Part("sum", "counted_days", BOTH_TIMES), Part("sum", "statutory_length", BOTH_TIMES)),
              without_interval="ratio_of_sums", needs=("limit",)),
    Indicator("actual_speed_up_on_promise_share", "办理提速（较承诺时限）",
              "Counted time shorter than promised limits by",
              aggregate="1 - {} / nullif({}, 0)",
              parts=(Part("sum", "counted_days", BOTH_PROMISED), Part("sum", "promised_length", BOTH_PROMISED)),
              without_interval="ratio_of_sums", needs=("limit",)),
    Indicator("counted_days_median", "办结时间中位数（计时天数）",
              "Median counted days of completed cases (none where limits have several units)", "days", "lower",
              "case when {} = 1 then {} end", (UNITS, Part("median", "counted_days", TIMED)),
              without_interval="median", needs=("limit",)),
    Indicator("late_completion_share", "超期办结率", "Share completed late, of the completed cases that were due",
              better="lower", hit="verdict_class = 'late'", of=f"is_judged and {COMPLETED}", needs=("limit",)),
    Indicator("by_extension_share", "延期后按时办结率", "Share on time by an extension alone", better="lower",
              hit="verdict_class = 'by_extension'", of="is_judged", overdue_open="counted", withdrawn_late="counted",
              needs=("limit", "clock_stops")),
    Indicator("accepted_within_five_days_share", "五日内受理率", "Share accepted within five working days",
              hit="acceptance_working_days <= 5", of="acceptance_working_days is not null", **ALL,
              target=Target(1.0, "行政许可法第三十二条：五日内一次告知", "Administrative Licensing Law, art. 32"),
              needs=("application",)),
    Indicator("online_share", "网上办理率", "Share applied for online", hit="channel in ('pc', 'mobile')",
              of="channel is not null", **ALL,
              target=Target(0.45, "网上审批占比由 40% 提高到 45%", "online share raised from 40% to 45%"),
              needs=("channel",)),
    Indicator("refused_share", "不予许可率", "Share of decisions that were refusals", better="neither",
              hit="coalesce(status, '') = 'refused'", of=COMPLETED, green_lane="counted", needs=("status",)),
    Indicator("not_accepted_share", "不予受理率", "Share whose acceptance was refused", better="neither",
              hit="coalesce(status, '') = 'not_accepted'", of="true", needs=("status",), **ALL),
    Indicator("withdrawn_share", "撤回率", "Share withdrawn, in time or late", better="neither", hit="is_withdrawn",
              of="true", needs=("status",), **ALL),
    Indicator("supplemented_share", "补正率", "Share with a notice to supplement", better="lower",
              hit="supplement_count > 0", of="true", needs=("clock_stops",), **ALL),
    Indicator("supplements_mean", "平均补正次数", "Notices to supplement per case", "cases", "lower",
              "{}", (Part("avg", "supplement_count", "supplement_count is not null"),), without_interval="mean",
              needs=("clock_stops",), **ALL),
    Indicator("told_once_share", "一次性告知率", "Of the supplemented, share told all at once",
              hit="supplement_count = 1", of="supplement_count > 0", **ALL,
              target=Target(1.0, "行政许可法第三十二条：一次告知", "Administrative Licensing Law, art. 32"),
              needs=("clock_stops",)),
    Indicator("rated_share", "评议率", "Share rated by the applicant", hit="rating_count > 0", of=COMPLETED,
              green_lane="counted", needs=("ratings",)),
    Indicator("satisfied_share", "满意率（基本满意以上）", "Share of ratings that say satisfied",
              aggregate="{} / nullif({}, 0)", parts=(Part("sum", "satisfied_count"), Part("sum", "rating_count")),
              without_interval="answers", needs=("ratings",), **ALL),
    _sum("bad_rating_count", "bad_rating_count", "差评数", "Bad ratings", "lower", needs=("ratings",)),
    _sum("complaint_count", "complaint_count", "投诉数", "Complaints about the cases", "lower", needs=("complaints",)),
    Indicator("complaints_answered_in_time_share", "投诉五个工作日内答复率",
              "Share of complaints answered within five working days",
              aggregate="{} / nullif({} + {}, 0)",
              parts=tuple(Part("sum", f"answered_{when}_count") for when in ("in_time", "in_time", "late")),
              without_interval="answers", **ALL,
              target=Target(1.0, "民声 110：五个工作日内反馈", "answered within five working days"),
              needs=("complaints",)),
    _sum("complaint_yellow_card_count", "answered_late_count", "投诉逾期答复（黄牌）数",
         "Complaints not answered in time (yellow cards)", "lower", needs=("complaints",)),
    Indicator("fee_total_amount", "收费总额", "Fees charged", "amount", "lower", "cast({} as double)",
              (Part("sum", "fee_amount"),), without_interval="count", needs=("fees",), **ALL),
)  # fmt: skip

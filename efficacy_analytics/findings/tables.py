"""Which tables can be asked for, and what makes each.

A new table is one line in `TABLES`: its name, one line in both languages, and where its function stands. The
function takes the engine of a cohort and its own options, and is imported when the table is first made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError


@dataclass(frozen=True)
class Table:
    """A table by name.

    Attributes:
        name: as `efficacy show` takes it.
        zh: what it says, in one line of Chinese.
        en: the same in English.
        make: makes it from the engine of a cohort, with options of its own.
        is_in_runs: whether every run of the findings keeps it; what takes long or is long is made when asked for.
    """

    name: str
    zh: str
    en: str
    make: Callable[..., pl.DataFrame]
    is_in_runs: bool = True


def lazily(source: str, **fixed: Any) -> Callable[..., pl.DataFrame]:
    """A function known by `module:function`, imported at its first call; options of the call come before `fixed`."""
    module, function = source.split(":")

    def make(log: DuckdbEngine, **options: Any) -> pl.DataFrame:
        made: pl.DataFrame = getattr(import_module(module), function)(log, **{**fixed, **options})
        return made

    return make


MINING = "efficacy_analytics.mining"
MEASURES = f"{MINING}.measures"
FINDINGS = "efficacy_analytics.findings"

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("log_summary", "日志规模", "The size of the log", lazily(f"{MEASURES}:log_summary")),
        Table(
            "activities",
            "各环节的频次与用时",
            "Activities with their counts and times",
            lazily(f"{MEASURES}:activities"),
        ),
        Table(
            "directly_follows",
            "直接后继：频次与间隔",
            "Which activity directly follows which, how often and after how long",
            lazily(f"{MEASURES}:directly_follows"),
        ),
        Table(
            "activity_stages",
            "各环节所属阶段",
            "The stage of each activity",
            lazily(f"{MINING}.stages:activity_stages"),
        ),
        Table("stages", "各阶段的频次", "Stages with their counts", lazily(f"{MINING}.stages:stages")),
        Table(
            "stage_follows",
            "阶段之间的流转：频次与间隔",
            "Which stage follows which, how often and after how long",
            lazily(f"{MINING}.stages:stage_follows"),
        ),
        Table(
            "stage_borders",
            "各阶段的进出：经由哪些环节、来自和去往哪些阶段",
            "By which activities cases enter and leave each stage, from and to which stages",
            lazily(f"{MINING}.stages:stage_borders"),
        ),
        Table("variants", "变体：办件经过的环节序列", "Variants with their counts", lazily(f"{MEASURES}:variants")),
        Table(
            "stage_variants",
            "阶段变体：办件经过的阶段序列",
            "The sequences of stages that cases follow",
            lazily(f"{MINING}.steps:stage_variants"),
            is_in_runs=False,
        ),
        Table("activity_names", "环节名称", "What activities are called", lazily(f"{MEASURES}:activity_names")),
        Table("department_names", "部门名称", "What departments are called", lazily(f"{MEASURES}:department_names")),
        Table("item_names", "事项名称", "What items are called", lazily(f"{MEASURES}:item_names")),
        Table("cases", "办件及其时限判定", "Cases with their verdicts", lazily(f"{MEASURES}:cases")),
        Table(
            "on_time",
            "各部门按时办结率及其区间",
            "Share of cases on time per department, with its interval",
            lazily(f"{FINDINGS}.on_time:on_time"),
        ),
        Table(
            "on_time_by_item",
            "各事项按时办结率及其区间",
            "Share of cases on time per item, with its interval",
            lazily(f"{FINDINGS}.on_time:on_time", by="item"),
        ),
        Table(
            "on_time_by_month",
            "各受理月份按时办结率及其区间",
            "Share of cases on time per month of acceptance, with its interval",
            lazily(f"{FINDINGS}.on_time:on_time", by="month"),
        ),
        Table(
            "bottlenecks",
            "堵点排名：各区段占全部等待时间的比重",
            "Segments ranked by their share of all waiting",
            lazily(f"{FINDINGS}.bottlenecks:bottlenecks"),
        ),
        Table(
            "bottlenecks_by_department",
            "各部门堵点排名：各区段占本部门等待时间的比重",
            "Segments ranked by their share of the waiting in their department",
            lazily(f"{FINDINGS}.bottlenecks:bottlenecks", by_department=True),
        ),
        Table(
            "contributions",
            "各区段等待与各环节办理占全程时间的比重",
            "What each segment's waiting and each step's service adds to the whole time",
            lazily(f"{FINDINGS}.contributions:contributions"),
        ),
        Table(
            "contributions_by_month",
            "各受理月份的区段等待与环节办理时间",
            "The contributions per month of acceptance",
            lazily(f"{FINDINGS}.contributions:contributions_by_month"),
        ),
        Table(
            "waiting_causes",
            "等待原因：停钟、申请人、积批、排队、插队、不在岗、其他",
            "Why files wait, between each pair of activities and of officers",
            lazily(f"{FINDINGS}.waiting:waiting_causes"),
            is_in_runs=False,
        ),
        Table(
            "waiting_effects",
            "消除某一等待原因后的时间效率",
            "How much of the time would be work without each cause of waiting",
            lazily(f"{FINDINGS}.waiting:waiting_effects"),
            is_in_runs=False,
        ),
        Table(
            "waiting_by_segment",
            "各区段的等待原因",
            "Why files wait, between each pair of activities",
            lazily(f"{FINDINGS}.waiting:waiting_by_segment"),
            is_in_runs=False,
        ),
        Table(
            "waiting_by_month",
            "各受理月份、各环节的等待时间",
            "How long cases wait for each step, by month of acceptance",
            lazily(f"{MINING}.step_waits:waiting_by_month"),
            is_in_runs=False,
        ),
        Table(
            "performance_spectrum",
            "性能谱：各区段何时进、何时出",
            "When cases enter and leave each segment of the common path",
            lazily(f"{MINING}.spectrum:performance_spectrum"),
            is_in_runs=False,
        ),
        Table(
            "queue_discipline",
            "各区段是否先来先办、是否成批",
            "Whether first come is first served, and what moves in batches",
            lazily(f"{MINING}.spectrum:queue_discipline"),
            is_in_runs=False,
        ),
        Table(
            "event_density",
            "点图：各时段、各批办件的环节数",
            "Where in time the steps of all cases lie",
            lazily(f"{MINING}.density:event_density"),
            is_in_runs=False,
        ),
        Table(
            "limits",
            "各事项可保证的最短时限",
            "The shortest safe limit of each item, beside the limit in force",
            lazily(f"{FINDINGS}.limits:limits"),
        ),
        Table(
            "limit_backtests",
            "可保证时限的回测：以往各季度的承诺与实际",
            "How the rule for safe limits did when tried on the past",
            lazily(f"{FINDINGS}.limit_backtests:limit_backtests"),
        ),
        Table(
            "limit_bunching",
            "压线办结：时限前的堆积及其代价",
            "Cases that pile up just below the limit, and what holding them back costs",
            lazily(f"{FINDINGS}.limit_bunching:limit_bunching"),
        ),
        Table(
            "limit_plan",
            "压缩项目表：对全部事项同时成立的保证",
            "Which limits to shorten, with a guarantee for all items together",
            lazily(f"{FINDINGS}.limit_plan:limit_plan"),
        ),
        Table(
            "joint_handling",
            "环节联合办理可节省的天数及距法定上限的余量",
            "Groups of steps handled jointly: days saved, and slack under the law's ceiling",
            lazily(f"{FINDINGS}.joint_handling:joint_handling"),
            is_in_runs=False,
        ),
        Table(
            "project_chains",
            "项目全链条时限：逐项相加、压缩后、并联后",
            "The items of one project in series, with shorter limits, and side by side",
            lazily(f"{FINDINGS}.project_chains:project_chains"),
            is_in_runs=False,
        ),
        Table(
            "parallel_steps",
            "可并联的环节及其可节省的天数",
            "Steps that could be done side by side, with the evidence and the days saved",
            lazily(f"{FINDINGS}.parallel_steps:parallel_steps"),
            is_in_runs=False,
        ),
        Table(
            "honesty",
            "各部门数据真实性得分及其构成",
            "How honest the records of each department are: one score and its make-up",
            lazily(f"{FINDINGS}.honesty:honesty"),
        ),
        Table(
            "honesty_checks",
            "数据真实性逐项检查",
            "Each check of the records of each department",
            lazily(f"{FINDINGS}.honesty:honesty_checks"),
        ),
        Table(
            "honesty_evidence",
            "数据真实性检查的例证",
            "The cases behind the checks of the records",
            lazily(f"{FINDINGS}.honesty:honesty_evidence"),
            is_in_runs=False,
        ),
        Table(
            "limits_put_back",
            "剔除可疑停钟后的可保证时限",
            "The safe limits with suspicious clock stops put back",
            lazily(f"{FINDINGS}.honesty_limits:limits_put_back"),
            is_in_runs=False,
        ),
        Table(
            "departments",
            "各部门与总体的比较",
            "Each department beside the whole, with intervals and no ranking",
            lazily(f"{FINDINGS}.departments:departments"),
        ),
        Table(
            "indicators",
            "各部门效能指标",
            "The indicators of approval work per department",
            lazily(f"{FINDINGS}.indicators:indicators"),
        ),
        Table(
            "handovers",
            "部门之间的移交",
            "How often work passes from one department to another",
            lazily(f"{MINING}.handovers:handovers"),
        ),
        Table(
            "ping_pong",
            "部门之间的往返（踢皮球）",
            "How often work goes to another department and straight back",
            lazily(f"{MINING}.handovers:ping_pong"),
        ),
        Table(
            "rework",
            "重复环节及其代价",
            "Activities done again and what that costs",
            lazily(f"{MINING}.handovers:rework"),
        ),
        Table(
            "applicant_stations",
            "申请人需到的部门数（内转外不转）",
            "At how many departments the applicant has to appear",
            lazily(f"{MINING}.stations:applicant_stations"),
        ),
        Table(
            "registration_only",
            "受理与决定不在同一部门（只挂号不看病）",
            "Cases registered by one department and decided by another",
            lazily(f"{MINING}.stations:registration_only"),
        ),
        Table(
            "first_contacts",
            "首问责任：首接人员是否在案、是否办到底",
            "Whether the first contact is on record and sees the case to its end",
            lazily(f"{MINING}.stations:first_contacts"),
        ),
        Table(
            "single_points",
            "单点依赖（无AB角）及其造成的闲置",
            "Desks that hang on one officer, and the days files lay there meanwhile",
            lazily(f"{MINING}.workload:single_points"),
        ),
        Table(
            "stage_flow",
            "各阶段每月的进、出、在办与利特尔法则",
            "Arrivals, departures and queue of each stage by month, and Little's law",
            lazily(f"{MINING}.workload:stage_flow"),
        ),
        Table(
            "momentary_bottlenecks",
            "各阶段成为当日堵点的天数",
            "How long each stage was the momentary bottleneck",
            lazily(f"{MINING}.workload:momentary_bottlenecks"),
        ),
        Table(
            "bottleneck_days",
            "每日积压最多的阶段",
            "The stage where most files lie, day by day",
            lazily(f"{MINING}.workload:bottleneck_days"),
        ),
        Table(
            "rules", "规则及违反情况", "Declared rules and how many cases break them", lazily(f"{MINING}.rules:rules")
        ),
        Table(
            "rule_violations",
            "逐件列出的违反规则情况",
            "Each violation of a rule, with its case",
            lazily(f"{MINING}.rules:rule_violations"),
            is_in_runs=False,
        ),
        Table(
            "conformance",
            "各变体与规定流程的符合程度",
            "How each variant keeps to the declared procedure",
            lazily(f"{MINING}.conformance:conformance"),
            is_in_runs=False,
        ),
        Table(
            "conformance_summary",
            "各流程的符合程度及覆盖率",
            "How the cases of each procedure keep to it, and the share covered",
            lazily(f"{MINING}.conformance:conformance_summary"),
            is_in_runs=False,
        ),
        Table(
            "conformance_cases",
            "各办件与规定流程的符合程度",
            "How each case keeps to the declared procedure",
            lazily(f"{MINING}.conformance:conformance_cases"),
            is_in_runs=False,
        ),
        Table(
            "temporal_profile",
            "任意两环节之间的用时",
            "Mean and deviation of the time between any two activities",
            lazily(f"{MINING}.temporal_profile:temporal_profile"),
            is_in_runs=False,
        ),
        Table(
            "unusual_times",
            "间隔异常的环节对及其办件",
            "Steps unusually close together or far apart, with their cases",
            lazily(f"{MINING}.temporal_profile:unusual_times"),
            is_in_runs=False,
        ),
    )
}

RUN_TABLES: dict[str, Table] = {name: entry for name, entry in TABLES.items() if entry.is_in_runs}
"""What every run of the findings keeps."""


def table(name: str) -> Table:
    """The table of that name.

    Raises:
        CallError: there is no such table.
    """
    if name not in TABLES:
        raise CallError(f"there is no table '{name}'.", hint=f"one of: {', '.join(TABLES)}")
    return TABLES[name]

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
    """

    name: str
    zh: str
    en: str
    make: Callable[..., pl.DataFrame]


def lazily(source: str, **fixed: Any) -> Callable[..., pl.DataFrame]:
    """A function known by `module:function`, imported at its first call; options of the call come before `fixed`."""
    module, function = source.split(":")

    def make(log: DuckdbEngine, **options: Any) -> pl.DataFrame:
        made: pl.DataFrame = getattr(import_module(module), function)(log, **{**fixed, **options})
        return made

    return make


MEASURES = "efficacy_analytics.mining.measures"
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
        Table("variants", "变体：办件经过的环节序列", "Variants with their counts", lazily(f"{MEASURES}:variants")),
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
        ),
        Table(
            "waiting_effects",
            "消除某一等待原因后的时间效率",
            "How much of the time would be work without each cause of waiting",
            lazily(f"{FINDINGS}.waiting:waiting_effects"),
        ),
        Table(
            "limits",
            "各事项可保证的最短时限",
            "The shortest safe limit of each item, beside the limit in force",
            lazily(f"{FINDINGS}.limits:limits"),
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
    )
}


def table(name: str) -> Table:
    """The table of that name.

    Raises:
        CallError: there is no such table.
    """
    if name not in TABLES:
        raise CallError(f"there is no table '{name}'.", hint=f"one of: {', '.join(TABLES)}")
    return TABLES[name]

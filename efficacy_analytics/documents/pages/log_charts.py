"""Charts of a log by their names: which tables each draws, and with what options.

A new chart is one entry: its name, a line in both languages, where its function stands, the tables it takes.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Protocol

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.vocabulary import Language

CHARTS: Final = "efficacy_analytics.charts"


class Charted(Protocol):
    """A log whose tables and names can be asked for."""

    @property
    def language(self) -> Language: ...

    @property
    def engine(self) -> Session: ...

    def readable(self, name: str, **options: Any) -> pl.DataFrame: ...

    def names(self, code: str) -> pl.DataFrame: ...


@dataclass(frozen=True)
class LogChart:
    """A chart by name.

    Attributes:
        name: as `log.chart` takes it.
        zh: what it shows, in one line of Chinese.
        en: the same in English.
        source: `module:function` that draws it, from the tables in their order and the language.
        tables: the tables it draws, with names for the codes.
        names: what else it takes names of: "activity" where its tables hold lists of codes.
    """

    name: str
    zh: str
    en: str
    source: str
    tables: tuple[str, ...]
    names: tuple[str, ...] = ()

    def draw(self, log: Charted, **options: Any) -> Any:
        """The chart of a log; an option goes to each table and to the drawing function that takes it.

        Raises:
            CallError: neither a table nor the chart takes an option.
        """
        module, function = self.source.split(":")
        drawing = getattr(import_module(module), function)
        taken = _keywords(drawing)
        of_tables = {name: set(table(name).options()) for name in self.tables}
        self._check(options, taken.union(*of_tables.values()))
        frames = [log.readable(name, **_of(options, own)) for name, own in of_tables.items()]
        called = [log.names(code) for code in self.names]
        return drawing(*frames, *called, language=log.language, **_of(options, taken))

    def _check(self, options: Mapping[str, Any], known: set[str]) -> None:
        for name in options:
            if name not in known:
                raise CallError(f"chart '{self.name}' takes no option '{name}'.", hint=f"one of: {_listed(known)}")


def _keywords(drawing: Callable[..., Any]) -> set[str]:
    given = inspect.signature(drawing).parameters.values()
    return {one.name for one in given if one.kind is inspect.Parameter.KEYWORD_ONLY}


def _of(options: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in names}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


LOG_CHARTS: Final[dict[str, LogChart]] = {
    chart.name: chart
    for chart in (
        LogChart("bottleneck_bars", "堵点排名", "Segments by their share of all waiting",
                 f"{CHARTS}.bottlenecks:bottleneck_bars", ("bottlenecks",)),
        LogChart("contribution_bars", "各环节占全程时间的比重", "What each wait and step adds to the whole time",
                 f"{CHARTS}.contributions:contribution_bars", ("contributions",)),
        LogChart("cause_bars", "等待原因", "Why files wait, by segment",
                 f"{CHARTS}.causes:cause_bars", ("waiting_by_segment",)),
        LogChart("cause_effects", "消除某一等待原因的效果", "What would be gained without each cause of waiting",
                 f"{CHARTS}.causes:cause_effects", ("waiting_effects",)),
        LogChart("performance_spectrum", "性能谱", "When cases enter and leave each segment",
                 f"{CHARTS}.spectrum:performance_spectrum_lines", ("performance_spectrum", "queue_discipline")),
        LogChart("month_heat", "各受理月份的等待时间", "Waiting by month of acceptance",
                 f"{CHARTS}.months:month_heat", ("waiting_by_month",)),
        LogChart("event_dots", "点图", "When the steps of all cases happen",
                 f"{CHARTS}.dotted:event_dots", ("event_density",)),
        LogChart("variant_strips", "变体", "The ways cases take",
                 f"{CHARTS}.variants:variant_strips", ("variants",), ("activity",)),
        LogChart("on_time_intervals", "按时办结率及其区间", "Share on time per department, with its interval",
                 f"{CHARTS}.on_time:on_time_intervals", ("on_time",)),
        LogChart("comparison_funnel", "同类办件漏斗图", "Late cases against those to be expected of like work",
                 f"{CHARTS}.comparison.like_work:comparison_funnel", ("department_comparison",)),
        LogChart("stock_bars", "各部门在办件及其预警", "Open cases by department and warning",
                 f"{CHARTS}.open_cases:stock_bars", ("open_stock",)),
        LogChart("flow_lines", "每周收件、办结与存量", "Arrivals, departures and stock by week",
                 f"{CHARTS}.open_cases:flow_lines", ("open_flow",)),
        LogChart("rank_sets", "名次的可能范围", "The ranks each department may have",
                 f"{CHARTS}.comparison.like_work:rank_sets", ("department_comparison",)),
        LogChart("department_time_intervals", "办理同样事项的计时天数", "Counted days on the same items",
                 f"{CHARTS}.comparison.times:department_time_intervals", ("department_times",)),
        LogChart("indicator_matrix", "各部门各项指标", "Each department's shares beside those of all together",
                 f"{CHARTS}.comparison.indicator_matrix:indicator_matrix", ("indicator_positions",)),
        LogChart("change_waterfall", "逾期率变化的原因", "Why the late share changed, effect by effect",
                 f"{CHARTS}.comparison.changes:change_waterfall", ("late_share_changes",)),
        LogChart("breach_course", "逾期累计和（CUSUM）", "Whether late cases rise, and since when",
                 f"{CHARTS}.comparison.changes:breach_course", ("breach_scores",)),
        LogChart("limit_dumbbells", "可保证的最短时限", "The shortest safe limit of each item",
                 f"{CHARTS}.limits:limit_dumbbells", ("limits",)),
    )
}  # fmt: skip

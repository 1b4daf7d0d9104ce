"""Every chart of `charts/`, drawn from small invented tables."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import polars as pl

from efficacy_analytics import charts
from efficacy_analytics.charts.bottlenecks import bottleneck_bars
from efficacy_analytics.charts.causes import cause_bars, cause_effects
from efficacy_analytics.charts.contributions import contribution_bars
from efficacy_analytics.charts.dotted import event_dots
from efficacy_analytics.charts.honesty import honesty_map
from efficacy_analytics.charts.limit_times import limit_histogram
from efficacy_analytics.charts.limits import limit_dumbbells
from efficacy_analytics.charts.maps.difference.difference_views import DifferenceTables, difference_book
from efficacy_analytics.charts.maps.layout.placing import map_layout
from efficacy_analytics.charts.maps.process_map import process_map
from efficacy_analytics.charts.maps.views import MapTables, map_book
from efficacy_analytics.charts.months import month_heat
from efficacy_analytics.charts.on_time import on_time_intervals
from efficacy_analytics.charts.plan_curve import plan_curve
from efficacy_analytics.charts.spectrum import performance_spectrum_lines
from efficacy_analytics.charts.variants import variant_strips
from efficacy_analytics.findings.performance.differences import compared
from efficacy_analytics.vocabulary import LANGUAGES, Language
from support import invented_times as times
from support.invented_run import ACTIVITIES, OVERALL, invented_tables

TABLES = invented_tables()
MAP = MapTables(TABLES["activities"], TABLES["directly_follows"])
NAMES: dict[Language, pl.DataFrame] = {
    language: pl.DataFrame([(row[0], row[place]) for row in ACTIVITIES], schema=["activity", "name"], orient="row")
    for place, language in enumerate(LANGUAGES, 1)
}
COUNTED = pl.DataFrame({"counted_days": [1, 2, 5, 9], "case_count": [4, 11, 7, 2]})
FRONTIER = pl.DataFrame(
    {
        "saved_days_total": [0, 40, 90], "limit_days_total": [300, 260, 210],
        "on_time_share": [0.99, 0.95, 0.8], "breach_count": [1, 6, 30],
    }
)  # fmt: skip


def _paths(seconds: float) -> pl.DataFrame:
    rows = [(a, b, 1, wait + seconds, wait / 3) for a, b, _, wait in _waits()]
    return pl.DataFrame(
        rows, schema=["activity", "next_activity", "transition_count", "elapsed_seconds", "open_seconds"], orient="row"
    )


def _waits() -> list[tuple[str, str, int, float]]:
    shown = TABLES["directly_follows"].select("activity", "next_activity", "transition_count", "elapsed_seconds_median")
    return [(*row[:3], row[3] * (9 + n) / 10) for row in shown.rows() for n in range(20)]  # type: ignore[misc]


def _difference(language: Language) -> Any:
    told = compared(_paths(0), _paths(90_000), case_counts=(20, 20))
    return difference_book(DifferenceTables((MAP.activities, MAP.activities), told), NAMES, ("2024", "2025"), language)


CHARTS: dict[str, Callable[[Language], Any]] = {
    "bottleneck_bars": lambda language: bottleneck_bars(TABLES["bottlenecks"], language),
    "cause_bars": lambda language: cause_bars(times.SEGMENTS, language),
    "cause_effects": lambda language: cause_effects(times.EFFECTS, language),
    "contribution_bars": lambda language: contribution_bars(TABLES["contributions"], language),
    "difference_book": _difference,
    "event_dots": lambda language: event_dots(times.DENSITY, language),
    "honesty_map": lambda language: honesty_map(TABLES["honesty_checks"], TABLES["honesty"], language),
    "limit_dumbbells": lambda language: limit_dumbbells(TABLES["limits"], language),
    "limit_histogram": lambda language: limit_histogram(COUNTED, 10, 7, "working_days", language),
    "map_book": lambda language: map_book(MAP, NAMES, language),
    "month_heat": lambda language: month_heat(times.WAITS, language),
    "on_time_intervals": lambda language: on_time_intervals(TABLES["on_time"], language, overall=OVERALL),
    "performance_spectrum_lines": lambda language: performance_spectrum_lines(
        times.SPECTRUM, times.DISCIPLINE, language
    ),
    "plan_curve": lambda language: plan_curve(FRONTIER, language),
    "process_map": lambda language: process_map(
        *map_layout(MAP.directly_follows, MAP.activities, names=NAMES[language]), language
    ),
    "variant_strips": lambda language: variant_strips(times.VARIANTS, times.NAMES, language),
}


def charts_of_the_package() -> set[str]:
    """The names of all functions of `charts/` that make a whole chart of their own."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(charts.__path__, "efficacy_analytics.charts.")
    ]
    return {
        name
        for module in modules
        for name, made in inspect.getmembers(module, inspect.isfunction)
        if made.__module__ == module.__name__ and not name.startswith("_") and _makes_a_chart(made)
    }


def _makes_a_chart(made: Callable[..., Any]) -> bool:
    """Parts of a map take neither a table nor the tables of one."""
    taken = next(iter(inspect.signature(made).parameters.values()), None)
    tables = ("DataFrame", "MapTables", "DifferenceTables")
    given = str(inspect.signature(made).return_annotation)
    return (
        taken is not None
        and str(taken.annotation).rstrip("'>").endswith(tables)
        and any(given.rstrip("'>").endswith(kind) for kind in (".Chart", ".LayerChart", ".HConcatChart", "MapBook"))
    )

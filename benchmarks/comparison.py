"""How long departments are compared at the size of a province: 1,000 departments and ten million cases.

Takes the snapshot of a lake of the demonstration city and draws cases at the snapshot's own level: copies of its cases
and of their last steps, shared out over 1,000 departments of fifteen items each (300 in all), late with a chance of
item and department. Prints the seconds of each question, by the wall and of the processor, and the peak memory.

Usage: python -m benchmarks.comparison LAKE FILE [CASES] [DEPARTMENTS], FILE being a database that is made anew
"""

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.event_log.cohort import EVERYTHING, choose, open_log
from efficacy_analytics.findings.comparison.changes import late_share_changes
from efficacy_analytics.findings.comparison.departments import department_comparison
from efficacy_analytics.findings.comparison.reversals import comparison_reversals
from efficacy_analytics.findings.comparison.watch import breach_watch
from efficacy_analytics.findings.performance.indicators import LEVELS, OFFICER, indicator_figures

ITEMS: Final = 300
ITEMS_OF_A_DEPARTMENT: Final = 15
COPY: Final = """
create table drawn.{table} as
select * exclude (copy, department_number, item_number) replace ({replaced})
from (
    select *, (department_number * 7 + hash(case_key, 2) % {of_one}) % {items} as item_number
    from (
        select * replace (cast(case_key + {size} * copy as bigint) as case_key),
            hash(case_key + {size} * copy) % {departments} as department_number
        from kept.{table} cross join range({copies}) as copies (copy)
        where {where}
    )
)
"""
CASES: Final = """
'D' || lpad(cast(department_number as varchar), 4, '0') as department,
'I' || lpad(cast(item_number as varchar), 3, '0') as item,
['promise', 'instant', 'other'][cast(item_number % 3 + 1 as bigint)] as kind,
cast(case_key as varchar) as case_id,
5 + item_number % 4 * 5 as limit_days,
is_judged and hash(case_key, 3) % 10000 < 200 + item_number * 5 + department_number % 10 * 20 as is_late
"""


def drawn(lake: Path, file: Path, case_count: int, department_count: int) -> DuckdbEngine:
    """An engine with the drawn cases and whatever else the snapshot has."""
    with open_log(lake, EVERYTHING) as log:
        path, size = log.path, log.count("cases")
    engine = opened()
    engine.connection.execute(f"attach '{path}' as kept (read_only)")
    engine.connection.execute(f"attach '{file}' as drawn")
    parts = {"cases": (CASES, "true"), "clock_cases": ("case_key as case_key", "true")}
    parts["event_log"] = ("case_key as case_key", "next_activity is null")
    for table, (replaced, where) in parts.items():
        text = COPY.format(
            table=table, replaced=replaced, where=where, size=size, copies=-(-case_count // size),
            departments=department_count, items=ITEMS, of_one=ITEMS_OF_A_DEPARTMENT,
        )  # fmt: skip
        engine.connection.execute(text)
    rest = (
        "select view_name from duckdb_views() where database_name = 'kept' and not internal union all "
        "select table_name from duckdb_tables() where database_name = 'kept'"
    )
    for (name,) in engine.connection.execute(rest).fetchall():
        source = "drawn" if name in parts else "kept"
        engine.connection.execute(f'create view "{name}" as from {source}."{name}"')
    choose(engine, EVERYTHING)
    return engine


def main() -> None:
    """Prints a line for each question."""
    lake, file = Path(sys.argv[1]), Path(sys.argv[2])
    given = [int(text) for text in sys.argv[3:5]]
    case_count, department_count = given + [10_000_000, 1_000][len(given) :]
    questions: dict[str, Callable[[DuckdbEngine], pl.DataFrame]] = {
        f"indicators by {level}": partial(indicator_figures, by=level) for level in (*LEVELS, OFFICER)
    }
    for question in (department_comparison, comparison_reversals, late_share_changes, breach_watch):
        questions[question.__name__] = question
    with drawn(lake, file, case_count, department_count) as engine:
        for name, asked in questions.items():
            wall, spent = time.perf_counter(), time.process_time()
            table = asked(engine)
            seconds = (time.perf_counter() - wall, time.process_time() - spent)
            print(f"{name:<24}{table.height:>9,} rows {seconds[0]:7.1f} s, processor {seconds[1]:7.1f} s", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()

"""How long a million open cases take: the board, its stock and flow, the warnings and the chances of breach.

Takes the snapshot of a lake of the demonstration city, adds copies of its cases that are all open, with their first
steps, and prints the seconds of each question and the peak memory of the process.

Usage: python benchmarks/open_cases.py LAKE [OPEN_CASES]
"""

import resource
import sys
import time
from pathlib import Path

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.event_log.cohort import EVERYTHING, choose, open_log
from efficacy_analytics.findings.supervision.board import open_cases, open_flow, open_stock
from efficacy_analytics.findings.supervision.chances.chances import breach_chances
from efficacy_analytics.findings.supervision.warnings import warnings

MOST_STEPS = 5
OPEN_CASES = """
create table {table} as
from kept.{table}
union all by name
select * replace ({replaced}) from kept.{table} cross join range(1, {copies} + 1) as copies (copy)
where {where}
"""
KEY = "cast(case_key + {size} * copy as bigint) as case_key"


def drawn(lake: Path, open_count: int) -> DuckdbEngine:
    """An engine with the snapshot and the copies."""
    with open_log(lake, EVERYTHING) as log:
        path, size = log.path, log.count("cases")
    engine = opened()
    engine.connection.execute(f"attach '{path}' as kept (read_only)")
    copies, key = -(-open_count // size), KEY.format(size=size)
    named = {
        "cases": f"{key}, null as completed_on, null as completed_at, null as status, null as is_green_lane, "
        "true as is_open, false as is_withdrawn, true as is_under_clock, "
        "cast(case_key + copy * 1000000 as varchar) as case_id",
        "clock_cases": f"{key}, null as ended_on, null as completed_at, 0 as note_number",
    }  # fmt: skip
    for table, replaced in named.items():
        engine.connection.execute(
            OPEN_CASES.format(table=table, replaced=replaced, copies=copies, where="true").replace(
                "* replace", "* exclude (copy) replace"
            )
        )
    engine.connection.execute(
        OPEN_CASES.format(
            table="event_log", replaced=key, copies=copies, where=f"event_number <= {MOST_STEPS}"
        ).replace("* replace", "* exclude (copy) replace")
    )
    taken = {"cases", "clock_cases", "event_log"}
    rest = (
        "select view_name from duckdb_views() where database_name = 'kept' and not internal union all "
        "select table_name from duckdb_tables() where database_name = 'kept'"
    )
    for (name,) in engine.connection.execute(rest).fetchall():
        if name not in taken:
            engine.connection.execute(f'create view "{name}" as from kept."{name}"')
    choose(engine, EVERYTHING)
    return engine


def main() -> None:
    """Prints a line for each question."""
    lake, open_count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with drawn(lake, open_count) as engine:
        for question in (open_cases, open_stock, open_flow, warnings, breach_chances):
            started = time.perf_counter()
            table = question(engine)
            print(
                f"{question.__name__:<16}{table.height:>10,} rows  {time.perf_counter() - started:6.1f} s", flush=True
            )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()

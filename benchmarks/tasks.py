"""Single measured tasks, each run in a process of its own: `python -m benchmarks.tasks NAME LAKE EVENTS`.

A task prints one line of JSON: seconds of each part, and the peak memory of the process in bytes.
"""

import json
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import intake
from benchmarks.looks import Look
from benchmarks.looks import looks as all_looks
from benchmarks.rivals import formatted
from benchmarks.timing import Seconds, timed

SAMPLE_EVENTS = 20_000  # pm4py's business hours take a second for each thousand pairs
EVENT_LOG_STEP = "ordering the event log on three clocks"
WHOSE = ("ours", "pm4py")
MAPS = {
    "map, elapsed": "select previous_activity, activity, count(*), avg(previous_elapsed_seconds),"
    " quantile_cont(previous_elapsed_seconds, [0.5, 0.9]) from cohort_events where previous_activity is not null"
    " group by previous_activity, activity",
    "map, open": "select previous_activity, activity, count(*), avg(previous_open_seconds) from cohort_events"
    " where previous_activity is not null group by previous_activity, activity",
}


def ours(lake: Path, event_count: int) -> Seconds:
    """Publishes the snapshot, then makes the directly-follows table anew, and as it is kept."""
    from efficacy_analytics.event_log.build import publish
    from efficacy_analytics.event_log.cohort import open_log
    from efficacy_analytics.mining.measures import directly_follows

    shutil.rmtree(lake / "published", ignore_errors=True)  # what is published already would not be built again
    steps = Steps()
    publish(lake, on_progress=steps.told)
    seconds = {"publish": sum(steps.seconds.values()), "event log": steps.seconds[EVENT_LOG_STEP]}
    with open_log(lake) as log:
        for part, text in MAPS.items():
            with timed(seconds, part):
                log.connection.sql(text).fetchall()
        with timed(seconds, "map kept"):
            directly_follows(log)
    return seconds


class Steps:
    """How long each step of a publication took, by the name it is told under."""

    def __init__(self) -> None:
        self.seconds: Seconds = {}
        self.step, self.begun = "", time.perf_counter()

    def told(self, step: str, done: int, total: int) -> None:
        """Ends the step before and begins the next."""
        now = time.perf_counter()
        self.seconds[self.step] = self.seconds.get(self.step, 0.0) + now - self.begun
        self.step, self.begun = step, now


def verdicts(lake: Path, case_count: int) -> Seconds:
    """Counted days, due date and verdict of drawn cases in three calendars, a tenth of them with two stops."""
    from benchmarks.clock_verdicts import AS_ON, REFERENCE, drawn
    from efficacy_analytics.clock.verdicts import build_verdicts
    from efficacy_analytics.settings import ClockSettings

    seconds: Seconds = {}
    with drawn(case_count, 0.1) as engine, timed(seconds, "counted days, due date and verdict"):
        build_verdicts(engine, as_on=AS_ON, reference=REFERENCE, rules=ClockSettings())
    return seconds


def measures(lake: Path, event_count: int) -> Seconds:
    """Each measure of mining, ours and pm4py's on the same log."""
    from benchmarks.measures import measured

    rows = measured(lake, event_count)
    return {f"{whose}: {name}": seconds for name, *both in rows for whose, seconds in zip(WHOSE, both, strict=True)}


def looks(lake: Path, event_count: int) -> dict[str, Look]:
    """Opens a log, draws its map, and looks at everything twice; seconds by the wall and of the processor."""
    from efficacy_analytics.event_log.build import publish

    publish(lake)
    return all_looks(lake)


def pm4py_elapsed(lake: Path, event_count: int) -> Seconds:
    """Loads the same file, formats it, and finds the performance graph on elapsed time."""
    seconds: Seconds = {}
    with timed(seconds, "load and format"):
        log = formatted(lake, event_count)
    with timed(seconds, "performance graph"):
        import pm4py

        pm4py.discover_performance_dfg(log)
    return seconds


def pm4py_business_hours(lake: Path, event_count: int) -> Seconds:
    """The performance graph on business hours with the Chinese calendar, over a sample of the events."""
    log = formatted(lake, event_count).head(SAMPLE_EVENTS)
    import pm4py

    from benchmarks.workdays import ChineseCalendar

    slots = [((day * 24 + 9) * 3600, (day * 24 + 17) * 3600) for day in range(7)]
    seconds: Seconds = {}
    with timed(seconds, "performance graph of the sample"):
        pm4py.discover_performance_dfg(
            log, business_hours=True, business_hour_slots=slots, workcalendar=ChineseCalendar()
        )
    return seconds


def pl4pm_elapsed(lake: Path, event_count: int) -> Seconds:
    """pl4pm's performance graph over the same file as a polars lazy frame."""
    import pl4pm
    import polars as pl

    file = lake / "accepted" / f"drawn-{event_count}" / "events.parquet"
    seconds: Seconds = {}
    with timed(seconds, "load and format"):
        log = pl4pm.format_dataframe(
            pl.scan_parquet(file), case_id_column="case_id", activity_column="activity", timestamp_column="completed_at"
        ).lazy()
    with timed(seconds, "performance graph"):
        pl4pm.discover_performance_dfg(log)
    return seconds


def bare_window(lake: Path, event_count: int) -> Seconds:
    """One DuckDB query over the same file: order, successor, mean and exact quantiles on elapsed time, nothing kept."""
    import duckdb

    file = str(lake / "accepted" / f"drawn-{event_count}" / "events.parquet")
    seconds: Seconds = {}
    with timed(seconds, "performance graph"), duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute(
            """
            with followed as (
                select
                    activity,
                    lead(activity) over in_case as next_activity,
                    date_diff('second', completed_at, lead(started_at) over in_case) as elapsed_seconds
                from read_parquet($file)
                window in_case as (partition by case_id order by started_at, completed_at, source_order)
            )

            select activity, next_activity, count(*), avg(elapsed_seconds), quantile_cont(elapsed_seconds, [0.5, 0.9])
            from followed
            where next_activity is not null
            group by activity, next_activity
            """,
            {"file": file},
        ).fetchall()
    return seconds


TASKS: dict[str, Callable[[Path, int], Mapping[str, Any]]] = {
    task.__name__: task
    for task in (
        *(ours, verdicts, measures, looks, pm4py_elapsed, pm4py_business_hours, pl4pm_elapsed, bare_window),
        *(intake.intake_csv, intake.intake_parquet, intake.intake_xes, intake.pm4py_xes),
    )
}


def main() -> None:
    """Runs the task named on the command line and prints its figures."""
    warnings.simplefilter("ignore")
    name, lake, event_count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    seconds = TASKS[name](lake, event_count)
    print(json.dumps({"seconds": seconds, "peak_bytes": _peak_bytes()}))


def _peak_bytes() -> int:
    """The most memory of this process; `getrusage` would tell that of its parent, if that is more."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024


if __name__ == "__main__":
    main()

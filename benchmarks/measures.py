"""Measures against pm4py on one drawn log, in one process.

Both read what they have prepared: ours the published snapshot, pm4py its formatted frame in memory. Of each measure the
shortest of three rounds counts (of what takes over five seconds, the first); a ratio says how many times longer pm4py
takes for the same answer, or for less where ours says more.
"""

import math
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.rivals import formatted

CASE_TIMES = """
    select case_key, sum(waiting_elapsed_seconds) as waiting_seconds, sum(service_elapsed_seconds) as service_seconds
    from cohort_events group by case_key
"""
SERVICE = "select activity, avg(service_elapsed_seconds), count(*) from cohort_events group by activity"
HANDED = """
    select resource, next_resource, count(*)
    from (select resource, lead(resource) over (partition by case_key order by event_number) as next_resource
          from cohort_events)
    where next_resource is not null group by resource, next_resource
"""
SPECTRUM = """
    with left_behind as (
        select case_key, event_number + 1 as event_number, started_at, completed_at
        from cohort_events where activity = $activity and next_activity = $next_activity
    )
    select case_key, left_behind.started_at, left_behind.completed_at, cohort_events.started_at as next_started_at
    from left_behind inner join cohort_events using (case_key, event_number)
    where cohort_events.activity = $next_activity
    order by left_behind.started_at, case_key
"""
WHY_LESS = {
    "handover of work, with cases and medians on two clocks": "pm4py only counts; ours adds cases and exact medians",
    "rework, with its cost on three clocks": "pm4py only counts cases; ours finds what each repetition costs",
    "service time per activity": "one pass over two columns for either; pm4py's frame is in memory already",
}
"""The reason, where a measure may stay below twenty times pm4py."""
ROUNDS, LONG = 3, 5.0
Task = Callable[[], Any]


def measured(lake: Path, event_count: int) -> list[tuple[str, float, float]]:
    """Each measure with our seconds and pm4py's."""
    from efficacy_analytics.event_log.build import publish
    from efficacy_analytics.event_log.cohort import open_log

    warnings.simplefilter("ignore")
    publish(lake)
    frame = formatted(lake, event_count)
    rows = []
    with open_log(lake) as log:
        pair = log.run("directly_follows").row(0, named=True)
        for name, ours, theirs in _tasks(log, frame, pair["activity"], pair["next_activity"]):
            rows.append((name, _seconds(partial(_anew, log, ours)), _seconds(theirs)))
    return rows


def _anew(log: Any, task: Task) -> None:
    """Asks as if nothing had been asked before: a log keeps its answers."""
    log.answers.clear()
    task()


def _tasks(log: Any, frame: Any, activity: str, next_activity: str) -> list[tuple[str, Task, Task]]:
    import pm4py
    from pm4py.algo.discovery.performance_spectrum import algorithm as spectrum

    from efficacy_analytics.mining.measures import variants
    from efficacy_analytics.mining.organisation.handovers import handovers, repeats, rework

    pair = {"activity": activity, "next_activity": next_activity}
    keys = {"resource_key": "resource"}
    starts = {"start_timestamp_key": "start_timestamp"}

    def handed() -> Any:
        return pm4py.discover_handover_of_work_network(frame, **keys)

    def repeated() -> Any:
        return pm4py.get_rework_cases_per_activity(frame)

    return [
        ("handover of work, counts", lambda: _sql(log, HANDED), handed),
        ("handover of work, with cases and medians on two clocks", lambda: handovers(log, by="resource"), handed),
        ("rework, cases per activity", lambda: repeats(log), repeated),
        ("rework, with its cost on three clocks", lambda: rework(log), repeated),
        ("variants, with their median times", lambda: variants(log), lambda: pm4py.get_variants(frame)),
        ("service time per activity", lambda: _sql(log, SERVICE), lambda: pm4py.get_service_time(frame, **starts)),
        (
            "service and waiting time per case",
            lambda: _sql(log, CASE_TIMES),
            lambda: pm4py.insert_case_service_waiting_time(frame, **starts),
        ),
        (
            "performance spectrum of a segment",
            lambda: _sql(log, SPECTRUM, pair),
            lambda: spectrum.apply(frame, [activity, next_activity]),
        ),
    ]


def _sql(log: Any, text: str, params: dict[str, Any] | None = None) -> Any:
    return log.connection.sql(text, params=params).pl()


def _seconds(task: Task) -> float:
    """The shortest of some rounds; what takes long is taken once."""
    shortest = math.inf
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        task()
        shortest = min(shortest, time.perf_counter() - begun)
        if shortest > LONG:
            break
    return shortest

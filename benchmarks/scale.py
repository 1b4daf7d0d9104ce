"""What a cluster costs and brings: `python -m benchmarks.scale EVENTS [--remote sc://HOST:PORT]`.

Publishes one drawn log by DuckDB alone and in buckets on a cluster, and prints the publisher's and the tasks' processor
seconds as ratios, and a model of more workers. Processor seconds stand a loaded machine; wall seconds do not: the last
table, of one worker and of two by the clock, is of a quiet machine alone.
"""

import argparse
import json
import math
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks.drawn_delivery import EVENTS_OF_A_CASE, drawn_lake
from efficacy_analytics.engine.spark_engine import own_server
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.snapshots import record_file
from efficacy_analytics.settings import EngineSettings, Settings

WORKERS = (1, 2, 8, 64, 512)
BUCKETS = 20
SHARED_STEP = "ordering the event log on three clocks"
"""The step of a publication that a cluster does: given away, computed, fetched and put together."""
ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """Processor seconds of a publication.

    Attributes:
        publisher: of the process that publishes.
        steps: of those, from the beginning of each step to the next, by name.
        tasks: of each bucket.
    """

    publisher: float
    steps: dict[str, float]
    tasks: list[float]


def main() -> None:
    """Measures both and prints what follows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=int)
    parser.add_argument("--remote", default="", help="the cluster's address; Sail on this machine where none is given")
    options = parser.parse_args()
    cases = math.ceil(options.events / EVENTS_OF_A_CASE / BUCKETS)
    on_cluster = EngineSettings(kind="spark", remote=options.remote, bucket_cases=cases)
    with tempfile.TemporaryDirectory(prefix="efficacy-scale-") as scratch:
        lake = drawn_lake(Path(scratch), options.events)
        published(lake, EngineSettings())  # what is read for the first time is read for both
        alone, shared = published(lake, EngineSettings()), published(lake, on_cluster)
        print(told(alone, shared))
        if not options.remote:
            print(by_the_clock(lake, on_cluster))


def published(lake: Path, engine: EngineSettings) -> Cost:
    """Publishes a lake anew, and tells what it cost."""
    began = _spent()
    snapshot, steps = _steps_of(lake, engine, _spent)
    spent = _spent() - began
    facts = json.loads(record_file(lake, snapshot).read_text(encoding="utf-8"))
    return Cost(spent, steps, [one["processor_seconds"] for one in facts.get("buckets", [])])


def _steps_of(lake: Path, engine: EngineSettings, clock: Callable[[], float]) -> tuple[str, dict[str, float]]:
    """The name of a lake's snapshot made anew, and what each step took by a clock."""
    shutil.rmtree(lake / "published", ignore_errors=True)
    marks: list[tuple[str, float]] = []
    snapshot = publish(
        lake, in_force=replace(Settings(), engine=engine), on_progress=lambda step, *_: marks.append((step, clock()))
    )
    return snapshot.name, {step: until - at for (step, at), (_, until) in pairwise(marks)}


def by_the_clock(lake: Path, on_cluster: EngineSettings) -> str:
    """Wall seconds of the shared step by one worker of Sail, by two, and by DuckDB alone: the least of rounds."""
    least: dict[str, float] = {}
    for _ in range(ROUNDS):
        for workers in (1, 2):
            with own_server(workers) as port:
                _steps_of(
                    lake, replace(on_cluster, remote=f"sc://127.0.0.1:{port}"), time.perf_counter
                )  # workers start
                steps = _steps_of(lake, replace(on_cluster, remote=f"sc://127.0.0.1:{port}"), time.perf_counter)[1]
            name = f"Sail, {workers} worker{'s' * (workers > 1)}"
            least[name] = min(least.get(name, math.inf), steps[SHARED_STEP])
        for threads in (1, 2):
            steps = _steps_of(lake, EngineSettings(threads=threads), time.perf_counter)[1]
            name = f"DuckDB alone, {threads} thread{'s' * (threads > 1)}"
            least[name] = min(least.get(name, math.inf), steps[SHARED_STEP])
    one = least["Sail, 1 worker"]
    lines = ["", "| by the clock | seconds | times as fast as by one worker |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {name} | {took:.2f} | {one / took:.2f} |" for name, took in least.items())])


def told(alone: Cost, shared: Cost) -> str:
    """The ratios, and the model."""
    tasks, longest = sum(shared.tasks), max(shared.tasks)
    lines = [
        "| what | processor time, as a share of DuckDB alone |",
        "|---|---:|",
        "| DuckDB alone | 100 % |",
        f"| publisher with a cluster | {shared.publisher / alone.publisher:.0%} |",
        f"| tasks on the workers | {tasks / alone.publisher:.0%} |",
        f"| all, with a cluster | {(shared.publisher + tasks) / alone.publisher:.0%} |",
        "",
        "| step of the publisher | alone | with a cluster |",
        "|---|---:|---:|",
        *(
            f"| {step} | {spent / alone.publisher:.0%} | {shared.steps[step] / alone.publisher:.0%} |"
            for step, spent in alone.steps.items()
        ),
        "",
        "| workers | tasks, times as fast as by one worker | whole, times as fast as DuckDB alone on one core |",
        "|---:|---:|---:|",
    ]
    for workers in WORKERS:
        rounds = math.ceil(len(shared.tasks) / workers) * longest
        whole = alone.publisher / (shared.publisher + max(rounds, tasks / workers))
        lines.append(f"| {workers} | {tasks / max(rounds, tasks / workers):.1f} | {whole:.2f} |")
    return "\n".join(lines)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

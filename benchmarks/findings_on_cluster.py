"""What a cluster brings to the findings of a lake: `python -m benchmarks.findings_on_cluster LAKE [--period 2025Q1]`.

Makes one run anew by this machine alone, by one worker of Sail and by two, the least of rounds in turn; prints the
seconds by the clock, the processor seconds of each room of questions, and a model of more workers. By the clock only a
quiet machine tells. The run that stays in the lake is the same whoever computed it.
"""

import argparse
import heapq
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from efficacy_analytics.engine.session import Cluster
from efficacy_analytics.engine.spark_engine import cluster, own_server
from efficacy_analytics.event_log.cohort import Cohort, open_beside, open_log
from efficacy_analytics.findings.runs import find
from efficacy_analytics.settings import EngineSettings, Settings
from efficacy_analytics.workflows.steps import cohort_of

WORKERS = (1, 2, 8, 64, 512)
ROUNDS = 2


@dataclass(frozen=True)
class Watched:
    """A cluster of which it is kept what each task took.

    Attributes:
        inner: the cluster.
        rooms: processor seconds by the tables of a room.
    """

    inner: Cluster
    rooms: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.inner.name

    def each(self, task: Callable[[int], str], count: int) -> list[str]:
        """As the cluster does, and keeps the seconds."""
        made = self.inner.each(task, count)
        for text in made:
            told = json.loads(text)
            self.rooms[", ".join(told["tables"])] = told["processor_seconds"]
        return made


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--period", help="such as 2025Q1; without it all cases")
    options = parser.parse_args()
    cohort = cohort_of(options.period) if options.period else Cohort()
    least: dict[str, float] = {}
    rooms: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, computed_by in ways(rooms).items():
            with computed_by as shared:
                seconds = found(options.lake, cohort, shared)
            least[name] = min(least.get(name, math.inf), seconds)
    print(told(least, rooms))


def ways(rooms: dict[str, float]) -> dict[str, AbstractContextManager[Cluster | None]]:
    """By whom the run is made; the one worker, which has its process for itself, fills in what each room took."""
    return {"DuckDB alone": nobody(), "Sail, one worker": sail(1, rooms), "Sail, two workers": sail(2, {})}


@contextmanager
def nobody() -> Iterator[None]:
    """No cluster."""
    yield None


@contextmanager
def sail(workers: int, rooms: dict[str, float]) -> Iterator[Cluster]:
    """Sail with so many workers, which have begun: a first task of each makes them load the program."""
    with own_server(workers) as port:
        settings = replace(EngineSettings(), kind="spark", remote=f"sc://127.0.0.1:{port}")
        with cluster(settings) as shared:
            shared.each(_loaded, workers)
            yield Watched(shared, rooms)


def _loaded(number: int) -> str:
    from efficacy_analytics.findings.catalogue.tables import RUN_TABLES

    for entry in RUN_TABLES.values():
        entry.function()
    return str(number)


def found(lake: Path, cohort: Cohort, shared: Cluster | None) -> float:
    """Seconds by the clock of a run made anew."""

    @contextmanager
    def opened(running: Cluster) -> Iterator[Cluster]:
        yield running

    began = time.perf_counter()
    with open_log(lake, cohort, in_force=Settings()) as log, open_beside(log, cohort.history) as history:
        find(
            log, lake, cohort.as_dict(), history=history if cohort.history != cohort else None, anew=True,
            cluster=opened(shared) if shared else None,
        )  # fmt: skip
    return time.perf_counter() - began


def told(least: Mapping[str, float], rooms: Mapping[str, float]) -> str:
    """The seconds by the clock, the rooms, and the model."""
    alone, whole = least["DuckDB alone"], sum(rooms.values())
    lines = ["| who computes the findings | seconds by the clock | times as fast as DuckDB alone |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds:.1f} | {alone / seconds:.2f} |" for name, seconds in least.items()]
    lines += ["", "| room of questions | processor seconds |", "|---|---:|"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in sorted(rooms.items(), key=lambda room: -room[1])]
    lines += ["", "| workers (model) | seconds | times as fast as one worker |", "|---:|---:|---:|"]
    lines += [f"| {count} | {dealt(rooms, count):.1f} | {whole / dealt(rooms, count):.1f} |" for count in WORKERS]
    return "\n".join(lines)


def dealt(rooms: Mapping[str, float], workers: int) -> float:
    """When the last room is answered, where each worker that is free takes the next in the order they are begun."""
    free = [0.0] * workers
    for seconds in rooms.values():
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


if __name__ == "__main__":
    main()

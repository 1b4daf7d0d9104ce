"""What a cluster costs and brings: `python -m benchmarks.scale EVENTS [--remote sc://HOST:PORT]`.

Publishes one drawn log by DuckDB alone and in buckets on a cluster, and prints the publisher's and the tasks' processor
seconds as ratios, and a model of more workers. Processor seconds stand a loaded machine; wall seconds do not.
"""

import argparse
import json
import math
import resource
import shutil
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks.drawn_delivery import EVENTS_OF_A_CASE, drawn_lake
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.snapshots import record_file
from efficacy_analytics.settings import EngineSettings, Settings

WORKERS = (1, 2, 8, 64, 512)
BUCKETS = 20


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


def published(lake: Path, engine: EngineSettings) -> Cost:
    """Publishes a lake anew, and tells what it cost."""
    shutil.rmtree(lake / "published", ignore_errors=True)
    marks: list[tuple[str, float]] = []
    began = _spent()
    snapshot = publish(
        lake, in_force=replace(Settings(), engine=engine), on_progress=lambda step, *_: marks.append((step, _spent()))
    )
    spent = _spent() - began
    steps = {step: until - at for (step, at), (_, until) in pairwise(marks)}
    facts = json.loads(record_file(lake, snapshot.name).read_text(encoding="utf-8"))
    return Cost(spent, steps, [one["processor_seconds"] for one in facts.get("buckets", [])])


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

"""How publishing grows: `python -m benchmarks.growth 1000000 10000000 [--lake DIR]`, a line for each number of events.

Wall and processor seconds, peak memory, bytes accepted and published for each event, and how many times the row above.
Each size runs in a process of its own and its lake is taken away before the next, unless `--lake` keeps it. 300 million
events need about 60 GB of disk, 24 GiB of memory and a machine on which nothing else runs.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.drawn_delivery import drawn_lake

KEPT_BYTES = 4 << 30
BYTES_OF_AN_EVENT = 200  # drawn, published and spilled, with room to spare


def main() -> None:
    """Measures every size and prints the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", nargs="*", type=int, help="how many events")
    parser.add_argument("--publish", help=argparse.SUPPRESS)
    parser.add_argument("--lake", help="keep the drawn logs in this folder")
    options = parser.parse_args()
    if options.publish:
        return publish_told(options.publish)
    print(
        "| events | publish s | processor s | peak GiB | accepted bytes an event | published bytes an event | times |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    before: float | None = None
    for event_count in sorted(options.events):
        with tempfile.TemporaryDirectory(prefix="efficacy-growth-") as scratch:
            found = measured(Path(options.lake or scratch) / str(event_count), event_count)
        seconds = found["processor_seconds"]
        print(
            f"| {event_count:,} | {found['seconds']:.1f} | {seconds:.1f} | {found['peak_bytes'] / (1 << 30):.1f}"
            f" | {found['accepted_bytes'] / event_count:.1f} | {found['published_bytes'] / event_count:.1f}"
            f" | {f'{seconds / before:.1f}' if before else ''} |",
            flush=True,
        )
        before = seconds
    return None


def measured(lake: Path, event_count: int) -> dict[str, Any]:
    """Publishes a drawn log of that many events in a process of its own.

    Raises:
        SystemExit: the disk does not hold it, or publishing failed.
    """
    lake.mkdir(parents=True, exist_ok=True)
    needed, free = event_count * BYTES_OF_AN_EVENT + KEPT_BYTES, shutil.disk_usage(lake).free
    if free < needed:
        sys.exit(f"{event_count:,} events need {needed >> 30} GiB of disk, {free >> 30} are free")
    drawn_lake(lake, event_count)
    command = [sys.executable, "-m", "benchmarks.growth", "--publish", str(lake)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode:
        sys.exit(told.stderr)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def publish_told(folder: str) -> None:
    """Publishes a lake and prints what it took, as JSON."""
    from efficacy_analytics.event_log.build import publish

    lake = Path(folder)
    shutil.rmtree(lake / "published", ignore_errors=True)
    began = time.perf_counter()
    snapshot = publish(lake)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "seconds": seconds,
        "processor_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * 1024,
        "accepted_bytes": sum(file.stat().st_size for file in (lake / "accepted").rglob("*.parquet")),
        "published_bytes": snapshot.path.stat().st_size,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""How fast a first pull from PostgreSQL is, against a plain `COPY … TO STDOUT` of the same rows, and its memory.

Starts a server of its own (as the tests do), fills a table of steps with an index on watermark and key, and measures in
turn: the bare COPY of the same columns, unordered, thrown away as it comes; the pull into Parquet; and a second pull
of a thousand changes and ten deletions found by key.

Usage: python benchmarks/database_pull.py [ROWS]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.drawn_database import OWNER, Server
from support.drawn_pulls import FILLED, STEPS_TABLE, layout_of_steps, take_in

from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.database.pull_state import PullState

COPY = "copy (select event_id, case_id, activity, completed_at, updated_at from steps) to stdout (format csv)"
CHANGED = "update steps set activity = '补正', updated_at = default where event_id % ({rows} / 1000) = 0"
DELETED = "delete from steps where event_id < 20 and event_id % 2 = 1"


def main() -> None:
    """Prints seconds and rows a second of each."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = Server()
    try:
        office = server.new_database(STEPS_TABLE, FILLED.format(rows=rows))
        server.execute(office, "create index on steps (updated_at, event_id)", "vacuum analyze steps")
        with tempfile.TemporaryDirectory() as scratch:
            _measure(server, office, Path(scratch), rows)
    finally:
        server.remove()


def _measure(server: Server, office: str, lake: Path, rows: int) -> None:
    folder, layout = lake / ".pull-steps", layout_of_steps('deletions = "by_key"\noverlap = "10 seconds"')
    folder.mkdir()
    address = address_of(server.address(office, user=OWNER))
    _told("plain COPY", rows, lambda: _copied(server, office))
    _told("first pull", rows, lambda: take_in(lake, layout, pulled(lake, folder, address, layout)))
    PullState(folder).clear()
    server.execute(office, CHANGED.format(rows=rows), DELETED, "vacuum analyze steps")
    _told("second pull", 1010, lambda: pulled(lake, folder, address, layout))


def _copied(server: Server, office: str) -> None:
    with server.connect(office) as connection, connection.cursor() as cursor, cursor.copy(COPY) as lines:
        for _ in lines:
            pass


def _told(what: str, rows: int, task: Callable[[], object]) -> None:
    begun, begun_cpu = time.perf_counter(), time.process_time()
    task()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:>12}  {seconds:6.2f} s  {cpu_seconds:6.2f} s of CPU  {rows / seconds:12,.0f} rows/s  peak {memory} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()

"""How fast a first pull from a database is, against plainly reading the same rows, and its memory.

Starts a server of its own (as the tests do), fills a table of steps with an index on watermark and key, and measures in
turn: the same columns by `COPY … TO STDOUT` or by an unbuffered cursor, unordered, thrown away as they come; the
pull into Parquet; and a second pull of a thousand changes and ten deletions found by key.

Usage: python benchmarks/database_pull.py [ROWS] [postgresql|mysql]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support import drawn_mariadb, drawn_pulls
from support.drawn_database import Server
from support.drawn_mariadb import MariaServer
from support.drawn_pulls import take_in

from efficacy_analytics.lake.database.address import address_of
from efficacy_analytics.lake.database.pull import pulled
from efficacy_analytics.lake.database.pull_state import PullState
from efficacy_analytics.lake.layouts.layout import Layout

COLUMNS = "select event_id, case_id, activity, completed_at, updated_at from steps"
SETTLED = {"postgresql": "vacuum analyze steps", "mysql": "analyze table steps"}
CHANGED = "update steps set activity = '补正', updated_at = default where event_id % ({rows} / 1000) = 0"
DELETED = "delete from steps where event_id < 20 and event_id % 2 = 1"


def main() -> None:
    """Prints seconds and rows a second of each."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    system = sys.argv[2] if len(sys.argv) > 2 else "postgresql"
    server = MariaServer() if system == "mysql" else Server()
    drawn = drawn_mariadb if system == "mysql" else drawn_pulls
    try:
        office = server.new_database(drawn.STEPS_TABLE, drawn.FILLED.format(rows=rows))
        server.execute(office, "create index by_change on steps (updated_at, event_id)", SETTLED[system])
        layout = drawn.layout_of_steps('deletions = "by_key"\noverlap = "10 seconds"')
        with tempfile.TemporaryDirectory() as scratch:
            _measure(server, office, Path(scratch), layout, rows)
    finally:
        server.remove()


def _measure(server: Server | MariaServer, office: str, lake: Path, layout: Layout, rows: int) -> None:
    folder, address = lake / ".pull-steps", address_of(server.address(office))
    folder.mkdir()
    if isinstance(server, MariaServer):
        _told("cursor alone", rows, lambda: _fetched(server, office))
    else:
        _told("plain COPY", rows, lambda: _copied(server, office))
    _told("first pull", rows, lambda: take_in(lake, layout, pulled(lake, folder, address, layout)))
    PullState(folder).clear()
    server.execute(office, CHANGED.format(rows=rows), DELETED)
    _told("second pull", 1010, lambda: pulled(lake, folder, address, layout))


def _copied(server: Server, office: str) -> None:
    copy = f"copy ({COLUMNS}) to stdout (format csv)"
    with server.connect(office) as connection, connection.cursor() as cursor, cursor.copy(copy) as lines:
        for _ in lines:
            pass


def _fetched(server: MariaServer, office: str) -> None:
    from pymysql.cursors import SSCursor

    with server.connect(office) as connection, connection.cursor(SSCursor) as cursor:
        cursor.execute(COLUMNS)
        while cursor.fetchmany(50_000):
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

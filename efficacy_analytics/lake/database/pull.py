"""Taking in from a database: what changed since the last pull, as Parquet files that are then an ordinary delivery.

A pull reads one snapshot of the database (repeatable read). What it has read lies in `<lake>/.pull-<layout>/`, part
by part; a connection that is cut leaves the parts, and the next try goes on behind the last row, in the order of
watermark and key, in a snapshot of its own. A row that changed in between comes again with a higher watermark, and
its later version counts: the pull ends with what its last snapshot holds.

Rows committed late carry a watermark older than rows already read. So the next pull reads again from the highest
watermark seen, or from the start of the oldest transaction still under way, less the layout's `overlap`; what it
finds unchanged is not delivered twice.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from efficacy_analytics.errors import CallError, InputRefusedError, LayoutError, SourceUnreachableError
from efficacy_analytics.lake.database.address import Address
from efficacy_analytics.lake.database.changes import KEYS, Held, held_rows, write_difference
from efficacy_analytics.lake.database.confirmed_queries import keep_confirmed, newly_confirmed
from efficacy_analytics.lake.database.connection import connected
from efficacy_analytics.lake.database.pull_state import PullState
from efficacy_analytics.lake.database.reader import Reader, Relation, Stretch
from efficacy_analytics.lake.database.relation import check_rows, described
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake import ingest as store
from efficacy_analytics.lake.intake.request import Request
from efficacy_analytics.lake.layouts.layout import Layout
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import AS_SHIPPED, DatabaseSettings, Settings
from efficacy_analytics.system.disk import told_of_the_disk

FOLDER = ".pull-"
DIFFERENCE = "delivery"
OnProgress = Callable[..., None] | None


def ingest_from(
    lake: Path,
    address: Address,
    request: Request,
    *,
    on_progress: OnProgress = None,
) -> Delivery | None:
    """Pulls from a database and takes the difference in.

    Args:
        lake: the lake's folder; made if it is not there.
        address: where the database is.
        request: by which layout (with `format = "database"`), from which day, and what it may overlook.
        on_progress: called with a message, how many rows are read, and how many are expected.

    Returns:
        The record of the delivery; None if nothing is new.

    Raises:
        CallError: the layout is not of a database, or has a query that nobody confirmed.
        SourceUnreachableError: no connection, or it was cut more often than is tried again.
        InputRefusedError: what the layout names is not there, not allowed, or has no usable key.
        LakeBusyError: another process pulls the same source, or writes to the lake.
    """
    layout, in_force = request.layout_in(lake), request.in_force
    origins = {table: source.origin for table, source in layout.tables.items()}
    new_queries = newly_confirmed(lake, layout.name, origins, confirms=request.confirms_query)
    folder = lake / f"{FOLDER}{_name(layout)}"
    with told_of_the_disk(lake, f"the pull could not be kept in {lake}"), only_writer(folder):
        folder.chmod(0o700)  # rows as received, in clear
        try:
            files = pulled(
                lake,
                folder,
                address,
                layout,
                reads_whole=request.reads_whole,
                in_force=in_force,
                on_progress=on_progress,
            )
            delivery = store.ingest(lake, files, request, on_progress=on_progress) if files else None
            PullState(folder).clear()
            keep_confirmed(lake, new_queries)
            return delivery
        finally:
            if not PullState(folder).part_count():
                PullState(folder).clear()
                folder.rmdir()


def pulled(
    lake: Path,
    folder: Path,
    address: Address,
    layout: Layout,
    *,
    reads_whole: bool = False,
    in_force: Settings = AS_SHIPPED,
    on_progress: OnProgress = None,
) -> list[Path]:
    """Reads what changed into `folder`, and gives the files of the difference; none if nothing is new.

    Raises:
        CallError: the layout is not of a database.
        SourceUnreachableError: no connection, or it was cut more often than is tried again.
        InputRefusedError: what the layout names is not there, not allowed, or has no usable key.
    """
    if layout.format != "database":
        raise CallError(f"layout '{layout.name}' is not of a database.", hint='its format must be "database"')
    if layout.time_zone is None:
        raise LayoutError(
            f"layout '{layout.name}' names no time_zone, and the stamps of a database may have none of their own.",
            hint='add time_zone = "Asia/Shanghai"',
        )
    if any(source.parts for source in layout.tables.values()):
        raise LayoutError(f"layout '{layout.name}': a pull reads one relation a table.", hint="join them in a query")
    held, state = held_rows(lake, layout), PullState(folder)
    limits = in_force.database
    _tried_again(
        lambda: _try(address, layout, state, held, reads_whole, limits, on_progress), state, limits, on_progress
    )
    difference = folder / DIFFERENCE
    shutil.rmtree(difference, ignore_errors=True)
    counts = write_difference(state, held, difference, in_force)
    return sorted(difference.glob("*.parquet")) if any(counts.values()) else []


def _tried_again(
    attempt: Callable[[], None], state: PullState, limits: DatabaseSettings, on_progress: OnProgress
) -> None:
    """Tries until it is done, or `most_tries` in a row bring nothing; each wait is twice the one before."""
    failed, before = 0, state.part_count()
    while True:
        try:
            return attempt()
        except SourceUnreachableError as fault:
            failed = failed + 1 if state.part_count() <= before else 1
            before = state.part_count()
            if not fault.is_passing or failed >= limits.most_tries:
                raise
            wait = limits.first_wait_seconds * 2 ** (failed - 1)
            if on_progress:
                on_progress(f"no connection; trying again in {wait:g} s ({failed + 1} of {limits.most_tries})")
            time.sleep(wait)


def _try(
    address: Address,
    layout: Layout,
    state: PullState,
    held: Held,
    reads_whole: bool,
    limits: DatabaseSettings,
    on_progress: OnProgress,
) -> None:
    state.tries += 1
    with connected(address, limits, next(iter(layout.encodings), None)) as reader:
        begun = reader.begun()
        with reader.snapshot():
            for table in [table for table, source in layout.tables.items() if source.origin]:
                with reader.told_of_faults(f"[table.{table}] of layout '{layout.name}'"):
                    relation = described(reader, layout, table)
                with reader.told_of_faults(relation.source.label):
                    check_rows(reader, relation)
                    record = _record(reader, layout, relation, held, begun)
                    since = None if reads_whole else _base_held(held, record, relation, table)
                    _read(
                        reader,
                        relation,
                        state,
                        {**record, "since": since},
                        limits.part_rows,
                        on_progress,
                    )


def _record(reader: Reader, layout: Layout, relation: Relation, held: Held, begun: str) -> dict[str, Any]:
    """What is asked of the database for a table, and from where the next pull will read."""
    return {
        "database": reader.database,
        "origin": dict(layout.tables[relation.table].origin),
        "types": dict(relation.types),
        "encoding": next(iter(layout.encodings), None),
        "columns": relation.columns,
        "key": relation.key,
        "after": held.after,
        "base": reader.base_of(relation, begun, layout.time_zone or "UTC"),
    }


def _base_held(held: Held, record: Mapping[str, Any], relation: Relation, table: str) -> str | None:
    """From where to read: the base of the last pull, if it asked the same.

    Raises:
        InputRefusedError: the table or the layout has changed since.
    """
    last = held.records.get(table)
    if last is None:
        return None
    asked = [part for part in ("database", "origin", "encoding", "types") if part in last]
    changed = [part for part in asked if last[part] != record[part]]
    if changed:
        raise InputRefusedError(
            f"{relation.source.label} {_change(changed[0], last, record)} since the last pull.",
            hint="see whether the layout still fits, then compare every row once: add --whole",
        )
    base: str | None = last["base"]
    return base


def _change(part: str, last: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    if part == "database":
        return f"is in the database '{record[part]}', no longer in '{last[part]}',"
    if part == "origin":
        return "is asked for in other words by the layout"
    if part == "encoding":
        return "is read in an other encoding"
    before, now = last["types"], record["types"]
    column = next((name for name in {**before, **now} if before.get(name) != now.get(name)), "")
    if column not in before or column not in now:
        return f"is read with other columns ('{column}')"
    return f"changed its column '{column}' from {before[column]} to {now[column]}"


def _read(
    reader: Reader,
    relation: Relation,
    state: PullState,
    record: Mapping[str, Any],
    part_rows: int,
    on_progress: OnProgress,
) -> None:
    """Reads on behind the parts that are there; without a watermark rows may change anywhere: from the start."""
    table, goes_on = relation.table, state.goes_on(relation.table, record)
    if goes_on and not relation.watermark:
        state.drop(table)
    stretch = Stretch(record["since"], state.position(table))
    expected = state.rows(table) + reader.estimated_rows(relation, stretch)
    _tell(on_progress, relation, state, expected)
    for part in reader.rows(relation, stretch, most=part_rows):
        state.add(table, part, relation.order)
        _tell(on_progress, relation, state, expected)
    if relation.finds_deletions and (record["after"] or not state.is_of_one_snapshot(table)):
        _write_keys(reader.keys(relation, most=part_rows), state.folder / table)


def _write_keys(parts: Any, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with pq.ParquetWriter(folder / KEYS, pa.schema([("key", pa.string())]), compression="zstd") as writer:
        for part in parts:
            writer.write_table(part)


def _tell(on_progress: OnProgress, relation: Relation, state: PullState, expected: int) -> None:
    if on_progress:
        rows = state.rows(relation.table)
        on_progress(f"rows of {relation.table}", rows, max(rows, expected))


def _name(layout: Layout) -> str:
    """A folder for each source: the same layout may read several databases, each with its constant department."""
    if layout.source == layout.name:
        return layout.name
    return f"{layout.name}-{hashlib.sha256(layout.source.encode()).hexdigest()[:8]}"

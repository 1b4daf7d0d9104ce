"""The event log computed bucket by bucket on a cluster, and put together into one ordinary snapshot.

A bucket is a stretch of whole cases of one delivery. A worker reads its stretch of the accepted file, runs the queries
that one machine runs over all, in one DuckDB thread, and writes four Parquet files; whoever publishes checks them by
their hashes and puts them one after the other. Workers must reach the lake's folder under the same path, and run the
same code.
"""

import json
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import polars as pl

from efficacy_analytics.engine.duckdb_engine import opened
from efficacy_analytics.engine.session import Cluster, Session
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.settings import EngineSettings, Settings
from efficacy_analytics.system.code import check_same_code, code_sha256
from efficacy_analytics.system.disk import file_sha256

GIVEN = ("calendar", "deliveries", "superseded_cases", "case_counting", "names")
"""What a worker needs of the publisher, besides the accepted events."""
MADE = ("events", "recordings", "sequences", "overlaps")
"""What a worker makes: a Parquet file each."""


@dataclass(frozen=True)
class Bucket:
    """A stretch of cases of one delivery.

    Attributes:
        delivery_number: of the delivery, from 0.
        first_case_number: the first case.
        until_case_number: the case after the last.
    """

    delivery_number: int
    first_case_number: int
    until_case_number: int


@dataclass(frozen=True)
class BucketWork:
    """What the tasks of one snapshot have in common.

    Attributes:
        folder: where the publisher's tables lie, and where the buckets are written.
        events: the accepted events of each delivery.
        buckets: all of them, in the order of their cases.
        seconds: the query by which seconds are kept.
        memory_limit: of one task.
        code_sha256: of the publisher's code.
    """

    folder: Path
    events: Sequence[Path]
    buckets: Sequence[Bucket]
    seconds: str
    memory_limit: str
    code_sha256: str


@dataclass(frozen=True)
class MadeBucket:
    """A bucket that was computed: its place, files by name, their hashes and rows, and the processor time it took."""

    number: int
    folder: str
    sha256: dict[str, str]
    rows: dict[str, int]
    processor_seconds: float


def buckets_of(engine: Session, case_count: int) -> list[Bucket]:
    """The cases of all staged deliveries in buckets of so many, in the order of their keys.

    Args:
        engine: holds the view `delivered_cases`.
        case_count: how many cases a bucket has at most.
    """
    last = engine.run("bucket_case_numbers").rows()
    found = [
        Bucket(delivery, first, min(first + case_count, until))
        for delivery, until in last
        for first in range(0, until, case_count)
    ]
    return found or [Bucket(0, 0, 0)]


def build_events_in_buckets(
    engine: Session,
    cluster: Cluster,
    folder: Path,
    deliveries: Sequence[Delivery],
    seconds: str,
    settings: EngineSettings,
) -> list[MadeBucket]:
    """Makes `event_steps`, `event_recordings`, `case_sequences` and `overlap_lengths` on a cluster.

    Args:
        engine: the building engine, after the verdicts.
        cluster: computes the tasks.
        folder: where buckets are laid out until they are put together; made, and taken away.
        deliveries: those that are staged.
        seconds: the query by which seconds are kept.
        settings: how many cases a bucket has.

    Returns:
        The buckets.

    Raises:
        EfficacyError: the cluster did not do its tasks.
        CheckFailedError: a bucket's file is not what the worker wrote.
    """
    buckets = buckets_of(engine, settings.bucket_cases)
    folder.mkdir()
    try:
        _give(engine, folder)
        events = [(one.folder / "events.parquet").resolve() for one in deliveries]
        work = BucketWork(folder.resolve(), events, buckets, seconds, settings.memory_limit, code_sha256())
        texts = cluster.each(partial(compute_bucket, work), len(buckets))
        made = [MadeBucket(**json.loads(text)) for text in texts]
        _merge(engine, folder, made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return made


def compute_bucket(work: BucketWork, number: int) -> str:
    """Computes a bucket on a worker, and writes its files under a name that no other attempt has.

    Returns:
        A `MadeBucket` as JSON.

    Raises:
        CheckFailedError: the worker runs other code than the publisher.
    """
    check_same_code(work.code_sha256)
    began = time.thread_time()
    attempt = work.folder / f"bucket-{number:06}-{uuid.uuid4().hex[:12]}"
    attempt.mkdir()
    one_thread = Settings(engine=EngineSettings(memory_limit=work.memory_limit, threads=1))
    with opened(in_force=one_thread) as engine:
        _stage(engine, work, work.buckets[number])
        build_bucket(engine)
        for name in MADE:
            engine.write(f"bucket_{name}", attempt / f"{name}.parquet")
    files = {name: attempt / f"{name}.parquet" for name in MADE}
    made = MadeBucket(
        number,
        attempt.name,
        {name: file_sha256(file) for name, file in files.items()},
        {name: int(pl.scan_parquet(file).select(pl.len()).collect().item()) for name, file in files.items()},
        time.thread_time() - began,
    )
    return json.dumps(asdict(made))


def build_bucket(engine: Session) -> None:
    """Makes the tables of a bucket by the queries that make those of a whole snapshot."""
    engine.build("build_event_table")
    engine.build("build_event_log")
    engine.build("build_overlap_lengths")
    build_marks(engine)


def build_marks(engine: Session) -> None:
    """Makes `event_recordings` and `case_sequences` from the events."""
    engine.build("build_recording_table")
    engine.build("build_recordings")
    engine.build("build_case_sequences")


def _give(engine: Session, folder: Path) -> None:
    """Writes what the workers need; the names in the order of the enumerations."""
    for table in GIVEN:
        engine.write(f"bucket_{table}", folder / f"{table}.parquet")


def _stage(engine: Session, work: BucketWork, bucket: Bucket) -> None:
    for table in GIVEN:
        engine.view_parquet(table, work.folder / f"{table}.parquet")
    engine.build("bucket_types")
    engine.build(work.seconds)
    engine.build("build_readings")
    engine.view_parquet("delivered", work.events[bucket.delivery_number])
    engine.put("bucket", pl.DataFrame([asdict(bucket)]))
    first, until = bucket.first_case_number, bucket.until_case_number
    engine.command(f"create view stretch as from delivered where case_number >= {first} and case_number < {until}")
    engine.build("bucket_accepted")


def _merge(engine: Session, folder: Path, made: Sequence[MadeBucket]) -> None:
    for one in made:
        for name, file in _files(folder, one):
            if not file.is_file() or file_sha256(file) != one.sha256[name]:
                raise CheckFailedError(
                    f"the {name} of bucket {one.number} are not what its worker wrote.",
                    hint="workers must reach the lake's folder under the same path",
                )
    engine.build("build_event_table")
    engine.build("build_recording_table")
    for name in MADE:
        engine.view_parquet(f"merged_{name}", [folder / one.folder / f"{name}.parquet" for one in made])
    engine.command("set threads = 1")  # several would write the end of each file's rows twice, and leave holes
    engine.build("merge_buckets")
    engine.command(f"set threads = {engine.settings.engine.threads}")
    engine.drop(f"merged_{name}" for name in MADE)


def _files(folder: Path, one: MadeBucket) -> Iterator[tuple[str, Path]]:
    for name in MADE:
        yield name, folder / one.folder / f"{name}.parquet"

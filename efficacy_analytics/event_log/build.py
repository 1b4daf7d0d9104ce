"""The snapshot: cases and event log built once, from the accepted files, checked, and made current in one step.

The expensive work (order, successor, clocks) is done here and nowhere else; every later question is a `group by`.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from efficacy_analytics.clock.verdicts import build_verdicts
from efficacy_analytics.engine.duckdb_engine import opened
from efficacy_analytics.engine.query import query
from efficacy_analytics.engine.session import Session
from efficacy_analytics.engine.spark_engine import cluster
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError, EfficacyError
from efficacy_analytics.event_log.buckets import MadeBucket, build_events_in_buckets, build_marks
from efficacy_analytics.event_log.calendars import build_calendar
from efficacy_analytics.event_log.cohort import EVERYTHING, choose
from efficacy_analytics.event_log.declared import build_declared
from efficacy_analytics.event_log.inputs import Inputs, draft_record, inputs_now, keep, recorded_inputs, standing
from efficacy_analytics.event_log.notices import as_json, snapshot_notices
from efficacy_analytics.event_log.snapshots import (
    SCHEMA_VERSION,
    Snapshot,
    draft_file,
    make_current,
    named_snapshot,
    new_name,
    open_snapshot,
    prune,
    published_folder,
    record_file,
    remove_leftovers,
)
from efficacy_analytics.event_log.staging import stage, unstage
from efficacy_analytics.lake.delivery import Delivery, check_whole, deliveries
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import AS_SHIPPED, EngineSettings, Settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.stopping import held_back

HELPER_TABLES = (
    "case_sequences", "case_variants", "case_counting", "case_dates", "case_verdicts",
    "superseded_cases", "delivery_facts", "clock_stops_in", "department_calendars", "own_calendars",
)  # fmt: skip
OnProgress = Callable[[str, int, int], None]


def publish(
    lake: Path,
    *,
    as_known_on: dt.date | None = None,
    as_on: dt.date | None = None,
    in_force: Settings = AS_SHIPPED,
    on_progress: OnProgress | None = None,
) -> Snapshot:
    """Builds a snapshot of what was delivered, checks it, and makes it current.

    Args:
        lake: the lake's folder.
        as_known_on: leave out what was delivered later than this day.
        as_on: the day for which open cases are judged; without it the last day with an event or a completion.
        in_force: the settings of counting, of the engine and of how many snapshots are kept.
        on_progress: called with (step, number done, number of all) as the work goes on.

    Returns:
        The snapshot that is current now: a new one, or one that holds the same content already. After an error the
        snapshot that was current still is.

    Raises:
        CallError: `as_on` lies before the first day of the data.
        CannotAnswerError: nothing was delivered (by that day).
        LakeBusyError: another process is publishing.
        CheckFailedError: an accepted file is damaged, or the built tables do not hold all accepted rows.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    _chosen(lake, as_known_on)  # nothing is made in a lake that has nothing to publish
    with told_of_the_disk(lake, f"no snapshot of {lake} could be built"), only_writer(published_folder(lake)):
        remove_leftovers(lake)
        chosen = _chosen(lake, as_known_on)
        check_whole(chosen)
        try:
            inputs = inputs_now(lake, chosen, as_on, in_force.clock)
            snapshot = standing(lake, inputs.content_sha256)
            if snapshot is None:
                snapshot = _built(lake, inputs, on_progress or _silent, in_force)
            with held_back():
                _put_in_place(lake, snapshot, inputs, keep_snapshots=in_force.lake.keep_snapshots)
        finally:
            remove_leftovers(lake)
    return snapshot


@contextmanager
def at_hand(lake: Path, name: str, *, in_force: Settings = AS_SHIPPED) -> Iterator[Snapshot]:
    """A snapshot by its name; one that was pruned is made again, outside the lake, for as long as it is needed.

    So is one that is damaged, or that an earlier version of the program built.

    Raises:
        CallError: there never was a snapshot of that name.
        CannotAnswerError: it is of a version that kept no record of what it was made from.
        CheckFailedError: a delivery or a reference file of which it was made is no more as it was.
    """
    found = _usable(lake, name, in_force)
    if found is not None:
        yield found
        return
    inputs, content_sha256 = recorded_inputs(lake, name)
    check_whole(inputs.deliveries)
    with TemporaryDirectory(prefix="efficacy-snapshot-") as folder:
        again = Snapshot(name, Path(folder) / f"{name}.duckdb", content_sha256)
        with told_of_the_disk(Path(folder), f"snapshot '{name}' could not be made again"):
            _build(again.path, again, inputs, _silent, _on_one_machine(in_force))
        yield again


def _usable(lake: Path, name: str, in_force: Settings) -> Snapshot | None:
    """The snapshot of that name as it stands; none where it must be made again, and can be."""
    try:
        snapshot = named_snapshot(lake, name, in_force=in_force)
        open_snapshot(snapshot, in_force=in_force).close()
    except CannotAnswerError:
        if record_file(lake, name).is_file():
            return None
        raise CannotAnswerError(
            f"snapshot '{name}' was built by an earlier version, which kept no record of what it was made from.",
            hint="verify its documents with that version; `efficacy publish` builds a snapshot for new ones",
        ) from None
    except EfficacyError:
        if not record_file(lake, name).is_file():
            raise
        return None
    return snapshot


def _on_one_machine(in_force: Settings) -> Settings:
    """A snapshot made again is made here, whatever cluster computed it first: the result is the same."""
    return replace(in_force, engine=replace(in_force.engine, kind="duckdb"))


def _silent(*_: object) -> None:
    pass


def _built(lake: Path, inputs: Inputs, on_progress: OnProgress, in_force: Settings) -> Snapshot:
    """A new snapshot, still a draft."""
    name = new_name(lake, inputs.content_sha256)
    snapshot = Snapshot(name, published_folder(lake) / f"{name}.duckdb", inputs.content_sha256)
    draft = draft_file(snapshot)
    buckets = _build(draft, snapshot, inputs, on_progress, in_force)
    draft_record(lake, snapshot, inputs, draft, buckets=[asdict(one) for one in buckets])
    return snapshot


def _put_in_place(lake: Path, snapshot: Snapshot, inputs: Inputs, *, keep_snapshots: int) -> None:
    """Makes a snapshot current: a draft, or one that stands already."""
    keep(lake, snapshot, inputs)
    draft = draft_file(snapshot)
    if draft.is_file():
        draft.rename(snapshot.path)
    make_current(lake, snapshot)
    prune(lake, keep_snapshots)


def _chosen(lake: Path, as_known_on: dt.date | None) -> list[Delivery]:
    """The deliveries that were known on a day."""
    chosen = [one for one in deliveries(lake) if as_known_on is None or one.delivered_on <= as_known_on]
    if not chosen:
        raise CannotAnswerError(
            f"nothing has been delivered to {lake}.", hint="run `efficacy ingest PATH --layout NAME`"
        )
    return chosen


def _build(
    draft: Path, snapshot: Snapshot, inputs: Inputs, on_progress: OnProgress, in_force: Settings
) -> list[MadeBucket]:
    """Builds a snapshot's file; returns the buckets of which a cluster computed it, none where no cluster did."""
    buckets: list[MadeBucket] = []
    folder = draft.with_name(f"{draft.name}.buckets")
    with opened(draft, in_force=in_force) as engine:
        engine.command("set fsync_mode = 'NONE'")  # a draft that a fall of the machine cuts short is thrown away
        _build_tables(
            engine, inputs, on_progress, lambda: buckets.extend(_build_by_case(engine, inputs, folder, in_force.engine))
        )
        notices = as_json(snapshot_notices(engine, inputs.deliveries, inputs.reference))
        _describe(engine, snapshot, inputs, notices)
        _tidy(engine)
    return buckets


def _build_tables(engine: Session, inputs: Inputs, on_progress: OnProgress, by_case: Callable[[], None]) -> None:
    steps: list[tuple[str, Callable[[], None]]] = [
        ("staging the accepted rows", lambda: stage(engine, inputs.deliveries)),
        ("writing the calendar", lambda: _build_calendar(engine, inputs)),
        ("naming activities, departments, items", lambda: _build_names(engine, inputs)),
        ("reading the cases", lambda: _build_readings(engine)),
        ("counting days and judging limits", lambda: _build_verdicts(engine, inputs)),
        ("ordering the event log on three clocks", by_case),
        ("telling variants apart", lambda: engine.build("build_variants")),
        ("joining the cases", lambda: _build_cases(engine)),
        ("keeping what follows what", lambda: _keep_directly_follows(engine)),
        ("checking that nothing is lost", lambda: _check(engine)),
    ]
    for number, (step, run) in enumerate(steps):
        on_progress(step, number, len(steps))
        run()
    on_progress("published", len(steps), len(steps))


def _build_calendar(engine: Session, inputs: Inputs) -> None:
    counts = inputs.clock.count_makeup_workdays
    build_calendar(engine, inputs.deliveries, inputs.reference, makeup_workdays_count=counts)


def _build_names(engine: Session, inputs: Inputs) -> None:
    build_declared(engine, inputs.reference)
    engine.build("build_names")
    engine.build("build_labels")


def _build_readings(engine: Session) -> None:
    engine.build("build_case_spans")
    build_clocks(engine)
    engine.build("build_case_readings")


def build_clocks(engine: Session) -> None:
    """Settles how seconds are kept, and makes the readings of every stamp's slot from the calendar."""
    engine.build(_seconds(engine))
    engine.build("build_readings")


def _seconds(engine: Session) -> str:
    """The query by which seconds are kept."""
    return f"build_seconds_{engine.run('build_resolution')['seconds'][0]}"


def _build_verdicts(engine: Session, inputs: Inputs) -> None:
    judged_on = _judged_day(engine, inputs.as_on)
    engine.put("snapshot", pl.DataFrame({"as_on": [judged_on]}, schema={"as_on": pl.Date}))
    build_verdicts(engine, as_on=judged_on, reference=inputs.reference, rules=inputs.clock)
    engine.build("build_case_counting")


def _judged_day(engine: Session, as_on: dt.date | None) -> dt.date:
    """The day on which open cases are judged: as asked for, else the last one in the data."""
    days = engine.run("build_years")
    if as_on is None:
        last_on: dt.date = max(day for day in days["last_on"] if day is not None)
        return last_on
    first_on = min((day for day in days["first_on"] if day is not None), default=as_on)
    if as_on < first_on:
        raise CallError(
            f"as_on {as_on} is before the first day of the data, {first_on}: every case would be open.",
            hint=f"give a day from {first_on} on, or none for the last day in the data",
        )
    return as_on


def build_events(engine: Session) -> None:
    """Makes `event_steps` and the views `event_facts` and `event_log` from the accepted events."""
    engine.build("build_event_table")
    engine.build("build_event_log")
    engine.build("build_overlap_lengths")
    _build_event_views(engine)


def _build_by_case(engine: Session, inputs: Inputs, folder: Path, settings: EngineSettings) -> list[MadeBucket]:
    """Makes what follows from each case alone: here, or in the buckets that are given back, on a cluster."""
    if settings.kind == "duckdb":
        build_events(engine)
        build_marks(engine)
        return []
    with cluster(settings) as workers:
        made = build_events_in_buckets(engine, workers, folder, inputs.deliveries, _seconds(engine), settings)
    _build_event_views(engine)
    return made


def _build_event_views(engine: Session) -> None:
    engine.build("build_overlaps" if engine.count("overlap_lengths") else "build_no_overlaps")
    engine.build("build_event_views")


def _build_cases(engine: Session) -> None:
    engine.build("build_case_classes")
    engine.build("build_cases")
    engine.build("build_service")


def _keep_directly_follows(engine: Session) -> None:
    """Keeps the table of the whole log, which every map and briefing without a narrower cohort asks for."""
    choose(engine, EVERYTHING)
    engine.command(f"create table kept_directly_follows as {query('directly_follows').text}")


def _check(engine: Session) -> None:
    counts = engine.run("build_check").row(0, named=True)
    for kept, accepted in (("event_count", "accepted_event_count"), ("case_count", "accepted_case_count")):
        if counts[kept] != counts[accepted]:
            raise CheckFailedError(
                f"the snapshot has {kept} {counts[kept]}, the accepted files {counts[accepted]}.",
                hint="the snapshot was not made current; the last one still is",
            )


def _describe(engine: Session, snapshot: Snapshot, inputs: Inputs, notices: str) -> None:
    judged_on = engine.sql("select as_on from snapshot")
    calendars = engine.run("build_calendar_facts")
    engine.put(
        "snapshot",
        judged_on.with_columns(
            snapshot=pl.lit(snapshot.name),
            content_sha256=pl.lit(snapshot.content_sha256),
            code_version=pl.lit(inputs.code_version),
            schema_version=pl.lit(SCHEMA_VERSION),
            notices=pl.lit(notices),
            disclosure_key=pl.lit(inputs.disclosure_key),
            calendars=pl.lit(json.dumps(calendars.to_dicts(), default=str, ensure_ascii=False)),
        ),
    )


def _tidy(engine: Session) -> None:
    unstage(engine)
    engine.drop(HELPER_TABLES)
    engine.command("set fsync_mode = 'STANDARD'")  # the whole file is on the disk before it becomes current
    engine.command("checkpoint")

"""The snapshot: cases and event log built once, from the accepted files, checked, and made current in one step.

The expensive work (order, successor, clocks) is done here and nowhere else; every later question is a `group by`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import polars as pl

from efficacy_analytics import __version__
from efficacy_analytics.clock.verdicts import build_verdicts
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine, opened
from efficacy_analytics.engine.query import query
from efficacy_analytics.errors import CannotAnswerError, CheckFailedError
from efficacy_analytics.event_log.applicants import build_applicant_activities
from efficacy_analytics.event_log.calendars import build_calendar
from efficacy_analytics.event_log.cohort import EVERYTHING, choose
from efficacy_analytics.event_log.notices import as_json, snapshot_notices
from efficacy_analytics.event_log.snapshots import (
    Snapshot,
    make_current,
    new_name,
    prune,
    published_folder,
    remove_leftovers,
)
from efficacy_analytics.event_log.staging import stage, unstage
from efficacy_analytics.lake.delivery import Delivery, check_whole, deliveries
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.settings import reference_directory, settings
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
    on_progress: OnProgress | None = None,
) -> Snapshot:
    """Builds a snapshot of what was delivered, checks it, and makes it current.

    Args:
        lake: the lake's folder.
        as_known_on: leave out what was delivered later than this day.
        as_on: the day for which open cases are judged; without it the last day with an event or a completion.
        on_progress: called with (step, number done, number of all) as the work goes on.

    Returns:
        The new snapshot. After an error the snapshot that was current still is.

    Raises:
        CannotAnswerError: nothing was delivered (by that day).
        LakeBusyError: another process is publishing.
        CheckFailedError: an accepted file is damaged, or the built tables do not hold all accepted rows.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    _chosen(lake, as_known_on)  # nothing is made in a lake that has nothing to publish
    with told_of_the_disk(lake, f"no snapshot of {lake} could be built"), only_writer(published_folder(lake)):
        remove_leftovers(lake)
        chosen = _chosen(lake, as_known_on)
        content = _content_sha256(lake, chosen, as_on)
        name = new_name(lake, content)
        draft = published_folder(lake) / f".{name}.draft"
        snapshot = Snapshot(name, published_folder(lake) / f"{name}.duckdb", content)
        try:
            _build(draft, snapshot, lake, chosen, as_on, on_progress or (lambda *_: None))
            with held_back():
                draft.rename(snapshot.path)
                make_current(lake, snapshot)
                prune(lake, settings().lake.keep_snapshots)
        finally:
            remove_leftovers(lake)
    return snapshot


def _chosen(lake: Path, as_known_on: dt.date | None) -> list[Delivery]:
    """The deliveries that were known on a day."""
    chosen = [one for one in deliveries(lake) if as_known_on is None or one.delivered_on <= as_known_on]
    if not chosen:
        raise CannotAnswerError(
            f"nothing has been delivered to {lake}.", hint="run `efficacy ingest PATH --layout NAME`"
        )
    return chosen


def _build(
    draft: Path, snapshot: Snapshot, lake: Path, chosen: list[Delivery], as_on: dt.date | None, on_progress: OnProgress
) -> None:
    check_whole(chosen)
    with opened(draft) as engine:
        _build_tables(engine, lake, chosen, as_on, on_progress)
        told = as_json(snapshot_notices(engine, chosen, reference_directory(lake)))
        _describe(engine, snapshot.name, snapshot.content_sha256, told)
        _tidy(engine)


def _build_tables(
    engine: DuckdbEngine, lake: Path, chosen: list[Delivery], as_on: dt.date | None, on_progress: OnProgress
) -> None:
    steps: list[tuple[str, Callable[[], None]]] = [
        ("staging the accepted rows", lambda: stage(engine, chosen)),
        ("writing the calendar", lambda: build_calendar(engine, lake, chosen)),
        ("naming activities, departments, items", lambda: _build_names(engine, lake)),
        ("reading the cases", lambda: _build_readings(engine)),
        ("counting days and judging limits", lambda: _build_verdicts(engine, lake, as_on)),
        ("ordering the event log on three clocks", lambda: build_events(engine)),
        ("keeping when steps were keyed in", lambda: engine.build("build_recordings")),
        ("telling variants apart", lambda: engine.build("build_variants")),
        ("joining the cases", lambda: _build_cases(engine)),
        ("keeping what follows what", lambda: _keep_directly_follows(engine)),
        ("checking that nothing is lost", lambda: _check(engine)),
    ]
    for number, (step, run) in enumerate(steps):
        on_progress(step, number, len(steps))
        run()
    on_progress("published", len(steps), len(steps))


def _build_names(engine: DuckdbEngine, lake: Path) -> None:
    build_applicant_activities(engine, reference_directory(lake))
    engine.build("build_names")
    engine.build("build_labels")


def _build_readings(engine: DuckdbEngine) -> None:
    engine.build("build_case_spans")
    build_clocks(engine)
    engine.build("build_case_readings")


def build_clocks(engine: DuckdbEngine) -> None:
    """Settles how seconds are kept, and makes the readings of every stamp's slot from the calendar."""
    engine.build(f"build_seconds_{engine.run('build_resolution')['seconds'][0]}")
    engine.build("build_readings")


def _build_verdicts(engine: DuckdbEngine, lake: Path, as_on: dt.date | None) -> None:
    judged_on = as_on or max(day for day in engine.run("build_years")["last_on"] if day is not None)
    engine.put("snapshot", pl.DataFrame({"as_on": [judged_on]}, schema={"as_on": pl.Date}))
    build_verdicts(engine, as_on=judged_on, reference=reference_directory(lake))
    engine.build("build_case_counting")


def build_events(engine: DuckdbEngine) -> None:
    """Makes `event_steps` and the views `event_facts` and `event_log` from the accepted events."""
    engine.build("build_event_log")
    engine.build("build_overlap_lengths")
    any_overlap = engine.connection.sql("select 1 from overlap_lengths limit 1").fetchall()
    engine.build("build_overlaps" if any_overlap else "build_no_overlaps")
    engine.build("build_event_views")


def _build_cases(engine: DuckdbEngine) -> None:
    engine.build("build_cases")
    engine.build("build_service")


def _keep_directly_follows(engine: DuckdbEngine) -> None:
    """Keeps the table of the whole log, which every map and briefing without a narrower cohort asks for."""
    choose(engine, EVERYTHING)
    engine.connection.execute(f"create table kept_directly_follows as {query('directly_follows').text}")


def _check(engine: DuckdbEngine) -> None:
    counts = engine.run("build_check").row(0, named=True)
    for kept, accepted in (("event_count", "accepted_event_count"), ("case_count", "accepted_case_count")):
        if counts[kept] != counts[accepted]:
            raise CheckFailedError(
                f"the snapshot has {kept} {counts[kept]}, the accepted files {counts[accepted]}.",
                hint="the snapshot was not made current; the last one still is",
            )


def _describe(engine: DuckdbEngine, name: str, content_sha256: str, notices: str) -> None:
    on_progress = engine.connection.sql("select as_on from snapshot").pl()
    calendars = engine.run("build_calendar_facts")
    engine.put(
        "snapshot",
        on_progress.with_columns(
            snapshot=pl.lit(name),
            content_sha256=pl.lit(content_sha256),
            code_version=pl.lit(__version__),
            notices=pl.lit(notices),
            calendars=pl.lit(json.dumps(calendars.to_dicts(), default=str, ensure_ascii=False)),
        ),
    )


def _tidy(engine: DuckdbEngine) -> None:
    unstage(engine)
    for table in HELPER_TABLES:
        engine.connection.execute(f'drop table if exists "{table}"')
    engine.connection.execute("checkpoint")


def _content_sha256(lake: Path, chosen: list[Delivery], as_on: dt.date | None) -> str:
    """The hash of all a snapshot follows from: deliveries, reference data, clock settings, code, judging day."""
    reference = reference_directory(lake)
    kept = {
        str(file.relative_to(reference)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(reference.rglob("*.csv"))
    }
    whole = [[one.delivery for one in chosen], kept, asdict(settings().clock), __version__, str(as_on)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

"""The work from an export to a briefing, step by step: what the command line, the pipelines and a notebook call."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.event_log.snapshots import replaced
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.progress import Progress, silent


def ingest(
    lake: Path,
    paths: Sequence[Path],
    layout: str,
    *,
    constants: Mapping[str, str] | None = None,
    delivered_on: dt.date | None = None,
    progress: Progress = silent,
) -> Any:
    """Takes a delivery in; see `lake.store.ingest`."""
    from efficacy_analytics.lake import store

    with progress("ingest") as told:
        return store.ingest(lake, paths, layout, constants=constants or {}, delivered_on=delivered_on, told=told)


def publish(
    lake: Path, *, as_known_on: dt.date | None = None, as_on: dt.date | None = None, progress: Progress = silent
) -> Any:
    """Builds a snapshot, checks it and makes it current; see `event_log.build.publish`."""
    from efficacy_analytics.event_log import build

    with progress("publish") as told:
        return build.publish(lake, as_known_on=as_known_on, as_on=as_on, told=told)


def find(lake: Path, cohort: Cohort, *, snapshot: str | None = None, progress: Progress = silent) -> Run:
    """Computes all finding tables of a cohort into `findings/<run>/`; see `findings.runs.find`."""
    from efficacy_analytics.findings import runs
    from efficacy_analytics.findings.tables import TABLES

    with progress("find") as told, open_log(lake, cohort, snapshot=snapshot) as log:
        names = list(TABLES)
        return runs.find(log, lake, cohort.told(), told=lambda name: told(name, names.index(name), len(names)))


def brief(lake: Path, run: Run, *, languages: Sequence[str], progress: Progress = silent) -> list[Path]:
    """Writes the briefing of a run in each language; see `briefing.run.brief`."""
    from efficacy_analytics.briefing import run as briefing

    made = []
    for language in languages:
        with progress(f"brief {language}") as told:
            made.append(briefing.brief(lake, run, language=language, told=told))
    return made


def verify(lake: Path, documents: Sequence[Path], *, progress: Progress = silent) -> list[Any]:
    """Recomputes every figure of finished documents; see `briefing.verify.verify`."""
    from efficacy_analytics.briefing import verify as verification

    checks: list[Any] = []
    for document in documents:
        with progress(f"verify {document.name}"):
            checks.extend(verification.verify(document, lake))
    return checks


def make_city(folder: Path, *, cases: int, seed: int, progress: Progress = silent) -> Path:
    """Writes the demonstration city's exports into a folder and gives the folder back; see `city.exports`."""
    from efficacy_analytics.city import exports

    with progress("city") as told:
        exports.make_city(folder, cases=cases, seed=seed, told=told)
    return folder


def record(lake: Path, name: str, **facts: Any) -> Path:
    """Keeps what a pipeline did as `pipelines/<name>.json` in the lake: deliveries, snapshot, runs, documents."""
    place = lake / "pipelines" / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    replaced(place, json.dumps(facts, indent=1, ensure_ascii=False, default=str) + "\n")
    return place

"""The steps that pipelines are made of; each gives its outcome in one line of counts.

What a step found out stands in the `Work`: the next steps read it there, and the catalogue keeps its `facts`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import (
    CallError,
    CannotAnswerError,
    CheckFailedError,
    EfficacyError,
    InputRefusedError,
    SourceUnreachableError,
)
from efficacy_analytics.event_log.judged_day import judged_on
from efficacy_analytics.event_log.snapshots import Snapshot, current_snapshot, open_snapshot
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.lake.delivery import deliveries
from efficacy_analytics.lake.intake.request import Request
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.vocabulary import Language
from efficacy_analytics.workflows import steps as work_steps
from efficacy_analytics.workflows.operation.aside import built_aside, stand
from efficacy_analytics.workflows.operation.audit import FIGURES, audited_figures, objections
from efficacy_analytics.workflows.operation.catalogue import RunRecord, operation_folder, runs
from efficacy_analytics.workflows.operation.content import changed_sets, content_on, words_of
from efficacy_analytics.workflows.operation.inbox import Entry, new_entries, young_count
from efficacy_analytics.workflows.operation.pipeline import NothingToDoError, Work
from efficacy_analytics.workflows.operation.register import DocumentSet, latest_set


def take_in(work: Work) -> str:
    """Takes in what lies in the inbox and what databases have new; what is refused or away stops no other."""
    taken, refused = work.facts.setdefault("taken_in", []), work.facts.setdefault("refused", [])
    for entry in new_entries(work.lake, work.schedule.inbox, runs(work.lake)):
        if entry.identity in {one["identity"] for one in (*taken, *refused)}:
            continue  # the step is tried again
        try:
            day = entry.named_on or work.on
            taken.append(_facts(entry) | _delivered(work, entry, day) | {"delivered_on": day.isoformat()})
        except (InputRefusedError, CallError) as fault:
            if isinstance(fault, SourceUnreachableError):
                raise
            refused.append(_facts(entry) | {"fault": type(fault).__name__, "problem": fault.told()})
    for layout, name in work.schedule.inbox.databases.items():
        try:
            taken.append(_pulled(work, layout, name))
        except SourceUnreachableError as fault:
            if not work.is_last_try and fault.is_passing:
                raise
            refused.append(_of_database(work, layout, name) | {"fault": type(fault).__name__, "problem": fault.told()})
    told = f"deliveries taken in: {sum(one['delivery'] is not None for one in taken)}, refused: {len(refused)}"
    if rows := sum(one.get("refused_row_count") or 0 for one in taken):
        told += f"; rows refused: {rows:,}, see `efficacy refused`"
    if young := young_count(work.lake, work.schedule.inbox):
        told += f"; younger than {work.schedule.inbox.settle_seconds:g} s, left for the next run: {young}"
    return told


def _facts(entry: Entry) -> dict[str, str]:
    return {"layout": entry.layout, "entry": entry.path.name, "identity": entry.identity}


def _delivered(work: Work, entry: Entry, day: dt.date) -> dict[str, Any]:
    if not entry.layout:
        raise CallError(f"'{entry.path.name}' lies in no layout's folder.", hint="lay it in inbox/LAYOUT/")
    request = Request(entry.layout, delivered_on=day, in_force=settings())
    taken = work_steps.ingest(work.lake, [entry.path], request, progress=work.progress)
    refused_row_count = sum(rows["refused"] for rows in taken.rows.values())
    return {"delivery": taken.delivery, "refused_row_count": refused_row_count}


def _pulled(work: Work, layout: str, database: str) -> dict[str, str | None]:
    """What came from a database; no delivery where it had nothing new."""
    from efficacy_analytics.lake.database.address import address_named

    request = Request(layout, delivered_on=work.on, in_force=settings())
    delivery = work_steps.pull(work.lake, address_named(database), request, progress=work.progress)
    taken = {"delivery": delivery.delivery if delivery else None, "delivered_on": work.on.isoformat()}
    return _of_database(work, layout, database) | taken


def _of_database(work: Work, layout: str, database: str) -> dict[str, str]:
    return {"layout": layout, "entry": database, "identity": f"{database} {work.on}"}


def publish(work: Work) -> str:
    """Builds a snapshot out of sight, audits it, and makes it current where nothing speaks against it."""
    former = _current(work.lake)
    with built_aside(work.lake, work.progress) as made:
        is_new = former is None or made.content_sha256 != former.content_sha256
        figures = audited_figures(made) if is_new else _figures_of(work, made)
        against = list(_against(work, former, figures)) if former is not None and is_new else []
        stand(work.lake, made)
    work.facts |= {"snapshot": made.name, "content_sha256": made.content_sha256, "figures": figures}
    if against:
        raise CheckFailedError(
            f"snapshot {made.name} does not become current: {'; '.join(against)}.",
            hint="`efficacy publish` makes it current if it is right; else correct the delivery and take it in again",
        )
    work.snapshot = work_steps.publish(work.lake, progress=work.progress)
    work.facts["snapshot"] = work.snapshot.name
    return f"snapshot {work.snapshot.name}, {figures['case_count']:,} cases, {figures['event_count']:,} steps"


def _current(lake: Path) -> Snapshot | None:
    """The current snapshot; none where nothing is published, or it cannot be read: it is then made anew."""
    try:
        snapshot = current_snapshot(lake)
        open_snapshot(snapshot, in_force=settings()).close()
    except EfficacyError:
        return None
    return snapshot


def _figures_of(work: Work, snapshot: Snapshot) -> dict[str, Any]:
    """The figures of a snapshot, as the run has them that made it current; computed where none has."""
    known = [one.figures for one in runs(work.lake) if one.content_sha256 == snapshot.content_sha256 and one.figures]
    return {name: known[-1].get(name) for name in FIGURES} if known else audited_figures(snapshot)


def _against(work: Work, former: Snapshot, figures: dict[str, Any]) -> Iterator[str]:
    records = [one for one in runs(work.lake) if one.number != work.number]
    return objections(_figures_of(work, former), figures, records, work.schedule.audit)


def stop_if_made(work: Work) -> str:
    """Stops here where this period of this snapshot was made already, or where what was made is still valid."""
    snapshot = _published(work)
    work.facts["key"] = key = run_key(work, snapshot.content_sha256)
    records = [record for record in runs(work.lake) if record.number != work.number]
    former = latest_set(records, (work.pipeline, work.period.name, work.department))
    if former is not None:
        work.revision = _revision_after(work, former, key)
        return f"revision {work.revision}" if work.revision else "made again, since its file is damaged"
    made = [one.number for one in records if one.key == key and one.state == "done"]
    if made:
        raise NothingToDoError(f"made by run {made[-1]} already")
    return "not made yet"


def run_key(work: Work, content_sha256: str) -> str:
    """The hash of what a run is for: pipeline, period, cohort and the content of the snapshot."""
    named = [work.pipeline, work.period.name, work.cohort.as_dict(), content_sha256]
    return hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()


def _revision_after(work: Work, former: DocumentSet, key: str) -> int:
    """The number of the revision that is to be made; it stops where none is."""
    if former.validity == "withdrawn":
        if not work.is_revision:
            raise NothingToDoError(f"withdrawn; run {former.run_number} made it: --revise makes it anew")
        return former.revision + 1
    if former.damaged(work.lake):
        return former.revision if former.key == key else former.revision + 1
    mark = former.out_of_date or next(
        (one for one in changed_sets(work.lake, runs(work.lake)) if one["run"] == former.run_number), None
    )
    if mark is None:
        raise NothingToDoError(f"valid as run {former.run_number} made it")
    if former.out_of_date is None:
        work.facts.setdefault("out_of_date", []).append(mark)
    if not work.is_revision:
        raise NothingToDoError(f"out of date ({words_of(mark)}): --revise makes revision {former.revision + 1}")
    return former.revision + 1


def check_covered(work: Work) -> str:
    """Refuses a period that the deliveries do not cover yet: none was made, and no day recorded, after its last day."""
    last_on, reached_on = covered_days(work.lake, _published(work), runs(work.lake))
    if max(last_on, reached_on) < work.period.until_on:
        raise CannotAnswerError(
            f"period {work.period.name} is not delivered yet: the last delivery is of {last_on}, "
            f"the last day in the data {reached_on}.",
            hint=f"deliver the export of {work.period.until_on} or later; `efficacy catch-up` then makes it",
        )
    return f"delivered up to {last_on}"


def covered_days(lake: Path, snapshot: Snapshot, records: Iterable[RunRecord]) -> tuple[dt.date, dt.date]:
    """Of which day the last delivery is, with new content or not, and the last day in the data; not a step."""
    days = [one.delivered_on for one in deliveries(lake)]
    days += [dt.date.fromisoformat(one["delivered_on"]) for record in records for one in record.taken_in]
    return max(days), judged_on(snapshot, in_force=settings())


def mark_out_of_date(work: Work) -> str:
    """Marks the published periods that late or corrected data touch; their revision is offered, not made."""
    marks = work.facts.setdefault("out_of_date", [])
    marks[:] = list(changed_sets(work.lake, runs(work.lake)))
    return f"published periods newly out of date: {len(marks)}"


def find(work: Work) -> str:
    """Computes all findings of the period's cases."""
    work.run = work_steps.find(work.lake, work.cohort, snapshot=_published(work).name, progress=work.progress)
    figures = work.facts.setdefault("figures", {})
    figures |= {"run": work.run.name, "period_case_count": work.run.manifest["case_count"]}
    return f"run {work.run.name}, {work.run.manifest['case_count']:,} cases"


def write_briefings(work: Work) -> str:
    """Writes the briefing in each language."""
    run = _found(work)

    def written(language: Language) -> list[Path]:
        name = work_steps.file_name("briefing", *_chosen(work))
        return work_steps.issue(
            work.lake, run, languages=[language], name=name, given={"edition": work.schedule.edition},
            formats=work.schedule.formats, revision=work.revision, progress=work.progress,
        )  # fmt: skip

    return write_documents(work, written)


def write_limit_plan(work: Work) -> str:
    """Draws which limits could be shortened, and at what price, in each language."""
    from efficacy_analytics.documents.pages.catalogue import picture

    run = _found(work)

    def written(language: Language) -> list[Path]:
        revised = [f"r{work.revision}"] if work.revision else []
        name = work_steps.file_name("limits", *_chosen(work), run.name, *revised, language)
        output = work.lake / "briefings" / f"{name}.html"
        output.parent.mkdir(parents=True, exist_ok=True)
        drawn = work_steps.draw(
            work.lake, picture("plan"), output, language=language, cohort=work.cohort, progress=work.progress
        )
        return [drawn]

    return write_documents(work, written)


def write_documents(work: Work, written: Callable[[Language], Path | Sequence[Path]]) -> str:
    """Writes a document in each language and keeps what it tells of; not a step, but what steps are written with.

    Args:
        work: the run, with its snapshot.
        written: writes the document of a language into the lake and gives its file, or its files where it has several
            formats; no other set has their names.
    """
    day = judged_on(_published(work), in_force=settings())
    content = content_on(work.lake, work.cohort, day)
    made = work.facts.setdefault("documents", [])
    made.clear()
    for language in work.schedule.languages:
        files = written(language)
        for file in [files] if isinstance(files, Path) else files:
            made.append(
                {
                    "language": language,
                    "edition": work.schedule.edition,
                    "file": file.relative_to(work.lake).as_posix(),
                    "sha256": file_sha256(file),
                    "revision": work.revision,
                    "as_on": day.isoformat(),
                    "content": content,
                }
            )
    return ", ".join(one["file"] for one in made)


def _chosen(work: Work) -> Sequence[str]:
    edition = None if work.schedule.edition == "internal" else work.schedule.edition
    return [part for part in (work.period.name, work.department, edition) if part]


def verify(work: Work) -> str:
    """Recomputes every figure of the documents from the snapshot."""
    files = [work.lake / one["file"] for one in work.facts["documents"]]
    checks = work_steps.verify(work.lake, files, progress=work.progress)
    return f"{sum(check.value_count for check in checks):,} values agree"


def tidy(work: Work) -> str:
    """Removes old runs without a result and notebooks of failed runs; what documents rest on stays."""
    records = runs(work.lake)
    old = [record for record in records[: -work.schedule.keep.runs] if not record.has_result()]
    for record in old:
        (operation_folder(work.lake) / "runs" / f"{record.number:06d}.json").unlink()
    failed = list((work.lake / "briefings").glob("*.failed.ipynb"))
    oldest_kept = dt.datetime.combine(work.on, dt.time()).timestamp() - 30 * 86_400
    notebooks = [file for file in failed if file.stat().st_mtime < oldest_kept]
    for file in notebooks:
        file.unlink()
    return f"removed runs: {len(old)}, notebooks: {len(notebooks)}"


def _published(work: Work) -> Snapshot:
    if work.snapshot is None:
        raise CallError("a step needs a snapshot.", hint="name steps.publish before it")
    return work.snapshot


def _found(work: Work) -> Run:
    if work.run is None:
        raise CallError("a step needs the findings.", hint="name steps.find before it")
    return work.run

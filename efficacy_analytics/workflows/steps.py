"""The work from an export to a briefing, step by step: what the command line, the pipelines and a notebook call."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efficacy_analytics.errors import ParameterError
from efficacy_analytics.event_log.cohort import Cohort, open_beside, open_log
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.settings import reference_directory, settings
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.vocabulary import Language

if TYPE_CHECKING:
    from efficacy_analytics.documents.pages.catalogue import Picture
    from efficacy_analytics.lake.database.address import Address
    from efficacy_analytics.lake.intake.request import Request

CAUSES = "waiting_by_segment"
"""The table of the causes of waiting that a briefing shows."""
LONGEST_PART_BYTES = 80
"""Of a part of a file's name, which has 255 in all."""
DECIDED = {
    "edition": "use --edition",
    "language": "use --language",
    "lake": "use --lake",
    "run": "the run is found for the cases asked for: use --period, --department, --item, --where",
    "revision_note": "the register of issues writes it",
}
"""Parameters of the notebook that are not given one by one, and what says them."""


def ingest(
    lake: Path,
    paths: Sequence[Path],
    request: "Request",
    *,
    progress: Progress = silent,
) -> Any:
    """Takes a delivery in; see `lake.intake.ingest`."""
    from efficacy_analytics.lake.intake import ingest as store

    with progress("ingest") as on_progress:
        return store.ingest(lake, paths, request, on_progress=on_progress)


def pull(lake: Path, address: "Address", request: "Request", *, progress: Progress = silent) -> Any:
    """Takes in what changed in a database since the last pull; see `lake.database.pull.ingest_from`."""
    from efficacy_analytics.lake.database import pull

    with progress("pull") as on_progress:
        return pull.ingest_from(lake, address, request, on_progress=on_progress)


def publish(
    lake: Path, *, as_known_on: dt.date | None = None, as_on: dt.date | None = None, progress: Progress = silent
) -> Any:
    """Builds a snapshot, checks it and makes it current; see `event_log.build.publish`.

    Raises:
        CallError: a declared scheme asks for an indicator that there is not: no run of the snapshot could be made.
    """
    from efficacy_analytics.event_log import build
    from efficacy_analytics.event_log.scheme_files import declared_schemes, read_scheme
    from efficacy_analytics.findings.schemes.tables import indicators_of

    for name, text in declared_schemes(reference_directory(lake)).rows():
        indicators_of(read_scheme(text, f"{name}.toml"))
    with progress("publish") as on_progress:
        return build.publish(lake, as_known_on=as_known_on, as_on=as_on, in_force=settings(), on_progress=on_progress)


def judged_day_lines(lake: Path, snapshot: Any, *, as_known_on: dt.date | None, is_said: bool) -> list[str]:
    """On which day a snapshot judges its open cases, and which rows alone make it where no day was said."""
    from efficacy_analytics.event_log.judged_day import days_after, judged_on, stray_last_days

    day = judged_on(snapshot, in_force=settings())
    lines = [f"open cases are judged on {day}" + ("" if is_said else ", the last day in the data")]
    later = days_after(lake, day, as_known_on=as_known_on) if is_said else None
    if later:
        lines.append(
            f"warning: the data goes on until {later[0]}; {later[1]:,} {'row tells' if later[1] == 1 else 'rows tell'} "
            f"of something that ended after {day}, and a case completed after it counts as open"
        )
    stray = None if is_said else stray_last_days(lake, as_known_on=as_known_on)
    if stray:
        before, places = stray
        lines += [
            f"warning: that day is far from all others (the one before is {before}): {'; '.join(places)}",
            f"if it is wrong, correct the row, or judge on another day: efficacy publish --as-on {before}",
        ]
    return lines


def kept_notices(lake: Path) -> list[dict[str, Any]]:
    """What the current snapshot does not use or takes otherwise, as `lake.notices.Notice` has it."""
    with open_log(lake, in_force=settings()) as log:
        if "notices" not in log.columns("snapshot"):
            return []
        found: list[dict[str, Any]] = json.loads(log.run("snapshot_notices").item())
    return found


def find(
    lake: Path,
    cohort: Cohort,
    *,
    snapshot: str | None = None,
    with_causes: bool = False,
    anew: bool = False,
    progress: Progress = silent,
) -> Run:
    """Computes the finding tables of a cohort into `findings/<run>/`, or keeps the run that is there; see `runs.find`.

    With the causes of waiting too, where asked for: half a minute more for each million steps of the snapshot. Tables
    are made on a cluster where the settings name one.
    """
    from efficacy_analytics.engine.spark_engine import cluster
    from efficacy_analytics.findings import runs
    from efficacy_analytics.findings.catalogue.tables import RUN_TABLES, table

    tables = {**RUN_TABLES, **({CAUSES: table(CAUSES)} if with_causes else {})}

    with progress("find") as on_progress, ExitStack() as opened:
        log = opened.enter_context(open_log(lake, cohort, snapshot=snapshot, in_force=settings()))
        history = opened.enter_context(open_beside(log, cohort.history))
        begun = count()
        return runs.find(
            log,
            lake,
            cohort.as_dict(),
            history=history if cohort.history != cohort else None,
            tables=tables,
            anew=anew,
            cluster=cluster(engine) if (engine := settings().engine).kind != "duckdb" else None,
            on_progress=lambda name: on_progress(name, next(begun), len(tables)),
        )


def cohort_of(period: str, *, department: str | None = None) -> Cohort:
    """The cases accepted in a period: 2025, 2025H1, 2025Q3 or 2025-03, of all departments or of one."""
    from efficacy_analytics.documents.briefing import parameters

    first, until = parameters.period(period)
    return Cohort(first, until, department)


def brief(
    lake: Path,
    run: Run,
    *,
    languages: Sequence[str],
    name: str = "briefing",
    given: Mapping[str, Any] | None = None,
    formats: Sequence[str] = ("html",),
    revision: int = 0,
    progress: Progress = silent,
) -> list[Path]:
    """Writes the briefing of a run in each language and format to `briefings/<name>-<run>-<language>.<format>`.

    Words of the office's own (`documents.briefing.office`) have a mark in the name, a revision its number:
    `<name>-<run>-<mark>-r<revision>-<language>`.

    A public edition is entered in the register of releases before it is written.

    Raises:
        CallError: there is no such format.
        CannotAnswerError: a public edition would undo the protection of earlier ones.
    """
    from efficacy_analytics.documents.briefing import parameters
    from efficacy_analytics.documents.briefing import run as briefing
    from efficacy_analytics.documents.render.forms import checked_forms
    from efficacy_analytics.workflows.releases import release

    forms, made = checked_forms(formats), []
    if (given or {}).get("edition") == "public":
        release(lake, run)
    for language in languages:
        asked = parameters.checked({"language": language}).language
        output = lake / "briefings" / f"{document_name(name, run, language, revision=revision)}.html"
        with progress(f"brief {language}") as on_progress:
            made += briefing.brief(
                run, language=asked, output=output, given=given, forms=forms, on_progress=on_progress
            )
    return made


def issue(
    lake: Path,
    run: Run,
    *,
    languages: Sequence[str],
    name: str = "briefing",
    given: Mapping[str, Any] | None = None,
    formats: Sequence[str] = ("html",),
    revision: int | None = None,
    progress: Progress = silent,
) -> list[Path]:
    """Writes the briefing of a run under its number in the register of the lake, and records what was written.

    A subject keeps its number; other figures, or other words of the office, under the same number are a revision, which
    says what changed.

    Args:
        lake: the lake's folder.
        run: the findings.
        languages: of the documents.
        name: of the files, as in `brief`.
        given: other parameters, as in `brief`.
        formats: of the documents, as in `brief`.
        revision: the number of the revision, where it is known; the register's is not undercut.
        progress: how far the work has come.
    """
    from efficacy_analytics.documents.briefing import parameters
    from efficacy_analytics.documents.briefing.document import Document
    from efficacy_analytics.documents.briefing.main_figures import content_hash, main_figures, what_changed
    from efficacy_analytics.documents.briefing.masthead import is_regular, issue_day
    from efficacy_analytics.documents.briefing.office import office_sha256
    from efficacy_analytics.system.disk import file_sha256
    from efficacy_analytics.workflows import issues

    asked = parameters.checked(dict(given or {}))
    shown = Document(run, asked).shown
    day = issue_day(shown, asked)
    subject = {"kind": "briefing", "edition": asked.edition, **run.manifest["cohort"]}
    taken = issues.number_for(lake, subject, is_supplement=not is_regular(run.manifest["cohort"]), day=day)
    printed: dict[str, Any] = {
        "content": content_hash(shown),
        "figures": main_figures(shown),
        "office": office_sha256(),
    }
    number = max(issues.revision_for(taken, printed["content"], printed["office"]), revision or 0)
    before = issues.printed_before(taken, number)
    made: list[dict[str, str]] = []
    for language in languages:
        spoken = parameters.checked({"language": language}).language
        note = what_changed(before, printed, number, spoken) if before else ""
        told = {**(given or {}), "issue": taken.words(number, spoken), "revision_note": note}
        files = brief(
            lake, run, languages=[spoken], name=name, given=told, formats=formats, revision=number, progress=progress
        )
        made += [_registered(lake, file, spoken, file_sha256(file)) for file in files]
    issues.keep(
        lake, taken, {"revision": number, "run": run.name, **printed, "issued_on": day.isoformat(), "documents": made}
    )  # fmt: skip
    return [lake / one["file"] for one in made]


def _registered(lake: Path, file: Path, language: str, sha256: str) -> dict[str, str]:
    """A document as the register keeps it."""
    return {
        "file": file.relative_to(lake).as_posix(), "sha256": sha256, "language": language, "format": file.suffix[1:],
    }  # fmt: skip


def brief_period(
    lake: Path,
    given: Mapping[str, Any],
    *,
    period: str | None,
    languages: Sequence[str],
    edition: str,
    formats: Sequence[str] = (),
    with_causes: bool = False,
    progress: Progress = silent,
) -> list[Path]:
    """Checks what is asked, finds, and writes the briefing: what `efficacy brief` does.

    Raises:
        ParameterError: a parameter is unknown or mistyped, or is decided otherwise.
        EmptyCohortError: no case belongs to the cohort.
    """
    from efficacy_analytics.documents.briefing import parameters
    from efficacy_analytics.documents.render.forms import checked_forms
    from efficacy_analytics.settings import settings

    forms = checked_forms(formats or settings().briefing.formats)
    _refuse_decided(given, period)
    asked = dict(given) | {"edition": edition}
    if period is not None:
        asked["accepted_from"], asked["accepted_until"] = parameters.period(period)
    where = asked.pop("where", None)
    spoken = tuple(languages) or settings().briefing.languages
    checks = [parameters.checked(asked | {"language": language}, departments=_departments(lake)) for language in spoken]
    cohort = Cohort(checks[0].accepted_from, checks[0].accepted_until, checks[0].department, checks[0].item, where)
    run = find(lake, cohort, with_causes=with_causes, progress=progress)
    named = period and parameters.period_name(period)
    chosen = (named, cohort.department, cohort.item, None if edition == "internal" else edition)
    name = file_name("briefing", *(part for part in chosen if part))
    kept: dict[str, Any] = {key: asked[key] for key in ("edition", "issue", "issued_on") if key in asked}
    if kept.get("issue"):
        name = f"{name}-{_short('issue', str(kept['issue']))}"  # no file of a number of the register
        return brief(lake, run, languages=spoken, name=name, given=kept, formats=forms, progress=progress)
    return issue(lake, run, languages=spoken, name=name, given=kept, formats=forms, progress=progress)


def _refuse_decided(given: Mapping[str, Any], period: str | None) -> None:
    """Refuses parameters that have an option of their own, or that this work decides itself: they would be dropped."""
    decided = DECIDED | (dict.fromkeys(("accepted_from", "accepted_until"), "--period says it") if period else {})
    for name in given:
        if name in decided:
            raise ParameterError(f"{name} is no parameter that can be given here.", hint=decided[name])


def _departments(lake: Path) -> list[str]:
    with open_log(lake, in_force=settings()) as log:
        return log.run("department_names")["department"].to_list()


def draw(
    lake: Path,
    asked: "Picture",
    output: Path | None,
    *,
    language: Language,
    cohort: Cohort,
    other: Cohort | None = None,
    other_lake: Path | None = None,
    progress: Progress = silent,
    **options: Any,
) -> Path:
    """Writes a picture of a cohort; see `documents.pages.catalogue.write_picture`.

    Without `output` the file is `pictures/<picture>-<what is chosen>-<language>.html` in the lake; `other` (of
    `other_lake`, if not of this one) is the cohort to compare with, for a comparison.
    """
    from efficacy_analytics.documents.pages import catalogue as pictures

    chosen = [part for one in (cohort, other) if one for part in chosen_parts(one)]
    file = output or lake / "pictures" / f"{file_name(asked.name, *chosen, language)}.html"
    pictures.checked_form(file)
    with progress(f"picture {asked.name}"), ExitStack() as opened:
        log = opened.enter_context(open_log(lake, cohort, in_force=settings()))
        compared: dict[str, Any] = {}
        if other is not None:
            compared["other"] = opened.enter_context(open_log(other_lake or lake, other, in_force=settings()))
            compared["other_cohort"] = other.as_dict()
            compared["names"] = told_apart(cohort, other, (lake, other_lake or lake))
        return pictures.write_picture(log, asked, file, language, cohort=cohort.as_dict(), **{**compared, **options})


def chosen_parts(cohort: Cohort) -> list[str]:
    """What is chosen in a cohort, as parts of a file's name: cohorts that differ have names that differ."""
    named = {"accepted_until": "until-{}", "item": "item-{}"}
    return [
        _short(key, value) if key == "where" else named.get(key, "{}").format(value)
        for key, value in cohort.as_dict().items()
        if value
    ]


def _short(key: str, text: str) -> str:
    """A text as part of a file's name: it may hold anything and be long."""
    return f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def file_name(*parts: str) -> str:
    """A name for a file made of codes from an export, which may hold anything, `../` too, and be long."""
    return "-".join(_in_a_file_name(part, is_marked=False) for part in parts)


def marked_file_name(*parts: str) -> str:
    """The same, for files of one run about codes that differ: those that a name cannot hold as they are have a mark."""
    return "-".join(_in_a_file_name(part, is_marked=True) for part in parts)


def _in_a_file_name(part: str, *, is_marked: bool) -> str:
    plain = re.sub(r"[^\w.+-]|^\.+", "_", part)
    short = plain.encode()[:LONGEST_PART_BYTES].decode(errors="ignore")
    needs_mark = short != (part if is_marked else plain)
    return f"{short}_{hashlib.sha256(part.encode()).hexdigest()[:6]}" if needs_mark else short


def document_name(name: str, run: Run, language: str, *, revision: int = 0) -> str:
    """The name of a document's files, without the format: it holds all that decides what the document prints.

    Args:
        name: what it is about.
        run: the findings.
        language: of the document.
        revision: of its number: a revision that prints what an earlier one did is another document.
    """
    from efficacy_analytics.documents.briefing.office import office_mark

    return "-".join(
        part for part in (name, run.name, office_mark(), f"r{revision}" if revision else "", language) if part
    )


def told_apart(one: Cohort, other: Cohort, lakes: tuple[Path, Path]) -> tuple[str, str]:
    """What to call two cohorts: what is chosen in the one and not in the other, else their lakes."""
    both = [cohort.as_dict() for cohort in (one, other)]
    apart = [key for key in both[0] if both[0][key] != both[1][key]]
    names = [
        "–".join(on_progress[key] or "…" for key in apart) or lake.name
        for on_progress, lake in zip(both, lakes, strict=True)
    ]
    return (names[0], names[1])


def discover(
    lake: Path,
    cohort: Cohort,
    output: Path,
    *,
    noise_threshold: float = 0.2,
    most_activities: int = 40,
    by: str = "activity",
    seconds: float = 60.0,
    language: Language = "zh",
    progress: Progress = silent,
) -> list[str]:
    """Discovers the process of a cohort, writes it as BPMN 2.0, and tells how good it is.

    Returns:
        Lines: what the model covers, its fitness and precision, and what share of the cases they rest on.
    """
    from efficacy_analytics.documents.pages.bpmn import write_model

    with progress("model") as on_progress, open_log(lake, cohort, in_force=settings()) as log:
        return write_model(
            log, output, noise_threshold=noise_threshold, most_activities=most_activities, by=by, seconds=seconds,
            language=language, on_progress=on_progress,
        )  # fmt: skip


def verify(
    lake: Path, documents: Sequence[Path], *, tells_figures: bool = False, progress: Progress = silent
) -> list[Any]:
    """Recomputes every figure of finished documents; see `workflows.verified.checked`.

    Args:
        lake: the lake that holds their snapshots.
        documents: their files.
        tells_figures: say what a figure that differs is when it is made again; it may be an internal one.
        progress: how far the work has come.

    Raises:
        EfficacyError: the document's own fault where there is one; of several, all that do not agree are named.
    """
    from efficacy_analytics.errors import CheckFailedError, EfficacyError
    from efficacy_analytics.workflows.verified import checked, mark_verified

    checks: list[Any] = []
    faults: dict[str, EfficacyError] = {}
    for document in documents:
        with progress(f"verify {document.name}"):
            try:
                agreed = checked(lake, document, settings(), tells_figures=tells_figures)
                if any(check.is_whole for check in agreed):
                    mark_verified(lake, document)
                checks.extend(agreed)
            except EfficacyError as fault:
                if len(documents) == 1:
                    raise
                faults[document.name] = fault
    if faults:
        told = "; ".join(f"{name}: {fault.problem}" for name, fault in faults.items())
        first = next(iter(faults.values()))
        raise CheckFailedError(f"{len(faults)} of {len(documents)} documents do not agree: {told}", hint=first.hint)
    return checks


def make_city(folder: Path, *, cases: int, seed: int, progress: Progress = silent) -> Path:
    """Writes the demonstration city's exports into a folder and gives the folder back; see `city.exports`."""
    from efficacy_analytics.city import exports

    with progress("city") as on_progress:
        exports.make_city(folder, cases=cases, seed=seed, on_progress=on_progress)
    return folder

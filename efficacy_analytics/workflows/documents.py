"""Documents besides the briefing, each of a finished run: pages and cards of departments, quarterly reports, limits."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.kinds import Kind, document_content, kind_named
from efficacy_analytics.documents.render.forms import checked_forms, rendered
from efficacy_analytics.errors import CallError, ParameterError
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.workflows import steps
from efficacy_analytics.workflows.cards import issue_cards, record_cards
from efficacy_analytics.workflows.releases import release

CARD: Final = "card"
"""The kind of document that issues cards: what it shows goes on record."""


def write_documents(
    lake: Path,
    kind: str,
    *,
    period: str,
    languages: Sequence[str] = (),
    edition: str = "internal",
    formats: Sequence[str] = (),
    about: str | None = None,
    progress: Progress = silent,
) -> list[Path]:
    """Writes a document of a period in each language and format to `briefings/`; what is there already is kept.

    Notices of cards put the cards of the snapshot on record first, and then that they were issued.

    Args:
        lake: the lake's folder.
        kind: "department", "card", "quarterly" or "compression".
        period: of acceptance: 2025, 2025H1, 2025Q3 or 2025-03.
        languages: "zh", "en" or both; by default those of the settings.
        edition: "internal" or "public".
        formats: by default those of the settings.
        about: of a page of a department, its code; without it each department gets one; of cards, each that has
            a case past its due day or near it.
        progress: how far the work has come.

    Returns:
        The files.

    Raises:
        CallError: there is no such kind or format, or the kind is about no department; cards of a later day than that
            of the snapshot are on record.
        ParameterError: there is no such department.
        CannotAnswerError: the kind is not for the public.
        EmptyCohortError: no case belongs to the period.
    """
    asked, forms = kind_named(kind), checked_forms(formats or settings().briefing.formats)
    if about is not None and asked.subjects is None:
        raise CallError(f"a {kind} document is about no department.", hint="leave --about away")
    if kind == "quarterly" and "Q" not in period.upper():
        raise CallError(f"'{period}' is no quarter.", hint="write 2025Q3")
    run = steps.find(lake, steps.cohort_of(period), progress=progress)
    if kind == CARD:
        record_cards(lake, progress=progress)
    subjects = _subjects(run, asked, about)
    made: list[Path] = []
    with progress(kind) as on_progress:
        for number, subject in enumerate(subjects):
            on_progress(subject or period, number, len(subjects))
            for language in languages or settings().briefing.languages:
                given = {"language": language, "edition": edition, "about": subject}
                made += _written(lake, run, asked, period, given, forms)
    if kind == CARD:
        _issue(lake, run, period, [subject for subject in subjects if subject])
    return made


def _issue(lake: Path, run: Run, period: str, departments: Sequence[str]) -> None:
    """Puts on record which cards the notices issued, on the day on which the run judges what is open."""
    on = dt.date.fromisoformat(run.manifest["snapshot"]["as_on"])
    issue_cards(lake, {code: steps.file_name(CARD, period, code, run.name) for code in departments}, on=on)


def _subjects(run: Run, kind: Kind, about: str | None) -> list[str | None]:
    """About whom documents are made: each department of the run, the one that is asked for, or nobody."""
    if kind.subjects is None:
        return [None]
    known = set(run.table("departments")["department"].drop_nulls())
    if about and about not in known:
        raise ParameterError(f"the run has no department '{about}'.", hint=f"one of: {', '.join(sorted(known))}")
    return [about] if about else list(kind.subjects(run))


def _written(
    lake: Path, run: Run, kind: Kind, period: str, given: Mapping[str, Any], forms: Sequence[str]
) -> Iterator[Path]:
    """The files of one document, made as far as they are not there: a name holds all that decides the content."""
    told = [kind.name, period, given["about"], None if given["edition"] == "internal" else given["edition"]]
    name = steps.file_name(*(part for part in told if part), run.name, given["language"])
    files = {form: lake / "briefings" / f"{name}.{form}" for form in forms}
    missing = {form: file for form, file in files.items() if not file.is_file()}
    if missing:
        content = document_content(kind, run, checked_document(given))
        if given["edition"] == "public":
            release(lake, run)
        for form, file in missing.items():
            with told_of_the_disk(file, f"the document could not be written to {file.parent}"):
                _publish(rendered(content, form), file)
    yield from files.values()


def _publish(content: bytes, file: Path) -> None:
    """Writes a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        making.write_bytes(content)
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)

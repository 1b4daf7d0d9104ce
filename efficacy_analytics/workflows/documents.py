"""Documents besides the briefing, each of a finished run: pages of departments, cards, letters, reviews, bulletins."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.evidence import NAME_TABLES
from efficacy_analytics.documents.briefing.parameters import checked_document, period_name
from efficacy_analytics.documents.briefing.recomputed import recomputed
from efficacy_analytics.documents.certificates import item_named
from efficacy_analytics.documents.kinds import Kind, document_content, kind_named
from efficacy_analytics.documents.render.forms import checked_forms, rendered
from efficacy_analytics.errors import CallError, CannotAnswerError, ParameterError
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk, write_whole
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
        kind: one of `documents.kinds.KINDS`; the cards of a notice are put on record with it.
        period: of acceptance: 2025, 2025H1, 2025Q3 or 2025-03.
        languages: "zh", "en" or both; by default those of the settings.
        edition: "internal" or "public"; the public bulletin is public whatever is asked for.
        formats: by default those of the settings.
        about: of a document about a department, its code, of a certificate DEPARTMENT/ITEM; without it each gets one
            that has something to be told: of cards, each department with a case past its due day or near it.
        progress: how far the work has come.

    Returns:
        The files.

    Raises:
        CallError: there is no such kind or format, or the kind is about no department; cards of a later day than that
            of the snapshot are on record.
        ParameterError: there is no such department or item.
        CannotAnswerError: the kind is not for the public.
        EmptyCohortError: no case belongs to the period.
    """
    asked, forms = kind_named(kind), checked_forms(formats or settings().briefing.formats)
    if about is not None and asked.subjects is None:
        raise CallError(f"a {kind} document is about no department.", hint="leave --about away")
    edition = "public" if asked.edition == "public" else edition
    if asked.edition == "internal" and edition == "public":
        raise CannotAnswerError(f"a {kind} document is not for the public.", hint="leave --edition away")
    if kind == "quarterly" and "Q" not in period.upper():
        raise CallError(f"'{period}' is no quarter.", hint="write 2025Q3")
    run, period = steps.find(lake, steps.cohort_of(period), progress=progress), period_name(period)
    if kind == CARD:
        record_cards(lake, progress=progress)
    subjects = _subjects(lake, run, asked, about)
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
    issue_cards(lake, {code: steps.marked_file_name(CARD, period, code, run.name) for code in departments}, on=on)


def _subjects(lake: Path, run: Run, kind: Kind, about: str | None) -> list[str | None]:
    """About whom documents are made: each that the kind names, the one that is asked for, or nobody."""
    if kind.subjects is None:
        return [None]
    if about is None:
        return list(kind.subjects(run if kind.is_of_item else findings_of(lake, run, kind, None)))
    if kind.is_of_item:
        item_named(run.table("limits"), about)
        return [about]
    known = set(run.table("departments")["department"].drop_nulls())
    if about not in known:
        raise ParameterError(f"the run has no department '{about}'.", hint=f"one of: {', '.join(sorted(known))}")
    return [about]


def findings_of(lake: Path, run: Run, kind: Kind, about: str | None) -> Findings:
    """What a document of a kind is made of: the run, or where that lacks a table, just its tables from its snapshot.

    Args:
        lake: the lake's folder.
        run: the run of the period.
        kind: of the document.
        about: of a certificate, DEPARTMENT/ITEM: its findings are of the cases of that item alone.
    """
    names = [*(kind.tables or ()), *NAME_TABLES, "log_summary"]
    if kind.tables is None or all(name in run.manifest["tables"] for name in names):
        return run
    cohort = run.manifest["cohort"]
    if kind.is_of_item and about:
        department, item = item_named(run.table("limits"), about)
        cohort = {**cohort, "department": department, "item": item}
    return recomputed({**run.manifest, "cohort": cohort, "tables": names}, lake, settings())


def _written(
    lake: Path, run: Run, kind: Kind, period: str, given: Mapping[str, Any], forms: Sequence[str]
) -> Iterator[Path]:
    """The files of one document, made as far as they are not there: its name holds what decides them."""
    told = [kind.name, period, given["about"], None if given["edition"] == "internal" else given["edition"]]
    name = steps.document_name(steps.marked_file_name(*(part for part in told if part)), run, given["language"])
    files = {form: lake / "briefings" / f"{name}.{form}" for form in forms}
    missing = {form: file for form, file in files.items() if not file.is_file()}
    if missing:
        findings = findings_of(lake, run, kind, given["about"])
        content = document_content(kind, findings, checked_document(given))
        if given["edition"] == "public":
            release(lake, run)
        for form, file in missing.items():
            with told_of_the_disk(file, f"the document could not be written to {file.parent}"):
                write_whole(file, rendered(content, form))
    yield from files.values()

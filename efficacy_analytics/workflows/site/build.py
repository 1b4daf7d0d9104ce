"""Builds the site: a folder with an index that can be searched, the documents, and the words they use.

Everything lies in the folder and asks nothing of a network: it works from a file system and from any web server. It is
built beside the old one and takes its place at once.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import efficacy_analytics
from efficacy_analytics import vocabulary
from efficacy_analytics.charts.style.scripts import inside_script
from efficacy_analytics.documents.briefing.masthead import period_words
from efficacy_analytics.documents.render.templates import filled, source
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.performance.indicators import INDICATORS
from efficacy_analytics.settings import settings
from efficacy_analytics.system.disk import told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent
from efficacy_analytics.vocabulary import LANGUAGES, Language, Words
from efficacy_analytics.workflows.operation.periods import as_day
from efficacy_analytics.workflows.site.entries import Entry, entries, names_in
from efficacy_analytics.workflows.site.words import SITE, STATES, kind_words

MARK: Final = "efficacy-site.json"
"""The file by which a folder is known as a site: no other folder is ever replaced."""
DOCUMENTS: Final = "documents"


def build_site(
    lake: Path,
    output: Path | None = None,
    *,
    editions: Sequence[str] = ("internal", "public"),
    progress: Progress = silent,
) -> Path:
    """Builds the site of a lake's finished documents.

    Args:
        lake: the lake's folder.
        output: the folder of the site; by default `site` in the lake.
        editions: which editions are shown; pictures are internal.
        progress: how far the work has come.

    Returns:
        The index page.

    Raises:
        CallError: the folder holds something else.
        CheckFailedError: a register is damaged.
    """
    target = output or lake / "site"
    if target.exists() and not (target / MARK).is_file() and any(target.iterdir()):
        raise CallError(f"{target} holds something else than a site.", hint="give a new folder: --output DIR")
    making = target.with_name(f".{target.name}.{os.getpid()}")
    with progress("site") as on_progress, told_of_the_disk(target, f"the site could not be written to {target}"):
        shutil.rmtree(making, ignore_errors=True)
        (making / DOCUMENTS).mkdir(parents=True)
        try:
            found = entries(lake, editions)
            rows = []
            for number, entry in enumerate(found):
                on_progress(entry.papers[0].file.name, number, len(found))
                rows.append(_row(entry, lake, making))
            _write(making, rows, {paper.file.name: paper.edition for entry in found for paper in entry.papers})
            _replace(making, target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return target / "index.html"


def _row(entry: Entry, lake: Path, making: Path) -> dict[str, Any]:
    """An entry as the index shows it; its files are copied."""
    links: dict[str, dict[str, str]] = {}
    for paper in entry.papers:
        shutil.copyfile(paper.file, making / DOCUMENTS / paper.file.name)
        links.setdefault(paper.language, {})[paper.format] = f"{DOCUMENTS}/{paper.file.name}"
    first, cohort = entry.papers[0], entry.papers[0].cohort
    return {
        "kind": first.kind,
        "edition": first.edition,
        "state": entry.state,
        "issued_on": entry.issued_on,
        "as_on": first.as_on,
        "from": cohort.get("accepted_from") or "",
        "until": cohort.get("accepted_until") or "",
        "issue": _issue(entry),
        "title": {language: _title(entry, language) for language in LANGUAGES},
        "period": {language: _period(cohort, language) for language in LANGUAGES},
        "names": names_in(lake, entry),
        "links": {language: links[language] for language in LANGUAGES if language in links},
    }


def _issue(entry: Entry) -> Words:
    if entry.issue is None:
        return {language: str(entry.papers[0].parameters.get("issue", "")) for language in LANGUAGES}
    return {language: entry.issue.words(entry.revision, language) for language in LANGUAGES}


def _title(entry: Entry, language: Language) -> str:
    """The title in that language: as the page of it names itself, else by its kind."""
    titles = [paper.title for paper in entry.papers if paper.language == language and paper.title]
    return titles[0].rpartition(" · ")[2] if titles else kind_words(entry.papers[0].kind)[language]


def _period(cohort: Mapping[str, str | None], language: Language) -> str:
    first, until = (as_day(cohort.get(name)) for name in ("accepted_from", "accepted_until"))
    return period_words(first, until, language) if first and until else ""


def _write(making: Path, rows: list[dict[str, Any]], editions: Mapping[str, str]) -> None:
    office = settings().briefing
    data = {
        "entries": rows, "states": STATES, "words": SITE, "editions": vocabulary.EDITIONS,
        "kinds": {row["kind"]: kind_words(row["kind"]) for row in rows},
    }  # fmt: skip
    shared = {
        "style": source("site.css"),
        "code_version": efficacy_analytics.__version__,
        "lang": "zh-CN",
        "issuer": {"zh": office.issuer_zh, "en": office.issuer_en},
        "words": SITE,
    }
    text = inside_script(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    index = filled("site.html", title=_both("title"), data=text, script=source("site.js"), **shared)
    (making / "index.html").write_text(index, encoding="utf-8")
    page = filled("definitions.html", title=_both("definitions_title"), groups=list(_definitions()), **shared)
    (making / "definitions.html").write_text(page, encoding="utf-8")
    told = {"site": "efficacy", "version": efficacy_analytics.__version__, "documents": len(rows)}
    text = json.dumps({**told, "editions": editions}, ensure_ascii=False, sort_keys=True)
    (making / MARK).write_text(text + "\n", encoding="utf-8")


def _both(name: str) -> str:
    return f"{SITE[name]['zh']} · {SITE[name]['en']}"


def _definitions() -> Iterable[tuple[Words, list[tuple[str, str, str]]]]:
    """Every word the documents use, in both languages, with the name of the column or value behind it."""
    indicators = [(one.zh, one.en, one.name) for one in INDICATORS]
    groups: dict[str, Mapping[str, Words]] = {
        "columns": vocabulary.COLUMNS, "kinds": vocabulary.KINDS, "reasons": vocabulary.REASONS,
        "causes": vocabulary.CAUSES, "units": vocabulary.UNITS, "parts": vocabulary.PARTS,
    }  # fmt: skip
    yield SITE["indicators"], indicators
    for name, words in groups.items():
        yield SITE[f"words_{name}"], [(one["zh"], one["en"], code) for code, one in sorted(words.items())]


def _replace(making: Path, target: Path) -> None:
    """Puts the new site in place; the former one is moved aside first, then removed."""
    former = making.with_name(f"{making.name}.former")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(former)
    making.rename(target)
    shutil.rmtree(former, ignore_errors=True)

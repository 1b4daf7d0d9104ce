"""What the finished documents of a lake are, read from the documents themselves and from the registers."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.office import office_sha256
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.labels import readable
from efficacy_analytics.documents.render import reading
from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.findings.runs import open_run
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.vocabulary import LANGUAGES, Language
from efficacy_analytics.workflows.issues import Issue, issues
from efficacy_analytics.workflows.operation.catalogue import runs
from efficacy_analytics.workflows.operation.periods import as_day
from efficacy_analytics.workflows.operation.register import document_sets
from efficacy_analytics.workflows.verified import verified_hashes

State = Literal["verified", "unverified", "revised", "withdrawn", "changed"]
FOLDERS: Final = ("briefings", "pictures")
SUFFIXES: Final = (".html", ".pdf", ".docx", ".xlsx")
CARRIED: Final = re.compile(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.DOTALL)
TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Paper:
    """One finished file.

    Attributes:
        file: where it lies.
        format: html, pdf, docx or xlsx.
        kind: briefing, department, … or the name of a picture.
        language: in which it is written.
        edition: internal or public.
        cohort: whose cases.
        parameters: what it was asked for.
        run: the run of the findings; empty for a picture.
        as_on: the day of judgement; empty where it is not told.
        title: as the page names itself; empty for other formats.
        office: a hash of the office's words in it; empty where it is not told.
    """

    file: Path
    format: str
    kind: str
    language: Language
    edition: str
    cohort: Mapping[str, str | None]
    parameters: Mapping[str, Any]
    run: str
    as_on: str
    title: str
    office: str = ""


@dataclass
class Entry:
    """What is one document to a reader: the same in both languages and every format.

    Attributes:
        papers: its files.
        state: verified, unverified, revised, withdrawn, or changed by hand.
        issue: its number; none for what is not numbered.
        revision: which revision of its number.
        issued_on: its day.
    """

    papers: list[Paper] = field(default_factory=list)
    state: State = "unverified"
    issue: Issue | None = None
    revision: int = 0
    issued_on: str = ""


def entries(lake: Path, editions: Iterable[str]) -> list[Entry]:
    """The documents of a lake, the newest first: by day, then by number, then by file.

    Args:
        lake: the lake's folder.
        editions: which are wanted; pictures are internal.
    """
    known, withdrawn, verified = _registered(lake), _withdrawn(lake), verified_hashes(lake)
    groups: dict[str, Entry] = {}
    for paper in papers(lake):
        if paper.edition in set(editions):
            held = known.get(paper.file.relative_to(lake).as_posix())
            key = _numbered_key(held[0], held[1]) if held else _key(paper)
            groups.setdefault(key, Entry()).papers.append(paper)
    for entry in groups.values():
        _place(entry, lake, known, withdrawn, verified)
    _mark_older_words(list(groups.values()))
    return sorted(groups.values(), key=_newest, reverse=True)


def papers(lake: Path) -> Iterator[Paper]:
    """Every file of the lake's documents and pictures that says what it is."""
    for folder in FOLDERS:
        for file in sorted((lake / folder).glob("*")):
            if file.suffix in SUFFIXES and not file.name.startswith("."):
                paper = _paper(file)
                if paper is not None:
                    yield paper


def _paper(file: Path) -> Paper | None:
    """What a file says of itself; none where it is none of ours."""
    try:
        if file.suffix == ".html":
            return _page(file, file.read_text(encoding="utf-8"))
        return _of_briefing(file, reading.origin(file.suffix[1:], file.read_bytes()), "")
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return None


def _page(file: Path, text: str) -> Paper | None:
    carried = {name: json.loads(told) for name, told in CARRIED.findall(text) if name in PLACES}
    found = TITLE.search(text)
    title = found[1].strip() if found else ""
    if "picture-manifest" in carried:
        return _of_picture(file, carried["picture-manifest"], title)
    if "origin" in carried:
        return _of_briefing(file, carried["origin"], title)
    if "manifest" not in carried:
        return None
    origin = {"kind": "briefing", "manifest": carried["manifest"], "parameters": carried["briefing-parameters"]}
    return _of_briefing(file, origin, title)


PLACES: Final = ("picture-manifest", "origin", "manifest", "briefing-parameters")


def _of_briefing(file: Path, origin: Mapping[str, Any], title: str) -> Paper:
    manifest, parameters = origin["manifest"], origin["parameters"]
    cohort, day = _cohort(manifest["cohort"]), str(manifest["snapshot"].get("as_on") or "")[:10]
    return Paper(
        file, file.suffix[1:], origin["kind"], parameters["language"], parameters["edition"], cohort, parameters,
        manifest["run"], day, title, str(manifest.get("office_sha256") or ""),
    )  # fmt: skip


def _of_picture(file: Path, manifest: Mapping[str, Any], title: str) -> Paper:
    cohort = _cohort(manifest["groups"]["log"]["cohort"])
    return Paper(file, "html", manifest["picture"], manifest["language"], "internal", cohort, {}, "", "", title)


def _cohort(told: Mapping[str, str | None]) -> dict[str, str | None]:
    """The cohort of a document, its days checked: anyone may lay a file into the folder."""
    for name in ("accepted_from", "accepted_until"):
        as_day(told.get(name))
    return dict(told)


def _numbered_key(issue: Issue, revision: Mapping[str, Any]) -> str:
    return f"{issue.series} {issue.year} {issue.number} {revision['revision']}"


def _key(paper: Paper) -> str:
    """The same for both languages and every format of a document."""
    told = {name: value for name, value in paper.parameters.items() if name in ("about", "edition", "number")}
    of_picture = re.sub(r"-(zh|en)$", "", paper.file.stem) if not paper.run else ""
    return json.dumps([paper.kind, paper.run, paper.cohort, told, of_picture, paper.office], sort_keys=True)


def _registered(lake: Path) -> dict[str, tuple[Issue, Mapping[str, Any], Mapping[str, Any]]]:
    """Each file of the register with its issue, its revision and itself; the last revision that has it."""
    return {
        document["file"]: (issue, revision, document)
        for issue in issues(lake)
        for revision in issue.revisions
        for document in revision["documents"]
    }


def _withdrawn(lake: Path) -> set[str]:
    """The files of documents that were taken back, or revised by an unattended run."""
    return {
        str(document["file"])
        for one in document_sets(runs(lake))
        if one.validity == "withdrawn"
        for document in one.documents
    }


def _place(
    entry: Entry, lake: Path, known: Mapping[str, Any], withdrawn: set[str], verified: Mapping[str, str]
) -> None:
    """State, number and day of an entry, from the registers."""
    names = [paper.file.relative_to(lake).as_posix() for paper in entry.papers]
    hashes = {name: file_sha256(paper.file) for name, paper in zip(names, entry.papers, strict=True)}
    registered = [known[name] for name in names if name in known]
    if registered:
        entry.issue, revision, _ = registered[-1]
        entry.revision, entry.issued_on = int(revision["revision"]), str(revision["issued_on"])
    entry.issued_on = entry.issued_on or max(paper.as_on for paper in entry.papers)
    is_changed = any(name in known and known[name][2]["sha256"] != sha256 for name, sha256 in hashes.items())
    is_last = entry.issue is None or entry.issue.revisions[-1]["revision"] == entry.revision
    is_verified = all(sha256 in verified for sha256 in hashes.values())
    entry.state = (
        "withdrawn" if withdrawn & set(names)
        else "changed" if is_changed
        else "revised" if not is_last
        else "verified" if is_verified
        else "unverified"
    )  # fmt: skip


def _mark_older_words(placed: Sequence[Entry]) -> None:
    """What has no number and other words of the office than now is revised, where it was made again with these."""
    now = office_sha256()
    unnumbered = [entry for entry in placed if entry.issue is None]
    again = {_key(replace(entry.papers[0], office="")) for entry in unnumbered if entry.papers[0].office == now}
    for entry in unnumbered:
        paper = entry.papers[0]
        if paper.office not in ("", now) and _key(replace(paper, office="")) in again and entry.state != "withdrawn":
            entry.state = "revised"


def _newest(entry: Entry) -> tuple[str, int, int, str]:
    number = entry.issue.number if entry.issue else 0
    return (entry.issued_on, number, entry.revision, min(paper.file.name for paper in entry.papers))


def names_in(lake: Path, entry: Entry) -> list[str]:
    """The names of the departments and items that a document shows, in both languages; none where its run is gone."""
    paper = entry.papers[0]
    folder = lake / "findings" / paper.run
    if not paper.run or not (folder / "manifest.json").is_file():
        return []
    found: set[str] = set()
    for language in LANGUAGES:
        with suppress(EfficacyError):  # a run that was damaged, or a document of a version to come
            parameters = checked_document({**paper.parameters, "language": language})
            shown = Document(open_run(folder), parameters).shown
            for table, column in (("departments", "department"), ("limits", "item")):
                found |= _names(shown, table, column, language, parameters.about)
    return sorted(found)


def _names(shown: Findings, table: str, column: str, language: Language, about: str | None) -> set[str]:
    """The names in a column of a table, of a page of a department those of its own; none where it is not shown."""
    with suppress(EfficacyError):
        rows = readable(shown, table, language)
        own = rows if about is None else rows.filter(pl.col("department_code") == about)
        return set(own[column].drop_nulls())
    return set()

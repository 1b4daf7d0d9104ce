"""Which documents are valid: a period has one valid set at a time, made by one run, in every language together.

A set is valid from the moment its run is recorded as done. A later set of the same pipeline, period and department
revises it; a run named "withdraw" takes it back. Nothing is deleted: a revised page can still be verified.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from efficacy_analytics.errors import CallError
from efficacy_analytics.system.disk import file_sha256
from efficacy_analytics.workflows.operation.catalogue import RunRecord

WITHDRAW: Final = "withdraw"
Validity = Literal["valid", "revised", "withdrawn"]
Subject = tuple[str, str, str | None]


@dataclass(frozen=True)
class DocumentSet:
    """The documents of a period that one run made, one per language and edition.

    Attributes:
        pipeline: which pipeline made them.
        period: the period's name.
        department: whose cases alone; null for all.
        run_number: the run that made them.
        key: the run's key.
        revision: 0 for the first set, then 1, 2 …
        documents: `language`, `edition`, `file`, `sha256`, `as_on`, `content` of each.
        validity: valid, revised or withdrawn.
        out_of_date: what late data changed of it, as the catalogue has it; null where nothing did.
    """

    pipeline: str
    period: str
    department: str | None
    run_number: int
    key: str | None
    revision: int
    documents: Sequence[Mapping[str, Any]]
    validity: Validity = "valid"
    out_of_date: Mapping[str, Any] | None = None

    @property
    def subject(self) -> Subject:
        """What it is about: of each subject one set is valid."""
        return (self.pipeline, self.period, self.department)

    def damaged(self, lake: Path) -> list[str]:
        """The files that are gone, or are not those that were made."""
        files = {str(one["file"]): one["sha256"] for one in self.documents}
        return [name for name, sha256 in files.items() if not _is_whole(lake / name, sha256)]


def _is_whole(file: Path, sha256: str) -> bool:
    return file.is_file() and file_sha256(file) == sha256


def document_sets(records: Iterable[RunRecord]) -> list[DocumentSet]:
    """All sets that were ever valid, in the order in which they were made, with what became of them."""
    sets: list[DocumentSet] = []
    for record in records:
        for mark in record.out_of_date:
            _change(sets, (mark["pipeline"], mark["period"], mark["department"]), out_of_date=mark)
        if record.documents and record.state == "done":
            if record.pipeline == WITHDRAW:
                _change(sets, _withdrawn_subject(record), validity="withdrawn")
                continue
            _change(sets, (record.pipeline, record.period, record.department), validity="revised")
            sets.append(_set_of(record))
    return sets


def _change(sets: list[DocumentSet], subject: Subject, **changes: Any) -> None:
    for place, one in enumerate(sets):
        if one.subject == subject and one.validity == "valid":
            sets[place] = replace(one, **changes)


def _set_of(record: RunRecord) -> DocumentSet:
    return DocumentSet(
        record.pipeline, record.period, record.department, record.number, record.key,
        int(record.documents[0]["revision"]), record.documents,
    )  # fmt: skip


def _withdrawn_subject(record: RunRecord) -> Subject:
    return (str(record.documents[0]["pipeline"]), record.period, record.department)


def latest_set(records: Iterable[RunRecord], subject: Subject) -> DocumentSet | None:
    """The newest set of a subject, valid or withdrawn; none where there never was one."""
    found = [one for one in document_sets(records) if one.subject == subject]
    return found[-1] if found else None


def set_with(records: Iterable[RunRecord], file: str) -> DocumentSet:
    """The valid set to which a file belongs.

    Raises:
        CallError: no valid set has it.
    """
    name = Path(file).name
    for one in reversed(document_sets(records)):
        if any(Path(document["file"]).name == name for document in one.documents) and one.validity == "valid":
            return one
    raise CallError(f"no valid document is called '{name}'.", hint="`efficacy runs --documents` lists them")

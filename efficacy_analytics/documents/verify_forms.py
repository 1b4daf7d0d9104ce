"""Is a PDF, a Word document or a workbook as it was made? It is made again from the snapshot it names, and compared.

First by bytes; where they differ, text by text and cell by cell, so that the place is told.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from efficacy_analytics.documents.blocks import OTHERWISE_MADE, Check
from efficacy_analytics.documents.briefing.parameters import checked_document
from efficacy_analytics.documents.briefing.recomputed import HINT, recomputed
from efficacy_analytics.documents.briefing.verify import check_asked, cut
from efficacy_analytics.documents.kinds import content_of
from efficacy_analytics.documents.render import reading
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.errors import CallError, CheckFailedError, DiffersError
from efficacy_analytics.settings import Settings
from efficacy_analytics.system.code import code_sha256

STARTS: Final = {b"%PDF": "pdf", b"PK\x03\x04": "zip"}
INSIDE: Final = {"docx": b"word/document.xml", "xlsx": b"xl/workbook.xml"}
EXPECTED: Final = {"manifest": dict, "parameters": dict, "kind": str}
ORIGIN_SCRIPT: Final = '<script type="application/json" id="origin">'
NOWHERE: Final = ("nowhere", "")


def form_of(document: Path) -> str:
    """The form of a file, by what is in it and not by its name; "html" where it is none of the others.

    Raises:
        CallError: there is no such file.
    """
    try:
        content = document.read_bytes()
    except OSError:
        raise CallError(f"there is no file {document}.", hint="give a document that a command printed") from None
    form = STARTS.get(content[:4], "html")
    if form != "zip":
        return form
    found = [name for name, inside in INSIDE.items() if inside in content]
    if not found:
        raise CallError(f"{document} is no document of ours.", hint="give a document made by `efficacy brief`")
    return found[0]


def is_document(page: str) -> bool:
    """Whether a page carries the origin of a document other than a briefing."""
    return ORIGIN_SCRIPT in page


def verify_form(document: Path, form: str, lake: Path, in_force: Settings) -> list[Check]:
    """Makes a document again and compares it.

    Args:
        document: its file.
        form: "html" (of other documents than a briefing), "pdf", "docx" or "xlsx".
        lake: the lake that holds the snapshot.
        in_force: the settings of now.

    Returns:
        How many texts agree, and how many bytes where the whole file was compared.

    Raises:
        CallError: the file is no document of ours, or the lake never had its snapshot.
        CheckFailedError: it differs; the first place that does is named, or what it was made from is spoilt.
    """
    had = document.read_bytes()
    origin = origin_in(document, form, had)
    parameters, manifest = checked_document(origin["parameters"]), origin["manifest"]
    content = content_of(origin["kind"], recomputed(manifest, lake, in_force), origin["parameters"])
    check_asked(parameters, manifest["cohort"])
    has = rendered(content, form)
    same = _same_texts(form, had, has)
    if had == has:
        return [same, Check(f"the whole {form}", len(has), "bytes", is_whole=True)]
    if manifest.get("code_sha256") == code_sha256() and not _is_set_otherwise(origin):
        raise CheckFailedError(_other_bytes(form, had, has), hint=HINT)
    return [replace(same, name=OTHERWISE_MADE.format(same.name))]


def origin_in(document: Path, form: str, file: bytes) -> dict[str, Any]:
    """What a document says that it was made from: `kind`, `parameters`, `manifest`.

    Raises:
        CallError: it says nothing of the kind.
    """
    try:
        told = reading.origin(form, file)
        whole = isinstance(told, dict) and all(isinstance(told.get(name), kind) for name, kind in EXPECTED.items())
        if whole and isinstance(told["manifest"].get("snapshot"), dict):
            return dict(told)
    except ValueError:
        pass
    if reading.has_origin(form, file):
        raise CheckFailedError(f"what {document.name} was made from cannot be read: it was changed.", hint=HINT)
    raise CallError(
        f"{document} is no document of ours: it does not tell what it was made from.",
        hint="give a document made by `efficacy brief`",
    )


def _is_set_otherwise(origin: dict[str, Any]) -> bool:
    """Whether a document was set in typefaces that are not here: its lines then break elsewhere."""
    from efficacy_analytics.documents.render.typefaces import family_names, typefaces

    return "families" in origin and origin["families"] != family_names(typefaces().families)


def _same_texts(form: str, had: bytes, has: bytes) -> Check:
    """Every text of the one is that of the other, at the same place.

    Raises:
        CheckFailedError: one is not; its place is named.
    """
    if had == has:
        return Check(f"texts of the {form}", sum(1 for _ in reading.texts(form, has)), "texts")
    try:
        pairs = list(itertools.zip_longest(reading.texts(form, had), reading.texts(form, has), fillvalue=NOWHERE))
    except ValueError as fault:
        raise CheckFailedError(f"the {form} cannot be read: {fault}.", hint=HINT) from None
    for old, new in pairs:
        if old != new and not (form == "pdf" and reading.letters(had) == reading.letters(has)):
            place = new[0] if old is NOWHERE else old[0]
            raise DiffersError(f"{place}: the document has “{cut(old[1])}”.", made_again=cut(new[1]), hint=HINT)
    return Check(f"texts of the {form}", len(pairs), "texts")


def _other_bytes(form: str, had: bytes, has: bytes) -> str:
    """What differs where no text does."""
    if form in ("pdf", "html"):
        at = next(_differing(had, has), min(len(had), len(has)))
        return f"the {form} differs from byte {at + 1:,}, outside its texts."
    old, new = reading.parts(had), reading.parts(has)
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return f"the {form} differs outside its texts: {', '.join(names[:3]) or 'how it was packed'}."


def _differing(had: bytes, has: bytes) -> Iterator[int]:
    yield from (place for place, pair in enumerate(zip(had, has, strict=False)) if pair[0] != pair[1])

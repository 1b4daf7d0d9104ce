"""All that a document's figures follow from, in one file; and the document made again from it, on any machine.

The file is a zip archive and an RO-Crate: `ro-crate-metadata.json` lists every file with its size and SHA-256, and says
what made the document. In it lie the accepted rows of the deliveries of its snapshot, with persons under pseudonyms;
the reference files and the settings; the lock of the packages; the notebook; and the document. The files as they were
delivered, and the key of the pseudonyms, never.

Source of the format: RO-Crate Metadata Specification 1.1; of `datacite.json`: DataCite Metadata Schema 4.
"""

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import efficacy_analytics
from efficacy_analytics.documents.blocks import Check
from efficacy_analytics.documents.verify import Facts, facts_of, verify
from efficacy_analytics.errors import CallError, CannotAnswerError, CheckFailedError, DiffersError
from efficacy_analytics.event_log.inputs import recorded_inputs
from efficacy_analytics.event_log.snapshots import record_file
from efficacy_analytics.lake.delivery import check_whole
from efficacy_analytics.settings import CHECKOUT, set_by, settings, settings_text
from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256, told_of_the_disk
from efficacy_analytics.system.progress import Progress, silent

SUFFIX: Final = ".bundle.zip"
LIST: Final = "ro-crate-metadata.json"
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every member: a bundle of the same document has the same bytes."""
BESIDE: Final = ("requirements.lock", "notebooks/briefing.ipynb")
BLOCK_BYTES: Final = 1 << 20
DAMAGED: Final = "ask for the bundle again: this one was cut or changed"


def bundle(lake: Path, document: Path, file: Path | None = None, *, progress: Progress = silent) -> Path:
    """Writes one file with everything that decides the figures of a document.

    Args:
        lake: the lake that holds the document's snapshot.
        document: its file.
        file: the archive; by default `<document>.bundle.zip` beside the document.
        progress: how far it has come.

    Returns:
        The archive.

    Raises:
        CallError: the file is no document of ours, or the lake never had its snapshot.
        CannotAnswerError: it is a public edition, whose rows are not public.
        CheckFailedError: what it was made from is no more as it was.
    """
    facts = facts_of(document)
    if facts.edition == "public":
        raise CannotAnswerError(
            "a public edition follows from rows that are not public, so a bundle of it cannot be given away.",
            hint="bundle the internal edition, for colleagues who may see the rows",
        )
    target = file or document.with_name(f"{document.name}{SUFFIX}")
    members = {f"document/{document.name}": document, **_lake_members(lake, facts.snapshots)}
    members |= {f"program/{name}": CHECKOUT / name for name in BESIDE if (CHECKOUT / name).is_file()}
    with told_of_the_disk(target.parent, f"no bundle could be written to {target}"), progress("bundle") as told:
        making = target.with_name(f".{target.name}.draft")
        try:
            _write(making, members, facts, told)
            making.replace(target)
        finally:
            making.unlink(missing_ok=True)
    return target


def reproduce(file: Path, folder: Path, *, progress: Progress = silent) -> tuple[Path, list[Check]]:
    """Makes the document of a bundle again, from the bundle alone, and compares it with the one that lies in it.

    Args:
        file: the archive.
        folder: where the document is laid that was made again.
        progress: how far it has come.

    Returns:
        The document, and what agreed.

    Raises:
        CallError: there is no such file, or it is no bundle.
        CheckFailedError: a file of it was changed, or something differs: the first table that does, and by how much.
    """
    if not file.is_file():
        raise CallError(f"there is no file {file}.", hint="name what `efficacy bundle` wrote")
    with tempfile.TemporaryDirectory(prefix="efficacy-bundle-") as scratch, progress("reproduce") as told:
        place = Path(scratch)
        told("laying the files out")
        _lay_out(file, place)
        (document,) = (place / "document").iterdir()
        told("making the document again")
        try:
            with set_by(place / "settings.toml"):
                checks = verify(document, place / "lake", in_force=settings())
        except DiffersError as fault:
            raise fault.with_figures() from None  # whoever has the bundle has every row
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / document.name
        target.write_bytes(document.read_bytes())
    return target, checks


def _lake_members(lake: Path, snapshots: tuple[str, ...]) -> dict[str, Path]:
    """The files of a lake from which the snapshots are made again, by their names in the archive."""
    found: dict[str, Path] = {}
    for name in snapshots:
        inputs, _ = recorded_inputs(lake, name)
        check_whole(inputs.deliveries)
        folders = [inputs.reference, *(delivery.folder for delivery in inputs.deliveries)]
        files = [record_file(lake, name), *(file for folder in folders for file in folder.rglob("*") if file.is_file())]
        found |= {f"lake/{file.relative_to(lake).as_posix()}": file for file in files}
    return found


def _write(target: Path, members: Mapping[str, Path], facts: Facts, told: Any) -> None:
    texts = {"settings.toml": settings_text(settings()), "datacite.json": _text(_datacite(facts))}
    with zipfile.ZipFile(target, "w") as archive:  # stored: the same bytes whatever compresses elsewhere
        listed = []
        for number, (name, file) in enumerate(sorted(members.items())):
            told(name, number, len(members))
            with (
                archive.open(zipfile.ZipInfo(name, EARLIEST), "w", force_zip64=True) as written,
                file.open("rb") as read,
            ):
                while block := read.read(BLOCK_BYTES):
                    written.write(block)
            listed.append(_entry(name, file.stat().st_size, file_sha256(file)))
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), text)
            listed.append(_entry(name, len(text.encode()), hashlib.sha256(text.encode()).hexdigest()))
        archive.writestr(zipfile.ZipInfo(LIST, EARLIEST), _text(_crate(listed, facts)))


def _entry(name: str, size: int, sha256: str) -> dict[str, Any]:
    return {"@id": name, "@type": "File", "contentSize": str(size), "sha256": sha256}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _crate(listed: list[dict[str, Any]], facts: Facts) -> dict[str, Any]:
    document = next(one["@id"] for one in listed if one["@id"].startswith("document/"))
    about = {
        "@id": LIST,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    root = {
        "@id": "./", "@type": "Dataset", "name": facts.title, "datePublished": facts.as_on,
        "inLanguage": facts.language,
        "description": "All that decides the figures of a document, and the document.",
        "license": "not stated", "hasPart": [{"@id": one["@id"]} for one in listed], "mainEntity": {"@id": document},
    }  # fmt: skip
    program = {
        "@id": "#program", "@type": "SoftwareApplication", "name": "Efficacy Analytics",
        "softwareVersion": efficacy_analytics.__version__, "identifier": code_sha256(),
    }  # fmt: skip
    made = {
        "@id": "#made", "@type": "CreateAction", "instrument": {"@id": "#program"}, "result": {"@id": document},
        "object": [{"@id": one["@id"]} for one in listed if one["@id"].startswith("lake/")],
    }  # fmt: skip
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [about, root, program, made, *listed]}


def _datacite(facts: Facts) -> dict[str, Any]:
    office = settings().briefing
    issuer = office.issuer_zh if facts.language == "zh" else office.issuer_en
    return {
        "titles": [{"title": facts.title, "lang": facts.language}],
        "creators": [{"name": issuer, "nameType": "Organizational"}], "publisher": issuer,
        "publicationYear": facts.as_on[:4], "version": efficacy_analytics.__version__, "language": facts.language,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Reproducible document"},
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }  # fmt: skip


def _lay_out(file: Path, place: Path) -> None:
    """Lays the files of a bundle out, each compared with the list.

    Raises:
        CallError: it is no bundle.
        CheckFailedError: a file was changed, is missing, or came to it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            listed = {one["@id"]: one for one in json.loads(archive.read(LIST))["@graph"] if one["@type"] == "File"}
            names = [name for name in archive.namelist() if name != LIST]
            for name in names:
                _inside(name, file)
                archive.extract(name, place)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
    ):
        raise CallError(f"{file} is no bundle, or not a whole one.", hint=DAMAGED) from None
    documents = [name for name in names if name.startswith("document/")]
    if len(documents) != 1 or "settings.toml" not in names:
        raise CallError(f"{file} is no bundle: it holds {len(documents)} documents.", hint=DAMAGED)
    differing = sorted({*listed, *names} - {name for name in names if _is_as_listed(place / name, listed.get(name))})
    if differing:
        raise CheckFailedError(f"{file}: {differing[0]} is not as it was bundled.", hint=DAMAGED)


def _inside(name: str, file: Path) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name.endswith("/"):
        raise CheckFailedError(f"{file} holds '{name}', which would lie outside.", hint=DAMAGED)


def _is_as_listed(file: Path, listed: Mapping[str, Any] | None) -> bool:
    return listed is not None and file.is_file() and file_sha256(file) == listed["sha256"]

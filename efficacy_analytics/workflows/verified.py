"""The check of a file that may be anybody's; and which were verified: a small mark in the lake for each, by its hash.

A file that is changed afterwards has another hash, and so no mark.
"""

from pathlib import Path
from typing import Any, Final

from efficacy_analytics.errors import CallError, CheckFailedError, DiffersError, EmptyCohortError
from efficacy_analytics.settings import Settings
from efficacy_analytics.system.bounds import bounded
from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256

FOLDER: Final = "verified"
LARGEST_BYTES: Final = 256_000_000
"""Of a document that is read at all; those of the largest lakes have a tenth of it."""


def checked(lake: Path, document: Path, in_force: Settings, *, tells_figures: bool = False) -> list[Any]:
    """Recomputes a document under bounds of time and memory; see `documents.verify.verify`.

    Args:
        lake: the lake that holds its snapshot.
        document: its file.
        in_force: the settings of now.
        tells_figures: say what a figure that differs is when it is made again.

    Raises:
        CallError: the file is none of ours, is larger than any of ours, or takes more time or memory than is set.
        CheckFailedError: it differs, with the place.
    """
    from efficacy_analytics.documents.verify import verify

    if document.is_file() and document.stat().st_size > LARGEST_BYTES:
        raise CallError(f"{document} is larger than any document of ours.", hint="give a document a command printed")
    most = in_force.verify
    hint = "verify.most_seconds and verify.most_gigabytes in settings.toml bound it"
    faults = {name: CallError(f"checking {document.name} took more {name} than is set.", hint=hint) for name in KINDS}
    try:
        with bounded(int(most.most_gigabytes * 1e9), most.most_seconds, dict(faults)):
            return verify(document, lake, in_force=in_force)
    except DiffersError as fault:
        if tells_figures:
            raise fault.with_figures() from None
        raise
    except EmptyCohortError:
        raise CheckFailedError(
            "no case of the snapshot belongs to the cohort that the document names.", hint="the document was changed"
        ) from None


KINDS: Final = ("memory", "time")


def mark_verified(lake: Path, document: Path) -> None:
    """Marks a file as verified by this version; where the lake cannot be written, nothing is marked."""
    try:
        folder = lake / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file_sha256(document)).write_text(code_sha256() + "\n", encoding="utf-8")
    except OSError:
        return


def verified_hashes(lake: Path) -> dict[str, str]:
    """The hashes of the files that were verified, each with that of the code that did it."""
    folder = lake / FOLDER
    return {file.name: file.read_text(encoding="utf-8").strip() for file in folder.glob("[0-9a-f]*")}

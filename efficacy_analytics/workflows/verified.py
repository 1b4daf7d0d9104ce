"""Which files were verified: a small mark in the lake for each, under the hash of what was verified.

A file that is changed afterwards has another hash, and so no mark.
"""

from pathlib import Path
from typing import Final

from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256

FOLDER: Final = "verified"


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

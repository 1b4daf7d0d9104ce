"""Texts that take long to make and follow from a few words alone, kept in the user's cache folder."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs


def cached(name: str, deciding: str, make: Callable[[], str]) -> str:
    """The text of that name; made where it is not kept, or is kept damaged, and then kept if the folder lets it be.

    Args:
        name: what it is, as a part of a file's name.
        deciding: all that the text follows from, versions of libraries included.
        make: makes it.
    """
    folder = Path(platformdirs.user_cache_dir("efficacy-analytics", appauthor=False))
    start = f"{name}-{_hash(deciding)}-"
    for file in sorted(folder.glob(f"{start}*")):
        text = _sound(file)
        if text is not None:
            return text
    text = make()
    _keep(folder, f"{start}{_hash(text)}", text)
    return text


def _sound(file: Path) -> str | None:
    """The text of a file, if it is the one that its name says."""
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if file.name.endswith(f"-{_hash(text)}") else None


def _keep(folder: Path, name: str, text: str) -> None:
    """Writes the file whole or not at all; a folder that cannot be written is no fault: the text is made anew then."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{name[:20]}")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        Path(draft).replace(folder / name)
    except OSError:
        pass


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

"""Work on a delivery out of sight, inside the lake, and its move into place at the end.

Whatever goes wrong before the last move leaves the lake as it was.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from efficacy_analytics.lake.readers.decompression import PIECE
from efficacy_analytics.system.stopping import held_back

WORKSHOP = ".intake-"
ONLY_OWNER = 0o700
PARTS = ("exports", "refused", "accepted")
Files = Mapping[str, Sequence[Path]]


@contextmanager
def workshop(lake: Path) -> Iterator[Path]:
    """A folder inside the lake that is gone afterwards; those of processes that died are removed as well."""
    for left in lake.glob(f"{WORKSHOP}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=lake))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def copied(
    files: Files, folder: Path, *, is_personal: bool = False
) -> tuple[dict[str, list[Path]], list[dict[str, str | int]]]:
    """Copies the files, read-only, and says what they are; what is read afterwards is the copy.

    Files with personal columns are for their owner's eyes alone: nowhere else in the lake is a person named.
    """
    folder.mkdir(mode=0o700 if is_personal else 0o777)
    copies: dict[str, list[Path]] = {}
    described: list[dict[str, str | int]] = []
    for table, paths in files.items():
        for path in paths:
            copy = folder / path.name
            if copy.exists():  # one file may give several tables
                copies.setdefault(table, []).append(copy)
                continue
            sha256 = _copy(path, copy, 0o400 if is_personal else 0o444)
            copies.setdefault(table, []).append(copy)
            described.append({"name": path.name, "table": table, "sha256": sha256, "bytes": copy.stat().st_size})
    return copies, described


def _copy(path: Path, copy: Path, mode: int) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as source, copy.open("wb") as target:
        while piece := source.read(PIECE):
            sha256.update(piece)
            target.write(piece)
    copy.chmod(mode)
    return sha256.hexdigest()


def move_into_place(folder: Path, lake: Path, name: str, *, is_personal: bool = False) -> None:
    """Moves the parts of a delivery, the accepted rows last: with them it is there. Undone if it cannot be done.

    Where persons stand in it, under pseudonyms too, its folders are for their owner alone.
    """
    for part in PARTS if is_personal else ():
        if (folder / part).is_dir():
            (folder / part).chmod(ONLY_OWNER)
    moved: list[Path] = []
    with held_back():
        try:
            for part in PARTS:
                _move(folder / part, lake / part / name, moved)
        except BaseException:
            for path in reversed(moved):
                shutil.rmtree(path)
            raise


def _move(source: Path, target: Path, moved: list[Path]) -> None:
    """Moves a part, if there is one, and notes what came into being."""
    if target.is_dir():  # left by a process that died while moving
        shutil.rmtree(target)
    if not source.is_dir():
        return
    if not target.parent.is_dir():
        target.parent.mkdir()
        moved.append(target.parent)
    os.replace(source, target)
    moved.append(target)

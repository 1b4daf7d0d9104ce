"""A snapshot built out of sight, to be audited before any reader gets it.

It is built in a folder of the lake that nobody looks at, which sees what the lake has; then it stands beside the other
snapshots, and only publishing makes it current: at once, since a snapshot of that content stands already.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from efficacy_analytics.errors import EfficacyError
from efficacy_analytics.event_log.snapshots import Snapshot, published_folder
from efficacy_analytics.lake.locking import only_writer
from efficacy_analytics.system.disk import is_running
from efficacy_analytics.system.progress import Progress
from efficacy_analytics.workflows import steps as work_steps

ASIDE: Final = ".audit-"
SEEN: Final = ("accepted", "reference")
RECORDS: Final = ("inputs", "reference")


@contextmanager
def built_aside(lake: Path, progress: Progress) -> Iterator[Snapshot]:
    """The snapshot that publishing would make current, built but not current; as `Snapshot` it can be opened.

    Raises:
        CannotAnswerError: nothing was delivered.
        CheckFailedError: an accepted file is damaged, or the built tables do not hold all accepted rows.
        EfficacyError: the disk is full, or does not let the lake be written.
    """
    for left in lake.glob(f"{ASIDE}*"):
        if not is_running(int(left.name.removeprefix(ASIDE))):
            shutil.rmtree(left, ignore_errors=True)
    place = lake / f"{ASIDE}{os.getpid()}"
    try:
        _mirror(lake, place)
        yield work_steps.publish(place, progress=progress)
    except EfficacyError as fault:
        fault.problem, fault.hint = (text.replace(str(place), str(lake)) for text in (fault.problem, fault.hint))
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _mirror(lake: Path, place: Path) -> None:
    """A folder that sees the deliveries, the reference files and the snapshots of a lake."""
    published = published_folder(place)
    published.mkdir(parents=True)
    for name in SEEN:
        if (lake / name).is_dir():
            (place / name).symlink_to((lake / name).resolve())
    for name in RECORDS:
        if (kept := published_folder(lake) / name).is_dir():
            (published / name).symlink_to(kept.resolve())
    for file in published_folder(lake).glob("*.duckdb"):
        (published / file.name).symlink_to(file.resolve())


def stand(lake: Path, snapshot: Snapshot) -> None:
    """Puts a snapshot that was built aside, and the record of what it was made from, beside the others of its lake.

    Raises:
        LakeBusyError: somebody is publishing.
    """
    aside, published = snapshot.path.parent, published_folder(lake)
    with only_writer(published):
        for name in RECORDS:
            (published / name).mkdir(exist_ok=True)
            for made in () if (aside / name).is_symlink() else (aside / name).iterdir():
                if not (published / name / made.name).exists():
                    made.rename(published / name / made.name)
        if not snapshot.path.is_symlink() and not (published / snapshot.path.name).exists():
            snapshot.path.rename(published / snapshot.path.name)

"""What was delivered and is not taken in yet: files and folders below `inbox/<layout>/`, each of them one delivery.

The inbox is only read, so it may be a share that others write to. What was taken in or refused is known by its name,
sizes and times, and not read again; the same name with other contents is a new delivery. A delivery counts from the day
in its name (2025-04-01, 20250401), else from the day of the run.
"""

import datetime as dt
import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from efficacy_analytics.workflows.operation.catalogue import RunRecord
from efficacy_analytics.workflows.operation.schedule_file import Inbox

DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload")


@dataclass(frozen=True)
class Entry:
    """One delivery that lies in the inbox.

    Attributes:
        layout: the layout's name: its folder's; empty where it lies in no layout's folder.
        path: the file or folder.
        named_on: the day in its name, if there is one.
        identity: the hash of the names, sizes and times of its files.
        written_at: when the last of them was written, in seconds of the epoch.
    """

    layout: str
    path: Path
    named_on: dt.date | None
    identity: str
    written_at: float


def inbox_folder(lake: Path, inbox: Inbox) -> Path:
    """Where deliveries are laid."""
    return lake / Path(inbox.folder).expanduser()


def new_entries(lake: Path, inbox: Inbox, records: Iterable[RunRecord]) -> list[Entry]:
    """What lies in the inbox and was neither taken in nor refused, in the order in which it counts.

    What is still being written to (younger than `settle_seconds`, or with a name that says so) is left for the next
    run.
    """
    known = {one["identity"] for record in records for one in (*record.taken_in, *record.refused)}
    settled = [one for one in _entries(lake, inbox) if not _is_young(one, inbox)]
    new = [one for one in settled if one.identity not in known]
    return sorted(new, key=lambda one: (one.named_on or dt.date.max, one.layout, one.path.name))


def young_count(lake: Path, inbox: Inbox) -> int:
    """How many deliveries were written to so lately that they may not be whole yet: the next run looks at them."""
    return sum(_is_young(one, inbox) for one in _entries(lake, inbox))


def _is_young(entry: Entry, inbox: Inbox) -> bool:
    return entry.written_at > time.time() - inbox.settle_seconds


def _entries(lake: Path, inbox: Inbox) -> list[Entry]:
    places = sorted(inbox_folder(lake, inbox).glob("[!.]*"))
    inside = [(place.name, path) for place in places if place.is_dir() for path in sorted(place.glob("[!.]*"))]
    found = [_entry(layout, path) for layout, path in [*inside, *(("", one) for one in places if one.is_file())]]
    return [one for one in found if one]


def _entry(layout: str, path: Path) -> Entry | None:
    """What is known of a delivery without reading it; none where it is unfinished, empty or gone meanwhile."""
    files = sorted(file for file in path.rglob("[!.]*") if file.is_file()) if path.is_dir() else [path]
    if not files or any(file.suffix.lower() in UNFINISHED for file in (path, *files)):
        return None
    try:
        stats = [(file.relative_to(path.parent).as_posix(), file.stat()) for file in files]
    except FileNotFoundError:
        return None
    text = "\n".join(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in stats)
    identity = hashlib.sha256(f"{layout}\n{text}".encode()).hexdigest()
    return Entry(layout, path, _day_in(path.name), identity, max(stat.st_mtime for _, stat in stats))


def _day_in(name: str) -> dt.date | None:
    for found in DAY.finditer(name):
        try:
            return dt.date(*(int(part) for part in found.groups()))
        except ValueError:
            continue
    return None

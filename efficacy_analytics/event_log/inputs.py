"""All that a snapshot follows from, kept beside it: equal content is known, and one that was pruned can be made again.

`published/inputs/<snapshot>.json` says which deliveries, which reference files, which settings of the clock and which
code a snapshot was made from. The reference files themselves are kept once for each content, in `published/reference/`:
a file of the lake may change afterwards. Records and reference files stay when their snapshot is pruned.
"""

import datetime as dt
import hashlib
import hmac
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from efficacy_analytics import __version__
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.snapshots import (
    SCHEMA_VERSION,
    Snapshot,
    no_snapshot,
    published_folder,
    record_file,
    replaced,
    snapshots,
)
from efficacy_analytics.lake.delivery import Delivery, deliveries
from efficacy_analytics.settings import ClockSettings, reference_directory
from efficacy_analytics.system.code import code_sha256
from efficacy_analytics.system.disk import file_sha256, read_record

REFERENCE_KINDS = (".bpmn", ".csv", ".toml")
LAYOUTS = "layouts"  # a layout is kept in the record of each delivery that used it


@dataclass(frozen=True)
class Inputs:
    """What a snapshot is made from.

    Attributes:
        deliveries: in the order in which they count.
        reference: the folder of what the office keeps by hand.
        reference_sha256: the hash of its files that count.
        clock: the settings of counting.
        as_on: the day for which open cases are judged; null for the last day in the data.
        code_version: the version of the program.
        code_sha256: the hash of its files.
        schema_version: the version of the tables.
    """

    deliveries: Sequence[Delivery]
    reference: Path
    reference_sha256: str
    clock: ClockSettings
    as_on: dt.date | None
    code_version: str = __version__
    code_sha256: str = ""
    schema_version: int = SCHEMA_VERSION

    def facts(self) -> dict[str, Any]:
        """The inputs as plain values, as the record of a snapshot holds them."""
        return {
            "deliveries": [_delivery_facts(one) for one in self.deliveries],
            "reference_sha256": self.reference_sha256,
            "clock": asdict(self.clock),
            "as_on": self.as_on.isoformat() if self.as_on else None,
            "code_version": self.code_version,
            "code_sha256": self.code_sha256,
            "schema_version": self.schema_version,
        }

    @property
    def content_sha256(self) -> str:
        """The hash of them all: snapshots of one hash hold the same."""
        return hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()

    @property
    def disclosure_key(self) -> str:
        """The secret by which counts are moved before they are published, in hexadecimal digits.

        It is a keyed hash of the oldest delivery's files, so that it stays the same from snapshot to snapshot, and is
        known to those alone who have these files. No document carries it, nor the hashes of the files.
        """
        oldest = min(self.deliveries, key=lambda one: (one.delivered_on, one.number))
        files = sorted(str(file["sha256"]) for file in oldest.files) or sorted(oldest.sha256.values())
        return hmac.digest(b"what is published of a lake", json.dumps(files).encode(), "sha256").hex()


def inputs_now(lake: Path, chosen: Sequence[Delivery], as_on: dt.date | None, clock: ClockSettings) -> Inputs:
    """What a snapshot of some deliveries would be made from now; its reference files are laid out where it is built."""
    folder, sha256 = _reference_now(lake)
    return Inputs(chosen, folder, sha256, clock, as_on, code_sha256=code_sha256())


def recorded_inputs(lake: Path, name: str) -> tuple[Inputs, str]:
    """What a snapshot was made from, and its `content_sha256`.

    Raises:
        CallError: there never was a snapshot of that name, or an earlier version built it.
        CheckFailedError: the record, a delivery or a reference file is no more as it was.
    """
    file = record_file(lake, name)
    if not file.is_file():
        raise no_snapshot(lake, name)
    facts = read_record(file, hint="restore it from a copy")
    kept = _reference_folder(lake, facts["reference_sha256"])
    if _sha256(_contents(kept)) != facts["reference_sha256"]:
        raise CheckFailedError(f"{kept} is missing or was changed.", hint="restore it from a copy")
    inputs = Inputs(
        [_found(lake, one, name) for one in facts["deliveries"]], kept, facts["reference_sha256"],
        ClockSettings(**facts["clock"]), dt.date.fromisoformat(facts["as_on"]) if facts["as_on"] else None,
        facts["code_version"], facts["code_sha256"], facts["schema_version"],
    )  # fmt: skip
    return inputs, str(facts["content_sha256"])


def draft_record(
    lake: Path, snapshot: Snapshot, inputs: Inputs, built: Path, *, buckets: Sequence[dict[str, Any]] = ()
) -> None:
    """Writes what a snapshot was made from, and the size and hash of its file, beside the draft of the snapshot.

    Args:
        lake: the lake's folder.
        snapshot: the snapshot.
        inputs: what it was made from.
        built: its file.
        buckets: those of which a cluster computed it, each with its hashes; they change nothing in it.
    """
    facts: dict[str, Any] = {"snapshot": snapshot.name, "content_sha256": snapshot.content_sha256}
    facts |= {"file_bytes": built.stat().st_size, "file_sha256": file_sha256(built)}
    if buckets:
        facts["buckets"] = list(buckets)
    replaced(_record_draft(lake, snapshot), json.dumps(facts | inputs.facts(), indent=1) + "\n")


def keep(lake: Path, snapshot: Snapshot, inputs: Inputs) -> None:
    """Puts the drafts of a snapshot's record and of its reference files in their places, before the snapshot itself."""
    kept, file = _reference_folder(lake, inputs.reference_sha256), record_file(lake, snapshot.name)
    for folder in (kept.parent, file.parent):
        folder.mkdir(exist_ok=True)
    if inputs.reference != kept:
        shutil.rmtree(kept, ignore_errors=True)  # it was damaged, if it was there
        inputs.reference.rename(kept)
    if _record_draft(lake, snapshot).is_file():
        _record_draft(lake, snapshot).rename(file)


def standing(lake: Path, content_sha256: str) -> Snapshot | None:
    """A snapshot that holds this content already, its file whole; none where there is no such."""
    for name in reversed(snapshots(lake)):
        path, file = published_folder(lake) / f"{name}.duckdb", record_file(lake, name)
        if name.startswith(content_sha256[:12]) and file.is_file():
            facts = read_record(file, hint="remove it")
            if facts["content_sha256"] == content_sha256 and facts["file_sha256"] == file_sha256(path):
                return Snapshot(name, path, content_sha256)
    return None


def _delivery_facts(delivery: Delivery) -> dict[str, Any]:
    """What of a delivery decides what it adds."""
    return {
        "delivery": delivery.delivery,
        "delivered_on": delivery.delivered_on.isoformat(),
        "corrects": delivery.corrects,
        "sha256": dict(delivery.sha256),
    }


def _found(lake: Path, facts: dict[str, Any], snapshot: str) -> Delivery:
    for delivery in deliveries(lake):
        if _delivery_facts(delivery) == facts:
            return delivery
    raise CheckFailedError(
        f"delivery {facts['delivery']}, of which snapshot '{snapshot}' was made, is no more as it was.",
        hint=f"restore {lake / 'accepted' / facts['delivery']} from a copy",
    )


def _reference_folder(lake: Path, sha256: str) -> Path:
    return published_folder(lake) / "reference" / sha256[:12]


def _record_draft(lake: Path, snapshot: Snapshot) -> Path:
    return published_folder(lake) / f".{snapshot.name}.json.draft"


def _reference_now(lake: Path) -> tuple[Path, str]:
    """The lake's reference files as they are now, and their hash: the copy that is kept, or the draft of one."""
    contents = _contents(reference_directory(lake))
    kept = _reference_folder(lake, sha256 := _sha256(contents))
    if kept.is_dir() and _contents(kept) == contents:
        return kept, sha256
    draft = published_folder(lake) / f".reference-{kept.name}.draft"
    draft.mkdir()
    for name, content in contents.items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(content)
    return draft, sha256


def _contents(folder: Path) -> dict[str, bytes]:
    """The reference files that count, by their path."""
    files = {file.relative_to(folder): file for file in folder.rglob("*") if file.suffix in REFERENCE_KINDS}
    return {name.as_posix(): file.read_bytes() for name, file in sorted(files.items()) if name.parts[0] != LAYOUTS}


def _sha256(contents: dict[str, bytes]) -> str:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()

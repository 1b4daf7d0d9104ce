"""A delivery that was taken in: what it was, how it was read, and what became of its rows."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.system.disk import read_record

RECORD = "delivery.json"


@dataclass(frozen=True)
class Delivery:
    """The record of a delivery, kept beside its accepted rows as `delivery.json`.

    Attributes:
        delivery: its name, `<layout>-<12 hex of the content and the layout>`.
        number: the how-manieth it was in this lake, from 1; of two of one day the higher is the later.
        layout: the layout's name.
        layout_content: the layout as it was used, constants included.
        source: the first half of the business key of its cases.
        time_zone: the zone of its wall clock; null where every stamp has an offset of its own.
        calendar: which working days count.
        verdict_by: "date" or "instant".
        office_hours: as the layout writes them; empty where the calendar's own hold.
        activity_order: the activities in the order in which they first occur.
        delivered_on: the day it was taken in, unless another was said.
        files: per file `name`, `table`, `sha256`, `bytes`.
        rows: per table `received`, `accepted`, `refused`, `refused_by_rule`.
        written: per table the number of accepted rows in its file: a joined start and a step under way are accepted
            without being an event of their own.
        folder: where the accepted tables lie.
        pseudonyms: `algorithm` and `key_fingerprint` of the key; empty where the layout calls no column personal.
        corrects: the delivery whose refused rows came back corrected; null where it is none of corrections.
        sha256: per table the SHA-256 of its accepted file; empty where an earlier version took it in.
        notices: what of it was not used or was taken otherwise, as `notices.Notice` has it.
    """

    delivery: str
    number: int
    layout: str
    layout_content: Mapping[str, Any]
    source: str
    time_zone: str | None
    calendar: str
    verdict_by: str
    office_hours: Mapping[str, Any]
    activity_order: Sequence[str]
    delivered_on: dt.date
    files: Sequence[Mapping[str, Any]]
    rows: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, int]
    folder: Path
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    corrects: str | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[Mapping[str, Any]] = ()

    def record(self) -> str:
        """The text of `delivery.json`."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self) if entry.name != "folder"}
        return json.dumps(values | {"delivered_on": self.delivered_on.isoformat()}, ensure_ascii=False, indent=1) + "\n"


def recorded(folder: Path) -> Delivery:
    """The delivery whose accepted rows lie in the folder.

    Raises:
        CheckFailedError: its record is damaged.
    """
    values = read_record(folder / RECORD, hint=_repaired_by(folder))
    try:
        return Delivery(**values | {"delivered_on": dt.date.fromisoformat(values["delivered_on"]), "folder": folder})
    except (KeyError, TypeError, ValueError):
        raise CheckFailedError(f"{folder / RECORD} is damaged.", hint=_repaired_by(folder)) from None


def deliveries(lake: Path) -> list[Delivery]:
    """The deliveries of a lake, in the order in which they count: a later one replaces the cases of an earlier one.

    Raises:
        CheckFailedError: the record of one is missing or damaged.
    """
    found = [recorded(folder) for folder in (lake / "accepted").glob("[!.]*") if folder.is_dir()]
    return sorted(found, key=lambda one: (one.delivered_on, one.number, one.delivery))


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each accepted table in a folder."""
    return {file.stem: _sha256(file) for file in sorted(folder.glob("*.parquet"))}


def check_whole(deliveries: Sequence[Delivery]) -> None:
    """Refuses accepted files that are not those that intake wrote.

    Raises:
        CheckFailedError: a file is missing or was changed.
    """
    for delivery in deliveries:
        there = hashes(delivery.folder) if delivery.sha256 else {}
        for table, sha256 in delivery.sha256.items():
            if there.get(table) != sha256:
                raise CheckFailedError(
                    f"the accepted {table} of delivery {delivery.delivery} are missing or damaged.",
                    hint=_repaired_by(delivery.folder),
                )


def _repaired_by(folder: Path) -> str:
    original = folder.parent.parent / "exports" / folder.name
    return f"restore {folder} from a copy, or remove it and take {original} in again by the same layout and day"


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""A delivery that was taken in: what it was, how it was read, and what became of its rows."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

    def record(self) -> str:
        """The text of `delivery.json`."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self) if entry.name != "folder"}
        return json.dumps(values | {"delivered_on": self.delivered_on.isoformat()}, ensure_ascii=False, indent=1) + "\n"


def recorded(folder: Path) -> Delivery:
    """The delivery whose accepted rows lie in the folder."""
    values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return Delivery(**values | {"delivered_on": dt.date.fromisoformat(values["delivered_on"]), "folder": folder})


def deliveries(lake: Path) -> list[Delivery]:
    """The deliveries of a lake, in the order in which they count: a later one replaces the cases of an earlier one."""
    found = [recorded(record.parent) for record in (lake / "accepted").glob(f"*/{RECORD}")]
    return sorted(found, key=lambda one: (one.delivered_on, one.number, one.delivery))

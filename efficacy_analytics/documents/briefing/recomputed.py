"""The findings of a document, made again from the snapshot that it names."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from efficacy_analytics.documents.briefing.evidence import DECIDING_SETTINGS, SNAPSHOT_FACTS
from efficacy_analytics.documents.briefing.office import check_office
from efficacy_analytics.documents.conditions import check_condition
from efficacy_analytics.errors import CheckFailedError
from efficacy_analytics.event_log.build import at_hand
from efficacy_analytics.event_log.cohort import Cohort, choose
from efficacy_analytics.event_log.snapshots import Snapshot, open_snapshot
from efficacy_analytics.findings.catalogue.tables import table
from efficacy_analytics.findings.disclosure.public_findings import needed
from efficacy_analytics.settings import Settings, kept_values
from efficacy_analytics.system.disk import file_sha256

HINT: Final = "the document was changed, or made by another version; `efficacy brief` makes it again"


@dataclass(frozen=True)
class Recomputed:
    """The findings of a document, made again."""

    manifest: dict[str, Any]
    tables: dict[str, pl.DataFrame]

    def table(self, name: str) -> pl.DataFrame:
        """A recomputed table by its name."""
        return self.tables[name]


def recomputed(manifest: dict[str, Any], lake: Path, in_force: Settings) -> Recomputed:
    """The tables made again, from the snapshot and the cohort that a document names, under the same settings.

    Raises:
        CallError: the lake never had the snapshot.
        CheckFailedError: the settings, or the office's words in them, are others.
    """
    check_office(manifest.get("office_sha256"))
    mine = kept_values(in_force)
    for name in DECIDING_SETTINGS:
        if mine[name] != manifest["settings"].get(name):
            raise CheckFailedError(
                f"the page was made with other settings of '{name}'.", hint="use the settings.toml it was made with"
            )
    check_condition(lake, manifest["cohort"]["where"])
    with at_hand(lake, manifest["snapshot"]["snapshot"], in_force=in_force) as found:
        names = tuple(needed(manifest["tables"]))
        cohort = _cohort(manifest["cohort"])
        facts, tables = _answered(found, file_sha256(found.path), cohort, names, in_force)
    told = (*SNAPSHOT_FACTS, "notices", "disclosure_key")  # of these two a page shows what follows from them
    snapshot = {name: str(value) for name, value in facts.items() if name in told and value is not None}
    return Recomputed({**manifest, "snapshot": snapshot}, tables)


@lru_cache(maxsize=4)
def _answered(
    snapshot: Snapshot, _sha256: str, cohort: Cohort, names: tuple[str, ...], in_force: Settings
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """What a snapshot says of itself, and its tables for a cohort: made once for all documents of one run.

    The hash of the snapshot's file is asked for because it decides the answer too.
    """
    with open_snapshot(snapshot, in_force=in_force) as log:
        tables: dict[str, pl.DataFrame] = {}
        for is_of_history, chosen in ((False, cohort), (True, cohort.history)):
            choose(log, chosen)
            made = [name for name in names if table(name).is_of_history == is_of_history]
            tables |= {name: table(name).make(log) for name in made}
        return log.run("snapshot_facts").row(0, named=True), tables


def _cohort(told: dict[str, str | None]) -> Cohort:
    days = [dt.date.fromisoformat(day) if day else None for day in (told["accepted_from"], told["accepted_until"])]
    return Cohort(days[0], days[1], told["department"], told["item"], told["where"])

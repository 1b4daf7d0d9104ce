"""The data a page carries, so that anyone can check it: the tables it shows, exactly, and what they were made from."""

import json
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style.scripts import inside_script
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.documents.briefing.office import office_sha256
from efficacy_analytics.documents.briefing.parameters import BriefingParameters
from efficacy_analytics.documents.briefing.sections import SECTIONS
from efficacy_analytics.findings.disclosure.public_findings import TOTALS

NAME_TABLES: Final = ("activity_names", "department_names", "item_names")
SNAPSHOT_FACTS: Final = ("snapshot", "content_sha256", "as_on", "code_version", "calendars")
DECIDING_SETTINGS: Final = ("bootstrap", "clock", "disclosure", "guarantee", "honesty", "map")


def tables_shown(findings: Findings) -> list[str]:
    """The tables of the run that the sections read, names included."""
    shown = [section for section in SECTIONS.values() if section.is_shown(findings)]
    wanted = [*(name for section in shown for name in section.tables), *NAME_TABLES, TOTALS]
    return [name for name in dict.fromkeys(wanted) if name in findings.manifest["tables"]]


def manifest_kept(findings: Findings, tables: Iterable[str] | None = None) -> dict[str, Any]:
    """What determines the figures, without times and places: the same for the same run everywhere.

    Args:
        findings: the run.
        tables: those that are shown; by default those of a briefing.
    """
    manifest = findings.manifest
    return {
        "run": manifest["run"],
        "cohort": manifest["cohort"],
        "snapshot": {name: manifest["snapshot"].get(name) for name in SNAPSHOT_FACTS},
        "settings": {name: manifest["settings"][name] for name in DECIDING_SETTINGS},
        "code_version": manifest["code_version"],
        "code_sha256": manifest.get("code_sha256"),
        "office_sha256": office_sha256(),
        "tables": tables_shown(findings) if tables is None else _there(findings, tables),
    }


def origin_of(
    findings: Findings, parameters: BriefingParameters, kind: str = "briefing", tables: Iterable[str] | None = None
) -> dict[str, Any]:
    """All that decides what a document says: its kind, what was asked, and what its figures were made from."""
    asked = parameters.model_dump(mode="json", exclude={"lake", "run"})
    return {"kind": kind, "parameters": asked, "manifest": manifest_kept(findings, tables)}


def _there(findings: Findings, tables: Iterable[str]) -> list[str]:
    return [name for name in (*tables, *NAME_TABLES, "log_summary", TOTALS) if name in findings.manifest["tables"]]


def tables_kept(findings: Findings, names: Iterable[str]) -> dict[str, Any]:
    """Tables as plain values: their columns with types, and their rows."""
    return {name: plain(findings.table(name)) for name in names}


def plain(frame: pl.DataFrame) -> dict[str, Any]:
    """A frame as its columns with types, and its rows in that order; numbers exact, times in ISO 8601."""
    times = pl.selectors.temporal() - pl.selectors.duration()
    lasting = pl.selectors.duration().dt.total_microseconds()
    written = frame.with_columns(times.dt.to_string("iso"), lasting)
    return {
        "columns": {name: str(kind) for name, kind in frame.schema.items()},
        "rows": json.loads(_json([list(row) for row in written.rows()])),
    }


def json_inside_page(value: Any) -> str:
    """JSON that cannot leave the script element it stands in; names keep their order, that of the values."""
    return inside_script(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)

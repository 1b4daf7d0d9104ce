"""Figures of all departments together, as the tables of a run give them."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from efficacy_analytics.charts.style import numbers as figures
from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.findings.disclosure.public_findings import TOTALS
from efficacy_analytics.findings.disclosure.public_groups import fewest_judged
from efficacy_analytics.vocabulary import NOT_RECORDED, TERMS, VALUES, Language, Words, heading

OF_WHAT_IS_SHOWN: Words = {
    "zh": "公开版中，占比是在所列各项合计中的比例：件数过少、未列的各项不计在内。",
    "en": "In the public edition shares are of what is shown: what has too few cases is left out of the whole too.",
}

ITEMS: Final[dict[str, Words]] = {
    "own": {"zh": "{count} 个事项", "en": "{count} {count:item|items}"},
    "shared": {"zh": "{count} 个部门事项（多个部门办理的同一事项，按部门各计一个）",
               "en": "{count} {count:item|items} of departments (one that several share counts for each)"},
}  # fmt: skip
"""An item of several departments has a row for each of them."""


def is_for_the_public(findings: Findings) -> bool:
    """Whether findings are those of the public edition, whose shares are of what is shown and not of all there is."""
    return TOTALS in findings.manifest["tables"]


def has_completed(findings: Findings) -> bool:
    """Whether some case is completed: of open cases those alone are judged that are late, and none is on time."""
    completed = findings.table("departments")["completed_count"].drop_nulls()
    return completed.is_empty() or total(completed) > 0


def overall_share(findings: Findings) -> float | None:
    """The share on time of all departments together; none where nothing could be judged, or nothing is completed."""
    if not has_completed(findings):
        return None
    shares = findings.table("departments")["overall_on_time_share"].drop_nulls()
    return float(shares[0]) if shares.len() else None


def total_of(findings: Findings, table: str, column: str, kind: str = "") -> float | None:
    """The sum of a column over all rows of a table; none where it is withheld.

    Args:
        findings: of the public edition the sums are kept apart, for its rows do not give them.
        table: the table.
        column: its column.
        kind: only the rows of this `kind`.
    """
    if not is_for_the_public(findings):
        rows = findings.table(table)
        return total((rows.filter(pl.col("kind") == kind) if kind else rows)[column])
    name = f"{table} {kind}" if kind else table
    kept = findings.table(TOTALS).filter((pl.col("table") == name) & (pl.col("column") == column))["value"]
    return float(kept[0]) if kept.len() and kept[0] is not None else None if kept.len() else 0.0


def total(column: pl.Series) -> float:
    """The sum of a column of figures; 0 where there are none."""
    return float(column.sum() or 0)


def share_of_cases(findings: Findings, part: float | None, whole: float | None) -> float | None:
    """A share of cases; none where a count is withheld, or the public edition tells no share of so few.

    Args:
        findings: as the edition shows them.
        part: how many of them.
        whole: of how many cases.
    """
    if part is None or not whole:
        return None
    is_public = is_for_the_public(findings)
    fewest = findings.manifest["settings"]["disclosure"]["fewest_cases"] if is_public else 1
    return part / whole if whole >= fewest_judged(fewest) else None


def items_said(rows: pl.DataFrame, language: Language) -> str:
    """How many items a table of limits has: "3 items"; items of departments, where several share one.

    Args:
        rows: one per item and department, with `item`, and `item_code` where `item` is a name.
        language: "zh" or "en".
    """
    item = "item_code" if "item_code" in rows.columns else "item"
    kind = "shared" if rows[item].n_unique() < rows.height else "own"
    count = figures.count(rows.height, language)
    return ITEMS[kind][language].format(count=count)


def has_limits(counts: Mapping[str, Any]) -> bool:
    """Whether some case has a time limit: it was judged, is not due yet, or is judged apart.

    Args:
        counts: a row of `on_time` or `departments`, or its sums.
    """
    return any(counts[name] for name in ("judged_count", "not_yet_due_count", "green_lane_count"))


def late_count(counts: Mapping[str, Any]) -> float | None:
    """The late cases; none, and not 0, where no case could be judged."""
    value: float | None = None if counts["judged_count"] == 0 else counts["late_count"]
    return value


def late_figure(counts: Mapping[str, Any], language: Language) -> tuple[str, str]:
    """The late cases as a key figure; where none could be judged a dash, and why in its name.

    Args:
        counts: a row of `on_time` or `departments`, or its sums.
        language: "zh" or "en".
    """
    name = heading("late_count", language)
    if late_count(counts) is not None:
        return name, figures.count(counts["late_count"], language)
    why = why_no_late(counts)[language]
    return f"{name}（{why}）" if language == "zh" else f"{name} ({why})", TERMS["none"][language]


def why_no_late(counts: Mapping[str, Any]) -> Words:
    """Why no late cases are told: no limit is recorded, none has come due, or those that have are withheld as few."""
    if counts["judged_count"] != 0:
        return VALUES["few_cases"]
    return VALUES["nothing_due"] if has_limits(counts) else NOT_RECORDED["limit"]

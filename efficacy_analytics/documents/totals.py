"""Figures of all departments together, as the tables of a run give them."""

import polars as pl

from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.findings.disclosure.public_findings import TOTALS


def overall_share(findings: Findings) -> float | None:
    """The share on time of all departments together; none where nothing could be judged."""
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
    if TOTALS not in findings.manifest["tables"]:
        rows = findings.table(table)
        return total((rows.filter(pl.col("kind") == kind) if kind else rows)[column])
    name = f"{table} {kind}" if kind else table
    kept = findings.table(TOTALS).filter((pl.col("table") == name) & (pl.col("column") == column))["value"]
    return float(kept[0]) if kept.len() and kept[0] is not None else None if kept.len() else 0.0


def total(column: pl.Series) -> float:
    """The sum of a column of figures; 0 where there are none."""
    return float(column.sum() or 0)

"""Figures of all departments together, as the tables of a run give them."""

import polars as pl

from efficacy_analytics.documents.blocks import Findings
from efficacy_analytics.findings.disclosure.public_findings import TOTALS
from efficacy_analytics.vocabulary import Words

OF_WHAT_IS_SHOWN: Words = {
    "zh": "公开版中，占比是在所列各项合计中的比例：件数过少、未列的各项不计在内。",
    "en": "In the public edition shares are of what is shown: what has too few cases is left out of the whole too.",
}


def is_for_the_public(findings: Findings) -> bool:
    """Whether findings are those of the public edition, whose shares are of what is shown and not of all there is."""
    return TOTALS in findings.manifest["tables"]


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
    if not is_for_the_public(findings):
        rows = findings.table(table)
        return total((rows.filter(pl.col("kind") == kind) if kind else rows)[column])
    name = f"{table} {kind}" if kind else table
    kept = findings.table(TOTALS).filter((pl.col("table") == name) & (pl.col("column") == column))["value"]
    return float(kept[0]) if kept.len() and kept[0] is not None else None if kept.len() else 0.0


def total(column: pl.Series) -> float:
    """The sum of a column of figures; 0 where there are none."""
    return float(column.sum() or 0)

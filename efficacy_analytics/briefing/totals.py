"""Figures of all departments together, as the tables of a run give them."""

import polars as pl

from efficacy_analytics.briefing.blocks import Findings


def overall_share(findings: Findings) -> float | None:
    """The share on time of all departments together; none where nothing could be judged."""
    shares = findings.table("departments")["overall_on_time_share"].drop_nulls()
    return float(shares[0]) if shares.len() else None


def total(column: pl.Series) -> float:
    """The sum of a column of figures; 0 where there are none."""
    return float(column.sum() or 0)

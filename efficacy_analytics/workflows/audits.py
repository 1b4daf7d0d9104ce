"""Reads what an audit of a sample of cases found, as an office fills it in."""

from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.errors import CallError

ANSWERS: Final = {
    **dict.fromkeys(("true", "yes", "1", "是"), True),
    **dict.fromkeys(("false", "no", "0", "否"), False),
}
COLUMNS: Final = ("department", "is_late", "stratum_case_count", "is_found")


def read_audited(file: Path) -> pl.DataFrame:
    """The sample in a CSV file, with what was found: yes, no, or nothing where a case was not looked at.

    Returns:
        One row per case: `department`, `is_late`, `stratum_case_count`, `is_found`.

    Raises:
        CallError: a column is missing, or a cell cannot be read.
    """
    try:
        rows = pl.read_csv(file, infer_schema=False).select(COLUMNS)
        return rows.with_columns(
            pl.col("stratum_case_count").cast(pl.Int64),
            *(_answers(rows[name]) for name in ("is_late", "is_found")),
        )
    except pl.exceptions.PolarsError as fault:
        raise CallError(
            f"{file.name} cannot be read as an audited sample: {str(fault).splitlines()[0]}",
            hint="the columns of audit_sample as CSV, and is_found: yes, no, or empty",
        ) from None


def _answers(cells: pl.Series) -> pl.Series:
    said = cells.str.strip_chars().str.to_lowercase().replace("", None)
    unknown = said.drop_nulls().filter(~said.drop_nulls().is_in(list(ANSWERS)))
    if unknown.len():
        raise CallError(f"{cells.name} says '{unknown[0]}'.", hint=f"one of: {', '.join(ANSWERS)}")
    return said.replace_strict(ANSWERS, return_dtype=pl.Boolean)

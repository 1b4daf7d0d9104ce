"""The ladder of warnings an office declares in `warnings.csv`: when a reminder, a yellow and a red card fall due.

No national threshold is known; local rules differ, so the ladder is data and not code.
"""

from pathlib import Path
from typing import Final

import polars as pl

from efficacy_analytics.clock.reference import reference_rows, typed_row
from efficacy_analytics.errors import CallError

LADDER: Final = {
    "warning": pl.String, "scope": pl.String, "level": pl.String, "measure": pl.String, "threshold": pl.Float64,
    "length": pl.Int32, "item": pl.String, "department": pl.String, "valid_from": pl.Date, "valid_until": pl.Date,
    "name_zh": pl.String, "name_en": pl.String, "source_zh": pl.String, "source_en": pl.String,
}  # fmt: skip
KNOWN: Final = {
    "scope": ("case", "stage", "complaint"),
    "level": ("reminder", "yellow", "red"),
    "measure": ("working_days_left", "used_share", "past_due"),
}


def warning_ladder(reference: Path) -> pl.DataFrame:
    """The rows of `warnings.csv`, in the order of the file; none where the lake keeps no such file.

    Raises:
        CallError: a scope, level or measure is unknown, a name stands twice, a threshold is missing or is no number, or
            a complaint has no length.
    """
    path = reference / "warnings.csv"
    rows = [typed_row(row, LADDER, path) for row in reference_rows(path, *LADDER)]
    table = pl.DataFrame(rows, schema=LADDER, orient="row")
    for column, known in KNOWN.items():
        unknown = sorted(set(table[column].fill_null("")) - set(known))
        if unknown:
            raise CallError(f"{path} has the unknown {column} {unknown[0]!r}.", hint=f"known: {', '.join(known)}")
    if table["warning"].is_null().any() or table["warning"].is_duplicated().any():
        raise CallError(f"{path} names a warning twice, or not at all.", hint="give each row a name of its own")
    if table.filter((pl.col("measure") != "past_due") & pl.col("threshold").is_null()).height:
        raise CallError(f"{path} has a warning without its threshold.", hint="only past_due needs none")
    if table.filter((pl.col("scope") == "complaint") & pl.col("length").is_null()).height:
        raise CallError(f"{path} has a warning of complaints without a length.", hint="write its working days")
    return table

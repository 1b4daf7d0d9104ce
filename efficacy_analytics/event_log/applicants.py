"""Which activities are the applicant's own: what happens before them waits for the applicant, not for the office."""

from pathlib import Path

import polars as pl

from efficacy_analytics.clock.reference import reference_rows
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine


def build_applicant_activities(engine: DuckdbEngine, reference: Path) -> None:
    """Makes the table `applicant_activities`: those that have the role `applicant` in `activity_roles.csv`.

    Args:
        engine: the building engine.
        reference: the folder of what the office keeps by hand.
    """
    rows = reference_rows(reference / "activity_roles.csv", "activity", "role")
    named = sorted({row["activity"] for row in rows if row["role"] == "applicant"})
    engine.put("applicant_activities", pl.DataFrame({"activity": named}, schema={"activity": pl.String}))

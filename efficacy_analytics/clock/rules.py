"""What stops or moves the clock, by law or by the office's own rule: a table, not code.

`reference/clock_rules.csv` says of each kind what it does: `stops` (its days are taken out), `extends` (lengthens the
limit), `excludes` (outside the promised limit), `ends` (the case is over), `none`. `reference/stage_limits.csv` holds
limits of single stages or activities inside a case. `has_ground` says whether the licensing law names a kind among what
does not count: a stop without such a ground still stops the clock, and is counted.
"""

from pathlib import Path

import polars as pl

from efficacy_analytics.clock.limits import UNITS
from efficacy_analytics.clock.reference import reference_rows, typed_row
from efficacy_analytics.errors import CallError

EFFECTS = ("stops", "extends", "excludes", "ends", "none")
RULE_SCHEMA = {
    "kind": pl.String,
    "effect": pl.String,
    "default_extension_days": pl.Int32,
    "notice_within_working_days": pl.Int32,
    "name_zh": pl.String,
    "name_en": pl.String,
    "source_zh": pl.String,
    "source_en": pl.String,
    "has_ground": pl.Boolean,
}
OPTIONAL = "has_ground"
"""The column that a table kept from before may lack: all its stops have a ground."""
STAGE_SCHEMA = {
    "stage": pl.String,
    "activity": pl.String,
    "item": pl.String,
    "department": pl.String,
    "length": pl.Int32,
    "unit": pl.String,
    "valid_from": pl.Date,
    "valid_until": pl.Date,
    "name_zh": pl.String,
    "name_en": pl.String,
    "source_zh": pl.String,
    "source_en": pl.String,
}


def clock_rules(reference: Path) -> pl.DataFrame:
    """The rules of special procedures, one row a kind, in the order of the file.

    Raises:
        CallError: a kind stands twice, an effect is unknown, or a ground is neither true nor false.
    """
    path = reference / "clock_rules.csv"
    rows = [{OPTIONAL: "", **row} for row in reference_rows(path, *(name for name in RULE_SCHEMA if name != OPTIONAL))]
    table = pl.DataFrame([typed_row(row, RULE_SCHEMA, path) for row in rows], schema=RULE_SCHEMA, orient="row")
    if table["kind"].is_duplicated().any():
        raise CallError(f"{path} has a kind twice.", hint="keep one row a kind")
    for effect in table["effect"].unique().to_list():
        if effect not in EFFECTS:
            raise CallError(f"{path} has the unknown effect {effect!r}.", hint=f"known: {', '.join(EFFECTS)}")
    return table


def stage_limits(reference: Path) -> pl.DataFrame:
    """The limits of stages and activities inside a case, one row a limit, in the order of the file.

    Raises:
        CallError: a row names both a stage and an activity, or neither; its unit is not a unit of days.
    """
    path = reference / "stage_limits.csv"
    rows = reference_rows(path, *STAGE_SCHEMA)
    table = pl.DataFrame([typed_row(row, STAGE_SCHEMA, path) for row in rows], schema=STAGE_SCHEMA, orient="row")
    if not (table["stage"].is_null() ^ table["activity"].is_null()).all():
        raise CallError(f"{path} has a row that names not exactly one of stage and activity.", hint="name one of them")
    for unit in table["unit"].unique().to_list():
        if unit not in UNITS or unit in ("hours", "months"):
            raise CallError(f"{path} has the unit {unit!r}.", hint="known: working_days, calendar_days, on_the_spot")
    table = table.with_columns(pl.when(pl.col("unit") == "on_the_spot").then(0).otherwise("length").alias("length"))
    if table["length"].null_count():
        raise CallError(f"{path} has a limit without a length.", hint="give a whole number")
    return table

"""What the protection of small groups costs: by table, which part of the cells is withheld, and which is changed.

    python -m benchmarks.protection LAKE

Compared are the public tables of all cases of a lake with those of the internal edition, row by row. A cell is
a figure that the internal table has: one of a row left out, and one that is null in the public table, are withheld.
"""

import sys
from pathlib import Path

import polars as pl

from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.disclosure.public_findings import MAKERS, TOTALS, Asked, PublicFindings
from efficacy_analytics.settings import settings

KEYS = ("activity", "next_activity", "time_kind", "kind", "stage", "next_stage", "side", "neighbour", "department")
ALSO = ("item", "month", "open_for", "path")
NOT_FIGURES = ("rank", "variant_key")


def cost(lake: Path) -> pl.DataFrame:
    """What each public table withholds and changes.

    Returns:
        One row per table: `table`, `row_count`, `shown_row_count`, `figure_count`, `withheld_share`, `changed_share`
        (of those shown), `change_median` (of the changed, relative).
    """
    with open_log(lake) as log:
        asked = Asked(log, {})
        public = PublicFindings(asked, settings().disclosure.fewest_cases)
        names = [name for name in MAKERS if name != TOTALS and not name.endswith("_names")]
        return pl.DataFrame([_compared(name, asked.table(name), public.table(name)) for name in names])


def _compared(name: str, found: pl.DataFrame, shown: pl.DataFrame) -> dict[str, object]:
    found, shown = (_with_path(rows) for rows in (found, shown))
    keys = [key for key in (*KEYS, *ALSO) if key in found.columns]
    figures = [
        column for column, kind in found.schema.items() if kind.is_numeric() and column not in (*keys, *NOT_FIGURES)
    ]
    both = found.join(shown, on=keys, how="left", nulls_equal=True, suffix=" shown") if keys else found.hstack(
        shown.rename({column: f"{column} shown" for column in shown.columns})
    )  # fmt: skip
    pairs = pl.concat(
        [
            both.select(pl.col(one).cast(pl.Float64).alias("was"), pl.col(f"{one} shown").cast(pl.Float64).alias("is"))
            for one in figures
        ]
        or [pl.DataFrame(schema={"was": pl.Float64, "is": pl.Float64})]
    ).filter(pl.col("was").is_not_null())
    told = pairs.drop_nulls("is")
    changed = told.filter((pl.col("was") - pl.col("is")).abs() > 1e-9 * pl.col("was").abs())
    relative = changed.filter(pl.col("was") != 0).select((pl.col("is") / pl.col("was") - 1).abs().median()).item()
    return {
        "table": name,
        "row_count": found.height,
        "shown_row_count": shown.height,
        "figure_count": pairs.height,
        "withheld_share": round(1 - told.height / pairs.height, 3) if pairs.height else None,
        "changed_share": round(changed.height / told.height, 3) if told.height else None,
        "change_median": None if relative is None else round(relative, 4),
    }


def _with_path(rows: pl.DataFrame) -> pl.DataFrame:
    """A variant by its activities, as text: its number is that of a table."""
    return (
        rows.with_columns(pl.col("activities").list.join(" > ").alias("path")) if "activities" in rows.columns else rows
    )


if __name__ == "__main__":
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_column_data_types=True):
        print(cost(Path(sys.argv[1])))

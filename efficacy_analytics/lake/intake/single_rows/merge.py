"""What came in and what earlier deliveries gave of the same cases, as one: the cases of a delivery are always whole.

Where nothing is carried over, what came in is the whole.
"""

from collections.abc import Mapping

import polars as pl

from efficacy_analytics.lake.contract import tables as contracts
from efficacy_analytics.lake.intake.single_rows.carried_over import PREFIX
from efficacy_analytics.lake.layouts.layout import Layout

STEPS = ("events", "steps_under_way")
OF_CASES = (*STEPS, "clock_stops", "case_notes")


def completed(
    layout: Layout, tables: Mapping[str, pl.DataFrame], *, rows_are_cases: bool, adds_rows: bool = False
) -> dict[str, pl.DataFrame]:
    """The accepted tables of a partition, each case whole.

    A row of its own replaces what was known of its case. A case that is made of its rows keeps what those that came in
    do not say, and is gone with the last of them.

    Args:
        layout: how the delivery is read.
        tables: the rows that came in, by table (`checked_cases`), and those carried over (`carried_rows`).
        rows_are_cases: a case is made of its rows.
        adds_rows: what came in adds to rows without a key; else such rows are those of their case in that table.

    Returns:
        The tables that came in or were carried over, `cases`, and where there are any `deleted_cases` (`case_id`).
    """
    cases, gone = _cases(tables["cases"], tables.get(f"{PREFIX}cases"), rows_are_cases=rows_are_cases)
    whole = {table: rows for table, rows in tables.items() if not table.startswith(PREFIX)}
    for table in OF_CASES:
        carried = tables.get(f"{PREFIX}{table}")
        if carried is not None:
            source = layout.tables.get("events" if table in STEPS else table)
            is_keyed = source is not None and "row_key" in source.columns
            came = whole.get(table)
            if came is not None and not is_keyed:
                if adds_rows:  # a line may come again whole for the sake of one of its steps
                    came = came.join(
                        carried, on=_alike(came, carried), how="anti", nulls_equal=True, maintain_order="left"
                    )
                else:
                    carried = carried.join(came, on="case_id", how="anti", maintain_order="left")
            whole[table] = _with_carried(came, carried, cases, _places(tables), is_keyed=is_keyed)
    if rows_are_cases and f"{PREFIX}cases" in tables:
        ids = pl.concat([whole[table].select("case_id") for table in STEPS if table in whole]).unique()
        empty = tables[f"{PREFIX}cases"].select("case_id").join(ids, on="case_id", how="anti")
        gone = pl.concat([gone, empty])
        cases = cases.join(empty, on="case_id", how="anti", maintain_order="left")
    whole["cases"] = cases.select(*contracts.CASES, *layout.case_extra, *contracts.SOURCE)
    return whole | ({"deleted_cases": gone.unique().sort("case_id")} if gone.height else {})


def _cases(
    came: pl.DataFrame, carried: pl.DataFrame | None, *, rows_are_cases: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases there are now, and the ids of those told to be deleted."""
    is_deleted = pl.col("is_deleted").fill_null(False) if "is_deleted" in came.columns else pl.lit(False)
    there, gone = came.filter(~is_deleted), came.filter(is_deleted).select("case_id")
    if carried is None:
        return there, gone
    known = carried.join(gone, on="case_id", how="anti", maintain_order="left")
    there = _filled(there, known) if rows_are_cases else there
    others = known.join(there, on="case_id", how="anti", maintain_order="left")
    return pl.concat([there, others], how="diagonal"), gone


def _filled(there: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    both = there.join(known, on="case_id", how="left", suffix=":known", maintain_order="left")
    columns = [column for column in there.columns if f"{column}:known" in both.columns]
    return both.with_columns(pl.coalesce(column, f"{column}:known") for column in columns).select(there.columns)


def _alike(came: pl.DataFrame, carried: pl.DataFrame) -> list[str]:
    """The columns in which two rows without a key must agree to be the same one."""
    where = ("source_file", "source_line", "source_order")
    return [column for column in came.columns if column in carried.columns and column not in where]


def _places(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Where the steps of the touched cases stood until now: `case_id`, `row_key`, `is_replaced`, `place`."""
    columns = ("case_id", "row_key", "is_replaced")
    parts = [
        tables[name].select(*columns, place="source_order")
        for name in (f"{PREFIX}{table}" for table in STEPS)
        if name in tables
    ]
    schema = {"case_id": pl.String, "row_key": pl.String, "is_replaced": pl.Boolean, "place": pl.Int64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _with_carried(
    came: pl.DataFrame | None, carried: pl.DataFrame, cases: pl.DataFrame, places: pl.DataFrame, *, is_keyed: bool
) -> pl.DataFrame:
    """The rows of a table that came in and those carried over, the order of the source kept where a row is replaced."""
    still = carried.join(cases, on="case_id", how="semi", maintain_order="left")
    kept = still.filter(~pl.col("is_replaced")).drop("is_replaced", *([] if is_keyed else ["row_key"]))
    if came is None:
        return kept
    if "source_order" in came.columns:
        came = _in_their_place(came, places)
    return pl.concat([kept, came], how="diagonal").select(came.columns)


def _in_their_place(came: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Orders what came in: the successor of a replaced row takes its place in the case, all else comes last."""
    after = places.group_by("case_id").agg(after=pl.col("place").max() + 1)
    placed = came.join(after, on="case_id", how="left", maintain_order="left")
    last = pl.col("source_order") + pl.col("after").fill_null(0)
    if "row_key" not in came.columns:
        return placed.with_columns(source_order=last).drop("after")
    before = places.filter("is_replaced").unique(["case_id", "row_key"], keep="first", maintain_order=True)
    placed = placed.join(before.drop("is_replaced"), on=["case_id", "row_key"], how="left", maintain_order="left")
    return placed.with_columns(source_order=pl.coalesce("place", last)).drop("after", "place")

"""What came in and what earlier deliveries gave of the same cases, as one: the cases of a delivery are always whole.

Where nothing is carried over, what came in is the whole.
"""

from collections.abc import Mapping

import polars as pl

from efficacy_analytics.lake import contracts
from efficacy_analytics.lake.carried import PREFIX
from efficacy_analytics.lake.layouts import Layout

STEPS = ("events", "steps_under_way")
OF_CASES = (*STEPS, "clock_stops")


def completed(
    layout: Layout, tables: Mapping[str, pl.DataFrame], *, rows_are_cases: bool, adds_rows: bool = False
) -> dict[str, pl.DataFrame]:
    """The accepted tables of a portion, each case whole.

    A row of its own replaces what was known of its case. A case that is made of its rows keeps what those that came in
    do not say, and is gone with the last of them.

    Args:
        layout: how the delivery is read.
        tables: the rows that came in, by table (`settling.settled`), and those carried over (`carried.carried_rows`).
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
            if came is not None and not is_keyed and not adds_rows:
                carried = carried.join(came, on="case_id", how="anti", maintain_order="left")
            whole[table] = _with_carried(came, carried, cases, is_keyed=is_keyed)
    if rows_are_cases and f"{PREFIX}cases" in tables:
        ids = pl.concat([whole[table].select("case_id") for table in STEPS if table in whole]).unique()
        gone = pl.concat([gone, cases.join(ids, on="case_id", how="anti").select("case_id")])
        cases = cases.join(ids, on="case_id", how="semi", maintain_order="left")
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


def _with_carried(
    came: pl.DataFrame | None, carried: pl.DataFrame, cases: pl.DataFrame, *, is_keyed: bool
) -> pl.DataFrame:
    """The rows of a table that came in and those carried over, the order of the source kept where a row is replaced."""
    still = carried.join(cases, on="case_id", how="semi", maintain_order="left")
    kept = still.filter(~pl.col("is_replaced")).drop("is_replaced", *([] if is_keyed else ["row_key"]))
    if came is None:
        return kept
    if "source_order" in came.columns:
        came = _in_their_place(came, still)
    return pl.concat([kept, came], how="diagonal").select(came.columns)


def _in_their_place(came: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    """Orders what came in: a replaced row's successor takes its place, everything else comes after what was there."""
    after = int(carried["source_order"].max() or 0) + 1  # type: ignore[arg-type]
    if "row_key" not in came.columns:
        return came.with_columns(pl.col("source_order") + after)
    before = carried.filter("is_replaced").select("row_key", place="source_order").unique("row_key", keep="first")
    placed = came.join(before, on="row_key", how="left", maintain_order="left")
    return placed.with_columns(source_order=pl.coalesce("place", pl.col("source_order") + after)).drop("place")

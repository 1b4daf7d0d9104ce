"""What came in and what earlier deliveries gave of the same cases, as one: the cases of a delivery are always whole.

Where nothing is carried over, what came in is the whole.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.lake import contracts
from efficacy_analytics.lake.carried import PREFIX

OF_CASES = ("events", "steps_under_way", "clock_stops")


@dataclass(frozen=True)
class Cases:
    """The cases of a portion.

    Attributes:
        there: one row per case there is now.
        gone: `case_id` of those that an incoming row tells to be deleted.
        are_made_of_rows: a case is made of its rows, and is gone with the last of them.
    """

    there: pl.DataFrame
    gone: pl.DataFrame
    are_made_of_rows: bool

    @staticmethod
    def of(came: pl.DataFrame, carried: pl.DataFrame | None, *, are_made_of_rows: bool) -> "Cases":
        """The cases that came in, and those that were there and are only touched.

        A row of its own replaces what was known of its case. A case made of rows keeps what the rows that came in do
        not say.

        Args:
            came: kept case rows, each case once; may have `is_deleted`.
            carried: the touched cases as they were.
            are_made_of_rows: see above.
        """
        is_deleted = came["is_deleted"].fill_null(False) if "is_deleted" in came.columns else pl.lit(False)
        marked = came.with_columns(is_deleted=is_deleted)
        there, gone = marked.filter(~pl.col("is_deleted")), marked.filter("is_deleted").select("case_id")
        there = there.drop("is_deleted")
        if carried is None or carried.is_empty():
            return Cases(there, gone, are_made_of_rows)
        known = carried.join(gone, on="case_id", how="anti")
        if are_made_of_rows:
            there = _filled(there, known)
        others = known.join(there, on="case_id", how="anti", maintain_order="left")
        return Cases(pl.concat([there, others], how="diagonal"), gone, are_made_of_rows)


def completed(
    accepted: Mapping[str, pl.DataFrame],
    cases: Cases,
    portion: Mapping[str, pl.DataFrame],
    *,
    extra: Iterable[str],
    keyed: Collection[str],
    refused_keys: pl.Series,
) -> dict[str, pl.DataFrame]:
    """The accepted tables of a portion, each case whole.

    Args:
        accepted: the rows that came in, by table.
        cases: the cases.
        portion: may have carried rows.
        extra: the layout's further columns of a case.
        keyed: tables whose rows have a key.
        refused_keys: of rows that came in and were refused: what they were to replace stands.

    Returns:
        The tables given, `cases`, and where there are any `deleted_cases` (`case_id`).
    """
    tables = dict(accepted)
    for table in OF_CASES:
        carried = portion.get(f"{PREFIX}{table}")
        if carried is not None and carried.height:
            stands = pl.col("row_key").is_in(refused_keys.implode()).fill_null(False)
            marked = carried.with_columns(is_replaced=pl.col("is_replaced") & ~stands)
            whole = _with_carried(tables.get(table), marked, cases, is_keyed=table in keyed)
            tables |= {table: whole} if whole.height or table == "events" else {}
    there, gone = cases.there, [cases.gone]
    if cases.are_made_of_rows and f"{PREFIX}cases" in portion:
        ids = pl.concat([tables[table].select("case_id") for table in OF_CASES[:2] if table in tables]).unique()
        gone.append(there.join(ids, on="case_id", how="anti").select("case_id"))
        there = there.join(ids, on="case_id", how="semi", maintain_order="left")
    deleted = pl.concat(gone).unique().sort("case_id")
    tables["cases"] = there.select(*contracts.CASES, *extra, *contracts.SOURCE)
    return tables | ({"deleted_cases": deleted} if deleted.height else {})


def _filled(there: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    both = there.join(known, on="case_id", how="left", suffix=":known", maintain_order="left")
    columns = [column for column in there.columns if f"{column}:known" in both.columns]
    return both.with_columns(pl.coalesce(column, f"{column}:known") for column in columns).select(there.columns)


def _with_carried(
    came: pl.DataFrame | None, carried: pl.DataFrame, cases: Cases, *, is_keyed: bool
) -> pl.DataFrame:
    """The rows of a table that came in and those carried over, the order of the source kept where a row is replaced."""
    still = carried.join(cases.there, on="case_id", how="semi", maintain_order="left")
    kept = still.filter(~pl.col("is_replaced")).drop("is_replaced", *([] if is_keyed else ["row_key"]))
    if came is None:
        return kept
    if "source_order" in came.columns:
        came = _in_their_place(came, still)
    return pl.concat([kept, came], how="diagonal").select(came.columns)


def _in_their_place(came: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    """Orders what came in: a replaced row's successor takes its place, everything else comes after what was there."""
    if "row_key" not in came.columns:
        return came.with_columns(pl.col("source_order") + _after(carried))
    before = carried.filter("is_replaced").select("row_key", place="source_order").unique("row_key", keep="first")
    placed = came.join(before, on="row_key", how="left", maintain_order="left")
    return placed.with_columns(
        source_order=pl.coalesce("place", pl.col("source_order") + _after(carried))
    ).drop("place")


def _after(carried: pl.DataFrame) -> int:
    return int(carried["source_order"].max() or 0) + 1  # type: ignore[arg-type]

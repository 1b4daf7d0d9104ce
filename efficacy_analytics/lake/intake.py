"""Which rows of a delivery are accepted, which are refused, and under which number a case stands.

Three shapes of export come to the same tables. Rows that carry the columns of their case: the case is made of its
rows. A log of traces, and a folder of tables: the case has a row of its own. In each of them a refused step leaves
its case standing, and the steps of a refused case are refused with it. Every row received is accepted or refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.lake import contracts
from efficacy_analytics.lake.contracts import Reading
from efficacy_analytics.lake.layouts import Layout
from efficacy_analytics.lake.lifecycle import paired
from efficacy_analytics.lake.rules import ruled
from efficacy_analytics.lake.tables import Batch, rows_are_cases

REFUSED = ("position", "source_file", "source_line", "source_row", "rule")
OTHER_TABLES = {
    "items": contracts.ITEMS,
    "clock_stops": contracts.CLOCK_STOPS,
    "departments": contracts.DEPARTMENTS,
    "activities": contracts.ACTIVITIES,
}


@dataclass(frozen=True)
class Delivered:
    """What a delivery holds, before anything is judged: each table whole, and whether `events` carry their cases."""

    tables: Mapping[str, pl.DataFrame]
    rows_are_cases: bool


def gathered(layout: Layout, batches: Iterable[Batch]) -> Delivered:
    """The batches of a delivery as whole tables, the events of a log with the id of their case."""
    frames: dict[str, list[pl.DataFrame]] = {}
    for batch in batches:
        frames.setdefault(batch.table, []).append(batch.rows)
    tables = {table: pl.concat(some) for table, some in frames.items()}
    if "trace_position" in tables["events"].columns:
        of_event = tables["cases"]["case_id"].gather(tables["events"]["trace_position"])
        tables["events"] = tables["events"].with_columns(of_event.alias("case_id")).drop("trace_position")
    return Delivered(tables, rows_are_cases(layout))


@dataclass(frozen=True)
class Judged:
    """A delivery, judged.

    Attributes:
        accepted: the contract's tables, in its columns.
        refused: table to its refused rows: `source_file, source_line, source_row, rule`, in their order.
        received: table to the number of rows received.
    """

    accepted: Mapping[str, pl.DataFrame]
    refused: Mapping[str, pl.DataFrame]
    received: Mapping[str, int]


def judged(layout: Layout, delivery: Delivered) -> Judged:
    """Judges every row of a delivery.

    Raises:
        InputRefusedError: a stamp lacks an offset, and the layout names no time zone.
    """
    rows = contracts.judged_cases(delivery.tables["cases"], _reading(layout, "cases"))
    raw, others = delivery.tables["events"], None
    if "transition" in raw.columns:
        raw, others = paired(raw)
    steps = contracts.judged_events(raw, _reading(layout, "events"))
    if delivery.rows_are_cases:
        rows = _agreeing(rows, _case_columns(layout))
        steps = steps.with_columns(rule=pl.coalesce(rows["rule"], "rule"))
        cases = _cases_of_rows(rows)
    else:
        rows = contracts.single(rows, "case_id")
        cases = _kept(rows)
    cases = cases.with_columns(case_number=pl.int_range(pl.len(), dtype=pl.Int64))
    steps = _with_case(steps, rows, cases)
    accepted = {
        "cases": cases.select(*contracts.CASES, *layout.case_extra, *contracts.SOURCE),
        **_accepted_steps(steps),
    }
    refused = {"events": _refused_steps(steps, others)}
    if not delivery.rows_are_cases:
        refused["cases"] = _refused(rows)
    for table in [name for name in delivery.tables if name not in ("events", "cases")]:
        one = _other_table(table, delivery.tables[table], layout, rows, cases)
        accepted[table] = _kept(one).select(OTHER_TABLES[table])
        refused[table] = _refused(one)
    received = {table: delivery.tables[table].height for table in refused}
    return Judged(accepted, refused, received)


def _reading(layout: Layout, table: str) -> Reading:
    source = layout.tables.get(table)
    return Reading(layout.time_zone, layout.time_format, source.columns if source else {})


def _case_columns(layout: Layout) -> list[str]:
    """The typed columns of a case that the export gives, which the rows of one case must agree on."""
    source = layout.tables.get("cases")
    named = [column for column in (source.columns if source else {}) if column not in layout.constants]
    parts = {
        "due_on": ("due_on", "due_at"),
        **{f"{name}_limit": (f"{name}_length", f"{name}_unit") for name in ("statutory", "promised")},
    }
    typed = [part for column in named if column != "case_id" for part in parts.get(column, (column,))]
    return [*dict.fromkeys(typed), *layout.case_extra]


def _agreeing(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Refuses a row whose case column, where it says anything, differs from the first that said something."""
    if not columns:
        return rows
    firsts = _kept(rows).group_by("case_id", maintain_order=True).agg(_firsts(columns))
    both = rows.select("case_id", *columns).join(
        firsts, on="case_id", how="left", suffix=":first", maintain_order="left", nulls_equal=False
    )
    differs = both.select(pl.any_horizontal(pl.col(column) != pl.col(f"{column}:first") for column in columns))
    return ruled(
        rows.with_columns(differs.to_series().alias("?differs")), [(pl.col("?differs"), "case_column_disagrees")]
    )


def _cases_of_rows(rows: pl.DataFrame) -> pl.DataFrame:
    of_case = [column for column in rows.columns if column not in ("case_id", *REFUSED) and column[0] not in "?!"]
    return _kept(rows).group_by("case_id", maintain_order=True).agg(pl.col(contracts.SOURCE).first(), *_firsts(of_case))


def _firsts(columns: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(column).drop_nulls().first() for column in columns]


def _with_case(frame: pl.DataFrame, rows: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Adds `case_number`; a row whose case was refused or is unknown is refused."""
    with_number = frame.join(cases.select("case_id", "case_number"), on="case_id", how="left", maintain_order="left")
    is_lost = pl.col("case_number").is_null()
    was_refused = pl.col("case_id").is_in(rows["case_id"].drop_nulls().unique().implode())
    return ruled(with_number, [(is_lost & was_refused, "case_refused"), (is_lost, "case_unknown")])


def _accepted_steps(steps: pl.DataFrame) -> dict[str, pl.DataFrame]:
    kept = _kept(steps).with_columns(source_order="position")
    done, under_way = kept.filter(~pl.col("is_under_way")), kept.filter(pl.col("is_under_way"))
    tables = {"events": done.select(contracts.EVENTS)}
    if under_way.height:
        tables["steps_under_way"] = under_way.select(contracts.STEPS_UNDER_WAY)
    return tables


def _refused_steps(steps: pl.DataFrame, others: pl.DataFrame | None) -> pl.DataFrame:
    """The refused rows of events: of a refused instance both its complete and its start."""
    parts = [_refused(steps)]
    if others is not None:
        of_starts = steps.filter(pl.col("rule").is_not_null() & pl.col("start_position").is_not_null())
        places = {"position": "start_position", "source_line": "start_line", "source_row": "start_row"}
        parts += [_refused(of_starts.with_columns(**places)), _refused(others)]
    return pl.concat(parts).sort("position")


def _other_table(
    table: str, raw: pl.DataFrame, layout: Layout, rows: pl.DataFrame, cases: pl.DataFrame
) -> pl.DataFrame:
    if table == "items":
        return contracts.judged_items(raw, _reading(layout, table))
    if table == "clock_stops":
        return _with_case(contracts.judged_clock_stops(raw, _reading(layout, table)), rows, cases)
    return contracts.judged_names(raw, {"departments": "department", "activities": "activity"}[table])


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("rule").is_null())


def _refused(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("rule").is_not_null()).select(REFUSED)

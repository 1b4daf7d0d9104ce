"""Among the rows of a partition: which belong together, and which contradict each other.

Three shapes of export come to the same tables. Rows that carry the columns of their case: the case is made of its
rows. A log of traces, and a folder of tables: the case has a row of its own. In each of them a refused step leaves
its case standing, and the steps of a refused case are refused with it. Every row received is accepted or refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from efficacy_analytics.lake.contract import service_tables as contracts_of_service
from efficacy_analytics.lake.contract import tables as contracts
from efficacy_analytics.lake.contract.lifecycle import has_pairs, paired
from efficacy_analytics.lake.contract.refusal_rules import ruled
from efficacy_analytics.lake.contract.refused_completions import refused_completions
from efficacy_analytics.lake.contract.row_checks import KEYS
from efficacy_analytics.lake.layouts.keys import LIMITS
from efficacy_analytics.lake.layouts.layout import Layout

REFUSED = ("position", "source_file", "source_line", "source_row", "rule")
OTHER_TABLES = {
    "items": contracts.ITEMS,
    "clock_stops": contracts.CLOCK_STOPS,
    "departments": contracts.DEPARTMENTS,
    "activities": contracts.ACTIVITIES,
    "complaints": contracts_of_service.COMPLAINTS,
    "surveys": contracts_of_service.SURVEYS,
    "fees": contracts_of_service.FEES,
    "staff": contracts_of_service.STAFF,
}
OF_A_CASE = ("clock_stops",)
SAYS_NOTHING = "deleted"
"""Instead of a rule: a row that is told to be deleted says nothing of its case."""
NONE_KNOWN = pl.Series([], dtype=pl.String)
NONE_AGAIN = pl.DataFrame(schema={"table": pl.String, "position": pl.Int64, "rule": pl.String})


@dataclass(frozen=True)
class CheckedCases:
    """A partition, settled.

    Attributes:
        accepted: the contract's tables, in its columns; `cases` are not yet in their final form.
        refused: table to its refused rows: `position, source_file, source_line, source_row, rule`, in their order.
        touched: `table`, `case_id` and `row_key` of the rows that change something, deletions among them.
    """

    accepted: Mapping[str, pl.DataFrame]
    refused: Mapping[str, pl.DataFrame]
    touched: pl.DataFrame


def checked_cases(
    layout: Layout,
    partition: Mapping[str, pl.DataFrame],
    *,
    rows_are_cases: bool,
    known: pl.Series = NONE_KNOWN,
    again: pl.DataFrame = NONE_AGAIN,
) -> CheckedCases:
    """Settles the rows of a partition.

    Args:
        layout: how the delivery is read.
        partition: judged rows by table.
        rows_are_cases: the rows of `cases` are those of `events`: the case is made of them.
        known: the cases that earlier deliveries gave, as far as rows of this one name them.
        again: `table` and `position` of the rows of the delivery that have the key of an earlier one, or are the same
            in every column, with the `rule` that says so.
    """
    rows, steps, others = partition["cases"], _without_again(partition["events"], "events", again), None
    if "transition" in steps.columns:
        instances, others = paired(steps) if has_pairs(steps) else (steps.drop("transition", "instance"), None)
        steps = instances if others is None else _with_days_of_starts(instances, steps)
        steps = ruled(steps, [(contracts.ends_before_start(), "ends_before_start")])
    if rows_are_cases:
        is_there = _is_there(steps)
        rows = _agreeing(
            rows.with_columns(rule=pl.when(is_there).then("rule").otherwise(pl.lit(SAYS_NOTHING))),
            _case_columns(layout),
        )
        steps = steps.with_columns(rule=pl.when(is_there).then(pl.coalesce(rows["rule"], "rule")).otherwise("rule"))
        speaks = steps["rule"].is_null() | ~steps["case_id"].is_in(known.implode()).fill_null(False)
        cases = _cases_of_rows(rows.filter(speaks))  # a refused step says nothing new of a case that is known
    else:
        rows = contracts.single(rows, "case_id")
        cases = _kept(rows)
    whose = Whose.of(rows, cases, known)
    steps = whose.judged(steps)
    accepted = {"cases": cases, **_accepted_steps(steps)}
    if (notes := refused_completions(steps, rows, _alive(cases))).height:
        accepted["case_notes"] = notes
    refused = {"events": _refused_steps(steps, others), **({} if rows_are_cases else {"cases": _refused(rows)})}
    touched = [_touched(steps, "events"), *([] if rows_are_cases else [_touched(rows, "cases")])]
    for table in [name for name in partition if name in OTHER_TABLES]:
        one = _without_again(partition[table], table, again)
        one = whose.judged(one) if table in OF_A_CASE else one
        one = contracts.single(one, KEYS[table]) if table in KEYS else one
        accepted[table] = _alive(_kept(one)).select(_columns(one, OTHER_TABLES[table]))
        refused[table] = _refused(one)
        touched += [_touched(one, table)] if table in OF_A_CASE else []
    return CheckedCases(accepted, refused, pl.concat(touched))


@dataclass(frozen=True)
class Whose:
    """Which cases rows may belong to.

    Attributes:
        there: the cases there are.
        deleted: those told to be deleted.
        named: those that have a row, kept or refused.
    """

    there: pl.Series
    deleted: pl.Series
    named: pl.Series

    @staticmethod
    def of(rows: pl.DataFrame, cases: pl.DataFrame, known: pl.Series) -> "Whose":
        """Of the rows that give cases, and of the cases that came of them or were known before."""
        deleted = cases.filter(~_is_there(cases))["case_id"]
        there = pl.concat([_alive(cases)["case_id"], known.filter(~known.is_in(deleted.implode()))])
        return Whose(there, deleted, rows["case_id"].drop_nulls().unique())

    def judged(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Refuses a row whose case was refused, is deleted or unknown; a row that is deleted needs no case."""
        is_lost = ~pl.col("case_id").is_in(self.there.implode()).fill_null(False)
        if "is_deleted" in frame.columns:
            is_lost &= ~pl.col("is_deleted").fill_null(False)
        marked = frame.with_columns(is_lost.alias("?lost"))
        if not marked["?lost"].any():
            return ruled(frame, [])
        faults = [
            (pl.col("case_id").is_in(self.deleted.implode()), "case_deleted"),
            (pl.col("case_id").is_in(self.named.implode()), "case_refused"),
            (pl.lit(True), "case_unknown"),
        ]
        return ruled(marked, [(pl.col("?lost") & fault, code) for fault, code in faults]).drop("?lost")


def _case_columns(layout: Layout) -> list[str]:
    """The typed columns of a case that the export gives, which the rows of one case must agree on."""
    source = layout.tables.get("cases")
    named = [column for column in (source.columns if source else {}) if column not in layout.constants]
    parts = {
        "due_on": ("due_on", "due_at"),
        **{f"{name}_limit": (f"{name}_length", f"{name}_unit") for name in LIMITS},
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
    return contracts.without_faults(
        ruled(rows.with_columns(differs.to_series().alias("?differs")), [(pl.col("?differs"), "case_column_disagrees")])
    )


def _cases_of_rows(rows: pl.DataFrame) -> pl.DataFrame:
    of_case = [column for column in rows.columns if column not in ("case_id", "row_key", "is_deleted", *REFUSED)]
    return _kept(rows).group_by("case_id", maintain_order=True).agg(pl.col(contracts.SOURCE).first(), *_firsts(of_case))


def _firsts(columns: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(column).drop_nulls().first() for column in columns]


def _with_days_of_starts(instances: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """The instances, each with whether its start, which stood in a row of its own, was given as a day alone."""
    if not steps["started_is_day"].any():
        return instances
    of_starts = steps.select(start_position="position", of_start="started_is_day")
    return (
        instances.join(of_starts, on="start_position", how="left", maintain_order="left")
        .with_columns(started_is_day=pl.coalesce("of_start", "started_is_day"))
        .drop("of_start")
    )


def _without_again(rows: pl.DataFrame, table: str, again: pl.DataFrame) -> pl.DataFrame:
    """Refuses the rows that have the key of an earlier one, or are the same."""
    of_table = again.filter(pl.col("table") == table)
    faults = [
        (pl.col("position").is_in(of_table.filter(pl.col("rule") == rule)["position"].implode()), rule)
        for rule in ("row_key_twice", "row_twice")
    ]
    return ruled(rows, faults)


def _accepted_steps(steps: pl.DataFrame) -> dict[str, pl.DataFrame]:
    kept = _alive(_kept(steps)).with_columns(source_order="position")
    done, under_way = _where(kept, ~kept["is_under_way"]), kept.filter("is_under_way")
    tables = {"events": done.select(_columns(done, contracts.EVENTS))}
    if under_way.height:
        tables["steps_under_way"] = under_way.select(_columns(under_way, contracts.STEPS_UNDER_WAY))
    return tables


def _touched(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """The case and the key of each row that keeps its rules."""
    key = pl.col("row_key") if "row_key" in rows.columns else pl.lit(None, pl.String)
    return _kept(rows).select(pl.lit(table).alias("table"), "case_id", row_key=key)


def _columns(frame: pl.DataFrame, contract: Sequence[str]) -> list[str]:
    """The columns of the contract, the key of the row where the export gives one, and whether it was suspended."""
    return [*contract, *(column for column in ("row_key", "is_suspended") if column in frame.columns)]


def _refused_steps(steps: pl.DataFrame, others: pl.DataFrame | None) -> pl.DataFrame:
    """The refused rows of events: of a refused instance both its complete and its start."""
    parts = [_refused(steps)]
    if others is not None:
        of_starts = steps.filter(pl.col("rule").is_not_null() & pl.col("start_position").is_not_null())
        places = {"position": "start_position", "source_line": "start_line", "source_row": "start_row"}
        parts += [_refused(of_starts.with_columns(**places)), _refused(others)]
    return pl.concat(parts).sort("position")


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    return _where(frame, frame["rule"].is_null())


def _where(frame: pl.DataFrame, is_kept: pl.Series) -> pl.DataFrame:
    """The rows that are kept: no copy where all of them are, as they mostly are."""
    return frame if is_kept.all() else frame.filter(is_kept)


def _alive(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not told to be deleted."""
    return _where(frame, _is_there(frame))


def _is_there(frame: pl.DataFrame) -> pl.Series:
    if "is_deleted" not in frame.columns:
        return pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    return ~frame["is_deleted"].fill_null(False)


def _refused(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("rule").is_not_null()).select(REFUSED)

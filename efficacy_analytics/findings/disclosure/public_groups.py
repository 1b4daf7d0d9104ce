"""Tables of departments, items and months as they may be published: a reader knows who is meant.

Counts that tell of a small group are withheld (`suppression`), and with a count every figure that is made of it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import polars as pl

from efficacy_analytics.findings.disclosure.suppression import REST, Sum, withheld_of
from efficacy_analytics.findings.performance.on_time import OF_STATUTE

VERDICTS: Final[Sequence[Sum]] = (
    ("case_count", ("completed_count", "open_count", "withdrawn_count")),
    ("withdrawn_count", ("withdrawn_late_count", f"{REST}withdrawn_count")),
    (
        "case_count",
        (
            *("judged_count", "not_yet_due_count", "green_lane_count", "not_judged_count", "not_accepted_count"),
            f"{REST}withdrawn_count",
        ),
    ),
    ("judged_count", ("late_count", f"{REST}judged_count")),
    ("late_count", ("withdrawn_late_count", f"{REST}late_count")),
    (f"{REST}judged_count", ("by_extension_count", f"{REST}by_extension_count")),
)
SHARES: Final = ("on_time_share", "on_time_share_low", "on_time_share_high")
WITHHELD: Final = (
    *OF_STATUTE,
    *("ungrounded_stop_count", "late_with_grounded_stops_count", "on_time_share_with_grounded_stops"),
)
"""Shares of nearly the same cases: the difference between two of them would tell of few."""
OF_LIMITS: Final = (
    *("department", "item", "statutory_days", "promised_days", "completed_count", "open_count", "judged_count"),
    *(*SHARES, "safe_days", "saved_days", "kind", "reason", "missing_count", "limit_days", "limit_unit"),
    *("statutory_unit", "statutory_cap_days", "has_changed", "method", "floor_days", "item_kind", "backtest_verdict"),
)
"""The columns of `limits` that are shown; the others rest on counts of their own and are withheld."""


OF_PLAN: Final = (
    *(
        "department",
        "item",
        "statutory_days",
        "promised_days",
        "limit_days",
        "limit_unit",
        "proposed_days",
        "saved_days",
    ),
    *("saved_share", "kind", "reason", "item_count", "method", "backtest_verdict"),
)
PERIOD: Final = ("accepted_from", "accepted_until")
OF_HONESTY: Final = ("department", "score", "made_count", "check_count")


class Source(Protocol):
    """Tables with nothing withheld and as they may be published, and the fewest cases a figure may rest on."""

    @property
    def fewest(self) -> int: ...

    @property
    def manifest(self) -> dict[str, Any]: ...

    def raw(self, name: str) -> pl.DataFrame: ...

    def table(self, name: str) -> pl.DataFrame: ...


def changes(found: Source) -> pl.DataFrame:
    """The periods side by side, all departments together: of one department alone nothing is shown."""
    rows = found.raw("period_changes").filter("is_total")
    counts = ("case_count", "completed_count", "open_count", "withdrawn_count", "judged_count", "late_count")
    few = {name: (pl.col(name) > 0) & (pl.col(name) < found.fewest) for name in counts}
    kept = (pl.col("judged_count") - pl.col("late_count")).is_between(1, found.fewest - 1)
    no_verdict = few["judged_count"] | few["late_count"] | kept
    no_parts = few["completed_count"] | few["open_count"] | few["withdrawn_count"]
    withheld = {
        **dict.fromkeys(("judged_count", "late_count", "on_time_share", "on_time_p"), no_verdict),
        **dict.fromkeys(("completed_count", "open_count", "withdrawn_count"), no_parts),
        **dict.fromkeys(("throughput_elapsed_seconds_median", "throughput_p"), few["completed_count"]),
        "case_count": few["case_count"],
    }
    return rows.with_columns(pl.when(~hidden).then(pl.col(name)).alias(name) for name, hidden in withheld.items())


def verdicts(name: str) -> Callable[[Source], pl.DataFrame]:
    """What makes a table of verdicts as it may be published."""

    def made(found: Source) -> pl.DataFrame:
        rows = found.raw(name)
        return _without(rows, withheld_of(rows, VERDICTS, found.fewest)[0], found.fewest)

    return made


def verdicts_of_items(found: Source) -> pl.DataFrame:
    """Items by department, whose totals are known as well."""
    rows = found.raw("on_time_by_item")
    of_item = found.raw("limits").select("item", "department").unique().filter(pl.col("item").is_unique())
    numbered = rows.with_row_index("row").join(of_item, on="item", how="left", nulls_equal=True, maintain_order="left")
    parts = [
        _without(part, withheld_of(part, VERDICTS, found.fewest)[0], found.fewest)
        for part in numbered.partition_by("department", maintain_order=True)
    ]
    return pl.concat([numbered.clear(), *parts]).sort("row").select(rows.columns)


def _without(rows: pl.DataFrame, hidden: dict[str, list[bool]], fewest: int) -> pl.DataFrame:
    """The rows without the counts that are withheld, and without the shares they make."""
    is_hidden = {column: pl.Series(some, dtype=pl.Boolean) for column, some in hidden.items()}
    made_of = is_hidden["judged_count"] | is_hidden["late_count"] | is_hidden[f"{REST}judged_count"]
    no_share = made_of | (rows["judged_count"] < fewest)
    shown = {column: some for column, some in is_hidden.items() if column in rows.columns}
    shown |= dict.fromkeys(SHARES, no_share)
    shown["on_time_share_without_extensions"] = no_share | is_hidden["by_extension_count"]
    return rows.with_columns(
        *(_null_where(some, column) for column, some in shown.items()),
        *(pl.lit(None, rows.schema[column]).alias(column) for column in WITHHELD),
    )


def _null_where(is_hidden: pl.Series, column: str) -> pl.Expr:
    return pl.when(~pl.lit(is_hidden)).then(pl.col(column)).alias(column)


def departments(found: Source) -> pl.DataFrame:
    """The verdicts, and beside them the times of those departments that completed enough."""
    rows = found.raw("departments")
    hidden, totals = withheld_of(rows, VERDICTS, found.fewest)
    shown = _without(rows, hidden, found.fewest)
    few_completed = rows["completed_count"] < found.fewest
    few_waiting = ~rows["department"].is_in(_with_bottleneck(found).implode(), nulls_equal=True)
    no_overall = any(totals[column] is None for column in ("judged_count", "late_count", f"{REST}judged_count"))
    of_times = ("throughput_elapsed_seconds_median", "counted_days_median", "counted_unit")
    of_bottleneck = [column for column in rows.columns if column.startswith("bottleneck_")]
    return shown.with_columns(
        *(_null_where(few_completed, column) for column in of_times),
        *(_null_where(few_waiting, column) for column in of_bottleneck),
        _null_where(shown["on_time_share"].is_null(), "is_separable"),
        pl.when(not no_overall).then("overall_on_time_share").alias("overall_on_time_share"),
    )


def _with_bottleneck(found: Source) -> pl.Series:
    """The departments whose largest wait is that of enough cases."""
    first = found.raw("bottlenecks_by_department").filter(pl.col("rank") == 1)
    return first.filter(pl.col("case_count") >= found.fewest)["department"]


def limits(found: Source) -> pl.DataFrame:
    """The limits of items, with the counts that the table of items shows too, and no others.

    Those of a run of a period rest on cases of other periods as well: beside those of the period they would tell of
    few.
    """
    rows = found.raw("limits")
    shared = ("completed_count", "open_count", "judged_count", *SHARES)
    items = found.table("on_time_by_item").select("item", *(pl.col(name).alias(f"?{name}") for name in shared))
    both = rows.join(items, on="item", how="left", nulls_equal=True, maintain_order="left")
    may = {name: pl.lit(True) if name in SHARES else is_enough(name, found.fewest) for name in shared}
    is_of_period = any(found.manifest.get("cohort", {}).get(name) for name in PERIOD)
    may_show = {
        name: pl.lit(not is_of_period) & pl.col("item").is_unique() & pl.col(f"?{name}").is_not_null() & may[name]
        for name in shared
    }
    return both.with_columns(
        *(pl.when(may_show[name]).then(name).alias(name) for name in shared),
        pl.when(may_show["completed_count"] & is_enough("used_count", found.fewest))
        .then("missing_count")
        .alias("missing_count"),
        *(pl.lit(None, rows.schema[name]).alias(name) for name in rows.columns if name not in OF_LIMITS),
    ).select(rows.columns)


def plan(found: Source) -> pl.DataFrame:
    """The limits proposed, without the counts and the waits they rest on."""
    return _with_only(found.raw("limit_plan"), OF_PLAN)


def honesty(found: Source) -> pl.DataFrame:
    """The score of each department that has enough cases, in whole points.

    What a department has to explain is for it and its supervisor: a question is not published as an answer.
    """
    rows = found.raw("honesty")
    score = pl.when(pl.col("case_count") >= found.fewest).then(pl.col("score").round())
    return _with_only(rows.with_columns(score), OF_HONESTY)


def _with_only(rows: pl.DataFrame, shown: Sequence[str]) -> pl.DataFrame:
    withheld = [pl.lit(None, kind).alias(name) for name, kind in rows.schema.items() if name not in shown]
    return rows.with_columns(withheld)


def is_enough(count: str, fewest: int) -> pl.Expr:
    """Whether a count may be shown: none, or enough."""
    return (pl.col(count) == 0) | (pl.col(count) >= fewest)

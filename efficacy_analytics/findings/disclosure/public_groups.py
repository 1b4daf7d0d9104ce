"""Tables of departments, items and months as they may be published: a reader knows who is meant.

Of too few cases a department or month shows no figure, and an item is not named. The counts of the others are moved
(`noise`); shares and their intervals are made of what is shown, times are coarse (`rounding`).
"""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from efficacy_analytics.findings.disclosure.public_patterns import of_shown_activities
from efficacy_analytics.findings.disclosure.rounding import (
    OF_MEDIAN,
    OF_SHARE,
    coarse,
    stepped,
    whole_points,
)
from efficacy_analytics.findings.disclosure.source import Source, counts_in, is_shown, with_noise
from efficacy_analytics.findings.performance.on_time import OF_STATUTE
from efficacy_analytics.statistics.proportions import clopper_pearson

PARTS: Final = (
    *("completed_count", "open_count", "withdrawn_count", "judged_count", "not_yet_due_count", "green_lane_count"),
    *("not_judged_count", "not_accepted_count"),
)
"""Parts of `case_count`."""
OF_VERDICT: Final = ("late_count", "withdrawn_late_count", "by_extension_count")
"""Counts that a reader sets against `judged_count`: beside few, the noise would be taken for a finding."""
SHARES: Final = ("on_time_share", "on_time_share_low", "on_time_share_high")
WITHHELD: Final = (
    *OF_STATUTE,
    *("ungrounded_stop_count", "late_with_grounded_stops_count", "on_time_share_with_grounded_stops"),
)
"""Shares of nearly the same cases: the difference between two of them is that of few, and noise drowns it."""
OF_LIMITS: Final = (
    *("department", "item", "statutory_days", "promised_days", "completed_count", "open_count", "judged_count"),
    *(*SHARES, "safe_days", "saved_days", "kind", "reason", "missing_count", "limit_days", "limit_unit"),
    *("statutory_unit", "statutory_cap_days", "has_changed", "method", "floor_days", "item_kind", "backtest_verdict"),
)
"""The columns of `limits` that are shown; the others rest on counts of their own and are withheld."""
OF_PLAN: Final = (
    *("department", "item", "statutory_days", "statutory_unit", "promised_days", "limit_days", "limit_unit"),
    *("proposed_days", "saved_days", "saved_share", "kind", "reason", "item_count", "method", "backtest_verdict"),
)
OF_HONESTY: Final = ("department", "score", "made_count", "check_count")
PERIOD: Final = ("accepted_from", "accepted_until")


def changes(found: Source) -> pl.DataFrame:
    """The periods side by side, all departments together: of one department alone nothing is shown.

    A gap begins the day after a case and ends with one: it is told by the whole weeks in it, from Monday to Monday.
    Runs of earlier versions know of none.
    """
    rows = found.raw("period_changes").filter("is_total")
    whole_weeks = {"gap_from": pl.col("gap_from").dt.offset_by("6d"), "gap_until": pl.col("gap_until")}
    rows = rows.with_columns(week.dt.truncate("1w") for name, week in whole_weeks.items() if name in rows.columns)
    shown = _verdicts(rows, PERIOD, found)
    has_share = pl.col("on_time_share").is_not_null()
    chances = (pl.when(has_share).then(stepped("on_time_p")).alias("on_time_p"), stepped("throughput_p"))
    of_times = ("throughput_elapsed_seconds_median", "throughput_p")
    return _only_completed(shown.with_columns(*chances, coarse(of_times[0])), of_times, found)


def verdicts(name: str) -> Callable[[Source], pl.DataFrame]:
    """What makes a table of verdicts of departments or months as it may be published."""
    return lambda found: _verdicts(found.raw(name), found.raw(name).columns[:1], found)


def verdicts_of_items(found: Source) -> pl.DataFrame:
    """Items of enough cases; the others are not named."""
    rows = found.raw("on_time_by_item")
    return _verdicts(rows.filter(is_shown(rows, ("item",), found.noise, "case_count")), ("item",), found)


def _verdicts(rows: pl.DataFrame, keys: Sequence[str], found: Source) -> pl.DataFrame:
    """Verdicts of groups: the counts moved, no part larger than its whole, the shares made of them."""
    counts = [column for column in counts_in(rows) if column not in WITHHELD]
    moved = with_noise(rows, keys, found.noise, counts)
    within: dict[str, list[str]] = {
        "case_count": [one for one in PARTS if one in counts],
        "judged_count": ["late_count"],
    }
    for whole, parts in within.items():
        moved = moved.with_columns(pl.min_horizontal(part, whole).alias(part) for part in parts)
    enough = pl.lit(is_shown(rows, keys, found.noise, "case_count"))
    shown = moved.with_columns(
        *(pl.when(enough).then(column).alias(column) for column in counts),
        *(pl.lit(None, rows.schema[column]).alias(column) for column in WITHHELD if column in rows.columns),
    )
    return _with_shares(shown, found.fewest)


def _with_shares(rows: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """The share on time of the counts that are shown, with an interval that takes in their noise."""
    judged, late = (pl.col(name).cast(pl.Float64) for name in ("judged_count", "late_count"))
    is_told = judged >= fewest_judged(fewest)
    of_verdict = [column for column in OF_VERDICT if column in rows.columns]
    told = rows.with_columns(
        pl.when(is_told).then(1 - late / judged).alias("on_time_share"),
        *(pl.when(is_told).then(column).alias(column) for column in of_verdict),
    )
    if "on_time_share_low" not in rows.columns:
        return told
    less, more = (rows.select((judged - late + change).clip(0, judged)).to_series() for change in _moved_by(fewest))
    counted = told["judged_count"].cast(pl.Float64)
    low = clopper_pearson(less.fill_null(0).to_numpy(), counted.fill_null(0).to_numpy())[0]
    high = clopper_pearson(more.fill_null(0).to_numpy(), counted.fill_null(0).to_numpy())[1]
    unextended = (1 - (late + pl.col("by_extension_count")) / judged).clip(0, 1)
    return told.with_columns(
        pl.when(is_told).then(pl.Series(low)).alias("on_time_share_low"),
        pl.when(is_told).then(pl.Series(high)).alias("on_time_share_high"),
        pl.when(is_told).then(unextended).alias("on_time_share_without_extensions"),
    )


def fewest_judged(fewest: int) -> int:
    """The fewest judged cases of which a share and the late ones are told, of a group or of all together.

    Args:
        fewest: the fewest cases that any figure may rest on.
    """
    return OF_SHARE * fewest if fewest > 1 else 1


def _moved_by(fewest: int) -> tuple[int, int]:
    """By how much the noise may have moved a count, but for a few in a hundred."""
    return (-fewest, fewest) if fewest > 1 else (0, 0)


def departments(found: Source) -> pl.DataFrame:
    """The verdicts, and beside them the times of those departments that completed enough."""
    rows = found.raw("departments")
    shown = _verdicts(rows, ("department",), found)
    late, judged = (shown_sum(found, column) for column in ("late_count", "judged_count"))
    is_told = judged >= fewest_judged(found.fewest)
    overall = pl.lit(1 - min(late, judged) / judged if is_told else None, pl.Float64)
    outside = (pl.col("on_time_share_low") > overall) | (pl.col("on_time_share_high") < overall)
    shown = shown.with_columns(overall.alias("overall_on_time_share"), outside.alias("is_separable"))
    of_times = ("throughput_elapsed_seconds_median", "counted_days_median")
    shown = shown.with_columns(coarse(column) for column in of_times)
    return _with_bottlenecks(_only_completed(shown, (*of_times, "counted_unit"), found), found)


def _only_completed(rows: pl.DataFrame, of_times: Sequence[str], found: Source) -> pl.DataFrame:
    """Times of groups that completed enough."""
    enough = pl.col("completed_count") >= OF_MEDIAN * found.fewest if found.fewest > 1 else pl.lit(True)
    there = [column for column in of_times if column in rows.columns]
    return rows.with_columns(pl.when(enough).then(pl.col(column)).alias(column) for column in there)


def _with_bottlenecks(rows: pl.DataFrame, found: Source) -> pl.DataFrame:
    """The largest wait of each department, where it is that of enough cases."""
    first = found.raw("bottlenecks_by_department").filter(pl.col("rank") == 1)
    keys = ("department", "activity", "next_activity")
    enough = of_shown_activities(first.filter(is_shown(first, keys, found.noise, "case_count")), found)
    is_first = pl.col("department").is_in(enough["department"].implode(), nulls_equal=True)
    has = is_first & pl.col("case_count").is_not_null()
    columns = [column for column in rows.columns if column.startswith("bottleneck_")]
    return rows.with_columns(
        pl.when(has).then(whole_points(column) if "share" in column else pl.col(column)).alias(column)
        for column in columns
    )


def shown_sum(found: Source, column: str) -> int:
    """A count over all cases of the cohort as it may be published."""
    count = int(found.raw("on_time")[column].sum())
    return found.noise.shown(count, column, {})


def limits(found: Source) -> pl.DataFrame:
    """The limits of items, with the counts that the table of items shows too, and no others.

    Those of a run of a period rest on cases of other periods as well, so of such a run no counts stand beside them.
    """
    rows = _named_items("limits", found)
    shared = ("completed_count", "open_count", "judged_count", *SHARES)
    items = found.table("on_time_by_item").select("item", *(pl.col(name).alias(f"?{name}") for name in shared))
    both = rows.join(items, on="item", how="left", nulls_equal=True, maintain_order="left")
    is_of_period = any(found.manifest.get("cohort", {}).get(name) for name in PERIOD)
    may = pl.lit(not is_of_period) & pl.col("item").is_unique()
    shown = both.with_columns(pl.when(may).then(f"?{name}").alias(name) for name in shared)
    return _with_only(with_noise(shown, ("department", "item"), found.noise, ["missing_count"]), OF_LIMITS).select(
        rows.columns
    )


def plan(found: Source) -> pl.DataFrame:
    """The limits proposed, without the counts and the waits they rest on."""
    return _with_only(_named_items("limit_plan", found), OF_PLAN)


def _named_items(name: str, found: Source) -> pl.DataFrame:
    """The rows of items that may be named: of enough cases of the cohort, or of those that the limit rests on."""
    rows = found.raw(name)
    of_history = is_shown(rows, ("department", "item"), found.noise.of_history, "used_count")
    shown = found.table("on_time_by_item")["item"]
    return rows.filter(pl.col("item").is_in(shown.implode(), nulls_equal=True) | of_history)


def item_names(found: Source) -> pl.DataFrame:
    """The names of items that a table shows: one of few cases may tell of them by its name alone."""
    shown = {item for name in ("on_time_by_item", "limits") for item in found.table(name)["item"].drop_nulls()}
    return found.raw("item_names").filter(pl.col("item").is_in(sorted(shown)))


def honesty(found: Source) -> pl.DataFrame:
    """The score of each department that has enough cases, in whole points.

    What a department has to explain is for it and its supervisor: a question is not published as an answer.
    """
    rows = found.raw("honesty")
    enough = pl.lit(is_shown(rows, ("department",), found.noise, "case_count"))
    return _with_only(rows.with_columns(pl.when(enough).then(pl.col("score").round()).alias("score")), OF_HONESTY)


def _with_only(rows: pl.DataFrame, shown: Sequence[str]) -> pl.DataFrame:
    withheld = [pl.lit(None, kind).alias(name) for name, kind in rows.schema.items() if name not in shown]
    return rows.with_columns(withheld)

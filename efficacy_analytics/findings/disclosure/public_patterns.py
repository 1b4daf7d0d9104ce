"""Activities, paths, variants, segments and stock as they may be published.

Rows of too few cases are left out, with the names that stand in them alone; the counts of the others are moved
(`noise`), times are coarse (`rounding`), and every share is made of what is shown, over the rows that are shown.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from efficacy_analytics.findings.disclosure.rounding import (
    OF_MEDIAN,
    OF_NINTH_DECILE,
    OF_SHARE,
    coarse,
    only_of,
    whole_points,
)
from efficacy_analytics.findings.disclosure.source import Source, is_shown, with_noise
from efficacy_analytics.vocabulary import CAUSES

KEYS: Final = {
    "activities": ("activity",),
    "directly_follows": ("activity", "next_activity"),
    "stages": ("stage",),
    "stage_follows": ("stage", "next_stage"),
    "stage_borders": ("stage", "side", "neighbour", "activity"),
    "variants": ("activities",),
    "stage_variants": ("activities",),
    "bottlenecks": ("activity", "next_activity", "time_kind"),
    "contributions": ("kind", "activity", "next_activity"),
    "waiting_by_segment": ("activity", "next_activity"),
    "open_stock": ("department", "stage", "open_for"),
}
"""The tables, and the columns that say whose cases a row counts."""
ORDERS: Final = {
    "activities": ("event_count",),
    "directly_follows": ("transition_count",),
    "stages": ("event_count",),
    "stage_follows": ("transition_count",),
    "stage_borders": ("stage", "side", "transition_count"),
    "variants": ("case_count",),
    "stage_variants": ("case_count",),
    "bottlenecks": ("share_of_total",),
    "contributions": ("share_of_total",),
    "waiting_by_segment": ("waiting_seconds",),
}
"""By what the rows of a table are ordered, largest first."""
DESCENDING: Final = ("event_count", "transition_count", "case_count", "share_of_total", "waiting_seconds")
TOTALS_OF_SHARES: Final = {
    "bottlenecks": "waiting_elapsed_seconds_total",
    "contributions": "elapsed_seconds_total",
    "waiting_by_segment": "waiting_seconds",
}
"""Tables with a `share_of_total`, and the column of which it is one."""
MOST_WITHHELD_SHARE: Final = 0.05
"""Of the time in rows of too few cases: with more of it an interval of the share of all is none of the share shown."""
OF_ACTIVITIES: Final = ("activity", "next_activity")
BESIDE_TOTALS: Final = ("waiting_elapsed_seconds_mean", "elapsed_seconds_mean")
"""Means that are withheld beside a total, for the two together give the count."""
OF_CAUSES: Final = tuple(f"{cause}_seconds" for cause in CAUSES)
CAUSE_STEP: Final = 0.05
"""The part of a wait that has a cause is told in steps of five percent."""


def pattern(name: str) -> Callable[[Source], pl.DataFrame]:
    """What makes a table of activities, paths or stock as it may be published."""

    def made(found: Source) -> pl.DataFrame:
        kept = _kept(name, found)
        base = _base(kept)
        rows = with_noise(kept, KEYS[name], found.noise).with_columns(
            pl.max_horizontal(base, pl.lit(found.fewest)).alias(base)
        )
        rows = _parts_within(rows, base)
        for make in (_with_times, _with_shares, _with_known_starts):
            rows = make(rows, kept, name, found)
        return _in_order(rows.select(kept.columns), name)

    return made


def _kept(name: str, found: Source) -> pl.DataFrame:
    """The rows of enough cases whose activities are shown; waiting by cause has no cases, its rows are the paths'."""
    rows = found.raw(name)
    if "case_count" not in rows.columns:
        shown = found.table("directly_follows").select(KEYS[name])
        return rows.join(shown, on=list(KEYS[name]), how="semi", nulls_equal=True, maintain_order="left")
    kept = rows.filter(is_shown(rows, KEYS[name], found.noise, "case_count"))
    return kept if name == "activities" else of_shown_activities(kept, found)


def of_shown_activities(rows: pl.DataFrame, found: Source) -> pl.DataFrame:
    """The rows that name no activity but those that are shown."""
    shown = found.table("activities")["activity"].cast(pl.String)
    for column in (one for one in OF_ACTIVITIES if one in rows.columns):
        named = pl.col(column).cast(pl.String)
        rows = rows.filter(named.is_null() | named.is_in(shown.implode()))
    if "variant_key" in rows.columns:
        rows = rows.filter(pl.col("activities").list.eval(pl.element().is_in(shown.implode())).list.all())
    return rows


def _base(rows: pl.DataFrame) -> str:
    return "case_count" if "case_count" in rows.columns else "transition_count"


def _parts_within(rows: pl.DataFrame, base: str) -> pl.DataFrame:
    """No part of the cases is shown larger than all of them."""
    parts = [column for column in rows.columns if column.endswith("_case_count")]
    return rows.with_columns(pl.min_horizontal(part, base).alias(part) for part in parts)


def _with_times(rows: pl.DataFrame, kept: pl.DataFrame, name: str, found: Source) -> pl.DataFrame:
    """Times to two digits, each of enough cases; none that would give the count away beside a total."""
    base = _base(rows)
    times = [column for column in rows.columns if _is_time(column)]
    rows = rows.with_columns(coarse(column) for column in times)
    rows = only_of(rows, [one for one in times if one.endswith("_median")], base, OF_MEDIAN * found.fewest)
    rows = only_of(rows, [one for one in times if one.endswith("_p90")], base, OF_NINTH_DECILE * found.fewest)
    if name in TOTALS_OF_SHARES:
        rows = rows.with_columns(pl.lit(None, pl.Float64).alias(one) for one in BESIDE_TOTALS if one in rows.columns)
    return _with_causes(rows, kept, base, found.fewest) if name == "waiting_by_segment" else rows


def _is_time(column: str) -> bool:
    """Whether a column is a time or a sum of times."""
    return "_seconds" in column or "_days" in column


def _with_causes(rows: pl.DataFrame, kept: pl.DataFrame, base: str, fewest: int) -> pl.DataFrame:
    """The causes of a wait as parts of what is shown of it, in steps; of few transitions none."""
    whole = kept["waiting_seconds"]
    parts = {column: (kept[column] / whole / CAUSE_STEP).round() * CAUSE_STEP for column in OF_CAUSES}
    told = rows.with_columns(
        (rows["waiting_seconds"] * part.fill_nan(0.0)).round().alias(one) for one, part in parts.items()
    )
    return only_of(told, OF_CAUSES, base, OF_SHARE * fewest)


def _with_shares(rows: pl.DataFrame, kept: pl.DataFrame, name: str, found: Source) -> pl.DataFrame:
    """Shares of the whole that is shown, made of what is shown."""
    if name in TOTALS_OF_SHARES:
        part = pl.col(TOTALS_OF_SHARES[name])
        rows = rows.with_columns(pl.when(part.sum() > 0).then(part / part.sum()).alias("share_of_total"))
    if "share_low" in rows.columns:
        rows = _with_intervals(rows, kept, found.raw(name), TOTALS_OF_SHARES[name])
    if "tenth_less_share" in rows.columns:
        rows = rows.with_columns((pl.col("share_of_total") / 10).alias("tenth_less_share"))
    if "case_share" in rows.columns:
        share = pl.col("case_count") / pl.max_horizontal(pl.col("case_count").sum(), pl.lit(_all_cases(found)))
        rows = rows.with_columns(share.alias("case_share"))
    return rows


def _with_intervals(rows: pl.DataFrame, kept: pl.DataFrame, whole: pl.DataFrame, part: str) -> pl.DataFrame:
    """Intervals in whole points; none where much is withheld: they are of all there is, shares of what is shown."""
    if float(kept[part].sum()) < (1 - MOST_WITHHELD_SHARE) * float(whole[part].sum()):
        return rows.with_columns(pl.lit(None, pl.Float64).alias(end) for end in ("share_low", "share_high"))
    return rows.with_columns(
        pl.min_horizontal(whole_points("share_low"), "share_of_total").alias("share_low"),
        pl.max_horizontal(whole_points("share_high"), "share_of_total").alias("share_high"),
    )


def _all_cases(found: Source) -> int:
    return int(found.table("log_summary")["case_count"][0])


def _with_known_starts(rows: pl.DataFrame, kept: pl.DataFrame, name: str, found: Source) -> pl.DataFrame:
    """The share of steps whose start was recorded, made of a count that is moved like any other."""
    if "recorded_start_share" not in rows.columns:
        return rows
    unknown = ((1 - pl.col("recorded_start_share")) * pl.col("event_count")).round()
    moved = with_noise(kept.select(*KEYS[name], unknown.alias("unrecorded_start_count")), KEYS[name], found.noise)
    share = (1 - moved["unrecorded_start_count"] / rows["event_count"]).clip(0, 1)
    return rows.with_columns(share.alias("recorded_start_share"))


def _in_order(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows in the order of what is shown: that of the counts themselves would tell which of two is the larger."""
    if name not in ORDERS:
        return rows
    names = [pl.col(key).list.join("\n") if rows.schema[key] == pl.List else pl.col(key) for key in KEYS[name]]
    first = [pl.col(column) for column in ORDERS[name]]
    is_down = [column in DESCENDING for column in ORDERS[name]] + [False] * len(names)
    ordered = rows.sort(*first, *names, descending=is_down, nulls_last=True)
    numbers = [one for one in ("rank", "variant_key") if one in rows.columns]
    if "case_share_cumulated" in rows.columns:
        ordered = ordered.with_columns(pl.col("case_share").cum_sum().alias("case_share_cumulated"))
    return ordered.with_columns(pl.int_range(1, pl.len() + 1).cast(rows.schema[one]).alias(one) for one in numbers)

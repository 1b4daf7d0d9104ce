"""What the checks of the records count, per department; and why a check cannot be made where a column is missing.

Whatever touches every step or case is SQL (`engine/queries/honesty_*.sql`); here the counts are only put together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.guarantees.bunching import bunching
from efficacy_analytics.guarantees.outliers import (
    at_least,
    constant_probability,
    mode_probability,
    repeated_probability,
)
from efficacy_analytics.mining.declared import give
from efficacy_analytics.settings import settings

COUNTS: Final[dict[str, Any]] = {
    "department": pl.String,
    "code": pl.String,
    "count": pl.Float64,
    "of_count": pl.Int64,
    "expected_share": pl.Float64,
    "probability": pl.Float64,
    "constant_days": pl.Int64,
    "stop_kind": pl.String,
    "count_low": pl.Float64,
    "obstacle": pl.String,
}
NEARLY_ALL: Final = 0.99
NEAR_THE_LIMIT_DAYS: Final = 15
"""Days around the limit that the curve of completions is fitted to; its window is the last two days."""
FEWEST_ITEMS: Final = 4
HALF_HOUR_SHARE: Final = 2 / 60
LEAST_MODE_SHARE: Final = 0.3
"""A most frequent reason has at least this share in any office."""
LEAST_SHARE: Final = 1e-3
PRIOR: Final = 5
"""Cases' worth of what other departments have, added to the cases of an item."""
SPANS: Final = (2, 3, 5, 9, 14)
"""The longest limits of the groups whose spare days are compared; longer ones are one group."""
Row = dict[str, Any]


def prepare(log: DuckdbEngine) -> None:
    """Makes the temporary tables and views of the audit in the engine of a cohort.

    Raises:
        CannotAnswerError: the snapshot is of a version that kept no times of entry.
    """
    if "event_recordings" not in log.tables():
        raise CannotAnswerError(
            "the snapshot was published by an earlier version, which kept no times of entry.",
            hint="run `efficacy publish`",
        )
    asked = settings().honesty
    give(log, "honesty_settings", pl.DataFrame([asdict(asked)]))
    log.build("honesty_facts")
    log.build("honesty_keyed")
    log.build(
        "honesty_case_marks", stale_days=asked.stale_days, acceptance_working_days=asked.acceptance_working_days
    )
    log.build("honesty_reasons")


def counted(log: DuckdbEngine) -> pl.DataFrame:
    """The counts of all checks but the one with the suspicious stops put back.

    Args:
        log: an engine that `prepare` has seen.

    Returns:
        One row per department and check: `department`, `code`, `count`, `of_count`, `expected_share` (where something
        is to be expected), `probability` and `constant_days` (of checks with a test of their own), `count_low` (the
        least the count can be, where it is an estimate), `obstacle` (why it cannot be made).
    """
    cases = log.run("honesty_case_counts")
    stamps = log.run("honesty_stamps")
    departments = pl.concat([cases["department"], stamps["department"]]).unique().sort(nulls_last=True).to_list()
    rows = [
        *_of_entries(log),
        *_of_stamps(log, stamps),
        *_of_cases(cases),
        *_of_stops(log),
        *_of_reasons(log),
        *_of_spare_days(log),
        *_of_remaining_days(log),
        *_of_period_ends(log),
    ]
    return _completed(pl.DataFrame(rows, schema=COUNTS), departments)


def _completed(rows: pl.DataFrame, departments: list[str | None]) -> pl.DataFrame:
    """A row of each department for every check; without rows of its own it has nothing to look at."""
    codes = pl.DataFrame({"code": [f"H{number:02}" for number in range(1, 20) if number != 16]})
    every = pl.DataFrame({"department": departments}, schema={"department": pl.String}).join(codes, how="cross")
    lacking = rows.filter(pl.col("obstacle").is_not_null() & (pl.col("of_count") == 0)).group_by("code").agg(pl.col("obstacle").first().alias("why"))
    own = rows.filter(pl.col("of_count") > 0)
    joined = every.join(own, on=["department", "code"], how="left", nulls_equal=True).join(lacking, on="code", how="left")
    empty = pl.col("of_count").fill_null(0) == 0
    obstacle = pl.coalesce("obstacle", "why", pl.when(empty).then(pl.lit("no_rows")))
    return joined.with_columns(
        pl.col("count", "of_count").fill_null(0), obstacle.alias("obstacle")
    ).drop("why").sort("department", "code", nulls_last=True)  # fmt: skip


def _row(department: str | None, code: str, count: float, of_count: int, **more: Any) -> Row:
    return {**dict.fromkeys(COUNTS), "department": department, "code": code, "count": count, "of_count": of_count, **more}


def _cannot(obstacle: str, *codes: str) -> Iterator[Row]:
    """Checks that no department can be put to."""
    for code in codes:
        yield {**dict.fromkeys(COUNTS), "code": code, "count": 0, "of_count": 0, "obstacle": obstacle}


def _each(frame: pl.DataFrame, code: str, count: str, of_count: str, **more: Any) -> Iterator[Row]:
    for row in frame.filter(pl.col(of_count) > 0).iter_rows(named=True):
        yield _row(row["department"], code, row[count], row[of_count], **more)


def _of_entries(log: DuckdbEngine) -> Iterator[Row]:
    entries = log.run("honesty_entries", bulk_entry_count=settings().honesty.bulk_entry_count)
    if entries.is_empty():
        yield from _cannot("no_entry_times", "H01", "H02", "H03")
        return
    for code, count in (("H01", "late_count"), ("H02", "bulk_count"), ("H03", "early_count")):
        yield from _each(entries, code, count, "recorded_count")


def _of_stamps(log: DuckdbEngine, stamps: pl.DataFrame) -> Iterator[Row]:
    total = stamps.sum().row(0, named=True) if stamps.height else dict.fromkeys(stamps.columns, 0)
    if (total["midnight_count"] or 0) >= NEARLY_ALL * (total["step_count"] or 0):
        yield from _cannot("days_only", "H04", "H05", "H06", "H07")
    else:
        yield from _each(stamps, "H04", "midnight_count", "step_count")
        yield from _each(stamps, "H05", "round_count", "timed_count", expected_share=HALF_HOUR_SHARE)
        yield from _each(stamps, "H06", "outside_count", "timed_count")
        yield from _of_same_seconds(log, stamps, total)
    if not total["start_count"]:
        yield from _cannot("no_starts", "H08")
    elif total["zero_count"] >= NEARLY_ALL * total["start_count"]:
        yield from _cannot("starts_filled", "H08")
    else:
        yield from _each(stamps, "H08", "zero_count", "start_count")


def _of_same_seconds(log: DuckdbEngine, stamps: pl.DataFrame, total: Mapping[str, int]) -> Iterator[Row]:
    if total["whole_minute_count"] >= NEARLY_ALL * total["step_count"]:
        yield from _cannot("minutes_only", "H07")
        return
    together = log.run("honesty_same_second", together=settings().honesty.same_second_count)
    joined = stamps.join(together, on="department", how="left", nulls_equal=True)
    yield from _each(joined.with_columns(pl.col("together_count").fill_null(0)), "H07", "together_count", "timed_count")


def _of_cases(cases: pl.DataFrame) -> Iterator[Row]:
    yield from _each(cases, "H09", "disorder_count", "day_count")
    for code, count, of_count, needed, obstacle in (
        ("H10", "endless_count", "old_count", "open_count", "no_open_cases"),
        ("H11", "accepted_late_count", "acceptance_count", "acceptance_count", "no_application_dates"),
        ("H19", "unbalanced_count", "case_count", "own_days_count", "days_from_steps"),
    ):
        if cases[needed].sum():
            yield from _each(cases, code, count, of_count)
        else:
            yield from _cannot(obstacle, code)


def _of_stops(log: DuckdbEngine) -> Iterator[Row]:
    stops = log.run("honesty_stop_counts")
    if stops.is_empty():
        yield from _cannot("no_stops", "H12", "H13", "H14", "H15")
        return
    yield from _of_danger(log, stops)
    if stops["recorded_count"].sum():
        summed = stops.group_by("department", maintain_order=True).agg(pl.col("dated_back_count", "recorded_count").sum())
        yield from _each(summed, "H13", "dated_back_count", "recorded_count")
    else:
        yield from _cannot("no_stop_entry_times", "H13")


def _of_danger(log: DuckdbEngine, stops: pl.DataFrame) -> Iterator[Row]:
    """Of the kind of stop that most stands out, those opened in danger, beside the days that cases spend in danger."""
    days = log.run("honesty_danger", warning_share=settings().honesty.warning_share)
    read = stops.filter(pl.col("limited_count") > 0).join(days, on="department", nulls_equal=True)
    read = read.filter(pl.col("case_days") > 0).with_columns(expected=pl.col("warned_days") / pl.col("case_days"))
    own = pl.col("warned_count") - pl.col("limited_count") * pl.col("expected")
    others = ((own.sum() - own) / (pl.col("limited_count").sum() - pl.col("limited_count"))).over("kind")
    usual = (pl.col("expected") + others.fill_nan(0).clip(0)).clip(0, 1)
    chance = at_least(*read.select("warned_count", "limited_count", usual.alias("usual")).to_numpy().T)
    yield from _most_conspicuous(
        read.with_columns(usual.alias("usual"), chance=chance), "H12", "warned_count", "limited_count"
    )


def _of_reasons(log: DuckdbEngine) -> Iterator[Row]:
    """Of the kind of stop that most stands out, those with its most frequent reason, beside the same elsewhere."""
    reasons = log.run("honesty_reason_counts")
    if reasons.is_empty():
        yield from _cannot("no_stop_reasons", "H15")
        return
    told = reasons.filter(pl.col("stop_count") >= settings().honesty.fewest_count)
    others = (
        (pl.col("modal_count").sum() - pl.col("modal_count")) / (pl.col("stop_count").sum() - pl.col("stop_count"))
    ).over("kind")
    read = told.with_columns(others.fill_nan(1.0).clip(LEAST_MODE_SHARE, 1.0).alias("usual"))
    columns = read.select("modal_count", "stop_count", "usual").iter_rows()
    chances = pl.Series("chance", [mode_probability(*row) for row in columns], dtype=pl.Float64)
    yield from _most_conspicuous(read.with_columns(chances), "H15", "modal_count", "stop_count")


def _most_conspicuous(read: pl.DataFrame, code: str, count: str, of_count: str) -> Iterator[Row]:
    """The kind of stop with the smallest chance of each department; the chance is for all its kinds together."""
    for _, group in read.group_by("department", maintain_order=True):
        row = group.sort("chance", "kind").row(0, named=True)
        yield _row(
            row["department"], code, row[count], row[of_count], expected_share=row["usual"],
            probability=min(1.0, row["chance"] * group.height), stop_kind=row["kind"],
        )  # fmt: skip


def _of_spare_days(log: DuckdbEngine) -> Iterator[Row]:
    """Of the stops that keep a case in time, those that exceed the overrun by the department's usual number of days.

    What is to be expected is the larger of two: how other departments' stops exceed the overrun under limits of about that
    length, and how much the other cases of the same items have to spare; where work takes the same time whatever
    happens, so many days are left of the limit with a stop as without.
    """
    most = settings().honesty.spare_days
    table = log.run("honesty_spare", most_days=most)
    departments = table.filter(pl.col("stop_count") > 0)["department"].unique().sort(nulls_last=True).to_list()
    places = pl.DataFrame({"department": pl.Series(departments, dtype=pl.String), "place": range(len(departments))})
    read = table.join(places, on="department", nulls_equal=True, maintain_order="left")
    stops = np.zeros((len(departments), len(SPANS) + 1, most + 2))
    group = np.searchsorted(SPANS, read["span_days"].to_numpy())
    np.add.at(stops, (read["place"].to_numpy(), group, read["spare_days"].to_numpy()), read["stop_count"].to_numpy())
    for place, department in enumerate(departments):
        others = stops.sum(axis=0) - stops[place]
        if not others.sum():
            yield _row(department, "H14", stops[place].sum(axis=0).max(), int(stops[place].sum()), obstacle="nobody_to_compare")
            continue
        usual = (others + others.sum(axis=0) / others.sum()) / (others.sum(axis=1, keepdims=True) + 1)
        yield _constant(department, *_spare_of_items(read.filter(pl.col("place") == place), usual, most))


def _constant(department: str | None, seen: Any, expected: Any) -> Row:
    """The number of days that most stands out, and the chance of it whichever item is left out: no single item makes it."""
    total, usual = seen.sum(), np.clip(expected.sum(axis=0) / seen.sum(), LEAST_SHARE, 1)
    counts = seen.sum(axis=0)
    days = int(np.argmin(at_least(counts[:-1], total, usual[:-1])))
    chances = [constant_probability(counts[:-1], int(total), usual[:-1])]
    for item in np.flatnonzero(seen[:, days]):
        left = total - seen[item].sum()
        share = np.clip((expected.sum(axis=0) - expected[item]) / max(left, 1), LEAST_SHARE, 1)[:-1]
        chances.append(constant_probability((counts - seen[item])[:-1], int(left), share))
    return _row(
        department, "H14", counts[days], int(total), expected_share=float(usual[days]), constant_days=days,
        probability=max(chances),
    )  # fmt: skip


def _spare_of_items(rows: pl.DataFrame, usual: Any, most: int) -> tuple[Any, Any]:
    """Per item, how many stops left each number of days, and how many would if the item had nothing special about it."""
    seen, expected = [], []
    for _, item in rows.group_by("item", maintain_order=True):
        plain, stops = np.zeros(most + 2), np.zeros(most + 2)
        np.add.at(plain, item["spare_days"].to_numpy(), item["plain_count"].to_numpy())
        np.add.at(stops, item["spare_days"].to_numpy(), item["stop_count"].to_numpy())
        others = usual[int(np.searchsorted(SPANS, item["span_days"].max()))]
        own = (plain + PRIOR * others) / (plain.sum() + PRIOR)
        seen.append(stops)
        expected.append(stops.sum() * np.maximum(own, others))
    return np.array(seen), np.array(expected)


def _of_remaining_days(log: DuckdbEngine) -> Iterator[Row]:
    """The excess on the last two days of the limit, whichever item is left out: no single item makes it."""
    near = log.run("honesty_remaining", most_days=NEAR_THE_LIMIT_DAYS)
    if near.is_empty():
        yield from _cannot("no_limits", "H17")
        return
    for (department,), group in near.group_by("department", maintain_order=True):
        yield _pile(str(department) if department is not None else None, group)


def _pile(department: str | None, near: pl.DataFrame) -> Row:
    items = near["item"].unique().sort(nulls_last=True).to_list()
    parts = [near, *(near.filter(pl.col("item").ne_missing(pl.lit(item))) for item in items)]
    found = [bunching(_by_day(part), NEAR_THE_LIMIT_DAYS) for part in parts]
    known = [one for one in found if one is not None]
    total = int(near["case_count"].sum())
    if len(items) < FEWEST_ITEMS or len(known) < len(found):
        return _row(department, "H17", 0, total, obstacle="too_few_cases")
    return _row(
        department, "H17", max(0.0, min(one.excess_count for one in known)), total,
        probability=max(_chance(one.excess_count, one.excess_low) for one in known),
        count_low=max(0.0, min(one.excess_low for one in known)),
    )  # fmt: skip


def _by_day(near: pl.DataFrame) -> Any:
    days = NEAR_THE_LIMIT_DAYS - near["remaining_days"].to_numpy()
    return np.bincount(days, weights=near["case_count"].to_numpy(), minlength=2 * NEAR_THE_LIMIT_DAYS + 1)


def _chance(excess: float, low: float) -> float:
    """The chance of such an excess, from its 95 % interval."""
    spread = (excess - low) / float(ndtri(0.975))
    return float(ndtr(-excess / spread)) if spread > 0 else 1.0


def _of_period_ends(log: DuckdbEngine) -> Iterator[Row]:
    months = log.run("honesty_period_ends").with_columns(
        expected=pl.col("completed_count") / pl.col("month_working_days")
    )
    for (department,), group in months.group_by("department", maintain_order=True):
        total, expected = int(group["completed_count"].sum()), group["expected"].to_numpy()
        last = group["last_day_count"].to_numpy()
        yield _row(
            str(department) if department is not None else None, "H18", int(last.sum()), total,
            expected_share=float(expected.sum()) / total, probability=repeated_probability(last - expected, expected),
        )  # fmt: skip



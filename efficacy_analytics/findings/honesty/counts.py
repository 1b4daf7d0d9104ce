"""What the checks of the records count, per department; and why a check cannot be made where a column is missing.

Whatever touches every step or case is SQL (`engine/queries/honesty/`); here the counts are only put together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

import polars as pl

from efficacy_analytics.engine.session import Session
from efficacy_analytics.errors import CannotAnswerError
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.findings.honesty.clock_stops import of_reasons, of_spare_days, of_stops
from efficacy_analytics.findings.honesty.clusters import design_effects_of
from efficacy_analytics.findings.honesty.completion_course import of_period_ends, of_remaining_days
from efficacy_analytics.findings.honesty.rows import COUNTS, Row, cannot, each, row_of
from efficacy_analytics.mining.organisation.accounts import find_machine_accounts

NEARLY_ALL: Final = 0.99
HALF_HOUR_SHARE: Final = 2 / 60
MOST_UNBALANCED_SHARE: Final = 0.5
"""Where more of all cases are not borne out by their steps, their days are of something else."""


def prepare(log: Session) -> None:
    """Makes the temporary tables and views of the audit in the engine of a cohort.

    Raises:
        CannotAnswerError: the snapshot is of a version that kept no times of entry.
    """
    if "event_recordings" not in log.tables():
        raise CannotAnswerError(
            "the snapshot was published by an earlier version, which kept no times of entry.",
            hint="run `efficacy publish`",
        )
    asked = log.settings.honesty
    log.put_temporary("honesty_settings", pl.DataFrame([asdict(asked)]))
    find_machine_accounts(log)
    log.build("honesty_facts")
    log.build("honesty_keyed")
    log.build("honesty_case_marks", stale_days=asked.stale_days, acceptance_working_days=asked.acceptance_working_days)
    log.build("honesty_reasons")


def counted(log: Session) -> pl.DataFrame:
    """The counts of all checks but the one with the suspicious stops put back.

    Args:
        log: an engine that `prepare` has seen.

    Returns:
        One row per department and check: `department`, `code`, `count`, `of_count`, `expected_share` (where something
        is to be expected), `probability` and `constant_days` (of checks with a test of their own), `count_low` (the
        least the count can be, where it is an estimate), `design_effect` (how many rows are worth one),
        `obstacle` (why it cannot be made).
    """
    cases = log.run("honesty_case_counts")
    stamps = log.run("honesty_stamps")
    departments = pl.concat([cases["department"], stamps["department"]]).unique().sort(nulls_last=True).to_list()
    effects = design_effects_of(log)
    rows = [
        *_of_entries(log),
        *_of_stamps(log, stamps),
        *_of_cases(cases),
        *_declared(log),
        *of_stops(log, effects),
        *of_reasons(log, effects),
        *of_spare_days(log, effects),
        *of_remaining_days(log),
        *of_period_ends(log),
    ]
    return _completed(_weighed(pl.DataFrame(rows, schema=COUNTS), effects), departments)


def _weighed(rows: pl.DataFrame, effects: pl.DataFrame) -> pl.DataFrame:
    """The rows with the design effect of their department and check, where they do not tell their own."""
    usual = effects.filter(pl.col("stop_kind").is_null()).select(
        "department", "code", pl.col("design_effect").alias("found")
    )
    joined = rows.join(usual, on=["department", "code"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.coalesce("design_effect", "found", pl.lit(1.0)).alias("design_effect")).drop("found")


def _completed(rows: pl.DataFrame, departments: list[str | None]) -> pl.DataFrame:
    """A row of each department for every check; without rows of its own it has nothing to look at."""
    codes = pl.DataFrame(
        {"code": [code for code, check in CHECKS.items() if check.name != "on_time_without_suspicious_stops"]}
    )
    every = pl.DataFrame({"department": departments}, schema={"department": pl.String}).join(codes, how="cross")
    lacking = (
        rows.filter(pl.col("obstacle").is_not_null() & (pl.col("of_count") == 0))
        .group_by("code", maintain_order=True)
        .agg(pl.col("obstacle").first().alias("why"))
    )
    own = rows.filter(pl.col("of_count") > 0)
    joined = every.join(own, on=["department", "code"], how="left", nulls_equal=True).join(
        lacking, on="code", how="left"
    )
    empty = pl.col("of_count").fill_null(0) == 0
    obstacle = pl.coalesce("obstacle", "why", pl.when(empty).then(pl.lit("no_rows")))
    return joined.with_columns(
        pl.col("count", "of_count").fill_null(0), obstacle.alias("obstacle")
    ).drop("why").sort("department", "code", nulls_last=True)  # fmt: skip


def _of_entries(log: Session) -> Iterator[Row]:
    entries = log.run("honesty_entries", bulk_entry_count=log.settings.honesty.bulk_entry_count)
    if entries.is_empty():
        yield from cannot("no_entry_times", "H01", "H02", "H03")
        return
    for code, count in (("H01", "late_count"), ("H02", "bulk_count"), ("H03", "early_count")):
        yield from each(entries, code, count, "recorded_count")


def _of_stamps(log: Session, stamps: pl.DataFrame) -> Iterator[Row]:
    total = stamps.sum().row(0, named=True) if stamps.height else dict.fromkeys(stamps.columns, 0)
    if not total["step_count"]:
        yield from cannot("no_officers", "H04", "H05", "H06", "H07", "H08")
        return
    if total["midnight_count"] >= NEARLY_ALL * total["step_count"]:
        yield from cannot("days_only", "H04", "H05", "H06", "H07")
    else:
        yield from each(stamps, "H04", "midnight_count", "step_count")
        yield from each(stamps, "H05", "round_count", "timed_count", expected_share=HALF_HOUR_SHARE)
        yield from each(stamps, "H06", "outside_count", "timed_count")
        yield from _of_same_seconds(log, stamps, total)
    if not total["start_count"]:
        yield from cannot("no_starts", "H08")
    elif total["zero_count"] >= NEARLY_ALL * total["start_count"]:
        yield from cannot("starts_filled", "H08")
    else:
        yield from each(stamps, "H08", "zero_count", "start_count")


def _of_same_seconds(log: Session, stamps: pl.DataFrame, total: Mapping[str, int]) -> Iterator[Row]:
    if total["whole_minute_count"] >= NEARLY_ALL * total["step_count"]:
        yield from cannot("minutes_only", "H07")
        return
    together = log.run("honesty_same_second", together=log.settings.honesty.same_second_count)
    joined = stamps.join(together, on="department", how="left", nulls_equal=True)
    yield from each(joined.with_columns(pl.col("together_count").fill_null(0)), "H07", "together_count", "timed_count")


def _declared(log: Session) -> Iterator[Row]:
    """The checks whose counts a query gives as they are."""
    for check in CHECKS.values():
        if (counted := check.counted) is not None:
            found = log.run(counted.query)
            if found[counted.of_count].sum():
                yield from each(found, check.code, counted.count, counted.of_count)
            else:
                yield from cannot(counted.obstacle, check.code)


def _of_cases(cases: pl.DataFrame) -> Iterator[Row]:
    if cases.filter(pl.max_horizontal("own_days_count", "acceptance_count") > 0).height:
        yield from each(cases, "H09", "disorder_count", "day_count")
    else:
        yield from cannot("days_from_steps", "H09")
    if cases["open_count"].sum():
        yield from each(cases, "H10", "endless_count", "old_count")
    else:
        yield from cannot("no_open_cases", "H10")
    if not cases["own_days_count"].sum():
        yield from cannot("days_from_steps", "H19")
    elif int(cases["unbalanced_count"].sum()) > MOST_UNBALANCED_SHARE * int(cases["case_count"].sum()):
        yield from cannot("days_elsewhere", "H19")
    else:
        yield from each(cases, "H19", "unbalanced_count", "case_count")
    yield from _of_withdrawals(cases)


def _of_withdrawals(cases: pl.DataFrame) -> Iterator[Row]:
    """Withdrawals after the due date, beside the share of their time that the department's cases are past it."""
    if not cases["withdrawn_count"].sum():
        yield from cannot("no_withdrawals", "H20")
        return
    for row in cases.filter(pl.col("withdrawn_count") > 0).iter_rows(named=True):
        yield row_of(
            row["department"], "H20", row["withdrawn_after_due_count"], row["withdrawn_count"],
            expected_share=row["case_days_after_due"] / row["case_days"] if row["case_days"] else 0.0,
        )  # fmt: skip

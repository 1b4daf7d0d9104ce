"""Departments of the city that swing, grow slower, break and pause: what is planted, and what is then said of them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.handling.paces import PACES, SLOWED_WEEKS
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.findings.limits.safe_limits import limits
from efficacy_analytics.findings.waiting.causes import waiting_causes
from efficacy_analytics.workflows.steps import publish

SLOWED_FROM = dt.date(2025, 7, 1) - dt.timedelta(weeks=SLOWED_WEEKS)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckdbEngine]:
    """A city with the two items of each department that are most in demand, so that they have cases enough."""
    folder = tmp_path_factory.mktemp("paces")
    make_city(folder / "city", cases=12_000, seed=5, items_per_department=2)
    ingest(folder / "lake", [folder / "city"], "city")
    publish(folder / "lake")
    with open_log(folder / "lake") as opened:
        yield opened


def waits_of(steps: pl.DataFrame) -> pl.DataFrame:
    """The days from each step of an officer back to the completion before it in its case, with the day of the first."""
    moment = pl.col("started_at", "completed_at").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    return (
        steps.with_columns(moment)
        .filter(pl.col("started_at").is_not_null() & pl.col("completed_at").is_not_null())
        .with_columns(
            since=(pl.col("started_at") - pl.col("completed_at").shift()).over("case_id").dt.total_hours() / 24,
            begun_on=pl.col("completed_at").first().over("case_id").dt.date(),
        )
        .filter(pl.col("resource").str.starts_with("D").fill_null(value=False) & pl.col("since").is_not_null())
    )


def test_each_pace_is_in_its_own_department_and_nobody_applies_for_anything_else(tmp_path: Path) -> None:
    truth = make_city(tmp_path / "paced", cases=6_000, seed=2)
    make_city(tmp_path / "steady", cases=6_000, seed=2, paces=())
    paced, steady = (
        {name: pl.read_csv(tmp_path / kind / f"{name}.csv", infer_schema=False) for name in ("cases", "steps")}
        for kind in ("paced", "steady")
    )
    same = ["case_id", "item", "department", "channel"]
    own_cases = paced["cases"].select(*same, "applied_at").filter(pl.col("department") != "D17")  # received earlier
    assert own_cases.equals(steady["cases"].select(*same, "applied_at").filter(pl.col("department") != "D17"))

    def mean_wait(steps: pl.DataFrame, department: str, *, is_late: bool) -> float:
        is_since = (pl.col("begun_on") >= SLOWED_FROM) if is_late else (pl.col("begun_on") < dt.date(2024, 6, 1))
        return float(waits_of(steps).filter(pl.col("department") == department).filter(is_since)["since"].mean())

    def growth(steps: pl.DataFrame, department: str) -> float:
        return mean_wait(steps, department, is_late=True) / mean_wait(steps, department, is_late=False)

    for department in ("D23", "D15"):
        assert growth(paced["steps"], department) > 1.25 * growth(steady["steps"], department)
    assert growth(paced["steps"], "D13") == pytest.approx(growth(steady["steps"], "D13"), rel=0.1)
    assert [row["what"] for row in truth.paces] == ["backlog", "trend", "late_slow_down", "pauses", "pauses"]
    assert not {item[:3] for item in truth.slack_items} & {"D15", "D16", "D23"}


def kept_since(log: DuckdbEngine, row: dict[str, Any], since: dt.date) -> pl.Series:
    """Of the completed cases of an item accepted since a day, whether they kept its safe limit."""
    own = limit_times(log).filter(
        (pl.col("item") == row["item"]) & (pl.col("accepted_on") >= since) & ~pl.col("is_open")
    )
    return own["needed_days"] <= row["safe_days"]


def test_no_limit_is_proposed_that_the_slower_weeks_at_the_end_would_break(log: DuckdbEngine) -> None:
    table = limits(log, share=0.95, confidence=0.95)
    slowed = table.filter(pl.col("department") == "D23")
    assert set(slowed["reason"]) <= {"last_weeks_differ", "last_weeks_few", "too_few_cases", "above_limit"}
    assert "last_weeks_differ" in set(slowed["reason"])
    assert not (slowed["kind"] == "free").any()
    for row in table.filter(pl.col("department").is_in(["D15", "D16", "D23"])).iter_rows(named=True):
        if row["safe_days"] is not None:
            kept = kept_since(log, row, dt.date(2025, 4, 1))
            assert kept.mean() >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / kept.len())


def test_a_limit_that_grows_or_swings_leaves_more_room_than_a_steady_one_needs(log: DuckdbEngine) -> None:
    table = limits(log, share=0.95, confidence=0.95).filter(pl.col("safe_days") > 1)
    moving = table.filter(pl.col("department").is_in(["D15", "D16"]))
    assert moving.height >= 2
    assert (moving["safe_days"] > moving["steady_days"]).all()


def test_a_printing_day_with_pauses_between_files_is_a_batch_and_a_desk_that_pauses_is_none(log: DuckdbEngine) -> None:
    causes = waiting_causes(log)

    def share(department: str, activity: str) -> float:
        own = causes.filter(
            pl.col("next_resource").cast(pl.String).str.starts_with(f"{department}-")
            & (pl.col("next_activity") == activity)
        )
        return float(own["batching_seconds"].sum() / own["waiting_seconds"].sum())

    assert share("D10", "certificate") > 0.35
    assert share("D18", "review") < 0.05
    assert share("D18", "preliminary_review") < 0.05


def test_a_pace_that_nobody_has_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="has the pace 'siesta'"):
        make_city(tmp_path, cases=500, paces=(*PACES, "siesta"))

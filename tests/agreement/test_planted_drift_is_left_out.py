"""Where the work of a department changed, its limits rest on the cases since, and are right for them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.planted_city import CONFIDENCE, SHARE, planted_city

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.handling.drift import Drift
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.errors import CallError
from efficacy_analytics.findings.limits.case_times import limit_times
from efficacy_analytics.findings.limits.safe_limits import limits

CHANGED_ON = dt.date(2024, 9, 2)
SLOWER_BEFORE = {"D10": 3.0, "D15": 3.0, "D20": 3.0, "D21": 3.0}
QUICKER_BEFORE = {"D14": 0.3, "D16": 0.3, "D18": 0.3, "D23": 0.3}
PACE = SLOWER_BEFORE | QUICKER_BEFORE
DRIFTS = [Drift(department, CHANGED_ON, pace) for department, pace in PACE.items()]
MOST_SLIPPED_SHARE = 1 - SHARE
"""A change is found to within a few cases: of those used, no more may be from before it than may break the limit."""

SMALL = pytest.param((2, 18_000, 2), id="two items a department")
LARGE = [pytest.param((seed, 100_000, 4), marks=pytest.mark.deep, id=f"seed {seed}") for seed in range(1, 21)]


def slipped(found: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Of each item, how many of the cases used were accepted before the change."""
    used = times.join(found.select("item", "used_from_on"), on="item").filter(
        pl.col("accepted_on") >= pl.col("used_from_on")
    )
    return used.group_by("item").agg(count=(pl.col("accepted_on") < CHANGED_ON).sum(), used=pl.len()).sort("item")


@pytest.fixture(scope="module")
def city(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DuckdbEngine, dict[str, Any]]]:
    """A city with the drifts, and its planted truth, made once for the tests that look at it."""
    seed, cases, items_per_department = request.param
    asked = {"cases": cases, "seed": seed, "items_per_department": items_per_department, "drifts": DRIFTS}
    with planted_city(tmp_path_factory.mktemp("city"), **asked) as made:
        yield made


@pytest.mark.parametrize("city", [SMALL, *LARGE], indirect=True)
def test_limits_rest_on_the_cases_since_the_change(city: tuple[DuckdbEngine, dict[str, Any]]) -> None:
    asked = {"share": SHARE, "confidence": CONFIDENCE}
    log, truth = city
    times = limit_times(log)
    since = limits(log, **asked, times=times.filter(pl.col("accepted_on") >= CHANGED_ON))
    drifting = pl.col("department").is_in(list(PACE)) & (pl.col("limit_days") > 0)
    found = limits(log, **asked).filter(drifting)
    counts = slipped(found, times)
    both = found.join(since.select("item", since_days="steady_days"), on="item")
    known = both.filter(pl.col("steady_days").is_not_null() & pl.col("since_days").is_not_null())
    longer = known["steady_days"] - known["since_days"]
    print(
        f"changed {found['has_changed'].sum()} of {found.height}; most slipped {counts['count'].max()}, "
        f"{(counts['count'] / counts['used']).max():.1%}, items {(counts['count'] > 0).sum()}; "
        f"limits {known.height}: {longer.value_counts().sort(longer.name).rows()}"
    )
    assert {row["department"] for row in truth["drifts"]} == set(PACE)
    assert found["has_changed"].all()
    assert (counts["count"] <= MOST_SLIPPED_SHARE * counts["used"]).all()
    assert known.height >= found.height / 2
    assert (longer == 0).mean() >= 0.9
    assert (longer.abs() <= 2).all()


@pytest.mark.parametrize("city", [SMALL], indirect=True)
def test_what_was_before_a_change_would_make_limits_wrong(city: tuple[DuckdbEngine, dict[str, Any]]) -> None:
    """The drift matters: the cases before it make limits too long where work got quicker, too short where slower."""
    times = limit_times(city[0]).filter(~pl.col("is_open"))
    by_item = times.group_by("department", "item").agg(
        whole=pl.col("needed_days").quantile(SHARE, "higher"),
        since=pl.col("needed_days").filter(pl.col("accepted_on") >= CHANGED_ON).quantile(SHARE, "higher"),
    )
    share = (pl.col("whole") - pl.col("since")).mean()
    slower = by_item.filter(pl.col("department").is_in(list(SLOWER_BEFORE)) & (pl.col("since") > 0)).select(share)
    assert slower.item() > 1
    before = times.filter(pl.col("accepted_on") < CHANGED_ON).group_by("item")
    quicker = before.agg(before=pl.col("needed_days").quantile(SHARE, "higher")).join(by_item, on="item")
    quicker = quicker.filter(pl.col("department").is_in(list(QUICKER_BEFORE)) & (pl.col("since") > 0))
    assert (quicker["before"] < quicker["since"]).mean() > 0.8


@pytest.mark.parametrize(
    "wrong",
    [
        [Drift("D99", CHANGED_ON, 2.0)],
        [Drift("D01", dt.date(2023, 1, 1), 2.0)],
        [Drift("D01", CHANGED_ON, 0.0)],
        [Drift("D01", CHANGED_ON, 2.0), Drift("D01", CHANGED_ON, 3.0)],
    ],
    ids=["unknown department", "outside the period", "no pace", "twice"],
)
def test_a_change_that_cannot_be_is_refused(wrong: list[Drift], tmp_path: Path) -> None:
    with pytest.raises(CallError) as refusal:
        make_city(tmp_path / "city", cases=500, drifts=wrong)
    assert refusal.value.hint

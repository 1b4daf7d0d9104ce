"""Whose days made a case late: every counted day belongs to one step, and the overrun is divided without rest."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from support.small_city import small_city

from efficacy_analytics.engine.session import Session
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.findings.supervision.responsibility import CAUSES, breach_causes, breach_causes_by_step


@pytest.fixture(scope="module")
def log() -> Session:
    return open_log(small_city()[0], Cohort())


@pytest.fixture(scope="module")
def causes(log: Session) -> pl.DataFrame:
    return breach_causes(log)


def test_the_parts_of_each_overrun_add_up_to_it_exactly_and_the_shares_to_one(causes: pl.DataFrame) -> None:
    of_case = causes.group_by("case_key").agg(
        pl.col("overrun_days").sum(), pl.col("overrun_share").sum(), pl.col("case_overrun_days").first()
    )
    assert of_case.height > 30
    assert of_case["overrun_days"].to_list() == [float(days) for days in of_case["case_overrun_days"]]
    assert (of_case["overrun_share"] - 1).abs().max() < 1e-9  # type: ignore[operator]
    assert set(causes["cause"]) <= set(CAUSES)


def test_the_late_cases_are_those_of_the_clock_and_their_days_its_days(log: Session, causes: pl.DataFrame) -> None:
    late = log.sql(
        "select case_key, counted_days, -remaining_days as overrun from cases "
        "where verdict_class in ('late', 'overdue', 'withdrawn_late') and limit_unit <> 'hours' order by case_key"
    )
    found = causes.group_by("case_key").agg(pl.col("days").sum(), pl.col("case_overrun_days").first()).sort("case_key")
    assert found["case_key"].to_list() == late["case_key"].to_list()
    assert found["days"].to_list() == late["counted_days"].to_list()
    assert found["case_overrun_days"].to_list() == [max(0, days) for days in late["overrun"]]


def test_each_counted_day_belongs_to_the_first_step_completed_on_it_or_later(
    log: Session, causes: pl.DataFrame
) -> None:
    working = set(log.sql("select day from calendar where calendar_number = 1 and is_working_day")["day"])
    keys = causes["case_key"].unique().sort().head(60).to_list()
    chosen = ", ".join(map(str, keys))
    cases = log.sql(f"select case_key, accepted_on, completed_on, limit_unit from cases where case_key in ({chosen})")
    steps = log.sql(
        f"select case_key, event_number, completed_on from event_log where case_key in ({chosen}) order by 1, 2"
    )
    stops = log.sql(f"from clock_stops where effect = 'stops' and case_key in ({chosen})").to_dicts()
    as_on = log.run("snapshot_facts")["as_on"].item()
    for case in cases.to_dicts():
        own = [row for row in stops if row["case_key"] == case["case_key"]]
        expected = days_by_step(
            case, steps.filter(pl.col("case_key") == case["case_key"]).to_dicts(), own, working, as_on
        )
        found = causes.filter((pl.col("case_key") == case["case_key"]) & (pl.col("days") > 0))
        assert dict(found.group_by("event_number").agg(pl.col("days").sum()).rows()) == expected


def days_by_step(
    case: dict[str, Any],
    steps: list[dict[str, Any]],
    stops: list[dict[str, Any]],
    working: set[dt.date],
    as_on: dt.date,
) -> dict[int | None, int]:
    """The counted days of a case by the number of the step they led to; none for those after the last step."""
    days: dict[int | None, int] = {}
    day, last = case["accepted_on"], case["completed_on"] or as_on
    while day < last:
        day += dt.timedelta(1)
        is_counted = case["limit_unit"] == "calendar_days" or day in working
        if is_counted and not any(row["stopped_from_on"] < day <= (row["stopped_until_on"] or last) for row in stops):
            number = next((row["event_number"] for row in steps if row["completed_on"] >= day), None)
            days[number] = days.get(number, 0) + 1
    return days


def test_what_took_no_longer_than_usual_is_not_blamed_while_anything_did(causes: pl.DataFrame) -> None:
    office = causes.filter(pl.col("cause") != "applicant")
    blamed = office.filter(pl.col("excess_days").sum().over("case_key") > 0)
    assert blamed.filter((pl.col("excess_days") == 0) & (pl.col("overrun_share") > 0)).is_empty()
    assert (office["excess_days"] - (office["days"] - office["usual_days"]).clip(lower_bound=0)).abs().max() == 0
    assert causes.filter((pl.col("cause") == "applicant") & (pl.col("overrun_share") > 0)).is_empty()


def test_usual_is_the_median_of_cases_of_the_item_that_kept_their_limit(log: Session, causes: pl.DataFrame) -> None:
    from efficacy_analytics.clock.verdicts import verdicts_on

    with log.scope():
        day = log.run("snapshot_facts")["as_on"].item()
        verdicts_on(log, day)
        log.build("responsibility_parts", as_on=day)
        parts = log.sql("select case_key, item, activity, cause, days from responsibility_parts where not is_late")
    for row in causes.sample(40, seed=1).to_dicts():
        alike = parts.filter(pl.col("activity").eq_missing(pl.lit(row["activity"])), pl.col("cause") == row["cause"])
        of_item = alike.filter(pl.col("item") == row["item"])
        expected = (of_item if of_item.height >= 10 else alike)["days"].median() or 0
        assert row["usual_days"] == expected


def test_the_sum_by_step_is_that_of_the_cases(log: Session, causes: pl.DataFrame) -> None:
    steps = breach_causes_by_step(log)
    assert steps["overrun_days"].sum() == causes["overrun_days"].sum()
    assert abs(steps["share_of_total"].sum() - 1) < 1e-9
    assert steps["overrun_days"].to_list() == sorted(steps["overrun_days"], reverse=True)

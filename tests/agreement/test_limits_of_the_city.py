"""Safe limits of the demonstration city: open cases near the period's end, planted drift, five hundred items."""

import datetime as dt
import time

import numpy as np
import polars as pl
import pytest
from support.drawn_cases import logged
from support.small_city import small_city

from efficacy_analytics.clock.rules import stage_limits
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.backtests import limit_backtests
from efficacy_analytics.findings.limits.case_times import by_item, limit_times, stage_floors, times_known
from efficacy_analytics.findings.limits.fit import Rule
from efficacy_analytics.findings.limits.fitting import fitted
from efficacy_analytics.findings.limits.plan import limit_plan
from efficacy_analytics.findings.limits.safe_limits import limits

WHOLE_DEPARTMENT = pl.lit(None, dtype=pl.String).alias("item")


def limit_of(times: pl.DataFrame, share: float) -> dict[tuple[str | None, str | None], int | None]:
    rule = Rule(share, 0.9, change_level=1e-12)  # no change: the same cases on both sides
    return {key: fitted(cases, rule).safe_days for key, cases in by_item(times)}


def bound_of(times: pl.DataFrame, share: float) -> dict[tuple[str | None, str | None], int | None]:
    """The shortest limit whose upper bound is low enough if each case counted as one: how far cases of a week go
    together, and how their pace swings, is estimated, from other cases with the open ones and without.
    """
    days = range(200)
    return {
        key: next((day for day in days if cases.share_high(day, 0.9, 1.0) <= 1 - share), None)
        for key, cases in by_item(times)
    }


DAYS = [dt.date(2024, 9, 1), dt.date(2025, 3, 1), dt.date(2025, 6, 20)]
"""Days at which the city is looked at before its end."""


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_near_the_end_open_cases_never_shorten_the_bound_in_which_each_case_counts_as_one(day, share):
    lake, _ = small_city()
    with open_log(lake) as log:
        known = times_known(log, day).with_columns(WHOLE_DEPARTMENT)  # items of 800 cases are too small
    censored, dropped = bound_of(known, share), bound_of(known.filter(~pl.col("is_open")), share)
    both = [(censored[key], days) for key, days in dropped.items() if days is not None and censored[key] is not None]
    assert known["is_open"].any()
    assert both
    assert all(own >= without for own, without in both)


@pytest.mark.parametrize("day", DAYS)
def test_near_the_end_a_limit_is_within_a_day_of_what_its_cases_came_to_need_and_of_that_without_open_ones(day):
    """What the cases of a day needed is known at the end of the city, when they are completed."""
    share = 0.8
    lake, _ = small_city()
    with open_log(lake) as log:
        known = times_known(log, day).with_columns(WHOLE_DEPARTMENT)
        needed = limit_times(log).join(known.select("case_key"), on="case_key", how="semi")
    truth = dict(needed.group_by("department").agg(pl.col("needed_days").quantile(share, "higher")).rows())
    censored, dropped = limit_of(known, share), limit_of(known.filter(~pl.col("is_open")), share)
    given = {key: days for key, days in censored.items() if days is not None}
    assert len(given) >= 8
    assert all(days >= truth[department] - 1 for (department, _), days in given.items())
    assert all(days >= (dropped[key] or 0) - 1 for key, days in given.items())


def test_dropping_open_cases_would_make_some_limit_shorter():
    lake, _ = small_city()
    with open_log(lake) as log:
        known = times_known(log, dt.date(2025, 6, 20)).with_columns(WHOLE_DEPARTMENT)
    recent = known.filter(pl.col("accepted_on") >= dt.date(2025, 2, 1))
    censored, dropped = limit_of(recent, 0.8), limit_of(recent.filter(~pl.col("is_open")), 0.8)
    assert any(censored[key] is None or censored[key] > days for key, days in dropped.items() if days is not None)


def test_with_a_drift_planted_what_was_before_it_is_not_used():
    lake, _ = small_city()
    with open_log(lake) as log:
        times = limit_times(log).with_columns(department=pl.lit("city"), item=pl.lit("all"))
    drift = dt.date(2025, 1, 1)
    slower = pl.when(pl.col("accepted_on") < drift).then(pl.col("needed_days") * 3 + 2).otherwise("needed_days")
    rule = Rule(0.95, 0.95, change_level=0.01)
    ((_, planted),) = by_item(times.with_columns(slower.alias("needed_days")))
    ((_, plain),) = by_item(times)
    first = fitted(planted, rule).used_on[0]
    assert first is not None
    assert dt.date(2024, 12, 15) <= first <= dt.date(2025, 2, 1)
    assert not fitted(plain, rule).has_changed


def test_the_back_test_of_the_city_tries_departments_that_have_enough_cases():
    lake, _ = small_city()
    with open_log(lake) as log:
        log.connection.execute(
            "create or replace temp view cohort_cases as select * replace (null::varchar as item) from cases"
        )
        found = limit_backtests(log, share=0.8, every="quarter")
    tried = found.filter(pl.col("case_count") > 0)
    assert tried.height
    assert (tried["case_count"] >= tried["breach_count"]).all()
    assert (tried["verdict"] != "failed").all()
    assert tried["breach_count"].sum() / tried["case_count"].sum() <= 0.2


def test_days_of_two_units_are_not_tried():
    lake, _ = small_city()
    with open_log(lake) as log:
        log.connection.execute(
            "create or replace temp view cohort_cases as select * replace (null::varchar as item, "
            "if(case_key % 2 = 0, 'working_days', 'calendar_days') as counted_unit) from cases"
        )
        found = limit_backtests(log, share=0.8)
    assert found.height
    assert found["period_count"].sum() == 0
    assert set(found["verdict"]) == {"not_testable"}


def test_five_hundred_items_of_thousands_of_cases_take_seconds():
    draw = np.random.default_rng(1)
    items, each = 500, 2000
    times = pl.DataFrame(
        {
            "case_key": np.arange(items * each),
            "department": ["housing"] * items * each,
            "item": np.repeat([f"item {number}" for number in range(items)], each),
            "accepted_on": np.datetime64("2024-01-01") + draw.integers(0, 500, items * each),
            "is_open": np.zeros(items * each, dtype=bool),
            "needed_days": draw.geometric(0.15, items * each),
        }
    )
    begun = time.process_time()
    found = [fitted(cases, Rule(0.99, 0.95, 0.01)) for _, cases in by_item(times)]
    assert time.process_time() - begun < 8
    assert sum(fit.safe_days is not None for fit in found) == items
    # 1 % of 500 items by chance, and their second looks: binomial noise over 500.
    assert sum(fit.has_changed for fit in found) <= 13


def test_the_longest_limit_of_a_stage_within_the_clock_is_the_floor(tmp_path):
    header = "stage,activity,item,department,length,unit,valid_from,valid_until,name_zh,name_en,source_zh,source_en"
    rows = ["review,,,D01,12,working_days", ",legal_check,,,7,working_days", "delivery,,,,10,working_days"]
    (tmp_path / "stage_limits.csv").write_text("\n".join([header, *(row + "," * 6 for row in rows)]) + "\n")
    lake, _ = small_city()
    with open_log(lake) as log:
        log.connection.register("stage_limits", stage_limits(tmp_path).to_arrow())  # before those of the snapshot
        found = stage_floors(log)
        checked = log.connection.sql(
            "select distinct cases.department, item from event_log as steps inner join cases using (case_key) "
            "where activity = 'legal_check' and steps.completed_at between accepted_at and cases.completed_at"
        ).fetchall()
    floors = {(department, item): days for department, item, _, days in found.iter_rows()}
    assert {days for (department, _), days in floors.items() if department == "D01"} == {12}
    assert {key for key, days in floors.items() if days == 7} == {key for key in checked if key[0] != "D01"}
    assert set(floors.values()) == {12, 7}  # what is delivered after the decision has its own time


def test_no_limit_is_proposed_below_that_of_a_stage(monkeypatch):
    common = {"department": "housing", "item": "deed", "limit_unit": "working_days", "limit_days": 20}
    rows = [
        {**common, "case_key": key, "counted_days": 3, "is_late": False, "statutory_length": 20} for key in range(300)
    ]
    log = logged([{**row, "statutory_unit": "working_days"} for row in rows], [])
    floors = pl.DataFrame(
        {"department": ["housing"] * 2, "item": ["deed"] * 2, "unit": ["working_days", "calendar_days"]}
    ).with_columns(floor_days=pl.Series([8, 15], dtype=pl.Int32))
    monkeypatch.setattr("efficacy_analytics.findings.limits.safe_limits.stage_floors", lambda log: floors)
    found = limits(log, share=0.95).row(0, named=True)
    assert (found["safe_days"], found["saved_days"], found["method"], found["floor_days"]) == (8, 12, "stage_limit", 8)


def test_an_empty_log_has_no_limits_to_try():
    assert limits(logged([], [])).is_empty()
    assert limit_backtests(logged([], [])).is_empty()


def test_a_plan_counts_cases_over_a_limit_as_the_limits_do() -> None:
    """The same used cases, completed later or open and over it already; none where no limit is proposed."""
    with open_log(small_city()[0]) as log:
        plan = limit_plan(log)
        found = limits(log, item_count=int(plan["item_count"][0]))
    both = plan.join(found, on=["department", "item"], suffix="_of_limits")
    expected = [
        row["safe_breach_count"]
        if row["kind"] == "free"
        else None
        if row["proposed_days"] is None
        else row["breach_count_of_limits"]
        for row in both.iter_rows(named=True)
    ]
    assert both["breach_count"].to_list() == expected
    assert sum(count or 0 for count in expected) > 0

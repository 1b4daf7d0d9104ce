"""Real deadlines: what the clock says of public logs against a plain reading of their files."""

import csv
import datetime as dt
import gzip
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree
from support.drawn_clock import REFERENCE, judged, verdicts

from efficacy_analytics.clock.working_days import calendar_table


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_receipt_s_late_cases_are_those_whose_end_date_is_after_the_deadline(open_data: Path) -> None:
    cases: list[dict[str, Any]] = []
    with gzip.open(open_data / "receipt" / "receipt.xes.gz") as xes:
        for _, trace in etree.iterparse(xes, tag="{*}trace"):
            dates = {
                one.get("key"): dt.datetime.fromisoformat(one.get("value")).date()
                for one in trace.iterfind("{*}date")
                if one.get("key") in ("startdate", "enddate", "deadline")
            }
            cases.append(
                {"accepted_on": dates["startdate"], "completed_on": dates.get("enddate"), "due_on": dates["deadline"]}
            )
    rows = verdicts(
        judged(cases, calendar=calendar_table("NL", 2009, 2013, reference=REFERENCE), as_on=dt.date(2012, 1, 31))
    )
    closed = [(case, row) for case, row in zip(cases, rows, strict=True) if case["completed_on"]]
    assert (len(rows), len(closed)) == (1434, 1329)  # README of the open data
    assert all(row["is_late"] == (case["completed_on"] > case["due_on"]) for case, row in closed)
    # Read plainly, 309 of the closed cases ended on a later date than their deadline, and none before the day it began.
    assert sum(row["is_late"] for _, row in closed) == 309
    assert not any(row["clock_flags"] for row in rows)


def test_asheville_s_reviews_get_the_city_s_rule(open_data: Path) -> None:
    def day(text: str) -> dt.date:
        return dt.datetime.strptime(text, "%m/%d/%Y").date()

    reviews = rows_of(open_data / "asheville_plan_review" / "FirstPlanReview_SLA_Achievement.csv.gz")
    cases = [
        {
            "accepted_on": day(row["FIrstPlanReviewedDate"]),
            "completed_on": day(row["FIrstPlanReviewedDate"]),
            "due_on": day(row["DUE"]),
        }
        for row in reviews
    ]
    rows = verdicts(judged(cases, calendar=calendar_table("weekdays", 2016, 2017, reference=REFERENCE)))
    # A review is in time when it was finished on or before DUE: 1,647 of 2,095.
    assert [sum(row["is_late"] is late for row in rows) for late in (False, True)] == [1647, 448]


def test_boston_s_closed_requests_get_the_city_s_own_verdict_by_instant(open_data: Path) -> None:
    def at(text: str) -> dt.datetime | None:
        local = dt.datetime.fromisoformat(text) if text else None
        return local.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(dt.UTC) if local else None

    requests = [
        row
        for year in (2016, 2017)
        for row in rows_of(open_data / "boston311_animal" / f"boston311_animal_{year}.csv.gz")
        if row["sla_target_dt"]
    ]
    cases = [
        {
            "accepted_on": dt.datetime.fromisoformat(row["open_dt"]).date(),
            "accepted_at": at(row["open_dt"]),
            "completed_on": dt.datetime.fromisoformat(row["closed_dt"]).date() if row["closed_dt"] else None,
            "completed_at": at(row["closed_dt"]),
            "due_on": dt.datetime.fromisoformat(row["sla_target_dt"]).date(),
            "due_at": at(row["sla_target_dt"]),
            "verdict_by": "instant",
            "time_zone": "America/New_York",
        }
        for row in requests
    ]
    days = calendar_table("US-MA", 2015, 2026, reference=REFERENCE)
    rows = verdicts(judged(cases, calendar=days, as_on=dt.date(2024, 6, 30)))
    assert len(rows) == 4483 + 4723  # README of the open data
    assert all(
        row["is_late"] == (request["on_time"] == "OVERDUE")
        for request, row in zip(requests, rows, strict=True)
        if request["closed_dt"]
    )
    # By date instead, a request closed later on its target's own day is in time.
    by_date = verdicts(
        judged([case | {"verdict_by": "date"} for case in cases], calendar=days, as_on=dt.date(2024, 6, 30))
    )
    gained = [
        case for case, one, other in zip(cases, rows, by_date, strict=True) if one["is_late"] and not other["is_late"]
    ]
    assert gained
    assert all(case["completed_on"] == case["due_on"] for case in gained)

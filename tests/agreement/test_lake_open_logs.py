"""Real public logs come in whole: counts of their publishers, dates of a plain reading, the cities' own verdicts."""

import gzip
import re
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.intake.ingest import Delivery

# Cases, events and activities as published with each log.
PUBLISHED = [
    pytest.param("receipt/receipt.xes.gz", "receipt", (1434, 8577, 27), id="receipt"),
    pytest.param("bpic15/BPIC15_1.xes.gz", "bpic15", (1199, 52217, 398), id="BPIC15_1", marks=pytest.mark.deep),
    pytest.param("bpic15/BPIC15_2.xes.gz", "bpic15", (832, 44354, 410), id="BPIC15_2", marks=pytest.mark.deep),
    pytest.param("bpic15/BPIC15_3.xes.gz", "bpic15", (1409, 59681, 383), id="BPIC15_3", marks=pytest.mark.deep),
    pytest.param("road_fines", "road_fines", (150370, 561470, 11), id="road fines", marks=pytest.mark.deep),
    pytest.param("academic_credentials", "academic_credentials", (954, 4928, 16), id="credentials"),
    pytest.param("asheville_plan_review", "asheville", (2095, 2095, 4), id="Asheville"),
]


def table(delivery: Delivery, name: str) -> pl.DataFrame:
    return pl.read_parquet(delivery.folder / f"{name}.parquet")


@pytest.mark.parametrize(("log", "layout", "counts"), PUBLISHED)
def test_a_log_has_the_cases_events_and_activities_its_publisher_counts(
    open_data: Path, tmp_path: Path, log: str, layout: str, counts: tuple[int, int, int]
) -> None:
    delivery = ingest(tmp_path / "lake", [open_data / log], layout)
    assert (table(delivery, "cases").height, table(delivery, "events").height, len(delivery.activity_order)) == counts
    assert all(rows["refused"] == 0 and rows["received"] == rows["accepted"] for rows in delivery.rows.values())


@pytest.mark.parametrize(
    ("log", "layout", "keys"),
    [
        ("receipt/receipt.xes.gz", "receipt", ("startdate", "enddate", "deadline")),
        ("bpic15/BPIC15_1.xes.gz", "bpic15", ("startDate", "endDate", "endDatePlanned")),
    ],
)
def test_the_dates_of_a_case_are_those_written_in_the_file(
    open_data: Path, tmp_path: Path, log: str, layout: str, keys: tuple[str, str, str]
) -> None:
    traces = gzip.decompress((open_data / log).read_bytes()).decode("utf-8-sig").split("<trace>")[1:]
    cases = table(ingest(tmp_path / "lake", [open_data / log], layout), "cases")
    for key, column in zip(keys, ("accepted_on", "completed_on", "due_on"), strict=True):
        found = [re.search(rf'^\t\t<date key="{key}" value="([\d-]{{10}})', trace, re.MULTILINE) for trace in traces]
        assert cases[column].cast(pl.String).to_list() == [one and one[1] for one in found]


def test_asheville_reviews_are_in_time_as_the_city_counts(open_data: Path, tmp_path: Path) -> None:
    delivery = ingest(tmp_path / "lake", [open_data / "asheville_plan_review"], "asheville")
    reviews = table(delivery, "events").join(table(delivery, "cases").select("case_number", "due_on"), on="case_number")
    in_time = reviews.select(pl.col("completed_local").dt.date() <= pl.col("due_on")).to_series()
    assert (in_time.sum(), (~in_time).sum()) == (1647, 448)  # counted from the file by the city's rule


def test_boston_requests_are_overdue_as_the_city_says(open_data: Path, tmp_path: Path) -> None:
    delivery = ingest(tmp_path / "lake", [open_data / "boston311_animal"], "boston311")
    assert delivery.rows["events"] == {
        "received": 7494 + 7760,
        "accepted": 7494 + 7760 - 7,
        "refused": 7,
        "refused_by_rule": {"ends_before_start": 7},  # 7 requests close before they open
    }
    cases = table(delivery, "cases")
    assert (cases.height, cases["due_at"].count()) == (7494 + 7760, 4483 + 4723)
    closed = cases.filter(pl.col("due_at").is_not_null(), pl.col("completed_at").is_not_null())
    is_late = closed["completed_at"] > closed["due_at"]
    assert (is_late == (closed["city_verdict"] == "OVERDUE")).all()


def test_27_files_of_the_isle_of_man_come_in_by_one_layout_in_one_call(open_data: Path, tmp_path: Path) -> None:
    delivery = ingest(tmp_path / "lake", [open_data / "isleofman_planning"], "isle_of_man")
    assert len(delivery.files) == 27
    assert delivery.rows["events"] == {
        "received": 12149 + 10928 + 1149,  # decisions, delegated decisions, appeals, as the README counts them
        "accepted": 12149 + 10928 + 1149 - 10,
        "refused": 10,
        # The last line of eight files is their count of rows; two appeals were lodged after they were determined.
        "refused_by_rule": {"completed_at_missing": 8, "ends_before_start": 2},
    }
    events = table(delivery, "events")
    kinds = dict(events.group_by("activity").len().iter_rows())
    assert kinds == {"decision": 12149, "delegated decision": 10928 - 8, "appeal": 1149 - 2}
    # Every row of the planning files has a reference of its own.
    assert table(delivery, "cases").filter(pl.col("status").is_not_null()).height == 12149

"""From an export to its causes of waiting: hours a layout gives to single officers, public logs, the planted city."""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest
from support.samples import sample

from efficacy_analytics.city.exports import make_city
from efficacy_analytics.city.records.truth import CityTruth
from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.waiting.bottlenecks import bottlenecks
from efficacy_analytics.findings.waiting.causes import waiting_causes, waiting_transitions
from efficacy_analytics.workflows.steps import publish

CAUSES = ("clock_stop", "applicant", "batching", "contention", "prioritisation", "unavailability", "extraneous")
LAYOUT = """
format = "csv"
time_zone = "Asia/Shanghai"
calendar = "CN"

[event]
case_id = "case"
activity = "activity"
resource = "resource"
department = "department"
started_at = "started"
completed_at = "completed"

[office_hours]
workdays = ["09:00-12:00", "13:30-17:00"]

[office_hours.resource.ann]
tuesday = ["09:00-12:00"]

[office_hours.department.archive]
workdays = ["10:00-11:00"]
"""
STEPS = """case,activity,resource,department,started,completed
A,apply,window,front,2024-03-25 09:00,2024-03-25 09:00
A,review,ann,front,2024-03-26 10:00,2024-03-26 11:00
B,apply,window,front,2024-03-25 09:00,2024-03-25 09:00
B,file,bob,archive,2024-03-25 12:00,2024-03-25 12:30
C,apply,window,front,2024-03-25 09:00,2024-03-25 09:00
C,check,cai,front,2024-03-25 12:00,2024-03-25 12:30
"""


def published(lake: Path, files: Path, layout: str) -> DuckdbEngine:
    ingest(lake, [files], layout)
    publish(lake)
    return open_log(lake)


def check_the_parts_add_up(log: DuckdbEngine) -> pl.DataFrame:
    each = waiting_transitions(log)
    parts = each.select(pl.sum_horizontal(f"{cause}_seconds" for cause in CAUSES)).to_series()
    assert each.height
    assert (each["waiting_seconds"] == parts).all()
    assert min(each[f"{cause}_seconds"].min() for cause in CAUSES) >= 0
    return each


def test_an_officer_and_a_department_keep_the_hours_their_layout_gives_them(tmp_path: Path):
    (tmp_path / "hours.toml").write_text(LAYOUT)
    (tmp_path / "steps.csv").write_text(STEPS)
    with published(tmp_path / "lake", tmp_path / "steps.csv", str(tmp_path / "hours.toml")) as log:
        rows = check_the_parts_add_up(log).rows_by_key("next_activity", named=True, unique=True)
    hours = {
        step: (row["unavailability_seconds"] / 3600, row["extraneous_seconds"] / 3600) for step, row in rows.items()
    }
    assert hours == {
        "review": (24, 1),  # ann is there on Tuesdays from 9 to 12
        "file": (2, 1),  # the archive is open from 10 to 11
        "check": (0, 3),  # the others from 9 to 12
    }


def test_the_causes_add_up_to_each_wait_of_a_public_log_with_starts(open_data: Path, tmp_path: Path):
    with published(tmp_path, open_data / "academic_credentials", "academic_credentials") as log:
        each = check_the_parts_add_up(log)
        assert not each["is_start_estimated"].any()  # every start is in the file
        causes = waiting_causes(log)
    assert causes["transition_count"].sum() == each.height
    assert causes["waiting_seconds"].sum() == each["waiting_seconds"].sum()


@pytest.mark.deep
def test_where_only_completions_are_recorded_every_start_is_an_estimate(open_data: Path, tmp_path: Path):
    with published(tmp_path, open_data / "bpic15" / "BPIC15_1.xes.gz", "bpic15") as log:
        assert check_the_parts_add_up(log)["is_start_estimated"].all()


def city_of(folder: Path, cases: int, seed: int) -> tuple[DuckdbEngine, CityTruth]:
    (folder / "export").mkdir()
    truth = make_city(folder / "export", cases=cases, seed=seed)
    return published(folder / "lake", folder / "export", "city"), truth


def precision_and_recall(log: DuckdbEngine, truth: CityTruth) -> tuple[float, float]:
    """Of the segments with at least the stated share of their department's open waiting, and of those planted."""
    table = bottlenecks(log, clock="open", by_department=True, replicates=1)
    found = set(
        table.filter(pl.col("share_of_total") >= truth.found_from_share)
        .select("department", "activity", "next_activity")
        .rows()
    )
    planted = {(code, *segment) for code, segment in truth.bottleneck_of_department.items() if segment}
    return len(found & planted) / max(1, len(found)), len(found & planted) / len(planted)


@pytest.mark.parametrize("seed", sample([1, 2], [1]))
def test_the_ranking_finds_what_is_planted_in_a_small_city_and_the_causes_add_up(seed: int, tmp_path: Path):
    log, truth = city_of(tmp_path, 5_000, seed)
    with log:
        precision, recall = precision_and_recall(log, truth)
        check_the_parts_add_up(log)
    assert min(precision, recall) >= 0.95


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(20))
def test_the_ranking_finds_what_is_planted_whatever_the_seed(seed: int, tmp_path: Path):
    log, truth = city_of(tmp_path, 20_000, seed)
    with log:
        assert min(precision_and_recall(log, truth)) >= 0.95

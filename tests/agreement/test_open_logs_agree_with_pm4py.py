"""Real public logs, from file to answer, against pm4py and against the figures their README gives."""

import sys
from pathlib import Path

import pytest
from support.intake import ingest

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import Cohort, open_log
from efficacy_analytics.mining.measures import directly_follows, log_summary

# cases, events, activities, variants: the README of the open data, counted there by a plain XML reader.
RECEIPT = (1434, 8577, 27, 116)
BPIC15 = {1: (1199, 52217, 398, 1170), 2: (832, 44354, 410, 828), 3: (1409, 59681, 383, 1349)}
ROAD_FINES = (150370, 561470, 11, 231)


@pytest.fixture(scope="module")
def receipt(open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckdbEngine:
    lake = tmp_path_factory.mktemp("receipt")
    ingest(lake, [open_data / "receipt" / "receipt.xes.gz"], "receipt")
    publish(lake)
    return open_log(lake)


def size(log: DuckdbEngine) -> tuple[int, ...]:
    return log_summary(log).select("case_count", "event_count", "activity_count", "variant_count").row(0)


def test_receipt_has_the_size_its_publisher_gives(receipt: DuckdbEngine) -> None:
    assert size(receipt) == RECEIPT


@pytest.mark.filterwarnings("ignore")  # pm4py's own imports warn
def test_directly_follows_of_receipt_agrees_with_pm4py_pair_for_pair(open_data: Path, receipt: DuckdbEngine) -> None:
    setattr(sys, "_pm4py_welcome_shown", True)  # noqa: B010
    import pm4py

    log = pm4py.read_xes(str(open_data / "receipt" / "receipt.xes.gz"))
    counts = pm4py.discover_dfg(log)[0]
    performance = pm4py.discover_performance_dfg(log)[0]
    ours = {(row["activity"], row["next_activity"]): row for row in directly_follows(receipt).iter_rows(named=True)}
    assert {pair: row["transition_count"] for pair, row in ours.items()} == dict(counts)
    for pair, row in ours.items():
        # pm4py keeps whole milliseconds at best
        assert row["elapsed_seconds_mean"] == pytest.approx(performance[pair]["mean"], abs=0.002), pair
        assert row["elapsed_seconds_median"] == pytest.approx(performance[pair]["median"], abs=0.002), pair


DEEP = [pytest.param(number, marks=pytest.mark.deep) for number in (2, 3)]


@pytest.mark.parametrize("number", [1, *DEEP])
def test_a_municipality_of_bpic15_has_the_size_published(open_data: Path, tmp_path: Path, number: int) -> None:
    file = open_data / "bpic15" / f"BPIC15_{number}.xes.gz"
    ingest(tmp_path, [file], "bpic15", constants={"department": f"Municipality {number}"})
    publish(tmp_path)
    with open_log(tmp_path, Cohort(department=f"Municipality {number}")) as log:
        assert size(log) == BPIC15[number]


@pytest.mark.deep
def test_the_road_fines_have_the_size_their_publisher_gives(open_data: Path, tmp_path: Path) -> None:
    ingest(tmp_path, [open_data / "road_fines" / "Road_Traffic_Fine_Management_Process.xes.gz"], "road_fines")
    publish(tmp_path)
    with open_log(tmp_path) as log:
        assert size(log) == ROAD_FINES

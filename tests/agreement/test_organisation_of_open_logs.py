"""Handovers, rework, variants, start and end activities of real public logs against a plain reading of their XML.

The reading knows nothing of the project: traces and events as they stand in the file, ordered by their instants, ties
as in the file.
"""

import datetime as dt
import gzip
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from support.intake import ingest

from efficacy_analytics.engine.duckdb_engine import DuckdbEngine
from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.mining.measures import activities, variants
from efficacy_analytics.mining.organisation.handovers import handovers, rework

RECEIPT = ("receipt/receipt.xes.gz", "receipt", "org:group")
DEEP = [
    *((f"bpic15/BPIC15_{number}.xes.gz", "bpic15", None) for number in (1, 2, 3)),
    ("road_fines/Road_Traffic_Fine_Management_Process.xes.gz", "road_fines", None),
]
LOGS = [RECEIPT, *(pytest.param(log, marks=pytest.mark.deep) for log in DEEP)]

Event = dict[str, str]


def traces(file: Path) -> Iterator[list[Event]]:
    """The events of each trace in the order of their instants."""
    with gzip.open(file) as stream:
        for _, element in ET.iterparse(stream):
            if element.tag.rpartition("}")[2] == "trace":
                events = [
                    {one.get("key", ""): one.get("value", "") for one in event}
                    for event in element
                    if event.tag.rpartition("}")[2] == "event"
                ]
                yield sorted(events, key=lambda event: dt.datetime.fromisoformat(event["time:timestamp"]))
                element.clear()


@pytest.fixture(scope="module", params=LOGS, ids=lambda log: log[0].rpartition("/")[2].partition(".")[0])
def read(request: pytest.FixtureRequest, open_data: Path, tmp_path_factory: pytest.TempPathFactory):
    file, layout, department = request.param
    lake = tmp_path_factory.mktemp("lake")
    constants = {"department": "Municipality"} if layout == "bpic15" else {}
    ingest(lake, [open_data / file], layout, constants=constants)
    publish(lake)
    with open_log(lake) as log:
        yield log, list(traces(open_data / file)), department


def handed(cases: list[list[Event]], key: str) -> Counter[tuple[str, str]]:
    pairs = (pair for events in cases for pair in pairwise(event.get(key) for event in events))
    return Counter((one, other) for one, other in pairs if one and other and one != other)


def test_handovers_between_officers_are_those_of_the_file(read) -> None:
    log, cases, _ = read
    ours = {row[:2]: row[2] for row in handovers(log, by="resource").rows()}
    assert ours == handed(cases, "org:resource")


def test_handovers_between_groups_are_those_of_the_file(read) -> None:
    log, cases, department = read
    ours = {row[:2]: row[2] for row in handovers(log).rows()}
    assert ours == (handed(cases, department) if department else {})


def test_rework_is_that_of_the_file(read) -> None:
    log, cases, _ = read
    counts = [Counter(event["concept:name"] for event in events) for events in cases]
    repeats = sum((Counter({name: n - 1 for name, n in one.items() if n > 1}) for one in counts), Counter())
    repeating = Counter(name for one in counts for name, n in one.items() if n > 1)
    for row in rework(log).iter_rows(named=True):
        assert row["repeat_count"] == repeats[row["activity"]]
        assert row["repeating_case_count"] == repeating[row["activity"]]


def test_variants_are_those_of_the_file(read) -> None:
    log, cases, _ = read
    theirs = Counter(tuple(event["concept:name"] for event in events) for events in cases)
    assert {tuple(row[0]): row[1] for row in variants(log).select("activities", "case_count").rows()} == theirs


def test_cases_start_and_end_as_in_the_file(read) -> None:
    log: DuckdbEngine = read[0]
    cases = read[1]
    starts = Counter(events[0]["concept:name"] for events in cases)
    ends = Counter(events[-1]["concept:name"] for events in cases)
    for row in activities(log).iter_rows(named=True):
        assert row["start_case_count"] == starts[row["activity"]]
        assert row["end_case_count"] == ends[row["activity"]]

"""Safe limits of real public logs, with what became of them when tried on the past.

The table kept here is also in docs/deep_runs.md: where the guarantee fails its back-test, it says so.
"""

import csv
import datetime as dt
import gzip
import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.limits.backtests import limit_backtests
from efficacy_analytics.findings.limits.bunching import limit_bunching
from efficacy_analytics.findings.limits.safe_limits import limits

WEEKS = {"promised_limit": "56 calendar_days"}
LOGS = {
    "receipt": (["receipt/receipt.xes.gz"], "receipt", WEEKS),
    **{
        f"bpic15_{number}": ([f"bpic15/BPIC15_{number}.xes.gz"], "bpic15", {"department": "Municipality", **WEEKS})
        for number in (1, 2, 3)
    },
    "boston": ([f"boston311_animal/boston311_animal_{year}.csv.gz" for year in (2016, 2017)], "boston311", {}),
}
FINES = "road_fines/Road_Traffic_Fine_Management_Process.xes.gz"
FINES_LAYOUT = """
format = "csv"
time_zone = "Europe/Rome"
calendar = "IT"
[event]
case_id = "case"
started_at = "created"
completed_at = "sent"
[case]
accepted_at = "created"
completed_at = "sent"
status = "status"
[constants]
activity = "send"
item = "fine"
department = "police"
promised_limit = "90 calendar_days"
"""
SHARES = (0.8, 0.9, 0.95, 0.99)
NOTHING = (None, 0, 0, "not_testable")
# Of the largest item of each log at these shares: safe days; cases tried, breaches and verdict of the back-test.
KEPT = {
    "receipt": [(118, 698, 103, "passed"), (155, 691, 40, "passed"), (253, 393, 3, "passed"), NOTHING],
    "bpic15_1": [(None, 294, 30, "undecided"), NOTHING, NOTHING, NOTHING],
    "bpic15_2": [(1378, 271, 10, "passed"), (1484, 65, 0, "passed"), NOTHING, NOTHING],
    "bpic15_3": [(170, 799, 83, "passed"), (1627, 21, 0, "passed"), NOTHING, NOTHING],
    "boston": [(0, 6512, 546, "passed"), (0, 6512, 481, "passed"), (4, 4484, 225, "passed"), NOTHING],
    "fines": [NOTHING, NOTHING, (328, 287, 6, "passed"), NOTHING],
}
# Verdict on bunching and the cases held back at 56 and 90 days.
BUNCHED = {
    "receipt": ("bunched", 74),
    "bpic15_1": ("bunched", 53),
    "bpic15_2": ("not_bunched", 0),
    "bpic15_3": ("bunched", 28),
    "fines": ("not_bunched", 0),
}


# The quarters in which the past of receipt supports a limit at 90 %, with that limit; the log ends on 2012-01-23.
AS_ON = dt.date(2012, 1, 23)
PERIODS = [
    (dt.date(2011, 4, 1), dt.date(2011, 7, 1), 145),
    (dt.date(2011, 7, 1), dt.date(2011, 10, 1), 117),
    (dt.date(2011, 10, 1), dt.date(2012, 1, 1), 112),
]
IN_FORCE = 56


@pytest.fixture(scope="module")
def lake(request: pytest.FixtureRequest, open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published lake of one log, by name."""
    place = tmp_path_factory.mktemp("lake")
    if request.param == "fines":
        (place / "layout.toml").write_text(FINES_LAYOUT, encoding="utf-8")
        write_fines(open_data / FINES, place / "fines.csv")
        ingest(place, [place / "fines.csv"], str(place / "layout.toml"))
    else:
        files, layout, constants = LOGS[request.param]
        ingest(place, [open_data / file for file in files], layout, constants=constants)
    publish(place)
    return place


def write_fines(log: Path, target: Path) -> None:
    """One row per fine: when created and sent; what was paid before it was sent is withdrawn from the clock."""
    with gzip.open(log) as stream, target.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["case", "created", "sent", "status"])
        traces = (one for _, one in ET.iterparse(stream) if one.tag.rpartition("}")[2] == "trace")
        for number, element in enumerate(traces):
            seen: dict[str, str] = {}
            for event in element:
                keys = {one.get("key", ""): one.get("value", "") for one in event}
                seen.setdefault(keys.get("concept:name", ""), keys.get("time:timestamp", "")[:10])
            sent = seen.get("Send Fine", "")
            ended = not sent and seen.keys() & {"Payment", "Send for Credit Collection"}
            rows.writerow([number, seen["Create Fine"], sent, "withdrawn" if ended else ""])
            element.clear()


def largest(lake: Path) -> list[tuple[int | None, int, int, str]]:
    """What the table says of the largest item at each share."""
    figures = ("safe_days", "backtest_case_count", "backtest_breach_count", "backtest_verdict")
    with open_log(lake) as log:
        tables = [limits(log, share=share) for share in SHARES]
    return [table.sort("completed_count", descending=True).select(figures).row(0) for table in tables]


@pytest.mark.deep
@pytest.mark.parametrize(("lake", "kept"), KEPT.items(), indirect=["lake"], ids=KEPT)
def test_limits_of_open_logs_and_their_back_tests_are_those_kept(lake: Path, kept) -> None:
    assert largest(lake) == kept


@pytest.mark.deep
@pytest.mark.parametrize(("lake", "kept"), BUNCHED.items(), indirect=["lake"], ids=BUNCHED)
def test_cases_that_wait_for_their_limit_in_open_logs_are_those_kept(lake: Path, kept) -> None:
    with open_log(lake) as log:
        row = limit_bunching(log).sort("case_count", descending=True).row(0, named=True)
    assert (row["verdict"], round(row["held_back_count"])) == kept


def held_against_a_limit(accepted: dt.date, ended: dt.date, due: dt.date, worked: set[dt.date]) -> int:
    """The days as the verdict sees them: rest days before the end are free, a later day stated lengthens the limit."""
    before = ended - dt.timedelta(days=1)
    while before not in worked:
        before -= dt.timedelta(days=1)
    days = min((before - accepted).days + 1, IN_FORCE - (due - ended).days)
    return max(days, IN_FORCE + 1) if ended > due else max(0, min(days, IN_FORCE))


@pytest.mark.parametrize("lake", ["receipt"], indirect=True)
def test_a_back_test_counts_what_a_reader_would_count(lake: Path) -> None:
    with open_log(lake) as log:
        found = limit_backtests(log, share=0.9).sort("case_count", descending=True).row(0, named=True)
        cases = log.connection.sql("select department, accepted_on, completed_on, due_on from cases").pl()
        worked = set(log.connection.sql("select day from calendar where is_working_day").pl()["day"])
    general = cases.filter(pl.col("department") == found["department"])
    tried = dict.fromkeys(("cases", "breaches", "undecided"), 0)
    for first, until, limit in PERIODS:
        for accepted, completed, due in general.select("accepted_on", "completed_on", "due_on").iter_rows():
            if first <= accepted < until:
                days = held_against_a_limit(accepted, completed or AS_ON, due, worked)
                tried["breaches"] += days > limit
                tried["undecided"] += completed is None and days <= limit
                tried["cases"] += completed is not None or days > limit
    assert tried == {
        "cases": found["case_count"],
        "breaches": found["breach_count"],
        "undecided": found["undecided_count"],
    }

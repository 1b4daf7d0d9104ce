"""A row that is refused does not turn its case into an overdue one: the case is not judged, and counted apart.

After hackforla/311-data #456: requests closed some seconds before they were opened.
"""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.event_log.build import publish
from efficacy_analytics.event_log.cohort import open_log
from efficacy_analytics.findings.performance.on_time import on_time

HEAD = 'time_zone = "America/New_York"\ncalendar = "US"\n'
AS_ON = dt.date(2024, 5, 31)
ROWS = (
    HEAD
    + """[event]
case_id = "id"
started_at = "opened"
completed_at = "closed"
[case]
accepted_at = "opened"
due_on = "target"
[constants]
activity = "request"
"""
)
REQUESTS = """id,opened,closed,target
C1,2024-05-06 10:00:00,2024-05-08 11:00:00,2024-05-10
C2,2024-05-06 10:00:20,2024-05-06 10:00:05,2024-05-10
C3,2024-05-07 09:00:00,2024-05-15 09:00:00,2024-05-10
C4,2024-05-07 09:30:00,,2024-05-10
C5,2024-05-08 14:00:10,2024-05-08 14:00:02,2024-05-13
"""
STEPS = (
    HEAD
    + """[event]
case_id = "id"
activity = "step"
completed_at = "done"
[case]
due_on = "target"
"""
)
CLOSED = STEPS + 'completed_at = "closed"\n'


def judged(folder: Path, layout: str, text: str | pl.DataFrame, form: str = "csv") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases by their id, and the shares on time, of one file."""
    (folder / "layout.toml").write_text(f'format = "{form}"\n' + layout)
    file = folder / f"export.{form}"
    text.write_parquet(file) if isinstance(text, pl.DataFrame) else file.write_text(text)
    ingest(folder / "lake", [file], str(folder / "layout.toml"))
    publish(folder / "lake", as_on=AS_ON)
    with open_log(folder / "lake") as log:
        cases = log.connection.sql("select case_id, is_open, is_late, clock_flags from cases order by case_id").pl()
        return cases, on_time(log)


@pytest.mark.parametrize("form", ["csv", pytest.param("parquet", marks=pytest.mark.deep)])
def test_requests_closed_before_they_were_opened_are_neither_open_nor_late(tmp_path: Path, form: str) -> None:
    given = REQUESTS if form == "csv" else pl.read_csv(REQUESTS.encode(), infer_schema=False)
    cases, shares = judged(tmp_path, ROWS, given, form)
    assert dict(zip(cases["case_id"], cases["is_open"], strict=True)) == {
        "C1": False, "C2": False, "C3": False, "C4": True, "C5": False,
    }  # fmt: skip
    assert cases["is_late"].to_list() == [False, None, True, True, None]
    assert [case for case, flags in cases.select("case_id", "clock_flags").rows() if "completion_refused" in flags] == [
        "C2", "C5",
    ]  # fmt: skip
    share = shares.row(0, named=True)
    assert (share["case_count"], share["judged_count"], share["late_count"], share["not_judged_count"]) == (5, 3, 2, 2)
    assert share["on_time_share"] == pytest.approx(1 / 3)


def test_a_case_whose_last_step_was_refused_does_not_end_with_the_step_before(tmp_path: Path) -> None:
    cases, _ = judged(
        tmp_path, STEPS, """id,step,done,target
        A,receive,2024-05-06 10:00,2024-05-10
        A,decide,2024-05-32 10:00,2024-05-10
        B,receive,2024-05-32 10:00,2024-05-10
        B,decide,2024-05-07 10:00,2024-05-10
        """.replace("        ", ""),
    )  # fmt: skip
    assert cases["is_late"].to_list() == [None, False]  # of B only its first step is lost


def test_a_case_whose_own_completion_cannot_be_read_is_not_judged(tmp_path: Path) -> None:
    cases, _ = judged(
        tmp_path, CLOSED, """id,step,done,target,closed
        A,receive,2024-05-06 10:00,2024-05-10,
        A,decide,2024-05-08 10:00,2024-05-10,soon
        B,receive,2024-05-06 10:00,2024-05-10,
        C,receive,2024-05-06 10:00,2024-05-10,2024-05-07
        D,receive,2024-05-06 10:00,2024-05-10,2024-05-07
        D,decide,2024-05-32 10:00,2024-05-10,
        """.replace("        ", ""),
    )  # fmt: skip
    assert cases["is_late"].to_list() == [None, True, False, False]  # D has a completion of its own
    assert cases["is_open"].to_list() == [False, True, False, False]


def test_a_step_of_a_log_that_ends_before_it_starts_ends_no_case(tmp_path: Path) -> None:
    def event(name: str, transition: str, day: str) -> str:
        return (
            f'<event><string key="concept:name" value="{name}"/><string key="lifecycle:transition" '
            f'value="{transition}"/><date key="time:timestamp" value="2024-05-{day}T09:00:00-04:00"/></event>'
        )

    (tmp_path / "log.toml").write_text('format = "xes"\n' + HEAD)
    events = event("a", "complete", "06") + event("b", "start", "09") + event("b", "complete", "08")
    trace = f'<trace><string key="concept:name" value="A"/>{events}</trace>'
    (tmp_path / "log.xes").write_text(f"<log>{trace}</log>")
    ingest(tmp_path / "lake", [tmp_path / "log.xes"], str(tmp_path / "log.toml"))
    publish(tmp_path / "lake", as_on=AS_ON)
    with open_log(tmp_path / "lake") as log:
        told = log.connection.sql("select clock_flags, throughput_elapsed_seconds, is_open from cases").fetchall()
    assert "completion_refused" in told[0][0]
    assert told[0][1:] == (None, False)

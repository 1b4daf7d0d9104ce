"""Start and complete of a step belong together as the log says: by instance, by officer, by abort, in one instant.

After bupaverse/bupaR #7, process-intelligence-solutions/pm4py #151 and #539.
"""

from pathlib import Path

import polars as pl
import pytest
from support.intake import ingest

from efficacy_analytics.lake.delivery import Delivery
from efficacy_analytics.lake.intake.ingest import refused_rows


def taken(folder: Path, drawing: str) -> Delivery:
    """The delivery of a log of one case, a line an event: transition, hour:minute, officer, instance (- for none)."""
    events = []
    for line in drawing.strip().splitlines():
        transition, time, officer, instance = line.split()
        more = "" if officer == "-" else f'<string key="org:resource" value="{officer}"/>'
        more += "" if instance == "-" else f'<string key="concept:instance" value="{instance}"/>'
        events.append(
            '<event><string key="concept:name" value="Check"/>'
            f'<string key="lifecycle:transition" value="{transition}"/>'
            f'<date key="time:timestamp" value="2024-03-04T{time}:00+08:00"/>{more}</event>'
        )
    (folder / "layout.toml").write_text('format = "xes"\ntime_zone = "Asia/Shanghai"\n')
    named = '<string key="concept:name" value="A"/>'
    (folder / "log.xes").write_text(f"<log><trace>{named}{''.join(events)}</trace></log>")
    return ingest(folder / "lake", [folder / "log.xes"], str(folder / "layout.toml"))


def times(delivery: Delivery) -> list[tuple[str | None, str]]:
    """Start and completion of each step, in the order of its completion."""
    columns = [pl.col(column).dt.strftime("%H:%M") for column in ("started_local", "completed_local")]
    events = pl.read_parquet(delivery.folder / "events.parquet").select(columns)
    return sorted(events.rows(), key=lambda row: (row[1], row[0] or ""))


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        pytest.param(
            "start 09:00 o1 i1\nstart 10:00 o2 i2\nstart 10:15 o3 i3\n"
            "complete 10:30 o3 i3\ncomplete 11:00 o2 i2\ncomplete 15:00 o1 i1",
            [("10:15", "10:30"), ("10:00", "11:00"), ("09:00", "15:00")],
            id="instances in each other",
        ),
        pytest.param(
            "start 09:00 o1 -\nstart 10:00 o2 -\ncomplete 10:30 o2 -\ncomplete 15:00 o1 -",
            [("10:00", "10:30"), ("09:00", "15:00")],
            id="officers where no instance is named",
        ),
        pytest.param(
            "start 09:00 o1 i1\nstart 10:00 o1 i2\ncomplete 11:00 o2 i1\ncomplete 12:00 o2 i2",
            [("09:00", "11:00"), ("10:00", "12:00")],
            id="an instance goes before the officer",
        ),
        pytest.param(
            "start 09:00 o1 -\nstart 10:00 o2 -\ncomplete 11:00 o3 -\ncomplete 12:00 o2 -",
            [("09:00", "11:00"), ("10:00", "12:00")],
            id="whom nobody knows takes the oldest",
        ),
        pytest.param(
            "start 09:00 o1 -\nstart 10:00 o2 -\ncomplete 11:00 o3 -\ncomplete 12:00 o1 -",
            [("10:00", "11:00"), ("09:00", "12:00")],
            id="and none that its own officer will complete",
        ),
        pytest.param(
            "start 09:00 o1 -\nstart 09:30 o2 -\nreassign 10:00 o3 -\ncomplete 11:00 o2 -\ncomplete 12:00 o3 -",
            [("09:30", "11:00"), ("09:00", "12:00")],
            id="a reassigned step is its new officer's",
        ),
        pytest.param(
            "complete 09:00 o1 -\nstart 09:00 o1 -\nstart 14:00 o1 -\ncomplete 16:00 o1 -",
            [("09:00", "09:00"), ("14:00", "16:00")],
            id="a complete before its start in the same second",
        ),
        pytest.param(
            "complete 09:00 o1 -\nstart 09:01 o1 -\ncomplete 16:00 o1 -",
            [(None, "09:00"), ("09:01", "16:00")],
            id="a complete never takes a later start",
        ),
    ],
)
def test_each_complete_finds_the_start_that_the_log_names(
    tmp_path: Path, drawing: str, expected: list[tuple[str | None, str]]
) -> None:
    delivery = taken(tmp_path, drawing)
    assert times(delivery) == expected


@pytest.mark.parametrize("transition", ["ate_abort", "pi_abort", "withdraw"])
def test_an_aborted_start_is_no_start_of_what_comes_after(tmp_path: Path, transition: str) -> None:
    delivery = taken(tmp_path, f"start 09:00 o1 -\n{transition} 09:05 o1 -\nstart 14:00 o1 -\ncomplete 16:00 o1 -")
    assert times(delivery) == [("14:00", "16:00")]
    assert delivery.rows["events"]["refused_by_rule"] == {"start_aborted": 1, "transition_not_kept": 1}
    assert refused_rows(tmp_path / "lake")["rule"].to_list() == ["start_aborted", "transition_not_kept"]


def test_a_suspended_step_says_nothing_of_how_long_the_work_took(tmp_path: Path) -> None:
    delivery = taken(tmp_path, "start 11:00 o1 -\nsuspend 11:30 o1 -\nresume 14:00 o1 -\ncomplete 14:30 o1 -")
    assert times(delivery) == [(None, "14:30")]
    assert delivery.rows["events"]["accepted"] == 4
    assert [(notice["code"], notice["count"]) for notice in delivery.notices] == [("steps_suspended", 1)]
    cases = pl.read_parquet(delivery.folder / "cases.parquet")
    assert cases["first_local"].dt.strftime("%H:%M").to_list() == ["11:00"]  # the case began with its start

"""A decision day is a batch whatever pauses ann makes in it, and a queue that she works off never is."""

import datetime as dt

import polars as pl
import pytest
from support.drawn import log_of
from support.simulated_desks import Queue, Row, decision_day_rows, queue_rows

from efficacy_analytics.findings.waiting.causes import Assumptions, waiting_causes

DAY_SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, 20))]
PAUSES = (0, 1, 5)
QUEUES = {
    "in turn": Queue(),
    "in turn, a minute between": Queue(pause_minutes=1),
    "in turn, five minutes between": Queue(pause_minutes=5),
    "the last first": Queue(discipline="lifo", pause_minutes=1),
    "at random": Queue(discipline="random"),
    "the green lane first": Queue(discipline="green", pause_minutes=5),
    "the green lane first, two kinds of step": Queue(discipline="green", activities=2, pause_minutes=1),
    "two kinds of step": Queue(activities=2, pause_minutes=1),
    "files lie in the post for a day": Queue(handover_minutes=390, busy=0.6),
    "files lie in the post, little work": Queue(handover_minutes=390, busy=0.3),
    "files lie in the post, long work": Queue(handover_minutes=390, service_minutes=60, busy=0.6),
}


def batching_share(rows: list[Row], *, assumed: Assumptions | None = None) -> float:
    with log_of(rows, years=(2024, 2025)) as log:
        zone = {"first_case_key": [0], "calendar_number": [1], "time_zone": ["Asia/Shanghai"]}
        log.put("deliveries", pl.DataFrame(zone))
        causes = waiting_causes(log, assumed=assumed or Assumptions())
    return float(causes["batching_seconds"].sum() / causes["waiting_seconds"].sum())


@pytest.mark.parametrize("seed", DAY_SEEDS)
def test_a_decision_day_is_a_batch_with_and_without_pauses(seed: int) -> None:
    shares = [batching_share(decision_day_rows(seed, pause_minutes=pause)) for pause in PAUSES]
    assert max(shares) - min(shares) <= 0.05
    assert min(shares) >= 0.6  # of a week of arrivals, until the last of them


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.deep] * (place > 0)) for place, name in enumerate(QUEUES)]
)
def test_a_queue_is_no_batch(name: str) -> None:
    assert max(batching_share(queue_rows(seed, QUEUES[name])) for seed in range(3)) < 0.05


@pytest.mark.parametrize(("free_minutes", "is_batch"), [(0, False), (20, False), (30, False), (31, True)])
def test_files_are_passed_over_where_the_desk_was_free_for_longer_than_two_pauses(
    free_minutes: int, is_batch: bool
) -> None:
    """Four files come to ann's desk from nine on; she visits until ten, is free, and decides one after the other."""
    at = dt.datetime(2024, 3, 5, 9)
    visited = {"case": "z", "activity": "visit", "resource": "ann"}
    rows = [{"case": "z", "activity": "accept", "started": "2024-03-04T15:00:00", "completed": "2024-03-04T15:00:00"}]
    rows.append({**visited, "started": at.isoformat(), "completed": (at + dt.timedelta(hours=1)).isoformat()})
    for number in range(4):
        begun = at + dt.timedelta(minutes=60 + free_minutes + 10 * number)
        ended, came = begun + dt.timedelta(minutes=10), (at + dt.timedelta(minutes=10 * number)).isoformat()
        rows += [
            {"case": f"c{number}", "activity": "accept", "started": came, "completed": came},
            {"case": f"c{number}", "activity": "decide", "resource": "ann", "started": begun.isoformat(),
             "completed": ended.isoformat()},
        ]  # fmt: skip
    assert (batching_share(rows) > 0) == is_batch


def test_a_pause_that_is_longer_than_allowed_ends_a_session() -> None:
    rows = decision_day_rows(0, pause_minutes=20)
    assert batching_share(rows) < 0.05
    assert batching_share(rows, assumed=Assumptions(longest_pause_seconds=1_800)) > 0.6


@pytest.mark.parametrize(("started", "completed"), [("1999-03-01", "1999-03-01"), ("2024-03-05", "2031-03-05")])
def test_one_step_outside_the_calendar_does_not_undo_the_batches_of_its_officer(started: str, completed: str) -> None:
    rows = decision_day_rows(0, pause_minutes=1)
    begun, ended = f"{started}T10:00:00", f"{completed}T10:10:00"
    stray = [
        {"case": "stray", "activity": "accept", "started": begun, "completed": begun},
        {"case": "stray", "activity": "decide", "resource": "ann", "started": begun, "completed": ended},
    ]
    assert batching_share(stray + rows) == pytest.approx(batching_share(rows), abs=0.01)

"""A batch day dropped and authority moved to the window, against walking each case by hand, on random logs."""

import datetime as dt
import math
import random
from fractions import Fraction
from itertools import pairwise

import pytest
from support.drawn import drawn_log, log_of
from support.drawn_paths import clocked, plain_steps, random_rows, working_days
from support.samples import seeds

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.redesign.what_if import what_if
from efficacy_analytics.findings.waiting.causes import waiting_transitions


def staffed_rows(draw: random.Random) -> list[dict[str, str]]:
    """Random cases of the housing department; some officers and departments of steps are not known, some are others."""
    known = {"resource": ("", "x", "y", "y"), "department": ("", "housing", "housing", "police")}
    rows = [row | {name: draw.choice(values) for name, values in known.items()} for row in random_rows(draw)]
    return [{name: value for name, value in row.items() if value} for row in rows]


def told_of(rows: list[dict[str, str]], name: str) -> dict[str, list[str | None]]:
    told: dict[str, list[str | None]] = {}
    for row in rows:
        told.setdefault(row["case"], []).append(row.get(name))
    return told


def waits_of(steps: list[tuple[str, dt.date, dt.date]], accepted_on: dt.date) -> dict[int, int]:
    """Working days waited before each step that became possible while the clock ran, by number of the step from 1."""
    return {
        number + 1: working_days(steps[number - 1][2], steps[number][1])
        for number in range(1, len(steps))
        if steps[number - 1][2] >= accepted_on
    }


def handed_over(
    steps: list[tuple[str, dt.date, dt.date]], officers: list[str | None], departments: list[str | None]
) -> set[int]:
    """Numbers of the department's steps up to the last "b" that another officer than the one before takes."""
    last = max((number for number, step in enumerate(steps, start=1) if step[0] == "b"), default=0)
    pairs = enumerate(pairwise(officers), start=2)
    handed = {number for number, (one, other) in pairs if one and other and one != other and number <= last}
    return {number for number in handed if departments[number - 1] != "police"}


@pytest.mark.parametrize("seed", seeds(2, of=12))
def test_at_the_window_nobody_waits_for_the_file_to_be_handed_over(seed: int) -> None:
    draw = random.Random(seed)
    rows, limit = staffed_rows(draw), draw.randint(1, 12)
    steps, officers, departments = plain_steps(rows), told_of(rows, "resource"), told_of(rows, "department")
    accepted = {case: draw.choice(found)[2] for case, found in steps.items()}
    kept = {case: waits_of(found, accepted[case]) for case, found in steps.items()}
    handed = {case: handed_over(found, officers[case], departments[case]) for case, found in steps.items()}
    passed = {case: handed[case] & kept[case].keys() for case in steps}
    with log_of(rows) as log:
        counted = clocked(log, rows, limit, accepted)
        if not any(passed.values()):
            with pytest.raises(CannotAnswerError):
                what_if(log, activity="b", change="to_window")
            return
        found = what_if(log, activity="b", change="to_window").row(0, named=True)
    saved = {case: min(counted[case], sum(kept[case][number] for number in passed[case])) for case in steps}
    assert found["step_count"] == sum(map(len, passed.values()))
    assert found["saved_days_total"] == sum(saved.values())
    met = sum(counted[case] - saved[case] <= limit for case in counted)
    assert found["on_time_share_after"] == pytest.approx(met / len(counted))


@pytest.mark.parametrize("seed", seeds(2, of=12))
def test_without_a_batch_day_the_share_of_the_wait_that_collected_a_batch_is_gone(seed: int) -> None:
    draw = random.Random(seed)
    rows, limit = staffed_rows(draw), draw.randint(1, 12)
    steps = plain_steps(rows)
    accepted = {case: draw.choice(found)[2] for case, found in steps.items()}
    kept = {case: waits_of(found, accepted[case]) for case, found in steps.items()}
    with log_of(rows) as log:
        counted = clocked(log, rows, limit, accepted)
        transitions = waiting_transitions(log)
        if not any(steps[case][number - 1][0] == "b" for case in steps for number in kept[case]):
            return
        found = what_if(log, activity="b", change="no_batch_day").row(0, named=True)
    share = {
        (row["case_id"], row["event_number"]): (row["batching_seconds"], row["waiting_seconds"])
        for row in transitions.iter_rows(named=True)
        if row["next_activity"] == "b" and row["batching_seconds"]
    }
    saved = dict.fromkeys(steps, 0)
    for (case, number), (batching, waiting) in share.items():
        saved[case] += math.floor(
            Fraction(kept[case].get(number, 0)) * Fraction(batching) / Fraction(waiting) + Fraction(1, 2)
        )
    assert found["saved_days_total"] == sum(min(counted[case], days) for case, days in saved.items())


def test_what_waits_for_the_meeting_waits_only_for_the_last_file_of_the_batch_to_stay() -> None:
    """Three files are decided on Thursday 13 March, one after the other; the last came in on Wednesday the 12th at ten.

    The file of Thursday the 6th, at ten, waits five working days, six of its seven days for the batch: 5 × 6/7 → 4. The
    one of Monday the 10th waits three, two of its three days for the batch: 2. The last waits one day, for no batch.
    """
    rows = """
        case | activity   | started          | completed        | resource
        A    | acceptance | 2025-03-06 10:00 | 2025-03-06 10:00 | w
        A    | decision   | 2025-03-13 10:00 | 2025-03-13 10:10 | m
        B    | acceptance | 2025-03-10 10:00 | 2025-03-10 10:00 | w
        B    | decision   | 2025-03-13 10:10 | 2025-03-13 10:20 | m
        C    | acceptance | 2025-03-12 10:00 | 2025-03-12 10:00 | w
        C    | decision   | 2025-03-13 10:20 | 2025-03-13 10:30 | m
    """
    with drawn_log(rows) as log:
        log.connection.execute(
            "create or replace temp view cohort_cases as select *, 'working_days' as limit_unit, true as is_judged, "
            "false as is_open, case case_id when 'A' then 5 when 'B' then 3 else 1 end as counted_days, "
            "2 - counted_days as remaining_days, case_id in ('A', 'B') as is_late from cases"
        )
        found = what_if(log, activity="decision", change="no_batch_day").row(0, named=True)
    assert found["saved_days_total"] == 4 + 2
    assert found["touched_case_count"] == 2
    assert (found["on_time_share_before"], found["on_time_share_after"]) == (pytest.approx(1 / 3), 1.0)


def test_days_on_which_the_clock_stands_still_are_not_part_of_the_wait() -> None:
    """A file waits from Thursday the 6th to Thursday the 13th for a meeting, its clock stopped the 8th to the 11th.

    Three counted days are left (the 7th, 12th and 13th), of three days of time outside the stop; of those two went by
    until the last file of the batch came in on Wednesday the 12th at ten: 3 × 2/3 = 2.
    """
    rows = [
        {"case": case, "activity": name, "started": f"2025-03-{day}T10:{minute}", "resource": officer}
        for case, name, day, minute, officer in [
            ("A", "acceptance", "06", "00:00", "w"),
            ("A", "decision", "13", "00:00", "m"),
            ("B", "acceptance", "12", "00:00", "w"),
            ("B", "decision", "13", "10:00", "m"),
        ]
    ]
    rows = [row | {"completed": row["started"].replace(":00:00", ":10:00")} for row in rows]
    rows = [row | ({"completed": row["started"]} if row["activity"] == "acceptance" else {}) for row in rows]
    stop = (dt.date(2025, 3, 7), dt.date(2025, 3, 11))
    with log_of(rows, stops={"A": [stop]}) as log:
        log.connection.execute("create table clock_stops as select *, 'stops' as effect from drawn_stops")
        log.connection.execute(
            "create table clock_settings as select date '2025-03-31' as as_on, false as stop_takes_out_its_first_day"
        )
        clocked(log, rows, 2, {"A": dt.date(2025, 3, 6), "B": dt.date(2025, 3, 12)})
        found = what_if(log, activity="decision", change="no_batch_day").row(0, named=True)
    assert found["saved_days_total"] == 2


def test_the_window_takes_every_step_up_to_the_one_named() -> None:
    with log_of([{"case": "c", "activity": "a", "completed": "2025-03-03 10:00:00"}]) as log, pytest.raises(CallError):
        what_if(log, activity="a", change="to_window", previous_activity="a")

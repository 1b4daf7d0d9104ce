"""What a change of a step saves, against walking each case by hand, on random logs."""

import datetime as dt
import random
from itertools import pairwise

import pytest
from support.drawn import log_of
from support.drawn_paths import clocked, plain_steps, random_rows, working_days
from support.samples import seeds

from efficacy_analytics.errors import CallError, CannotAnswerError
from efficacy_analytics.findings.redesign.what_if import what_if
from efficacy_analytics.statistics.bootstrap import FEWEST_CASES_OF_A_MEAN


def saved_by_hand(
    steps: list[tuple[str, dt.date, dt.date]], accepted_on: dt.date, change: str, most: int | None
) -> int:
    saved = 0
    for number in range(1, len(steps)):
        (_, _began_before, ended_before), (activity, began, ended) = steps[number - 1], steps[number]
        if activity != "b" or ended_before < accepted_on:
            continue
        waiting, lasts = working_days(ended_before, began), working_days(ended_before, ended)
        if change == "cap":
            saved += max(0, waiting - (most or 0))
        elif change == "remove":
            saved += lasts
        elif number > 1 and steps[number - 2][2] >= accepted_on:
            saved += min(lasts, working_days(steps[number - 2][2], ended_before))
    return saved


@pytest.mark.parametrize(("change", "most"), [("cap", 0), ("cap", 2), ("remove", None), ("parallel", None)])
@pytest.mark.parametrize("seed", seeds(3, of=6))
def test_a_change_saves_what_a_reader_would_count(seed: int, change: str, most: int | None) -> None:
    draw = random.Random(seed)
    rows, limit = random_rows(draw), draw.randint(1, 12)
    steps = plain_steps(rows)
    accepted = {case: draw.choice(found)[2] for case, found in steps.items()}
    stopped = {case: draw.choice((0, 0, 3)) for case in steps}  # no more can be saved than was counted
    with log_of(rows) as log:
        counted = clocked(log, rows, limit, accepted, stopped)
        passes = any(
            now[0] == "b" and before[2] >= accepted[case]
            for case, found in steps.items()
            for before, now in pairwise(found)
        )
        if not passes:
            with pytest.raises(CannotAnswerError):
                what_if(log, activity="b", change=change, most_days=most)
            return
        found = what_if(log, activity="b", change=change, most_days=most).row(0, named=True)
    saved = {case: min(counted[case], saved_by_hand(steps[case], accepted[case], change, most)) for case in steps}
    assert found["saved_days_total"] == sum(saved.values())
    assert found["touched_case_count"] == sum(days > 0 for days in saved.values())
    assert found["on_time_share_before"] == pytest.approx(
        sum(days <= limit for days in counted.values()) / len(counted)
    )
    assert found["on_time_share_after"] == pytest.approx(
        sum(counted[case] - saved[case] <= limit for case in counted) / len(counted)
    )
    if found["saved_days_mean_low"] is not None:
        assert found["case_count"] >= FEWEST_CASES_OF_A_MEAN
        assert found["saved_days_mean_low"] <= found["saved_days_mean"] <= found["saved_days_mean_high"]


def test_a_cap_without_its_days_is_no_change() -> None:
    with log_of([{"case": "c", "activity": "a", "completed": "2025-03-03 10:00:00"}]) as log:
        for wrong in ({"change": "cap"}, {"change": "remove", "most_days": 2}, {"change": "hurry"}):
            with pytest.raises(CallError):
                what_if(log, activity="a", **wrong)


@pytest.mark.parametrize(
    ("remaining", "most", "saved", "share_after"),
    [
        pytest.param(-2, 0, 3, 1.0, id="two days late, three saved"),
        pytest.param(-4, 0, 3, 0.0, id="four days late: more than were counted cannot be saved"),
        pytest.param(0, 9, 0, 0.0, id="late by what the export says: nothing saved leaves it late"),
        pytest.param(0, 0, 3, 1.0, id="late by what the export says: a day saved is enough"),
    ],
)
def test_a_late_case_is_in_time_by_what_it_saves_of_its_counted_days(
    remaining: int, most: int, saved: int, share_after: float
) -> None:
    """A wait of nine working days, of which the clock stood still for six."""
    rows = [
        {"case": "c", "activity": name, "started": f"{day} 10:00:00", "completed": f"{day} 10:00:00"}
        for name, day in (("a", "2025-03-03"), ("b", "2025-03-14"))
    ]
    with log_of(rows) as log:
        assert clocked(log, rows, 1, {"c": dt.date(2025, 3, 3)}, {"c": 6}) == {"c": 3}
        log.connection.execute(f"update cases set is_late = true, remaining_days = {remaining}")
        found = what_if(log, activity="b", change="cap", most_days=most).row(0, named=True)
    assert (found["saved_days_total"], found["on_time_share_before"]) == (saved, 0.0)
    assert found["on_time_share_after"] == share_after
